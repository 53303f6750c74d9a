# ruff: noqa: E501 (tables of words)
"""Invoices as printed forms: framed cells, each with a small label in its corner and the value below it.

Tax offices prescribe such pages in Brazil, Argentina, Italy and elsewhere, accounting programs print them everywhere: who sells
stands in a cell of its own, who buys in a section of cells, and the sums in a row of them.
"""

from . import values
from .addressee import addressee
from .bill import Bill, make_bill, note_currency, set_items
from .canvas import Line, Style
from .desk import Desk
from .invoices import JOINTS
from .labels import keys
from .pairs import Item, item
from .prose import logo, margins, running_text

# title; the seller's cell; section of the buyer; of the sums; of remarks; label of a name; label of an address
_WORDS = {
    "en": ("INVOICE;TAX INVOICE;Sales invoice;Electronic invoice", "ISSUER;Issued by;Identification of the issuer;", "CUSTOMER;RECIPIENT;Bill to;Buyer's details", "CALCULATION OF TAX;TOTALS;Amounts", "ADDITIONAL DATA;Remarks", "NAME / COMPANY;Name;Company name;Customer", "ADDRESS;Address;Street"),
    "de": ("RECHNUNG;Rechnung;Elektronische Rechnung", "AUSSTELLER;Rechnungssteller;", "EMPFÄNGER;Kunde;Leistungsempfänger", "BETRÄGE;Steuerberechnung", "BEMERKUNGEN;Hinweise", "NAME / FIRMA;Name;Firma", "ANSCHRIFT;Anschrift;Straße"),
    "fr": ("FACTURE;Facture", "ÉMETTEUR;Identification du vendeur;", "DESTINATAIRE;CLIENT;Adresse du client", "CALCUL DES TAXES;MONTANTS", "OBSERVATIONS;Informations complémentaires", "NOM / RAISON SOCIALE;Nom;Client", "ADRESSE;Adresse"),
    "es": ("FACTURA;Factura;FACTURA A", "EMISOR;Datos del emisor;", "RECEPTOR;CLIENTE;Datos del cliente", "CÁLCULO DEL IMPUESTO;IMPORTES", "OBSERVACIONES;Datos adicionales", "NOMBRE / RAZÓN SOCIAL;Nombre;Sr.(s);Señor(es)", "DIRECCIÓN;Domicilio;Dirección"),
    "it": ("FATTURA;Fattura;FATTURA ACCOMPAGNATORIA", "CEDENTE / PRESTATORE;Mittente;", "CESSIONARIO / COMMITTENTE;DESTINATARIO;Cliente", "CALCOLO IMPOSTE;TOTALI", "ANNOTAZIONI;Note", "DENOMINAZIONE;Ragione sociale;Spett.le", "INDIRIZZO;Sede"),
    "nl": ("FACTUUR;Factuur", "AFZENDER;Leverancier;", "KLANT;AFNEMER;Gegevens klant", "BEREKENING;TOTALEN", "OPMERKINGEN;Bijzonderheden", "NAAM;Bedrijfsnaam", "ADRES;Adres"),
    "pt": ("FATURA;NOTA FISCAL;DANFE;Nota Fiscal Eletrônica;FATURA-RECIBO", "IDENTIFICAÇÃO DO EMITENTE;EMITENTE;", "DESTINATÁRIO / REMETENTE;DESTINATÁRIO;CLIENTE", "CÁLCULO DO IMPOSTO;VALORES", "DADOS ADICIONAIS;OBSERVAÇÕES", "NOME / RAZÃO SOCIAL;Nome;Cliente", "ENDEREÇO;Morada"),
}  # fmt: skip
_ROWS = ("customer number", "VAT number", "phone", "postal code", "city", "email", "country")
_MIDDLE = (
    "order number",
    "due date",
    "payment terms",
    "reference",
    "delivery date",
    "payment method",
    "contract number",
)


_Cell = tuple[Item, float]  # what stands in it, and its part of the row's width


