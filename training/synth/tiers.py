# ruff: noqa: E501 (tables of words)
"""Tables as reports have them: heads in tiers over groups of columns, sections of rows, sums, missing values,
many narrow columns of figures; and tables of words, whose cells hold lists and cover several rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from . import values
from .canvas import Line
from .desk import Desk
from .labels import made_up, value_lines
from .questions import Grid
from .spans import Cell, SpanSetter, SpanTable, completed
from .tables import random_look

_MISSING = ("-", "–", "—", "n.a.", "na", "..", "N/A", "(X)", "*", "†", "")
_LEAVES = (
    ("No.", "%"), ("No.", "Rate", "(95% CI)"), ("n", "%"), ("N", "% Pos"), ("Number", "Percent"), ("Male", "Female"),
    ("Men", "Women", "Total"), ("Mean", "Std. Dev."), ("Estimate", "Margin of error (±)"), ("Min", "Max"), ("Yes", "No"),
    ("number", "change since last year"), ("% of turnover", "no. of outlets"), ("Actual", "Budget", "Variance"), ("1st half", "2nd half"),
    ("Q1", "Q2", "Q3", "Q4"), ("Urban", "Rural"), ("Planned", "Actual"), ("Units", "Value"), ("Low", "Median", "High"), ("$000's", "%"),
)  # fmt: skip
_SINGLES = (
    "Total", "Source", "Unit", "Sample size", "Population (millions)", "Average amount", "Percent of total", "Number of enterprises (000)",
    "Difference", "Change in recent years", "Share of market", "Never", "Rarely", "Frequently", "Occasionally", "Retail sales per capita",
    "Cost per unit", "Distance (mi)", "Weight (kg)", "Participants", "Completed", "Median age", "Growth rate (%)", "Response rate",
    "Expected", "Observed", "Capacity", "Index", "Rank", "Households with children", "Tax rate", "Employees", "Score",
)  # fmt: skip
_TOPS = (
    "Year", "Year of data", "Percent who answered", "Number of cases", "Region", "Grade", "Lead time (years)", "Type of household",
    "Average amount (in thousands)", "Share of all respondents", "Public", "Private", "Total", "Not working", "How often", "Sector",
    "Gender", "Results", "Current year", "Previous year", "Women", "Men", "Change", "Savings", "In the last month", "Quarter ended",
)  # fmt: skip
_STUBS = (
    "Age group (yrs)", "Age", "Country", "Category", "Characteristic", "Item", "Region", "Year", "Variable", "Status", "Type", "Statistic",
    "Species", "Sector", "Group", "Measure", "Loan type", "Product", "Illnesses", "Substance", "Education", "Source", "", "", "", "",
)  # fmt: skip
_SECTIONS = (
    "Sex", "Age", "Women", "Men", "Actual", "Projected", "Race", "Region", "Income", "Education level", "Public", "Private", "Other loans",
    "Assets", "Liabilities", "Annual income ($)", "Disability status", "Type of institution", "Urban", "Rural", "Under 15 years",
)  # fmt: skip
_SUMS = (
    "Total",
    "Total",
    "All",
    "TOTAL",
    "EU15 Total",
    "Grand total",
    "World total (rounded)",
    "Sum",
    "Average",
    "All groups",
)
_WORD_HEADS = ("Item", "Description", "Category", "Reason", "Property", "Measure", "Example", "Remarks", "Type", "Source", "Purpose",
               "What is assessed?", "Considerations", "Responsibility", "Step", "Term", "Definition", "Topic", "Requirement", "Comments")  # fmt: skip


@dataclass(frozen=True)
class _Leaf:
    """A column: what its head prints, under which top, and how its figures are made."""

    text: str
    top: str
    make: Callable[[], str]


@dataclass
class _Plan:
    """Cells in the making, with what questions need: names of the columns, and the row of each printed head."""

    cells: list[Cell] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    data: list[int] = field(default_factory=list)


def tiered_table(desk: Desk, x: float, y: float, width: float, bottom: float, full: bool = False) -> float:
    """Sets a table of figures or words from the top edge ``y``; returns y below it, ``y`` when nothing fits.

    ``full``: over the whole width, with about as many rows as there is room for.
    """
    dice = desk.dice
    words = dice.random() < 0.3
    most = 4 if words else dice.choice((3, 4, 5, 6, 7, 9, 11, 13))
    for attempt, scale in enumerate((1.0, 0.85, 0.72, 0.62)):
        room = round((bottom - y) / desk.pitch(desk.style(scale)) * dice.uniform(0.6, 1)) if full else 0
        if words:
            plan, head = _words(desk, most - attempt // 2, room // 3)
        else:
            plan, head = _figures(desk, max(2, most - 2 * attempt), room)
        table = SpanTable(completed(plan.cells), head)
        setter = SpanSetter(desk, table, desk.style(scale * dice.choice((0.85, 1.0))), random_look(desk))
        widths = setter.widths(width, 1.0 if full else dice.choice((0.0, 0.5, 1.0, 1.0, dice.random())))
        if widths is None:
            continue
        after, rows = setter.set(x, y, widths, bottom)
        if rows:
            desk.grids.append(_grid(desk, plan, rows))
            return after
    return y


def _grid(desk: Desk, plan: _Plan, rows: list[list[Line]]) -> Grid:
    """What can be asked: cells of the rows with figures, by the names of row and column."""
    kept = [rows[number] for number in plan.data if number < len(rows)]
    texts = [[" ".join(run.text for run in cell) for cell in row] for row in kept]
    short = tuple(tuple(text if len(text) < 80 else "" for text in row) for row in texts)
    boxes = tuple(tuple(desk.canvas.box(cell) if cell else None for cell in row) for row in kept)
    return Grid(tuple(plan.heads), short, boxes, counted=False)


def _figures(desk: Desk, most: int, rows: int) -> tuple[_Plan, int]:
    dice = desk.dice
    leaves, tiers = _leaves(desk, most)
    plan = _Plan()
    stub = dice.choice(_STUBS)
    head = _head(desk, plan, leaves, tiers, stub)
    missing, gaps = dice.choice(_MISSING), dice.choice((0.0, 0.0, 0.05, 0.15, 0.4))
    align = dice.choice(("right", "right", "centre", "centre", "left"))
    dots, indents = dice.random() < 0.12, dice.random() < 0.6
    mark = dice.choice(("*", "**", "†", " a", "+++")) if dice.random() < 0.2 else ""
    namer, low = _stub_names(desk), dice.choice(("top", "middle", "bottom"))
    taken: set[str] = set()
    row, left = head, 0
    sections = dice.random() < 0.45
    count = min(max(2, rows), 60) if rows else dice.choice((3, 5, 8, 12, 14, 18, 26))
    for number in range(count):
        if sections and left == 0:
            left = dice.randint(2, 7)
            if number or dice.random() < 0.7:
                plan.cells.append(_section(desk, row, dice.choice(_SECTIONS)))
                row += 1
        left -= 1
        final = number == count - 1 and dice.random() < 0.4
        text = dice.choice(_SUMS) if final else _new_name(namer, number, taken)
        weight = "bold" if final and dice.random() < 0.6 else "regular"
        indent = dice.choice((0.7, 1.2)) if sections and indents and not final else 0.0
        plan.cells.append(Cell(row, 0, (text,), weight=weight, indent=indent, dots=dots))
        for column, leaf in enumerate(leaves, 1):
            said = leaf.make() if dice.random() >= gaps else missing
            said += mark if mark and said and dice.random() < 0.15 else ""
            if said:
                plan.cells.append(
                    Cell(row, column, (said,), weight=weight, align=align, at=low, breaks=False)
                )
        plan.data.append(row)
        row += 1
    return plan, head


def _new_name(namer: Callable[[int], str], number: int, taken: set[str]) -> str:
    """A name of a row that no other has, if a few tries find one."""
    text = next((text for text in (namer(number) for _ in range(6)) if text not in taken), namer(number))
    taken.add(text)
    return text


def _section(desk: Desk, row: int, text: str) -> Cell:
    """A line that names the rows below it."""
    return Cell(row, 0, (text,), weight=desk.dice.choice(("bold", "bold", "italic", "regular")))


def _head(desk: Desk, plan: _Plan, leaves: list[_Leaf], tiers: int, stub: str) -> int:
    """The cells of the head; returns how many rows it has."""
    dice = desk.dice
    low = dice.choice(("top", "middle", "bottom", "bottom"))
    align = dice.choice(("centre", "centre", "left", "right"))
    first = 0
    if tiers == 3:  # one title over all columns
        plan.cells.append(Cell(0, 1, (dice.choice(_TOPS),), columns=len(leaves), align="centre"))
        first = 1
    rows = first + (2 if any(leaf.top for leaf in leaves) else 1)
    if stub:
        plan.cells.append(
            Cell(0, 0, (stub,), rows=rows, at=low, align=dice.choice(("left", "left", "centre")))
        )
    column = 0
    while column < len(leaves):
        leaf = leaves[column]
        same = 1
        while leaf.top and column + same < len(leaves) and leaves[column + same].top == leaf.top:
            same += 1
        if leaf.top:
            plan.cells.append(Cell(first, column + 1, (leaf.top,), columns=same, align="centre", at=low))
        for number in range(column, column + same):
            top = rows - 1 if leaf.top else first
            plan.cells.append(
                Cell(top, number + 1, (leaves[number].text,), rows=rows - top, align=align, at=low)
            )
        column += same
    names = [leaf.text for leaf in leaves]
    unique = [
        name if names.count(name) == 1 else f"{leaf.top} {name}".strip()
        for name, leaf in zip(names, leaves, strict=True)
    ]
    plan.heads = [stub, *unique]
    return rows


def _leaves(desk: Desk, most: int) -> tuple[list[_Leaf], int]:
    """Columns of figures, and how many tiers their head has."""
    dice = desk.dice
    tiers = dice.choice((1, 1, 2, 2, 2, 3))
    figures = _Figures(dice)
    leaves: list[_Leaf] = []
    if tiers == 1 or most < 3:
        numbered = dice.random() < 0.3
        start, step, make = dice.randint(1950, 2025), dice.choice((1, 1, -1, 5)), figures.maker()
        taken = dice.sample(_SINGLES, min(most, len(_SINGLES)))
        for number in range(most):
            text = str(start + number * step) if numbered else taken[number]
            if not numbered and dice.random() < 0.25:
                text = made_up(dice, desk.world, desk.language)[0]
            leaves.append(_Leaf(text, "", make if numbered else figures.maker()))
        return leaves, 1
    group = dice.choice(_LEAVES)
    makers = [figures.maker(text) for text in group]
    tops = [str(dice.randint(1990, 2025)) for _ in range(5)] if dice.random() < 0.4 else dice.sample(_TOPS, 5)
    if dice.random() < 0.2:
        tops = [desk.world.names.country(dice, desk.language) for _ in tops]
    if dice.random() < 0.25:
        leaves.append(_Leaf(dice.choice(_SINGLES), "", figures.maker()))
    for top in dict.fromkeys(tops):
        if len(leaves) + len(group) > most:
            break
        leaves += [_Leaf(text, top, make) for text, make in zip(group, makers, strict=True)]
    if not leaves:
        leaves = [_Leaf(text, tops[0], make) for text, make in zip(group, makers, strict=True)]
    if len(leaves) < most and dice.random() < 0.4:
        single = next((text for text in dice.sample(_SINGLES, 3) if text not in group), "Index")
        leaves.append(_Leaf(single, "", figures.maker()))
    return leaves, tiers


class _Figures:
    """How one table prints its figures: separators, signs, and a kind for each column."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.group = dice.choice((",", ",", ",", " ", ".", ""))
        self.point = "," if self.group in (" ", ".") and dice.random() < 0.8 else "."
        self.dash = dice.choice(("-", "–", "–", " - "))
        self.sign = dice.choice(("", "%", "%", " %"))

    def maker(self, head: str = "") -> Callable[[], str]:
        """A column's figures; those that ``head`` promises, where it does."""
        if "CI" in head:
            return self._range
        if head in ("%", "Percent", "Rate", "% Pos", "Std. Dev.", "change since last year"):
            rates: tuple[Callable[[], str], ...] = (self._decimal, self._percent, self._signed)
            return self.dice.choice(rates)
        scale = 10 ** self.dice.randint(1, 7)

        def count() -> str:
            return values.grouped(self.dice.randrange(scale), self.group)

        others = (self._decimal, self._decimal, self._percent, self._signed, self._short, self._word)
        return self.dice.choice((count, count, count, *others))

    def _decimal(self) -> str:
        digits = self.dice.choice((1, 1, 1, 2))
        whole = values.grouped(int(10 ** self.dice.uniform(0, 3.3)) - 1, self.group)
        return f"{whole}{self.point}{values.digits(self.dice, digits)}"

    def _percent(self) -> str:
        return f"{self.dice.randint(0, 100)}{self.point}{self.dice.randint(0, 9)}{self.sign}"

    def _signed(self) -> str:
        sign, whole = self.dice.choice(("+", "+", "-", "–", "")), self.dice.randint(0, 60)
        return f"{sign}{whole}{self.dice.choice(('', f'{self.point}{self.dice.randint(0, 9)}'))}"

    def _short(self) -> str:
        return str(self.dice.randint(0, 100))

    def _range(self) -> str:
        low = self.dice.uniform(0, 900)
        low, high = f"{low:,.1f}", f"{low * self.dice.uniform(1.05, 1.6):,.1f}"
        return f"({low}{self.dash}{high})"

    def _word(self) -> str:
        return self.dice.choice(
            ("Yes", "No", "Yes", "No", "1988-92", "1990-96", "Single", "High", "Low", "Medium", "25g")
        )


