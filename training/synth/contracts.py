# ruff: noqa: E501 (tables of sentences)
"""Dense legal pages: opening with date and parties, numbered clauses with run-in heads, justified lines."""

import re
from dataclasses import dataclass

from . import values
from .canvas import Line, Run, Style
from .desk import Desk
from .page import Question
from .prose import flow, margins, page_number

_TITLES = ("NON-DISCLOSURE AGREEMENT", "Confidentiality Agreement", "SERVICE AGREEMENT", "LICENSE AGREEMENT", "Mutual Non-Disclosure Agreement",
           "EMPLOYMENT CONTRACT", "Lease Agreement", "CONFIDENTIALITY AND NON-COMPETE AGREEMENT", "RESTRICTIVE COVENANT AGREEMENT", "Purchase Agreement",
           "MUTUAL CONFIDENTIALITY AGREEMENT", "CONSULTING AGREEMENT", "Settlement Agreement", "LOAN AGREEMENT")  # fmt: skip
_OPENINGS = {
    "en": ("This Agreement is made as of {d} by and between {a} and {b}.",
           "THIS AGREEMENT (this “Agreement”), effective {d} (the “Effective Date”), is between {a} (“Discloser”) and {b} (“Recipient”).",
           "This agreement is concluded on {d} between {a} (the “Company”) and {b} (the “Contractor”).",
           "THIS {t} is entered into as of {d}, by and between {a}, a corporation (“Disclosing Party”), and {b} (“Receiving Party”).",
           "This {t} (“Agreement”) dated as of {d} is by and among {a} and {b}, each a “Party” and together the “Parties”.",
           "{a}, with offices at {s}, and {b} agree as follows, as of {d}."),
    "de": ("Dieser Vertrag wird am {d} zwischen {a} und {b} geschlossen.", "Zwischen {a} (Auftraggeber) und {b} (Auftragnehmer) wird am {d} vereinbart:"),
    "fr": ("Le présent accord est conclu le {d} entre {a} et {b}.", "Entre {a} et {b}, il est convenu le {d} ce qui suit :"),
    "es": ("El presente contrato se celebra el {d} entre {a} y {b}.",),
    "it": ("Il presente contratto è stipulato il {d} tra {a} e {b}.",),
    "nl": ("Deze overeenkomst is gesloten op {d} tussen {a} en {b}.",),
    "pt": ("O presente contrato é celebrado em {d} entre {a} e {b}.",),
}  # fmt: skip
_RECITALS = ("WHEREAS,", "WHEREAS,", "NOW, THEREFORE,", "In consideration of the foregoing,", "RECITALS.")
_HEADS = ("Definitions", "Confidential Information", "Exceptions", "Non-use and Nondisclosure", "Term", "Notices", "Return of Materials", "No License Granted",
          "Entire Agreement", "Severability", "Assignment", "Remedies", "Publicity", "Counterparts", "Non-Competition", "Indemnification", "Waiver",
          "Obligations of the Recipient", "Compelled Disclosure", "Miscellaneous", "No Representations", "Binding Effect", "Costs")  # fmt: skip
_STATES = ("Delaware", "New York", "California", "Texas", "Oregon", "Nevada", "Michigan", "Georgia", "Ohio", "Illinois", "Florida", "Washington", "Virginia",
           "Minnesota", "Colorado", "North Carolina", "New Jersey", "Massachusetts", "Utah", "Arizona")  # fmt: skip
_LAWS = ("This Agreement shall be governed by the laws of the State of {v}.", "This Agreement is governed by and construed in accordance with the laws of {v}.",
         "The validity and interpretation of this Agreement are governed by the laws of the State of {v}, without regard to conflicts of law.",
         "Any dispute is subject to the laws of the Commonwealth of {v}.")  # fmt: skip
_TERMS = ("This Agreement remains in force for {v} from the Effective Date.", "The obligations set forth herein expire {v} after the date hereof.",
          "The term of this Agreement is {v}.", "For a period of {v} following the date of this Agreement, the Recipient shall keep the information secret.")  # fmt: skip
_SPANS = (
    "one year",
    "two years",
    "three (3) years",
    "five years",
    "12 months",
    "18 months",
    "twenty-four (24) months",
    "two (2) years",
    "six months",
    "36 months",
)

