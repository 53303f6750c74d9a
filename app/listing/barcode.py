"""Barcodes on photos: read by zxing-cpp, trusted only when the check digit is right.

A code that zxing-cpp sees but cannot confirm is told as such; its digits are never used.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..channels.gtin import problem_of

Box = tuple[float, float, float, float]
RETAIL = ("EAN13", "EAN8", "UPCA", "UPCE", "ISBN", "ITF14", "ITF")
GTIN14 = 14
UNREAD = "a barcode is visible but cannot be read for certain; photograph it straight and close"


@dataclass(frozen=True)
class Barcode:
    """``gtin`` is sound when ``problem`` is ""; ``box`` in fractions of the photo."""

    gtin: str
    box: Box
    problem: str = ""


def read_barcodes(image: Image.Image) -> tuple[Barcode, ...]:
    """The retail barcodes of an RGB photo, sound ones first; each number once."""
    import zxingcpp

    grey = np.asarray(image.convert("L"))
    found: dict[str, Barcode] = {}
    for result in zxingcpp.read_barcodes(grey, return_errors=True):
        if result.format.name not in RETAIL:
            continue
        box = _box(result.position, *image.size)
        digits = "".join(char for char in str(result.text) if char.isascii() and char.isdigit())
        if not result.valid or not digits:
            found.setdefault(f"unread {box}", Barcode("", box, UNREAD))
        elif result.format.name != "ITF" or len(digits) == GTIN14:
            gtin = shortest(digits)
            found.setdefault(gtin, Barcode(gtin, box, problem_of(gtin)))
    return tuple(sorted(found.values(), key=lambda code: bool(code.problem)))


def shortest(digits: str) -> str:
    """A GTIN without padding: with a leading zero, 14 digits are an EAN-13 and 13 are a UPC-A."""
    while len(digits) in (13, GTIN14) and digits.startswith("0"):
        digits = digits[1:]
    return digits


def _box(position: object, width: int, height: int) -> Box:
    corners = [getattr(position, name) for name in ("top_left", "top_right", "bottom_left", "bottom_right")]
    xs, ys = [corner.x / width for corner in corners], [corner.y / height for corner in corners]
    edges = (min(xs), min(ys), max(xs), max(ys))
    x0, y0, x1, y1 = (min(max(float(edge), 0.0), 1.0) for edge in edges)
    return (x0, y0, x1, y1)
