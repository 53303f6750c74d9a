"""Invoices and their kin (offers, orders, delivery notes) in many layouts."""

from . import values
from .addressee import addressee, set_addressee
from .bill import make_bill, set_items, set_totals
from .canvas import Line, Style
from .desk import Desk
from .labels import INVOICE_META
from .pairs import Item, item, items, set_across, set_pairs
from .prose import logo, margins, page_number
from .tables import random_look

_TITLES = {
    "en": (
        "INVOICE",
        "Invoice",
        "TAX INVOICE",
        "Tax Invoice",
        "Commercial Invoice",
        "Proforma Invoice",
        "Credit Note",
    ),
    "de": ("Rechnung", "RECHNUNG", "Gutschrift", "Schlussrechnung", "Handelsrechnung"),
    "fr": ("Facture", "FACTURE", "Facture proforma", "Avoir"),
    "es": ("Factura", "FACTURA", "Factura proforma"),
    "it": ("Fattura", "FATTURA", "Fattura di vendita", "Nota di credito"),
    "nl": ("Factuur", "FACTUUR", "Creditnota"),
    "pt": ("Fatura", "FATURA", "Fatura-Recibo", "Nota de crédito"),
}

JOINTS = {
    "en": ("No.", "of"),
    "de": ("Nr.", "vom"),
    "fr": ("n°", "du"),
    "es": ("n.º", "de"),
    "it": ("n.", "del"),
    "nl": ("nr.", "van"),
    "pt": ("n.º", "de"),
}


def invoice(desk: Desk) -> None:
    dice, canvas = desk.dice, desk.canvas
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = set()
    y = _header(desk, x0, y, x1, taken)
    y = _parties(desk, x0, y, x1, bottom, taken)
    if dice.random() < 0.35:
        text = desk.world.library.piece(dice, desk.language, 30, 140)
        y = desk.paragraph(x0, y, x1 - x0, text, desk.style(), bottom=bottom - 12 * desk.em) + desk.em
    bill = make_bill(desk, dice.choice((1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26)))
    foot = bottom - desk.em * dice.uniform(5, 7)
    y = set_items(desk, bill, x0, y, x1, foot - desk.em * 7)
    y = set_totals(desk, bill, x0, y + desk.em * dice.uniform(0.4, 1.2), x1, foot, taken)
    if dice.random() < 0.5 and y + 5 * desk.em < foot:
        text = desk.world.library.piece(dice, desk.language, 40, 220)
        y = desk.paragraph(x0, y + desk.em, x1 - x0, text, desk.style(dice.choice((0.85, 1))), bottom=foot)
    _footer(desk, x0, max(y + desk.em, foot), x1, taken)
    if dice.random() < 0.15:
        page_number(desk, x0, x1, desk.height - desk.em)
    if dice.random() < 0.06:
        size = desk.em * dice.uniform(6, 9)
        canvas.ellipse(
            x1 - size * 1.5, bottom - size * 2, x1 - size * 0.2, bottom - size, canvas.paper - 40, ring=3
        )


