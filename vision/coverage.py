"""What a transcript leaves out or says twice, checked against the glyph map.

The encoder names the characters of every patch on its own, without the decoder, so it cannot lose its place:
print that no part of the transcript resembles was skipped, and lines that the transcript has more often than
the page were read again. Both happen to a small decoder on pages whose words recur.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from .glyphs import BLANK, GlyphMap, glyph_char

Box = tuple[float, float, float, float]
PixelBox = tuple[int, int, int, int]
MIN_CHARS = 8  # shorter pieces resemble something everywhere
READ_SCORE = 78.0  # similarity of a piece of print with its place in the transcript
LONE_SCORE = 55.0  # the same for a piece with nothing unread above or below: more likely misread than skipped
SAME_SCORE = 85.0  # of two lines that are the same print
MIN_REGION = 20  # characters; fewer are not worth a second look
COLUMN_GAP = 2  # empty patches that part two columns
ROW_GAP = 6  # rows of patches within one region
SPARE = 1.2  # of a piece's length: what lines may say of it
MIN_REPEAT = 40  # characters of lines in a row that are taken for read twice


@dataclass(frozen=True)
class Region:
    """Print that is not in the transcript: ``box`` in page fractions; it belongs at ``after`` in the text."""

    box: Box
    after: int
    pieces: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        """Whether ``text`` has most of it."""
        said, _ = _plain(text)
        found = sum(len(p) for p in self.pieces if said and fuzz.partial_ratio(p, said) >= READ_SCORE)
        return found > 0.5 * sum(map(len, self.pieces))

    def lines_of(self, text: str) -> str:
        """The lines of ``text`` that stand in the region: a picture of it has edges of its neighbours too.

        A piece of print is read once: lines that say it again, as a reader does in a loop, are left out.
        """
        kept = []
        room = [SPARE * len(piece) for piece in self.pieces]
        for line in text.split("\n"):
            plain, _ = _plain(line)
            if len(plain) < MIN_CHARS:
                kept.append(line)
                continue
            scores = [fuzz.partial_ratio(plain, piece) for piece in self.pieces]
            near = [
                i for i in np.argsort(scores)[::-1] if scores[i] >= READ_SCORE and room[i] >= len(plain) / 2
            ]
            if near:
                room[near[0]] -= len(plain)
                kept.append(line)
        while kept and len(_plain(kept[0])[0]) < MIN_CHARS:
            del kept[0]
        while kept and len(_plain(kept[-1])[0]) < MIN_CHARS:
            del kept[-1]
        return "\n".join(kept)


@dataclass(frozen=True)
class _Piece:
    """Characters side by side in one row of patches: columns ``left`` to ``right``, both included."""

    row: int
    left: int
    right: int
    text: str


def unread(glyphs: GlyphMap, content: PixelBox, text: str) -> tuple[Region, ...]:
    """Regions of the page that ``text`` does not have, from above; ``content``: the page in canvas pixels."""
    said, places = _plain(text)
    seen: list[tuple[_Piece, int]] = []  # what was read, and where in ``said`` it ends
    missing: list[_Piece] = []
    for piece in _pieces(glyphs):
        hit = fuzz.partial_ratio_alignment(piece.text, said, score_cutoff=READ_SCORE) if said else None
        if hit is None:
            missing.append(piece)
        else:
            seen.append((piece, hit.dest_end))
    regions = []
    for group in _groups(missing):
        if len(group) == 1 and fuzz.partial_ratio(group[0].text, said) >= LONE_SCORE:
            continue
        if sum(len(piece.text) for piece in group) >= MIN_REGION:
            end = _end_before(group, seen)
            after = _line_end(text, places[end - 1]) if end else 0
            regions.append(Region(_box(group, glyphs, content), after, tuple(p.text for p in group)))
    return tuple(regions)


def departure(glyphs: GlyphMap, text: str) -> float:
    """Edits from the letters and digits of the map, row by row, to those of ``text``, as a share of them.

    Of two transcripts of a page the nearer one is nearly always the better one, because the map is read
    without the decoder. Columns side by side are interleaved in the rows, so there it says little.
    """
    print_ = _letters("".join(glyphs.row_text(row) for row in range(len(glyphs.ids))))
    return Levenshtein.distance(print_, _letters(text)) / max(1, len(print_))


def _letters(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def without_repeats(glyphs: GlyphMap, text: str) -> str:
    """The transcript without runs of lines that it has oftener than the page."""
    print_ = [piece.text for piece in _pieces(glyphs)]
    lines = text.split("\n")
    plain = [_plain(line)[0] for line in lines]
    surplus = [False] * len(lines)
    for number, line in enumerate(plain):
        if len(line) < MIN_CHARS:
            continue
        before = sum(
            fuzz.ratio(line, other) >= SAME_SCORE for other in plain[:number] if len(other) >= MIN_CHARS
        )
        if before and before >= max(1, _count(line, print_)):
            surplus[number] = True
    kept: list[str] = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (surplus[end] or (end > start and not plain[end])):
            end += 1  # empty lines within a run belong to it
        run = sum(len(plain[i]) for i in range(start, end))
        if end > start and run < MIN_REPEAT:
            kept += lines[start:end]
        elif end == start:
            kept.append(lines[start])
            end += 1
        start = end
    return "\n".join(kept).strip()


def _count(line: str, print_: Sequence[str]) -> int:
    """How often a line stands on the page; a line askew is in two rows of patches, but not whole in both."""
    return sum(
        fuzz.partial_ratio(line, piece) >= READ_SCORE and len(piece) > 0.6 * len(line) for piece in print_
    )


def _plain(text: str) -> tuple[str, list[int]]:
    """Lower case without white space and marks of tables, and where each character stood."""
    places = [i for i, ch in enumerate(text) if not ch.isspace() and ch not in "|#"]
    kept = [(text[i].casefold()[:1], i) for i in places]
    return "".join(ch for ch, _ in kept), [i for _, i in kept]


def _pieces(glyphs: GlyphMap) -> list[_Piece]:
    filled = (glyphs.ids != BLANK).any(2)
    pieces = []
    for row in np.flatnonzero(filled.any(1)):
        columns = np.flatnonzero(filled[row])
        for part in np.split(columns, np.flatnonzero(np.diff(columns) > COLUMN_GAP) + 1):
            chars = "".join(glyph_char(int(i)) for c in part for i in glyphs.ids[row, c])
            text, _ = _plain(chars)
            if len(text) >= MIN_CHARS:
                pieces.append(_Piece(int(row), int(part[0]), int(part[-1]), text))
    return pieces


def _groups(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces below one another, in columns."""
    groups: list[list[_Piece]] = []
    for piece in pieces:  # they come row by row
        for group in groups:
            near = piece.row - group[-1].row <= ROW_GAP
            if near and any(piece.left <= other.right and other.left <= piece.right for other in group):
                group.append(piece)
                break
        else:
            groups.append([piece])
    return groups


