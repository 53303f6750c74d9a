# ruff: noqa: E501 (tables of words and formats)
"""What a till prints between head and thanks: goods, sums, the means of payment, the summary of taxes."""

import re
from dataclasses import dataclass
from random import Random

from . import values
from .canvas import Run, Style
from .labels import keys
from .questions import Grid
from .roll import Roll
from .tables import Look, random_look, set_table

_CODES = ("9999", "99999999", "9999999999999", "999999", "9999-9999", "AA99-99-99", "AAA9999", "A999-99/999")
_ITEM_HEADS = {  # what it is, how many, price, sum, tax
    "en": (("Item", "ITEM", "Description", "DESCRIPTION", "Desc", "Item Name"), ("Qty", "QTY", "Q'ty"), ("U.Price", "S/Price", "Price", "U/P", "@"),
           ("Total", "Amount", "AMOUNT", "Amt", "RM"), ("TAX", "Tax", "Code")),
    "de": (("Artikel", "ARTIKEL", "Bezeichnung"), ("Menge", "Anz."), ("Preis", "E-Preis"), ("EUR", "Betrag", "Summe"), ("St.", "MwSt")),
    "fr": (("Article", "ARTICLE", "Libellé"), ("Qté", "QTE"), ("P.U.", "Prix"), ("Montant", "MONTANT", "EUR"), ("TVA", "Tx")),
    "es": (("Descripción", "ARTICULO", "Producto"), ("Cant.", "UDS"), ("Precio", "P.V.P."), ("Importe", "TOTAL", "EUR"), ("IVA", "T")),
    "it": (("Descrizione", "DESCRIZIONE", "Articolo"), ("Q.tà", "QTA"), ("Prezzo", "P.U."), ("Importo", "Prezzo(€)", "EURO"), ("IVA", "Rep")),
    "nl": (("Omschrijving", "ARTIKEL"), ("Aantal", "AANT"), ("Prijs", "Stuk"), ("Bedrag", "EUR"), ("BTW", "B")),
    "pt": (("Descrição", "ARTIGO", "Produto"), ("Qtd", "QTD"), ("Preço", "P.Unit."), ("Valor", "Total", "EUR"), ("IVA", "Tx")),
}  # fmt: skip
# What English tills call their sums. A document has several "totals": the last and largest one is its total.
_BEFORE = ("Sub Total", "Subtotal", "SUB-TOTAL", "Sub-total", "Total (Excluding GST)", "Total Sales (Excluding GST)", "Total Excl. GST",
           "Amount", "Nett Amount", "Taxable Amount", "Sub Total Amount")  # fmt: skip
# "Total" may well be the word for what comes before tax, when the last sum says that it includes it.
_EXCLUSIVE = ("Total", "TOTAL", "Total Excl. GST", "Total (Excluding GST)", "Total Sales (Excluding GST)", "Total Before Tax", "Total w/o GST",
              "Total Excl Tax", "Total Net", "Sub Total", "Total Sales Excl. GST", "Amount Excl. GST")  # fmt: skip
_TAXED = ("GST 6%", "GST @ 6%", "Total GST", "GST payable (6%)", "GST", "SST 6%", "Tax 6%", "Service Tax 6%", "GST 7%", "Sales Tax", "VAT 20%",
          "(Inclusive) GST 6%", "6.00% GST", "Tax")  # fmt: skip
_INCLUSIVE = ("Total Sales (Inclusive of GST)", "Total Sales (Inclusive GST)", "Total Incl. GST", "Total (Inclusive of GST)",
              "Total Sales Incl GST", "Total Amount Incl. GST", "Total Inclusive GST @6%", "TOTAL (GST INCL)", "Bill Total", "Gross Total")  # fmt: skip
