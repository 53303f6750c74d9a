"""Tile plans: candidates, choice, placement; and the token count against the layout itself."""

import pytest
import torch

from octavo.vision.layout import arrange, num_visual_tokens, stitch, unstitch
from octavo.vision.tiling import TilePlan, TilingConfig, candidate_grids, fit, plan_tiles

NANO = TilingConfig(384, 12, global_view_of_single=False)
VL2 = TilingConfig(384, 9, crop_images_up_to=2)


def test_vl2_has_23_candidate_resolutions():
    assert len(candidate_grids(9)) == 23
    assert all(rows * cols <= 9 for rows, cols in candidate_grids(9))


@pytest.mark.parametrize(
    ("size", "grid"),
    [
        ((1240, 1754), (4, 3)),
        ((1754, 1240), (3, 4)),
        ((300, 200), (1, 1)),
        ((463, 1013), (3, 2)),
        ((400, 4000), (10, 1)),
    ],
)
def test_grid_keeps_most_pixels_then_wastes_least(size, grid):
    plan = plan_tiles(size, NANO)
    assert (plan.rows, plan.cols) == grid


def test_content_lies_centred_inside_the_canvas_and_keeps_the_aspect():
    plan = plan_tiles((1240, 1754), NANO)
    x0, y0, x1, y1 = plan.content
    assert (y0, y1) == (0, plan.height)
    assert abs(x0 - (plan.width - x1)) <= 1
    assert abs((x1 - x0) / (y1 - y0) - 1240 / 1754) < 1e-3


def test_extreme_aspects_keep_at_least_one_pixel():
    assert fit((10_000, 1), (384, 384))[3] - fit((10_000, 1), (384, 384))[1] == 1


def test_no_pixels_is_an_error():
    with pytest.raises(ValueError, match="0×5"):
        plan_tiles((0, 5), NANO)


def test_three_images_in_a_vl2_conversation_are_not_tiled():
    assert (
        plan_tiles((1240, 1754), VL2, num_images=2).rows,
        plan_tiles((1240, 1754), VL2, num_images=3).rows,
    ) == (3, 1)


@pytest.mark.parametrize(("grid", "tokens"), [((1, 1), 421), ((3, 3), 2017), ((1, 9), 1989), ((9, 1), 2101)])
def test_visual_token_count_of_vl2(grid, tokens):
    # 421 and 2,017 are the published counts of 1×1 and 3×3; 2,101 is the maximum (384×3456)
    assert num_visual_tokens(TilePlan(*grid, 384, (0, 0, 1, 1)), 14) == tokens


@pytest.mark.parametrize(
    "plan", [TilePlan(2, 3, 384, (0, 0, 1, 1)), TilePlan(1, 1, 384, (0, 0, 1, 1), global_view=False)]
)
def test_layout_has_as_many_tokens_as_counted(plan):
    h, D = 4, 8
    whole = torch.randn(2, h, h, D) if plan.global_view else None
    local = torch.randn(2, plan.rows * h, plan.cols * h, D)
    tokens = arrange(whole, local, torch.zeros(D), torch.ones(D))
    assert tokens.shape == (2, num_visual_tokens(plan, h), D)
    first_newline = h if plan.global_view else 1 + plan.cols * h
    assert torch.equal(tokens[0, first_newline], torch.zeros(D))


def test_stitch_puts_tiles_side_by_side_and_unstitch_undoes_it():
    tiles = torch.arange(2 * 6 * 2 * 2).float().view(2, 6, 2, 2, 1)
    grid = stitch(tiles, 2, 3)
    assert grid.shape == (2, 4, 6, 1)
    assert torch.equal(grid[0, :2, 2:4], tiles[0, 1]) and torch.equal(grid[0, 2:, :2], tiles[0, 3])
    assert torch.equal(unstitch(grid, 2, 3), tiles)
