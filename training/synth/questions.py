# ruff: noqa: E501 (tables of words and formats)
"""Questions about a page: by label, in natural words, by table cell, and ones that the page does not answer."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from .labels import keys, made_up
from .page import Box, Field, Question
from .world import World

_BY_LABEL = {
    "en": ("What is the {l}?", "What is the {l}?", "{l}?", "Find the {l}.", "{l}", "What does it say for {l}?", "Give me the {l}.",
           "What is written next to {l}?", "Read the value of “{l}”.", "Which {l} is given?", "Tell me the {l}.", "{l}:", "Value of {l}?"),
    "de": ("Was ist {l}?", "{l}?", "Wie lautet {l}?", "Was steht bei {l}?", "Nenne {l}.", "Welchen Wert hat „{l}“?"),
    "fr": ("Quel est {l} ?", "{l} ?", "Quelle est la valeur de « {l} » ?", "Trouve {l}.", "Que lit-on pour {l} ?"),
    "es": ("¿Cuál es {l}?", "¿{l}?", "¿Qué valor tiene «{l}»?", "Busca {l}.", "¿Qué pone en {l}?"),
    "it": ("Qual è {l}?", "{l}?", "Che valore ha «{l}»?", "Trova {l}.", "Cosa c'è scritto per {l}?"),
    "nl": ("Wat is {l}?", "{l}?", "Wat staat er bij {l}?", "Zoek {l}.", "Geef de waarde van “{l}”."),
    "pt": ("Qual é {l}?", "{l}?", "Que valor tem “{l}”?", "Encontra {l}.", "O que está escrito em {l}?"),
}  # fmt: skip
_NATURAL = {
    "invoice number": ("What number does this invoice have?", "Which invoice is this?", "Wie lautet die Rechnungsnummer?", "Quel est le numéro de la facture ?"),
    "invoice date": ("When was this invoice issued?", "What is the date of the invoice?", "Von wann ist die Rechnung?", "¿De qué fecha es la factura?"),
    "date": ("What date is printed?", "When was this issued?", "What is the date on the document?", "What day was the purchase?"),
    "due date": ("When is payment due?", "By when must it be paid?", "Bis wann ist zu zahlen?", "Quand faut-il payer ?"),
    "delivery date": ("When was it delivered?", "When is the delivery?"),
    "seller": ("Who issued this invoice?", "Who is the seller?", "Who sent this invoice?", "Which company sells?", "Wer hat die Rechnung gestellt?", "Qui est le vendeur ?"),
    "company": ("Which shop is this receipt from?", "What is the name of the company?", "Who issued this receipt?", "What is the name of the store?", "Where was this bought?"),
    "buyer": ("Who is the customer?", "Who has to pay?", "To whom is the invoice addressed?", "Who is the buyer?", "Wer ist der Käufer?", "¿Quién es el cliente?"),
    "address": ("What is the address?", "Where is it located?", "What address is given?"),
    "total": ("How much is the total?", "What is the total amount?", "How much has to be paid in all?", "What does it cost altogether?", "Wie hoch ist der Gesamtbetrag?", "Quel est le montant total ?", "¿Cuánto es el total?"),
    "subtotal": ("How much is it before tax?", "What is the net amount?", "What is the amount without tax?"),
    "tax": ("How much tax is charged?", "How much is the VAT?", "What is the tax amount?"),
    "tax rate": ("Which tax rate applies?", "At what rate is it taxed?"),
    "currency": ("In which currency is it?", "Which currency is used?"),
    "discount": ("How much discount is given?",),
    "shipping": ("How much does shipping cost?", "What does delivery cost?"),
    "cash": ("How much cash was given?", "How much did the customer hand over?"),
    "change": ("How much change was given back?",),
    "cashier": ("Who was the cashier?", "Who served the customer?"),
    "payment method": ("How was it paid?", "How is it to be paid?"),
    "payment terms": ("What are the terms of payment?",),
    "phone": ("What is the phone number?", "Which number can be called?"),
    "email": ("What is the e-mail address?", "To which e-mail address can one write?"),
    "name": ("Whose name is on it?", "What is the person's name?"),
    "date of birth": ("When was the person born?", "What is the birthday?"),
    "place of birth": ("Where was the person born?",),
    "employer": ("Who is the employer?", "Who does the person work for?"),
    "occupation": ("What is the person's job?",),
    "nationality": ("Which nationality is stated?",),
    "city": ("Which city is given?",),
    "weight": ("How heavy is it?",),
    "tracking number": ("Under which number can it be tracked?",),
    "recipient": ("Who receives the parcel?",),
    "sender": ("Who sent the parcel?",),
    "start date": ("From when is it valid?", "When does it begin?"),
    "end date": ("When does it end?", "Until when is it valid?"),
    "governing law": ("Which law governs?",),
    "subject": ("What is it about?",),
    "time": ("At what time?", "What time is printed?"),
    "salary": ("How much does the person earn?",),
    "price": ("How much does it cost?",),
    "title": ("What is the title?", "What is the heading of the page?", "How is the document titled?"),
    "author": ("Who wrote it?", "Who are the authors?", "By whom is the text?"),
}  # fmt: skip
_BY_CELL = (
    "What is the {c} of {r}?", "{c} of {r}?", "What is the {c} for {r}?", "For {r}, what is the {c}?", "{r}: {c}?",
    "Find the {c} of “{r}”.", "What does the column {c} say for {r}?",
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """A printed table: texts of the header, of the rows, and the box of each cell of the rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    boxes: tuple[tuple[Box | None, ...], ...]