_ROUNDING = (
    "Rounding Adj",
    "ROUNDING ADJ",
    "ROUNDING ADJUSTMENT",
    "Rounding",
    "Round Adj",
    "Rounding Adj:",
    "Rounding Diff",
    "Rnd Adj",
)
_TOTAL = ("TOTAL", "Total", "NET TOTAL", "Nett Total", "Grand Total", "GRAND TOTAL", "TOTAL RM", "Total (RM)", "Total Rounded", "Total After Rounding",
          "Final Total", "Total Amount", "TOTAL AMOUNT", "Total Payable", "Amount Due", "Total Due", "Net Amount", "TOTAL SALES", "Total Amt Payable")  # fmt: skip
_CASH = (
    "CASH",
    "Cash",
    "Cash Tendered",
    "CASH RM",
    "Paid",
    "Payment",
    "Cash Received",
    "Amount Tendered",
    "TENDER",
)
_CARD = (
    "VISA",
    "MASTER CARD",
    "Debit",
    "Credit Card",
    "Visa Card",
    "MASTER",
    "Card",
    "Total Amount Collected",
    "EFTPOS",
)
_CHANGE = ("CHANGE", "Change", "Change Due", "Change Amt", "CHANGE RM", "Balance", "Change Due:")
_COUNTS = (
    "Total Qty",
    "Item Count",
    "TOTAL QTY",
    "Item(s)",
    "Total Item",
    "No. of Items",
    "Total Items Sold",
    "Qty(s)",
)


@dataclass(frozen=True)
class Goods:
    """What was bought: the sum in cents, the number of lines and of pieces."""

    total: int
    lines: int
    pieces: int


def price(dice: Random) -> int:
    """A shop's price in cents, mostly rounded to five."""
    cents = round(10 ** dice.uniform(1.8, 4.1))
    return cents - cents % 5 or 5 if dice.random() < 0.6 else cents


def set_goods(roll: Roll) -> Goods:
    """The goods in one of six forms."""
    desk, dice, names = roll.desk, roll.dice, roll.desk.world.names
    form = dice.choice(("line", "line", "two", "two", "two", "columns", "columns", "code", "at", "table"))
    deep = {"two": 3.2, "columns": 2.6, "code": 3.2}.get(form, 1.7)
    most = max(1, int((roll.room - 14 * desk.em) / (desk.em * deep)))
    count = most if dice.random() < 0.25 else min(dice.choice((1, 1, 2, 3, 4, 5, 7, 10, 14, 20)), most)
    tail = dice.choice(("", "", "", " SR", " Z", " S", " A", " *", "SR"))
    sold = [
        (dice.choice((1, 1, 1, 1, 2, 3, 5, 6, 12)), price(dice), roll.case(names.product(dice)))
        for _ in range(count)
    ]
    if form == "table":
        done = _table(roll, sold)
    elif form == "columns":
        done = _columns(roll, sold)
    else:
        if dice.random() < 0.4:
            heads = _ITEM_HEADS[desk.language]
            roll.ends(dice.choice(heads[0]), dice.choice(heads[3]), roll.style)
        done = 0
        for quantity, unit, name in sold:
            if roll.room < 6 * desk.em or not _entry(roll, form, quantity, unit, name, tail):
                break
            done += 1
    roll.rule()
    sold = sold[:done]
    total = sum(quantity * unit for quantity, unit, _ in sold)
    return Goods(total or price(dice), len(sold), sum(quantity for quantity, _, _ in sold))


