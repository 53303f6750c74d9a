# ruff: noqa: E501 (tables of words)
"""How a party is named in lines of print: a salutation above a person, a name in two lines, whom it goes to in the firm."""

from collections.abc import Sequence
from dataclasses import dataclass

from .canvas import Line, Style
from .desk import Desk

_SALUTATION = {
    "en": "Mr;Mrs;Ms;Mr.;Ms.;Messrs", "de": "Herr;Herrn;Frau;Familie;Eheleute", "fr": "Monsieur;Madame;M.;Mme", "es": "Señor;Señora;Sr. D.;Sra. Dña.",
    "it": "Egregio Signor;Gentile Signora;Sig.;Sig.ra", "nl": "De heer;Mevrouw;Dhr.", "pt": "Exmo. Sr.;Exma. Sra.;Sr.",
}  # fmt: skip
_TO_HAND = {  # {n} is a person
    "en": "Attn: {n};Attention: {n};c/o {n};Accounts payable;Accounting department;Finance department",
    "de": "z. Hd. {n};z.Hd. Herrn {n};c/o {n};Abteilung Einkauf;Buchhaltung;Kreditorenbuchhaltung;Herrn {n};Frau {n}", "fr": "À l'attention de {n};Service comptabilité;Service achats;c/o {n}",
    "es": "A la atención de {n};Departamento de contabilidad;Att. {n}", "it": "C.a. {n};Ufficio acquisti;Alla cortese attenzione di {n}", "nl": "T.a.v. {n};Afdeling inkoop;t.a.v. de crediteurenadministratie",
    "pt": "A/C {n};Departamento financeiro;Ao cuidado de {n}",
}  # fmt: skip

_TITLES = ("Mr. ", "Ms. ")  # that a name may bring along


@dataclass(frozen=True)
class Addressee:
    """``name`` is one name in the lines that it is printed on; what ``extra`` holds stands below and is no part of it."""

    name: tuple[str, ...]
    extra: tuple[str, ...] = ()


def addressee(desk: Desk, firm: float = 0.65) -> Addressee:
    """Whoever gets a bill: a firm in ``firm`` of the cases (0 to 1), else a person."""
    dice, names, language = desk.dice, desk.world.names, desk.language
    hand = dice.choice(_TO_HAND[language].split(";")).format(n=names.person(dice, language))
    if dice.random() < firm:
        return Addressee(
            in_lines(desk, names.company(dice, language)), (hand,) if dice.random() < 0.22 else ()
        )
    who = names.person(dice, language)
    shape = dice.random()
    salutation = dice.choice(_SALUTATION[language].split(";"))
    if who.startswith(_TITLES):
        return Addressee((who,))
    if shape < 0.18:
        return Addressee((salutation, who))
    return Addressee((f"{salutation} {who}" if shape < 0.3 else who,))


def in_lines(desk: Desk, firm: str, often: float = 0.12) -> tuple[str, ...]:
    """The name of a firm, broken in two at a word in ``often`` of the cases (0 to 1) in which it has three."""
    words = firm.split()
    if len(words) < 3 or desk.dice.random() >= often:
        return (firm,)
    at = desk.dice.randint(1, len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])


def set_addressee(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    who: Addressee,
    address: list[str],
    name_style: Style,
    style: Style,
    gap: float = 0.0,
    align: str = "left",
) -> tuple[list[Line], list[Line], list[Line], float]:
    """Sets name, extra and, ``gap`` pixels below them, the address; the lines of each, and y below.

    ``x``: of the edge that they share, by ``align``.
    """

    def put(texts: Sequence[str], y: float, used: Style) -> tuple[list[Line], float]:
        return desk.lines(
            x, y, [part for text in texts for part in desk.wrap(text, used, width)], used, align
        )

    name, y = put(who.name, y, name_style)
    extra, y = put(who.extra, y, style)
    rest, y = put(address, y + gap, style)
    return name, extra, rest, y