def _plain(label: str) -> str:
    return (
        label.strip().rstrip(":.?").strip()
        if not label.strip().endswith(("No.", "Nr.", "n.", "Tel."))
        else label.strip()
    )


def _template(dice: Random, language: str) -> str:
    own = language if dice.random() < 0.35 else "en"
    return dice.choice(_BY_LABEL[own])


def _case(dice: Random, label: str) -> str:
    shape = dice.random()
    if shape < 0.12:
        return label.lower()
    return label.upper() if shape < 0.16 else label


def about_fields(dice: Random, fields: list[Field], language: str, count: int) -> list[Question]:
    """Up to ``count`` answerable questions about different fields."""
    names = Counter(f.key for f in fields if f.key)
    labels = Counter(_plain(f.label).casefold() for f in fields if f.label)
    found: list[Question] = []
    for item in dice.sample(fields, len(fields)):
        if len(found) == count:
            break
        ways = []
        label = _plain(item.label)
        if label and labels[label.casefold()] == 1:
            ways += ["label"] * 5
        if item.key and names[item.key] == 1:
            ways += ["key"] * 3
            if item.key in _NATURAL:
                ways += ["natural"] * 3
        if not ways or not item.value:
            continue
        way = dice.choice(ways)
        if way == "natural":
            text, kind = dice.choice(_NATURAL[item.key]), "natural"
        else:
            word = label if way == "label" else _synonym(dice, item.key, language, labels)
            text, kind = _template(dice, language).format(l=_case(dice, word)), "label"
        found.append(Question(text, item.value, item.box, kind))
    return found


def _synonym(dice: Random, name: str, language: str, labels: Counter[str]) -> str:
    """The canonical name or one of its printed forms, unless that is the label of something else on the page."""
    key = keys().get(name)
    if key is None or dice.random() < 0.6:
        return name
    word = _plain(key.label(dice, language))
    return name if word.casefold() in labels else word


def about_cells(dice: Random, grid: Grid, count: int) -> list[Question]:
    """Look-ups by row head and column head, where both are unique and the cell is filled."""
    columns = Counter(c.casefold() for c in grid.header)
    heads = Counter(row[0].casefold() for row in grid.rows)
    places = [
        (i, j)
        for i, row in enumerate(grid.rows)
        for j, cell in enumerate(row)
        if j
        and cell
        and row[0]
        and grid.header[j]
        and heads[row[0].casefold()] == 1
        and columns[grid.header[j].casefold()] == 1
    ]
    found: list[Question] = []
    for i, j in dice.sample(places, min(count, len(places))):
        text = dice.choice(_BY_CELL).format(c=grid.header[j], r=grid.rows[i][0])
        found.append(Question(text, grid.rows[i][j], grid.boxes[i][j], "table"))
    return found


