# ruff: noqa: E501 (tables of words and formats)
"""Whose bill it is: brands at the top, the firm beside them, behind "Sold by", or in the small print at the foot."""

from dataclasses import replace

from . import values
from .brand import set_mark
from .canvas import Line, Run, Style
from .desk import Desk
from .invoices import JOINTS
from .pairs import Item, items, set_pairs
from .prose import logo, running_text
from .window import note_seller

_TITLES = {
    "en": "Invoice;INVOICE;Tax Invoice;Retail Invoice/Bill;Payment Receipt;Order confirmation;Copy invoice;Bill", "de": "Rechnung;RECHNUNG;Kopie der Rechnung;Bestellbestätigung",
    "fr": "Facture;FACTURE;Duplicata de facture;Confirmation de commande", "es": "Factura;FACTURA;Factura simplificada;Copia de factura", "it": "Fattura;FATTURA;Conferma d'ordine",
    "nl": "Factuur;FACTUUR;Kopie factuur;Orderbevestiging", "pt": "Fatura;FATURA;Fatura/Recibo;Segunda via",
}  # fmt: skip
_SOLD_BY = {
    "en": "Sold By;Sold by;Service Provider;Issued by;Seller;From", "de": "Verkauft durch;Verkäufer;Leistungserbringer;Aussteller", "fr": "Vendu par;Vendeur;Prestataire;Émetteur", "es": "Vendido por;Vendedor;Emisor",
    "it": "Venduto da;Venditore;Emittente", "nl": "Verkocht door;Verkoper;Leverancier", "pt": "Vendido por;Vendedor;Emitente",
}  # fmt: skip
_FIRM = ("VAT number", "company registration", "IBAN", "BIC", "phone", "email", "website")
Day = tuple[int, int, int]


def masthead(
    desk: Desk,
    x0: float,
    y: float,
    x1: float,
    where: str,
    seller: str,
    address: list[str],
    taken: set[str],
    day: Day,
) -> float:
    """The brand's mark at one side, title or seller at the other; y below all of it."""
    dice = desk.dice
    if where == "mark":
        return _known_by_mark(desk, x0, y, x1, seller, address, taken, day)
    middle = (x0 + x1) / 2
    mark = x1 if where == "left" and dice.random() < 0.4 else x0
    low = _mark(desk, mark, y, "right" if mark == x1 else "left", seller)
    if where == "left":
        top = low + desk.em * 0.5 if mark == x0 else y
        low = max(low, _firm(desk, x0, top, middle - desk.em, seller, address, taken, dice.choice((0, 0, 2))))
    elif where == "right":
        left = x0 + (x1 - x0) * dice.uniform(0.6, 0.74)
        side = _firm(desk, left, y, x1, seller, address, taken, dice.choice((2, 4, 5)))
        return max(side, _title(desk, x0, low + desk.em * 0.5, left - desk.em, "left", taken, day))
    right = mark == x0 and dice.random() < 0.6
    if right:
        low = max(low, _title(desk, middle, y, x1, "right", taken, day))
    else:
        align = dice.choice(("left", "left", "centre"))
        low = _title(desk, x0, low + desk.em * dice.uniform(0.5, 2), x1, align, taken, day)
    if where == "label":
        low = _sold_by(desk, x0, low + desk.em * 0.4, x1, seller, address)
    return low


def _known_by_mark(
    desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str], taken: set[str], day: Day
) -> float:
    """The mark is the name; its address stands below it without one, or nowhere."""
    dice = desk.dice
    half = (x1 - x0) * dice.uniform(0.42, 0.55)
    align = dice.choice(("left", "left", "right"))
    at = x0 if align == "left" else x1
    low = y
    if dice.random() < 0.4:
        size = desk.em * dice.uniform(2, 4)
        if dice.random() < 0.5:  # a sign above the word, or at the other side of it
            logo(desk, at if align == "left" else at - size, y, size)
            low = y + size + desk.em * 0.4
        else:
            logo(desk, x1 - size if align == "left" else x0, y, size)
    name, low = set_mark(desk, at, low, half - desk.em, seller, align)
    rest: list[Line] = []
    if dice.random() < 0.75:
        style = desk.style(dice.choice((0.78, 0.9, 1)), ink=min(desk.ink + dice.choice((0, 60)), 140))
        texts = [p for a in address for p in desk.wrap(a, style, half - desk.em)]
        rest, low = desk.lines(at, low + desk.em * dice.uniform(0.2, 1), texts, style, align)
        desk.canvas.paragraph(rest)
    note_seller(desk, name, rest)
    if align == "left" and dice.random() < 0.6:
        return max(low, _title(desk, x0 + half, y, x1, "right", taken, day))
    return _title(
        desk,
        x0,
        low + desk.em * dice.uniform(0.5, 2),
        x1,
        dice.choice(("left", "left", "centre")),
        taken,
        day,
    )


