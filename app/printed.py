"""Whether what a field says is on the page at all, where the glyph map can tell: it is a reading of its own.

A reader that has learnt to name currencies names one for pages that print none, most often the one it has met
most; and it writes down a wrong digit now and then. Neither the code of a currency nor a sign of it among the
encoder's letters means that nobody said it, and digits that are not among them are worth another look.
"""

import re
from collections.abc import Iterable

from .plausible import is_amount, name_words
from .schema.values import SYMBOLS, parse_currency

_SHARED = {  # signs of several currencies
    "$": "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP",
    "¥": "JPY CNY",
    "kr": "SEK NOK DKK ISK",
    "rs": "INR PKR",
}
_LONG = 4  # digits; fewer stand somewhere on most pages


def unprinted(name: str, value: str, rows: Iterable[str]) -> int:
    """How many numbers of ``value`` are nowhere in ``rows``, the print of a page without spaces.

    Of an amount all its digits are one number, whatever stands between them; of anything else only longer
    ones count. 0 where nothing is known of the print.
    """
    if is_amount(name):
        numbers = ["".join(filter(str.isdecimal, value))]
    else:
        numbers = [run for run in re.findall(r"\d+", value) if len(run) >= _LONG]
    print_ = ["".join(filter(str.isdecimal, row)) for row in rows] if numbers else []
    return sum(not any(number in row for row in print_) for number in numbers) if print_ else 0


def printed_form(name: str, value: str, rows: Iterable[str]) -> str | None:
    """A currency as it is printed: ``value`` where that stands in ``rows``, the print of a page in lower case
    without spaces, else its sign or its ISO 4217 code; None where none of them does.

    ``value`` itself of whatever is no currency, and where what is printed says less: a sign that several
    currencies share, or letters, of which nobody knows the case.
    """
    if "currency" not in name_words(name):
        return value
    rows, said = list(rows), "".join(value.casefold().split()).strip(".")
    if not said or _stands(said, rows):
        return value
    code = parse_currency(value)
    if not code:
        return None
    own = [sign for sign, known in SYMBOLS.items() if known == code and sign != said]
    forms = {sign: value if any(map(str.isalpha, sign)) else sign for sign in own}
    forms |= {code.casefold(): code}
    forms |= {sign: value for sign, codes in _SHARED.items() if code in codes.split()}
    return next((shown for form, shown in forms.items() if _stands(form, rows)), None)


def _stands(form: str, rows: list[str]) -> bool:
    """Whether a sign or code is printed. One letter or two may be the middle of a word ("form"): then no
    letter may follow them."""
    if len(form) <= 2 and form.isalpha():
        return any(re.search(form + r"(?![^\W\d_])", row) for row in rows)
    return any(form in row for row in rows)
