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
    random affine; ``illegible_share``: of those shrunk until nobody can read them.
    """

    rows: int
    cols: int
    batch_size: int
    aspects: tuple[tuple[float, float], ...] | None = None
    kinds: Weights = (("any", 1.0),)
    tasks: Weights = ((READ, 1.0),)
    max_text_tokens: int = 1024
    warp_share: float = 0.3
    illegible_share: float = 0.0
    weight: float = 1.0


_A4, _LETTER = 210 / 297, 8.5 / 11
_PORTRAIT = tuple((aspect * 0.95, aspect * 1.05) for aspect in (_A4, _LETTER))
_LANDSCAPE = tuple((0.95 / aspect, 1.05 / aspect) for aspect in (_A4, _LETTER))
_RECEIPTS: Weights = (("receipt", 0.7), ("any", 0.3))
BUCKETS: dict[
    str, Bucket
] = {  # batch sizes keep the pixels of a batch about equal; a recipe adjusts with `replace`
    "tile": Bucket(1, 1, 256, kinds=(("tile", 1.0),), max_text_tokens=256),
    "half": Bucket(2, 2, 80, ((0.6, 1.7),), max_text_tokens=640),
    "small": Bucket(3, 2, 56, ((0.58, 0.9),), max_text_tokens=896),
    "portrait": Bucket(4, 3, 32, _PORTRAIT, max_text_tokens=1792),
    "landscape": Bucket(3, 4, 32, _LANDSCAPE, max_text_tokens=1792),
    # of the same shapes, a quarter smaller: large print needs no more
    "receipt3": Bucket(3, 2, 56, ((0.36, 0.6),), _RECEIPTS, max_text_tokens=768),
    "receipt4": Bucket(4, 2, 40, ((0.3, 0.6),), _RECEIPTS, max_text_tokens=768),
    "receipt5": Bucket(5, 2, 32, ((0.24, 0.48),), _RECEIPTS, max_text_tokens=896),
    "receipt6": Bucket(6, 2, 28, ((0.2, 0.37),), _RECEIPTS, max_text_tokens=1024),
    "photo": Bucket(1, 1, 288, None, ((PHOTO, 1.0),), ((PHOTO, 1.0),), max_text_tokens=192, warp_share=0.0),
    # Pictures come in every shape: cuttings with a table, wide strips, squares, long slips. A grid that
    # training never had is read badly, whatever is printed on it.
    "square": Bucket(3, 3, 32, ((0.72, 1.35),), max_text_tokens=1280),
    "wide": Bucket(2, 4, 36, ((1.6, 3.0),), max_text_tokens=1024),
    "broad": Bucket(2, 3, 46, ((1.1, 2.2),), max_text_tokens=896),
    "strip": Bucket(1, 4, 60, ((3.1, 5.0),), max_text_tokens=512),
    "band": Bucket(1, 3, 76, ((2.1, 3.6),), max_text_tokens=448),
    "pair": Bucket(1, 2, 100, ((1.1, 2.4),), max_text_tokens=384),
    "slip": Bucket(4, 1, 60, ((0.18, 0.32),), max_text_tokens=512),
}


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