def _end_before(group: list[_Piece], seen: list[tuple[_Piece, int]]) -> int:
    """Where in the transcript the print ends before a group: above it, or in a column on its left."""
    top, left, right = group[0].row, min(p.left for p in group), max(p.right for p in group)
    above = [
        (piece.row, end)
        for piece, end in seen
        if piece.row < top and piece.left <= right and left <= piece.right
    ]
    if above:
        last = max(row for row, _ in above)
        nearest = [end for row, end in above if row == last]
        wide = [end for piece, end in seen if piece.right < left and piece.row >= top]
        # a heading over both columns is above the right one too, but the left column comes between
        return max([*nearest, *wide])
    return max((end for piece, end in seen if piece.right < left or piece.row < top), default=0)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _box(group: list[_Piece], glyphs: GlyphMap, content: PixelBox) -> Box:
    """One patch of margin around a group, in page fractions."""
    x0, y0, x1, y1 = (value / glyphs.patch for value in content)
    left, right = min(p.left for p in group) - 1, max(p.right for p in group) + 2
    top, bottom = group[0].row - 1, group[-1].row + 2
    box = (
        (left - x0) / (x1 - x0),
        (top - y0) / (y1 - y0),
        (right - x0) / (x1 - x0),
        (bottom - y0) / (y1 - y0),
    )
    return tuple(min(max(edge, 0.0), 1.0) for edge in box)  # type: ignore[return-value]
