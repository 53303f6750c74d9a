"""One labelled document → what the reader is asked about it, and the scores of what it says.

A document may carry several kinds of labels, each scored by a part of its own. A part that fails scores as if
every answer had been wrong (:meth:`Part.missed`): a document that cannot be read must not raise an average.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .documents import Document
from .listing.facts import same
from .manifest import Item
from .metrics import (
    Accepted,
    CharacterErrors,
    accepted_values,
    anls,
    cell_f1,
    character_errors,
    field_match,
    loose_character_errors,
    may_be_absent,
)
from .prompts import label_question, spoken
from .types import Answer, Fields, PageText, Trouble


class Reader(Protocol):
    """What evaluation needs of ``DocumentService``, results only."""

    def ask(self, document: Document, question: str) -> Answer: ...
    def extract(self, document: Document, names: list[str]) -> Fields: ...
    def read(self, document: Document) -> list[PageText]: ...


@dataclass(frozen=True)
class Score:
    """One measurement; a set's metric is the mean of its values weighted by ``weight``."""

    metric: str
    value: float
    weight: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """What a part measured, and the pages that gave no complete result."""

    scores: tuple[Score, ...]
    troubles: tuple[Trouble, ...] = ()


class Part(Protocol):
    """One kind of label on one document."""

    def run(self, reader: Reader, document: Document) -> Outcome: ...
    def missed(self) -> tuple[Score, ...]: ...


@dataclass(frozen=True)
class FieldsPart:
    """Field name → accepted values; all names are asked for in one pass."""

    accepted: Mapping[str, Accepted]

    def run(self, reader: Reader, document: Document) -> Outcome:
        names = {name: spoken(name) for name in self.accepted}
        result = reader.extract(document, list(names.values()))
        values = result.values
        scores = [score for name, said in names.items() for score in self._score(name, values.get(said))]
        return _outcome(self, document, scores, result.troubles)

    def _score(self, name: str, value: str | None) -> list[Score]:
        right = float(field_match(value, self.accepted[name]))
        return [
            Score("field_accuracy", right),
            Score(f"field_accuracy.{name}", right),
            Score("anls", anls(value, self.accepted[name])),
        ]

    def missed(self) -> tuple[Score, ...]:
        metrics = [m for name in self.accepted for m in ("field_accuracy", f"field_accuracy.{name}", "anls")]
        return tuple(Score(metric, 0.0) for metric in metrics)


@dataclass(frozen=True)
class PairsPart:
    """Question → accepted answers, ``None`` where the page does not say.

    ``anls`` and ``field_accuracy`` are over the questions that have an answer; ``false_refusals`` is the
    share of those that the reader wrongly says are not in the document, ``unanswerable_recall`` the share of
    the others for which it says so rightly.
    """

    accepted: Mapping[str, Accepted]

    def run(self, reader: Reader, document: Document) -> Outcome:
        scores: list[Score] = []
        troubles: list[Trouble] = []
        for question, accepted in self.accepted.items():
            reply = reader.ask(document, question)
            troubles.extend(reply.troubles)
            scores.extend(_pair_scores(reply.answer if reply.found else None, accepted))
        return _outcome(self, document, scores, troubles)

    def missed(self) -> tuple[Score, ...]:
        """No answer at all is neither right nor a refusal."""
        scores: list[Score] = []
        for accepted in self.accepted.values():
            metrics = ("unanswerable_recall",) if accepted is None else ("field_accuracy", "anls")
            scores.extend(Score(metric, 0.0) for metric in metrics)
        return tuple(scores)


def _pair_scores(said: str | None, accepted: Accepted) -> list[Score]:
    if accepted is None:
        return [Score("unanswerable_recall", float(said is None))]
    return [
        Score("field_accuracy", float(field_match(said, accepted))),
        Score("anls", anls(said, accepted)),
        Score("false_refusals", float(said is None and not may_be_absent(accepted))),
    ]


@dataclass(frozen=True)
class AttributesPart:
    """Attribute of a product → accepted values; one question each.

    A colour is scored by its family, too: shops do not agree on where blue ends and navy begins.
    """

    accepted: Mapping[str, Accepted]

    def run(self, reader: Reader, document: Document) -> Outcome:
        scores: list[Score] = []
        troubles: list[Trouble] = []
        for name, accepted in self.accepted.items():
            reply = reader.ask(document, label_question(spoken(name)))
            troubles.extend(reply.troubles)
            scores.extend(_attribute_scores(name, reply.answer if reply.found else None, accepted))
        return _outcome(self, document, scores, troubles)

    def missed(self) -> tuple[Score, ...]:
        scores = [
            s for name, accepted in self.accepted.items() for s in _attribute_scores(name, None, accepted)
        ]
        return tuple(replace(score, value=0.0) for score in scores)


def _attribute_scores(name: str, said: str | None, accepted: Accepted) -> list[Score]:
    right = field_match(said, accepted)
    scores = [Score(f"accuracy.{name}", float(right))]
    if name == "colour":
        is_near = said is not None and any(same(name, said, one) for one in accepted_values(accepted))
        scores.append(Score("accuracy.colour_family", float(right or is_near)))
    return scores


