"""Pages that are mostly one table, and small labels of products and parcels."""

from . import values
from .canvas import Style
from .desk import Desk
from .labels import pick_label, value_lines
from .pairs import items, set_pairs, some_item
from .prose import logo, margins, page_number, running_text
from .tables import random_look, set_table
from .tiers import tiered_table

TIERED_SHARE = 0.55  # of the tables
CUTTING_SHARE = 0.5  # of the pages that are wider than tall

_HEADS = ("product", "city", "person", "company", "text", "id", "date", "country")
_CELLS = (
    "amount",
    "amount",
    "number",
    "number",
    "percent",
    "date",
    "id",
    "quantity",
    "status",
    "text",
    "code",
    "time",
    "person",
)


def _rows(desk: Desk) -> tuple[list[list[str]], list[str], bool]:
    """Rows with the header first, alignments, and whether the last row sums up."""
    dice = desk.dice
    pick = dice.random()
    if pick < 0.35:
        rows = [list(row) for row in dice.choice(desk.world.library.tables)]
        start = 1 if len(rows) < 25 else dice.randrange(1, len(rows) - 20)
        rows = [rows[0], *rows[start : start + 28]]
        numeric = dice.choice(("left", "right", "centre"))
        return rows, ["left"] + [numeric] * (len(rows[0]) - 1), False
    taken: set[str] = set()
    if pick < 0.65:
        return _statement(desk)
    kinds = [dice.choice(_HEADS)] + [dice.choice(_CELLS) for _ in range(dice.randint(1, 6))]
    rows = [[pick_label(dice, desk.world, desk.language, taken, (), 0.6)[0] for _ in kinds]]
    for _ in range(dice.randint(3, 26)):
        rows.append(
            [
                ", ".join(value_lines(dice, desk.world, k, desk.language)) if dice.random() > 0.03 else ""
                for k in kinds
            ]
        )
    right = dice.choice(("right", "right", "left", "centre"))
    aligns = ["left"] + [
        right if k in ("amount", "number", "percent", "quantity") else "left" for k in kinds[1:]
    ]
    return rows, aligns, False


def _statement(desk: Desk) -> tuple[list[list[str]], list[str], bool]:
    """Figures by year or quarter, with brackets for negative ones."""
    dice, names = desk.dice, desk.world.names
    year = dice.randint(1998, 2030)
    columns = dice.randint(2, 5)
    shape = dice.choice(("year", "quarter", "month"))
    months = values.MONTHS[desk.language].split()
    heads = {
        "year": [str(year - i) for i in range(columns)],
        "quarter": [f"Q{i % 4 + 1} {year}" for i in range(columns)],
        "month": [f"{months[i][:3]} {year}" for i in range(columns)],
    }[shape]
    first = dice.choice(("", "in thousands", "$'000", "€ million", "Item", "(in millions)"))
    rows = [[first, *heads]]
    scale = 10 ** dice.randint(2, 7)
    group = dice.choice((",", ".", " ", ""))
    brackets = dice.random() < 0.5
    for _ in range(dice.randint(4, 22)):
        label = " ".join(names.word(dice) for _ in range(dice.randint(1, 3))).capitalize()
        row = [label]
        for _ in heads:
            number = dice.randrange(scale)
            text = values.grouped(number, group)
            if dice.random() < 0.12:
                text = f"({text})" if brackets else f"-{text}"
            row.append(text if dice.random() > 0.05 else dice.choice(("-", "–", "n/a", "")))
        rows.append(row)
    total = dice.random() < 0.6
    if total:
        rows.append(
            [
                dice.choice(("Total", "Net income", "Sum", "Balance")),
                *(values.grouped(dice.randrange(scale * 9), group) for _ in heads),
            ]
        )
    return rows, ["left"] + ["right"] * columns, total


def table_page(desk: Desk) -> None:
    """One to three tables with what stands around them; a page wider than a sheet is often cut out of one."""
    dice = desk.dice
    if dice.random() < (CUTTING_SHARE if desk.width > 1.1 * desk.height else 0.1):
        _cutting(desk)
        return
    x0, y, x1, bottom = margins(desk)
    last = bottom - desk.em
    if dice.random() < 0.6:
        text = desk.world.library.piece(dice, desk.language, 10, 60).strip(" .,;:").lstrip("#")
        y = (
            desk.heading(
                x0,
                y,
                x1 - x0,
                text,
                desk.style(dice.uniform(1.1, 1.8), "bold"),
                dice.choice((1, 2)),
                dice.choice(("left", "centre")),
            )
            + desk.em
        )
    if dice.random() < 0.3:
        y = desk.paragraph(x0, y, x1 - x0, running_text(desk, 60, 300), desk.style(), bottom=bottom) + desk.em
    for _ in range(dice.choice((1, 1, 2, 3))):
        if y + 6 * desk.em > last:
            break
        if dice.random() < TIERED_SHARE:
            after = tiered_table(desk, x0, y, x1 - x0, last)
            y = after + desk.em * dice.uniform(1, 2.5) if after > y else y
            continue
        rows, aligns, sums = _rows(desk)
        for scale in (1.0, 0.85):
            after, cells = set_table(
                desk,
                x0,
                y,
                x1 - x0,
                rows,
                aligns=aligns,
                style=desk.style(scale),
                look=random_look(desk),
                bottom=last,
                stretch=dice.random() < 0.75,
                sums=sums,
            )
            if cells:
                y = after + desk.em * dice.uniform(1, 2.5)
                break
    if dice.random() < 0.3 and y + 4 * desk.em < last:
        desk.paragraph(
            x0, y, x1 - x0, running_text(desk, 40, 300), desk.style(dice.choice((0.8, 1))), bottom=last
        )
    if dice.random() < 0.3:
        page_number(desk, x0, x1, bottom)


