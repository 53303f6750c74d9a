"""The value beside or below a label, on any page: how OCR pipelines answer a question about a form.

A label is looked for among the words, give or take what the engine misread; its value is the rest of its
cell, else the cells to its right up to the next label, else what stands below it. Tuned on the training
lines of the filled tax forms only; the scored forms (FUNSD) were not looked at.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .layout import Cell, Row, union

FOUND = 82  # of 100: how alike a label and what was read must be
MAX_BELOW = 2.6  # heights of print between a label and a value below it
NEXT_LABEL = re.compile(r"\s(?=[A-Z][\w./#& ]{1,28}:)")
ENDS_AS_LABEL = re.compile(r"[:?]\s*$")
LEAD = " \t:;.,-–_|=#"
QUESTION = re.compile(
    r"^(what|which)\s+(is|are|was)\s+the\s+(?P<label>.+?)\s*\?*$|^(?P<other>.+?)\s*\?*$", re.I
)


@dataclass(frozen=True)
class Place:
    """Where a label was found: row and cell, where its text ends in the cell, and how alike it is."""

    row: int
    cell: int
    end: int
    likeness: float


def label_of(question: str) -> str:
    """``What is the Date?`` → ``Date``."""
    match = QUESTION.match(question.strip())
    return (match["label"] or match["other"]) if match else question


def answer(page: Sequence[Row], label: str) -> str | None:
    """The value of the most alike label that has one; None when no label is alike enough."""
    for place in sorted(places(page, label), key=lambda place: -place.likeness)[:4]:
        if value := _beside(page, place) or _below(page, place):
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
                    end = words[first + count - 1].end()
                    likeness = _alike(wanted, cell.text[words[first].start() : end])
                    likeness += 4.0 if first == 0 else 0.0
                    likeness += 3.0 if cell.text[end - 1 : end + 2].strip().startswith((":", "?")) else 0.0
                    if likeness >= FOUND and (best is None or likeness > best.likeness):
                        best = Place(row_number, cell_number, end, likeness)
            if best:
                yield best
            elif (joined := _glued(wanted, cell.text)) is not None:
                yield Place(row_number, cell_number, joined, FOUND)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _alike(wanted: str, text: str) -> float:
    found = _letters(text)
    if len(wanted) <= 3:
        return 100.0 if found == wanted else 0.0
    return fuzz.ratio(wanted, found)


def _glued(wanted: str, text: str) -> int | None:
    """Where a label ends that the engine glued to its value (``Date:12/03``); None where there is none."""
    head, colon, _ = text.partition(":")
    return len(head) + 1 if colon and _alike(wanted, head) >= FOUND else None


def _beside(page: Sequence[Row], place: Place) -> str | None:
    """The rest of the cell and the cells to its right up to the next label, with lines that go on below."""
    cells = page[place.row].cells
    rest = cells[place.cell].text[place.end :].strip(LEAD)
    if _letters(rest):
        own = NEXT_LABEL.split(rest)[0].strip(LEAD)
        return own or None
    taken: list[Cell] = []
    for cell in cells[place.cell + 1 :]:
        if ENDS_AS_LABEL.search(cell.text) or (taken and ":" in cell.text):
            break
        head, colon, _ = cell.text.partition(":")
        if colon and not taken and not head.strip().isdigit() and re.search(r"[A-Za-z]{2}", head):
            break  # the neighbour is a label with a value of its own
        taken.append(cell)
    if not taken:
        return None
    return " ".join([*(cell.text for cell in taken), *_continued(page, place.row, taken)]).strip(LEAD) or None


def _below(page: Sequence[Row], place: Place) -> str | None:
    """What stands under the label, within reach and not a label itself."""
    label = page[place.row].cells[place.cell]
    height = label.box[3] - label.box[1]
    for number in range(place.row + 1, min(place.row + 4, len(page))):
        for cell in page[number].cells:
            if cell.box[1] - label.box[3] > MAX_BELOW * height:
                return None
            if min(cell.box[2], label.box[2]) - max(cell.box[0], label.box[0]) <= 0:
                continue
            if ":" in cell.text:
                return None
            return " ".join([cell.text, *_continued(page, number, [cell])]).strip(LEAD) or None
    return None


def _continued(page: Sequence[Row], number: int, taken: Sequence[Cell]) -> list[str]:
    """Lines below a value that start where it starts, close by, without a label beside them."""
    box = union([cell.box for cell in taken])
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