# Lines that would give another answer to what the opening and the clauses are asked for.
_RIVAL = re.compile(
    r"\blaws? of|governed|\bdated\b|\bas of \w+ \d|\beffective\b|\b(years?|months?)\b|\bbetween\b", re.I
)


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph in one style; ``key`` and ``kind`` are set where it is a value to remember."""

    text: str
    style: Style
    key: str = ""
    kind: str = ""


def contract(desk: Desk) -> None:
    """Parties, dates, law and term are fields where they are printed."""
    dice, language = desk.dice, desk.language
    x0, y, x1, bottom = margins(desk)
    wide = x1 - x0
    if dice.random() < 0.25:
        y = _exhibit(desk, x0, y, x1)
    opening = dice.random() < 0.6
    if opening:
        y = _opening(desk, x0, y, wide, bottom)
    if language != "en" or dice.random() < 0.12:
        source = desk.world.library.contracts if language == "en" else None
        flow(desk, x0, y, wide, bottom - desk.em * 2, heads=0.1, numbered=dice.random() < 0.7, source=source)
    else:
        _clauses(desk, x0, y, wide, bottom - desk.em * 2, opening)
    page_number(desk, x0, x1, bottom)


def _exhibit(desk: Desk, x0: float, y: float, x1: float) -> float:
    """What stands above the title of a filed agreement."""
    dice, style = desk.dice, desk.style()
    number = f"{dice.randint(4, 99)}.{dice.randint(1, 60)}"
    if dice.random() < 0.6:
        text = f"EX-{number} {dice.randint(2, 14)} {dice.choice(('dex', 'ex', 'd'))}{number.replace('.', '')}.htm"
        lines, y = desk.lines(x0, y, [text], style)
        desk.canvas.paragraph(lines)
    run = desk.put(
        x1,
        y + style.top,
        f"{dice.choice(('Exhibit', 'EXHIBIT'))} {number}",
        desk.style(weight="bold"),
        "right",
    )
    desk.canvas.paragraph([[run]])
    return y + 2 * desk.em


def _opening(desk: Desk, x0: float, y: float, wide: float, bottom: float) -> float:
    dice, names, language = desk.dice, desk.world.names, desk.language
    name = dice.choice(_TITLES)
    head = desk.style(dice.uniform(1.0, 1.5), "bold")
    y = (
        desk.heading(x0, y, wide, name, head, 1, dice.choice(("centre", "centre", "centre", "left")))
        + desk.em
    )
    title = [run for line in desk.canvas.blocks[-1].lines for run in line]
    desk.note("", "title", title, "text")
    day = desk.calendar.show(*values.any_day(dice))
    one, two = names.company(dice, language), names.company(dice, language)
    if dice.random() < 0.3:
        two = names.person(dice, language)
    style = desk.style()
    strong = desk.style(weight="bold") if dice.random() < 0.3 else style
    fill = {
        "d": Piece(day, style, "effective date", "date"),
        "a": Piece(one, strong, "party", "company"),
        "b": Piece(two, strong, "second party", "company"),
        "t": Piece(name, style),
        "s": Piece(names.street(dice, language), style),
    }
    pieces: list[Piece] = []
    for part in dice.choice(_OPENINGS[language]).replace("}", "{").split("{"):
        pieces.append(fill[part] if part in fill else Piece(part, style))
    before = len(desk.fields)
    y = set_pieces(
        desk,
        x0,
        y,
        wide,
        pieces,
        bottom=bottom,
        justify=dice.random() < 0.6,
        indent=desk.em * dice.choice((0, 0, 2)),
    )
    found = {item.key: item.value for item in desk.fields[before:]}
    if len(found) == 2 and desk.regular.clean(two) == two:
        ask = {
            f"{found['party']}, {two}": (
                "Who are the parties?",
                "Between whom is the agreement made?",
                "Which parties enter into the agreement?",
            ),
            two: ("Who is the second party?", "Which party is named second?", "Who is the other party?"),
        }
        answer = dice.choice(list(ask))
        desk.facts.append(Question(dice.choice(ask[answer]), answer, None, "text"))
    return y + desk.em * 0.7


def _clauses(desk: Desk, x0: float, y: float, wide: float, bottom: float, opening: bool) -> None:
    dice = desk.dice
    style, bold = desk.style(), desk.style(weight="bold")
    justify, gap = dice.random() < 0.7, desk.em * dice.uniform(0.4, 1.1)
    hang, sub = dice.choice((0.0, 0.0, desk.em * 2.5)), dice.random() < 0.5
    heads = dice.sample(_HEADS, len(_HEADS))
    titled = dice.random() < 0.75
    shape = dice.choice(("{n}.", "{n}.", "{n}", "Section {n}.", "({n})", "{n})"))
    number = 1 if opening else dice.randint(2, 9)
    special = dice.sample(
        (("governing law", _LAWS, _STATES, "country"), ("term", _TERMS, _SPANS, "terms")), dice.randint(0, 2)
    )
    if opening:
        for _ in range(dice.choice((0, 0, 1, 2, 3))):
            pieces = [Piece(f"{dice.choice(_RECITALS)} {_text(desk, 80, 400)}", style)]
            y = set_pieces(desk, x0, y, wide, pieces, bottom=bottom, justify=justify, indent=hang) + gap
    while y + 2 * desk.pitch(style) < bottom:
        left = x0 + (desk.em * 2.5 if sub and dice.random() < 0.4 else 0.0)
        if left > x0:
            pieces = [Piece(f"({dice.choice('abcdefgi')}) ", style)]
        else:
            pieces = [Piece(shape.format(n=number) + " ", bold if titled else style)]
            number += 1
            if titled:
                pieces.append(Piece(f"{heads[number % len(heads)]}. ", bold))
        if special and dice.random() < 0.4:
            key, forms, pool, kind = special.pop()
            start, _, end = dice.choice(forms).partition("{v}")
            pieces += [
                Piece(start, style),
                Piece(dice.choice(pool), style, key, kind),
                Piece(end + " ", style),
            ]
        pieces.append(Piece(_text(desk, 60, dice.choice((250, 600, 1200))), style))
        y = (
            set_pieces(desk, left, y, x0 + wide - left, pieces, bottom=bottom, justify=justify, indent=hang)
            + gap
        )


def _text(desk: Desk, low: int, high: int) -> str:
    """Lines of agreements, run together to a paragraph."""
    dice, lines = desk.dice, desk.world.library.contracts
    size = dice.randint(low, high)
    text = ""
    for _ in range(40):
        line = dice.choice(lines)
        if len(text) > size:
            break
        if not _RIVAL.search(line):
            text += (" " if text else "") + line
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else text.rstrip(" ,;:") + "."


def set_pieces(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    pieces: list[Piece],
    *,
    bottom: float,
    justify: bool = False,
    indent: float = 0.0,
) -> float:
    """A paragraph of pieces in their styles; values that are printed whole become fields. Returns y below.

    A piece that does not begin with a space is joined to the word before it. What would pass ``bottom`` is left out.
    """
    lines = _broken(pieces, width, indent)
    style = pieces[-1].style
    pitch = desk.pitch(style)
    parts: list[list[Run]] = [[] for _ in pieces]
    block: list[Line] = []
    glued: list[tuple[Run, Run]] = []
    drawn = 0
    for number, line in enumerate(lines):
        if y + style.top + style.bottom > bottom:
            break
        left = x + (indent if number == 0 else 0.0)
        gaps = len(line) - 1
        wide = sum(pieces[i].style.width(word) for unit in line for word, i in unit)
        gap = style.width(" ")
        if justify and number < len(lines) - 1 and gaps:
            gap = min((x + width - left - wide) / gaps, 3 * gap)
        block.append([])
        for unit in line:
            before: Run | None = None
            for word, i in unit:
                run = desk.put(left, y + style.top, word, pieces[i].style)
                left = run.x1
                block[-1].append(run)
                parts[i].append(run)
                drawn += 1
                if before is not None:
                    glued.append((before, run))
                before = run
            left += gap
        y += pitch
    for piece, runs in zip(pieces, parts, strict=True):
        if piece.key and len(runs) == len(piece.text.split()):
            desk.note("", piece.key, runs, piece.kind)
    for before, run in reversed(glued):  # transcribed as one word
        before.text, run.text = before.text + run.text, ""
    desk.canvas.paragraph(block)
    return y


def _broken(pieces: list[Piece], width: float, indent: float) -> list[list[list[tuple[str, int]]]]:
    """Lines of units of (word, number of the piece); the words of a unit stand without gaps."""
    units: list[list[tuple[str, int]]] = []
    joined = False
    for i, piece in enumerate(pieces):
        for place, word in enumerate(piece.text.split()):
            if place == 0 and units and joined and not piece.text[0].isspace():
                units[-1].append((word, i))
            else:
                units.append([(word, i)])
        if piece.text:
            joined = not piece.text[-1].isspace()
    space = pieces[-1].style.width(" ")
    lines: list[list[list[tuple[str, int]]]] = [[]]
    used = indent
    for unit in units:
        wide = sum(pieces[i].style.width(word) for word, i in unit)
        if lines[-1] and used + space + wide > width:
            lines.append([])
            used = 0.0
        used += wide + (space if lines[-1] else 0.0)
        lines[-1].append(unit)
    return lines
