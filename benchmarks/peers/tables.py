"""Rows of cells → a Markdown table: columns from where the cells stand, wrapped lines joined to their row."""

import re
from collections.abc import Sequence

from .engines import Word
from .layout import Box, Cell, Row, union

TABLE_GAP = 0.9  # of the height of the print: columns stand closer than the parts of a form
NUMBER = re.compile(r"[-–(+±]?[$€£]?\d[\d.,–-]*[%)*]{0,2}|[-–—]")


def as_markdown(page: Sequence[Row]) -> str:
    """The rows as one pipe table; every cell goes to the column that it overlaps most."""
    columns = column_spans(page)
    lines = [_in_columns(row, columns) for row in joined(page)]
    if not lines:
        return ""
    rule = ["---"] * len(columns)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [lines[0], rule, *lines[1:]])


def split_numbers(words: Sequence[Word]) -> list[Word]:
    """Pieces that hold nothing but numbers become one piece each: numbers side by side are columns."""
    parts: list[Word] = []
    for word in words:
        tokens = list(re.finditer(r"\S+", word.text))
        if len(tokens) < 2 or not all(NUMBER.fullmatch(token.group()) for token in tokens):
            parts.append(word)
            continue
        x0, y0, x1, y1 = word.box
        width = (x1 - x0) / len(word.text)
        parts += [
            Word(token.group(), (x0 + width * token.start(), y0, x0 + width * token.end(), y1), word.line)
            for token in tokens
        ]
    return parts


def column_spans(page: Sequence[Row]) -> list[tuple[float, float]]:
    """Left and right edge of each column: the spans of overlapping cells, without those that bridge several.

    Cells of rows with more than one cell found columns; a cell that overlaps two earlier ones is a heading
    over both and is left aside.
    """
    cells = [cell for row in page for cell in row.cells if len(row.cells) > 1] or [
        cell for row in page for cell in row.cells
    ]
    spans: list[list[float]] = []
    for cell in sorted(cells, key=lambda cell: cell.box[2] - cell.box[0]):
        touched = [span for span in spans if min(span[1], cell.box[2]) > max(span[0], cell.box[0])]
        if not touched:
            spans.append([cell.box[0], cell.box[2]])
        elif len(touched) == 1:
            touched[0][0] = min(touched[0][0], cell.box[0])
            touched[0][1] = max(touched[0][1], cell.box[2])
    return [(left, right) for left, right in sorted(spans)]


def joined(page: Sequence[Row]) -> list[Row]:
    """Rows in which a line that only goes on with cells of the row above is joined to it.

    Such a line has fewer cells than the row above, lacks its first column, and follows without a gap.
    """
    rows: list[Row] = []
    for row in page:
        above = rows[-1] if rows else None
        if above and _goes_on(above, row):
            rows[-1] = Row(tuple(_with_line(cell, row) for cell in above.cells))
        else:
            rows.append(row)
    return rows


def _goes_on(above: Row, row: Row) -> bool:
    if len(row.cells) >= len(above.cells) or len(above.cells) < 2:
        return False
    gap = row.box[1] - above.box[3]
    height = min(cell.box[3] - cell.box[1] for cell in row.cells)
    has_letters = all(any(ch.isalpha() for ch in cell.text) for cell in row.cells)
    under = [[other for other in above.cells if _overlaps(other.box, cell.box)] for cell in row.cells]
    return gap < 0.35 * height and has_letters and all(len(cells) == 1 for cells in under)


def _with_line(cell: Cell, row: Row) -> Cell:
    below = [other for other in row.cells if _overlaps(cell.box, other.box)]
    text = " ".join([cell.text, *(other.text for other in below)])
    return Cell(text, union([cell.box, *(other.box for other in below)]))


def _overlaps(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0])


def _in_columns(row: Row, columns: Sequence[tuple[float, float]]) -> list[str]:
    cells = [""] * len(columns)
    for cell in row.cells:
        shared = [min(right, cell.box[2]) - max(left, cell.box[0]) for left, right in columns]
        best = max(range(len(columns)), key=lambda column: shared[column])
        cells[best] = f"{cells[best]} {cell.text}".strip().replace("|", "\\|")
    return cells
