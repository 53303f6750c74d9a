# ruff: noqa: E501 (tables of words)
"""Invoices whose head is put together from blocks that stand anywhere: as templates of billing programs have it.

Mark, title, seller, buyer, place of delivery, numbers and further contacts fill a grid of two or three columns in any
order. Labels and titles may be far larger than what they name, and names that are neither seller nor buyer stand
between the two: whoever delivers, whom to call, where the goods go.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import values
from .addressee import Addressee, addressee, in_lines, set_addressee
from .bill import make_bill, set_items, set_totals
from .brand import brand, set_mark
from .canvas import Line, Style
from .desk import Desk
from .labels import INVOICE_META
from .merchant import Day
from .pairs import Item, item, items, set_across, set_pairs
from .prose import logo, margins, page_number, running_text
from .tables import random_look
from .window import note_seller

_TITLES = {
    "en": "invoice;Invoice;INVOICE;Tax Invoice;Bill;Statement;Sales invoice;Credit memo;Receipt", "de": "Rechnung;RECHNUNG;rechnung;Abrechnung;Gutschrift", "fr": "Facture;FACTURE;facture;Note;Avoir",
    "es": "Factura;FACTURA;factura;Cuenta", "it": "Fattura;FATTURA;fattura;Parcella", "nl": "Factuur;FACTUUR;factuur;Nota", "pt": "Fatura;FATURA;fatura;Recibo",
}  # fmt: skip
# over the seller, the buyer, the place of delivery, and somebody to call
_OVER = {
    "en": ("From;FROM;Our details;Company;Billed by;Supplier", "Bill to;BILL TO;To;TO;Invoice for;Client;Customer;Sold to", "Ship to;SHIP TO;Deliver to;Job site;Project site", "Sales contact;Contact;Prepared by;Your adviser;Questions?"),
    "de": ("Von;VON;Absender;Rechnungssteller;Anbieter", "An;AN;Rechnung an;Kunde;Rechnungsempfänger", "Lieferung an;Lieferadresse;Einsatzort", "Ansprechpartner;Ihr Kontakt;Bearbeiter;Fragen?"),
    "fr": ("De;DE;Émetteur;Prestataire;Fournisseur", "À;Facturé à;Client;Adressé à;Destinataire", "Livré à;Livraison;Lieu d'intervention", "Contact;Votre conseiller;Suivi par"),
    "es": ("De;Emisor;Proveedor;Datos fiscales", "Para;Cliente;Facturar a;Destinatario", "Enviar a;Lugar de entrega", "Contacto;Su asesor;Preparado por"),
    "it": ("Da;Mittente;Emittente;Fornitore", "A;Cliente;Spett.le;Destinatario", "Spedire a;Luogo di consegna", "Contatto;Referente;Preparato da"),
    "nl": ("Van;VAN;Afzender;Leverancier", "Aan;AAN;Klant;Factuur aan", "Leveren aan;Werkadres", "Contactpersoon;Uw adviseur;Opgesteld door"),
    "pt": ("De;Emitente;Fornecedor;Prestador", "Para;Cliente;Faturar a;Destinatário", "Enviar para;Local da obra", "Contacto;O seu gestor;Preparado por"),
}  # fmt: skip
_WAYS = ("mark", "block", "block", "block", "both", "both", "foot")
_FOOT = ("bank", "IBAN", "BIC", "VAT number", "company registration", "phone", "email", "website")
_Set = Callable[["_Cell"], float]


@dataclass(frozen=True)
class _Cell:
    """Where a block stands, in pixels; ``align`` is the edge its lines share."""

    x0: float
    y: float
    x1: float
    align: str

    @property
    def at(self) -> float:
        return {"left": self.x0, "right": self.x1}.get(self.align, (self.x0 + self.x1) / 2)


class _Head:
    """What the blocks of one page share: who sells, which labels are set how, what has been named."""

    def __init__(self, desk: Desk) -> None:
        dice, names, language = desk.dice, desk.world.names, desk.language
        self.desk, self.taken = desk, {"seller", "buyer", "delivery address"}
        self.way = dice.choice(_WAYS)  # how the page says who sells
        firm = names.company(dice, language) if dice.random() < 0.75 else names.person(dice, language)
        self.seller = brand(desk) if self.way == "mark" else firm
        self.address = names.address(dice, language)
        self.label = desk.style(
            dice.choice((0.75, 0.9, 1, 1.2, 1.5)), dice.choice(("bold", "bold", "regular")), min(desk.ink + dice.choice((0, 0, 60)), 140)
        )  # fmt: skip
        self.colon = dice.choice((":", "", ""))
        self.labelled = dice.random() < 0.6
        self.rows_boxed = dice.random() < 0.12
        self.day = values.any_day(dice)

    def mark(self, cell: _Cell) -> float:
        """A sign, a word in a cut of its own, or both. The word is the seller where nothing else names it."""
        desk, dice = self.desk, self.desk.dice
        size, y = desk.em * dice.uniform(2, 4.5), cell.y
        named = self.way == "mark"
        if dice.random() < (0.5 if named else 0.7) and cell.x1 - cell.x0 > size:
            left = {"left": cell.x0, "right": cell.x1 - size}.get(cell.align, cell.at - size / 2)
            logo(desk, left, y, size)
            y += size + desk.em * 0.4
            if not named and dice.random() < 0.5:
                return y
        word = self.seller if named else self.seller.split()[0]
        if not named and self.labelled and dice.random() < 0.25:
            word = brand(desk)
        lines, y = set_mark(desk, cell.at, y, cell.x1 - cell.x0, word, cell.align)
        if named:
            note_seller(desk, lines, [])
        if dice.random() < 0.3:
            weak = desk.style(dice.choice((0.7, 0.85)), dice.choice(("italic", "regular")))
            text = desk.fit(running_text(desk, 12, 40), weak, cell.x1 - cell.x0)
            below, y = desk.lines(cell.at, y, [text], weak, cell.align)
            desk.canvas.paragraph(below)
        return y

    def title(self, cell: _Cell) -> float:
        """Far larger than the rest as often as not; the number and the day may be part of it."""
        desk, dice, wide = self.desk, self.desk.dice, cell.x1 - cell.x0
        style = desk.style(
            dice.choice((1.2, 1.6, 2, 2.5, 3, 4)),
            dice.choice(("bold", "regular", "regular")),
            dice.randint(0, 120),
        )
        words = dice.choice(_TITLES[desk.language].split(";"))
        while style.width(words) > wide and style.size > desk.em:
            style = Style(style.face, style.size * 0.85, style.ink, style.spacing)
        line: Line = [desk.put(cell.at, cell.y + style.top, desk.fit(words, style, wide), style, cell.align)]
        y = cell.y + desk.pitch(style)
        number = dice.choice(("", "#", "Nr. ", "No. ")) + values.identifier(dice)
        run = None
        if dice.random() < 0.3 and "invoice number" not in self.taken:
            if cell.align == "left" and line[0].x1 + style.width(" " + number) < cell.x1:
                run = desk.put(line[0].x1 + style.width(" "), line[0].bottom - style.bottom, number, style)
                line.append(run)
        desk.canvas.heading([line], 1)
        weak = desk.style(dice.choice((1, 1.2)))
        fits = "invoice number" not in self.taken and weak.width(number) < wide
        if run is None and fits and dice.random() < 0.2:
            block, y = desk.lines(cell.at, y, [number], weak, cell.align)
            run = block[0][0]
            desk.canvas.paragraph(block)
        if run is not None:
            desk.note("", "invoice number", [run], "id")
            self.taken.add("invoice number")
        if "invoice date" not in self.taken and dice.random() < 0.2:
            block, y = desk.lines(cell.at, y, [desk.calendar.show(*self.day)], weak, cell.align)
            desk.canvas.paragraph(block)
            desk.note("", "invoice date", block[0], "date")
            self.taken.add("invoice date")
        return y

    def who_sells(self, cell: _Cell) -> float:
        return self._party(
            cell, 0, Addressee(in_lines(self.desk, self.seller)), self.address, "seller", "seller address"
        )

    def who_pays(self, cell: _Cell) -> float:
        where = self.desk.world.names.address(self.desk.dice, self.desk.language)
        return self._party(cell, 1, addressee(self.desk, 0.55), where, "buyer", "buyer address")

    def goes_to(self, cell: _Cell) -> float:
        where = self.desk.world.names.address(self.desk.dice, self.desk.language)
        return self._party(cell, 2, addressee(self.desk, 0.4), where, "recipient", "delivery address")

    def to_call(self, cell: _Cell) -> float:
        """A person with a telephone, who is neither seller nor buyer."""
        desk, names = self.desk, self.desk.world.names
        return self._party(
            cell, 3, Addressee((names.person(desk.dice, desk.language),)), [], "contact person", ""
        )

    def _party(
        self, cell: _Cell, over: int, who: Addressee, where: list[str], key: str, key_of_place: str
    ) -> float:
        desk, dice, wide = self.desk, self.desk.dice, cell.x1 - cell.x0
        style = desk.style(dice.choice((0.85, 1, 1)))
        name_style = desk.style(
            style.size / desk.em * dice.choice((1, 1, 1, 1.25)), dice.choice(("regular", "regular", "bold"))
        )
        block: list[Line] = []
        label, y = "", cell.y
        if over >= 2 or dice.random() < (0.9 if self.labelled else 0.1):
            printed = dice.choice(_OVER[desk.language][over].split(";")) + self.colon
            if self.label.width(printed) <= wide:
                block, y = desk.lines(cell.at, y, [printed], self.label, cell.align)
                label = block[0][0].text
                y += desk.em * dice.choice((0, 0, 0.3))
        name, extra, rest, y = set_addressee(
            desk, cell.at, y, wide, who, where, name_style, style, align=cell.align
        )
        tail: list[str] = []
        for make in (values.phone, desk.world.names.email, desk.world.names.url, values.vat_number):
            if dice.random() < (0.3 if over != 3 else 0.6):
                tail.append(desk.fit(make(dice), style, wide))
        below, y = desk.lines(cell.at, y, tail, style, cell.align)
        desk.canvas.paragraph(block + name + extra + rest + below)
        if over == 0:
            note_seller(desk, name, rest, label.rstrip(":"))
        else:
            desk.note(label.rstrip(":"), key, [line[0] for line in name], "company" if over < 3 else "person")
            if rest:
                desk.note("", key_of_place, [line[0] for line in rest], "address", ", ")
        return y

    def entries(self) -> list[Item]:
        """Numbers and days in any order; the day of the bill is one of several."""
        desk, dice = self.desk, self.desk.dice
        used = [n for n in INVOICE_META[2:] if n not in ("currency", "contact person")]
        names = [
            "invoice date",
            *(["invoice number"] if dice.random() < 0.85 else []),
            *dice.sample(used, dice.randint(0, 4)),
        ]
        if dice.random() < 0.5 and "due date" not in names:
            names.append("due date")
        dice.shuffle(names)
        dates: dict[str, Day] = {
            "invoice date": self.day, "due date": values.later(self.day, dice.choice((7, 14, 21, 30, 45))),
            "delivery date": values.later(self.day, dice.randint(-20, 10)), "order date": values.later(self.day, -dice.randint(1, 40)),
        }  # fmt: skip
        found = (
            item(desk, n, self.taken, *([desk.calendar.show(*dates[n])] if n in dates else [])) for n in names
        )
        return [entry for entry in found if entry]

    def numbers(self, cell: _Cell) -> float:
        dice, style = self.desk.dice, self.desk.style(self.desk.dice.choice((0.85, 1)))
        arrange = dice.choice(("inline", "column", "column", "ends", "ends", "boxed", "above"))
        return set_pairs(
            self.desk, cell.x0, cell.y, cell.x1 - cell.x0, self.entries(), arrange=arrange, bottom=self.desk.height * 0.6,
            label=self.desk.style(style.size / self.desk.em, dice.choice(("regular", "bold"))), value=style, colon=dice.choice((":", "", "")),
        )  # fmt: skip


def patchwork(desk: Desk) -> None:
    """The head as a grid of blocks, goods, sums, foot."""
    dice = desk.dice
    desk.em *= dice.uniform(0.72, 1.05)
    x0, y, x1, bottom = margins(desk)
    head = _Head(desk)
    across = dice.random() < 0.3
    y = _grid(desk, head, _blocks(head, across), x0, y, x1)
    if across:
        y = _across(desk, head, x0, y, x1, bottom) + desk.em
    bill = make_bill(desk, dice.choice((1, 1, 2, 3, 4, 6)))
    foot = bottom - desk.em * dice.uniform(4, 7)
    y = set_items(desk, bill, x0, y, x1, foot - desk.em * 7)
    y = set_totals(desk, bill, x0, y + desk.em * dice.uniform(0.3, 2), x1, foot, head.taken)
    if dice.random() < 0.4 and y + 5 * desk.em < foot:
        y = desk.paragraph(
            x0, y + desk.em, x1 - x0, running_text(desk, 30, 160), desk.style(0.9), bottom=foot
        )
    _foot(desk, head, x0, max(y + desk.em, foot), x1)
    if dice.random() < 0.15:
        page_number(desk, x0, x1, desk.height - desk.em)


def _blocks(head: _Head, across: bool) -> list[_Set]:
    """The blocks in the order in which they are read, mark and title mostly among the first."""
    dice = head.desk.dice
    high: list[_Set] = [head.title] if dice.random() < 0.9 else []
    if head.way != "block" or dice.random() < 0.3:
        high.append(head.mark)
    low: list[_Set] = [head.who_pays, *([] if across else [head.numbers])]
    known = head.labelled or head.way == "both"  # else nothing but its place tells the seller from the buyer
    if head.way in ("block", "both"):
        (high if dice.random() < 0.5 or not known else low).append(head.who_sells)
    low += [block for block, often in ((head.goes_to, 0.3), (head.to_call, 0.15)) if dice.random() < often]
    dice.shuffle(high)
    dice.shuffle(low)
    blocks = high + low
    if known and dice.random() < 0.2:
        dice.shuffle(blocks)
    return blocks


def _grid(desk: Desk, head: _Head, blocks: list[_Set], x0: float, y: float, x1: float) -> float:
    """Sets the blocks row by row in two or three columns; the last of a row may end at the margin."""
    dice = desk.dice
    gap = desk.em * dice.uniform(0.8, 2.5)
    ended = dice.random() < 0.5
    while blocks:
        columns = min(dice.choice((1, 2, 2, 2, 3) if x1 - x0 > 30 * desk.em else (1, 2)), len(blocks))
        cuts = (
            [0.0, dice.uniform(0.4, 0.6), 1.0] if columns == 2 else [n / columns for n in range(columns + 1)]
        )
        low = y
        for column, block in enumerate(blocks[:columns]):
            left, right = (x0 + (x1 - x0) * cut for cut in cuts[column : column + 2])
            last = column == columns - 1
            align = (
                "right"
                if last and columns > 1 and ended
                else "centre"
                if columns == 1 and dice.random() < 0.2
                else "left"
            )
            low = max(low, block(_Cell(left, y, right - (0 if last else desk.em), align)))
        blocks = blocks[columns:]
        if head.rows_boxed:
            desk.canvas.rule(x0, low + gap / 3, x1, low + gap / 3, desk.line_ink, dice.choice((0.6, 1, 2)))
        y = low + gap
    return y


def _across(desk: Desk, head: _Head, x0: float, y: float, x1: float, bottom: float) -> float:
    """Numbers and days as a table of one row, whose head is the labels."""
    some = head.entries()[:5]
    if not some:  # the title has said it all
        return y
    dice = desk.dice
    return set_across(
        desk, x0, y, x1 - x0, some, align=dice.choice(("left", "left", "centre", "right")), style=desk.style(dice.choice((0.8, 0.9, 1))),
        look=random_look(desk), bottom=bottom, stretch=dice.random() < 0.8,
    )  # fmt: skip


def _foot(desk: Desk, head: _Head, x0: float, y: float, x1: float) -> None:
    """The seller where nothing else names it, in one line with its address; then bank and register."""
    dice = desk.dice
    style = desk.style(dice.choice((0.7, 0.8, 0.9)))
    if not desk.knows("seller") or dice.random() < 0.15:
        known = desk.knows("seller")
        texts = [head.seller, dice.choice((" · ", ", ", " - ", " | ")) + ", ".join(head.address)]
        name = desk.put(x0, y + style.top, texts[0], style)
        line: Line = [name]
        if name.x1 + style.width(texts[1]) < x1:
            line.append(desk.put(name.x1, y + style.top, texts[1], style))
        desk.canvas.paragraph([line])
        if not known:
            desk.note("", "seller", [name], "company")
        y += desk.pitch(style) + desk.em * 0.3
    entries = items(desk, [name for name in _FOOT if dice.random() < 0.35], head.taken)
    wide = (x1 - x0) / 2
    for column in range(2):
        part = entries[column::2]
        if y + desk.pitch(style) * (len(part) + 1) < desk.height:
            set_pairs(
                desk, x0 + column * wide, y, wide - desk.em, part, arrange="inline", bottom=desk.height - 3, label=style, value=style, leading=1.15,
            )  # fmt: skip
