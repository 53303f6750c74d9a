"""Pixels of tiles: what is cut is what was drawn."""

import numpy as np
import torch
from PIL import Image

from octavo.vision.layout import stitch
from octavo.vision.preprocess import cut_tiles
from octavo.vision.tiling import TilingConfig, plan_tiles

NANO = TilingConfig(384, 12, global_view_of_single=False)


def test_cut_then_stitch_gives_the_canvas_back():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (768, 1152, 3), dtype=np.uint8)  # exactly 2×3 tiles: nothing is resampled
    plan = plan_tiles((1152, 768), NANO)
    tiles = cut_tiles(Image.fromarray(pixels), plan)
    assert tiles.shape == (7, 3, 384, 384)
    local = stitch(tiles[None, 1:].permute(0, 1, 3, 4, 2), plan.rows, plan.cols)[0]
    assert np.array_equal(local.numpy(), pixels)


def test_padding_is_grey_and_the_global_view_comes_first():
    plan = plan_tiles((1240, 1754), NANO)
    tiles = cut_tiles(Image.new("RGB", (1240, 1754), "white"), plan)
    assert tiles.shape[0] == 13
    assert tiles[0, 0, 200, 0] == 127 and tiles[0, 0, 200, 200] == 255
    assert tiles[1, 0, 0, 0] == 127 and tiles[1, 0, 0, 100] == 255


def test_a_single_tile_is_seen_once_by_nano():
    image = Image.new("L", (380, 384), 200)
    tiles = cut_tiles(image, plan_tiles(image.size, NANO))
    assert tiles.shape == (1, 3, 384, 384)


def test_views_on_several_threads_are_those_of_one():
    pixels = np.random.default_rng(1).integers(0, 255, (900, 640, 3), dtype=np.uint8)
    image, plan, threads = Image.fromarray(pixels), plan_tiles((640, 900), NANO), torch.get_num_threads()
    found = []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            found.append(cut_tiles(image, plan))
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(*found)
