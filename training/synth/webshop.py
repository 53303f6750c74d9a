# ruff: noqa: E501 (tables of words and formats)
"""Invoices as web shops, hosts and billing services print them.

What sets them apart from a letter: the mark at the top is a brand, whose firm stands in a column of small print, behind
"Sold by" or in the foot alone (`merchant.py`); buyer, payer and place of delivery stand side by side; numbers and dates go
across the page in a row, or end in a shaded sum; goods have lines of their own below them, or come in sections with sums.
"""

from dataclasses import replace

from . import values
from .bill import Bill, make_bill, note_currency, plain_rows
from .brand import brand
from .canvas import Line
from .desk import Desk
from .labels import INVOICE_META
from .merchant import Day, masthead, small_print
from .pairs import Item, item, set_across, set_pairs
from .parties import from_to, set_parties
from .prose import margins, page_number, running_text
from .statements import in_vain
from .tables import random_look, set_table

_PART_SUM = {"en": "Subtotal", "de": "Zwischensumme", "fr": "Sous-total", "es": "Subtotal", "it": "Subtotale", "nl": "Subtotaal", "pt": "Subtotal"}  # fmt: skip


def shop_bill(desk: Desk) -> None:
    """Mark and title, seller, parties, numbers and dates, goods, sums, foot."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    desk.em *= dice.uniform(0.72, 1.0)
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = {"seller", "buyer"}
    seller, address = names.company(dice, language), names.address(dice, language)
    where = dice.choices(("left", "right", "label", "foot", "mark", "beside"), (20, 17, 11, 18, 19, 15))[0]
    seller = brand(desk) if where == "mark" else seller
    bill = make_bill(desk, dice.choice((1, 1, 2, 3, 4, 6)))
    day = values.any_day(dice)
    y = masthead(desk, x0, y, x1, where, seller, address, taken, day) + desk.em * dice.uniform(0.5, 2)
    entries = _numbers(desk, bill, day, taken)
    shape = dice.choice(("beside", "across", "across", "below", "table"))
    half = (x1 - x0) * dice.uniform(0.46, 0.56)
    if where == "beside":
        y = from_to(desk, x0, y, x1, seller, address) + desk.em
        y = _across(desk, x0, y, x1, bottom, entries, "below" if shape == "beside" else shape)
    elif shape == "beside":
        low = set_parties(desk, x0, y, x0 + half - desk.em, dice.choice((1, 1, 2)))
        y = max(low, _ending(desk, x0 + half, y, x1, bottom, entries))
    elif dice.random() < 0.3:
        y = _across(desk, x0, y, x1, bottom, entries, shape) + desk.em
        y = set_parties(desk, x0, y, x1, dice.choice((1, 2, 2, 3)))
    else:
        y = set_parties(desk, x0, y, x1, dice.choice((1, 2, 2, 3))) + desk.em
        y = _across(desk, x0, y, x1, bottom, entries, shape)
    y += desk.em * dice.uniform(0.8, 2.5)
    foot = bottom - desk.em * dice.uniform(5, 8)
    goods = _charges if dice.random() < 0.15 else _goods
    y = goods(desk, bill, x0, y, x1, foot - desk.em * 6) + desk.em * dice.uniform(0.3, 2)
    if "amount due" not in taken and dice.random() < 0.08:  # the sums are on the next page
        desk.facts.append(in_vain(desk, "total"))
    else:
        y = _sums(desk, bill, x0, y, x1, foot, taken) + desk.em
    for _ in range(dice.randint(0, 3)):
        if y + 4 * desk.em < foot:
            y = desk.paragraph(x0, y, x1 - x0, running_text(desk, 30, 120), desk.style(), bottom=foot)
            y += desk.em * 0.6
    small_print(desk, x0, max(foot, y), x1, where, seller, address, taken)
    if dice.random() < 0.25:
        page_number(desk, x0, x1, desk.height - desk.em)


def _numbers(desk: Desk, bill: Bill, day: Day, taken: set[str]) -> list[Item]:
    """Numbers and dates, perhaps the sum that is due."""
    dice = desk.dice
    dates = {
        "invoice date": day, "due date": values.later(day, dice.choice((0, 7, 14, 15, 30))),
        "order date": values.later(day, -dice.randint(0, 20)), "delivery date": values.later(day, dice.randint(-10, 10)),
    }  # fmt: skip
    used = [n for n in INVOICE_META[2:] if n not in ("VAT number", "currency")]
    names = ["invoice number", "invoice date", *dice.sample(used, dice.randint(0, 4))]
    if dice.random() < 0.45:
        dice.shuffle(names)
    found = [item(desk, n, taken, *([desk.calendar.show(*dates[n])] if n in dates else [])) for n in names]
    if dice.random() < 0.25:
        found.append(item(desk, "amount due", taken, desk.amount(bill.gross, full=True)))
    return [entry for entry in found if entry]


def _ending(desk: Desk, x: float, y: float, x1: float, bottom: float, entries: list[Item]) -> float:
    """Pairs that end at the margin; a sum that comes last is shaded."""
    dice = desk.dice
    label = desk.style(weight=dice.choice(("regular", "bold")), ink=min(desk.ink + dice.choice((0, 50)), 130))
    arrange = dice.choice(("ends", "ends", "column", "inline", "boxed"))
    colon = dice.choice((":", ":", "", " :"))
    due = [e for e in entries if e.key == "amount due"]
    y = set_pairs(
        desk, x, y, x1 - x, [e for e in entries if e not in due], arrange=arrange, bottom=bottom,
        label=label, value=desk.style(), colon=colon,
    )  # fmt: skip
    if due:
        strong = desk.style(dice.uniform(1, 1.2), "bold")
        if dice.random() < 0.6:
            desk.canvas.fill(
                x - desk.em * 0.4,
                y,
                x1 + desk.em * 0.4,
                y + desk.pitch(strong) * 1.15,
                dice.randint(215, 245),
            )
        y = set_pairs(
            desk,
            x,
            y + desk.em * 0.1,
            x1 - x,
            due,
            arrange="ends",
            bottom=bottom,
            label=strong,
            value=strong,
            colon=colon,
        )
    return y


def _across(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, entries: list[Item], shape: str
) -> float:
    """Numbers and dates in a row across the page, as a table of one row, or as a list."""
    dice = desk.dice
    style = desk.style(dice.choice((0.9, 1)))
    if shape == "table" and len(entries) > 1:
        return set_across(
            desk, x0, y, x1 - x0, entries[:5], align=dice.choice(("left", "left", "right")), style=style,
            look=random_look(desk), bottom=bottom,
        )  # fmt: skip
    if shape == "below":
        return set_pairs(
            desk, x0, y, (x1 - x0) * 0.6, entries, arrange=dice.choice(("inline", "column")), bottom=bottom,
            label=desk.style(weight=dice.choice(("regular", "bold"))), value=style, colon=dice.choice((":", ":", "")),
        )  # fmt: skip
    label = desk.style(style.size / desk.em, dice.choice(("bold", "regular")))
    colon = dice.choice((":", ":", ""))
    beside, tab = dice.random() < 0.3, dice.choice((0, 0.4))
    per = dice.choice((2, 2, 3) if beside else (2, 3, 3, 4))
    wide = (x1 - x0) / per
    for start in range(0, len(entries), per):
        heads: Line = []
        below: Line = []
        for column, entry in enumerate(entries[start : start + per]):
            text = " ".join(entry.values)
            if label.width(entry.label + colon) > wide - desk.em or style.width(text) > wide - desk.em:
                continue
            heads.append(desk.put(x0 + column * wide, y + label.top, entry.label + colon, label))
            if beside:
                left = max(heads[-1].x1 + label.width(" "), x0 + (column + tab) * wide)
                if left + style.width(text) > x0 + (column + 1) * wide:
                    desk.note_blank(entry.label)
                    continue
                heads.append(desk.put(left, y + label.top, text, style))
            else:
                below.append(desk.put(x0 + column * wide, y + desk.pitch(label) + style.top, text, style))
            desk.note(entry.label, entry.key, (below or heads)[-1:], entry.type)
        if heads:
            desk.canvas.paragraph([heads, below] if below else [heads])
            y += desk.pitch(label) + (desk.pitch(style) + desk.em * 0.6 if below else 0)
    return y


def _goods(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float) -> float:
    """The goods as a table, with lines of their own below them or in sections with sums."""
    dice = desk.dice
    full = dice.random() < 0.4
    heads, rows, aligns = plain_rows(desk, bill, full)
    out: list[list[str]] = [heads]
    empty = [""] * (len(heads) - 1)
    sections = len(rows) > 2 and dice.random() < 0.35
    after = dice.randint(1, len(rows) - 1) if sections else 0
    notes = dice.choice((0, 0, 1, 1, 2, 3))
    part = 0
    for number, row in enumerate(rows):
        if sections and number in (0, after):
            if number:
                out.append([*empty[:-1], _PART_SUM[desk.language], desk.amount(part, full)])
                part = 0
            name = desk.world.names.word(dice).title()
            out.append([dice.choice(("{}", "--- {} ---", "{}:")).format(name), *empty])
        part += bill.rows[number][4]
        out.append(row)
        out += [[_detail(desk), *empty] for _ in range(dice.randint(0, notes))]
    if sections:
        out.append([*empty[:-1], _PART_SUM[desk.language], desk.amount(part, full)])
    for scale in (1.0, 0.85):
        low, cells = set_table(
            desk,
            x0,
            y,
            x1 - x0,
            out,
            aligns=aligns,
            style=desk.style(scale),
            look=random_look(desk),
            bottom=bottom,
        )
        if cells:
            desk.grids[-1] = replace(desk.grids[-1], counted=False)
            return low
    return y


def _detail(desk: Desk) -> str:
    """What stands below an article: a number of its own, a period, a remark."""
    dice = desk.dice
    day = values.any_day(dice)
    span = f"{desk.calendar.show(*day)} - {desk.calendar.show(*values.later(day, 30))}"
    return dice.choice(
        (
            f"{desk.world.names.word(dice).title()}: {values.code(dice)}",
            f"{desk.world.names.word(dice).title()}: {desk.world.names.word(dice)}",
            span,
            running_text(desk, 12, 40),
            f"SN: {values.identifier(dice)}",
        )
    )


def _charges(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float) -> float:
    """No table: what was used with its sum at the margin, and parts of it below."""
    dice = desk.dice
    strong, style = desk.style(weight=dice.choice(("bold", "regular"))), desk.style(dice.choice((0.85, 1)))
    block: list[Line] = []
    for _, text, _, _, total in bill.rows:
        parts = [(desk.world.names.word(dice).title(), total), (desk.world.names.word(dice).title(), 0)]
        lines = [
            (text, total, strong, 0.0),
            *((a, b, style, desk.em) for a, b in parts[: dice.randint(0, 2)]),
        ]
        for words, cents, used, indent in lines:
            if y + desk.pitch(used) > bottom:
                break
            amount = desk.amount(cents, full=True)
            words = desk.fit(words, used, x1 - x0 - indent - used.width(amount) - desk.em)
            run = desk.put(x0 + indent, y + used.top, words, used)
            block.append([run, desk.put(x1, y + used.top, amount, used, "right")])
            y += desk.pitch(used) * 1.1
            if used is strong and dice.random() < 0.3:
                desk.canvas.rule(x0, y, x1, y, 200)
    desk.canvas.paragraph(block)
    return y


def _sums(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float, taken: set[str]) -> float:
    """Net, tax and total at the right, at the left, or across the page."""
    dice = desk.dice
    full = dice.random() < 0.6
    plan = [("subtotal", bill.net), ("tax", bill.tax), ("total", bill.gross)]
    if not bill.rate:
        plan = plan[2:] if dice.random() < 0.5 else [plan[0], plan[2]]
    found = [item(desk, name, taken, desk.amount(cents, full)) for name, cents in plan]
    entries = [entry for entry in found if entry]
    strong = desk.style(dice.uniform(1, 1.5), "bold")
    wide = (x1 - x0) * dice.choice((0.35, 0.45, 0.6, 1.0))
    x = x0 if dice.random() < 0.15 else x1 - wide
    arrange = dice.choice(("ends", "ends", "ends", "column"))
    for entry in entries:
        style = strong if entry.key == "total" else desk.style()
        if entry.key == "total" and dice.random() < 0.4:
            desk.canvas.rule(x, y, x + wide, y, desk.line_ink, dice.choice((1, 2)))
            y += desk.em * 0.25
        y = set_pairs(
            desk,
            x,
            y,
            wide,
            [entry],
            arrange=arrange,
            bottom=bottom,
            label=style,
            value=style,
            colon=dice.choice((":", "")),
        )
    note_currency(desk)
    return y
