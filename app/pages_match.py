"""Which pages a question is about, judged by the characters that the encoder saw on them.

The glyph map of a page is its index: rows of characters without spaces, read before the decoder is asked
anything. The words of a question are looked for in them (rapidfuzz); rare words weigh more than those of
every page, as in BM25, and words that stand together weigh more than the same words apart.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from ..vision.glyphs import GlyphMap

# Words that a question is put with, not what it is about; the languages that the shipped reader is asked in.
FILLERS = frozenset(
    "a an the of is are was were be been being do does did has have had what whats which who whom whose when "
    "where why how much many in on at to for from by with and or as it its this that these those there their "
    "they he she his her you your i me my we our us please tell give show find name state read say says said "
    "according page document file printed written given stated shown listed mentioned can could would will "
    "shall should must may any some all each about into than then also not no out up see look check pull get "
    "know want need like wonder let somebody someone anybody anyone dictate quote copy extract return "
    "der die das den dem des ein eine einer eines einem einen ist sind war was wer wie wo wann warum welche "
    "welcher welches im in am auf zu zum zur für von vom mit und oder steht gibt bitte viel viele wird hat "
    "le la les un une des du de au aux est sont quel quelle quels quelles qui que quoi quand où comment "
    "combien pour par avec et ou dans sur il elle "
    "el los las una unos del al es son cuál cuáles qué quién cuándo dónde cómo cuánto para por con y en"
    .split()
)  # fmt: skip
MIN_FUZZY = 4  # letters; a shorter word is there letter by letter or not at all
CUTOFF = 80.0  # similarity of a word with its place in a row, 0-100
PHRASE = 85.0  # the same for all words together
TOGETHER = 0.25  # what the words in one piece add to a score of at most 1
LABEL = 0.1  # what a colon behind the piece adds
EMPHASIS = 4.0  # weight of a word with a capital or a digit, and of one right behind it, beside plain ones
LONG = 7  # letters of a word that does not stand in others by chance
MAX_WORDS = 24
UNREADABLE, MIN_UNREADABLE = "\ufffd", 20  # what stands for a character that is none of the alphabet
# Half of the letters of Chinese, Japanese and Korean pages, and of thumbnails, are told with less than 0.6,
# of receipts and noisy forms that can be read with 0.93 or more. Texture looks like a few such characters.
TOLD, MIN_TOLD = 0.65, 200


@dataclass(frozen=True)
class Subject:
    """What a question is about: its ``words``, lower case, each once; ``weights`` [words]; ``phrase``: those
    that weigh most, in one piece."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    phrase: str


@dataclass(frozen=True)
class PrintedRows:
    """The rows of characters on a page, top to bottom, lower case, without spaces; a row and its neighbour
    are one more row where the print is askew. ``size``: how many characters there are; ``sure``: the median
    of their probabilities."""

    rows: tuple[str, ...]
    size: int
    sure: float = 1.0

    @property
    def is_illegible(self) -> bool:
        """Whether the encoder sees print and cannot tell most of it: a thumbnail, a foreign script."""
        unknown, all_ = sum(row.count(UNREADABLE) for row in self.rows), sum(map(len, self.rows))
        is_unknown = unknown >= MIN_UNREADABLE and unknown > all_ / 2
        return is_unknown or (self.size >= MIN_TOLD and self.sure < TOLD)


@dataclass(frozen=True)
class Hits:
    """Where the words of a question are on a page: ``best`` [words] 0-1, the best of each; ``together``
    [rows][words] those of a row and the next ones; ``piece``: what it adds that the phrase stands there."""

    best: tuple[float, ...]
    together: tuple[tuple[float, ...], ...]
    piece: float

    def score(self, weights: Sequence[float]) -> float:
        """How much of the question is here, 0-1.35; ``weights`` [words] of any sum."""
        total = sum(weights)
        if not total:
            return 0.0
        together = max((_dot(row, weights) for row in self.together), default=0.0)
        return 0.5 * (_dot(self.best, weights) + together) / total + self.piece

    @property
    def is_strong(self) -> bool:
        """Whether this page is worth asking before the others were looked at."""
        whole = len(self.best) > 1 and any(min(row) >= CUTOFF / 100 for row in self.together)
        return self.piece > 0 or whole