def fiscal_bill(desk: Desk) -> None:
    """Seller's cell with title and number, buyer's section, other cells, goods, sums, remarks."""
    dice, language = desk.dice, desk.language
    desk.em *= dice.uniform(0.7, 0.95)
    x0, y, x1, bottom = margins(desk)
    words = [dice.choice(part.split(";")) for part in _WORDS[language]]
    form = _Form(desk, x0, x1)
    taken: set[str] = {"seller", "buyer"}
    day = values.any_day(dice)
    bill = make_bill(desk, dice.choice((1, 2, 3, 5, 8)))
    dated = dice.random() < 0.5  # the date is in the title's cell, else in the buyer's section
    y = _top(form, y, words, taken, desk.calendar.show(*day) if dated else "")
    if dice.random() < 0.5:
        y = form.row(y, _cells(desk, dice.sample(_MIDDLE, dice.randint(2, 3)), taken, {}))
    who = addressee(desk, 0.6)
    y = form.section(y, words[2])
    known = {} if dated else {"invoice date": desk.calendar.show(*day)}
    first = [(Item(words[5], "buyer", who.name, "company"), 2.5)]
    y = form.row(y, first + _cells(desk, [*known, dice.choice(_ROWS[:3])], taken, known))
    place = desk.world.names.address(dice, language)
    second = [(Item(words[6], "buyer address", tuple(place), "address"), 3.0)]
    y = form.row(y, second + _cells(desk, dice.sample(_ROWS, dice.randint(0, 2)), taken, {}))
    above = dice.random() < 0.5
    if above:
        y = _sums(form, y, words[3], bill, taken)
    foot = bottom - desk.em * (9 if above else 13)
    y = set_items(desk, bill, x0, y + desk.em * 0.6, x1, foot) + desk.em * 0.6
    if not above:
        y = _sums(form, y, words[3], bill, taken)
    if dice.random() < 0.6 and y + 6 * desk.em < bottom:
        y = form.section(y, words[4])
        desk.paragraph(x0, y, x1 - x0, running_text(desk, 40, 240), desk.style(0.85), bottom=bottom)
    note_currency(desk)


class _Form:
    """One make for all cells of a page."""

    def __init__(self, desk: Desk, x0: float, x1: float) -> None:
        dice = desk.dice
        self.desk, self.x0, self.x1 = desk, x0, x1
        self.label: Style = desk.style(dice.uniform(0.6, 0.8), ink=min(desk.ink + dice.choice((0, 40)), 130))
        self.value: Style = desk.style(1.0, dice.choice(("bold", "regular")))
        self.capitals = dice.random() < 0.5
        self.align = dice.choice(("left", "left", "centre"))
        self.thick = dice.choice((0.6, 1, 1.5))

    def section(self, y: float, title: str) -> float:
        """The small title over a section."""
        strong = self.desk.style(0.85, "bold")
        block, y = self.desk.lines(self.x0, y + self.desk.em * 0.3, [title], strong)
        self.desk.canvas.paragraph(block)
        return y

    def row(self, y: float, cells: list[_Cell]) -> float:
        """One row of cells; a value that does not fit leaves its cell empty."""
        desk, pad = self.desk, self.desk.em * 0.25
        tall = desk.pitch(self.label, 1.1) + desk.pitch(self.value, 1.15) + pad
        left, unit = self.x0, (self.x1 - self.x0) / sum(share for _, share in cells)
        for entry, share in cells:
            right = left + unit * share
            desk.canvas.frame(left, y, right, y + tall, desk.line_ink, self.thick)
            text = entry.label.upper() if self.capitals else entry.label
            head = desk.put(left + pad, y + self.label.top, desk.fit(text, self.label, right - left - 2 * pad), self.label)  # fmt: skip
            value, lines = entry.joint.join(entry.values), [[head]]
            if self.value.width(value) <= right - left - 2 * pad:
                at = (left + right) / 2 if self.align == "centre" else left + pad
                base = y + desk.pitch(self.label, 1.1) + self.value.top
                run = desk.put(at, base, value, self.value, self.align)
                lines.append([run])
                desk.note(head.text, entry.key, [run], entry.type)
            else:
                desk.note_blank(head.text)
            desk.canvas.paragraph(lines)
            left = right
        return y + tall


