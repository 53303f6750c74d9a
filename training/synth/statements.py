# ruff: noqa: E501 (tables of words and formats)
"""Invoices as programs print them from their data, and the pages that follow the first one.

A viewer of electronic invoices lists names and values; the seller's numbers stand before the name, the title
carries number and date, sums that do not apply are printed empty. On a later page there are rows and sums,
and no seller, number or date: whoever asks for them there must be told so.
"""

from . import values
from .bill import Bill, make_bill, set_items, set_totals
from .canvas import Style
from .desk import Desk
from .invoices import JOINTS
from .labels import keys
from .page import Question
from .pairs import item, items, set_pairs
from .phrasings import ALIASES
from .prose import margins, page_number, running_text
from .questions import template
from .sections import set_sections

_TITLES = {
    "en": "Commercial invoice;Invoice;Credit note;Corrected invoice;Self-billed invoice;Partial invoice;Invoice of the insurer",
    "de": "Handelsrechnung;Rechnung;Gutschrift (Selbst ausgestellte Rechnung);Rechnungskorrektur;Teilrechnung;Rechnung des Versicherers;Schlussrechnung",
    "fr": "Facture commerciale;Facture;Avoir;Facture rectificative;Facture d'acompte",
    "es": "Factura comercial;Factura;Factura rectificativa;Abono",
    "it": "Fattura commerciale;Fattura;Nota di credito;Parcella",
    "nl": "Handelsfactuur;Factuur;Creditnota;Correctiefactuur",
    "pt": "Fatura comercial;Fatura;Nota de crédito",
}  # fmt: skip
_SUMS = {  # sum of the lines, charges, allowances, net, tax, gross, paid before, due
    "en": "Sum of lines;Total charges;Total allowances;Total without VAT;Total VAT;Gross total;Paid in advance;Amount due for payment",
    "de": "Positionssumme;Gesamtbetrag der Zuschläge;Gesamtbetrag der Abschläge;Rechnungssumme ohne USt.;Steuerbetrag;Bruttosumme;Erhaltene Anzahlungen;Zahlbetrag",
    "fr": "Total des lignes;Total des frais;Total des remises;Total hors TVA;Montant de la TVA;Total avec TVA;Acomptes reçus;Montant à payer",
    "es": "Suma de líneas;Total de cargos;Total de descuentos;Total sin IVA;Total del IVA;Total con IVA;Anticipos recibidos;Importe a pagar",
    "it": "Somma delle righe;Totale maggiorazioni;Totale sconti;Totale senza IVA;Totale IVA;Totale con IVA;Acconti ricevuti;Importo da pagare",
    "nl": "Som van de regels;Totaal toeslagen;Totaal kortingen;Totaal zonder btw;Totaal btw;Totaal met btw;Reeds ontvangen;Te betalen bedrag",
    "pt": "Soma das linhas;Total de encargos;Total de descontos;Total sem IVA;Total do IVA;Total com IVA;Adiantamentos recebidos;Montante a pagar",
}  # fmt: skip
_SUM_KEYS = ("", "", "", "subtotal", "tax", "total", "amount paid", "amount due")
_HEADERS = {  # of a later page: "page 2", "invoice … continued"
    "en": "Page {n} of {m};Continued from page {p};Carried over;Page {n}", "de": "Seite {n} von {m};Übertrag von Seite {p};Seite {n};Fortsetzung",
    "fr": "Page {n} sur {m};Suite de la page {p};Report;Page {n}", "es": "Página {n} de {m};Suma anterior;Página {n}",
    "it": "Pagina {n} di {m};Riporto;Pagina {n}", "nl": "Pagina {n} van {m};Transport;Pagina {n}", "pt": "Página {n} de {m};Transporte;Página {n}",
}  # fmt: skip