def printed_rows(glyphs: "GlyphMap") -> PrintedRows:
    """The rows of a glyph map as text."""
    import numpy as np

    from ..vision.glyphs import BLANK, glyph_char

    filled = (glyphs.ids != BLANK).any(2)  # [rows, columns]
    cells = [[""] * filled.shape[1] for _ in filled]
    for row, col in zip(*np.nonzero(filled), strict=True):
        cells[row][col] = "".join(glyph_char(int(i)) for i in glyphs.ids[row, col]).casefold()
    rows: list[str] = []
    for number, row in enumerate(cells):
        text = "".join(row)
        if text:
            rows.append(text)
        below = cells[number + 1] if number + 1 < len(cells) else []
        if text and any(a and not b for a, b in zip(row, below, strict=False)) and any(below):
            joined = "".join(a or b for a, b in zip(row, below, strict=True))
            if joined not in (text, "".join(below)):
                rows.append(joined)
    sure = glyphs.probs[glyphs.ids != BLANK]
    return PrintedRows(tuple(rows), sure.size, float(np.median(sure)) if sure.size else 1.0)


def subject_of(question: str) -> Subject:
    """What a question is about; all of its words where only fillers are left.

    Labels and names begin with a capital or hold digits ("Check the Policy ref for me"): they weigh most.
    """
    text = question.replace("'s ", " ").replace("\u2019s ", " ")
    weights: dict[str, float] = {}
    loud, end = False, 0
    for number, match in enumerate(re.finditer(r"\w[\w.,/-]*\w|\w", text)):
        printed, word = match[0], match[0].casefold()
        follows = loud and text[end : match.start()].isspace()
        capital = printed[0].isupper() and number > 0 and word != "i"
        loud = capital or any(ch.isdigit() for ch in word) or (follows and word not in FILLERS)
        end = match.end()
        if loud or word not in FILLERS:
            weights[word] = max(weights.get(word, 0.0), EMPHASIS if loud else 1.0)
    if not weights:
        weights = dict.fromkeys(re.findall(r"\w+", text.casefold()), 1.0)
    words = tuple(weights)[:MAX_WORDS]
    top = max(weights.values(), default=0.0)
    phrase = "".join(word for word in words if weights[word] == top)
    return Subject(words, tuple(weights[word] * min(len(word), LONG) / LONG for word in words), phrase)


def find_words(subject: Subject, rows: PrintedRows) -> Hits:
    """The words on a page."""
    found = [[_found(word, row) for word in subject.words] for row in rows.rows]
    # A label may be on two lines, or its row be split by a slant: a row counts with the two below it.
    together = [[max(column) for column in zip(*found[i : i + 3], strict=True)] for i in range(len(found))]
    best = tuple(max(column) for column in zip(*found, strict=True)) or (0.0,) * len(subject.words)
    piece = max((_piece(subject.phrase, row) for row in rows.rows), default=0.0)
    return Hits(best, tuple(tuple(row) for row in together if any(row)), piece)


def score_pages(subject: Subject, pages: Sequence[Hits]) -> list[float]:
    """For each page how much of the question it has, 0 (nothing) to 1.35 (every word, as a label)."""
    counts = [sum(hit > 0 for hit in column) for column in zip(*(hits.best for hits in pages), strict=True)]
    # A word of every page tells little, but not nothing.
    rarity = [max(math.log(1 + (len(pages) - n + 0.5) / (n + 0.5)), 0.05) if n else 0.0 for n in counts]
    weights = [rare * weight for rare, weight in zip(rarity, subject.weights, strict=True)] if pages else []
    return [hits.score(weights) for hits in pages]


def _piece(phrase: str, row: str) -> float:
    """What a row adds that has all words in one piece; more where they are a label."""
    if len(phrase) < MIN_FUZZY or len(row) < len(phrase):
        return 0.0
    place = row.find(phrase)
    if place >= 0:
        return TOGETHER + LABEL * (row[place + len(phrase) :].startswith(":"))
    hit = fuzz.partial_ratio_alignment(phrase, row, score_cutoff=PHRASE)
    if hit is None:
        return 0.0
    return hit.score / 100 * TOGETHER + LABEL * (":" in row[hit.dest_end - 1 : hit.dest_end + 1])


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _found(word: str, row: str) -> float:
    """How well a word stands in a row, 0 or 0.8-1."""
    if word in row:
        return 1.0
    if len(word) > MIN_FUZZY and word.endswith("s") and word[:-1] in row:
        return 0.95
    if len(word) < MIN_FUZZY or len(row) < len(word):
        return 0.0
    return fuzz.partial_ratio(word, row, score_cutoff=CUTOFF) / 100
