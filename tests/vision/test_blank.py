"""Blank paper is left out, print never is, and what is seen does not depend on what is not."""

import copy
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from octavo.kernels.int8_linear.dynamic import runs_here
from octavo.language.weights import default_dtype
from octavo.vision.blank import LATTICE, PATCH_STEP, look_order, looked_at, printed_patches
from octavo.vision.cpu_encode import QuickTower
from octavo.vision.layout import num_visual_tokens
from octavo.vision.tiling import TilePlan
from octavo.vision.tower import VisionTower, skips_blank

PATCH, SPAN = 16, 16


@pytest.fixture
def tower(tiny_model):
    """One whose feature for what is left out is not zero."""
    tower = copy.deepcopy(tiny_model.vision).requires_grad_(False)
    torch.nn.init.normal_(tower.encoder.blank)
    return tower


def looked(tiles):
    return looked_at(printed_patches(tiles, PATCH, SPAN))


def paper(count, size, printed=0, seed=0):
    """Tiles of grey paper with a little noise; the upper ``printed`` pixels of each are black and white."""
    generator = torch.Generator().manual_seed(seed)
    tiles = torch.randint(238, 246, (count, 3, size, size), dtype=torch.uint8, generator=generator)
    tiles[:, :, :printed] = torch.randint(0, 2, (count, 3, printed, size), generator=generator).byte() * 255
    return tiles


