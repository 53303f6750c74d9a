"""What one person has open: documents, the shown page with its marks, questions and answers.

All of it is frozen and lives in that person's ``gr.State``; nothing here is shared between people.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..types import WHOLE_PAGE, Answer, Box

MAX_OTHERS = 3


@dataclass(frozen=True)
class Upload:
    """One opened document: where the upload lies, its number of pages, its password."""

    path: str
    count: int
    password: str | None = None

    @property
    def name(self) -> str:
        """What it is called on the page."""
        return Path(self.path).name


@dataclass(frozen=True)
class Desk:
    """The open documents in their order. ``thumbs``: small pictures of pages, ``(path, number)`` → data URI;
    they are this person's own and kept within bounds by who fills them."""

    uploads: tuple[Upload, ...] = ()
    thumbs: dict[tuple[str, int], str] = field(default_factory=dict, compare=False, repr=False)

    def upload(self, path: str) -> Upload | None:
        """The document that lies at ``path``."""
        return next((upload for upload in self.uploads if upload.path == path), None)

    @property
    def pages(self) -> list[tuple[Upload, int]]:
        """Every page of every document, in order."""
        return [(upload, number) for upload in self.uploads for number in range(1, upload.count + 1)]


@dataclass(frozen=True)
class Mark:
    """A place on the shown page; the chosen one is gone over with a marker pen, the others are outlined."""

    box: Box
    is_chosen: bool = True


@dataclass(frozen=True)
class Shown:
    """The page that is shown."""

    path: str
    number: int = 1
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Place:
    """What a page says and where: an answer's evidence, or another page's answer."""

    path: str
    page: int
    box: Box
    text: str
    confidence: float

    @property
    def name(self) -> str:
        """The document's name."""
        return Path(self.path).name

    def to_json(self) -> dict[str, Any]:
        """With the file's name instead of the place where the upload lies."""
        box = [round(edge, 4) for edge in self.box]
        return {
            "file": self.name, "page": self.page, "box": box, "text": self.text,
            "confidence": round(self.confidence, 4),
        }  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """A question and its answer ("" where no page could be read); ``places``: the answer's own first, then
    what other pages say."""

    question: str
    answer: str
    found: bool
    confidence: float
    seconds: float
    model: str
    places: tuple[Place, ...]
    troubles: tuple[tuple[str, int, str], ...] = ()  # (file's name, page or 0, reason)
    num_read: int = 0  # pages that the model was asked about
    num_seen: int = 0  # others, whose print has less of the question

    @property
    def is_sure(self) -> bool:
        """Whether its confidence says something: what was not found may be on a page that failed."""
        return self.found or (bool(self.answer) and not self.troubles)

    @classmethod
    def of(cls, answer: Answer) -> "Turn":
        """From what the service gave: the answer, and what other pages say."""
        own = [
            Place(item.file, item.page, item.box, answer.answer, answer.confidence)
            for item in answer.evidence
        ]
        others = [
            Place(
                other.evidence.file, other.evidence.page, other.evidence.box, other.answer, other.confidence
            )
            for other in answer.alternatives
            if other.answer != answer.answer
        ]
        return cls(
            answer.question,
            answer.answer,
            answer.found,
            answer.confidence,
            answer.seconds,
            answer.model,
            (*own, *others[:MAX_OTHERS]),
            tuple((Path(item.file).name, item.page, item.reason) for item in answer.troubles),
            len(answer.pages_read),
            len(answer.pages_seen),
        )

    @property
    def num_own(self) -> int:
        """How many of ``places`` are the answer's own."""
        return sum(place.text == self.answer for place in self.places)

    def to_json(self) -> dict[str, Any]:
        """One record of an exported conversation."""
        return {
            "question": self.question,
            "answer": self.answer,
            "found": self.found,
            "confidence": round(self.confidence, 4),
            "evidence": [place.to_json() for place in self.places[: self.num_own]],
            "others": [place.to_json() for place in self.places[self.num_own :]],
            "troubles": [
                {"file": name, "page": page, "reason": reason} for name, page, reason in self.troubles
            ],
            "pages_read": self.num_read,
            "pages_seen": self.num_seen,
            "model": self.model,
            "seconds": round(self.seconds, 3),
        }


def marks_of(box: Box) -> tuple[Mark, ...]:
    """One chosen mark; none where the place is the whole page."""
    return () if box == WHOLE_PAGE else (Mark(box),)
