"""What is printed on a page as running text: the glyph map's characters, with spaces where ink is missing.

A glyph map has no spaces, and says of a character only in which quarter of a patch it stands. What is blank
between two of them is seen in the page itself. Good enough to guess from (``language/draft.py``), not to be
shown: rows are those of patches, and a line that is askew runs over several.
"""

from dataclasses import dataclass

import numpy as np

from .glyphs import BLANK, GlyphMap, glyph_char

# Blank columns between two characters, in usual distances of two of their row: from here on a space is there.
# From the model's own transcripts (docs/results.md says of which pages): only time depends on it.
SPACE, SPACE_AT_TURN = 0.78, 0.21  # at a turn a letter becomes a digit, or a small one a capital
SPACE_UNSEEN = 1.6  # without the page: the distance itself
TWICE, DOUBT = 1.1, 0.85  # a character nearer than so many patches to its like, one of both less sure, is one
INK = 0.35  # of the darkness of a row's print


@dataclass(frozen=True)
class Print:
    """``characters`` row by row; ``before``: what is between each and the one before, "", " " or "\\n"."""

    characters: str
    before: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(a + b for a, b in zip(self.before, self.characters, strict=True)).strip()


def printed(glyphs: GlyphMap, grey: np.ndarray | None = None) -> Print:
    """``grey`` uint8 [H, W]: the canvas under the glyph map; without it spaces are seldom seen."""
    rows, columns, slots = np.nonzero(glyphs.ids != BLANK)
    if not len(rows):
        return Print("", ())
    taken = (glyphs.ids != BLANK).cumsum(-1)
    x = columns + (taken[rows, columns, slots] - 0.5) / taken[rows, columns, -1]
    found = [glyph_char(int(i)) for i in glyphs.ids[rows, columns, slots]]
    sure = glyphs.probs[rows, columns, slots]
    characters: list[str] = []
    before: list[str] = []
    for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows)) + 1):
        pairs = zip(part, part[1:], strict=False)
        own = [part[0]]
        own += [
            b
            for a, b in pairs
            if found[a] != found[b] or x[b] - x[a] > TWICE or min(sure[a], sure[b]) > DOUBT
        ]
        blank = _blank(glyphs, grey, int(rows[part[0]]), x[own])
        for place, wide in zip(own, blank, strict=True):
            at_turn = bool(characters) and _turns(characters[-1], found[place])
            limit = (SPACE_AT_TURN if at_turn else SPACE) if grey is not None else SPACE_UNSEEN
            before.append("\n" if place == part[0] else " " if wide > limit else "")
            characters.append(found[place])
    return Print("".join(characters), tuple(before))


def _blank(glyphs: GlyphMap, grey: np.ndarray | None, row: int, x: np.ndarray) -> np.ndarray:
    """What is blank before each character of a row at ``x`` [n], in patches; in usual distances, [n]."""
    gaps = np.diff(x, prepend=x[0])
    usual = float(np.median(gaps[1:])) if len(x) > 1 else 1.0
    if grey is None or len(x) < 2:
        return gaps / usual
    at = (x * glyphs.patch).astype(int)
    band = grey[row * glyphs.patch : (row + 1) * glyphs.patch, at[0] : at[-1] + 1].astype(np.int16)
    dark = np.median(band.max(0)) - band.min(0)
    ink = dark > INK * np.percentile(dark, 90)
    places = np.arange(len(ink))
    begin = np.maximum.accumulate(np.where(ink, places + 1, 0))  # of the blank columns that end here
    starts = at - at[0]
    owner = np.searchsorted(starts, places, side="right") - 1
    run = places + 1 - np.maximum(begin, starts[owner])
    longest = np.maximum.reduceat(run, np.minimum(starts, len(run) - 1))
    return np.concatenate([[0], longest[:-1]]) / (usual * glyphs.patch)


def _turns(a: str, b: str) -> bool:
    if a.isdigit() or b.isdigit():
        return a.isalpha() or b.isalpha()
    return a.islower() and b.isupper()
