"""The thing a question asks for, and the same question in plain words.

A small reader refuses questions in words that it has seldom met ("Which policy is shown?"), though it answers
the plain one about the same thing. A refusal is therefore asked again in plain words before it is believed:
about the words of the question that are printed on the page, whatever the others are, and about the thing
that usual sentences name. No answer comes from here: only the question is put differently.
"""

import itertools
import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from .pages_match import FILLERS, PrintedRows
from .parsing import normalise
from .prompts import label_question

MAX_WORDS = 12  # a longer subject is a sentence, not the name of something
MIN_PRINTED = 3  # letters and digits; fewer stand on any page
ALIKE, MIN_ALIKE = 88.0, 5  # similarity of a longer label with its place in a row, which may be misread
_PAUSE = re.compile(r"[.?!:;,…–—]$")  # a name does not go on behind it
_OF = frozenset(
    "of de du des von vom der del della di van do da dos das d".split()
)  # "date of …" is no "date"


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split(' | '))})"


_SAID = _any(
    "shown | given | printed | stated | listed | written | noted | mentioned | indicated | named | entered"
    " | recorded | specified | quoted | displayed | provided | visible | present | set | used | there"
)
_WHERE = r"(?:\s+(?:here|there|on|in|at)(?:\s+(?:the|this|it|that))?" + (
    rf"(?:\s+{_any('page | document | form | receipt | invoice | sheet')})?)?"
)
_THING = r"(?:the\s+)?(?P<thing>.+?)"
_BESIDE = _any("for | as | under | beside | next to | at | after")
_STANDS = _any("is | was | has been | stands | appears | does it say")
_POLITE = _any("please | kindly | now | could you | can you | would you") + "?"
_ASK = _any(
    "tell me | let me have | give me | show me | look up | give | show | state | name | find | read | provide"
    " | quote | extract | report | list | return"
)
_SENTENCE = _any(
    "is | are | was | were | do | does | did | has | have | can | why | how | who | what | which | when"
    " | where"
)
_FORMS = tuple(
    re.compile(pattern + r"\s*[?.!]*", re.IGNORECASE)
    for pattern in (
        rf"(?:which|what)\s+(?P<thing>.+?)\s+(?:is|are|was|were|has been)\s+{_SAID}{_WHERE}",
        rf"what\s+{_STANDS}\s+(?:{_SAID}\s+)?{_BESIDE}\s+{_THING}{_WHERE}",
        rf"{_POLITE}\s*{_ASK}\s+{_THING}\s*(?:,?\s*please)?",
        rf"(?:how much|when|who|where)\s+(?:is|was|are)\s+{_THING}",
        rf"(?!{_SENTENCE}\b)(?:the\s+)?(?P<thing>[^?.!]+?)\s*[:?=]+",
    )
)
_PLAIN = re.compile(r"what(?:'s| is| was| are)\s+(?:the\s+)?(?P<thing>.+?)\s*\?*", re.IGNORECASE)


def plain_question(question: str) -> str | None:
    """``What is the …?`` about the same thing; None where that is what was asked, or no thing is found."""
    text = " ".join(question.split())
    if _PLAIN.fullmatch(text) and not any(form.fullmatch(text) for form in _FORMS[:2]):
        return None
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and len(found["thing"].split()) <= MAX_WORDS and re.search(r"\w", found["thing"]):
            return label_question(found["thing"])
    return None


def without_label(answer: str, question: str) -> str:
    """What stands behind the colon of "Author: Miriam Holloway", where the author was asked for.

    A form prints the two side by side, and a reader may copy both. Only the very words of the question in
    front of a colon are taken for its label.
    """
    label, colon, value = answer.partition(":")
    plain = _PLAIN.fullmatch(" ".join(question.split()))
    asked = normalise(plain["thing"] if plain else question)
    return value.strip() if colon and value.strip() and normalise(label) == asked != "" else answer


def plainer(question: str, rows: PrintedRows | None) -> Iterator[str]:
    """The question in plain words, at most twice: with what is printed of it, then with what sentences name.

    ``rows``: the print of the page; None where the model cannot tell.
    """
    given = " ".join(question.split())
    printed = printed_words(given, rows) if rows else None
    asked = [given]
    for text in (label_question(printed) if printed else None, plain_question(given)):
        if text and text not in asked:
            asked.append(text)
            yield text


def printed_words(question: str, rows: PrintedRows) -> str | None:
    """The longest piece of a question that is printed in a row of the page, as the question has it.

    Not a part of a longer name that is not there: of "delivery date" no "date", nor of "date of birth".
    """
    words = list(re.finditer(r"[^\s“”\"«»‘’`<>\[\]]+", question))
    bare = [re.sub(r"^[^\w(#]+|[^\w)%#.]+$|[.?!:,;]+$", "", word[0]) for word in words]
    ends = [
        bool(_PAUSE.search(one[0])) or not question[one.end() : two.start()].isspace()  # a mark, a quote
        for one, two in itertools.pairwise(words)
    ] + [True]
    spans = [
        (start, end)
        for start in range(len(words))
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1)
        if not (_is_filler(bare[start]) or _is_filler(bare[end - 1]) or any(ends[start : end - 1]))
        if not _is_part(bare, ends, start, end)
    ]
    spans.sort(key=lambda span: -sum(map(len, bare[span[0] : span[1]])))
    for start, end in spans:
        if _is_printed("".join(bare[start:end]).casefold(), rows):
            return " ".join(bare[start:end])
    return None


def _is_filler(word: str) -> bool:
    return not word or word.casefold() in FILLERS


def _is_part(words: list[str], ends: list[bool], start: int, end: int) -> bool:
    """Whether the words go on into a longer name before or behind; ``ends``: no name goes on after a word."""
    if start and not _is_filler(words[start - 1]) and not ends[start - 1]:
        return True
    if ends[end - 1] or len(words) <= end + 1:
        return False
    return words[end].casefold() in _OF and not _is_filler(words[end + 1])


def _is_printed(text: str, rows: PrintedRows) -> bool:
    if sum(c.isalnum() for c in text) < MIN_PRINTED:
        return False
    if any(text in row for row in rows.rows):
        return True
    alike = min(ALIKE, 100 - 100 / len(text) - 0.1)  # one letter may be misread
    return len(text) >= MIN_ALIKE and any(
        len(row) >= len(text) and fuzz.partial_ratio(text, row, score_cutoff=alike) for row in rows.rows
    )
