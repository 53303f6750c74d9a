"""Print too small to be read: what a reader must not make up.

A thumbnail of a receipt shows grey lines where its text was. A reader that has only met legible pages finds
plausible words in them. Such pages teach it to say nothing: every character is UNKNOWN to the glyph head, the
transcript is empty and no question has an answer.
"""

from dataclasses import replace

import numpy as np
from PIL import Image

from ..vision.glyphs import UNKNOWN, glyph_char
from .synth.page import SyntheticPage

TALLEST = (2.0, 4.6)  # px that the tallest line, from ascender to descender, has left; capitals at most 2.8
LEAST_PX = 24  # of a shrunken side
_FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def illegible(page: SyntheticPage, rng: np.random.Generator) -> SyntheticPage:
    """The page shrunk until nobody can read it and scaled up again, with the truth about that.

    Pages without print, or whose characters' places are not known, come back as they are.
    """
    if not page.chars or not page.has_glyphs:
        return page
    height, width = page.pixels.shape
    tallest = float((page.boxes[:, 3] - page.boxes[:, 1]).max()) * height
    factor = rng.uniform(*TALLEST) / max(tallest, 1.0)
    small = (max(LEAST_PX, round(width * factor)), max(LEAST_PX, round(height * factor)))
    if max(small[0] / width, small[1] / height) * tallest > TALLEST[1]:
        return page  # so few large letters that they could still be told
    down = Image.fromarray(page.pixels).resize(small, _FILTERS[int(rng.integers(len(_FILTERS)))])
    pixels = np.asarray(down.resize((width, height), _FILTERS[int(rng.integers(len(_FILTERS)))]))
    asked = tuple(replace(question, answer=None, box=None) for question in page.questions)
    return replace(
        page,
        pixels=pixels,
        chars=glyph_char(UNKNOWN) * len(page.chars),
        text="",
        fields=(),
        blanks=(),
        questions=asked,
    )