def statement(desk: Desk) -> None:
    """The first page: title, data, parties, perhaps rows and sums."""
    dice = desk.dice
    desk.em *= dice.uniform(0.68, 1.0)
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = set()
    if dice.random() < 0.5:
        note = desk.style(dice.choice((0.8, 1.0)), ink=min(desk.ink + 60, 140))
        for _ in range(dice.randint(1, 4)):
            y = desk.paragraph(x0, y, x1 - x0, desk.fit(running_text(desk, 30, 60), note, x1 - x0), note)
        y += desk.em
    day = values.any_day(dice)
    y = _title(desk, x0, y, x1, desk.calendar.show(*day), taken)
    label = desk.style(ink=min(desk.ink + dice.choice((0, 0, 60)), 150))
    strong = desk.style(weight=dice.choice(("bold", "bold", "regular")))
    y = _data(desk, x0, y, x1, bottom, day, taken, label)
    y = set_sections(desk, x0, y, x1, bottom, taken, label, strong)
    for _ in range(dice.choice((0, 0, 1, 2))):
        y = (
            desk.paragraph(x0, y, x1 - x0, running_text(desk, 30, 200), strong, bottom=bottom - 6 * desk.em)
            + desk.em
        )
    if dice.random() < 0.6 and y + 16 * desk.em < bottom:
        bill = make_bill(desk, dice.choice((1, 1, 2, 3, 5)))
        y = set_items(desk, bill, x0, y, x1, bottom - 10 * desk.em) + desk.em
        if dice.random() < 0.7 and y + 9 * desk.em < bottom:
            _sums(desk, bill, x0, y, x1, bottom)


def following(desk: Desk) -> list[Question]:
    """A later page: rows, sums, terms; returns questions in vain about what only the first page says."""
    dice = desk.dice
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = set()
    if dice.random() < 0.5:
        n = dice.randint(2, 9)
        words = dice.choice(_HEADERS[desk.language].split(";")).format(n=n, m=n + dice.randint(0, 3), p=n - 1)
        style = desk.style(dice.choice((0.85, 1)))
        put, y = desk.lines(dice.choice((x0, (x0 + x1) / 2)), y, [words], style)
        desk.canvas.paragraph(put)
        y += desk.em
    if dice.random() < 0.25:
        meta = items(desk, ("invoice number", "invoice date", "customer number"), taken)
        meta = meta[: dice.randint(1, len(meta))]
        style = desk.style()
        y = (
            set_pairs(
                desk,
                x0,
                y,
                x1 - x0,
                meta,
                arrange=dice.choice(("inline", "column")),
                bottom=bottom,
                label=style,
                value=style,
            )
            + desk.em
        )
    bill = make_bill(desk, dice.choice((1, 2, 3, 5, 8, 12, 18)))
    if dice.random() < 0.75:
        y = set_items(desk, bill, x0, y, x1, bottom - 12 * desk.em) + desk.em
    if dice.random() < 0.3:
        y = (
            desk.paragraph(
                x0, y, x1 - x0, running_text(desk, 60, 400), desk.style(), bottom=bottom - 10 * desk.em
            )
            + desk.em
        )
    if dice.random() < 0.75 and y + 9 * desk.em < bottom:
        y = (_sums if dice.random() < 0.5 else _totals)(desk, bill, x0, y, x1, bottom) + desk.em
    if dice.random() < 0.5 and y + 5 * desk.em < bottom:
        desk.paragraph(
            x0, y, x1 - x0, running_text(desk, 60, 500), desk.style(dice.choice((0.85, 1))), bottom=bottom
        )
    if dice.random() < 0.2:
        page_number(desk, x0, x1, desk.height - desk.em)
    printed = {field.key for field in desk.fields}
    gone = [
        name
        for name in ("invoice number", "invoice date", "seller", "buyer", "seller address", "due date")
        if name not in printed
    ]
    asked = dice.sample(gone, min(len(gone), dice.randint(1, 3)))
    return [in_vain(desk, name) for name in asked]


def in_vain(desk: Desk, name: str) -> Question:
    dice = desk.dice
    word = dice.choice(ALIASES["invoice"][name])
    if dice.random() < 0.3:
        word = keys()[name].label(dice, desk.language) if name in keys() else word
    return Question(template(dice, desk.language).format(l=word.rstrip(":.")), None, None, "unanswerable")


def _totals(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float) -> float:
    return set_totals(desk, bill, x0, y, x1, bottom, set())


