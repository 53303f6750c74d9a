"""What an invoice bills: line items with consistent sums, their table and the block of totals."""

import re
from dataclasses import dataclass, replace

from . import values
from .desk import Desk
from .labels import keys
from .page import Field
from .pairs import Item, item, set_pairs
from .tables import random_look, set_table

_COLUMNS = {  # position, article, description, quantity, unit price, tax, sum
    "en": (
        "#;Pos.;No.;Line",
        "Item No.;SKU;Article;Code;Part #",
        "Description;Item;Product;Details",
        "Qty;Quantity;Units;QTY",
        "Unit Price;Price;Rate;U.Price",
        "VAT;Tax;VAT %;GST",
        "Amount;Total;Line Total;Amount due",
    ),
    "de": (
        "Pos.;Pos;Nr.",
        "Art.-Nr.;Artikelnr.;Artikel-Nr.",
        "Bezeichnung;Beschreibung;Leistung;Artikel",
        "Menge;Anzahl",
        "Einzelpreis;E-Preis;Preis/Einheit;Nettopreis",
        "MwSt.;USt. %;Steuer",
        "Gesamtpreis;Betrag;G-Preis;Entgelt",
    ),
    "fr": (
        "N°;Pos.",
        "Réf.;Référence;Code",
        "Désignation;Description;Libellé",
        "Qté;Quantité",
        "Prix unitaire;P.U. HT;PU",
        "TVA;TVA %",
        "Montant;Total HT;Montant HT",
    ),
    "es": (
        "N.º;Pos.",
        "Ref.;Código;Referencia",
        "Descripción;Concepto;Artículo",
        "Cant.;Cantidad;Uds.",
        "Precio;Precio unit.",
        "IVA;% IVA",
        "Importe;Total",
    ),
    "it": (
        "N.;Pos.",
        "Cod.;Codice;Art.",
        "Descrizione;Prodotto",
        "Q.tà;Quantità",
        "Prezzo;Prezzo unit.",
        "IVA;Aliq.",
        "Importe;Totale;Importo",
    ),
    "nl": (
        "Nr.;Pos.",
        "Artikelnr.;Code",
        "Omschrijving;Product",
        "Aantal",
        "Prijs;Stukprijs",
        "Btw;Btw %",
        "Bedrag;Totaal",
    ),
    "pt": (
        "N.º;Pos.",
        "Ref.;Código",
        "Descrição;Designação;Artigo",
        "Qtd.;Quant.",
        "Preço;Preço unit.",
        "IVA;% IVA",
        "Valor;Total",
    ),
}

_SIGN = re.compile(r"[^\d\s.,'’-]+")
_DUE = re.compile("due|payable|zahlen|payer|pagar|betalen|pagare|dovuto|balance", re.I)


@dataclass
class Bill:
    """Line items with consistent sums, all in cents."""

    rows: list[tuple[str, str, int, int, int]]  # article, description, quantity, price, sum
    rate: float
    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


def make_bill(desk: Desk, lines: int) -> Bill:
    dice = desk.dice
    scale = 10 ** dice.uniform(-1.5, 0.3)
    rows = []
    shape = dice.choice(("99999", "AA-999", "A9999", "999-99", "9999999"))
    for _ in range(lines):
        quantity = dice.choice((1, 1, 2, 3, 4, 5, 10, 12, 20, 25, 50, 100, dice.randint(1, 400)))
        price = values.cents(dice, scale)
        rows.append(
            (values.pattern(dice, shape), desk.world.names.product(dice), quantity, price, quantity * price)
        )
    rate = dice.choice((0.0, 5, 6, 7, 7.7, 8.1, 10, 19, 20, 21, 22, 23))
    net = sum(r[4] for r in rows)
    return Bill(rows, rate, net, round(net * rate / 100))


def _rate(desk: Desk, rate: float) -> str:
    text = f"{rate:g}" if rate % 1 else f"{rate:.0f}"
    return (text if desk.language == "en" else text.replace(".", ",")) + (
        "%" if desk.language == "en" else " %"
    )


def plain_rows(desk: Desk, bill: Bill, full: bool) -> tuple[list[str], list[list[str]], list[str]]:
    """Head, rows and alignments of a table whose first column says what was bought."""
    dice = desk.dice
    use = [2, 3, *([4] if dice.random() < 0.8 else []), *([5] if dice.random() < 0.4 else []), 6]
    heads = [dice.choice(column.split(";")) for column in _COLUMNS[desk.language]]
    rows = []
    for article, text, quantity, price, total in bill.rows:
        cells = [
            "",
            article,
            text,
            str(quantity),
            desk.amount(price, full),
            _rate(desk, bill.rate),
            desk.amount(total, full),
        ]
        rows.append([cells[i] for i in use])
    return [heads[i] for i in use], rows, ["left", *["right"] * (len(use) - 1)]