def _cells(desk: Desk, names: list[str], taken: set[str], known: dict[str, str]) -> list[_Cell]:
    found = [item(desk, name, taken, *([known[name]] if name in known else [])) for name in names]
    return [(entry, desk.dice.uniform(0.8, 1.4)) for entry in found if entry]


def _top(form: _Form, y: float, words: list[str], taken: set[str], day: str) -> float:
    """The seller in a cell at the left, title, number and perhaps the date in one at the right."""
    desk = form.desk
    dice, names, language = desk.dice, desk.world.names, desk.language
    x0, x1, pad = form.x0, form.x1, desk.em * 0.5
    middle = x0 + (x1 - x0) * dice.uniform(0.45, 0.65)
    tall = desk.em * dice.uniform(8, 11)
    desk.canvas.frame(x0, y, middle, y + tall, desk.line_ink, form.thick)
    desk.canvas.frame(middle, y, x1, y + tall, desk.line_ink, form.thick)
    centred = dice.random() < 0.4
    at, align = ((x0 + middle) / 2, "centre") if centred else (x0 + pad, "left")
    heads: list[Line] = []
    low = y + pad * 0.4
    if words[1]:
        heads, low = desk.lines(at, low, [words[1]], form.label, align)
    if dice.random() < 0.25:
        logo(desk, x0 + pad, low, desk.em * 2)
        low += desk.em * 2.3
    strong, style = desk.style(dice.uniform(1, 1.4), "bold"), desk.style(0.9)
    room = middle - x0 - 2 * pad
    name, low = desk.lines(at, low, desk.wrap(names.company(dice, language), strong, room)[:2], strong, align)
    address = [p for a in names.address(dice, language) for p in desk.wrap(a, style, room)]
    rest, low = desk.lines(
        at, low, address[: max(1, int((y + tall - low) / desk.pitch(style)))], style, align
    )
    desk.canvas.paragraph(heads + name + rest)
    desk.note(words[1], "seller", [line[0] for line in name], "company")
    desk.note("", "seller address", [line[0] for line in rest], "address", ", ")
    title = desk.style(dice.uniform(1.2, 1.8), "bold")
    low = desk.heading(middle + pad, y + pad * 0.4, x1 - middle - 2 * pad, words[0], title, 1, dice.choice(("left", "centre")))  # fmt: skip
    low += desk.em * 0.2
    number, bare = values.identifier(dice), dice.random() < 0.4
    sign = (
        dice.choice((JOINTS[language][0], "", "#"))
        if bare
        else keys()["invoice number"].label(dice, language)
    )
    rows = [("" if bare else sign, "invoice number", number, "id", sign)]
    if day:
        label = keys()["invoice date"].label(dice, language)
        rows.append((label, "invoice date", day, "date", label))
    used = desk.style(dice.choice((1, 1.2)))
    for label, key, value, kind, shown in rows:
        words_of = shown + (dice.choice((":", "")) if label and shown else "")
        left = middle + pad
        line: Line = []
        if words_of:
            line.append(desk.put(left, low + used.top, words_of, used))
            left = line[0].x1 + used.width(" ")
        if left + used.width(value) < x1 - pad and low + desk.pitch(used) < y + tall:
            line.append(desk.put(left, low + used.top, value, used))
            desk.note(label, key, line[-1:], kind)
        elif label:
            desk.note_blank(label)
        if line:
            desk.canvas.paragraph([line])
        taken.update((key, label.casefold()))
        low += desk.pitch(used, 1.3)
    return y + tall


def _sums(form: _Form, y: float, title: str, bill: Bill, taken: set[str]) -> float:
    """Net, tax and total in a row of cells."""
    desk = form.desk
    y = form.section(y, title)
    plan = {"subtotal": bill.net, "tax": bill.tax, "total": bill.gross}
    full = desk.dice.random() < 0.3
    found = [item(desk, name, taken, desk.amount(cents, full)) for name, cents in plan.items() if cents]
    return form.row(y, [(entry, 1.0) for entry in found if entry])
