"""Whether what a field says is on the page at all, where that can be told: a currency has a sign or a code.

A reader that has learnt to name currencies names one for pages that print none, most often the one it has met
most. The glyph map has the print, so neither the code nor a sign of it there means that nobody said it.
"""

from collections.abc import Iterable

from .plausible import name_words
from .schema.values import SYMBOLS, parse_currency

_SHARED = {  # signs of several currencies
    "$": "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP",
    "¥": "JPY CNY",
    "kr": "SEK NOK DKK ISK",
    "rs": "INR PKR",
}


def may_say(name: str, value: str, rows: Iterable[str]) -> bool:
    """False for a currency of which neither the value, nor its ISO 4217 code, nor a sign stands in ``rows``,
    the print of a page in lower case without spaces. True of whatever is no currency."""
    if "currency" not in name_words(name):
        return True
    forms = _forms(value)
    return not forms or any(form in row for row in rows for form in forms)


def _forms(value: str) -> set[str]:
    """How a currency may be printed, in lower case without spaces."""
    forms = {"".join(value.casefold().split()).strip(".")}
    if code := parse_currency(value):
        forms |= {code.casefold(), *(sign for sign, known in SYMBOLS.items() if known == code)}
        forms |= {sign for sign, codes in _SHARED.items() if code in codes.split()}
    return forms - {""}