_GENERIC = {
    "name",
    "address",
    "phone",
    "total",
    "invoice date",
    "reference",
    "email",
    "seller",
    "price",
    "subject",
    "remarks",
    "status",
}


# What answers questions about other groups: a shop is a seller, the parties of a parcel have addresses.
_NEAR = {
    "company": ("seller", "sender", "employer"), "date": ("date", "signed", "delivery", "orderdate"), "seller": ("sender", "party"),
    "seller address": ("address", "street", "city", "zip", "country"), "buyer address": ("address", "shipto", "street", "city", "zip", "country"),
    "address": ("street", "city", "zip", "country", "shipto"), "buyer": ("name", "recipient", "party"), "recipient": ("name", "buyer"),
    "sender": ("seller",), "invoice date": ("orderdate", "signed"), "name": ("firstname", "lastname", "recipient"), "phone": ("mobile",),
    "mobile": ("phone",), "receipt number": ("invoice", "reference"), "invoice number": ("receipt", "reference"), "total": ("paid", "subtotal", "cash", "price"),
    "subtotal": ("total",), "delivery address": ("address", "city", "zip", "country", "street"), "product": ("subject",),
    "governing law": ("country",), "country": ("law", "nationality"), "nationality": ("country",), "city": ("birthplace", "address"),
    "street": ("address",), "postal code": ("address",), "employer": ("seller", "party"), "cash": ("paid",), "amount paid": ("cash",),
    "contact person": ("name", "sales"), "salesperson": ("contact", "name"), "title": ("subject",), "subject": ("project",),
}  # fmt: skip


def unanswerable(
    dice: Random, world: World, fields: list[Field], text: str, language: str, count: int, closed: bool
) -> list[Question]:
    """Questions whose label, synonyms and value are not on the page.

    ``closed``: all labels of the page are known as fields, so that generic labels may be asked too.
    """
    low = text.casefold()
    present = {f.key for f in fields if f.key}
    groups = {keys()[name].group for name in present if name in keys()}
    groups |= {group for name, near in _NEAR.items() if name in present for group in near}
    types = {f.type for f in fields}
    found: list[Question] = []
    for _ in range(count * 6):
        if len(found) == count:
            break
        if dice.random() < 0.3:
            label, name = made_up(dice, world, language)[0], ""
            words = [w for w in label.casefold().split() if len(w) > 2]
            if any(w in low for w in words):
                continue
        else:
            key = dice.choice(list(keys().values()))
            name = key.name
            if (
                name in present
                or key.group in groups
                or (name in _GENERIC and (not closed or key.type in types))
            ):
                continue
            if name.casefold() in low or any(
                _plain(s).casefold() in low for forms in key.labels.values() for s in forms
            ):
                continue
            label = (
                name if dice.random() < 0.4 else key.label(dice, language if dice.random() < 0.7 else "en")
            )
        if name in _NATURAL and closed and key.type not in types and dice.random() < 0.25:
            question = dice.choice(_NATURAL[name])
        else:
            question = _template(dice, language).format(l=_case(dice, _plain(label)))
        found.append(Question(question, None, None, "unanswerable"))
    return found


def compose(dice: Random, world: World, fields: list[Field], grids: list[Grid], text: str, language: str, *,
            closed: bool, extra: list[Question], most: int = 8) -> list[Question]:  # fmt: skip
    """A shuffled mix for one page; about a quarter has no answer."""
    found = about_fields(dice, fields, language, most)
    for grid in grids[:2]:
        found += about_cells(dice, grid, max(2, most // 3))
    found += extra
    dice.shuffle(found)
    found = found[:most]
    missing = round(len(found) * 0.3 + dice.random() * 0.6) if found else int(dice.random() < 0.4)
    found += unanswerable(dice, world, fields, text, language, missing, closed)
    dice.shuffle(found)
    return found
