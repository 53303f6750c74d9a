"""Dates and amounts in a line of print, by regular expressions: European and English notation, OCR slips."""

import re
from dataclasses import dataclass

MONTHS = {
    **{m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
    "mai": 5,
    "okt": 10,
    "dez": 12,
    "mär": 3,
    "maerz": 3,
    "fév": 2,
    "fev": 2,
    "avr": 4,
    "juin": 6,
    "juil": 7,
    "aoû": 8,
    "aou": 8,
    "déc": 12,
    "ene": 1,
    "abr": 4,
    "ago": 8,
    "dic": 12,
    "gen": 1,
    "mag": 5,
    "giu": 6,
}
_MONTH = (
    r"(?P<month>jan|feb|mar|mär|maerz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|fév|fev|avr|juin|juil|aoû|aou|"
    r"déc|ene|abr|ago|dic)[a-zéäû]{0,8}\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d|\d\d)"
_YEAR4 = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)"
_END = r"(?:(?![\d/])|(?=[0-2]?\d:\d))"  # engines drop the space before the time of day
_DATES = (
    (re.compile(rf"(?<![\d/.-])(?P<year>20\d\d)\s?[-/.]\s?(?P<mon>[0-3]?\d)\s?[-/.]\s?{_DAY}{_END}"), 3.0),
    (re.compile(rf"(?<![\d/.-]){_DAY}\s?([-/.])\s?(?P<mon>[0-3]?\d)\s?\2\s?{_YEAR}{_END}"), 3.0),
    (re.compile(rf"(?<!\d){_DAY}\.?\s?[-/ ,.]?\s?{_MONTH}\s?[-/ ,.']{{0,2}}\s?{_YEAR}{_END}", re.I), 3.0),
    (re.compile(rf"(?<![a-z]){_MONTH}\s?{_DAY}(?:st|nd|rd|th)?\s?,?\s?{_YEAR4}{_END}", re.I), 2.8),
    (re.compile(rf"(?<![\d/.-])(?P<day>\d\d)[-/. ]{{1,2}}(?P<mon>[01]\d)[-/. ]{{1,2}}{_YEAR}{_END}"), 1.2),
    (re.compile(r"(?<!\d)(?P<year>20[012]\d)(?P<mon>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d)"), 0.5),
    (re.compile(r"(?<!\d)(?P<day>[0-3]\d)(?P<mon>0[1-9]|1[0-2])(?P<year>20[012]\d)(?!\d)"), 0.5),
)
_LETTER_SLIPS = (("0ct", "Oct"), ("N0v", "Nov"), ("0CT", "OCT"), ("N0V", "NOV"))
_ROUGH = re.compile(r"(?<![\d.,/])(?P<whole>\d{1,4})\s?(?P<mark>[.,:;·-]|\s)\s?(?P<cents>\d{2})\s*\D?$")
_AMOUNT = re.compile(
    r"(?<![\d.,/:-])-?\s?(?P<whole>\d{1,3}(?:[.,' ]\d{3})+|\d{1,7})"
    r"\s?(?P<mark>[.,])\s?(?P<cents>\d{2})(?![\d/:%]|[.,]\d)"
)


@dataclass(frozen=True)
class PrintedDate:
    """A date as printed, with its place in the text and how sure its shape makes."""

    text: str
    iso: str
    start: int
    end: int
    trust: float


@dataclass(frozen=True)
class Amount:
    """An amount with two decimals: as printed and as a number."""

    text: str
    value: float
    start: int


def dates(text: str) -> list[PrintedDate]:
    """Every possible date in a line; month and day have to exist, the order day-month is tried first."""
    for slip, month_name in _LETTER_SLIPS:
        text = text.replace(slip, month_name)
    found: dict[int, PrintedDate] = {}
    for pattern, trust in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            day = int(parts["day"])
            month = MONTHS.get(parts["month"].lower(), 0) if parts.get("month") else int(parts["mon"])
            if month > 12 >= day:
                day, month = month, day
            year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
            if not (1 <= day <= 31 and 1 <= month <= 12 and 1990 <= year <= 2035):
                continue
            iso = f"{year:04d}-{month:02d}-{day:02d}"
            if not any(other.start <= match.start() < other.end for other in found.values()):
                found[match.start()] = PrintedDate(match.group(), iso, match.start(), match.end(), trust)
    return [found[start] for start in sorted(found)]


def rough_amount(text: str) -> Amount | None:
    """The amount that a line ends with, its point read as another sign: ``7 -00``, ``28-90``."""
    match = _ROUGH.search(text.strip())
    if match is None:
        return None
    printed = f"{match['whole']}.{match['cents']}"
    return Amount(printed, float(printed), match.start())


def amounts(text: str) -> list[Amount]:
    """Every amount with two decimals in a line; ``1.234,50`` and ``1,234.50`` are the same."""
    found = []
    for match in _AMOUNT.finditer(text):
        whole = re.sub(r"\D", "", match["whole"])
        value = float(f"{whole}.{match['cents']}")
        is_negative = match.group().startswith("-")
        printed = re.sub(r"\s", "", match.group())
        found.append(Amount(printed, -value if is_negative else value, match.start("whole")))
    return found
