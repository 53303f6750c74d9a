"""Degradation and tiling on the device: what stays exact, what changes, and by how much."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from octavo.training import degrade as module
from octavo.training.degrade import degrade, to_tiles
from octavo.training.labels import random_theta
from octavo.vision.preprocess import cut_tiles
from octavo.vision.tiling import TilingConfig, plan_tiles

EYE = torch.eye(2, 3)
TILING = TilingConfig(global_view_of_single=False)


@pytest.fixture(scope="module")
def page() -> tuple[torch.Tensor, torch.Tensor]:
    """A printed page on a 2×2 canvas: uint8 [1, 768, 768] and its content [1, 4]."""
    plan = plan_tiles((680, 768), TILING)
    assert (plan.rows, plan.cols) == (2, 2)
    x0, y0, x1, y1 = plan.content
    image = Image.new("L", (x1 - x0, y1 - y0), 255)
    draw = ImageDraw.Draw(image)
    for line in range(20):
        draw.text(
            (40, 30 + 34 * line), f"Line {line}: 4,711.08 paid", fill=0, font=ImageFont.load_default(22)
        )
    canvas = torch.full((1, 768, 768), 127, dtype=torch.uint8)
    canvas[0, y0:y1, x0:x1] = torch.from_numpy(np.array(image))
    return canvas, torch.tensor([plan.content], dtype=torch.int32)


def many(
    page: tuple[torch.Tensor, torch.Tensor], count: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return page[0].repeat(count, 1, 1), page[1].repeat(count, 1), EYE.repeat(count, 1, 1)


def padding(content: torch.Tensor, height: int, width: int) -> torch.Tensor:
    outside = torch.ones(height, width, dtype=torch.bool)
    x0, y0, x1, y1 = content.tolist()
    outside[y0:y1, x0:x1] = False
    return outside


def test_strength_zero_without_warp_only_adds_channels(page):
    canvas, content, theta = many(page, 2)
    out = degrade(canvas, content, theta, seed=3, strength=0.0)
    assert out.shape == (2, 3, 768, 768)
    assert torch.equal(out, canvas.unsqueeze(1).expand_as(out))


def test_padding_is_exact_and_some_samples_stay_clean(page):
    canvas, content, theta = many(page, 24)
    theta[::3] = torch.from_numpy(random_theta(np.random.default_rng(0), 768, 768))
    out = degrade(canvas, content, theta, seed=1)
    outside = padding(content[0], 768, 768)
    assert (out[:, :, outside] == 127).all()
    unmoved = [i for i in range(24) if i % 3]
    clean = sum(torch.equal(out[i], canvas[i].expand_as(out[i])) for i in unmoved)
    assert 3 <= clean <= 11, "about 35 % of 16"


def test_same_seed_same_pixels_other_seed_other_pixels(page):
    canvas, content, theta = many(page, 6)
    first = degrade(canvas, content, theta, seed=5)
    assert torch.equal(first, degrade(canvas, content, theta, seed=5))
    assert not torch.equal(first, degrade(canvas, content, theta, seed=6))


def test_ink_stays_darker_than_paper_in_every_sample(page):
    """Legibility in numbers: grey of ink and paper keep at least a fifth of the range apart."""
    canvas, content, theta = many(page, 32)
    out = degrade(canvas, content, theta, seed=2).float().mean(dim=1)
    ink = canvas[0] < 40
    paper = (canvas[0] == 255) & ~padding(content[0], 768, 768)
    gaps = out[:, paper].mean(dim=1) - out[:, ink].mean(dim=1)
    assert gaps.min() > 51, gaps


def test_a_table_lies_around_the_page_and_not_on_it(page):
    canvas, content = page
    theta = EYE.clone().repeat(2, 1, 1)
    theta[:, 0, 0] = theta[:, 1, 1] = 1.25  # the page at 0.8 of its size
    dice = module._Dice(2, 4, 1.0, torch.device("cpu"), torch.float32)
    x = torch.full((2, 1, 768, 768), 2.0)  # a mark that no table has
    y = module._table(x, dice, content=content.repeat(2, 1), theta=theta)
    x0, y0, x1, y1 = (round(384 + (side - 384) * 0.8) for side in content[0].tolist())
    kept = y == 2
    assert kept[:, 0, y0 + 1 : y1 - 1, x0 + 1 : x1 - 1].all()
    assert kept.sum() <= 2 * (y1 - y0 + 2) * (x1 - x0 + 2)
    table = y[~kept]
    assert table.min() >= 0 and table.max() <= 1 and table.std() > 0.001


@pytest.mark.parametrize(
    "operation", dict.fromkeys(op for _, op in module._PIPELINE), ids=lambda op: op.__name__
)
def test_each_operation_changes_pixels_modestly_and_keeps_the_shape(page, operation):
    x = (page[0].unsqueeze(1).float() / 255)[:, :, :, 48:-48].repeat(2, 1, 1, 1).contiguous()
    dice = module._Dice(2, 11, 1.0, torch.device("cpu"), torch.float32)
    y = operation(x.clone(), dice)
    assert y.shape == x.shape
    assert torch.isfinite(y).all()
    change = (y - x).abs().mean()
    assert 5e-5 < change < 0.3


def test_jpeg_basis_is_orthonormal_and_fine_steps_lose_nothing():
    basis = module._dct_basis()
    torch.testing.assert_close(basis @ basis.T, torch.eye(64), atol=1e-5, rtol=0)


def test_warp_moves_pixels_as_affine_grid_says(page):
    canvas, content, theta = many(page, 1)
    theta[0, 0, 2] = 2 * 10 / 768  # reads ten pixels further right: everything moves ten pixels left
    out = degrade(canvas, content, theta, seed=0, strength=0.0)
    x0, y0, x1, y1 = content[0].tolist()
    expected = canvas[0, y0:y1, x0 + 10 : x1].int()
    assert (out[0, 0, y0:y1, x0 : x1 - 10].int() - expected).abs().max() <= 1


def test_tiles_match_what_the_application_cuts(page):
    canvas, content, _ = many(page, 1)
    x0, y0, x1, y1 = content[0].tolist()
    image = Image.fromarray(canvas[0, y0:y1, x0:x1].numpy())
    expected = cut_tiles(image, plan_tiles(image.size, TILING))
    tiles = to_tiles(canvas.unsqueeze(1).expand(1, 3, 768, 768), 2, 2, content)[0]
    assert tiles.shape == expected.shape
    assert torch.equal(tiles[1:], expected[1:])
    difference = (tiles[0].int() - expected[0].int()).abs()
    assert difference.max() <= 2  # PIL rounds to whole levels between its two passes


def test_single_tile_has_one_view():
    rgb = torch.randint(0, 256, (2, 3, 384, 384), dtype=torch.uint8)
    assert torch.equal(to_tiles(rgb, 1, 1, torch.tensor([[0, 0, 384, 384]] * 2)), rgb.unsqueeze(1))


def test_sizes_that_do_not_fit_raise():
    with pytest.raises(ValueError, match="multiples of 16"):
        degrade(torch.zeros(1, 30, 32, dtype=torch.uint8), torch.tensor([[0, 0, 32, 30]]), EYE[None], seed=0)
    with pytest.raises(ValueError, match="2x3 tiles"):
        to_tiles(torch.zeros(1, 3, 768, 768, dtype=torch.uint8), 2, 3, torch.tensor([[0, 0, 768, 768]]))
