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
    "shall should must may any some all each about into than then also not no "
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
MAX_WORDS = 24


@dataclass(frozen=True)
class PrintedRows:
    """The rows of characters on a page, top to bottom, lower case, without spaces; a row and its neighbour
    are one more row where the print is askew. ``size``: how many characters there are."""

    rows: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class Hits:
    """Where the words of a question are on a page: ``best`` [words] 0-1, the best of each; ``together``
    [rows][words] those of a row and the next ones; ``phrase``: whether all stand in one piece."""

    best: tuple[float, ...]
    together: tuple[tuple[float, ...], ...]
    phrase: bool

    def score(self, weights: Sequence[float]) -> float:
        """How much of the question is here, 0-1.25; ``weights`` [words] have the sum 1."""
        together = max((_dot(row, weights) for row in self.together), default=0.0)
        return 0.5 * _dot(self.best, weights) + 0.5 * together + TOGETHER * self.phrase

    @property
    def share(self) -> float:
        """The same, whatever the other pages have."""
        return self.score([1 / len(self.best)] * len(self.best)) if self.best else 0.0

    @property
    def is_strong(self) -> bool:
        """Whether this page is worth asking before the others were looked at."""
        return self.phrase or (len(self.best) > 1 and any(min(row) >= CUTOFF / 100 for row in self.together))


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
    return PrintedRows(tuple(rows), int((glyphs.ids != BLANK).sum()))


def content_words(question: str) -> tuple[str, ...]:
    """What a question is about, lower case, each word once; all of its words where only fillers are left."""
    words = dict.fromkeys(re.findall(r"\w[\w.,/-]*\w|\w", question.casefold().replace("'s ", " ")))
    kept = [word for word in words if word not in FILLERS]
    return tuple(kept or words)[:MAX_WORDS]


def find_words(words: Sequence[str], rows: PrintedRows) -> Hits:
    """The words on a page."""
    found = [[_found(word, row) for word in words] for row in rows.rows]
    # A label may be on two lines, or its row be split by a slant: a row counts with the two below it.
    together = [[max(column) for column in zip(*found[i : i + 3], strict=True)] for i in range(len(found))]
    whole = "".join(words)
    phrase = len(whole) >= MIN_FUZZY and any(
        len(row) >= len(whole) and fuzz.partial_ratio(whole, row, score_cutoff=PHRASE) for row in rows.rows
    )
    best = tuple(max(column) for column in zip(*found, strict=True)) or (0.0,) * len(words)
    return Hits(best, tuple(tuple(row) for row in together if any(row)), bool(phrase))


def score_pages(pages: Sequence[Hits]) -> list[float]:
    """For each page how much of the question it has, 0 (nothing) to 1.25 (every word, in one piece)."""
    counts = [sum(hit > 0 for hit in column) for column in zip(*(hits.best for hits in pages), strict=True)]
    # A word of every page tells little, but not nothing.
    rarity = [max(math.log(1 + (len(pages) - n + 0.5) / (n + 0.5)), 0.05) if n else 0.0 for n in counts]
    total = sum(rarity)
    if not total:
        return [0.0] * len(pages)
    return [hits.score([weight / total for weight in rarity]) for hits in pages]


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
