"""Tables: column widths, wrapped cells, rules and bands, with the grid for questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from .canvas import Line, Run, Style
from .desk import Desk
from .questions import Grid


@dataclass(frozen=True)
class Look:
    """How a table is drawn."""

    rules: str = "none"  # "none", "all", "rows", "head", "outer"
    zebra: int = 0  # how much darker every other row is
    head: str = "plain"  # "plain", "bold", "dark", "grey"
    pad: float = 0.35  # cell padding in ems
    row_gap: float = 0.25


def random_look(desk: Desk) -> Look:
    dice = desk.dice
    return Look(
        rules=dice.choice(("none", "all", "all", "rows", "head", "head", "outer")),
        zebra=dice.randint(8, 35) if dice.random() < 0.2 else 0,
        head=dice.choice(("plain", "bold", "bold", "dark", "grey")),
        pad=dice.uniform(0.25, 0.7),
        row_gap=dice.uniform(0.1, 0.7),
    )


def column_widths(
    desk: Desk, rows: list[list[str]], style: Style, width: float, pad: float, stretch: bool
) -> list[float] | None:
    """Pixels for each column; wide columns give way by wrapping. None when even single words don't fit."""
    count = len(rows[0])
    natural = [max(style.width(row[j]) for row in rows) * 1.12 + 2 * pad for j in range(count)]
    least = [
        max((style.width(w) for row in rows for w in row[j].split()), default=0) * 1.12 + 2 * pad
        for j in range(count)
    ]
    total = sum(natural)
    if total <= width:
        if stretch:
            return [w + (width - total) * w / total for w in natural]
        return natural
    return squeezed(natural, least, width)


def squeezed(natural: Sequence[float], least: Sequence[float], width: float) -> list[float] | None:
    """Columns that would like more than there is, each with its part of what is left; None without enough."""
    if sum(least) > width:
        return None
    spare = width - sum(least)
    want = [n - m for n, m in zip(natural, least, strict=True)]
    return [m + spare * w / sum(want) for m, w in zip(least, want, strict=True)]


def set_table(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    rows: list[list[str]],
    *,
    aligns: list[str],
    style: Style,
    look: Look,
    bottom: float,
    stretch: bool = True,
    ask: bool = True,
    sums: bool = False,
    head: int = 0,
) -> tuple[float, list[list[list[Run]]]]:
    """Sets ``rows`` (the first is the header) from the top edge ``y``; rows that would pass ``bottom`` are
    left out.

    ``head`` is the column that names a row in questions. Returns y below the table and the runs of each
    cell; nothing is set when there is no room for two rows.
    """
    canvas, pad = desk.canvas, look.pad * style.size
    widths = column_widths(desk, rows, style, width, pad, stretch)
    if widths is None:
        return y, []
    pitch = desk.pitch(style, 1.15)
    gap = look.row_gap * style.size
    head_style = style
    if look.head in ("bold", "dark", "grey"):
        head_style = Style(desk.bold, style.size, style.ink, style.spacing)
    if look.head == "dark":
        head_style = Style(desk.bold, style.size, desk.dice.randint(225, 255), style.spacing)
    wrapped = []
    height = 0.0
    heights = []
    for number, row in enumerate(rows):
        used = head_style if number == 0 else style
        cells = [desk.wrap(text, used, widths[j] - 2 * pad) for j, text in enumerate(row)]
        tall = max(1, max(len(c) for c in cells)) * pitch + gap
        if y + height + tall + style.bottom > bottom:
            break
        wrapped.append(cells)
        heights.append(tall)
        height += tall
    if len(wrapped) < 2:
        return y, []
    lefts = [x]
    for wide in widths:
        lefts.append(lefts[-1] + wide)
    _paint(desk, look, lefts, y, heights)
    set_rows: list[list[Line]] = []
    top = y
    for number, cells in enumerate(wrapped):
        used = (
            head_style
            if number == 0
            else Style(desk.bold, style.size, style.ink)
            if sums and number == len(rows) - 1
            else style
        )
        out: list[Line] = []
        for j, texts in enumerate(cells):
            base = top + gap / 2 + used.top + (pitch - used.top - used.bottom) / 2
            line: Line = []
            for text in texts:
                at = {
                    "left": lefts[j] + pad,
                    "right": lefts[j + 1] - pad,
                    "centre": (lefts[j] + lefts[j + 1]) / 2,
                }[aligns[j]]
                if used is not head_style or used.width(text) <= widths[j]:
                    line.append(desk.put(at, base, text, used, aligns[j]))
                base += pitch
            out.append(line)
        set_rows.append(out)
        top += heights[number]
    canvas.table(set_rows)
    if ask:
        desk.grids.append(_grid(desk, [[row[head], *row[:head], *row[head + 1 :]] for row in set_rows]))
    return top, set_rows


def _grid(desk: Desk, rows: list[list[Line]]) -> Grid:
    texts = [tuple(" ".join(run.text for run in cell) for cell in row) for row in rows]
    boxes = tuple(tuple(desk.canvas.box(cell) if cell else None for cell in row) for row in rows[1:])
    return Grid(texts[0], tuple(texts[1:]), boxes)


def head_grey(desk: Desk, look: Look) -> int:
    """The ground of a head that is not plain."""
    if look.head == "dark":
        return desk.dice.randint(0, 90)
    return max(desk.canvas.paper - desk.dice.randint(15, 60), 150)


def _paint(desk: Desk, look: Look, lefts: list[float], y: float, heights: list[float]) -> None:
    canvas, x0, x1 = desk.canvas, lefts[0], lefts[-1]
    ink, thick = desk.line_ink, desk.dice.choice((0.6, 1, 1, 1.5, 2))
    end = y + sum(heights)
    if look.head in ("dark", "grey"):
        canvas.fill(x0, y, x1, y + heights[0], head_grey(desk, look))
    top = y
    for number, tall in enumerate(heights):
        if look.zebra and number and number % 2 == 0:
            canvas.fill(x0, top, x1, top + tall, canvas.paper - look.zebra)
        top += tall
        if look.rules in ("all", "rows") or (look.rules == "head" and number in (0, len(heights) - 1)):
            canvas.rule(x0, top, x1, top, ink, thick)
    if look.rules in ("all", "rows", "head"):
        canvas.rule(x0, y, x1, y, ink, thick)
    if look.rules == "all":
        for left in lefts:
            canvas.rule(left, y, left, end, ink, thick)
    if look.rules == "outer":
        canvas.frame(x0, y, x1, end, ink, thick)
