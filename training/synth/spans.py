"""A table whose cells may cover several rows and columns and hold several paragraphs.

In the transcript, as in the Markdown of real tables, what a cell covers beyond its first place stays empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .canvas import Line, Style
from .desk import Desk
from .tables import Look, head_grey, squeezed


@dataclass(frozen=True)
class Cell:
    """``texts`` are its paragraphs; ``indent`` is in ems, ``at`` is "top", "middle" or "bottom".

    One that does not break keeps its paragraphs on a line each; ``dots`` lead from its text to its right
    edge.
    """

    row: int
    column: int
    texts: tuple[str, ...]
    rows: int = 1
    columns: int = 1
    weight: str = "regular"
    align: str = "left"
    at: str = "top"
    indent: float = 0.0
    breaks: bool = True
    dots: bool = False


@dataclass(frozen=True)
class SpanTable:
    """Cells in reading order, the first ``head`` rows being the head."""

    cells: tuple[Cell, ...]
    head: int

    @property
    def rows(self) -> int:
        return max(cell.row + cell.rows for cell in self.cells)

    @property
    def columns(self) -> int:
        return max(cell.column + cell.columns for cell in self.cells)

    def cut(self, rows: int) -> "SpanTable":
        """The first rows alone, fewer where a cell would be cut in two."""
        while any(cell.row < rows < cell.row + cell.rows for cell in self.cells):
            rows -= 1
        return replace(self, cells=tuple(cell for cell in self.cells if cell.row < rows))


class SpanSetter:
    """Sets one table between ``x`` and ``x + width``."""

    def __init__(self, desk: Desk, table: SpanTable, style: Style, look: Look) -> None:
        self.desk, self.table, self.style, self.look = desk, table, style, look
        self.pad, self.gap = look.pad * style.size, look.row_gap * style.size
        self.pitch = desk.pitch(style, 1.12)

    def _used(self, cell: Cell) -> Style:
        desk = self.desk
        heavy = cell.weight == "bold" or (cell.row < self.table.head and self.look.head != "plain")
        face = desk.bold if heavy else desk.italic if cell.weight == "italic" else desk.regular
        return Style(face, self.style.size, self.style.ink, self.style.spacing)

    def widths(self, width: float, stretch: float) -> list[float] | None:
        """Pixels of each column, wider by ``stretch`` (0 to 1) of what is left; None if words do not fit."""
        natural, least = [0.0] * self.table.columns, [0.0] * self.table.columns
        for cell in self.table.cells:
            if cell.columns > 1 or not cell.texts:
                continue
            wide, word = self._needs(cell)
            natural[cell.column] = max(natural[cell.column], wide)
            least[cell.column] = max(least[cell.column], word)
        for cell in self.table.cells:  # what covers several columns widens the last of them
            last = cell.column + cell.columns
            if cell.columns > 1 and (lack := self._needs(cell)[1] - sum(least[cell.column : last])) > 0:
                least[last - 1] += lack
        natural = [max(pair) for pair in zip(natural, least, strict=True)]
        if (left := width - sum(natural)) >= 0:
            return [wide + stretch * left / len(natural) for wide in natural]
        return squeezed(natural, least, width)

    def _needs(self, cell: Cell) -> tuple[float, float]:
        """The width that a cell would like, and the least that it can do with."""
        used, around = self._used(cell), 2 * self.pad + cell.indent * self.style.size + 1
        wide = max(map(used.width, cell.texts), default=0.0)
        word = max((used.width(word) for text in cell.texts for word in text.split()), default=0.0)
        if cell.row < self.table.head:
            wide = max(word, wide * 0.6)  # heads break
        return wide + around, (word if cell.breaks else wide) + around

    def set(
        self, x: float, y: float, widths: Sequence[float], bottom: float
    ) -> tuple[float, list[list[Line]]]:
        """(y below, cells of the rows that were set); nothing is set unless a row fits below the head."""
        lefts = [x]
        for wide in widths:
            lefts.append(lefts[-1] + wide)
        lines = {cell: self._lines(cell, lefts) for cell in self.table.cells}
        heights = self._heights(lines)
        rows, end = 0, y
        while rows < len(heights) and end + heights[rows] + self.style.bottom <= bottom:
            end += heights[rows]
            rows += 1
        self.table = self.table.cut(rows)
        if not self.table.cells or self.table.rows <= self.table.head:
            return y, []
        tops = [y]
        for tall in heights[: self.table.rows]:
            tops.append(tops[-1] + tall)
        self._paint(lefts, tops)
        out: list[list[Line]] = [[[] for _ in widths] for _ in range(self.table.rows)]
        for cell in self.table.cells:
            out[cell.row][cell.column] = self._put(cell, lines[cell], lefts, tops)
        self.desk.canvas.table(out)
        return tops[-1], out

    def _lines(self, cell: Cell, lefts: Sequence[float]) -> list[str]:
        room = lefts[cell.column + cell.columns] - lefts[cell.column] - 2 * self.pad
        room -= cell.indent * self.style.size
        used = self._used(cell)
        return [line for text in cell.texts for line in self.desk.wrap(text, used, room + 1)]

    def _heights(self, lines: dict[Cell, list[str]]) -> list[float]:
        heights = [self.pitch + self.gap] * self.table.rows
        for cell, texts in sorted(lines.items(), key=lambda pair: pair[0].rows):
            need, last = len(texts) * self.pitch + self.gap, cell.row + cell.rows
            if (lack := need - sum(heights[cell.row : last])) > 0:
                heights[last - 1] += lack
        return heights

    def _put(self, cell: Cell, texts: list[str], lefts: Sequence[float], tops: Sequence[float]) -> Line:
        used = self._used(cell)
        if cell.row < self.table.head and self.look.head == "dark":
            used = replace(used, ink=self.desk.dice.randint(225, 255))
        left, right = lefts[cell.column] + self.pad, lefts[cell.column + cell.columns] - self.pad
        left += cell.indent * self.style.size
        top, end = tops[cell.row], tops[cell.row + cell.rows]
        spare = end - top - self.gap - len(texts) * self.pitch
        top += self.gap / 2 + {"top": 0.0, "middle": 0.5, "bottom": 1.0}[cell.at] * max(spare, 0.0)
        x = {"left": left, "right": right, "centre": (left + right) / 2}[cell.align]
        line: Line = []
        for number, text in enumerate(texts):
            base = top + number * self.pitch + used.top + (self.pitch - used.top - used.bottom) / 2
            line.append(self.desk.put(x, base, text, used, cell.align))
            if cell.dots and number == len(texts) - 1:
                self._leaders(line[-1].x1, right, base, used)
        return line

    def _leaders(self, start: float, end: float, base: float, used: Style) -> None:
        step = used.width(" .")
        count = int((end - start) / step) - 1
        if count > 2:
            self.desk.canvas.decorate(start + step, base, " ." * count, used)

    def _paint(self, lefts: Sequence[float], tops: Sequence[float]) -> None:
        desk, look, table, canvas = self.desk, self.look, self.table, self.desk.canvas
        ink, thick = desk.line_ink, desk.dice.choice((0.6, 1, 1, 1.5, 2))
        x0, x1, head = lefts[0], lefts[-1], tops[table.head]
        if look.head in ("dark", "grey"):
            canvas.fill(x0, tops[0], x1, head, head_grey(desk, look))
        for row in range(table.head + 1, table.rows, 2):
            if look.zebra:
                canvas.fill(x0, tops[row], x1, tops[row + 1], canvas.paper - look.zebra)
        for cell in table.cells:
            left, right = lefts[cell.column], lefts[cell.column + cell.columns]
            top, end = tops[cell.row], tops[cell.row + cell.rows]
            if look.rules == "all":
                canvas.frame(left, top, right, end, ink, thick)
            elif look.rules == "rows":
                canvas.rule(left, end, right, end, ink, thick)
            elif look.rules == "head" and cell.columns > 1 and cell.row < table.head - 1:
                canvas.rule(left + self.pad, end, right - self.pad, end, ink, thick)
        if look.rules in ("rows", "head"):
            for at in (tops[0], head, tops[-1]):
                canvas.rule(x0, at, x1, at, ink, thick)
        if look.rules == "outer":
            canvas.frame(x0, tops[0], x1, tops[-1], ink, thick)


def completed(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells in reading order, with an empty one at every place that none covers."""
    covered = {
        (row, column)
        for cell in cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    rows, columns = max(row for row, _ in covered) + 1, max(column for _, column in covered) + 1
    places = {(row, column) for row in range(rows) for column in range(columns)} - covered
    return tuple(sorted((*cells, *(Cell(*place, ()) for place in places)), key=lambda c: (c.row, c.column)))
