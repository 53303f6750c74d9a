"""Blank paper is left out, print never is, and what is seen does not depend on what is not."""

import copy
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from octavo.kernels.int8_linear.dynamic import runs_here
from octavo.vision.blank import LATTICE, groups, look_order
from octavo.vision.cpu_encode import QuickTower
from octavo.vision.tiling import TilePlan
from octavo.vision.tower import VisionTower, skips_blank

PATCH, SPAN = 16, 16


@pytest.fixture
def tower(tiny_model):
    """One whose feature for what is left out is not zero."""
    tower = copy.deepcopy(tiny_model.vision).requires_grad_(False)
    torch.nn.init.normal_(tower.encoder.blank)
    return tower


def paper(count, size, printed=0, seed=0):
    """Tiles of grey paper with a little noise; the upper ``printed`` pixels of each are black and white."""
    generator = torch.Generator().manual_seed(seed)
    tiles = torch.randint(238, 246, (count, 3, size, size), dtype=torch.uint8, generator=generator)
    tiles[:, :, :printed] = torch.randint(0, 2, (count, 3, printed, size), generator=generator).byte() * 255
    return tiles


def test_print_comes_first_then_the_lattice_then_the_rest():
    tiles = paper(2, 128, printed=20)
    tiles[1, 2, 100, 70] = 0  # one dot in one channel is print
    order, counts = look_order(tiles, PATCH, SPAN)
    grid = 128 // PATCH
    lattice = [row * grid + column for row in (2, 6) for column in (2, 6)]
    assert order[0, :16].tolist() == list(range(16)) and order[0, 16:20].tolist() == lattice
    assert order[1, 16].item() == (100 // PATCH) * grid + 70 // PATCH
    assert counts.tolist() == [20, 21]
    assert all(sorted(row) == list(range(grid * grid)) for row in order.tolist())


def test_a_span_is_the_difference_of_levels_within_a_patch():
    tiles = torch.full((1, 3, 64, 64), 200, dtype=torch.uint8)
    tiles[0, 0, 5, 5], tiles[0, 0, 5, 25] = 200 - SPAN + 1, 200 - SPAN
    tiles[0, :, :, 32:] = 100  # a step between patches is none within one
    order, counts = look_order(tiles, PATCH, SPAN)
    assert order[0, 0] == 1 and counts.item() == 1 + (4 // LATTICE) ** 2
    assert torch.equal(look_order(tiles.float(), PATCH, SPAN)[0], order)


@given(
    st.lists(st.integers(1, 64), min_size=1, max_size=30),
    st.integers(1, 20), st.integers(1, 3),
)  # fmt: skip
def test_every_tile_is_in_one_group_that_is_large_enough(counts, step, least):
    found = groups(counts, 64, step, least)
    assert sorted(tile for _, tiles in found for tile in tiles) == list(range(len(counts)))
    assert [size for size, _ in found] == sorted({size for size, _ in found})
    for size, tiles in found:
        assert size <= 64 and all(counts[tile] <= size for tile in tiles)
        assert len(tiles) >= least or len(found) == 1
        if least == 1:
            assert all(size - counts[tile] < step for tile in tiles)


@torch.inference_mode()
def test_pages_full_of_print_are_seen_as_ever(tower):
    tiles = paper(3, 384, printed=384)
    whole = tower.encoder(tiles)
    torch.testing.assert_close(tower.encoder(tiles, skip_blank=True), whole, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_what_is_left_out_has_one_feature_and_changes_none(tower):
    tiles = paper(4, 384, printed=100)
    tiles[1] = paper(1, 384, printed=300)[0]
    features = tower.encoder(tiles, skip_blank=True)
    order, counts = look_order(tiles, PATCH, SPAN)
    left_out = order[0, 192:]  # rounded up from seven rows and the lattice
    assert counts[0] <= 192 and torch.equal(
        features[0, left_out], tower.encoder.blank.expand(len(left_out), -1)
    )
    changed = tiles.clone()
    row, column = divmod(int(left_out[-1]), 24)
    changed[0, :, row * 16 : row * 16 + 16, column * 16 : column * 16 + 16] = 130  # even, whatever its colour
    assert torch.equal(tower.encoder(changed, skip_blank=True), features)
    assert not torch.equal(tower.encoder(changed), tower.encoder(tiles))


def test_the_feature_of_blank_paper_is_learnt(tower):
    tower.requires_grad_(True)
    plan = TilePlan(2, 1, 384, (0, 0, 384, 768))
    tower(paper(3, 384, printed=60)[None], plan).tokens.square().sum().backward()
    assert tower.encoder.blank.grad.abs().sum() > 0
    assert tower.encoder.vit.blocks[0].attn.qkv.weight.grad.abs().sum() > 0


@torch.inference_mode()
def test_a_single_tile_is_seen_whole(tower):
    plan = TilePlan(1, 1, 384, (0, 0, 384, 384), global_view=False)
    tiles = paper(1, 384, printed=60)[None]
    patches = tower(tiles, plan).patches
    tower.encoder.blank.add_(1)
    assert not skips_blank(plan) and torch.equal(tower(tiles, plan).patches, patches)
    assert skips_blank(replace(plan, global_view=True))


def test_models_that_never_learnt_it_have_nothing_of_it(tiny_model):
    config = tiny_model.config.vision
    config = replace(config, encoder=replace(config.encoder, blank_span=0))
    tower = VisionTower(config, 128)
    assert "encoder.blank" not in tower.state_dict()
    tiles = paper(2, 384, printed=60)
    assert torch.equal(tower.encoder(tiles, skip_blank=True), tower.encoder(tiles))


@pytest.mark.skipif(not runs_here(), reason="this processor does not multiply bytes (VNNI)")
@torch.inference_mode()
def test_the_quick_tower_leaves_out_the_same(tower):
    tower = tower.bfloat16()
    for seam in tower.seams:
        torch.nn.init.normal_(seam.proj.weight, std=0.05)
    plan = TilePlan(2, 2, 384, (0, 0, 768, 768))
    tiles = torch.stack([paper(1, 384, printed=size, seed=size)[0] for size in (384, 0, 40, 200, 330)])[None]
    plain, quick = tower(tiles, plan), QuickTower(tower)(tiles, plan)
    for ours, theirs in ((quick.tokens, plain.tokens), (quick.patches, plain.patches)):
        assert float((ours.double() - theirs.double()).norm() / theirs.double().norm()) < 0.06
