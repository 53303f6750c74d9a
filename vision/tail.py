"""Lines at the end of a transcript that are printed nowhere.

A small decoder sometimes goes on behind the last line of a page, above all behind the last row of a table: it
makes up rows out of those that it has written. The glyph map, which is read without the decoder, knows what
is printed. Each of its characters can be claimed by one line alone, so a row that resembles print which an
earlier line has already read is made up all the same.

Long stretches of letters that recur and stand nowhere on the page in this order, three at a time, go in any
case: a reader writes them that has lost itself in a shadow or a stain.

Else it errs towards keeping: where print is left that no line before has claimed, be it in other letters, in
another column or further up, a line that may be its reading stays.
"""

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from .coverage import COLUMN_GAP
from .glyphs import BLANK, UNKNOWN, GlyphMap, glyph_char

SHORT = 6  # letters and digits; a line with fewer is too like everything: it goes only behind a longer one
SURE = 0.9  # of a line's characters: with so many that it finds in print that is free, it claims it
LIKELY = 0.3  # the same for a line that claims nothing, but may be printed there and stays
LEFT = 0.4  # of a line's characters: with so many in what is left of the page it may be printed there
TRUSTED = 0.6  # of a transcript's characters: with fewer that claim print the map is no judge of it
FEW = 3  # characters in a row; fewer are claimed by chance
CLAIMED = 0.5  # of the characters of a piece of print: from here on it has been read
# Of a line's runs of three letters that the map has; of 2,427 printed lines one in 1,000 has fewer.
STRANGE = 0.1
LOST = 60  # letters; so many in strange lines are not one that the map could not read
RECURRING = 0.5  # of such a stretch's runs of three letters: with more different ones it may be print
DOUBLE = 0.8  # similarity to the row of patches above: a line that lies between two rows is seen in both


@dataclass(frozen=True)
class _Print:
    """The letters and digits of a page, row by row. Of each, [n]: ``rows``, its row of patches; ``pieces``,
    the number of what stands side by side with it; ``again``, whether its row says what the one above does.
    """

    text: str
    rows: np.ndarray
    pieces: np.ndarray
    again: np.ndarray


def without_tail(glyphs: GlyphMap, text: str) -> str:
    """The transcript without the lines at its end that have no print of their own."""
    text = _without_lost(glyphs, text)
    lines = text.split("\n")
    said = [_letters(line) for line in lines]
    print_ = _print(glyphs)
    claims, kept = "", 0  # what surely is printed; lines up to the last that may be
    for number, line in enumerate(said):
        if line and _own(print_, claims, line) >= SURE:
            claims, kept = claims + line, number + 1
    below, elsewhere = _left(print_, claims)
    for number in range(kept, len(lines)):
        line = said[number]
        is_like = len(line) >= SHORT and _common(elsewhere, line) >= LEFT * len(line)
        if line and (is_like or _own(print_, claims, line) >= LIKELY):
            kept = number + 1
    start = next((i for i in range(kept, len(lines)) if len(said[i]) >= SHORT), len(lines))
    if below or start == len(lines) or len(claims) < TRUSTED * len("".join(said)):
        return text
    while not lines[start - 1].strip("| "):
        start -= 1  # nor is there anything in rows of empty cells
    return "\n".join(lines[:start])


def _without_lost(glyphs: GlyphMap, text: str) -> str:
    """The transcript without a long stretch at its end that shares next to nothing with the map, however the
    page lies and wherever print is left."""
    lines = text.split("\n")
    runs = {run for row in range(len(glyphs.ids)) for run in _runs(_letters(glyphs.row_text(row)))}
    said = [_letters(line) for line in lines]
    known = [sum(run in runs for run in _runs(line)) for line in said]
    start = len(lines)
    while start and (
        len(said[start - 1]) < SHORT or known[start - 1] <= STRANGE * len(_runs(said[start - 1]))
    ):
        start -= 1
    before, behind = ([run for line in part for run in _runs(line)] for part in (said[:start], said[start:]))
    is_lost = len(behind) >= LOST and len(set(behind)) <= RECURRING * len(behind)
    is_judge = bool(before) and sum(known[:start]) >= TRUSTED * len(before)
    return "\n".join(lines[:start]).rstrip("\n") if is_lost and is_judge else text


def _runs(letters: str) -> list[str]:
    """Three letters each, one behind the other."""
    return [letters[i : i + 3] for i in range(len(letters) - 2)]


def _own(print_: _Print, claims: str, line: str) -> float:
    """Of a line's characters, how many find print behind what ``claims`` need."""
    return (_common(print_.text, claims + line) - _common(print_.text, claims)) / len(line)


def _common(print_: str, said: str) -> int:
    """Characters of the print that ``said`` has, in the same order."""
    return int(LCSseq.similarity(print_, said))


def _left(print_: _Print, claims: str) -> tuple[bool, str]:
    """Print that is not claimed: whether there is any below all that is, and the whole of it. A line that is
    misread here or on the map may stand there, and a column that is read after its neighbour."""
    claimed = np.zeros(len(print_.text), bool)
    for op in LCSseq.opcodes(print_.text, claims):
        if op.tag == "equal":
            claimed[op.src_start : op.src_end] = True
    left = (_share(claimed, print_.pieces) < CLAIMED) & ~print_.again
    read = (_share(claimed, print_.rows) >= CLAIMED) & (np.bincount(print_.rows, claimed)[print_.rows] >= FEW)
    below = bool((print_.rows[~print_.again] > print_.rows[read].max(initial=-1)).any())
    return below, "".join(print_.text[i] for i in np.flatnonzero(left))


def _share(claimed: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Of the part of the page that each character is in, how much is claimed, [n]."""
    size = np.bincount(part)
    return (np.bincount(part, claimed, len(size)) / np.maximum(size, 1))[part]


def _print(glyphs: GlyphMap) -> _Print:
    """Characters outside the alphabet count: something is printed there."""
    rows, columns, slots = np.nonzero(glyphs.ids != BLANK)
    ids = glyphs.ids[rows, columns, slots]
    parted = (np.diff(rows, prepend=-1) != 0) | (np.diff(columns, prepend=0) > COLUMN_GAP)
    pieces = np.cumsum(parted)
    found = [glyph_char(int(i)).casefold()[:1] for i in ids]
    kept = np.array([i == UNKNOWN or ch.isalnum() for i, ch in zip(ids, found, strict=True)], bool)
    of_row = [_letters(glyphs.row_text(row)) for row in range(len(glyphs.ids))]
    again = [
        b != "" and LCSseq.normalized_similarity(a, b) >= DOUBLE
        for a, b in zip(["", *of_row], of_row, strict=False)
    ]
    text = "".join(ch for ch, is_kept in zip(found, kept, strict=True) if is_kept)
    return _Print(text, rows[kept], pieces[kept], np.array(again)[rows[kept]])


def _letters(text: str) -> str:
    """Letters and digits in lower case, one for each that is printed: "ß" would fold to two."""
    return "".join(ch.casefold()[:1] for ch in text if ch.isalnum())
