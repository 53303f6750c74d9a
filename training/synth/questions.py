# ruff: noqa: E501 (tables of words and formats)
"""Questions about a page: by label, in natural words, by table cell, and ones that the page does not answer."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from .labels import IMPLIED, UNLABELLED, keys, made_up
from .page import Box, Field, Question
from .phrasings import ALIASES, BY_CELL, BY_LABEL, BY_OPTION, CORE, NATURAL
from .vain import hard_label, lacking
from .values import CURRENCIES
from .wordings import wording
from .world import World

CLOSED = (
    "pairs",
    "form",
    "office",
    "record",
    "label",
    "invoice",
    "receipt",
    "blank",
)  # all labels of such a page are known as fields
PRICED = ("invoice", "receipt")
_CODES = "|".join(re.escape(sign) for sign in CURRENCIES if sign.isascii() and sign != "$")
SIGNS = re.compile(rf"(?<![A-Za-z])(?:{_CODES}|[Ee]uro)(?![A-Za-z])|[€£¥$]|(?<![^\W\d])zł")
LACKED_SHARE = 0.2  # of the pages that surely lack something usual are asked for it
HARD_SHARE = 0.4  # of the questions in vain: for something of a kind that the page does have
COUNTED = (
    "How many rows does the table have?",
    "How many rows are in the table?",
    "How many lines does the table have below its header?",
    "How many entries are listed?",
    "Count the rows of the table.",
    "How many items does the table list?",
)


@dataclass(frozen=True)
class Grid:
    """A printed table: texts of the header, of the rows, and the box of each cell of the rows.

    Rows of one that is not ``counted`` cannot be told from lines of its head or names of sections.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    boxes: tuple[tuple[Box | None, ...], ...]
    counted: bool = True


def _plain(label: str) -> str:
    return (
        label.strip().rstrip(":.?").strip()
        if not label.strip().endswith(("No.", "Nr.", "n.", "Tel."))
        else label.strip()
    )


def template(dice: Random, language: str) -> str:
    """In the language of the page or, as often, in English with the label as it is printed."""
    own = language if dice.random() < 0.45 else "en"
    return wording(dice) if own == "en" and dice.random() < 0.6 else dice.choice(BY_LABEL[own])


def _case(dice: Random, label: str) -> str:
    shape = dice.random()
    if shape < 0.12:
        return label.lower()
    return label.upper() if shape < 0.16 else label


def about_fields(
    dice: Random, fields: list[Field], language: str, count: int, kind: str = ""
) -> list[Question]:
    """Up to ``count`` answerable questions about different fields; what matters most on the ``kind`` of page comes
    more often than the rest.
    """
    names = Counter(f.key for f in fields if f.key)
    labels = Counter(_plain(f.label).casefold() for f in fields if f.label)
    core = CORE.get(kind, ())
    found: list[Question] = []
    for item in sorted(fields, key=lambda f: dice.random() - 0.5 * (f.key in core)):
        if len(found) == count:
            break
        ways = []
        label = _plain(item.label)
        if label and labels[label.casefold()] == 1:
            ways += ["label"] * 5
        if item.key and names[item.key] == 1:
            ways += ["key"] * 3
            if item.key in NATURAL:
                ways += ["natural"] * 4
        if not ways or not item.value:
            continue
        way = dice.choice(ways)
        if item.type == "check":
            found.append(_about_option(dice, item, label, language))
            continue
        if way == "natural":
            text, sort = dice.choice(_natural(item.key, kind)), "natural"
        else:
            word = label if way == "label" else _synonym(dice, item.key, language, labels, names, kind)
            text, sort = template(dice, language).format(l=_case(dice, word)), "label"
        found.append(Question(text, item.value, item.box, sort))
    return found