def _mark(desk: Desk, x: float, y: float, align: str, seller: str) -> float:
    """A brand: a sign, a word of the firm's name or of its own, in another cut, or nothing."""
    dice = desk.dice
    shape = dice.choice(("sign", "word", "word", "both", "none"))
    if shape == "none":
        return y
    size = desk.em * dice.uniform(2, 4)
    if shape in ("sign", "both"):
        logo(desk, x - size if align == "right" else x, y, size)
        y += size + desk.em * 0.3
    if shape in ("word", "both"):
        word = seller.split()[0] if dice.random() < 0.7 else desk.world.names.proper(dice)
        word = dice.choice((word, word.lower(), word.upper()))
        style = desk.style(
            dice.uniform(1.6, 3), dice.choice(("bold", "italic", "regular")), dice.randint(0, 120)
        )
        y = desk.heading(x - (0 if align == "left" else desk.em * 14), y, desk.em * 14, word, style, 2, align)
    return y


def _firm(
    desk: Desk, x: float, y: float, x1: float, seller: str, address: list[str], taken: set[str], details: int
) -> float:
    """The firm with its address, and numbers of its own below it."""
    dice = desk.dice
    style = desk.style(dice.choice((0.78, 0.9, 1)))
    name_style = replace(style, face=desk.bold) if dice.random() < 0.6 else style
    first, y = desk.lines(x, y, desk.wrap(seller, name_style, x1 - x), name_style)
    rest, y = desk.lines(x, y, [p for a in address for p in desk.wrap(a, style, x1 - x)], style)
    desk.canvas.paragraph(first + rest)
    note_seller(desk, first, rest)
    if details:
        entries = items(desk, dice.sample(_FIRM, details), taken)
        y = set_pairs(
            desk, x, y + desk.em * dice.uniform(0, 1), x1 - x, entries, arrange="inline", bottom=desk.height * 0.45,
            label=style, value=style, colon=dice.choice((":", "", "")),
        )  # fmt: skip
    return y


def _sold_by(desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str]) -> float:
    """``Sold by: firm`` with the address in one line or several, or all of it below the label."""
    dice = desk.dice
    strong, weak = (
        desk.style(dice.uniform(1, 1.25), "bold"),
        desk.style(dice.choice((0.75, 0.9, 1)), dice.choice(("italic", "regular"))),
    )
    label = dice.choice(_SOLD_BY[desk.language].split(";"))
    head = desk.put(x0, y + strong.top, label + dice.choice((":", " :", "")), strong)
    name_style = dice.choice((strong, replace(strong, face=desk.regular)))
    beside = dice.random() < 0.6 and head.x1 + strong.width("  " + seller) < x1
    if not beside:
        y += desk.pitch(strong)
    name = desk.put(head.x1 + strong.width(" ") if beside else x0, y + strong.top, seller, name_style)
    y += desk.pitch(strong)
    texts = [", ".join(address)] if dice.random() < 0.5 else address
    rest, y = desk.lines(x0, y, [p for a in texts for p in desk.wrap(a, weak, x1 - x0)], weak)
    lines: list[Line] = [[head, name]] if beside else [[head], [name]]
    desk.canvas.paragraph(lines + rest)
    desk.note(label, "seller", [name], "company")
    desk.note("", "seller address", [line[0] for line in rest], "address", " " if len(texts) == 1 else ", ")
    return y


def _title(desk: Desk, x0: float, y: float, x1: float, align: str, taken: set[str], day: Day) -> float:
    """The title, with the number behind or below it, and now and then the date."""
    dice = desk.dice
    style = desk.style(dice.uniform(1.2, 2.4), dice.choice(("bold", "bold", "regular")), dice.randint(0, 90))
    title = desk.fit(dice.choice(_TITLES[desk.language].split(";")), style, x1 - x0)
    x = {"left": x0, "right": x1, "centre": (x0 + x1) / 2}[align]
    shape = dice.choice(("alone", "alone", "behind", "below", "dated"))
    number = values.identifier(dice)
    if shape == "below":
        y = desk.heading(x0, y, x1 - x0, title, style, 1, align)
        weak = desk.style(dice.uniform(0.9, 1.2), ink=min(desk.ink + dice.choice((0, 60)), 140))
        sign = dice.choice(("#", "#", JOINTS[desk.language][0]))
        space = 0.0 if sign == "#" else weak.width(" ")
        wide = weak.width(sign) + space + weak.width(number)
        left = x - (wide if align == "right" else wide / 2 if align == "centre" else 0)
        first = desk.put(left, y + weak.top, sign, weak)
        run = desk.put(first.x1 + space, y + weak.top, number, weak)
        desk.canvas.paragraph([[first, run]])
        y = _noted(desk, [run], [], taken, y + desk.pitch(weak))
        if not space:  # transcribed as one word: "# 12" would be a heading
            first.text, run.text = first.text + run.text, ""
        return y
    texts = {"alone": [title], "behind": [title, number]}.get(
        shape,
        [f"{title} {JOINTS[desk.language][0]}", number, JOINTS[desk.language][1], desk.calendar.show(*day)],
    )
    space = style.width(" ")
    wide = sum(map(style.width, texts)) + space * (len(texts) - 1)
    if wide > x1 - x0:
        texts, wide = [title], style.width(title)
    left = x - (wide if align == "right" else wide / 2 if align == "centre" else 0)
    line: Line = []
    for text in texts:
        line.append(desk.put(line[-1].x1 + space if line else left, y + style.top, text, style))
    desk.canvas.heading([line], 1)
    y += desk.pitch(style, 1.2)
    if len(line) == 1 and dice.random() < 0.12:  # a slogan
        weak = desk.style(ink=min(desk.ink + 60, 140))
        y = desk.paragraph(
            x0, y, x1 - x0, desk.fit(running_text(desk, 15, 40), weak, x1 - x0), weak, align=align
        )
    dated = line[3:4]
    if len(line) == 2 and align == "left" and dice.random() < 0.4:  # the day below it, without a label
        weak = desk.style(dice.uniform(0.9, 1.2))
        below, y = desk.lines(left, y, [desk.calendar.show(*day)], weak)
        desk.canvas.paragraph(below)
        dated = below[0]
    return _noted(desk, line[1:2], dated, taken, y)


