"""Where a value is really printed, from the boxes of a receipt's labelled lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from octavo.app.metrics import comparable

Box = tuple[float, float, float, float]
MAX_LINES = 6  # an address stands on no more


def true_boxes(value: str, lines: Sequence[Mapping[str, Any]]) -> list[Box]:
    """Every place where ``value`` is printed as a whole line, a run of lines, or a part of one line.

    ``lines`` have ``text`` and ``box`` in pixels, in reading order. Of a part the box is cut out of its
    line by the number of characters, which print of even width makes about right. Empty when no line has
    the value.
    """
    wanted = comparable(value)
    texts = [comparable(str(line["text"])) for line in lines]
    boxes = [_box(line["box"]) for line in lines]
    found: list[Box] = []
    for first in range(len(lines)):
        for last in range(first, min(first + MAX_LINES, len(lines))):
            run = "".join(texts[first : last + 1])
            if run == wanted:
                found.append(union(boxes[first : last + 1]))
            if len(run) >= len(wanted):
                break
    return found or [
        cut
        for text, box, line in zip(texts, boxes, lines, strict=True)
        if wanted in text and (cut := _part(value, str(line["text"]), box))
    ]


def _part(value: str, text: str, box: Box) -> Box | None:
    start = text.casefold().find(value.casefold())
    if start < 0:
        return None
    x0, y0, x1, y1 = box
    width = (x1 - x0) / max(len(text), 1)
    return x0 + start * width, y0, x0 + (start + len(value)) * width, y1


def _box(box: Sequence[float]) -> Box:
    """Of four corners (x, y, x, y, …) or of x0, y0, x1, y1."""
    xs, ys = [float(x) for x in box[0::2]], [float(y) for y in box[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0..1."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inside = max(width, 0.0) * max(height, 0.0)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inside
    return inside / both if both > 0 else 0.0
