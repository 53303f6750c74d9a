# ruff: noqa: E501 (tables of words and formats)
"""Invoices as business letters: the buyer stands in the window of the envelope, under a small line with the sender.

Such a page (DIN 5008 in Germany, much the same elsewhere) names neither seller nor buyer by a label. The seller
is whoever's paper it is: the letterhead, a column of small print at the side, or nothing but the line over the
window and the foot. Dates may stand after a town, the sum in a sentence or in a row of sums at the foot.
"""

from . import values
from .addressee import Addressee, addressee, set_addressee
from .bill import Bill, make_bill, set_items, set_totals
from .canvas import Line
from .contracts import Piece, set_pieces
from .desk import Desk
from .labels import INVOICE_META
from .pairs import item, items, set_across, set_pairs
from .prose import logo, margins, page_number, running_text
from .tables import random_look

_TITLES = {
    "en": "Invoice;Invoice no.;Your order;Bill;Invoice for your order;Fee note", "de": "Rechnung;Rechnung Nr.;Ihre Bestellung;Ihr Auftrag;Honorarrechnung;Liquidation;Abrechnung",
    "fr": "Facture;Facture n°;Votre commande;Note d'honoraires", "es": "Factura;Factura n.º;Su pedido;Minuta", "it": "Fattura;Fattura n.;Il Suo ordine;Parcella",
    "nl": "Factuur;Factuur nr.;Uw bestelling;Declaratie", "pt": "Fatura;Fatura n.º;A sua encomenda;Nota de honorários",
}  # fmt: skip
GREETING = {
    "en": "Dear Sir or Madam,;Dear customer,;Hello,", "de": "Sehr geehrte Damen und Herren,;Guten Tag,;Sehr geehrter Kunde,", "fr": "Madame, Monsieur,;Bonjour,",
    "es": "Estimados señores:;Estimado cliente:", "it": "Gentile cliente,;Spettabile ditta,", "nl": "Geachte heer, mevrouw,;Beste klant,", "pt": "Exmos. Senhores,;Caro cliente,",
}  # fmt: skip
# what is to be paid in a sentence; {a} the sum, {d} the last day
_PAY = {
    "en": ("Please remit {a} by {d}.", "The total of {a} is payable until {d}.", "Please transfer {a} to our account by {d}."),
    "de": ("Bitte überweisen Sie den Gesamtbetrag von {a} bis zum {d}.", "Wir bitten um Zahlung von {a} bis {d}.", "Der Rechnungsbetrag von {a} ist bis zum {d} fällig."),
    "fr": ("Merci de régler la somme de {a} avant le {d}.", "Le montant total de {a} est à payer pour le {d}."),
    "es": ("Rogamos abonen el importe de {a} antes del {d}.", "El total de {a} vence el {d}."),
    "it": ("Vi preghiamo di versare {a} entro il {d}.", "Il totale di {a} è da pagare entro il {d}."),
    "nl": ("Gelieve {a} te voldoen voor {d}.", "Het totaalbedrag van {a} ontvangen wij graag voor {d}."),
    "pt": ("Agradecemos o pagamento de {a} até {d}.", "O total de {a} vence a {d}."),
}  # fmt: skip
Day = tuple[int, int, int]
_CONTACTS = ("phone", "fax", "email", "website", "VAT number", "company registration")
_BANK = ("bank", "IBAN", "BIC")
_SUMS = ("subtotal", "discount", "shipping", "tax", "total")


