"""Small print is found and enlarged; large print, single tiles and pictures without print are left alone."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from octavo.language.config import NANO
from octavo.vision.scale import MAX_SCALE, WANTED, line_height, plan_image, reading_scale
from octavo.vision.tiling import TilingConfig, plan_tiles


def page(size: tuple[int, int], em: int, background: int = 255) -> Image.Image:
    image = Image.new("L", size, background)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(em)
    for y in range(em, size[1] - 2 * em, 2 * em):
        draw.text((em, y), "Harbour Paper Company 20417 delivered " * 4, fill=0, font=font)
    return image


@pytest.mark.parametrize("em", [10, 16, 28])
def test_line_height_follows_the_size_of_type(em: int) -> None:
    found = line_height(page((760, 1000), em))
    assert found is not None and 0.55 * em <= found <= 1.15 * em


def test_small_print_is_enlarged_and_gets_more_tiles() -> None:
    small = page((760, 1000), 10)
    scale = reading_scale(small)
    assert 1.2 < scale <= MAX_SCALE
    assert scale == pytest.approx(min(WANTED / (line_height(small) or 0), MAX_SCALE))
    grown, plain = plan_image(small, NANO.vision.tiling), plan_tiles(small.size, NANO.vision.tiling)
    assert (plain.rows, plain.cols) == (3, 2) and (grown.rows, grown.cols) == (4, 3)


def test_large_print_shaded_paper_and_pictures_without_print_keep_their_size() -> None:
    assert reading_scale(page((760, 1000), 22)) == 1.0
    assert reading_scale(page((760, 1000), 22, background=150)) == 1.0
    assert reading_scale(Image.new("L", (760, 1000), 200)) == 1.0
    assert line_height(Image.new("L", (10, 10))) is None


def test_one_tile_stays_one_tile_and_other_configs_are_not_touched() -> None:
    tile = page((384, 384), 9)
    assert plan_image(tile, NANO.vision.tiling).num_tiles == 1
    assert plan_image(page((760, 1000), 10), TilingConfig()) == plan_tiles((760, 1000), TilingConfig())