def _entry(roll: Roll, form: str, quantity: int, unit: int, name: str, tail: str) -> bool:
    desk, dice, style = roll.desk, roll.dice, roll.style
    money = desk.amount(quantity * unit)
    wide = roll.x1 - roll.x0
    if form == "line":
        left = name if dice.random() < 0.7 else f"{quantity} {name}"
    elif form == "at":
        left = f"{quantity} {desk.fit(name, style, wide * 0.5)} @{desk.amount(unit)}"
    else:
        code = values.pattern(dice, dice.choice(_CODES))
        first = f"{code} {name}" if form == "two" and dice.random() < 0.4 else name
        roll.centred([desk.fit(first, style, wide)], style, "left")
        left = f"{quantity} {dice.choice(('x', '@', 'X', 'X', '*'))} {desk.amount(unit)}"
        if form == "code":
            left = f"{code} {left}"
    indent = style.width("    ") if form == "two" and dice.random() < 0.7 else 0.0
    left = desk.fit(left, style, wide - indent)
    runs = roll.ends(left, money + tail, style, indent=indent)
    if runs and form in ("line", "at") and not tail:
        desk.note(runs[0].text, "", [runs[1]], "amount")
    return bool(runs)


def _columns(roll: Roll, sold: list[tuple[int, int, str]]) -> int:
    """Columns without rules under a line of heads; the name often has a line of its own."""
    desk, dice, style = roll.desk, roll.dice, roll.style
    heads = [dice.choice(words) for words in _ITEM_HEADS[desk.language]]
    below = dice.random() < 0.6
    rows = [
        (
            "" if below else name,
            f"{q}" if dice.random() < 0.7 else f"{q} x",
            desk.amount(p),
            desk.amount(q * p),
            "SR",
        )
        for q, p, name in sold
    ]
    use = [0, 1, 2, 3, 4] if dice.random() < 0.4 else [0, 1, 2, 3] if dice.random() < 0.7 else [0, 1, 3]
    edges = {5: [0.5, 0.7, 0.9, 1.0], 4: [0.55, 0.76, 1.0], 3: [0.7, 1.0]}[len(use)]
    room = (roll.x1 - roll.x0) * (edges[0] - 0.12)
    rows = [(desk.fit(row[0], style, room), *row[1:]) for row in rows]
    if not all(roll.holds([row[i] for i in use], edges, style) for row in [tuple(heads), *rows]):
        use, edges = [0, 3], [1.0]
    head = roll.cells([heads[i] for i in use], edges, style)
    if dice.random() < 0.5 and head:
        roll.rule()
    texts, boxes = [], []
    for (_, _, name), row in zip(sold, rows, strict=True):
        if roll.room < 6 * desk.em:
            break
        named: list[Run] = []
        if below:
            named = roll.centred([desk.fit(name, style, roll.x1 - roll.x0)], style, "left")
        runs = roll.cells([row[i] for i in use], edges, style)
        if not runs:
            break
        first = named or runs[:1]
        texts.append((first[0].text, *(run.text for run in runs[1:])))
        boxes.append(tuple(desk.canvas.box([run]) for run in (first[0], *runs[1:])))
    if head and texts:
        desk.grids.append(Grid(tuple(run.text for run in head), tuple(texts), tuple(boxes)))
    return len(texts)


def _table(roll: Roll, sold: list[tuple[int, int, str]]) -> int:
    desk = roll.desk
    heads = [roll.dice.choice(words) for words in _ITEM_HEADS[desk.language][:4]]
    rows = [[heads[1], heads[0], heads[2], heads[3]]]
    rows += [[str(q), name, desk.amount(p), desk.amount(q * p)] for q, p, name in sold]
    roll.close()
    end, cells = set_table(desk, roll.x0, roll.y, roll.x1 - roll.x0, rows, aligns=["left", "left", "right", "right"],
                           style=desk.style(0.9), look=random_look(desk), bottom=roll.bottom - 8 * desk.em, head=1)  # fmt: skip
    roll.y = end
    return max(0, len(cells) - 1)