def _natural(name: str, kind: str) -> tuple[str, ...]:
    """Sentences for a key; those that speak of a receipt or a shop only on receipts."""
    if kind == "receipt":
        return NATURAL[name]
    fit = tuple(
        s
        for s in NATURAL[name]
        if not any(w in s for w in ("receipt", "shop", "store", "purchase", "bought", "goods"))
    )
    return fit or NATURAL[name]


def _about_option(dice: Random, item: Field, label: str, language: str) -> Question:
    if dice.random() < 0.6:
        answer = "Yes" if item.value == "checked" else "No"
        return Question(dice.choice(BY_OPTION).format(l=label), answer, item.box, "check")
    return Question(template(dice, language).format(l=label), item.value, item.box, "check")


def _synonym(
    dice: Random, name: str, language: str, labels: Counter[str], names: Counter[str], kind: str
) -> str:
    """The canonical name or another usual one, unless that is the label of something else on the page."""
    key = keys().get(name)
    word = name
    pick = dice.random()
    if pick < 0.45 and name in ALIASES.get(kind, {}):
        word = dice.choice(ALIASES[kind][name])
    elif pick > 0.7 and key is not None and kind != "contract":
        word = _plain(key.label(dice, language))
    return name if word.casefold() in labels or (word != name and word in names) else word


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
        text = dice.choice(BY_CELL).format(c=grid.header[j], r=grid.rows[i][0])
        found.append(Question(text, grid.rows[i][j], grid.boxes[i][j], "table"))
    return found


# What answers questions about other groups: a shop is a seller, the parties of a parcel have addresses.
_NEAR = {
    "company": ("seller", "sender", "employer"), "date": ("date", "signed", "delivery", "orderdate"), "seller": ("sender", "party"),
    "seller address": ("address", "street", "city", "zip", "country"), "buyer address": ("address", "shipto", "street", "city", "zip", "country"),
    "address": ("street", "city", "zip", "country", "shipto"), "buyer": ("name", "recipient", "party"), "recipient": ("name", "buyer"),
    "sender": ("seller",), "invoice date": ("orderdate", "signed"), "name": ("firstname", "lastname", "recipient"), "phone": ("mobile",),
    "mobile": ("phone",), "receipt number": ("invoice", "reference", "order"), "invoice number": ("receipt", "reference", "order"), "total": ("paid", "payable", "subtotal", "cash", "price"),
    "subtotal": ("total",), "delivery address": ("address", "city", "zip", "country", "street"), "product": ("subject",),
    "governing law": ("country",), "country": ("law", "nationality"), "nationality": ("country",), "city": ("birthplace", "address"),
    "street": ("address",), "postal code": ("address",), "employer": ("seller", "party"), "cash": ("paid",), "amount paid": ("cash",),
    "contact person": ("name", "sales"), "salesperson": ("contact", "name", "cashier"), "cashier": ("sales", "contact"), "title": ("subject",), "subject": ("project",),
}  # fmt: skip


@lru_cache(maxsize=1)
def _unlabelled_forms() -> frozenset[str]:
    """What is printed for the keys that a page may state without a label; other keys share some of it."""
    forms = (form for name in UNLABELLED for some in keys()[name].labels.values() for form in some)
    return frozenset(form.casefold() for form in forms)


