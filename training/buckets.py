"""Buckets: pages of one grid of tiles that are batched together, and where a page lies on such a canvas."""

from dataclasses import dataclass

import numpy as np

from ..vision.tiling import TilingConfig, fit, plan_tiles

GLYPHS, READ, CONVERSATION = "glyphs", "read", "conversation"
REAL = "real"
PHOTO = "photo"  # a kind and its task: photos are RGB and share no batch with pages
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Bucket:
    """Pages that share a grid of tiles. ``kinds``, ``tasks``: (name, weight); kind "any" leaves it to the
    maker.

    ``aspects``: ranges of width / height, one of which is drawn for each page; None fills the canvas. Aspects
    must be such that ``plan_tiles`` picks this grid for the page. ``warp_share``: share of pages with a
    random affine. ``length_groups``: n times the pages are made, sorted by the length of their text, and one
    n-th of them is drawn: pages as before, but of like length, so that less of the batch is padding.
    """

    rows: int
    cols: int
    batch_size: int
    aspects: tuple[tuple[float, float], ...] | None = None
    kinds: Weights = (("any", 1.0),)
    tasks: Weights = ((READ, 1.0),)
    max_text_tokens: int = 1024
    warp_share: float = 0.3
    weight: float = 1.0
    length_groups: int = 1


def draw_content(
    bucket: Bucket, tiling: TilingConfig, rng: np.random.Generator, tries: int = 20
) -> tuple[int, int, int, int]:
    """A content rectangle in the bucket's canvas, exactly where ``plan_tiles`` puts a page of that size.

    Raises ValueError when the aspects do not lead to the bucket's grid.
    """
    canvas = (bucket.cols * tiling.tile_size, bucket.rows * tiling.tile_size)
    if bucket.aspects is None:
        return (0, 0, *canvas)
    for _ in range(tries):
        low, high = bucket.aspects[int(rng.integers(len(bucket.aspects)))]
        x0, y0, x1, y1 = fit((round(10_000 * rng.uniform(low, high)), 10_000), canvas)
        plan = plan_tiles((x1 - x0, y1 - y0), tiling)
        if (plan.rows, plan.cols) == (bucket.rows, bucket.cols):
            return plan.content
    raise ValueError(f"no aspect of {bucket.aspects} fills a grid of {bucket.rows}x{bucket.cols} tiles")
