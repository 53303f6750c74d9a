"""Whether a value can be what its name says: a date has a day, an amount is a number, a firm has a name.

Used to choose between pages, or looks at a page, that offer different values. Nothing is changed or thrown
away by it: where there is one value only, that is the value, whatever it looks like.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

Value = TypeVar("Value")

_DATES = frozenset("date datum dated birthday due issued".split())
_AMOUNTS = frozenset(
    "total subtotal amount tax vat net gross price sum cash change discount balance fee cost betrag"
    " summe".split()
)
_NOT_AMOUNTS = frozenset("number no id rate name code address date words".split())
_PARTIES = frozenset(
    "seller supplier vendor issuer sender merchant store shop firm company employer"
    " buyer customer client recipient".split()
)
_NOT_PARTIES = (_NOT_AMOUNTS - {"name"}) | frozenset(
    "street city zip postcode state country phone fax email web bank account tax vat iban reference"
    " registration".split()
)
_LABELS = frozenset(
    "from to bill billed ship shipped sold by for customer client seller buyer vendor supplier company name"
    " address invoice receipt rechnung facture factura fattura factuur attn attention".split()
)
_NUMBERS = frozenset("number no nr id date nummer numero numéro".split())  # what such a label ends in
_HEADINGS = frozenset("invoice receipt bill rechnung quittung facture factura fattura factuur".split())
_PLACE = re.compile(  # a street, or a postcode with its town or state: a branch may have a number as long
    r"str\.|(?:stra(?:ß|ss)e|allee|weg|platz|road|street|avenue|lane)\b|\b(?:rue|via|calle|rua)\b"
    r"|(?<!#)\b\d{5}\s+[^\W\d_]|\b(?-i:[A-Z]{2})\s+\d{5}\b",
    re.IGNORECASE,
)
_MOST_WORDS = 12  # of a name; more are a sentence
_MONTH = re.compile(
    r"\b(?:jan|feb|fév|m[aä]r|apr|avr|ma[iy]|jun|juin|jul|juil|aug|ao[uû]|sep|o[ck]t|nov|d[eé][cz])",
    re.IGNORECASE,
)
# No amount is printed like that.
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}")
_MOST_LETTERS = 4  # of a currency beside an amount
# Who, when and which: the head of a document says it, and a later page that seems to know better seldom does.
_HEAD = frozenset(
    "number no id date seller supplier vendor issuer sender buyer customer client recipient company"
    " name".split()
)
_NOT_HEAD = frozenset(
    "due delivery order bank account tax vat item product signature signed end start total amount".split()
)
# What it comes to stands at the end; earlier pages have amounts that look like it.
_END = frozenset("total subtotal payable gesamtbetrag gesamtsumme endbetrag".split())
_NOT_END = frozenset("tax vat mwst quantity weight".split())
_MUCH_SURER = 2.0  # times as sure another page has to be


def name_words(name: str) -> set[str]:
    """The words of a field's name, in lower case."""
    return set(re.findall(r"[a-zäöü]+", name.casefold()))


def fits(name: str, value: str) -> bool:
    """False where ``value`` is plainly something else than ``name`` asks for; True where nobody can say."""
    words = name_words(name)
    if words & _DATES:
        return _is_date(value)
    if is_party(name):
        return _names_party(value)
    if is_amount(name):
        is_number = any(c.isdigit() for c in value) and sum(c.isalpha() for c in value) <= _MOST_LETTERS
        return is_number and not _DAY.fullmatch(value.strip())
    return True


def is_amount(name: str) -> bool:
    """Whether ``name`` asks for a sum of money, as far as its words tell."""
    words = name_words(name)
    return bool(words & _AMOUNTS) and not words & _NOT_AMOUNTS


def is_party(name: str) -> bool:
    """Whether ``name`` asks who somebody is, a firm or a person, and not for something of theirs."""
    words = name_words(name)
    return bool(words & _PARTIES) and not words & _NOT_PARTIES


def in_head(name: str) -> bool:
    """Whether it is said at the beginning of a document: its number, its date, who sends it to whom."""
    words = name_words(name)
    return bool(words & _HEAD) and not words & _NOT_HEAD


def at_end(name: str) -> bool:
    """Whether it is said at the end of a document: what everything comes to."""
    words = name_words(name)
    return bool(words & _END) and not words & (_NOT_END | _NOT_AMOUNTS)


def choose(name: str, values: Sequence[Value], sure: Callable[[Value], float]) -> Value:
    """Of what the pages offer for ``name``, first page first, at least one: the surest.

    Of something that stands in the head the first page's, of a total the last page's, unless another page is
    much surer.
    """
    best = max(values, key=sure)
    usual = values[0] if in_head(name) else values[-1] if at_end(name) else best
    return usual if sure(best) < _MUCH_SURER * sure(usual) else best


def _names_party(value: str) -> bool:
    """No label, with or without its number, no heading, no address, no sentence."""
    words = re.findall(r"[^\W\d_]+", value.casefold())
    if sum(map(len, words)) < 2 or len(words) > _MOST_WORDS or re.search(r":\s*\S*\d", value):
        return False
    if words[-1] in _NUMBERS or _LABELS.issuperset(words):
        return False
    has_digits = any(map(str.isdigit, value))
    return not (has_digits and (words[0] in _HEADINGS or _PLACE.search(value)))


def _is_date(value: str) -> bool:
    numbers = re.findall(r"\d+", value)
    if _MONTH.search(value):
        return bool(numbers)
    if re.search(r"[€$£%]", value):
        return False
    return (
        len(numbers) == 3
        and all(len(number) <= 4 for number in numbers)
        or bool(re.fullmatch(r"\D*(?:\d{8}|\d{1,2}\s*/\s*\d{2,4})\D*", value))
    )