def unanswerable(
    dice: Random, world: World, fields: list[Field], text: str, language: str, count: int, kind: str
) -> list[Question]:
    """Questions whose label, synonyms and value are not on the page.

    Where a value may stand without a label (UNLABELLED on open pages, addresses and goods of invoices), none is asked.
    """
    closed = kind in CLOSED
    low = text.casefold()
    present = {f.key for f in fields if f.key}
    groups = {keys()[name].group for name in present if name in keys()}
    groups |= {group for name, near in _NEAR.items() if name in present for group in near}
    types = {f.type for f in fields}
    found: list[Question] = []
    for _ in range(count * 6):
        if len(found) == count:
            break
        if closed and dice.random() < HARD_SHARE:
            if label := hard_label(dice, low, language):
                asked = template(dice, language).format(l=_case(dice, label))
                found.append(Question(asked, None, None, "unanswerable"))
            continue
        if dice.random() < 0.3:
            label, name = made_up_in_vain(dice, world, language, low), ""
            if not label:
                continue
        else:
            key = dice.choice(list(keys().values()))
            name = key.name
            if (
                name in present
                or key.group in groups
                or (name in UNLABELLED and (not closed or key.type in types))
                or name in IMPLIED.get(kind, ())
            ):
                continue
            if name.casefold() in low or any(
                _plain(s).casefold() in low for forms in key.labels.values() for s in forms
            ):
                continue
            label = (
                name if dice.random() < 0.4 else key.label(dice, language if dice.random() < 0.7 else "en")
            )
            if not closed and label.casefold() in _unlabelled_forms():
                continue
        if name in NATURAL and closed and key.type not in types and dice.random() < 0.25:
            question = dice.choice(_natural(name, kind))
        else:
            question = template(dice, language).format(l=_case(dice, _plain(label)))
        found.append(Question(question, None, None, "unanswerable"))
    return found


def made_up_in_vain(dice: Random, world: World, language: str, printed: str) -> str:
    """A label that nobody knows; "" where one of its words is in ``printed`` (the page in lower case)."""
    label = made_up(dice, world, language)[0]
    return "" if any(word in printed for word in label.casefold().split() if len(word) > 2) else label


def about_currency(dice: Random, text: str) -> list[Question]:
    """Which currency it is, where the print has one sign or code of one; in vain where it has none."""
    printed = set(SIGNS.findall(text))
    if len(printed) > 1:
        return []
    asked = dice.choice((*NATURAL["currency"], template(dice, "en").format(l="currency")))
    if not printed:
        return [Question(asked, None, None, "unanswerable")]
    return [Question(asked, printed.pop(), None, "natural")]


def compose(dice: Random, world: World, fields: list[Field], grids: list[Grid], text: str, language: str, *,
            kind: str, blanks: list[str], extra: list[Question], most: int = 8) -> list[Question]:  # fmt: skip
    """A shuffled mix for one page; about a quarter has no answer. Empty fields of a form are asked for by their label."""
    found = about_fields(dice, fields, language, most, kind)
    for grid in grids[:2]:
        found += about_cells(dice, grid, max(2, most // 3))
    if (
        len(grids) == 1
        and grids[0].counted
        and len(grids[0].rows) > 1
        and text.count("\n|---") == 1
        and dice.random() < 0.3
    ):
        found.append(Question(dice.choice(COUNTED), str(len(grids[0].rows)), None, "count"))
    found += extra
    core = {f.value for f in fields if f.key in CORE.get(kind, ())}
    found.sort(key=lambda q: dice.random() - 0.4 * (q.answer in core))
    found = found[:most]
    missing = round(len(found) * 0.3 + dice.random() * 0.6) if found else int(dice.random() < 0.4)
    labels = {_plain(f.label).casefold() for f in fields}
    empty = [
        label for label in dict.fromkeys(map(_plain, blanks)) if label and label.casefold() not in labels
    ]
    asked = dice.sample(empty, min(len(empty), max(1, round(missing * 0.6)), missing))
    found += [
        Question(template(dice, language).format(l=_case(dice, label)), None, None, "unanswerable")
        for label in asked
    ]
    found += unanswerable(dice, world, fields, text, language, missing - len(asked), kind)
    if (lacked := lacking(kind, text.casefold())) and dice.random() < LACKED_SHARE:
        asked_for = template(dice, "en").format(l=dice.choice(lacked))
        found.append(Question(asked_for, None, None, "unanswerable"))
    if kind in PRICED and "currency" not in {f.key for f in fields} and dice.random() < 0.12:
        found += about_currency(dice, text)
    dice.shuffle(found)
    return found