def window_letter(desk: Desk) -> None:
    """Letterhead, sender's line, window, numbers, title, goods, sums, foot."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = {"seller", "buyer"}
    seller = names.company(dice, language) if dice.random() < 0.85 else names.person(dice, language)
    address = names.address(dice, language)
    head = dice.choices(("side", "top", "name", "none", "facing"), (30, 24, 20, 14, 12))[0]
    day = values.any_day(dice)
    due = values.later(day, dice.choice((10, 14, 30)))
    is_titled = head == "facing" and dice.random() < 0.5
    if is_titled:
        y = _dated_title(desk, x0, y, x1, day, taken)
    y, low = _letterhead(desk, x0, y, x1, head, seller, address, taken)
    y += desk.em * dice.uniform(0, 3)
    split = x0 + (x1 - x0) * dice.uniform(0.5, 0.6)
    if head == "facing":
        low = _opposite(desk, split, y, x1, seller, address)
    else:
        y = _sender(desk, x0, y, split - desk.em, seller, address, note=not desk.knows("seller"))
    y = _addressee(desk, x0, y, split - desk.em)
    beside = _numbers(
        desk, split, max(low + desk.em, y - desk.em * dice.uniform(3, 8)), x1, bottom, day, due, taken
    )
    y = max(y, beside) + desk.em * dice.uniform(1, 3)
    if not is_titled:
        y = _title(desk, x0, y, x1, taken)
    if dice.random() < 0.45:
        greeting = dice.choice(GREETING[language].split(";"))
        y = desk.paragraph(x0, y, x1 - x0, greeting, desk.style()) + desk.em * 0.6
        y = (
            desk.paragraph(x0, y, x1 - x0, running_text(desk, 40, 200), desk.style(), bottom=bottom * 0.6)
            + desk.em
        )
    foot = bottom - desk.em * dice.uniform(5, 7)
    bill = make_bill(desk, dice.choice((1, 1, 2, 3, 4, 6, 9)))
    y = set_items(desk, bill, x0, y, x1, foot - desk.em * 8) + desk.em * dice.uniform(0.3, 1)
    y = _money(desk, bill, due, x0, y, x1, foot, taken)
    _foot(desk, x0, max(y + desk.em, foot), x1, seller, address, taken)
    if dice.random() < 0.2:
        page_number(desk, x0, x1, desk.height - desk.em)


def _letterhead(
    desk: Desk, x0: float, y: float, x1: float, head: str, seller: str, address: list[str], taken: set[str]
) -> tuple[float, float]:
    """y where the window may begin at the left, and where its right is free."""
    dice = desk.dice
    size = desk.em * dice.uniform(2.5, 5)
    if head in ("none", "facing"):
        if dice.random() < 0.5:
            logo(desk, dice.choice((x0, x1 - size)), y, size)
            y += size + desk.em
        else:
            y += desk.em * dice.uniform(2, 5)
        return y, y
    strong = desk.style(dice.uniform(1.1, 2.4), dice.choice(("bold", "bold", "regular", "italic")))
    if head == "side":
        weak = desk.style(dice.uniform(0.65, 0.9), ink=min(desk.ink + dice.choice((0, 40, 80)), 150))
        left = x0 + (x1 - x0) * dice.uniform(0.66, 0.74)
        if dice.random() < 0.6:
            logo(desk, left, y, size)
        y1 = y + (size + desk.em * 0.6 if dice.random() < 0.8 else 0)
        name_style = desk.style(dice.uniform(0.75, 1.1), "bold")
        first, y1 = desk.lines(left, y1, desk.wrap(seller, name_style, x1 - left), name_style)
        second, y1 = desk.lines(left, y1, [p for a in address for p in desk.wrap(a, weak, x1 - left)], weak)
        desk.canvas.paragraph(first + second)
        note_seller(desk, first, second)
        entries = items(desk, dice.sample(_CONTACTS, dice.randint(1, 5)), taken)
        y1 = set_pairs(
            desk, left, y1 + desk.em * 0.3, x1 - left, entries, arrange="inline", bottom=desk.height * 0.4,
            label=weak, value=weak, colon=dice.choice((":", "")), leading=1.3,
        )  # fmt: skip
        return y + desk.em * dice.uniform(5, 8), y1
    align = dice.choice(("left", "centre", "right"))
    at = {"right": x1, "centre": (x0 + x1) / 2}.get(align, x0)
    first, y1 = desk.lines(at, y, desk.wrap(seller, strong, (x1 - x0) * 0.7), strong, align, 1.2)
    below: list[Line] = []
    if head == "top":
        weak = desk.style(dice.uniform(0.75, 1.0))
        joined = [dice.choice((" · ", " | ", ", ")).join(address)] if dice.random() < 0.5 else address
        below, y1 = desk.lines(
            at, y1, [p for a in joined for p in desk.wrap(a, weak, (x1 - x0) * 0.7)], weak, align
        )
        note_seller(desk, first, below)
    else:
        note_seller(desk, first, [])
    desk.canvas.paragraph(first + below)
    if dice.random() < 0.4:
        desk.canvas.rule(
            x0, y1 + desk.em * 0.3, x1, y1 + desk.em * 0.3, desk.line_ink, dice.choice((0.6, 1, 2))
        )
    y1 += desk.em * dice.uniform(1, 3)
    return y1, y1


def _opposite(desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str]) -> float:
    """The seller at the right, as high as the buyer at the left: nothing but the place tells the two apart."""
    dice, style = desk.dice, desk.style()
    strong = desk.style(weight="bold") if dice.random() < 0.3 else style
    at, align = (x1, "right") if dice.random() < 0.6 else (x0 + desk.em, "left")
    first, _, rest, y = set_addressee(
        desk, at, y, x1 - x0 - desk.em, Addressee((seller,)), address, strong, style, align=align
    )
    desk.canvas.paragraph(first + rest)
    note_seller(desk, first, rest)
    return y


def _dated_title(desk: Desk, x0: float, y: float, x1: float, day: Day, taken: set[str]) -> float:
    """Title and number above everything, the day in a line of its own below them."""
    y = _title(desk, x0, y, x1, taken)
    style = desk.style()
    run = desk.put(x0, y + style.top, desk.calendar.show(*day), style)
    desk.canvas.paragraph([[run]])
    desk.note("", "invoice date", [run], "date")
    taken.add("invoice date")
    return y + desk.pitch(style) + desk.em * 0.5


def note_seller(desk: Desk, name: list[Line], address: list[Line], label: str = "") -> None:
    """Remembers a firm and, where it is printed, its address, each in one or several lines."""
    desk.note(label, "seller", [line[0] for line in name], "company")
    if address:
        desk.note("", "seller address", [line[0] for line in address], "address", ", ")


def _sender(
    desk: Desk, x: float, y: float, x1: float, seller: str, address: list[str], *, note: bool
) -> float:
    """The small line over the window; left out now and then where the letterhead names the seller."""
    dice = desk.dice
    if not note and dice.random() < 0.25:
        return y
    style = desk.style(dice.uniform(0.62, 0.8), ink=min(desk.ink + dice.choice((0, 0, 50)), 140))
    joint = dice.choice((" · ", " • ", " - ", ", ", " | ", " – ", "  "))
    if any(ord(sign) in desk.regular.replace for sign in joint.strip()):
        joint = ", "
    if style.width(joint.join([seller, *address])) > x1 - x:
        address = address[:1] if dice.random() < 0.5 else address[-1:]
    texts = [seller, joint.strip(), joint.join(address)]
    if style.width(" ".join(texts)) > x1 - x:
        texts = texts[:1]
    line: Line = []
    for text in filter(None, texts):
        left = line[-1].x1 + style.width(" " if joint.strip() else joint) if line else x
        line.append(desk.put(left, y + style.top, text, style))
    desk.canvas.paragraph([line])
    if note:
        desk.note("", "seller", line[:1], "company")
    if len(line) > 1 and not desk.knows("seller address"):
        desk.note("", "seller address", line[-1:], "address")
    if dice.random() < 0.5:
        under = y + style.top + style.bottom + 1
        desk.canvas.rule(x, under, line[-1].x1, under, desk.line_ink, 0.6)
    return y + desk.pitch(style) + desk.em * dice.uniform(0.3, 1.2)


def _addressee(desk: Desk, x: float, y: float, x1: float) -> float:
    dice, names, language = desk.dice, desk.world.names, desk.language
    style = desk.style()
    who = addressee(desk)
    gap = desk.em if dice.random() < 0.2 else 0.0
    where = names.address(dice, language)
    name, extra, rest, y = set_addressee(desk, x, y, x1 - x, who, where, style, style, gap)
    desk.canvas.paragraph(name + extra + rest)
    desk.note("", "buyer", [line[0] for line in name], "company")
    desk.note("", "buyer address", [line[0] for line in rest], "address", ", ")
    return y


def _numbers(
    desk: Desk, x: float, y: float, x1: float, bottom: float, day: Day, due: Day, taken: set[str]
) -> float:
    """Numbers and dates beside the window; sometimes only a town and the date."""
    dice = desk.dice
    style = desk.style(dice.choice((0.85, 1)))
    if dice.random() < 0.25 and "invoice date" not in taken:
        town = desk.world.names.city(dice, desk.language) + ("," if dice.random() < 0.8 else "")
        shown = desk.calendar.show(*day)
        space = style.width(" ")
        right = dice.random() < 0.5
        left = x1 - style.width(town) - space - style.width(shown) if right else x
        first = desk.put(left, y + style.top, town, style)
        second = desk.put(first.x1 + space, y + style.top, shown, style)
        desk.canvas.paragraph([[first, second]])
        desk.note("", "invoice date", [second], "date")
        taken.add("invoice date")
        return y + desk.pitch(style)
    names = dice.sample(INVOICE_META[2:], dice.randint(0, 4))
    names = ["invoice date", *(["invoice number"] if dice.random() < 0.5 else []), *names]
    dice.shuffle(names)
    dates = {
        "invoice date": day, "due date": due,
        "delivery date": values.later(day, -dice.randint(0, 20)), "order date": values.later(day, -dice.randint(1, 40)),
    }  # fmt: skip
    entries = [item(desk, n, taken, *([desk.calendar.show(*dates[n])] if n in dates else [])) for n in names]
    return set_pairs(
        desk, x, y, x1 - x, [e for e in entries if e], arrange=dice.choice(("inline", "column", "column", "ends")),
        bottom=bottom, label=style, value=style, colon=dice.choice((":", ":", "")),
    )  # fmt: skip


def _title(desk: Desk, x0: float, y: float, x1: float, taken: set[str]) -> float:
    """Title with the number, where that is not printed beside the window."""
    dice = desk.dice
    style = desk.style(dice.uniform(1.0, 1.7), "bold")
    words = desk.fit(dice.choice(_TITLES[desk.language].split(";")), style, (x1 - x0) * 0.6)
    line: Line = [desk.put(x0, y + style.top, words, style)]
    if "invoice number" not in taken:
        number = values.identifier(dice)
        if line[0].x1 + style.width(" " + number) < x1:
            line.append(desk.put(line[0].x1 + style.width(" "), y + style.top, number, style))
            desk.note("", "invoice number", [line[1]], "id")
            taken.add("invoice number")
    desk.canvas.heading([line], 1)
    return y + desk.pitch(style) + desk.em * dice.uniform(0.5, 1.2)


def _money(
    desk: Desk,
    bill: Bill,
    due: Day,
    x0: float,
    y: float,
    x1: float,
    foot: float,
    taken: set[str],
) -> float:
    """Sums: a block at the side, a row of sums in a table, or nothing but the sentence that asks for them."""
    dice = desk.dice
    shape = dice.choices(("block", "row", "sentence"), (45, 35, 20))[0]
    if shape == "row":
        return _row_of_sums(desk, bill, x0, y, x1, foot, taken)
    if shape == "block":
        return set_totals(desk, bill, x0, y, x1, foot, taken)
    return _sentence(desk, bill.gross, due, x0, y + desk.em, x1, foot, taken)


def _row_of_sums(
    desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float, taken: set[str]
) -> float:
    dice = desk.dice
    charges = {"discount": -round(bill.net * 0.03), "shipping": dice.randint(300, 4000)}
    used = [n for n in _SUMS if n not in charges or dice.random() < 0.4]
    if not bill.rate:
        used = [n for n in used if n != "tax"]
    gross = bill.gross + sum(charges[n] for n in used if n in charges)
    cents = {"subtotal": bill.net, "tax": bill.tax, "total": gross, **charges}
    full = dice.random() < 0.3
    entries = [e for e in (item(desk, n, taken, desk.amount(cents[n], full)) for n in used) if e]
    if len(entries) < 2:
        return y
    return set_across(
        desk, x0, y, x1 - x0, entries, align=dice.choice(("right", "right", "left", "centre")),
        style=desk.style(dice.choice((0.85, 1))), look=random_look(desk), bottom=bottom, stretch=dice.random() < 0.8,
    )  # fmt: skip


def _sentence(
    desk: Desk, cents: int, due: Day, x0: float, y: float, x1: float, bottom: float, taken: set[str]
) -> float:
    """``Please remit … by …``: the amount and the day are runs of their own, so that they can be pointed at."""
    dice = desk.dice
    style = desk.style(weight=dice.choice(("regular", "bold")))
    if y + 3 * desk.pitch(style) > bottom:
        return y
    amount, until = desk.amount(cents, full=True), desk.calendar.show(*due)
    before, _, rest = dice.choice(_PAY[desk.language]).partition("{a}")
    middle, _, after = rest.partition("{d}")
    pieces = [
        Piece(before, style),
        Piece(amount, style, "" if "total" in taken else "total", "amount"),
        Piece(middle, style),
        Piece(until, style, "" if "due date" in taken else "due date", "date"),
        Piece(after, style),
    ]
    return set_pieces(desk, x0, y, x1 - x0, pieces, bottom=bottom)


def _foot(
    desk: Desk, x0: float, y: float, x1: float, seller: str, address: list[str], taken: set[str]
) -> None:
    """Columns of small print: the seller again, the bank, the register."""
    dice = desk.dice
    style = desk.style(dice.uniform(0.65, 0.85), ink=min(desk.ink + dice.choice((0, 40, 80)), 150))
    if y + 3 * desk.pitch(style) > desk.height:
        return
    if dice.random() < 0.6:
        desk.canvas.rule(x0, y - desk.em * 0.4, x1, y - desk.em * 0.4, desk.line_ink, 0.6)
    wide = (x1 - x0) / 3
    texts = [desk.fit(text, style, wide - desk.em) for text in (seller, *address)]
    if dice.random() < 0.7:
        room = int((desk.height - y) / desk.pitch(style, 1.15)) - 1
        block, _ = desk.lines(x0, y, texts[: max(room, 0)], style, leading=1.15)
        desk.canvas.paragraph(block)
        if len(block) == len(texts) and not desk.knows("seller address"):
            desk.note("", "seller address", [row[0] for row in block[1:]], "address", ", ")
    for column, pool in enumerate((_BANK, _CONTACTS), 1):
        entries = items(desk, [name for name in pool if dice.random() < 0.6], taken)
        set_pairs(
            desk, x0 + column * wide, y, wide - desk.em * 0.5, entries, arrange="inline", bottom=desk.height - 3,
            label=style, value=style, leading=1.15,
        )  # fmt: skip
