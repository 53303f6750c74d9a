"""How answers are scored: pure functions from a prediction and its reference to a number.

Exact fields (``field_match``), ANLS for questions, character error for transcriptions, cell F1 for Markdown
tables. A prediction of ``None`` says "not in the document"; a reference of ``None`` says that this is right.
Every number that ``octavo eval`` prints comes from here.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq, Levenshtein

Accepted = str | Sequence[str | None] | None
"""One right answer, several of which any will do, or ``None``: the document does not say. ``None`` among
several stands for "not in the document", which is right there, too."""

ANLS_THRESHOLD = 0.5


def comparable(text: str) -> str:
    """``text`` for comparison: NFKC, case folded, letters, marks and digits only.

    A text made of symbols alone ("-", "€") keeps them, so that it does not equal every other such text.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(ch for ch in folded if unicodedata.category(ch)[0] in "LMN")
    return kept or collapse(folded)


def collapse(text: str) -> str:
    """``text`` in NFKC, each run of white space made one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def field_match(prediction: str | None, accepted: Accepted) -> bool:
    """Whether the prediction equals an accepted value in its letters and digits (see :func:`comparable`).

    An accepted ISO date equals the same day in any notation, an accepted bare number the same number with a
    currency: some labels are normalised where the page has its own way of writing.
    """
    if prediction is None:
        return may_be_absent(accepted)
    found = comparable(prediction)
    return any(
        found == comparable(option) or _same_day(prediction, option) or _same_amount(prediction, option)
        for option in accepted_values(accepted)
    )


_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTHS = tuple(  # English, German, French beginnings
    "jan feb|fev|fév m[aä]r apr|avr ma[iy] jun|juin jul|juil aug|ao[uû]t sep o[ck]t nov d[eé][cz]".split()
)


def _same_day(prediction: str, option: str) -> bool:
    """Whether an ISO date is named in an order that people use: year-month-day, day-month-year or, in numbers
    as US pages print it, month-day-year; a year of two digits is the first or the last of them.

    05/06/2018 is printed for the fifth of June and for the sixth of May, and nothing in it tells which: it
    equals both days.
    """
    iso = _ISO_DATE.fullmatch(option.strip())
    if iso is None:
        return False
    year, month, day = (int(part) for part in iso.groups())
    numbers = re.findall(r"\d{1,4}", prediction)
    named = [i for i, stem in enumerate(_MONTHS, 1) if re.search(rf"\b(?:{stem})", prediction.casefold())]
    if named and month in named and len(numbers) == 2:
        numbers.insert(1, str(month))
    if len(numbers) != 3:
        return False
    first, middle, last = (int(number) for number in numbers)
    if _is_year(numbers[0], year) and (middle, last) == (month, day):
        return True
    return _is_year(numbers[2], year) and (first, middle) in ((day, month), (month, day))


def _is_year(written: str, year: int) -> bool:
    return len(written) in (2, 4) and int(written) == year % 10 ** len(written)


def _same_amount(prediction: str, option: str) -> bool:
    if re.fullmatch(r"-?\d+(\.\d+)?", option.strip()) is None:
        return False
    bare = re.sub(r"(?i)\b(?:eur|euro|usd|gbp|chf|rm|myr|sgd)\b|[^\d.,-]", "", prediction).strip(".,")
    letters = sum(ch.isalpha() for ch in prediction)
    return letters <= 4 and any(ch.isdigit() for ch in bare) and comparable(bare) == comparable(option)


def anls(prediction: str | None, accepted: Accepted, threshold: float = ANLS_THRESHOLD) -> float:
    """Normalised Levenshtein similarity of one answer, 0..1 (ST-VQA, Biten et al. 2019).

    The best over the accepted answers of ``1 - NL`` where ``NL = distance / length of the longer`` is below
    ``threshold``, otherwise 0. Case is ignored, white space counts, as in the published definition.
    """
    if prediction is None:
        return float(may_be_absent(accepted))
    found, options = prediction.strip().lower(), accepted_values(accepted)
    return max((_similarity(found, option.strip().lower(), threshold) for option in options), default=0.0)


def _similarity(found: str, wanted: str, threshold: float) -> float:
    distance = Levenshtein.normalized_distance(found, wanted)
    return 1.0 - distance if distance < threshold else 0.0


def accepted_values(accepted: Accepted) -> tuple[str, ...]:
    """The values that count as right; none where the page does not say."""
    options = (accepted,) if accepted is None or isinstance(accepted, str) else accepted
    return tuple(option for option in options if option is not None)


def may_be_absent(accepted: Accepted) -> bool:
    """Whether "not in the document" counts as right."""
    return not isinstance(accepted, str) and (not accepted or None in accepted)


@dataclass(frozen=True)
class CharacterErrors:
    """Edits (substitutions, insertions, deletions) that turn a prediction into its reference.

    Keep the two counts to average over a set: the rate of a set is the sum of edits over the sum of lengths.
    """

    edits: int
    length: int  # characters of the reference

    @property
    def rate(self) -> float:
        """Edits per reference character; an empty reference counts as one character long. May exceed 1."""
        return self.edits / max(self.length, 1)

    def __add__(self, other: "CharacterErrors") -> "CharacterErrors":
        return CharacterErrors(self.edits + other.edits, self.length + other.length)


def character_errors(prediction: str, reference: str) -> CharacterErrors:
    """Character errors where runs of white space count as one space and Markdown marks as nothing."""
    return _count_edits(collapse(without_marks(prediction)), collapse(without_marks(reference)))


def loose_character_errors(prediction: str, reference: str) -> CharacterErrors:
    """Character errors ignoring case, white space and punctuation: for transcriptions that dropped them."""
    return _count_edits(_letters(prediction), _letters(reference))


def cer(prediction: str, reference: str) -> float:
    """Rate of :func:`character_errors`."""
    return character_errors(prediction, reference).rate


def _count_edits(found: str, wanted: str) -> CharacterErrors:
    return CharacterErrors(Levenshtein.distance(found, wanted), len(wanted))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if unicodedata.category(ch)[0] in "LMN")


_RULE = re.compile(r":?-{3,}:?|:-{1,2}:?|-{1,2}:")  # a lone "-" or "--" is a cell that prints a dash
_HEADING = re.compile(r"^#{1,6}\s+")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def without_marks(text: str) -> str:
    """Markdown → what is printed: heading signs, table borders and rule rows removed, lines kept."""
    lines = []
    for line in text.splitlines():
        if not line.lstrip().startswith("|"):
            lines.append(_HEADING.sub("", line))
        elif not _is_rule(cells := _cells(line)):
            lines.append(" ".join(cells))
    return "\n".join(lines)


def table_rows(markdown: str) -> list[list[str]]:
    """The cells of every pipe-table row in ``markdown``, as printed; rule rows are left out."""
    rows = (_cells(line) for line in markdown.splitlines() if line.lstrip().startswith("|"))
    return [row for row in rows if not _is_rule(row)]


def _is_rule(cells: list[str]) -> bool:
    return all(_RULE.fullmatch(cell) for cell in cells)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(inner)]


def cell_f1(prediction: str, reference: str) -> float:
    """F1 over the non-empty cells of two Markdown tables, 0..1.

    A cell is right when its text equals (see :func:`comparable`) that of a reference cell *in order*: rows
    are aligned top to bottom, cells within a pair of rows left to right, both as longest common subsequences,
    so that a lost or invented row or column costs its own cells and not everything behind it. Empty cells do
    not count: Markdown has no spans, and which cell of a span is left empty is a convention. Two empty tables
    score 1.
    """
    found, wanted = _filled(prediction), _filled(reference)
    num_found, num_wanted = sum(map(len, found)), sum(map(len, wanted))
    if num_found + num_wanted == 0:
        return 1.0
    return 2 * _aligned(found, wanted) / (num_found + num_wanted)


def _filled(markdown: str) -> list[list[str]]:
    return [[comparable(cell) for cell in row if cell] for row in table_rows(markdown)]


def _aligned(found: list[list[str]], wanted: list[list[str]]) -> int:
    """The most cells that an order-keeping pairing of rows makes equal; time O(rows x rows)."""
    best = [0] * (len(wanted) + 1)  # best[j]: rows of ``found`` so far against the first j of ``wanted``
    for row in found:
        above = best
        best = [0]
        for j, reference in enumerate(wanted):
            pair = above[j] + LCSseq.similarity(row, reference)
            best.append(max(pair, above[j + 1], best[j]))
    return best[-1]