def set_sums(roll: Roll, goods: Goods) -> None:
    """Subtotal, tax, rounding, total, payment. The printed total is noted as a bare number, without its currency."""
    desk, dice = roll.desk, roll.dice
    english = desk.language == "en"
    plan, due = _plan(dice, goods, english)
    sign, before = "", dice.random() < 0.5
    if dice.random() < 0.3:
        sign = desk.money.currency
    big = desk.style(dice.choice((1, 1, 1, 1.25, 1.5)), dice.choice(("regular", "bold")))
    if goods.pieces and english and dice.random() < 0.35:
        _count(roll, goods)
    indent = (roll.x1 - roll.x0) * dice.choice((0, 0, 0, 0, 0.15, 0.3))
    column = dice.uniform(0.5, 0.68) if sign and dice.random() < (0.1 if english else 0.4) else 0.0
    for name, words, cents in plan:
        if roll.room < desk.em * 3:
            break
        label = dice.choice(words) if words else keys()[name].label(dice, desk.language)
        if label.casefold() in roll.taken or (name == "total" and sign and "RM" in label):
            label = "Total" if name == "total" else name or label
            if not label or label.casefold() in roll.taken:
                continue
        style = big if name == "total" else roll.style
        if words and roll.style.width(roll.case(label)) > (roll.x1 - roll.x0) * 0.62:
            short = min(words, key=len)
            label = label if short.casefold() in roll.taken else short
        roll.taken.add(label.casefold())
        sum_sign = sign if before or column or name == "total" else ""
        _sum(roll, label, name, cents, sum_sign, style, indent, column)
        if name == "total" and dice.random() < 0.15:
            roll.rule()
    if not any(item.key == "total" for item in desk.fields) and roll.room > desk.em * 3:
        _sum(
            roll,
            dice.choice(_TOTAL) if english else keys()["total"].label(dice, desk.language),
            "total",
            due,
            "",
            roll.style,
            0.0,
        )


