"""Where a text stands on a page: found among the characters of the glyph map, without asking the decoder.

Every patch names up to four characters, so a printed line is a run of patches in one row of the map, or in
two when the paper is askew. The text is aligned with each such run (rapidfuzz, edit similarity); what it
covers becomes its box.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from .glyphs import BLANK, GlyphMap, glyph_char
from .latest import Latest

Box = tuple[float, float, float, float]
PixelBox = tuple[int, int, int, int]
PADDING = 0.15  # of the height of the ink: a box holds its line, not only the strokes
MIN_SCORE = 75.0  # below it the letters of one line are found in any other
LINE_SCORE = 82.0  # for the parts of a text that runs over several lines, which are shorter
TIE = 4.0  # scores this close are told apart by what stands beside them
MAX_LINES = 5
MAX_LINE_GAP = 6  # rows of patches from one line to the next
EM_PER_ADVANCE = 2.1  # height of a line of print over the mean advance of its characters
SURE = 90.0  # no need to look for the text on several lines


@dataclass(frozen=True)
class Location:
    """``box`` in page fractions (x0, y0, x1, y1); ``score`` 0–1: how much of the text was found there."""

    box: Box
    score: float


@dataclass(frozen=True)
class _Line:
    """Characters from left to right; ``starts``, ``ends``, ``rows`` [n]: where each stands, in patches."""

    text: str
    starts: np.ndarray
    ends: np.ndarray
    rows: np.ndarray
    row: int


@dataclass(frozen=True)
class _Match:
    line: _Line
    start: int
    end: int
    score: float

    @property
    def box(self) -> Box:
        """In patches; as high as characters of this width usually are."""
        chosen = slice(self.start, self.end)
        x0, x1 = float(self.line.starts[self.start]), float(self.line.ends[self.end - 1])
        tall = min(max(EM_PER_ADVANCE * (x1 - x0) / (self.end - self.start), 0.6), 4.0)
        middle = float(self.line.rows[chosen].mean()) + 0.5
        return x0, middle - tall / 2, x1, middle + tall / 2


_LINES: Latest[list[_Line]] = Latest(2)


def locate(
    glyphs: GlyphMap, content: PixelBox, text: str, near: str = "", grey: np.ndarray | None = None
) -> Location | None:
    """The place of ``text`` on the page that fills ``content`` (canvas pixels); None where no line has it.

    ``near``: words that stand before it or above it, such as its label; they decide between equal places.
    ``grey`` uint8 [H, W]: the page, whose ink makes the box exact (:func:`snap`).
    """
    wanted = _plain(text)
    if not wanted:
        return None
    lines = _LINES.of(glyphs, lambda: list(_lines(glyphs)))  # several texts are looked for on a page
    found = _best(wanted, lines, _plain(near))
    parts = [found] if found else []
    if not found or found.score < SURE:
        several = _over_lines(text.split(), lines)
        if several and (not found or min(part.score for part in several) > found.score):
            parts = several
    if not parts:
        return None
    x0, y0, x1, y1 = (v / glyphs.patch for v in content)
    boxes = [
        ((a - x0) / (x1 - x0), (b - y0) / (y1 - y0), (c - x0) / (x1 - x0), (d - y0) / (y1 - y0))
        for a, b, c, d in (part.box for part in parts)
    ]
    exact = np.array([snap(grey, box) if grey is not None else box for box in boxes]).clip(0.0, 1.0)
    left, top = exact[:, :2].min(0).tolist()
    right, bottom = exact[:, 2:].max(0).tolist()
    score = np.average([part.score for part in parts], weights=[part.end - part.start for part in parts])
    return Location((left, top, right, bottom), float(score) / 100)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _lines(glyphs: GlyphMap) -> Iterator[_Line]:
    """Each row by itself, and with its empty patches filled from the row above or below (askew lines)."""
    filled = glyphs.ids != BLANK
    counts = filled.sum(2)
    used = counts > 0
    for row in np.flatnonzero(used.any(1)):
        row = int(row)
        alone = np.full(used.shape[1], row)
        yield _line(glyphs, counts, row, alone, used[row])
        for other in (row - 1, row + 1):
            if 0 <= other < len(used) and (used[other] & ~used[row]).any():
                rows = np.where(used[row], row, other)
                yield _line(glyphs, counts, row, rows, used[row] | used[other])


def _line(glyphs: GlyphMap, counts: np.ndarray, row: int, rows: np.ndarray, used: np.ndarray) -> _Line:
    chars: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    places: list[int] = []
    for col in np.flatnonzero(used):
        ids = glyphs.ids[rows[col], col]
        size = int(counts[rows[col], col])
        for slot, index in enumerate(ids[ids != BLANK]):
            text = glyph_char(int(index)).casefold()[:1] or "\ufffd"  # one for one: positions must hold
            chars.append(text)
            starts.append(col + slot / size)
            ends.append(col + (slot + 1) / size)
            places.append(int(rows[col]))
    return _Line("".join(chars), np.array(starts), np.array(ends), np.array(places), row)


def _matches(wanted: str, lines: Iterable[_Line], cutoff: float) -> list[_Match]:
    found = []
    for line in lines:
        if len(line.text) < len(wanted) * 0.8:
            continue
        if len(line.text) < len(wanted):  # the shorter one is slid along the longer: pad, so that it is ours
            score = fuzz.ratio(wanted, line.text, score_cutoff=cutoff)
            if score:
                found.append(_Match(line, 0, len(line.text), score))
            continue
        hit = fuzz.partial_ratio_alignment(wanted, line.text, score_cutoff=cutoff)
        if hit is not None and hit.dest_end > hit.dest_start:
            found.append(_Match(line, hit.dest_start, hit.dest_end, hit.score))
    return found


def _best(wanted: str, lines: list[_Line], near: str) -> _Match | None:
    found = _matches(wanted, lines, MIN_SCORE)
    if not found:
        return None
    top = max(match.score for match in found)
    equal = [match for match in found if match.score >= top - TIE]
    if len(equal) == 1 or not near:
        return max(equal, key=lambda match: (match.score, -match.line.row))
    by_row = {line.row: line.text for line in reversed(lines)}  # the row by itself comes first and stays
    return max(equal, key=lambda match: (_beside(match, near, by_row), match.score, -match.line.row))


def _beside(match: _Match, near: str, by_row: dict[int, str]) -> float:
    """How well ``near`` is found before the match in its line, or in the rows above it."""
    before = match.line.text[: match.start]
    here = fuzz.partial_ratio(near, before) if len(before) >= 2 else 0.0
    above = [by_row.get(match.line.row - up, "") for up in (1, 2, 3)]
    over = max((fuzz.partial_ratio(near, text) for text in above if len(text) >= 2), default=0.0)
    return max(here, 0.8 * over)


def _over_lines(words: list[str], lines: list[_Line]) -> list[_Match] | None:
    """The text as the end of one line and the beginnings of those below; None when some part is nowhere."""
    parts: list[_Match] = []
    while words and len(parts) < MAX_LINES:
        within = lines if not parts else [
            line for line in lines if 0 < line.row - parts[-1].line.row <= MAX_LINE_GAP
        ]  # fmt: skip
        for count in range(len(words), 0, -1):
            found = _matches(_plain(" ".join(words[:count])), within, LINE_SCORE)
            if found:
                parts.append(max(found, key=lambda match: (match.score, -match.line.row)))
                words = words[count:]
                break
        else:
            return None
    return parts if not words and len(parts) > 1 else None


def snap(grey: np.ndarray, box: Box) -> Box:
    """The box drawn in to the ink that it is about: patches are 16 px, lines of print are not.

    ``grey`` uint8 [H, W]: the page. The rows of ink nearest to the box's middle become its height, as long as
    they look like one line; otherwise the box stays as it is.
    """
    height, width = grey.shape
    x0 = max(int(box[0] * width), 0)
    x1 = max(int(box[2] * width), x0 + 2)
    top, bottom = box[1] * height, box[3] * height
    tall, first = bottom - top, max(int(top - (bottom - top) * 0.6), 0)
    strip = grey[first : int(bottom + tall * 0.6) + 1, x0:x1].astype(np.int16)
    if strip.size == 0:
        return box
    contrast = np.abs(strip - np.median(strip))
    ink = contrast > max(30.0, 0.4 * float(contrast.max()))
    share = ink.mean(1)
    rows = (share > 0) & (share < 0.9)  # a row that is all ink is a rule
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    runs = [(a, b) for a, b in _joined(runs) if 0.25 * tall <= b - a <= 1.6 * tall]
    if not runs:
        return box
    middle = (top + bottom) / 2 - first
    low, high = min(runs, key=lambda run: abs((run[0] + run[1]) / 2 - middle))
    columns = np.flatnonzero(ink[low:high].any(0))
    pad = PADDING * (high - low)
    return (
        (x0 + int(columns[0]) - pad / 2) / width,
        (first + low - pad) / height,
        (x0 + int(columns[-1]) + 1 + pad / 2) / width,
        (first + high + pad) / height,
    )


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs with one empty row between them are one: the dot of an i, a broken scan."""
    out: list[tuple[int, int]] = []
    for start, end in runs:
        if out and start - out[-1][1] <= 1:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out