def _header(desk: Desk, x0: float, y: float, x1: float, taken: set[str]) -> float:
    """Logo, seller and title."""
    dice, canvas, names, language = desk.dice, desk.canvas, desk.world.names, desk.language
    company = names.company(dice, language)
    address = names.address(dice, language)
    label = item(desk, "seller", taken, company) if dice.random() < 0.22 else None
    named: list[Line] = []
    title = dice.choice(_TITLES[language])
    big = desk.style(dice.uniform(1.4, 2.6), dice.choice(("bold", "bold", "regular")))
    name_style = desk.style(dice.uniform(1.0, 1.6), "bold")
    shape = dice.choice(("left", "right", "centre", "split", "band"))
    style = desk.style(dice.choice((0.85, 1, 1)))
    if shape == "band":
        grey = dice.randint(20, 110)
        tall = big.size * 2
        canvas.fill(0, 0, desk.width, y + tall, grey)
        big = desk.style(big.size / desk.em, "bold", dice.randint(230, 255))
        desk.heading(x0, y, (x1 - x0) * 0.6, title, big, 1)
        y += tall + desk.em
        shape = "left"
        title = ""
    size = desk.em * dice.uniform(3, 5)
    if dice.random() < 0.5:
        logo(desk, x0 if shape == "right" else x1 - size, y, size)
    at = {"right": x1, "centre": (x0 + x1) / 2}.get(shape, x0)
    align = shape if shape in ("right", "centre") else "left"
    half = (x1 - x0) * (0.55 if shape != "centre" else 0.9)
    lead = desk.wrap(company, name_style, half)
    if label:
        weak = desk.style(dice.choice((0.75, 0.9, 1)), dice.choice(("regular", "bold")))
        named, y = desk.lines(at, y, [label.label + dice.choice((":", "", ":"))], weak, align)
    first, y1 = desk.lines(at, y, lead, name_style, align, 1.2)
    second, y1 = desk.lines(at, y1, address, style, align)
    desk.note(label.label if label else "", "seller", [line[0] for line in first], "company")
    desk.note("", "seller address", [line[0] for line in second], "address", ", ")
    taken.add("seller")
    canvas.paragraph(named + first + second)
    contact: list[Item] = []
    for name in dice.sample(
        ("phone", "fax", "email", "website", "VAT number", "company registration"), dice.randint(0, 4)
    ):
        entry = item(desk, name, taken)
        if entry:
            contact.append(entry)
    if contact and align == "left":
        y1 = set_pairs(
            desk, x0, y1, half, contact, arrange="inline", bottom=desk.height, label=style, value=style
        )
    if title and shape == "split":
        y2 = y + (size if dice.random() < 0.5 else 0) + desk.em * 2
        desk.heading(x0 + (x1 - x0) * 0.6, y2, (x1 - x0) * 0.4, title, big, 1, "right")
        return max(y1, y2 + big.size * 2.5) + desk.em
    y = max(y1, y + size) + desk.em * dice.uniform(0.5, 1.5)
    if dice.random() < 0.4:
        canvas.rule(x0, y, x1, y, desk.line_ink, dice.choice((0.6, 1, 2, 3)))
        y += desk.em * 0.6
    if title and dice.random() < 0.2:
        y = _numbered_title(desk, x0, y, x1, title, taken)
    elif title:
        y = (
            desk.heading(x0, y, x1 - x0, title, big, 1, dice.choice(("left", "left", "centre", "right")))
            + desk.em * 0.5
        )
    return y


def _numbered_title(desk: Desk, x0: float, y: float, x1: float, title: str, taken: set[str]) -> float:
    """``Rechnung Nr. 4711 vom 05.03.2018``: number and date stand in the title, without labels."""
    dice = desk.dice
    style = desk.style(dice.uniform(1.1, 1.7), "bold")
    number, day = values.identifier(dice), desk.calendar.show(*values.any_day(dice))
    first, then = JOINTS[desk.language]
    texts = [f"{title} {first}", number, then, day] if dice.random() < 0.7 else [f"{title} {first}", number]
    space = style.width(" ")
    if sum(map(style.width, texts)) + 3 * space > x1 - x0:
        return desk.heading(x0, y, x1 - x0, title, style, 1) + desk.em * 0.5
    line: Line = []
    for text in texts:
        line.append(desk.put(line[-1].x1 + space if line else x0, y + style.top, text, style))
    desk.canvas.heading([line], 1)
    desk.note("", "invoice number", [line[1]], "id")
    taken.add("invoice number")
    if len(line) == 4:
        desk.note("", "invoice date", [line[3]], "date")
        taken.add("invoice date")
    return y + desk.pitch(style) + desk.em * 0.7


