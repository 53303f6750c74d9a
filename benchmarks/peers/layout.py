"""From the words of an engine to the rows and cells of a page, in reading order.

A row is what stands at one height; a cell is a run of words in it without a gap. Rows follow the print when
the paper is a little askew: a word joins the row whose *nearest* word it overlaps in height, not the row's
mean.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .engines import Word

MIN_OVERLAP = 0.5  # of the lower of two words: what makes them neighbours in one row
CELL_GAP = 1.8  # of the height of the print: a wider gap ends a cell

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cell:
    """Words that belong together; ``box`` in pixels."""

    text: str
    box: Box


@dataclass(frozen=True)
class Row:
    """What is printed at one height, left to right."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def box(self) -> Box:
        return union([cell.box for cell in self.cells])

    @property
    def height(self) -> float:
        return max(cell.box[3] - cell.box[1] for cell in self.cells)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of ``boxes``."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def rows(words: Sequence[Word], cell_gap: float = CELL_GAP) -> list[Row]:
    """Rows from top to bottom; ``cell_gap`` in heights of the print."""
    groups: list[list[Word]] = []
    for word in sorted(_runs(words, cell_gap), key=lambda word: word.box[0]):
        beside = [(_overlap(group[-1], word), index) for index, group in enumerate(groups)]
        best = max(beside, default=(0.0, -1))
        if best[0] >= MIN_OVERLAP:
            groups[best[1]].append(word)
        else:
            groups.append([word])
    groups.sort(key=lambda group: sum(_middle(word) for word in group) / len(group))
    return [Row(tuple(_cells(group, cell_gap))) for group in groups]


def _runs(words: Sequence[Word], cell_gap: float) -> list[Word]:
    """Words that the engine set on one line without a gap, as one: they share the height of the line."""
    runs: list[list[Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        height = max(word.box[3] - word.box[1], last.box[3] - last.box[1]) if last else 0.0
        if (
            last
            and last.line == word.line
            and 0 <= word.box[0] - last.box[2] + height <= (cell_gap + 1) * height
        ):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [Word(" ".join(w.text for w in run), union([w.box for w in run]), run[0].line) for run in runs]


def _overlap(left: Word, right: Word) -> float:
    """Share of the lower word's height that both have; 0 where one stands above the other."""
    low = min(left.box[3] - left.box[1], right.box[3] - right.box[1])
    shared = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
    covers = min(left.box[2], right.box[2]) - max(left.box[0], right.box[0])
    if covers > 0.5 * min(left.box[2] - left.box[0], right.box[2] - right.box[0]):
        return 0.0
    return shared / low if low > 0 else 0.0


def _middle(word: Word) -> float:
    return (word.box[1] + word.box[3]) / 2


def _cells(words: Sequence[Word], cell_gap: float) -> list[Cell]:
    height = sorted(word.box[3] - word.box[1] for word in words)[len(words) // 2]
    runs: list[list[Word]] = [[words[0]]]
    for left, right in pairwise(words):
        if right.box[0] - left.box[2] > cell_gap * height:
            runs.append([])
        runs[-1].append(right)
    return [Cell(" ".join(word.text for word in run), union([word.box for word in run])) for run in runs]


def plain(words: Sequence[Word]) -> list[Word]:
    """Words in plain Latin letters: for English documents, where an accent is a speck and Han a slip."""
    folded = []
    for word in words:
        spread = unicodedata.normalize("NFKD", word.text)
        text = "".join(ch for ch in spread if ch.isascii() or unicodedata.category(ch)[0] in "SP").strip()
        if text:
            folded.append(replace(word, text=text))
    return folded
