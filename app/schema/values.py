"""Printed text → dates, amounts, currencies, truths. Nothing is guessed: what is not one of them gives None.

``1.234`` and ``03/04/2024`` can be read in two ways. ``Habits`` says which way the document writes, judged by
those of its values that can be read in one way only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

MAX_TEXT = 80
FIRST_YEAR, LAST_YEAR = 1800, 2199
NUMBER = re.compile(r"[-+−(]?\s*\d[\d.,'’\s  ]*\d|[-+−(]?\s*\d")
NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,4})日?(?!\d)")
SPACES = re.compile(r"[\s  '’]")
AROUND_MARK = re.compile(r"\s*([.,])\s*")
# Digits in one piece or in thousands (lakhs too), then the decimals: "2 19.99" is a quantity and a price, and
# "1.2.3" no number.
GROUPED = re.compile(r"\d+(?:[.,]\d*)?|\d{1,3}([.,'’\s])(?:\d{2,3}\1)*\d{3}(?:[.,]\d*)?")
SYMBOLS = {  # signs of one currency only: $, ¥ and kr are those of several
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND",
    "₪": "ILS", "฿": "THB", "zł": "PLN", "kč": "CZK", "rm": "MYR", "us$": "USD", "s$": "SGD", "hk$": "HKD",
    "a$": "AUD", "r$": "BRL", "c$": "CAD", "nt$": "TWD", "元": "CNY", "円": "JPY", "fr.": "CHF",
    "sfr.": "CHF", "euro": "EUR",
}  # fmt: skip
CODES = frozenset(
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MAD "
    "MXN MYR NGN NOK NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR".split()
)
YES = {"yes", "y", "true", "checked", "x", "ja", "oui", "si", "sí", "sì", "sim", "是", "✓", "☑", "☒"}
NO = {"no", "n", "false", "unchecked", "nein", "non", "não", "否", "☐"}


@dataclass(frozen=True)
class Habits:
    """How a document writes: its decimal mark ("." or ",") and whether the day comes before the month; None
    where no value tells."""

    decimal_mark: str | None = None
    day_first: bool | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Habits":
        """Judged by all values of a document."""
        texts = [text[:MAX_TEXT] for text in texts]
        marks = [mark for text in texts for mark in _clear_marks(text)]
        mark = max(set(marks), key=marks.count) if marks else None
        orders = [order for text in texts if (order := _clear_order(text)) is not None]
        return cls(mark, max(set(orders), key=orders.count) if orders else None)


def _clear_marks(text: str) -> Iterable[str]:
    """The decimal marks that the numbers in a text can only have."""
    if NUMERIC_DATE.search(text):
        return
    for match in NUMBER.finditer(text):
        number = SPACES.sub("", match[0])
        last = max(number.rfind("."), number.rfind(","))
        if last < 0:
            continue
        digits_after, mark = len(number) - last - 1, number[last]
        other = "," if mark == "." else "."
        if other in number or (digits_after != 3 and number.count(mark) == 1):
            yield mark if number.count(mark) == 1 else other
        elif number.count(mark) > 1:
            yield other


def _clear_order(text: str) -> bool | None:
    match = NUMERIC_DATE.search(text)
    if not match or len(match[1]) == 4:
        return None
    first, second = int(match[1]), int(match[2])
    return True if first > 12 >= second else False if second > 12 >= first else None


def parse_amount(text: str, habits: Habits) -> float | None:
    """The number in a text that holds just one: ``-1.234,50 EUR`` → -1234.5; brackets are minus."""
    matches = list(NUMBER.finditer(text[:MAX_TEXT]))
    if len(matches) != 1 or NUMERIC_DATE.search(text):
        return None
    printed = AROUND_MARK.sub(r"\1", matches[0][0].strip("-+−( "))
    form = GROUPED.fullmatch(printed)
    if not form:
        return None
    raw = SPACES.sub("", matches[0][0])
    is_negative = raw[0] in "-−(" or text.rstrip().endswith("-")
    number = raw.lstrip("-+−(")
    last = max(number.rfind("."), number.rfind(","))
    if last >= 0:
        mark = number[last]
        other = "," if mark == "." else "."
        is_decimal = number.count(mark) == 1 and (
            other in number
            or bool(SPACES.match(form[1] or ""))  # its thousands are apart already
            or len(number) - last - 1 != 3
            or habits.decimal_mark == mark
            or number[0] == "0"
        )
        number = number.replace(other, "")
        number = number.replace(mark, ".") if is_decimal else number.replace(mark, "")
    try:
        value = float(Decimal(number))
    except InvalidOperation:
        return None
    return -value if is_negative else value


def parse_date(text: str, habits: Habits) -> tuple[str | None, str]:
    """``(YYYY-MM-DD or None, remark)`` of a text that is one date. A day that could also be the month is
    taken as the document's other dates have it, else as the day, and the remark says so."""
    text = " ".join(text[:MAX_TEXT].split())
    match = NUMERIC_DATE.search(text)
    if not match:
        return _written_date(text), ""
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        return _iso(first, second, third), ""
    year = third if len(match[3]) == 4 else third + (2000 if third < 70 else 1900)
    if len(match[3]) not in (2, 4):
        return None, ""
    is_unclear = first <= 12 and second <= 12 and first != second
    day_first = first > 12 or (second <= 12 and habits.day_first is not False)
    day, month = (first, second) if day_first else (second, first)
    remark = ""
    if is_unclear and habits.day_first is None:
        remark = "day and month could be the other way round"
    return _iso(year, month, day), remark


def _written_date(text: str) -> str | None:
    """Dates with the month as a word, in any of the languages that dateparser knows."""
    if not re.search(r"\d{4}", text) or not re.search(r"[^\W\d_]{3}", text):
        return None
    import dateparser

    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text)
    text = re.sub(r"^[^\W\d_]+(ag|day|di)\b,?\s*", "", text)  # a weekday in front
    found = dateparser.parse(text, settings={"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False})
    return _iso(found.year, found.month, found.day) if found else None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def parse_currency(text: str) -> str | None:
    """The ISO 4217 code of a currency named in a text: by its code, else by a sign that is one country's."""
    words = re.findall(r"[^\W\d_]+", text[:MAX_TEXT])
    codes = {word.upper() for word in words if word.upper() in CODES and word.isupper()}
    if len(codes) == 1:
        return codes.pop()
    folded = text[:MAX_TEXT].casefold()
    for sign in sorted(SYMBOLS, key=len, reverse=True):
        pattern = rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])"
        if re.search(pattern, folded):
            return SYMBOLS[sign]
    return None


def parse_truth(text: str) -> bool | None:
    """Yes or no, as a word or a mark in a box."""
    word = text.strip().strip(".!").casefold()
    return True if word in YES else False if word in NO else None