def note_currency(desk: Desk) -> None:
    """The sign or code beside the total, unless the page names the currency elsewhere."""
    total = next((f for f in reversed(desk.fields) if f.key == "total"), None)
    if total is None or desk.knows("currency") or not (sign := _SIGN.search(total.value)):
        return
    for block in reversed(desk.canvas.blocks):
        for run in (run for line in block.lines for run in line):
            if run.text == total.value == run.printed:
                start, end = sign.span()
                box = desk.canvas.box([replace(run, edges=run.edges[start : end + 1], rights=None)])
                desk.fields.append(Field("", "currency", sign.group(), box, keys()["currency"].type))
                return


def set_items(desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float) -> float:
    dice = desk.dice
    heads = [dice.choice(c.split(";")) for c in _COLUMNS[desk.language]]
    use = [
        dice.random() < 0.5,
        dice.random() < 0.5,
        True,
        True,
        dice.random() < 0.85,
        dice.random() < 0.25,
        True,
    ]
    full = dice.random() < 0.25
    rows = [heads]
    for number, (article, text, quantity, price, total) in enumerate(bill.rows, 1):
        count = str(quantity) if dice.random() < 0.9 else f"{quantity} pc"
        rows.append(
            [
                str(number),
                article,
                text,
                count,
                desk.amount(price, full),
                _rate(desk, bill.rate),
                desk.amount(total, full),
            ]
        )
    order = [i for i in range(7) if use[i]]
    if dice.random() < 0.2 and len(order) > 3:
        order.remove(3)
        order.insert(0, 3)
    if len({rows[0][i] for i in order}) < len(order):
        order = [i for i in order if i != 5]
    picked = [[row[i] for i in order] for row in rows]
    kinds = {0: "left", 1: "left", 2: "left"}
    align = dice.choice(("right", "right", "right", "centre", "left"))
    aligns = [kinds.get(i, align if i == 3 else "right" if align != "left" else "left") for i in order]
    for scale in (1.0, 0.85):
        after, cells = set_table(
            desk,
            x0,
            y,
            x1 - x0,
            picked,
            aligns=aligns,
            style=desk.style(scale),
            look=random_look(desk),
            bottom=bottom,
            head=order.index(2),
        )
        if cells:
            return after
    return y


def set_totals(
    desk: Desk, bill: Bill, x0: float, y: float, x1: float, bottom: float, taken: set[str]
) -> float:
    dice = desk.dice
    full = dice.random() < 0.6
    plan = [("subtotal", bill.net)]
    if dice.random() < 0.15:
        plan.append(("discount", -round(bill.net * 0.05)))
    if bill.rate and dice.random() < 0.9:
        plan.append(("tax", bill.tax))
    if dice.random() < 0.1:
        plan.append(("shipping", dice.randint(300, 4000)))
    due = bill.net + sum(cents for name, cents in plan if name != "subtotal")
    if len(plan) == 1 and dice.random() < 0.6:
        plan = []
    plan.append(("total", due))
    paid = round(due * dice.choice((0.1, 0.2, 0.3, 0.5))) if dice.random() < 0.25 else 0
    if paid:
        plan += [("amount paid", paid), ("amount due", due - paid)]
    entries = []
    for name, cents in plan:
        text = desk.amount(cents, full or (name == "total" and dice.random() < 0.5))
        entry = item(desk, name, taken, text)
        for _ in range(6):  # what is left to pay needs a label of its own
            if entry is None or name != "total" or not paid or not _DUE.search(entry.label):
                break
            entry = item(desk, name, taken - {entry.label.casefold(), name}, text)
        if entry is None:
            continue
        if name == "tax" and dice.random() < 0.4:
            entry = Item(f"{entry.label} {_rate(desk, bill.rate)}", "tax", entry.values, "amount")
        entries.append(entry)
    width = (x1 - x0) * dice.uniform(0.35, 0.5)
    x = x1 - width if dice.random() < 0.85 else x0
    arrange = dice.choice(("ends", "ends", "ends", "column", "boxed"))
    label, value = desk.style(weight=dice.choice(("regular", "bold"))), desk.style()
    colon = dice.choice((":", "", ":"))
    if bill.rate and not paid and dice.random() < 0.2:  # the basis of the tax
        word = {"de": "Steuerbasisbetrag USt.", "fr": "Base TVA", "en": "Taxable amount"}.get(desk.language)
        if word:
            entries.insert(
                max(0, len(entries) - 1),
                Item(f"{word} {_rate(desk, bill.rate)}", "", (desk.amount(bill.net, full),), "amount"),
            )
    last = entries.pop() if entries and entries[-1].key == "total" else None
    y = set_pairs(
        desk, x, y, width, entries, arrange=arrange, bottom=bottom, label=label, value=value, colon=colon
    )
    if last:
        strong = desk.style(dice.uniform(1, 1.4), "bold")
        if dice.random() < 0.4:
            desk.canvas.rule(x, y, x + width, y, desk.line_ink, dice.choice((1, 2)))
            y += desk.em * 0.25
        y = set_pairs(
            desk,
            x,
            y,
            width,
            [last],
            arrange="ends" if arrange == "boxed" else arrange,
            bottom=bottom,
            label=strong,
            value=strong,
            colon=colon,
        )
    note_currency(desk)
    return y
