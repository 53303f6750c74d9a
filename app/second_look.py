"""A second look at a page whose answers are unsure, in a frame that moves every letter on the patches.

A small reader misreads a letter where it lies badly on the encoder's grid. Seen again with a frame around it,
the same page gives the same answers where the reader is sure and others where it guesses; of the two the one
that is surer is right more often (docs/results.md has the figures). Of fields only values that the page has
are looked at again: what is absent stays absent.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from .backend import Reply
from .parsing import ParsedFields

FRAME = 0.03  # of the page's width and height, on every side
UNSURE = 0.7  # probability of the least sure token of a value; below it a second look is worth its time
DOUBTFUL = 0.9  # mean probability of the tokens of an answer to a question, likewise

Look = Callable[[Image.Image], tuple[Reply, ParsedFields]]


@dataclass(frozen=True)
class Found:
    """A value as it was read; ``probability``: mean of its tokens; ``least``: of the least sure one."""

    value: str
    probability: float
    least: float


def find_values(look: Look, image: Image.Image, *, twice: bool) -> tuple[dict[str, Found], ParsedFields]:
    """What ``look`` reads on a page, a second time where it is unsure; and what the first reply held."""
    reply, parsed = look(image)
    found = _values(reply, parsed)
    if twice and any(one.least < UNSURE for one in found.values()):
        again = _values(*look(framed(image)))
        for key, one in found.items():
            if one.least < UNSURE and key in again and again[key].least > one.least:
                found[key] = again[key]
    return found, parsed


def framed(image: Image.Image) -> Image.Image:
    """The page with a margin in the colour of its paper."""
    import numpy as np  # the command line starts without it

    colours = image.convert("RGB")
    small = np.asarray(colours.reduce(max(1, min(image.size) // 64)))
    paper = tuple(int(value) for value in np.median(small.reshape(-1, 3), axis=0))
    width, height = (max(1, round(FRAME * side)) for side in image.size)
    return ImageOps.expand(colours, (width, height, width, height), fill=paper)


def _values(reply: Reply, parsed: ParsedFields) -> dict[str, Found]:
    return {
        key: Found(item.value, reply.confidence(item.start, item.end), reply.least(item.start, item.end))
        for key, item in parsed.values.items()
        if item.value is not None
    }
