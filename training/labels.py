"""Characters with boxes → what the glyph head must predict for every 16-px patch of the canvas.

Boxes live in one of three frames: page fractions (as drawn), canvas pixels (placed by the tile plan) and
warped canvas pixels (after the affine that the degradation applies). The functions here carry them from the
first to the last and then write the labels. Everything is vectorised: a dense page has 6,000 characters and a
batch has dozens of pages.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..vision.glyphs import ALPHABET, BLANK, SLOTS, UNKNOWN, glyph_id

PATCH_SIZE = 16


@lru_cache(maxsize=1)
def _glyph_table() -> NDArray[np.int16]:
    """Glyph id by code point, [65536]; everything outside the alphabet is UNKNOWN."""
    table = np.full(0x10000, UNKNOWN, dtype=np.int16)
    for character in ALPHABET:
        table[ord(character)] = glyph_id(character)
    return table


def glyph_ids(chars: str) -> NDArray[np.int16]:
    """Glyph ids of a string, one per code point, [len(chars)]."""
    points = np.frombuffer(chars.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _glyph_table()[np.minimum(points, 0xFFFF)]


def glyph_labels(chars: str, boxes_px: NDArray[np.float32], height: int, width: int) -> NDArray[np.int16]:
    """The first SLOTS characters of every patch in reading order, [height//16, width//16, SLOTS].

    ``boxes_px`` is [N, 4] (x0, y0, x1, y1) in canvas pixels. A character belongs to the patch that its box
    centre lies in; characters whose centre is off the canvas are dropped. Raises ValueError when sizes do not
    fit.
    """
    if height % PATCH_SIZE or width % PATCH_SIZE:
        raise ValueError(f"canvas {width}x{height} px is not a multiple of the {PATCH_SIZE}-px patch")
    if boxes_px.shape != (len(chars), 4):
        raise ValueError(f"{len(chars)} characters but boxes of shape {boxes_px.shape}")
    rows, cols = height // PATCH_SIZE, width // PATCH_SIZE
    labels = np.full((rows * cols, SLOTS), BLANK, dtype=np.int16)
    center_x = (boxes_px[:, 0] + boxes_px[:, 2]) / 2
    center_y = (boxes_px[:, 1] + boxes_px[:, 3]) / 2
    inside = np.flatnonzero((center_x >= 0) & (center_x < width) & (center_y >= 0) & (center_y < height))
    if inside.size == 0:
        return labels.reshape(rows, cols, SLOTS)
    center_x, center_y = center_x[inside], center_y[inside]
    char_height = boxes_px[inside, 3] - boxes_px[inside, 1]
    patch = (center_y // PATCH_SIZE).astype(np.int64) * cols + (center_x // PATCH_SIZE).astype(np.int64)

    by_height = np.lexsort((center_y, patch))
    first_of_patch = _first_of_run(patch[by_height])
    patch_number = np.cumsum(first_of_patch) - 1
    # The tallest character of the patch sets the scale, so that a comma or an apostrophe with a tight box
    # does not count as a row of its own.
    tallest = np.maximum.reduceat(char_height[by_height], np.flatnonzero(first_of_patch))[patch_number]
    step = np.diff(center_y[by_height], prepend=-np.inf)
    text_row = np.cumsum(first_of_patch | (step > tallest / 2))

    order = by_height[np.lexsort((center_x[by_height], text_row))]  # text_row grows with the patch number
    patch = patch[order]
    first_of_patch = _first_of_run(patch)
    starts = np.flatnonzero(first_of_patch)
    slot = np.arange(patch.size) - starts[np.cumsum(first_of_patch) - 1]
    kept = slot < SLOTS
    labels[patch[kept], slot[kept]] = glyph_ids(chars)[inside[order[kept]]]
    return labels.reshape(rows, cols, SLOTS)


def place_boxes(boxes: NDArray[np.float32], content: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Boxes in page fractions → canvas pixels, for a page that fills ``content`` of the canvas."""
    x0, y0, x1, y1 = content
    scale = np.array([x1 - x0, y1 - y0, x1 - x0, y1 - y0], dtype=np.float32)
    offset = np.array([x0, y0, x0, y0], dtype=np.float32)
    return (boxes.reshape(-1, 4) * scale + offset).astype(np.float32)


def warp_boxes(
    boxes_px: NDArray[np.float32], theta: NDArray[np.float32], height: int, width: int
) -> NDArray[np.float32]:
    """Where boxes [N, 4] px lie after ``affine_grid(theta, align_corners=False)`` and ``grid_sample``.

    theta [2, 3] maps output to input in normalised coordinates, so boxes go through its inverse. The result
    is the axis-parallel hull of the moved box: its centre is exactly the moved centre.
    """
    inverse = np.linalg.inv(np.vstack([theta.astype(np.float64), [0.0, 0.0, 1.0]]))
    half = np.array([width / 2, height / 2])
    corners = np.stack(
        [boxes_px[:, [0, 1]], boxes_px[:, [2, 1]], boxes_px[:, [2, 3]], boxes_px[:, [0, 3]]], axis=1
    )
    normalised = corners / half - 1  # align_corners=False: pixel edges 0 and `width` are -1 and 1
    moved = (normalised @ inverse[:2, :2].T + inverse[:2, 2] + 1) * half
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).astype(np.float32)


PHOTOGRAPHED = 0.16  # of the pages that are moved


def random_theta(
    rng: np.random.Generator, height: int, width: int, size: tuple[int, int] | None = None
) -> NDArray[np.float32]:
    """A small random affine as of a hurried scan: rotation ±1.5°, scale 0.96–1.0, slight shear and shift; or
    as of a photograph (``PHOTOGRAPHED``): ±7°, scale 0.76–1.0, more shear.

    Output→input in normalised canvas coordinates, [2, 3]. ``size``: of the page (width, height) in the middle
    of the canvas, all of it by default. The shift is at most what the shrinking leaves free, so that few
    characters leave the place of the page.
    """
    w, h = size or (width, height)
    photo = rng.random() < PHOTOGRAPHED
    widest, least = (7.0, 0.76) if photo else (1.5, 0.96)
    angle = np.deg2rad(np.clip(rng.normal(0, widest * 0.47), -widest, widest))
    shrink = rng.uniform(least, 1.0)
    shear = rng.normal(0, 0.02 if photo else 0.003)
    cos, sin = np.cos(angle), np.sin(angle)
    taken = np.array([w * cos + h * abs(sin), h * cos + w * abs(sin)])
    if photo:  # smaller, until the corners are inside
        shrink = max(least, min(shrink, w / taken[0], h / taken[1]))
    pixel_map = np.array([[cos, sin], [-sin, cos]]) @ np.array([[1.0, shear], [0.0, 1.0]]) / shrink
    half = np.array([width / 2, height / 2])
    free = np.maximum(np.array([w, h]) - taken * shrink, 0) / shrink
    shift = rng.uniform(-1, 1, size=2) * free / 2 / half
    return np.concatenate([pixel_map * half[None, :] / half[:, None], shift[:, None]], axis=1).astype(
        np.float32
    )


def _first_of_run(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """True where a sorted array starts a new value."""
    return np.concatenate([[True], values[1:] != values[:-1]])