def _stub_names(desk: Desk) -> Callable[[int], str]:
    """Names of rows: years, ages, places, words, long labels."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    start, step = dice.randint(1960, 2015), dice.choice((5, 5, 10, 20))
    ages = dice.choice(("{a}–{b}", "{a}-{b}", "{a} - {b} years", "{a}–{b} yrs", "{a} to {b}"))

    def age(number: int) -> str:
        return ages.format(a=number * step, b=number * step + step - 1)

    def word(number: int) -> str:
        return " ".join(names.word(dice) for _ in range(dice.randint(1, 3))).capitalize()

    def long(number: int) -> str:
        return desk.world.library.piece(dice, language, 12, 70).strip(" .,;:#")

    makers: tuple[Callable[[int], str], ...] = (
        lambda number: str(start + number),
        age,
        lambda number: names.country(dice, language),
        lambda number: names.city(dice, language),
        word,
        word,
        long,
        lambda number: made_up(dice, desk.world, language)[0],
        lambda number: names.company(dice, language),
    )
    return dice.choice(makers)


def _words(desk: Desk, most: int, rows: int) -> tuple[_Plan, int]:
    """A table of sentences: a name to the left, over several rows at times, lists of points to the right."""
    dice = desk.dice
    columns = dice.randint(2, max(2, most))
    heads = dice.sample(_WORD_HEADS, columns)
    plan = _Plan(heads=heads)
    align = dice.choice(("left", "left", "centre"))
    plan.cells += [Cell(0, column, (text,), align=align, at="middle") for column, text in enumerate(heads)]
    bullets = [dice.random() < 0.4 for _ in range(columns)]
    at = dice.choice(("top", "top", "middle"))
    row = 1
    for _ in range(max(2, rows) if rows else dice.randint(2, 7)):
        span = dice.choice((1, 1, 1, 2, 3)) if columns > 2 or dice.random() < 0.3 else 1
        name = made_up(dice, desk.world, desk.language)[0]
        plan.cells.append(Cell(row, 0, (name,), rows=span, at=at, weight=dice.choice(("regular", "bold"))))
        for _ in range(span):
            for column in range(1, columns):
                plan.cells.append(Cell(row, column, _paragraphs(desk, bullets[column]), at=at))
            plan.data.append(row)
            row += 1
    return plan, 1


def _paragraphs(desk: Desk, bullets: bool) -> tuple[str, ...]:
    dice, library = desk.dice, desk.world.library
    if bullets:
        sign = desk.bullet()
        points = (library.piece(dice, desk.language, 15, 90).strip(" #") for _ in range(dice.randint(1, 4)))
        return tuple(f"{sign} {point}" for point in points)
    if dice.random() < 0.35:
        kind = dice.choice(("text", "date", "amount", "person", "number"))
        return (", ".join(value_lines(dice, desk.world, kind, desk.language)),)
    return (library.piece(dice, desk.language, 20, 160).strip(" #"),)