def _noted(desk: Desk, number: list[Run], date: list[Run], taken: set[str], y: float) -> float:
    for name, runs, kind in (("invoice number", number, "id"), ("invoice date", date, "date")):
        if runs:
            desk.note("", name, runs, kind)
            taken.add(name)
    return y


def small_print(
    desk: Desk, x0: float, y: float, x1: float, where: str, seller: str, address: list[str], taken: set[str]
) -> None:
    """The firm in small print: a sentence of numbers, or columns; here alone where nothing else names it."""
    dice = desk.dice
    style = desk.style(dice.choice((0.65, 0.75, 0.85, 1)))
    room = desk.height - desk.em * 1.5
    if y + 3 * desk.pitch(style) > room:
        return
    if dice.random() < 0.5:
        desk.canvas.rule(x0, y - desk.em * 0.4, x1, y - desk.em * 0.4, desk.line_ink)
    entries = items(desk, [n for n in _FIRM if dice.random() < 0.5], taken)
    if dice.random() < 0.5:
        _legal(desk, x0, y, x1, room, style, seller, address, entries, note=where == "foot")
        return
    half = (x1 - x0) / 2
    if where == "foot":
        label = dice.choice(_SOLD_BY[desk.language].split(";")) if dice.random() < 0.4 else ""
        heads, y1 = desk.lines(x0, y, [label + ":"] if label else [], style)
        name, y1 = desk.lines(x0, y1, [desk.fit(seller, style, half - desk.em)], style)
        texts = [desk.fit(a, style, half - desk.em) for a in address]
        rest, _ = desk.lines(x0, y1, texts[: max(0, int((room - y1) / desk.pitch(style)))], style)
        desk.canvas.paragraph(heads + name + rest)
        note_seller(desk, name, rest, label)
    left = x0 + half if where == "foot" else x0
    set_pairs(
        desk,
        left,
        y,
        x1 - left,
        entries,
        arrange=dice.choice(("inline", "column")),
        bottom=room,
        label=style,
        value=style,
    )


def _legal(
    desk: Desk,
    x0: float,
    y: float,
    x1: float,
    bottom: float,
    style: Style,
    seller: str,
    address: list[str],
    entries: list[Item],
    *,
    note: bool,
) -> None:
    """``Firm - address - VAT number …``: every piece a run of its own, so that it can be pointed at."""
    dice = desk.dice
    joint = dice.choice((" - ", " | ", ", ", " "))
    if any(ord(sign) in desk.regular.replace for sign in joint.strip()):
        joint = ", "
    pieces: list[tuple[str, Item | None, bool]] = [(seller, None, True), (", ".join(address), None, False)]
    pieces += [(" ".join(e.values), e, False) for e in entries]
    block: list[Line] = [[]]
    left = x0
    for number, (text, entry, is_name) in enumerate(pieces):
        head = f"{entry.label}{dice.choice((':', ''))} " if entry else ""
        tail = joint.rstrip() if number < len(pieces) - 1 and joint.strip() else ""
        wide = style.width(head + text + tail)
        if wide > x1 - x0:
            continue
        if left + wide > x1:
            if y + 2 * desk.pitch(style) > bottom:
                break
            y += desk.pitch(style)
            block.append([])
            left = x0
        runs = []
        for part in filter(None, (head.strip(), text)):
            runs.append(desk.put(left, y + style.top, part, style))
            left = runs[-1].x1 + style.width(" ")
        if tail:
            sign = desk.put(left - (style.width(" ") if tail == "," else 0), y + style.top, tail, style)
            block[-1] += [*runs, sign]
            left = sign.x1 + style.width(" ")
        else:
            block[-1] += runs
        if entry:
            desk.note(entry.label, entry.key, runs[-1:], entry.type)
        elif note:
            desk.note(
                "", "seller" if is_name else "seller address", runs[-1:], "company" if is_name else "address"
            )
    desk.canvas.paragraph([line for line in block if line])
