"""Real receipts with other words on them: lines of the scan are painted over and typed anew.

A few hundred receipts are soon known by heart, and a decoder that knows every shop and street completes them
instead of reading ("SUNGAI RENGIT" came out as "SUNGAI RENO"). Here the paper, its print and its arrangement
stay real, while letters and digits are others each time; transcript and fields follow character by character.
"""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from .synth.canvas import Canvas, Style
from .synth.faces import Face
from .synth.world import World

SHORTEST = 4  # letters and digits; shorter lines occur by chance inside others
_STAY = frozenset(("date", "total", "invoice date", "subtotal", "tax", "amount due"))
STYLES = (("mono", 0.55), ("sans", 0.35), ("serif", 0.1))
# What says of which kind a line is; without these words nobody could tell a firm from a street.
_KEPT = frozenset(
    "SDN BHD SDN. BHD. NO NO. LOT JALAN JLN JLN. TAMAN TMN TEL TEL: FAX FAX: GST REG CO CO. ID TAX INVOICE"
    " RECEIPT CASH DATE DATE: TIME TOTAL SUBTOTAL AMOUNT CHANGE ROUNDING QTY ITEM PRICE BILL S/B ENTERPRISE"
    " TRADING RESTAURANT RESTORAN FLOOR GROUND LEVEL UNIT SELANGOR JOHOR KUALA LUMPUR MALAYSIA (M) PERSIARAN"
    " BANDAR SEKSYEN LORONG".split()
)
_VOWELS, _CONSONANTS = "AEIOU", "BCDFGHJKLMNPQRSTVWXYZ"


def retype(
    pixels: np.ndarray, record: dict[str, Any], world: World, dice: Random
) -> tuple[np.ndarray, str, dict[str, str]] | None:
    """The page with some of its lines replaced: pixels uint8 [H, W], transcript and fields.

    ``record`` is one of ``training.real`` with ``lines`` ([x0, y0, x1, y1, text] in pixels of ``pixels``).
    None where a receipt does not tell which of its lines the company and the address are.
    """
    stream = _stream(record["text"])
    fields: dict[str, str] = record["fields"]
    places = {name: _only_place(stream, _stream(value)) for name, value in fields.items()}
    is_receipt = record["kind"] == "receipt"
    needed = ("company", "address") if is_receipt else ()
    if not record.get("lines") or any(places.get(name) is None for name in needed):
        return None
    # What stands there twice, and days and sums, which would no longer be any, stay.
    fixed = [_stream(fields[n]) for n in fields if n in _STAY or (not is_receipt and places[n] is None)]
    inside = {at for place in places.values() if place for at in range(place[0], sum(place))}
    letters = list(stream)
    ends = [sum(places[name] or (0, 0)) for name in needed]
    head = max(ends, default=len(stream))
    height, width = pixels.shape
    canvas = Canvas(width, height)
    canvas.view[:] = pixels
    face = _face(world, dice)
    share = dice.uniform(0.3, 0.9) if is_receipt else 0.9
    for x0, y0, x1, y1, text in record["lines"]:
        old = _stream(text)
        place = _only_place(stream, old)
        if place is None or len(old) < SHORTEST or any(value and value in old for value in fixed):
            continue
        in_head = place[0] < head
        if dice.random() > (share if in_head else share * 0.5):
            continue
        if is_receipt:
            new = scramble(text, dice, digits=in_head)
        else:  # only the values: without its labels nobody could tell what an invoice says
            new = _scrambled_at(text, place[0], inside, dice)
        if new != text and _type(canvas, (x0, y0, x1, y1), new, face, dice):
            letters[place[0] : place[0] + place[1]] = _stream(new)
    said = "".join(letters)
    values = {name: _follow(value, said, places[name]) for name, value in fields.items()}
    return canvas.finish(), _follow(record["text"], said, (0, len(said))), values


def scramble(text: str, dice: Random, *, digits: bool) -> str:
    """Words of the same shape: vowels for vowels, consonants for consonants; digits too, where asked for."""
    return "".join(
        part if part.isspace() or part.upper() in _KEPT or dice.random() < 0.2 else _other(part, dice, digits)
        for part in re.split(r"(\s+)", text)
    )


def _scrambled_at(text: str, start: int, inside: set[int], dice: Random) -> str:
    """A line, whose letters begin at ``start`` of the page's, with other letters at the places ``inside``."""
    made, at = "", start
    for sign in text:
        made += _other(sign, dice, True) if sign.isalnum() and at in inside else sign
        at += sign.isalnum()
    return made


def _other(word: str, dice: Random, digits: bool) -> str:
    made = []
    for sign in word:
        upper = sign.upper()
        if sign in "0123456789":
            new = dice.choice("0123456789") if digits else sign
        elif upper in _VOWELS:
            new = dice.choice(_VOWELS)
        elif upper in _CONSONANTS:
            new = dice.choice(_CONSONANTS)
        else:
            new = sign
        made.append(new if sign.isupper() else new.lower())
    return "".join(made)


def _type(canvas: Canvas, box: Sequence[float], text: str, face: Face, dice: Random) -> bool:
    """Paints the box with its paper and sets ``text`` in it; False where it cannot look like the rest."""
    x0, y0 = max(int(box[0]), 0), max(int(box[1]), 0)
    x1, y1 = min(int(box[2]) + 1, canvas.width), min(int(box[3]) + 1, canvas.height)
    old = canvas.view[y0:y1, x0:x1]
    if min(old.shape) < 6 or face.clean(text) != text:
        return False
    paper, ink = int(np.percentile(old, 85)), int(np.percentile(old, 4))
    size = (y1 - y0) * dice.uniform(0.8, 0.95) / max(face.top, 0.6)
    spacing = ((x1 - x0) - face.width(text) * size) / max(len(text), 1)
    if spacing < 0:  # too wide: smaller type rather than letters that touch
        size, spacing = size * (x1 - x0) / (face.width(text) * size), 0.0
    style = Style(face, size, min(ink, paper - 30), min(spacing, size * 0.35))
    descends = any(c in text for c in "gjpqy")
    low = style.bottom * 0.6 if descends else (y1 - y0) * 0.06
    if size < 6 or paper - ink < 40 or (descends and y1 - low + style.bottom > canvas.height + 1):
        return False
    old[:] = paper
    # Not `draw`, which minds the room of a face below the line: scans are cut off close to the last one.
    canvas.decorate(x0, y1 - low, text, style)
    return True


def _face(world: World, dice: Random) -> Face:
    style = dice.choices([name for name, _ in STYLES], [weight for _, weight in STYLES])[0]
    regular, bold, _ = world.pick_faces(dice, "en", (style,))
    return bold if dice.random() < 0.3 else regular


def _stream(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _only_place(stream: str, part: str) -> tuple[int, int] | None:
    """Start and length of the only occurrence."""
    start = stream.find(part) if part else -1
    if start < 0 or stream.find(part, start + 1) >= 0:
        return None
    return start, len(part)


def _follow(text: str, said: str, place: tuple[int, int] | None) -> str:
    """``text`` with its letters and digits taken from ``said`` at ``place``; as it is without a place."""
    if place is None:
        return text
    letters = iter(said[place[0] : place[0] + place[1]])
    return "".join(next(letters) if c.isalnum() else c for c in text)
