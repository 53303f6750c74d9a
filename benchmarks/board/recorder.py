"""One item through one reader: the scores of ``octavo eval``, and beside them what only the board wants.

A :class:`Recorder` stands between evaluation and a reader, passes everything on, and remembers how long
each call took and what was answered with what confidence and box.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from octavo.app.calibration import Judged
from octavo.app.documents import Document
from octavo.app.evaluate import ItemResult, Service, score_item
from octavo.app.manifest import Item
from octavo.app.metrics import field_match
from octavo.app.prompts import label_question
from octavo.app.scoring import AttributesPart, FieldsPart, PairsPart, Score, plan, spoken
from octavo.app.types import Answer, Fields, FieldValue, PageText

from .truth import overlap, true_boxes

RIGHT_BOX = 0.5  # intersection over union


@dataclass
class Recorder:
    """A service that passes on and remembers one item's calls. Seconds include opening the file."""

    service: Service
    seconds: dict[str, float] = field(default_factory=dict)
    pages: int = 0
    fields: list[Fields] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    opening: float = 0.0

    @property
    def model(self) -> str:
        """Of the service behind."""
        return self.service.model

    def open(self, path: Path, pages: list[int] | None = None) -> Document:
        """Open and count the pages."""
        start = time.perf_counter()
        document = self.service.open(path, pages)
        self.opening, self.pages = time.perf_counter() - start, len(document.numbers)
        return document

    def ask(self, document: Document, question: str) -> Answer:
        """Pass on; the answer is kept."""
        start = time.perf_counter()
        answer = self.service.ask(document, question)
        self._add("ask", start)
        self.answers.append(answer)
        return answer

    def extract(self, document: Document, names: list[str]) -> Fields:
        """Pass on; the fields are kept."""
        start = time.perf_counter()
        fields = self.service.extract(document, names)
        self._add("extract", start)
        self.fields.append(fields)
        return fields

    def read(self, document: Document) -> list[PageText]:
        """Pass on."""
        start = time.perf_counter()
        pages = self.service.read(document)
        self._add("read", start)
        return pages

    def _add(self, call: str, start: float) -> None:
        before = self.seconds.get(call, self.opening)
        self.seconds[call] = before + time.perf_counter() - start


@dataclass(frozen=True)
class Recorded:
    """What came of one item: its scores, timings among them, and every (confidence, right) pair."""

    result: ItemResult
    judgements: tuple[Judged, ...]


def run_item(service: Service, item: Item) -> Recorded:
    """Score one item; never raises for what the item or the reader does."""
    recorder = Recorder(service)
    result = score_item(recorder, item)
    extra = [Score(f"seconds.{call}", seconds) for call, seconds in recorder.seconds.items()]
    if recorder.pages and recorder.seconds:
        total = sum(recorder.seconds.values()) - recorder.opening * (len(recorder.seconds) - 1)
        extra.append(Score("seconds_per_page", total / recorder.pages, recorder.pages))
    extra += [Score("evidence_iou50", float(value >= RIGHT_BOX)) for value in overlaps(recorder, item)]
    result = ItemResult(result.id, (*result.scores, *extra), result.failures, result.seconds)
    return Recorded(result, tuple(judged(recorder, item)))


def judged(recorder: Recorder, item: Item) -> list[Judged]:
    """Confidence and rightness of every answer that was given with a confidence.

    A field that was not found carries none; a question that was refused does, and is right where there is
    no answer.
    """
    judgements: list[Judged] = []
    for part in plan(item):
        if isinstance(part, FieldsPart):
            for name, value in _values(recorder).items():
                accepted = {spoken(key): option for key, option in part.accepted.items()}
                if name in accepted and value.value is not None:
                    judgements.append((value.confidence, field_match(value.value, accepted[name])))
        elif isinstance(part, PairsPart | AttributesPart):
            asked = dict(part.accepted)
            if isinstance(part, AttributesPart):
                asked = {label_question(spoken(name)): option for name, option in asked.items()}
            for answer in recorder.answers:
                if answer.question in asked:
                    said = answer.answer if answer.found else None
                    judgements.append((answer.confidence, field_match(said, asked[answer.question])))
    return judgements


def overlaps(recorder: Recorder, item: Item) -> list[float]:
    """Of every correct field whose place is labelled: how far the given box covers a true one, 0..1."""
    lines, size = item.labels.get("lines"), item.labels.get("size")
    accepted: Mapping[str, Any] = item.labels.get("fields") or {}
    if not lines or not size:
        return []
    scale = (*size, *size)
    found = []
    for name, value in _values(recorder).items():
        label = accepted.get(name)
        if value.value is None or not value.evidence or not isinstance(label, str):
            continue
        if not field_match(value.value, label):
            continue
        places = true_boxes(label, lines)
        if not places:
            continue
        pixels = tuple(edge * side for edge, side in zip(value.evidence[0].box, scale, strict=True))
        found.append(max(overlap((pixels[0], pixels[1], pixels[2], pixels[3]), place) for place in places))
    return found


def _values(recorder: Recorder) -> dict[str, FieldValue]:
    return {name: value for fields in recorder.fields for name, value in fields.fields.items()}
