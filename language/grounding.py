"""Boxes in the text of DeepSeek-VL2: ``<|ref|>label<|/ref|><|det|>[[x1, y1, x2, y2], …]<|/det|>``.

Edges are whole numbers from 0 to 999 across the image as it was given, before tiling and padding
(``deepseek-ai/DeepSeek-VL2``, README and web demo). The text is a model's: it is matched with bounds, never
evaluated, and what is malformed is left out.
"""

import re
from dataclasses import dataclass

GRID = 999
REF, END_REF, DET, END_DET, GROUNDING = "<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>", "<|grounding|>"
MARKUP = (REF, END_REF, DET, END_DET, GROUNDING)
MAX_TEXT, MAX_LABEL, MAX_BOXES = 100_000, 500, 100

Box = tuple[float, float, float, float]

_EDGE = r"\s{0,4}(\d{1,4})\s{0,4}"
_BOX = re.compile(rf"\[{_EDGE},{_EDGE},{_EDGE},{_EDGE}\]")
_DETECTION = re.compile(
    rf"(?:<\|ref\|>([^<]{{0,{MAX_LABEL}}})<\|/ref\|>\s{{0,4}})?<\|det\|>([\[\]\d,\s]{{0,4000}})<\|/det\|>"
)


@dataclass(frozen=True)
class Detection:
    """``label``: the words between the ref marks. ``boxes``: fractions of the image, from its top left."""

    label: str
    boxes: tuple[Box, ...]

    def in_pixels(self, size: tuple[int, int]) -> tuple[tuple[int, int, int, int], ...]:
        """The boxes on an image of (width, height), in whole pixels within it."""
        width, height = size
        return tuple(
            (round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height))
            for x0, y0, x1, y1 in self.boxes
        )


def parse_grounding(text: str) -> tuple[Detection, ...]:
    """All detections of a model's answer, in order.

    Edges beyond the grid are clamped to it and swapped ones put in order; a box without area, or with
    anything but four whole numbers, is dropped, and so is a detection without a box.
    """
    found = []
    for match in _DETECTION.finditer(text[:MAX_TEXT]):
        boxes = (_box(*map(int, box.groups())) for box in _BOX.finditer(match[2]))
        kept = tuple(box for box in boxes if box is not None)[:MAX_BOXES]
        if kept:
            found.append(Detection((match[1] or "").strip(), kept))
    return tuple(found)


def without_markup(text: str) -> str:
    """The text as a reader wants it: labels stay, marks and boxes go."""
    text = re.sub(r"<\|det\|>[\[\]\d,\s]*(?:<\|/det\|>|$)", "", text)
    return re.sub("|".join(map(re.escape, MARKUP)), "", text)


def _box(x0: int, y0: int, x1: int, y1: int) -> Box | None:
    left, right = sorted(min(edge, GRID) / GRID for edge in (x0, x1))
    top, bottom = sorted(min(edge, GRID) / GRID for edge in (y0, y1))
    return (left, top, right, bottom) if left < right and top < bottom else None
