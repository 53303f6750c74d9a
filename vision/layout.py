"""The 2-D layout of visual tokens, and the one function that counts them.

VL2's ``tile_tag="2D"``, ``global_view_pos="head"`` (``deepseek-ai/DeepSeek-VL2``,
``modeling_deepseek_vl_v2``): every row of cells ends with a newline embedding, a separator stands between the
global view and the local one, and the local view runs in raster order over the whole canvas, not tile by
tile.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .tiling import TilePlan


def num_visual_tokens(plan: TilePlan, cells: int) -> int:
    """Tokens of one image: ``cells`` × ``cells`` cells a tile. VL2, 1×1 grid: 421; 3×3 grid: 2,017."""
    total = 1  # the separator
    if plan.global_view:
        total += cells * (cells + 1)
    if plan.local_views:
        total += plan.rows * cells * (plan.cols * cells + 1)
    return total


def stitch(tiles: Tensor, rows: int, cols: int) -> Tensor:
    """Local tiles [..., rows*cols, h, w, D] → one map [..., rows*h, cols*w, D]."""
    tiles = tiles.unflatten(-4, (rows, cols))  # [..., r, c, h, w, D]
    tiles = tiles.transpose(-4, -3)  # [..., r, h, c, w, D]
    return tiles.flatten(-3, -2).flatten(-4, -3)


def canvas_of(tiles: Tensor, plan: TilePlan) -> Tensor:
    """The picture that the glyph map lies over: one channel of a plan's tiles [num_tiles, S, S] → [H, W]."""
    if not plan.local_views:
        return tiles[0]
    return stitch(tiles[int(plan.global_view) :, ..., None], plan.rows, plan.cols)[..., 0]


def unstitch(grid: Tensor, rows: int, cols: int) -> Tensor:
    """The inverse of :func:`stitch`."""
    grid = grid.unflatten(-2, (cols, -1)).unflatten(-4, (rows, -1))  # [..., r, h, c, w, D]
    return grid.transpose(-4, -3).flatten(-5, -4)


def kept_cells(printed: Tensor, plan: TilePlan, merge: int) -> Tensor:
    """Which visual tokens tell something: printed patches bool [B, tiles, g, g] → bool [B, N].

    A cell of ``merge`` × ``merge`` patches does if one of them is printed or stands beside one that is, since
    a word ends there; a newline if a cell of its row does, the separator always.
    """
    first = int(plan.global_view)
    views = [printed[:, 0]] if plan.global_view else []
    if plan.local_views:
        views.append(stitch(printed[:, first:, ..., None], plan.rows, plan.cols)[..., 0])
    kept = []
    for view in views:
        near = F.pad(view, (1, 1))
        near = near[..., :-2] | view | near[..., 2:]
        cells = near.unflatten(2, (-1, merge)).unflatten(1, (-1, merge)).any(4).any(2)  # [B, h, w]
        kept.append(torch.cat([cells, cells.any(2, keepdim=True)], 2).flatten(1))
    separator = torch.ones_like(kept[0][:, :1])
    return torch.cat([*kept[:first], separator, *kept[first:]], 1)


def add_newlines(grid: Tensor, newline: Tensor) -> Tensor:
    """[B, H, W, D] → [B, H*(W+1), D]: a newline embedding after every row."""
    column = newline.to(grid.dtype).expand(*grid.shape[:2], 1, -1)
    return torch.cat([grid, column], dim=2).flatten(1, 2)


def arrange(
    global_cells: Tensor | None, local_cells: Tensor | None, newline: Tensor, separator: Tensor
) -> Tensor:
    """Global cells [B, h, h, D] and the stitched local map [B, H, W, D] → visual tokens [B, N, D]."""
    some = global_cells if global_cells is not None else local_cells
    assert some is not None, "an image needs at least one view"
    parts = [] if global_cells is None else [add_newlines(global_cells, newline)]
    parts.append(separator.to(some.dtype).expand(some.shape[0], 1, -1))
    if local_cells is not None:
        parts.append(add_newlines(local_cells, newline))
    return torch.cat(parts, dim=1)
