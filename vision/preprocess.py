"""Pixels of a planned image: scale, pad, cut. The only file of ``vision`` that touches PIL."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..kernels.spread import spread
from .tiling import TilePlan, fit


def place(
    image: Image.Image, canvas: tuple[int, int], content: tuple[int, int, int, int], pad: int
) -> np.ndarray:
    """An RGB image scaled into ``content`` on a grey canvas (width, height) → uint8 [H, W, 3]."""
    x0, y0, x1, y1 = content
    out = np.full((canvas[1], canvas[0], 3), pad, dtype=np.uint8)
    resized = (
        image
        if image.size == (x1 - x0, y1 - y0)
        else image.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC)
    )
    out[y0:y1, x0:x1] = np.asarray(resized)
    return out


def cut_tiles(image: Image.Image, plan: TilePlan, *, pad_value: int = 127) -> Tensor:
    """The tiles of an image as uint8 [num_tiles, 3, S, S]: global view first, then local tiles row by row."""
    image, size = image.convert("RGB"), plan.tile_size
    wanted = {}  # canvas and content of each view
    if plan.local_views:
        wanted["local"] = (plan.width, plan.height), plan.content
    if plan.global_view:
        wanted["global"] = (size, size), fit(image.size, (size, size))
    placed: dict[str, np.ndarray] = {}

    def scale(name: str) -> None:
        placed[name] = place(image, *wanted[name], pad_value)

    spread(scale, wanted)  # Pillow lets other threads run while it scales
    views = []
    if plan.global_view:
        views.append(placed["global"][None])
    if plan.local_views:
        canvas = placed["local"]
        grid = canvas.reshape(plan.rows, size, plan.cols, size, 3).transpose(0, 2, 1, 3, 4)
        views.append(grid.reshape(plan.rows * plan.cols, size, size, 3))
    tiles = np.ascontiguousarray(np.concatenate(views).transpose(0, 3, 1, 2))
    return torch.from_numpy(tiles)