def _plan(dice: Random, goods: Goods, english: bool) -> tuple[list[tuple[str, tuple[str, ...], int]], int]:
    """The sums in print order: key, labels (empty: those of the vocabulary), cents; and what is due."""

    def words(forms: tuple[str, ...]) -> tuple[str, ...]:
        return forms if english and dice.random() < 0.8 else ()

    rate = dice.choice((0.06, 0.06, 0.07, 0.1, 0.19, 0.2))
    inside = dice.random() < 0.5  # prices with tax
    tax = round(goods.total * (rate / (1 + rate) if inside else rate))
    plan: list[tuple[str, tuple[str, ...], int]] = []
    net = goods.total - tax if inside else goods.total
    due = goods.total
    taxed = dice.random() < 0.6
    gross = ()
    if taxed:
        gross = _INCLUSIVE if english and dice.random() < 0.4 else ()
        before = _EXCLUSIVE if gross or dice.random() < 0.4 else _BEFORE
        plan += [("subtotal", words(before), net)] if dice.random() < 0.8 else []
        taxes = tuple(re.sub(r"\d+(?=(\.00)?%)", f"{rate * 100:.0f}", text) for text in _TAXED)
        plan.append(("tax", words(taxes), tax))
        due = net + tax
    elif dice.random() < 0.4:
        plan.append(("subtotal", words(_BEFORE[:4]), goods.total))
    if dice.random() < 0.15:
        plan.append(("discount", (), 0))
    if english and not gross and dice.random() < 0.35:
        plan.append(("", _INCLUSIVE, due))
    if dice.random() < 0.35:
        shift = (-due % 5) if dice.random() < 0.5 else -(due % 5)
        plan.append(("rounding", words(_ROUNDING), shift))
        due += shift
    plan.append(("total", gross or words(_TOTAL), due))
    pick = dice.random()
    if pick < 0.6:
        given = (
            due
            if dice.random() < 0.35
            else -(-due // dice.choice((100, 500, 1000, 5000))) * dice.choice((1, 1, 1, 2)) * 100
        )
        given = max(given, due)
        plan += [("cash", words(_CASH), given), ("change", words(_CHANGE), given - due)]
    elif pick < 0.85:
        plan.append(("", _CARD if english else ("VISA", "EC", "MASTERCARD"), due))
    if english and dice.random() < 0.1:
        plan.append(("", ("Total Amount Paid", "Total Paid"), due))
    return plan, due


def _sum(
    roll: Roll, label: str, key: str, cents: int, sign: str, style: Style, indent: float, column: float = 0.0
) -> None:
    """One sum; the currency stands before the number as a word of its own or joined to it, or between label
    and number at ``column``, a share of the line."""
    desk, dice = roll.desk, roll.dice
    number = desk.amount(cents)
    text = roll.case(label)
    if not text.endswith((":", "%", ")")) or dice.random() < 0.3:
        text = text.rstrip(":") + roll.colon.rstrip()
    text = desk.fit(text, style, roll.x1 - roll.x0 - indent)
    glued = bool(sign) and not column and dice.random() < 0.5
    runs = roll.ends(text, number, style, indent=indent, cut=False)
    if not runs:
        return
    desk.note(runs[0].text.rstrip(" :"), key, [runs[1]], "amount")
    gap = 0.0 if glued else style.width(" ")
    left = runs[1].x0 - gap - style.width(sign)
    if column:
        left = min(left, max(roll.x0 + (roll.x1 - roll.x0) * column, runs[0].x1 + style.width(" ")))
    if sign and left > runs[0].x1 + style.width(" ") * 0.6:
        mark = desk.put(left, roll.base, sign, style)
        roll.block[-1].insert(-1, mark)
        if glued:  # transcribed as one word
            mark.text, runs[1].text = mark.text + runs[1].text, ""


def _count(roll: Roll, goods: Goods) -> None:
    dice = roll.dice
    word = dice.choice(_COUNTS)
    if word == "Item(s)" and dice.random() < 0.7:
        roll.ends(f"Item(s) : {goods.lines}", f"Qty(s) : {goods.pieces}", roll.style)
        return
    number = goods.pieces if "qty" in word.casefold() else goods.lines
    roll.pairs([(word, "", str(number), "number")])


def tax_summary(roll: Roll, total: int) -> None:
    """The table of taxes by code that closes a receipt; mostly without rules."""
    desk, dice = roll.desk, roll.dice
    roll.rule()
    sign = desk.money.currency
    amounts = dice.choice(
        (
            (f"Amount({sign})", f"Tax({sign})"),
            (f"Amt ({sign})", f"Tax ({sign})"),
            ("Amount", "Tax"),
            ("Goods Amt", "GST Amt"),
        )
    )
    head = [
        dice.choice(("GST Summary", "GST SUMMARY", "Tax Code", "GST Summ", "GST Analysis", "Tax Summary")),
        *amounts,
    ]
    codes = dice.sample(
        ("SR = 6%", "SR @ 6%", "ZR = 0%", "S 6%", "ZRL 0%", "SR (@ 6%)", "OS = 0%", "Z 0%"),
        dice.randint(1, 3),
    )
    rows = [head]
    left, taxes = total, 0
    for number, code in enumerate(codes):
        part = left if number == len(codes) - 1 else dice.randint(0, left)
        tax = round(part * 6 / 106) if "6%" in code else 0
        left, taxes = left - part, taxes + tax
        rows.append([code, desk.amount(part - tax), desk.amount(tax)])
    if dice.random() < 0.3:
        rows.append(["Total", desk.amount(total - taxes), desk.amount(taxes)])
    edges = dice.choice(([0.72, 1.0], [0.68, 1.0], [0.75, 1.0]))
    if dice.random() < 0.7 and all(roll.holds(row, edges, roll.style) for row in rows):
        roll.columns(rows, edges, roll.style)
        return
    roll.close()
    look = random_look(desk) if dice.random() < 0.5 else Look("outer", 0, "bold")
    end, _ = set_table(desk, roll.x0, roll.y, roll.x1 - roll.x0, rows, aligns=["left", "right", "right"], style=desk.style(0.92),
                       look=look, bottom=roll.bottom)  # fmt: skip
    roll.y = end
