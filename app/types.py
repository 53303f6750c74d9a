"""What the application hands out: frozen records of pages, answers and fields, and their JSON form.

Pages count from 1. Boxes are ``(x0, y0, x1, y1)`` in fractions of the page with the origin at the top left.
Confidence of answers and fields is the geometric mean of the probabilities that the model gave to its own
tokens, calibrated where the weights bring curves for it (``calibration``); that of transcripts is as it came.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from PIL import Image

from .frame import Frame

Box = tuple[float, float, float, float]
Status = Literal["ok", "truncated", "loop", "error"]
WHOLE_PAGE: Box = (0.0, 0.0, 1.0, 1.0)
BLANK_LEVELS = 3  # of 255


@dataclass(frozen=True)
class Page:
    """One page as pixels: ``image`` is RGB, upright as far as the file says so.

    ``turn``: degrees, counterclockwise, by which it was turned further to be read, and ``frame``: how it was
    put level then (``upright``).
    """

    file: str
    number: int
    image: Image.Image
    turn: int = 0
    frame: Frame | None = None

    def stored(self, box: Box) -> Box:
        """A box of ``image`` as one of the page in its file."""
        x0, y0, x1, y1 = self.frame.stored(box) if self.frame and box != WHOLE_PAGE else box
        if self.turn == 90:
            return 1 - y1, x0, 1 - y0, x1
        if self.turn == 180:
            return 1 - x1, 1 - y1, 1 - x0, 1 - y0
        return (y0, 1 - x1, y1, 1 - x0) if self.turn == 270 else (x0, y0, x1, y1)

    @property
    def is_blank(self) -> bool:
        """Whether all of it has one colour, but for what JPEG does to one."""
        bands = self.image.getextrema()
        return all(high - low <= BLANK_LEVELS for low, high in bands)  # type: ignore[misc, operator]


@dataclass(frozen=True)
class Evidence:
    """Where an answer comes from: the box of the print that says it, the whole page where none was found."""

    file: str
    page: int
    box: Box = WHOLE_PAGE


@dataclass(frozen=True)
class Trouble:
    """A page that gave no complete result: ``status`` is never "ok", ``reason`` is one sentence. Page 0
    stands for the file as a whole."""

    file: str
    page: int
    status: Status
    reason: str


@dataclass(frozen=True)
class Delta:
    """A piece of text that the model has just written about a page, after ``retract`` characters of what it
    wrote before are taken back; and how probable the model held it."""

    file: str
    page: int
    text: str
    retract: int = 0
    probability: float = 1.0


@dataclass(frozen=True)
class PageAnswer:
    """What one page answered; ``found`` is False where the model says that the answer is not on it."""

    file: str
    page: int
    answer: str
    found: bool
    confidence: float
    status: Status
    reason: str = ""
    box: Box = WHOLE_PAGE


@dataclass(frozen=True)
class PageSeen:
    """A page was looked at, to choose those that are asked: ``score`` 0-1.35, how much of the question is
    printed on it as far as could be told then; ``seen`` of ``total`` pages are done."""

    file: str
    page: int
    score: float
    seen: int
    total: int


@dataclass(frozen=True)
class Alternative:
    """What another page answered."""

    answer: str
    confidence: float
    evidence: Evidence


@dataclass(frozen=True)
class Answer:
    """The answer over all pages, "" where none could be read: that says nothing about the document.
    ``troubles`` lists the pages that failed, and why; ``alternatives`` what other pages said, the likeliest
    first.

    ``pages_read``: (file, page) of those that the model was asked about or that are blank; the others are in
    ``pages_seen``: their print was looked at and has less of the question. An answer that is not found has
    none of these: every page was asked.
    """

    question: str
    answer: str
    found: bool
    confidence: float
    evidence: tuple[Evidence, ...]
    model: str
    seconds: float
    troubles: tuple[Trouble, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    pages_read: tuple[tuple[str, int], ...] = ()
    pages_seen: tuple[tuple[str, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The record that ``octavo ask --json`` prints."""
        return {
            "question": self.question,
            "answer": self.answer,
            "found": self.found,
            "confidence": round(self.confidence, 4),
            "evidence": _evidence_json(self.evidence),
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "alternatives": [
                {
                    "answer": other.answer,
                    "confidence": round(other.confidence, 4),
                    "evidence": _evidence_json((other.evidence,)),
                }
                for other in self.alternatives
            ],
            "pages_read": _pages_json(self.pages_read),
            "pages_seen": _pages_json(self.pages_seen),
        }


@dataclass(frozen=True)
class FieldValue:
    """A field's value as printed on the page, or None when no page holds it."""

    value: str | None
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class PageFields:
    """The fields that one page gave, in the order they were asked; only found ones are present."""

    file: str
    page: int
    fields: dict[str, FieldValue]
    status: Status
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fields:
    """The fields of a document. ``notes`` says where a value was not read in the usual way."""

    file: str
    fields: dict[str, FieldValue]
    model: str
    seconds: float
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, str | None]:
        """Field name to value, without confidence and evidence."""
        return {name: field.value for name, field in self.fields.items()}

    def to_json(self) -> dict[str, Any]:
        """The record that ``octavo extract --json`` prints."""
        fields = {
            name: {
                "value": field.value,
                "confidence": round(field.confidence, 4),
                "evidence": _evidence_json(field.evidence),
            }
            for name, field in self.fields.items()
        }
        return {
            "fields": fields,
            "file": self.file,
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "troubles": [asdict(trouble) for trouble in self.troubles],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class PageText:
    """The transcription of one page as Markdown; ``text`` holds what was read before a failure.

    ``reason`` says what a page lacks; also of an "ok" one from which something was dropped.
    """

    file: str
    page: int
    text: str
    status: Status
    reason: str
    confidence: float
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """One entry of what ``octavo read --json`` prints."""
        return asdict(self) | {"confidence": round(self.confidence, 4), "seconds": round(self.seconds, 3)}


def _evidence_json(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [{"file": e.file, "page": e.page, "box": [round(edge, 4) for edge in e.box]} for e in evidence]


def _pages_json(pages: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    files = dict.fromkeys(file for file, _ in pages)
    return [{"file": file, "pages": sorted(page for of, page in pages if of == file)} for file in files]