def _cutting(desk: Desk) -> None:
    """A table cut out of its page close to its edges, maybe through the lines above and below it."""
    dice = desk.dice
    x0, x1 = (desk.width * dice.uniform(0.004, 0.04) for _ in range(2))
    y, bottom = desk.em * dice.uniform(0.3, 1.6), desk.height - desk.em * dice.uniform(0.3, 1.6)
    style, wide = desk.style(dice.uniform(0.8, 1.3), dice.choice(("regular", "bold"))), desk.width - x0 - x1
    if dice.random() < 0.35:  # the lower part of a line: nobody can read it, so it is no text
        y = max(y, style.size * 0.6)
        desk.canvas.decorate(x0, style.size * dice.uniform(0.1, 0.3), _line(desk, style, wide), style)
    end = tiered_table(desk, x0, y, wide, bottom, full=dice.random() < 0.8)
    if end == y:
        rows, aligns, sums = _rows(desk)
        look, small = random_look(desk), desk.style(0.8)
        end, _ = set_table(
            desk, x0, y, wide, rows, aligns=aligns, style=small, look=look, bottom=bottom, sums=sums
        )
    if dice.random() < 0.25 and end + desk.em * 2 < desk.height:
        desk.paragraph(
            x0, end + desk.em * 0.4, wide, _line(desk, style, wide), desk.style(0.8), bottom=bottom
        )
    elif dice.random() < 0.3 and end + style.size < desk.height:
        low = desk.height + style.size * dice.uniform(0.25, 0.5)  # the upper part of one
        desk.canvas.decorate(x0, low, _line(desk, style, wide), style)


def _line(desk: Desk, style: Style, wide: float) -> str:
    return desk.fit(running_text(desk, 30, 120), style, wide)


_SHIP = (
    "sender",
    "recipient",
    "delivery address",
    "tracking number",
    "weight",
    "order number",
    "delivery date",
    "carrier",
    "phone",
    "quantity",
    "dimensions",
)
_GOODS = (
    "product",
    "model",
    "serial number",
    "batch",
    "weight",
    "end date",
    "price",
    "material",
    "dimensions",
    "country",
    "quantity",
    "website",
)


def label(desk: Desk) -> None:
    """A parcel or product label in a frame, with a bar code."""
    dice, canvas = desk.dice, desk.canvas
    x0, y, x1, bottom = margins(desk)
    x1 = x0 + (x1 - x0) * dice.choice((1, 1, dice.uniform(0.6, 1)))
    stop = y + min((bottom - y), (x1 - x0) * dice.uniform(0.8, 1.6))
    canvas.frame(x0 - 6, y - 6, x1 + 6, stop + 6, desk.ink, dice.choice((1, 2, 3)))
    taken: set[str] = set()
    inner = x0 + desk.em * 0.5, x1 - desk.em * 0.5
    y += desk.em * 0.3
    if dice.random() < 0.4:
        logo(desk, inner[1] - desk.em * 3, y, desk.em * 3)
    ship = dice.random() < 0.5
    if dice.random() < 0.6:
        big = desk.style(dice.uniform(1.3, 2.2), "bold")
        text = desk.world.names.company(dice, desk.language) if ship else desk.world.names.product(dice)
        y = desk.heading(inner[0], y, (inner[1] - inner[0]) * 0.75, text, big, 1) + desk.em * 0.4
        desk.note(
            "",
            "sender" if ship else "product",
            [line[0] for line in canvas.blocks[-1].lines],
            "company" if ship else "product",
        )
        taken.add("sender" if ship else "product")
    names = dice.sample(_SHIP if ship else _GOODS, dice.randint(3, 8))
    entries = items(desk, names, taken)
    if dice.random() < 0.5:
        entries.append(some_item(desk, taken))
    style, bold = desk.style(), desk.style(weight=dice.choice(("bold", "regular")))
    while entries and y + 3 * desk.em < stop:
        count = dice.randint(1, 4)
        part, entries = entries[:count], entries[count:]
        arrange = dice.choice(("inline", "column", "above"))
        y = set_pairs(
            desk,
            inner[0],
            y,
            inner[1] - inner[0],
            part,
            arrange=arrange,
            bottom=stop,
            label=bold,
            value=style,
        )
        if dice.random() < 0.5 and y + desk.em < stop:
            canvas.rule(x0 - 6, y + desk.em * 0.3, x1 + 6, y + desk.em * 0.3, desk.ink, 1)
        y += desk.em * 0.7
    if y + 5 * desk.em < stop:
        _bars(desk, inner[0], y, inner[1], min(stop - desk.em * 2, y + desk.em * dice.uniform(3, 6)))


def _bars(desk: Desk, x0: float, y: float, x1: float, end: float) -> None:
    """A bar code with its number below."""
    dice, canvas = desk.dice, desk.canvas
    left = x0
    wide = x0 + (x1 - x0) * dice.uniform(0.5, 1)
    while left < wide:
        bar = dice.choice((1, 1, 2, 3, 4))
        canvas.fill(left, y, min(left + bar, wide), end, 10)
        left += bar + dice.choice((1, 1, 2, 3))
    number = values.digits(dice, dice.choice((8, 12, 13, 18)))
    style = desk.style(dice.choice((0.8, 1)))
    if style.width(number) < x1 - x0 and end + style.size * 1.3 < desk.height:
        canvas.paragraph(
            [[desk.put((x0 + wide) / 2, end + style.top + 3, number, style, "centre")]]
            if style.width(number) < wide - x0
            else [[desk.put(x0, end + style.top + 3, number, style)]]
        )