def test_print_comes_first_then_the_lattice_then_the_rest():
    tiles = paper(2, 128, printed=20)
    tiles[1, 2, 100, 70] = 0  # one dot in one channel is print
    order, counts = look_order(printed_patches(tiles, PATCH, SPAN))
    grid = 128 // PATCH
    lattice = [row * grid + column for row in (2, 6) for column in (2, 6)]
    assert order[0, :16].tolist() == list(range(16)) and order[0, 16:20].tolist() == lattice
    assert order[1, 16].item() == (100 // PATCH) * grid + 70 // PATCH
    assert counts.tolist() == [32, 32]  # 20 and 21, in whole steps
    assert all(sorted(row) == list(range(grid * grid)) for row in order.tolist())


def test_a_span_is_the_difference_of_levels_within_a_patch():
    tiles = torch.full((1, 3, 64, 64), 200, dtype=torch.uint8)
    tiles[0, 0, 5, 5], tiles[0, 0, 5, 25] = 200 - SPAN + 1, 200 - SPAN
    tiles[0, :, :, 32:] = 100  # a step between patches is none within one
    printed = printed_patches(tiles, PATCH, SPAN)
    assert printed[0].nonzero().flatten().tolist() == [1]
    order, counts = look_order(printed)
    assert order[0, :2].tolist() == [1, (4 // LATTICE) ** 2 * 10] and counts.item() == 16 == PATCH_STEP
    assert torch.equal(printed_patches(tiles.float(), PATCH, SPAN), printed)


@given(st.integers(0, 4), st.integers(0, 2**32))
def test_as_many_patches_are_looked_at_as_are_worth_it_in_whole_steps(tiles, seed):
    chance = torch.rand(tiles, 1, generator=torch.Generator().manual_seed(seed))
    printed = torch.rand(tiles, 576, generator=torch.Generator().manual_seed(seed + 1)) < chance
    found = looked_at(printed)
    counts = found.mask.sum(1)
    assert found.mask[printed].all() and (counts % PATCH_STEP == 0).all()
    assert (counts - printed.sum(1) <= 576 // LATTICE**2 + PATCH_STEP).all()
    assert found.number == counts.sum() and torch.equal(found.index(), found.mask.flatten().nonzero()[:, 0])


@torch.inference_mode()
def test_pages_full_of_print_are_seen_as_ever(tower):
    tiles = paper(3, 384, printed=384)
    whole = tower.encoder(tiles)
    torch.testing.assert_close(tower.encoder(tiles, looked(tiles)), whole, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_what_is_left_out_has_one_feature_and_changes_none(tower):
    tiles = paper(4, 384, printed=100)
    tiles[1] = paper(1, 384, printed=300)[0]
    features = tower.encoder(tiles, looked(tiles))
    left_out = (~looked(tiles).mask[0]).nonzero().flatten()
    assert len(left_out) >= 576 - 7 * 24 - 36 - PATCH_STEP  # seven rows of print, and the lattice
    assert torch.equal(features[0, left_out], tower.encoder.blank.expand(len(left_out), -1))
    changed = tiles.clone()
    row, column = divmod(int(left_out[-1]), 24)
    changed[0, :, row * 16 : row * 16 + 16, column * 16 : column * 16 + 16] = 130  # even, whatever its colour
    assert torch.equal(tower.encoder(changed, looked(changed)), features)
    assert not torch.equal(tower.encoder(changed), tower.encoder(tiles))


def test_the_feature_of_blank_paper_is_learnt(tower):
    tower.requires_grad_(True)
    plan = TilePlan(2, 1, 384, (0, 0, 384, 768))
    tiles = paper(3, 384, printed=60)[None]
    tower(tiles, plan, tower.glance(tiles, plan)).tokens.square().sum().backward()
    assert tower.encoder.blank.grad.abs().sum() > 0
    assert tower.encoder.vit.blocks[0].attn.qkv.weight.grad.abs().sum() > 0


@torch.inference_mode()
def test_a_single_tile_is_seen_whole(tower):
    plan = TilePlan(1, 1, 384, (0, 0, 384, 384), global_view=False)
    tiles = paper(1, 384, printed=60)[None]
    assert not skips_blank(plan) and tower.glance(tiles, plan) is None
    assert skips_blank(replace(plan, global_view=True))


def test_models_that_never_learnt_it_have_nothing_of_it(tiny_model):
    config = tiny_model.config.vision
    config = replace(config, encoder=replace(config.encoder, blank_span=0))
    tower = VisionTower(config, 128)
    assert "encoder.blank" not in tower.state_dict()
    tiles = paper(2, 384, printed=60)
    assert tower.glance(tiles[None], TilePlan(1, 1, 384, (0, 0, 384, 384))) is None


def test_the_decoder_is_told_of_cells_with_print_and_of_newlines_behind_them(tower):
    plan = TilePlan(2, 1, 384, (0, 0, 384, 768))
    tiles = torch.full((1, 3, 3, 384, 384), 240, dtype=torch.uint8)
    tiles[0, 0, :, 200, 100] = (
        0  # the view of the whole: row 6, column 3 of its 12 cells, and beside its right
    )
    tiles[0, 2, :, 40, 50:280] = 0  # the lower tile: row 1, columns 1 to 8, which is row 13 of the local view
    kept = tower.glance(tiles, plan).cells[0]
    assert len(kept) == num_visual_tokens(plan, 12)
    wanted = [6 * 13 + 2, 6 * 13 + 3, 6 * 13 + 12, 12 * 13]
    assert kept.nonzero().flatten().tolist() == wanted + [
        157 + 13 * 13 + cell for cell in (*range(1, 10), 12)
    ]
    config = replace(tower.config, projector=replace(tower.config.projector, leave_out_blank=False))
    assert VisionTower(config, 128).glance(tiles, plan).cells is None


@pytest.mark.skipif(not runs_here(), reason="this processor does not multiply bytes (VNNI)")
@torch.inference_mode()
def test_the_quick_tower_leaves_out_the_same(tower):
    tower = tower.to(default_dtype("cpu"))
    for seam in tower.seams:
        torch.nn.init.normal_(seam.proj.weight, std=0.05)
    plan = TilePlan(2, 2, 384, (0, 0, 768, 768))
    tiles = torch.stack([paper(1, 384, printed=size, seed=size)[0] for size in (384, 0, 40, 200, 330)])[None]
    glance = tower.glance(tiles, plan)
    plain, quick = tower(tiles, plan, glance), QuickTower(tower)(tiles, plan, glance)
    for ours, theirs in ((quick.tokens, plain.tokens), (quick.patches, plain.patches)):
        assert float((ours.double() - theirs.double()).norm() / theirs.double().norm()) < 0.06
