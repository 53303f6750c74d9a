"""Print that runs askew is put level before it is read.

A photograph of a paper on a table is a few degrees askew. The reader has hardly seen such print, and what it
takes for a row, a row of patches, then holds pieces of several lines. Lines of print that are level give a
profile of dark rows and light ones; so the angle is the one at which that profile is sharpest.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

if TYPE_CHECKING:
    import numpy as np

    from .types import Box

SIDE = 1000  # px of the longer side at which lines are looked for: small print is still told from its gaps
EVERY = 2  # columns: a line of print is known from half of them
BLUR = 12  # px around a point that say how light its paper is; shadows are wider, strokes narrower
FAINT, DARK = 12, 40  # levels below the paper: grain of paper and table is fainter, and black counts no more
MIN_INK = 500  # points; fewer are no lines
MOST, COARSE, FINE = 12.0, 0.5, 0.1  # degrees; beyond it pages are not askew, but on their side
LEAST = 1.5  # degrees that need not be put right: the reader knows them
SHARPER = 1.25  # times as sharp as the picture as it is


@dataclass(frozen=True)
class Frame:
    """A picture of ``size`` out of another one of the size ``source``, put level.

    ``affine``: (a, b, c, d, e, f); what is at x, y of it was at a·x + b·y + c, d·x + e·y + f.
    """

    source: tuple[int, int]
    size: tuple[int, int]
    affine: tuple[float, float, float, float, float, float]

    @classmethod
    def level(cls, source: tuple[int, int], angle: float) -> "Frame":
        """All of a picture, turned counterclockwise by ``angle`` degrees about its middle."""
        (width, height), cos, sin = source, math.cos(math.radians(angle)), math.sin(math.radians(angle))
        wide = math.ceil(width * cos + height * abs(sin))
        high = math.ceil(width * abs(sin) + height * cos)
        left = width / 2 - (cos * wide - sin * high) / 2
        top = height / 2 - (sin * wide + cos * high) / 2
        return cls(source, (wide, high), (cos, -sin, left, sin, cos, top))

    @property
    def angle(self) -> float:
        """Degrees, counterclockwise, by which the picture was turned."""
        return math.degrees(math.atan2(self.affine[3], self.affine[0]))

    def picture(self, image: Image.Image) -> Image.Image:
        """What is seen through it; beside the image everything has its median colour."""
        turn, smooth = Image.Transform.AFFINE, Image.Resampling.BICUBIC
        return image.transform(self.size, turn, self.affine, smooth, fillcolor=paper_colour(image))

    def stored(self, box: "Box") -> "Box":
        """A box of its picture as the one around the same place of the other picture."""
        (width, height), (a, b, c, d, e, f) = self.size, self.affine
        corners = [(x * width, y * height) for x in box[::2] for y in box[1::2]]
        across = [min(max((a * x + b * y + c) / self.source[0], 0.0), 1.0) for x, y in corners]
        down = [min(max((d * x + e * y + f) / self.source[1], 0.0), 1.0) for x, y in corners]
        return min(across), min(down), max(across), max(down)


def paper_colour(image: Image.Image) -> tuple[int, ...]:
    """The median colour of an RGB picture: of a page that of its paper."""
    import numpy as np

    small = np.asarray(image.reduce(max(1, min(image.size) // 64)))
    return tuple(int(value) for value in np.median(small.reshape(-1, 3), axis=0))


def level(image: Image.Image) -> Frame | None:
    """The frame that puts the print of a page level; None where it is, or where there are no lines."""
    angle = skew(image)
    return Frame.level(image.size, angle) if abs(angle) >= LEAST else None


def skew(image: Image.Image) -> float:
    """Degrees, clockwise, that lines of print are turned; 0 where no angle is clearly better than that."""
    import numpy as np  # the command line starts without it

    grey = image.convert("L")
    grey.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    paper = np.asarray(grey.filter(ImageFilter.BoxBlur(BLUR)), np.int16)
    ink = np.clip(paper - np.asarray(grey, np.int16) - FAINT, 0, DARK)[:, ::EVERY]
    y, x = np.nonzero(ink)
    if len(y) < MIN_INK:
        return 0.0
    weight, x = ink[y, x].astype(np.float32), x * EVERY
    coarse = np.arange(-MOST, MOST + COARSE / 2, COARSE)
    near = coarse[np.argmax([_sharpness(x, y, weight, angle) for angle in coarse])]
    fine = np.arange(near - COARSE, near + COARSE + FINE / 2, FINE)
    found = [_sharpness(x, y, weight, angle) for angle in fine]
    best = int(np.argmax(found))
    is_sharper = found[best] > SHARPER * _sharpness(x, y, weight, 0.0)
    return float(fine[best]) if is_sharper else 0.0


def _sharpness(x: "np.ndarray", y: "np.ndarray", weight: "np.ndarray", angle: float) -> float:
    """How much the darkness of rows differs from that of the next ones, rows being ``angle`` askew."""
    import numpy as np

    rows = (y - x * math.tan(math.radians(angle))).round().astype(np.int32)
    profile = np.bincount(rows - rows.min(), weights=weight)
    return float((np.diff(profile) ** 2).sum())