def _title(desk: Desk, x0: float, y: float, x1: float, day: str, taken: set[str]) -> float:
    """Title, number and date in one line, or in two where they are too wide."""
    dice = desk.dice
    titles, (sign, of) = _TITLES[desk.language], JOINTS[desk.language]
    name = dice.choice(titles.split(";")) + (
        f" ({dice.choice((380, 381, 384, 389, 326, 575))})" if dice.random() < 0.3 else ""
    )
    style = desk.style(dice.uniform(1.1, 1.5), dice.choice(("bold", "bold", "regular")))
    if style.width(name) > x1 - x0:
        style = desk.style(1.0, "bold")
    number = values.identifier(dice)
    texts = [f"{name} {sign}", number, of, day]
    space, left = style.width(" "), x0
    lines: list[list] = [[]]
    for text in texts:
        if left > x0 and left + style.width(text) > x1:
            y += desk.pitch(style)
            left = x0
            lines.append([])
        run = desk.put(left, y + style.top, text, style)
        lines[-1].append(run)
        left = run.x1 + space * (1 if dice.random() < 0.9 else 3)
    desk.canvas.heading(lines, 1)
    runs = [run for line in lines for run in line]
    desk.note("", "invoice number", [runs[1]], "id")
    desk.note("", "invoice date", [runs[3]], "date")
    taken.update(("invoice number", "invoice date"))
    return y + desk.pitch(style) + desk.em * dice.uniform(0.5, 2)


def _data(
    desk: Desk,
    x0: float,
    y: float,
    x1: float,
    bottom: float,
    day: tuple[int, int, int],
    taken: set[str],
    label: Style,
) -> float:
    """Names and values below the title, with the colons below each other as often as not."""
    dice = desk.dice
    names = dice.sample(
        (
            "currency",
            "delivery date",
            "order number",
            "contract number",
            "due date",
            "reference",
            "delivery note",
        ),
        dice.randint(1, 5),
    )
    dates = {
        "delivery date": values.later(day, -dice.randint(0, 20)),
        "due date": values.later(day, dice.randint(7, 60)),
    }
    entries = [
        item(desk, name, taken, *([desk.calendar.show(*dates[name])] if name in dates else []))
        for name in names
    ]
    return _listed(desk, x0, y, x1, bottom, [e for e in entries if e], label) + desk.em * dice.uniform(0.6, 2)


def _listed(desk: Desk, x0: float, y: float, x1: float, bottom: float, entries: list, label: Style) -> float:
    dice = desk.dice
    arrange = dice.choice(("column", "column", "inline"))
    colon = dice.choice((":", "", " :", " :"))
    value = desk.style(weight=dice.choice(("regular", "regular", "bold")))
    return set_pairs(
        desk,
        x0,
        y,
        (x1 - x0) * dice.uniform(0.7, 1),
        entries,
        arrange=arrange,
        bottom=bottom,
        label=label,
        value=value,
        colon=colon,
    )


def _sums(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float) -> float:
    """The sums as a list of names and amounts; what does not apply is empty or left out."""
    dice = desk.dice
    words = _SUMS[desk.language].split(";")
    charge = dice.randint(100, 3000) if dice.random() < 0.3 else 0
    allowed = -round(bill.net * 0.05) if dice.random() < 0.3 else 0
    net = bill.net + charge + allowed
    tax = round(net * bill.rate / 100)
    paid = round((net + tax) * dice.choice((0.1, 0.25, 0.5))) if dice.random() < 0.45 else 0
    amounts = (bill.net, charge, allowed, net, tax, net + tax, -paid, net + tax - paid)
    style, strong = desk.style(), desk.style(weight="bold")
    full, gapped = dice.random() < 0.3, dice.random() < 0.6
    width = max(strong.width(w) for w in words)
    right = min(x1, x0 + width + desk.em * dice.uniform(6, 16))
    left = x0 if dice.random() < 0.6 else x0 + (x1 - right)
    right += left - x0
    block = []
    for number, (word, cents) in enumerate(zip(words, amounts, strict=True)):
        if y + desk.pitch(style) > bottom:
            break
        if not cents and (number not in (1, 2, 6) or not gapped):
            continue
        kind = strong if number in (5, 7) else style
        line = [desk.put(left, y + kind.top, word, kind)]
        if cents:
            run = desk.put(right, y + kind.top, desk.amount(cents, full), kind, "right")
            line.append(run)
            desk.note(word, _SUM_KEYS[number], [run], "amount")
        else:
            desk.note_blank(word)
        block.append(line)
        y += desk.pitch(style)
    desk.canvas.paragraph(block)
    return y
