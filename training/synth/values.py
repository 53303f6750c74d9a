# ruff: noqa: E501 (tables of words and formats)
"""Printed values: numbers, amounts, dates, codes. Formats follow the country, contents are random."""

import string
from random import Random

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
CURRENCIES = (
    "€",
    "EUR",
    "$",
    "USD",
    "£",
    "GBP",
    "CHF",
    "RM",
    "kr",
    "zł",
    "AUD",
    "CAD",
    "R$",
    "SGD",
    "¥",
    "INR",
    "Rs.",
    "HKD",
    "PLN",
)
ISO = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "RM": "MYR",
    "kr": "SEK",
    "zł": "PLN",
    "R$": "BRL",
    "¥": "JPY",
    "Rs.": "INR",
}
_ALNUM = string.ascii_uppercase + string.digits


def digits(dice: Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def pattern(dice: Random, shape: str) -> str:
    """``9`` a digit, ``1`` a digit from 1, ``A`` a capital, ``a`` a small letter, ``*`` a capital or digit."""
    out = []
    for c in shape:
        if c == "9":
            out.append(dice.choice("0123456789"))
        elif c == "1":
            out.append(dice.choice("123456789"))
        elif c == "A":
            out.append(dice.choice(string.ascii_uppercase))
        elif c == "a":
            out.append(dice.choice(string.ascii_lowercase))
        elif c == "*":
            out.append(dice.choice(_ALNUM))
        else:
            out.append(c)
    return "".join(out)


_IDS = (
    "199999", "1999", "19999", "1999999", "99999999", "A-99999", "AA-9999", "AA99999", "AA-9999-999", "2099-9999",
    "2099/9999", "AAA999999", "99-9999-99", "999-999-9999", "AA.9999.99", "R-2099-9999", "INV-99999", "****-****",
    "A999999999", "9999/99", "A9-999999", "AAA-9999-AA", "*******", "**-*****-*", "999999999999", "9-999999-9",
    "A99/999/99", "AA 99 99 99", "99.999.999", "S/N ********", "#99999", "99999-A", "999999-A", "0099999999", "a9a9-99",
)  # fmt: skip


def identifier(dice: Random) -> str:
    return pattern(dice, dice.choice(_IDS))


def phone(dice: Random) -> str:
    return pattern(
        dice,
        dice.choice(
            (
                "+49 199 9999999", "+49 (0) 19 99999-99", "0199 999999", "(199) 199-9999", "+1 199-199-9999", "199-999-9999",
                "+33 1 99 99 99 99", "01 99 99 99 99", "+34 199 999 999", "+39 09 9999 9999", "+31 19 999 9999",
                "+351 199 999 999", "03-19999999", "+603-9999 9999", "01199 999999", "+44 19 9999 9999", "019-999 9999",
                "+41 19 999 99 99", "099/999 99 99",
            )
        ),
    )  # fmt: skip


def iban(dice: Random) -> str:
    country, length = dice.choice(
        (("DE", 18), ("FR", 23), ("ES", 20), ("NL", 0), ("AT", 16), ("PT", 21), ("IT", 0))
    )
    if country == "NL":
        body = pattern(dice, "99AAAA9999999999")
    elif country == "IT":
        body = pattern(dice, "99A9999999999999999999999")
    else:
        body = digits(dice, length + 2)
    code = country + body
    if dice.random() < 0.75:
        code = " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    return code


def vat_number(dice: Random) -> str:
    shapes = ("DE999999999", "FR99999999999", "ESA99999999", "IT99999999999", "NL999999999B99", "PT999999999",
              "GB 999 9999 99", "ATU99999999", "BE0999.999.999", "99/999/99999", "CHE-999.999.999 MWST", "000999999999")  # fmt: skip
    return pattern(dice, dice.choice(shapes))


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


class Money:
    """How one document prints its amounts: separators, currency sign and its place."""

    def __init__(self, dice: Random, language: str) -> None:
        if language == "en":
            self.point, self.group = dice.choice(((".", ","), (".", ","), (".", "")))
        else:
            self.point, self.group = dice.choice(((",", "."), (",", "."), (",", " "), (",", ""), (".", "'")))
        signs = ("$", "£", "RM", "USD", "€") if language == "en" else ("€", "EUR", "€", "EUR", "CHF")
        self.currency = dice.choice(signs) if dice.random() < 0.8 else dice.choice(CURRENCIES)
        self.place = dice.choice(("", "", "", "before", "after", "before "))
        if language == "en" and self.place == "after":
            self.place = "before"

    @property
    def iso(self) -> str:
        """The three-letter code of the currency."""
        return ISO.get(self.currency, self.currency)

    def plain(self, cents: int) -> str:
        """Without currency: ``1,234.50``."""
        sign = "-" if cents < 0 else ""
        cents = abs(cents)
        return f"{sign}{grouped(cents // 100, self.group)}{self.point}{cents % 100:02d}"

    def full(self, cents: int) -> str:
        """With the currency where this document puts it."""
        text = self.plain(cents)
        if self.place == "after":
            return f"{text} {self.currency}"
        if self.place.startswith("before"):
            gap = " " if len(self.currency) > 1 or self.place.endswith(" ") else ""
            return f"{self.currency}{gap}{text}"
        return text


def cents(dice: Random, scale: float = 1.0) -> int:
    """A positive amount, log-uniform from about 1 to 100,000."""
    value = int(scale * 100 * 10 ** dice.uniform(0.1, 5) / 3) + 1
    return round(value, -2) if dice.random() < 0.2 and value > 1000 else value


def amount(dice: Random, language: str) -> str:
    return Money(dice, language).full(cents(dice))


class Calendar:
    """How one document prints its dates."""

    def __init__(self, dice: Random, language: str) -> None:
        months = MONTHS[language].split()
        self.months = months
        shapes = [
            "{d:02d}.{m:02d}.{y}",
            "{d:02d}/{m:02d}/{y}",
            "{y}-{m:02d}-{d:02d}",
            "{d} {M} {y}",
            "{d:02d}-{m:02d}-{y}",
        ]
        if language == "en":
            shapes += ["{M} {d}, {y}", "{B} {d}, {y}", "{d} {B} {y}", "{m:02d}/{d:02d}/{y}", "{d:02d}-{B}-{y}",
                       "{d:02d}/{m:02d}/{s:02d}", "{d:02d}-{m:02d}-{s:02d}", "{m}/{d}/{y}", "{m}/{d}/{s:02d}",
                       "{m}-{d}-{s:02d}", "{m}/{d}/{s:02d}", "{M} {d}, {y}", "{B}. {d}, {y}"]  # fmt: skip
            if dice.random() < 0.15:  # as forms are filled in by hand
                shapes = ["{B} {d}", "{m}/{d}", "{M} {y}", "{M} {d}", "{d} {B} {s:02d}", "{B}-{s:02d}", "{m}.{d}.{s:02d}",
                          "{B}. {y}", "{m}/{y}", "{M}, {y}", "{B} {d}/{s:02d}", "{M} {d} - {e}, {y}", "{m}/{d}-{m}/{e}/{s:02d}"]  # fmt: skip
        elif language == "de":
            shapes += [
                "{d:02d}.{m:02d}.{y}",
                "{d}. {M} {y}",
                "{d:02d}.{m:02d}.{s:02d}",
                "{d:02d}.{m:02d}.{y}",
            ]
        elif language in ("es", "pt"):
            shapes += ["{d} de {M} de {y}", "{d:02d}/{m:02d}/{s:02d}"]
        self.shape = dice.choice(shapes)

    def show(self, year: int, month: int, day: int) -> str:
        name = self.months[month - 1]
        return self.shape.format(y=year, s=year % 100, m=month, d=day, e=min(day + 3, 31), M=name, B=name[:3])


def any_day(dice: Random) -> tuple[int, int, int]:
    return dice.randint(1961, 2031), dice.randint(1, 12), dice.randint(1, 28)


def later(day: tuple[int, int, int], days: int) -> tuple[int, int, int]:
    """The day ``days`` after (months of 28 days, which is enough for print)."""
    serial = day[0] * 336 + (day[1] - 1) * 28 + day[2] - 1 + days
    return serial // 336, serial % 336 // 28 + 1, serial % 28 + 1


def date(dice: Random, language: str) -> str:
    return Calendar(dice, language).show(*any_day(dice))


def clock(dice: Random) -> str:
    hour, minute, second = dice.randint(0, 23), dice.randint(0, 59), dice.randint(0, 59)
    shape = dice.randint(0, 3)
    if shape == 0:
        return f"{hour:02d}:{minute:02d}"
    if shape == 1:
        return f"{hour:02d}:{minute:02d}:{second:02d}"
    if shape == 2:
        return f"{hour % 12 or 12}:{minute:02d} {'AM' if hour < 12 else 'PM'}"
    return f"{hour % 12 or 12:02d}:{minute:02d}:{second:02d}{'AM' if hour < 12 else 'PM'}"


def percent(dice: Random, language: str) -> str:
    value = dice.choice(
        ("5", "6", "7", "10", "19", "20", "21", "22", "8.1", "5.5", "2.5", f"{dice.uniform(0, 100):.1f}")
    )
    value = value if language == "en" else value.replace(".", ",")
    return value + dice.choice(("%", " %"))


def quantity(dice: Random, language: str) -> str:
    unit = dice.choice(("", "", "kg", "g", "pcs", "m", "l", "cm", "mm", "kWh", "h", "t", "ml", "lbs", "km"))
    number = (
        str(dice.randint(1, 999)) if dice.random() < 0.6 else f"{dice.uniform(0, 500):.{dice.randint(1, 3)}f}"
    )
    number = number if language == "en" else number.replace(".", ",")
    return f"{number} {unit}".strip()


def code(dice: Random) -> str:
    """A mixed-case string that cannot be guessed: serials, keys, hashes, file names."""
    kind = dice.randint(0, 5)
    if kind == 0:
        return "".join(dice.choices(string.ascii_letters + string.digits, k=dice.randint(4, 14)))
    if kind == 1:
        return "-".join(
            "".join(dice.choices(_ALNUM, k=dice.randint(2, 5))) for _ in range(dice.randint(2, 4))
        )
    if kind == 2:
        return "".join(dice.choices("0123456789abcdef", k=dice.choice((6, 8, 12, 16))))
    if kind == 3:
        return digits(dice, dice.randint(3, 16))
    if kind == 4:
        signs = string.ascii_letters + string.digits + "#$%&*+-/=?@_.:;!()"
        return "".join(dice.choices(signs, k=dice.randint(4, 12)))
    return identifier(dice)
