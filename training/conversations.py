"""A synthetic page → the conversation that the model is trained on, as the token ids and labels after the
image.

A sample is either the transcript (``read``) or a few questions in random order (``conversation``: ask by
label, ask what is not there, extract fields as JSON). Never both: the answers could then be copied from the
transcript instead of being read from the pixels. For the same reason no answer is asked for twice in one
sample.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Protocol

import numpy as np

from ..app.prompts import NOT_FOUND, READ, extract_answer, extract_prompt
from .synth.labels import IMPLIED, UNLABELLED, key_names, keys
from .synth.page import Field, Question, SyntheticPage
from .synth.phrasings import ALIASES, CORE
from .synth.questions import CLOSED, HARD_SHARE, LACKED_SHARE
from .synth.vain import hard_label, lacking

IGNORED = -100
ABSENT_SHARE = 0.2
MAX_EXTRACTED = 8
BARREN_SHARE = 0.3
CORE_SHARE = 0.5


class ChatTokenizer(Protocol):
    """What this file needs of ``language.tokenizer.Tokenizer``."""

    eos: int
    pad: int

    def encode(self, text: str) -> list[int]: ...
    def question(self, prompt: str) -> list[int]: ...
    def next_question(self, prompt: str) -> list[int]: ...


@dataclass(frozen=True)
class Turn:
    prompt: str
    answer: str


@dataclass(frozen=True)
class Sample:
    """``labels[t]`` is ``ids[t]`` where the model must say it (answers with their eos), else IGNORED."""

    ids: list[int]
    labels: list[int]


def read_sample(page: SyntheticPage, tokenizer: ChatTokenizer, max_tokens: int) -> Sample:
    """The transcript of a page; one that is too long is cut without an eos, so nothing false is taught."""
    sample = _encode_turn(Turn(READ, page.text), tokenizer, is_first=True)
    return Sample(sample.ids[:max_tokens], sample.labels[:max_tokens])


def conversation_sample(
    page: SyntheticPage, rng: np.random.Generator, tokenizer: ChatTokenizer, max_tokens: int
) -> Sample | None:
    """Questions and extractions about a page, whole turns only; None when nothing on the page fits.

    A page that answers nothing is asked in vain in BARREN_SHARE of the cases and gives None in the others.
    """
    if not page.fields and all(question.answer is None for question in page.questions):
        if rng.random() >= BARREN_SHARE:
            return None
    return encode_turns(draw_turns(page, rng), tokenizer, max_tokens)


def encode_turns(turns: Iterable[Turn], tokenizer: ChatTokenizer, max_tokens: int) -> Sample | None:
    """One conversation; a turn that no longer fits is left out. None when nothing fits."""
    ids: list[int] = []
    labels: list[int] = []
    for turn in turns:
        piece = _encode_turn(turn, tokenizer, is_first=not ids)
        if len(ids) + len(piece.ids) <= max_tokens:
            ids, labels = ids + piece.ids, labels + piece.labels
    return Sample(ids, labels) if ids else None


def draw_turns(page: SyntheticPage, rng: np.random.Generator, max_turns: int = 14) -> list[Turn]:
    """Turns in random order; each printed value is asked for at most once."""
    given: set[str] = set()
    turns: list[Turn] = []
    fields = [page.fields[i] for i in rng.permutation(len(page.fields))]
    if fields and rng.random() < 0.7:
        # Few fields more often than many: what is extracted here can no longer be asked for on its own.
        most = min(MAX_EXTRACTED, int(rng.integers(1, 1 + len(fields))))
        wanted = int(rng.integers(1, 1 + most))
        values = draw_core(page, rng) if rng.random() < CORE_SHARE else {}
        values = values or draw_fields(page, fields[:wanted], rng)
        if values:
            turns.append(Turn(extract_prompt(list(values)), extract_answer(values)))
            given.update(_plain(value) for value in values.values() if value is not None)
    limit = int(rng.integers(2, max_turns + 1))
    for question in _shuffled(page.questions, rng):
        if len(turns) == limit:
            break
        if question.answer is None:
            turns.append(Turn(question.question, NOT_FOUND))
        elif _plain(question.answer) not in given:
            given.add(_plain(question.answer))
            turns.append(Turn(question.question, question.answer))
    return [turns[i] for i in rng.permutation(len(turns))]


def draw_core(page: SyntheticPage, rng: np.random.Generator) -> dict[str, str | None]:
    """The names that such pages are usually asked for together → values, None for what is not printed.

    Empty for kinds without such names (``phrasings.CORE``). A key with two different values is left out.
    """
    core = list(CORE.get(page.kind, ()))
    if len(core) > 4 or rng.random() < 0.4:
        core = (
            [
                core[i]
                for i in rng.permutation(len(core))[: int(rng.integers(2, 1 + min(len(core), MAX_EXTRACTED)))]
            ]
            if core
            else []
        )
    labels = {_plain(name): field.value for field in page.fields for name in (field.key, field.label)}
    chosen: dict[str, str | None] = {}
    for key in core:
        values = {field.value for field in page.fields if field.key == key}
        value = next(iter(values), None)
        names = [n for n in ALIASES[page.kind].get(key, (key,)) if labels.get(_plain(n), value) == value]
        if len(values) > 1 or not names or (value is None and page.kind == "contract"):
            continue
        name = key if key in names and rng.random() < 0.5 else names[int(rng.integers(len(names)))]
        chosen[_vary_case(name, rng)] = value
    lacked = lacking(page.kind, page.text.casefold())
    if lacked and len(chosen) < MAX_EXTRACTED and rng.random() < LACKED_SHARE:
        chosen[lacked[int(rng.integers(len(lacked)))]] = None
    return chosen if any(value is not None for value in chosen.values()) else {}


def draw_fields(
    page: SyntheticPage, fields: Iterable[Field], rng: np.random.Generator
) -> dict[str, str | None]:
    """Names to extract → printed values, about one in five absent (None), in random order.

    A field goes by its printed label, its canonical key or another usual name, in varied case. Names that
    stand for two different values on the page are left out. Absent are labels of empty fields and names that
    the page lacks.
    """
    meanings: dict[str, set[str]] = {}
    for field in page.fields:
        for name in {_plain(field.label), _plain(field.key)}:
            meanings.setdefault(name, set()).add(field.value)
    named: list[tuple[str, str | None]] = []
    for field in fields:
        names = [field.label.strip().rstrip(":").rstrip(), field.key]
        names += ALIASES.get(page.kind, {}).get(field.key, ())[1:]
        names = [
            name for name in names if name and meanings.get(_plain(name), {field.value}) == {field.value}
        ]
        if names:
            named.append((_vary_case(names[int(rng.integers(len(names)))], rng), field.value))
    num_absent = int(rng.binomial(max(1, len(named)), ABSENT_SHARE / (1 - ABSENT_SHARE)))
    empty = [label.rstrip(" :") for label in page.blanks if _plain(label) not in meanings]
    empty = [empty[i] for i in rng.permutation(len(empty))[: int(rng.integers(0, 1 + num_absent))]]
    missing = empty + absent_names(page, num_absent - len(empty), rng)
    named += [(_vary_case(name, rng), None) for name in missing]
    chosen: dict[str, str | None] = {}
    for index in rng.permutation(len(named)):
        name, value = named[index]
        if _plain(name) not in {_plain(other) for other in chosen}:
            chosen[name] = value
    return chosen


def absent_names(page: SyntheticPage, count: int, rng: np.random.Generator) -> list[str]:
    """Up to ``count`` names of fields that the page does not carry, in the page's language or in English.

    Some ask for another person's or event's value of a kind that the page has (``synth.vain``). Of the
    others no synonym is printed, and none is a wider or narrower name of a field: "date" is no fair question
    on a page with an "invoice date", "order date" is.
    """
    printed = _plain(page.text)
    found: list[str] = []
    if count and page.kind in CLOSED and rng.random() < HARD_SHARE:
        hard = hard_label(Random(int(rng.integers(2**62))), page.text.casefold(), page.language)
        found += [hard] if hard else []
    lacked = lacking(page.kind, page.text.casefold())
    if lacked and len(found) < count and rng.random() < 2 * LACKED_SHARE:
        found.append(lacked[int(rng.integers(len(lacked)))])
    names = {_plain(name) for field in page.fields for name in (field.label, field.key) if name}
    present = [set(name.split()) for name in names]
    groups = {keys()[field.key].group for field in page.fields if field.key in keys()}
    for _ in range(4 * count):
        if len(found) == count:
            break
        key = keys()[key_names()[int(rng.integers(len(key_names())))]]
        words = set(_plain(key.name).split())
        if (
            key.group in groups
            or key.name in UNLABELLED
            or key.name in IMPLIED.get(page.kind, ())
            or any(words <= own or own <= words for own in present)
        ):
            continue
        synonyms = {_plain(text) for labels in key.labels.values() for text in labels} | {_plain(key.name)}
        if any(synonym in printed for synonym in synonyms):
            continue
        labels = key.labels.get(page.language) or key.labels["en"]
        name = key.name if rng.random() < 0.5 else labels[int(rng.integers(len(labels)))]
        found += [name] if name not in found else []
    return found


def _encode_turn(turn: Turn, tokenizer: ChatTokenizer, *, is_first: bool) -> Sample:
    asked = tokenizer.question(turn.prompt) if is_first else tokenizer.next_question(turn.prompt)
    answered = [*tokenizer.encode(turn.answer), tokenizer.eos]
    return Sample(asked + answered, [IGNORED] * len(asked) + answered)


def _shuffled(questions: tuple[Question, ...], rng: np.random.Generator) -> list[Question]:
    return [questions[i] for i in rng.permutation(len(questions))]


def _vary_case(name: str, rng: np.random.Generator) -> str:
    drawn = rng.random()
    return name.lower() if drawn < 0.15 else name.title() if drawn < 0.25 else name


def _plain(text: str) -> str:
    """Lower-case words only: how names and values are told apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))
