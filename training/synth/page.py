"""What the generator hands out: a rendered page with everything that is known about it."""

from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Question:
    """A question about one page; ``answer`` None means that the page does not say. ``box`` in page
    fractions.
    """

    question: str
    answer: str | None
    box: Box | None
    kind: str  # "label", "natural", "table", "text", "check" or "unanswerable"


@dataclass(frozen=True)
class Field:
    """``label`` as printed ("" when not printed), canonical ``key``, ``value`` as printed, ``box`` and type.

    A field of type "check" is a box to tick: its value is "checked" or "unchecked".
    """

    label: str
    key: str
    value: str
    box: Box
    type: str = "text"


@dataclass(frozen=True)
class SyntheticPage:
    """One page. ``pixels`` uint8 [H, W]; ``boxes`` float32 [len(chars), 4] x0, y0, x1, y1 in page fractions.

    ``chars`` holds every printed non-space character in reading order; ``text`` is the Markdown
    transcription. ``blanks`` are printed labels without a value (form fields left empty). ``has_glyphs``
    False: the places of the characters are not known (real scans), so ``chars`` is empty.
    """

    pixels: np.ndarray
    chars: str
    boxes: np.ndarray
    text: str
    fields: tuple[Field, ...]
    questions: tuple[Question, ...]
    kind: str
    language: str
    text_px: float  # usual em size of the text in pixels
    blanks: tuple[str, ...] = ()
    has_glyphs: bool = True
