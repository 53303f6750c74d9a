"""The value beside or below a label, on any page: how OCR pipelines answer a question about a form.

A label is looked for among the words, give or take what the engine misread; its value is the rest of its
cell, else the cells to its right up to the next label, else what stands below it. Tuned on synthetic forms
and training lines of filled tax forms; the scored forms (FUNSD) were not looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .layout import Box, Cell, Row, union

FOUND = 80  # of 100: how alike a label and what was read must be
MAX_UNDER = 2.6  # heights of print between a column's head and what stands in it
MAX_INDENT = 7.0  # and to the right of it, before the next head
MAX_BELOW = 2.6  # heights of print between a label and a value below it
NEXT_LABEL = re.compile(r"\s(?=[A-Z][\w./#& ]{1,28}:)")
ENDS_AS_LABEL = re.compile(r"[:?]\s*$")
LEAD = " \t:;.,-–_|=#"
QUESTION = re.compile(
    r"^(what|which)\s+(is|are|was)\s+the\s+(?P<label>.+?)\s*\?*$|^(?P<other>.+?)\s*\?*$", re.I
)


@dataclass(frozen=True)
class Place:
    """Where a label was found: row, cell, begin and end of its text in the cell, and how alike it is."""

    row: int
    cell: int
    start: int
    end: int
    likeness: float


def label_of(question: str) -> str:
    """``What is the Date?`` → ``Date``."""
    match = QUESTION.match(question.strip())
    return (match["label"] or match["other"]) if match else question


def answer(page: Sequence[Row], label: str) -> str | None:
    """The value of the most alike label that has one; None when no label is alike enough."""
    for place in sorted(places(page, label), key=lambda place: -place.likeness)[:4]:
        ways = (_below, _beside) if _heads_a_column(page, place) else (_beside, _below)
        for way in ways:
            if value := way(page, place):
                return value
    return None


def places(page: Sequence[Row], label: str) -> Iterator[Place]:
    """Every place where the label may stand, at the start of a cell or inside one."""
    wanted = _letters(label)
    if not wanted:
        return
    size = len(label.split())
    for row_number, row in enumerate(page):
        for cell_number, cell in enumerate(row.cells):
            words = list(re.finditer(r"\S+", cell.text))
            best: Place | None = None
            for first in range(len(words)):
                for count in range(max(1, size - 1), size + 2):
                    if first + count > len(words):
                        break
                    start, end = words[first].start(), words[first + count - 1].end()
                    likeness = _alike(wanted, cell.text[start:end])
                    if likeness < _enough(wanted):
                        continue
                    likeness += 4.0 if first == 0 else 0.0
                    likeness += 3.0 if cell.text[end - 1 : end + 2].strip().startswith((":", "?")) else 0.0
                    if best is None or likeness > best.likeness:
                        best = Place(row_number, cell_number, start, end, likeness)
            if best:
                yield best
            elif (joined := _glued(wanted, cell.text)) is not None:
                yield Place(row_number, cell_number, 0, joined, FOUND)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _alike(wanted: str, text: str) -> float:
    return fuzz.ratio(wanted, _letters(text))


def _enough(wanted: str) -> float:
    """Of short labels less may be wrong: "Time" is not "Timber"."""
    return 100.0 if len(wanted) <= 3 else 88.0 if len(wanted) <= 6 else FOUND


def _glued(wanted: str, text: str) -> int | None:
    """Where a label ends that the engine glued to its value (``Date:12/03``); None where there is none."""
    head, colon, _ = text.partition(":")
    return len(head) + 1 if colon and _alike(wanted, head) >= _enough(wanted) else None


def _heads_a_column(page: Sequence[Row], place: Place) -> bool:
    """Whether labels stand side by side over their values: no colon, cells right under it and the next."""
    cells = page[place.row].cells
    cell = cells[place.cell]
    if ":" in cell.text[place.end - 1 :] or len(cell.text) > place.end + 1 or place.start > 3:
        return False
    neighbours = cells[place.cell + 1 : place.cell + 2] or cells[max(place.cell - 1, 0) : place.cell]
    return all(_right_under(page, place.row, other) for other in (cell, *neighbours))


def _right_under(page: Sequence[Row], number: int, label: Cell) -> Cell | None:
    """A cell close below a label that starts about there, or the part of one that stands in its column."""
    height = label.box[3] - label.box[1]
    later = [cell.box[0] for cell in page[number].cells if cell.box[0] > label.box[0] + height]
    end = min(later, default=float("inf"))
    for row in page[number + 1 : number + 3]:
        for cell in row.cells:
            if cell.box[1] - label.box[3] > MAX_UNDER * height:
                return None
            part = _within(cell, label.box[0] - height, end - 0.3 * height)
            if part and part.box[0] - label.box[0] <= MAX_INDENT * height:
                return part
    return None


def _within(cell: Cell, left: float, right: float) -> Cell | None:
    """The words of a cell whose middles lie between two edges; every letter counts as equally wide."""
    if cell.box[0] >= left and cell.box[2] <= right:
        return cell
    x0, y0, x1, y1 = cell.box
    width = (x1 - x0) / max(len(cell.text), 1)
    words = [
        word
        for word in re.finditer(r"\S+", cell.text)
        if left <= x0 + width * (word.start() + word.end()) / 2 <= right
    ]
    if not words:
        return None
    text = cell.text[words[0].start() : words[-1].end()]
    return Cell(text, (x0 + width * words[0].start(), y0, x0 + width * words[-1].end(), y1))


def _beside(page: Sequence[Row], place: Place) -> str | None:
    """The rest of the cell and the cells to its right up to the next label, with lines that go on."""
    cells = page[place.row].cells
    cell = cells[place.cell]
    rest = cell.text[place.end :].strip(LEAD)
    if _letters(rest):
        own = NEXT_LABEL.split(rest)[0].strip(LEAD)
        if own != rest or len(cells) > place.cell + 1 or not own:
            return own or None
        x0, y0, x1, y1 = cell.box
        start = x0 + (x1 - x0) * cell.text.index(rest) / len(cell.text)
        return " ".join([own, *_continued(page, place.row, (start, y0, x1, y1))])
    taken: list[Cell] = []
    for other in cells[place.cell + 1 :]:
        if ENDS_AS_LABEL.search(other.text) or (taken and ":" in other.text):
            break
        head, colon, _ = other.text.partition(":")
        if colon and not taken and not head.strip().isdigit() and re.search(r"[A-Za-z]{2}", head):
            break  # the neighbour is a label with a value of its own
        taken.append(other)
    if not taken:
        return None
    box = union([other.box for other in taken])
    return " ".join([*(other.text for other in taken), *_continued(page, place.row, box)]).strip(LEAD) or None


def _below(page: Sequence[Row], place: Place) -> str | None:
    """What stands under the label, within reach and not a label itself."""
    label = page[place.row].cells[place.cell]
    if under := _right_under(page, place.row, label):
        if ENDS_AS_LABEL.search(under.text):
            return None
        number = next(n for n in range(place.row + 1, len(page)) if page[n].box[3] >= under.box[3])
        more = _continued(page, number, under.box) if under.text.endswith((",", "-", "&")) else []
        return " ".join([under.text, *more]).strip(LEAD) or None
    height = label.box[3] - label.box[1]
    for number in range(place.row + 1, min(place.row + 4, len(page))):
        for cell in page[number].cells:
            if cell.box[1] - label.box[3] > MAX_BELOW * height:
                return None
            if min(cell.box[2], label.box[2]) - max(cell.box[0], label.box[0]) <= 0:
                continue
            if ":" in cell.text:
                return None
            return " ".join([cell.text, *_continued(page, number, cell.box)]).strip(LEAD) or None
    return None


def _continued(page: Sequence[Row], number: int, box: Box) -> list[str]:
    """Lines below a value that start where it starts, close by, without a label beside them."""
    lines: list[str] = []
    for row in page[number + 1 : number + 8]:
        first = row.cells[0]
        height = first.box[3] - first.box[1]
        is_under = abs(first.box[0] - box[0]) <= 1.2 * height and first.box[1] - box[3] <= 0.8 * height
        if not is_under or ":" in row.text:
            break
        lines.append(row.text)
        box = union([box, first.box])
    return lines
