"""Values in the notation of a file format → every way in which a page may print them.

The labels of electronic invoices come from XML (``2018-06-05``, ``1234.5``); the print is German, French or
English. Punctuation and spaces need no variants: the comparison ignores them.
"""

from datetime import date

MONTH_NAMES = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
CURRENCIES = ("EUR", "CHF", "USD", "GBP")


def printed_dates(iso: str) -> tuple[str, ...]:
    """``2018-06-05`` → itself, ``05.06.2018``, ``5.6.18``, ``5. Juni 2018``, ``June 5, 2018`` …

    Day before month, as in Europe; a text that is no ISO date is returned alone.
    """
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return (iso,)
    forms = {iso: None, f"{day.year}-{day.month}-{day.day}": None}
    for number in (f"{day.day:02d}", f"{day.day}"):
        for year in (f"{day.year}", f"{day.year % 100:02d}"):
            for month in (f"{day.month:02d}", f"{day.month}"):
                forms[f"{number}.{month}.{year}"] = None
            for names in MONTH_NAMES.values():
                name = names.split()[day.month - 1]
                for spelling in (name, name[:3]):
                    forms[f"{number}. {spelling} {year}"] = None
                    forms[f"{spelling} {number}, {year}"] = None
    return tuple(forms)


def printed_amounts(number: str) -> tuple[str, ...]:
    """``1234.5`` → itself, ``1234.50``, and each with the name of a currency before or behind it."""
    whole, _, cents = number.partition(".")
    plain = dict.fromkeys((number, f"{whole}.{cents:0<2}"))
    named = [
        form for value in plain for code in CURRENCIES for form in (f"{value} {code}", f"{code} {value}")
    ]
    return (*plain, *named)
