"""How large the print of a picture is, and by how much small print is enlarged before it is cut into tiles.

A coarse scan of a form (100 dpi) has letters of 8 px. A reader that was trained on letters twice that size
misreads them, and pixels that are merely enlarged do help it: ten FUNSD forms went from 0.27 to 0.36 ANLS.
"""

import numpy as np
from PIL import Image

from .tiling import TilePlan, TilingConfig, plan_tiles

STRIP = 24  # px: as wide as a few letters, so that a slightly slanted line still leaves gaps above and below
SHORTEST, TALLEST = 4, 48  # px: rules are flatter, headlines and pictures taller
MIN_LINES = 24  # pieces of lines; a picture with fewer tells nothing
SMALL = 10.5  # px from the foot of a line to its top, below which the reader begins to fail
WANTED = 13.0  # px at which it is at its best
MAX_SCALE = 1.6


def line_height(image: Image.Image) -> float | None:
    """Height in px of what is inked in the lines of print, the median over the picture; None without print.

    Measured in upright strips: rows with ink between rows without are a piece of a line.
    """
    grey = np.asarray(image.convert("L"), dtype=np.int16)
    height, width = grey.shape
    if width < STRIP or height < STRIP:
        return None
    columns = width // STRIP
    strips = grey[:, : columns * STRIP].reshape(height, columns, STRIP)
    paper = np.median(strips.reshape(height, -1), axis=1)  # row by row: shadows run across a page
    ink = (np.abs(strips - paper[:, None, None]) > 64).any(2).astype(np.int8)  # [H, columns]
    edges = np.diff(np.pad(ink, ((1, 1), (0, 0))), axis=0)
    starts, ends = np.nonzero(edges.T == 1), np.nonzero(edges.T == -1)
    runs = ends[1] - starts[1]
    runs = runs[(runs >= SHORTEST) & (runs <= TALLEST)]
    return float(np.median(runs)) if len(runs) >= MIN_LINES else None


def reading_scale(image: Image.Image) -> float:
    """The factor, 1 to ``MAX_SCALE``, by which a picture is enlarged so that its print is large enough."""
    height = line_height(image)
    return min(WANTED / height, MAX_SCALE) if height is not None and height < SMALL else 1.0


def plan_image(image: Image.Image, config: TilingConfig, *, num_images: int = 1) -> TilePlan:
    """``plan_tiles``, with a larger canvas for small print where the config asks for it.

    A picture that fits one tile is left alone: cutting it into four would cost five times as much.
    """
    scale = 1.0
    if config.enlarge_small_print and max(image.size) > config.tile_size:
        scale = reading_scale(image)
    size = (round(image.width * scale), round(image.height * scale))
    return plan_tiles(size, config, num_images=num_images)