@dataclass(frozen=True)
class TextPart:
    """The transcription, one text for the document or one for each page.

    Two character errors are reported: ``cer_exact`` (white space and Markdown marks aside) and ``cer_loose``
    (case, white space and punctuation ignored). ``cer`` is the loose one where ``is_loose``: the reference
    was written down without them. Each is weighted by length, so a set's value is its edits over its
    characters.
    """

    texts: tuple[str, ...]
    by_page: bool
    is_loose: bool

    def run(self, reader: Reader, document: Document) -> Outcome:
        pages = reader.read(document)
        said = [page.text for page in pages] if self.by_page else ["\n\n".join(page.text for page in pages)]
        said += [""] * (len(self.texts) - len(said))
        pairs = zip(said, self.texts, strict=False)
        scores = [score for found, text in pairs for score in self._score(found, text)]
        return Outcome(tuple(scores), tuple(_trouble(page) for page in pages if page.status != "ok"))

    def _score(self, found: str, text: str) -> list[Score]:
        exact, loose = character_errors(found, text), loose_character_errors(found, text)
        return [
            _rate("cer", loose if self.is_loose else exact),
            _rate("cer_exact", exact),
            _rate("cer_loose", loose),
        ]

    def missed(self) -> tuple[Score, ...]:
        """Nothing read: every character of the reference is missing."""
        return tuple(score for text in self.texts for score in self._score("", text))


@dataclass(frozen=True)
class TablePart:
    """A table as Markdown."""

    reference: str

    def run(self, reader: Reader, document: Document) -> Outcome:
        pages = reader.read(document)
        score = cell_f1("\n\n".join(page.text for page in pages), self.reference)
        troubles = tuple(_trouble(page) for page in pages if page.status != "ok")
        return Outcome((Score("cell_f1", score),), troubles)

    def missed(self) -> tuple[Score, ...]:
        return (Score("cell_f1", 0.0),)


def _outcome(part: Part, document: Document, scores: list[Score], troubles: Iterable[Trouble]) -> Outcome:
    """Where no page could be looked at, "not found" is not an answer, and must not count as a right one."""
    troubles = tuple(troubles)
    dark = {trouble.page for trouble in troubles if trouble.status == "error"}
    seen = set(document.numbers) - dark
    return Outcome(tuple(scores) if seen else part.missed(), troubles)


def _rate(metric: str, errors: CharacterErrors) -> Score:
    return Score(metric, errors.rate, max(errors.length, 1))


def _trouble(page: PageText) -> Trouble:
    return Trouble(page.file, page.page, page.status, page.reason)


def plan(item: Item, transcribe: bool = True) -> list[Part]:
    """The parts that ``item``'s labels allow; empty when nothing can be scored.

    ``transcribe=False`` leaves out ``text`` and ``page_texts`` of an item that has other labels.
    """
    labels = item.labels
    parts: list[Part] = []
    if fields := _accepted(labels.get("fields")):
        parts.append(FieldsPart(fields))
    if pairs := _accepted_pairs(labels.get("pairs")):
        parts.append(PairsPart(pairs))
    if attributes := _accepted(labels.get("attributes")):
        parts.append(AttributesPart(attributes))
    if item.task == "table_to_markdown":
        return [*parts, TablePart(str(labels.get("text", "")))]
    if transcribe or not parts:
        parts.extend(_transcriptions(item))
    return parts


def _transcriptions(item: Item) -> list[Part]:
    is_loose = item.task == "receipt_kie"  # the transcriptions of SROIE are in capitals throughout
    if texts := item.labels.get("page_texts"):
        return [TextPart(tuple(map(str, texts)), by_page=True, is_loose=is_loose)]
    if text := item.labels.get("text"):
        return [TextPart((str(text),), by_page=False, is_loose=is_loose)]
    return []


def _accepted(labels: Any) -> dict[str, Accepted]:
    if not isinstance(labels, Mapping):
        return {}
    options = {str(name): _options(value) for name, value in labels.items()}
    return {name: value for name, value in options.items() if value != ()}


def _options(value: Any) -> tuple[str | None, ...] | None:
    """Accepted texts of a label; ``()`` when it cannot be scored: left blank by the annotator, or nested.

    ``None`` says that the document does not give it, ``None`` among texts that one may say so.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return ("yes", "true") if value else ("no", "false")
    if isinstance(value, str | int | float):
        return (str(value),) if str(value).strip() else ()
    if isinstance(value, list) and all(option is None or isinstance(option, str) for option in value):
        return tuple(option for option in value if option is None or option.strip())
    return ()


def _accepted_pairs(pairs: Any) -> dict[str, Accepted]:
    """Question → answers. A label that a page prints twice is asked once, and the answer to either is right.

    A question with a ``q_box`` is a label on the page and is asked as one; any other is asked as it stands.
    A pair with an empty answer is left out: the form was not filled in, or the annotator linked nothing.
    """
    merged: dict[str, tuple[str | None, ...] | None] = {}
    usable = [pair for pair in pairs if isinstance(pair, Mapping)] if isinstance(pairs, list) else []
    for pair in usable:
        accepted, label = _options(pair.get("answer")), str(pair.get("question", ""))
        if accepted == () or not re.search(r"\w", label):
            continue
        is_printed_label = "q_box" in pair and not label.rstrip().endswith("?")
        question = label_question(label) if is_printed_label else label
        earlier = merged.get(question)
        merged[question] = (*(earlier or ()), *accepted) if accepted is not None else earlier
    return dict(merged)