def _parties(desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str]) -> float:
    """Buyer, delivery address and the block of numbers and dates, side by side or one below the other."""
    dice, canvas = desk.dice, desk.canvas
    style, label = (
        desk.style(),
        desk.style(dice.choice((0.85, 1, 1)), dice.choice(("regular", "bold", "bold"))),
    )
    wide = x1 - x0
    meta: list[Item] = []
    names = ["invoice number", "invoice date", *dice.sample(INVOICE_META[2:], dice.randint(0, 7))]
    day = values.any_day(dice)
    dates = {
        "invoice date": day,
        "due date": values.later(day, dice.choice((14, 30, 60, dice.randint(1, 90)))),
        "delivery date": values.later(day, -dice.randint(0, 20)),
        "order date": values.later(day, -dice.randint(1, 40)),
    }
    for name in names:
        entry = item(desk, name, taken, *([desk.calendar.show(*dates[name])] if name in dates else []))
        if entry:
            meta.append(entry)
    if dice.random() < 0.45:
        dice.shuffle(meta)
    if dice.random() < 0.14 and len(meta) >= 3:
        y = _buyer(desk, x0, y, wide * 0.5, taken, label, style) + desk.em
        some = meta[: dice.randint(3, 5)]
        look = random_look(desk)
        y = set_across(desk, x0, y, wide, some, align="left", style=style, look=look, bottom=bottom)
        return y + desk.em
    meta_left = dice.random() < 0.3
    split = dice.uniform(0.48, 0.58)
    arrange = dice.choice(("inline", "column", "column", "column", "ends", "boxed", "above"))
    if arrange == "above" and len(meta) > 5:
        arrange = "column"
    colon = dice.choice((":", ":", ":", "", " :"))
    left_x, right_x = x0, x0 + wide * split
    room = {"left": wide * split - desk.em, "right": wide * (1 - split)}

    def numbers(x: float, width: float) -> float:
        return set_pairs(
            desk, x, y, width, meta, arrange=arrange, bottom=bottom, label=label, value=style, colon=colon
        )

    if meta_left:
        ends = numbers(left_x, room["left"]), _buyer(desk, right_x, y, room["right"], taken, label, style)
    else:
        ends = _buyer(desk, left_x, y, room["left"], taken, label, style), numbers(right_x, room["right"])
    y = max(ends) + desk.em * dice.uniform(0.8, 2)
    if dice.random() < 0.15:
        entry = item(desk, "delivery address", taken)
        if entry:
            y = (
                set_pairs(
                    desk,
                    x0,
                    y,
                    wide * 0.6,
                    [entry],
                    arrange=dice.choice(("above", "column")),
                    bottom=bottom,
                    label=label,
                    value=style,
                )
                + desk.em
            )
    if dice.random() < 0.2:
        canvas.rule(x0, y, x1, y, desk.line_ink)
        y += desk.em
    return y


def _buyer(
    desk: Desk, x: float, y: float, width: float, taken: set[str], label_style: Style, style: Style
) -> float:
    dice, names, language = desk.dice, desk.world.names, desk.language
    who = addressee(desk, 0.75)
    block: list[Line] = []
    label = ""
    if dice.random() < 0.7:
        entry = item(desk, "buyer", taken, *who.name)
        if entry:
            label = entry.label
            head, y = desk.lines(
                x, y, [desk.fit(label + dice.choice((":", "", ":")), label_style, width)], label_style
            )
            block += head
    taken.add("buyer")
    where = names.address(dice, language)
    name, extra, address, y = set_addressee(desk, x, y, width, who, where, style, style)
    desk.note(label, "buyer", [line[0] for line in name], "company")
    desk.note("", "buyer address", [line[0] for line in address], "address", ", ")
    desk.canvas.paragraph(block + name + extra + address)
    return y


def _footer(desk: Desk, x0: float, y: float, x1: float, taken: set[str]) -> None:
    """Bank details and addresses in columns at the foot."""
    dice = desk.dice
    style = desk.style(dice.choice((0.78, 0.85, 0.95)))
    names = [
        n
        for n in (
            "bank",
            "IBAN",
            "BIC",
            "VAT number",
            "company registration",
            "phone",
            "email",
            "website",
            "payment terms",
        )
        if dice.random() < 0.55
    ]
    entries = items(desk, names, taken)
    if not entries:
        return
    if dice.random() < 0.6:
        desk.canvas.rule(x0, y - desk.em * 0.4, x1, y - desk.em * 0.4, desk.line_ink)
    columns = dice.choice((1, 2, 3)) if len(entries) > 2 else 1
    per = -(-len(entries) // columns)
    wide = (x1 - x0) / columns
    for column in range(columns):
        part = entries[column * per : (column + 1) * per]
        set_pairs(
            desk,
            x0 + column * wide,
            y,
            wide - desk.em,
            part,
            arrange="inline",
            bottom=desk.height - 3,
            label=style,
            value=style,
            leading=1.15,
        )
