"""Whether a value can be what its name says: a date has a day, an amount is a number.

Used to choose between pages that offer different values. Nothing is changed or thrown away by it: where only
one page has a value, that is the value, whatever it looks like.
"""

import re

_DATES = frozenset("date datum dated birthday due issued".split())
_AMOUNTS = frozenset(
    "total subtotal amount tax vat net gross price sum cash change discount balance fee cost betrag"
    " summe".split()
)
_NOT_AMOUNTS = frozenset("number no id rate name code address date words".split())
_MONTH = re.compile(
    r"\b(?:jan|feb|fév|m[aä]r|apr|avr|ma[iy]|jun|juin|jul|juil|aug|ao[uû]|sep|o[ck]t|nov|d[eé][cz])",
    re.IGNORECASE,
)
_MOST_LETTERS = 4  # of a currency beside an amount


def fits(name: str, value: str) -> bool:
    """False where ``value`` is plainly something else than ``name`` asks for; True where nobody can say."""
    words = set(re.findall(r"[a-zäöü]+", name.casefold()))
    if words & _DATES:
        return _is_date(value)
    if words & _AMOUNTS and not words & _NOT_AMOUNTS:
        return any(c.isdigit() for c in value) and sum(c.isalpha() for c in value) <= _MOST_LETTERS
    return True


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
