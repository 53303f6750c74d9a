"""Tile planning: which grid of square tiles shows an image best. Integers only; pixels are in ``preprocess``.

Follows the dynamic tiling of DeepSeek-VL2 (``select_best_resolution`` in its processor; paper §2.1): of all
canvases of at most ``max_tiles`` tiles take the one that keeps most of the image's pixels, then the one that
wastes least. The image is scaled to fit and centred. ``tests/vision/test_tiling.py`` pins the candidates.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class TilingConfig:
    """``tile_size`` in pixels. ``crop_images_up_to``: with more images than this in one conversation every
    image gets its global view only (VL2: 2; 0 = no such rule). ``enlarge_small_print``: see ``scale``; VL2
    has no such thing."""

    tile_size: int = 384
    max_tiles: int = 12
    pad_value: int = 127
    global_view_of_single: bool = True  # VL2 shows a 1×1 image twice (global and local); nano shows it once
    crop_images_up_to: int = 0
    enlarge_small_print: bool = False


@dataclass(frozen=True)
class TilePlan:
    """A canvas of ``rows`` × ``cols`` tiles.

    ``content`` is where the image lies on it (x0, y0, x1, y1 in px).
    """

    rows: int
    cols: int
    tile_size: int
    content: tuple[int, int, int, int]
    global_view: bool = True  # a downscaled view of the whole image comes first
    local_views: bool = True  # the tiles of the canvas follow

    @property
    def width(self) -> int:
        return self.cols * self.tile_size

    @property
    def height(self) -> int:
        return self.rows * self.tile_size

    @property
    def num_tiles(self) -> int:
        return int(self.global_view) + int(self.local_views) * self.rows * self.cols


@cache
def candidate_grids(max_tiles: int) -> tuple[tuple[int, int], ...]:
    """All (rows, cols) of at most ``max_tiles`` tiles, smallest first; 23 of them for VL2's 9."""
    grids = [(r, c) for r in range(1, max_tiles + 1) for c in range(1, max_tiles // r + 1)]
    return tuple(sorted(grids, key=lambda grid: (grid[0] * grid[1], grid[0])))


def select_grid(size: tuple[int, int], config: TilingConfig) -> tuple[int, int]:
    """The (rows, cols) that keeps most pixels of a (width, height) image; ties go to the least padding."""
    width, height = size
    best, best_grid = (-1, 0), (1, 1)
    for rows, cols in candidate_grids(config.max_tiles):
        canvas_w, canvas_h = cols * config.tile_size, rows * config.tile_size
        scale = min(canvas_w / width, canvas_h / height)
        effective = min(int(width * scale) * int(height * scale), width * height)
        waste = canvas_w * canvas_h - effective
        if (effective, -waste) > best:
            best, best_grid = (effective, -waste), (rows, cols)
    return best_grid


def fit(size: tuple[int, int], canvas: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where a (width, height) image lies when scaled to fit a canvas and centred, as ``ImageOps.pad``."""
    (width, height), (canvas_w, canvas_h) = size, canvas
    if width * canvas_h >= height * canvas_w:
        w, h = canvas_w, max(1, round(height * canvas_w / width))
    else:
        w, h = max(1, round(width * canvas_h / height)), canvas_h
    x0, y0 = round((canvas_w - w) * 0.5), round((canvas_h - h) * 0.5)
    return x0, y0, x0 + w, y0 + h


def plan_tiles(size: tuple[int, int], config: TilingConfig, *, num_images: int = 1) -> TilePlan:
    """Plan the tiles of a (width, height) image.

    Raises ``ValueError`` when a side is not positive.
    """
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"an image of {width}×{height} px has no pixels to tile")
    cropping = not config.crop_images_up_to or num_images <= config.crop_images_up_to
    rows, cols = select_grid(size, config) if cropping else (1, 1)
    content = fit(size, (cols * config.tile_size, rows * config.tile_size))
    single = rows == cols == 1 and not config.global_view_of_single
    return TilePlan(rows, cols, config.tile_size, content, global_view=not single, local_views=True)
