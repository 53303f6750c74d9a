"""One product: photos, notes and a spec sheet in; facts, conflicts and channel rows out.

The model is asked once a photo, with one fixed prompt; its reply is untrusted text that becomes facts only
through a bounded parser and a vocabulary. What it writes as prose passes the claim filter.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..backend import Backend, Piece, Reply
from ..channels.pack import Pack
from ..channels.rules import Content, Finding, Row
from ..channels.text import CONTACT, WORD, clean
from ..errors import UsageError
from ..parsing import parse_fields
from ..prompts import DESCRIBE
from ..service import DocumentService
from .claims import Dropped
from .copy import write
from .facts import Conflict, Fact, FactEvidence, merge, of_model, same
from .photos import MAX_PHOTOS, Photo, check_photos, for_model, near_duplicates, open_photos
from .seller import Said, understand
from .words import LANGUAGES, TONES, english, family, is_known

ATTRIBUTES = (
    "category",
    "subcategory",
    "colour",
    "gender",
    "age",
    "pattern",
    "material",
    "season",
    "usage",
    "product",
)
TEXTS = ("title", "description")
SPEC_KEYS = ("material", "size", "weight", "model number", "brand", "colour")
DESCRIBE_TOKENS = 320
NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ &'’/-]){0,39}")  # of a kind of thing: letters, and few
MAX_WORDS = 4
MIN_PRINTED = 3  # letters of a word that can be told from a pattern
SURE_OF_COLOUR = 0.95  # from which it need not be the largest colour of the photo
WITNESS = "pixels alone do not prove a colour; say it in the notes, like 'colour: …'"


@dataclass(frozen=True)
class Request:
    """What a listing is made from. ``settings``: name → value from the seller, see ``seller.SHOP_DATA``."""

    photos: tuple[str, ...]
    notes: str = ""
    spec: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    tone: str = "plain"


@dataclass(frozen=True)
class Product:
    """Everything known of one product; :meth:`row` puts it into a channel's form."""

    request: Request
    facts: tuple[Fact, ...]
    conflicts: tuple[Conflict, ...]
    photos: tuple[Photo, ...]
    texts: Mapping[str, str]
    said: Said
    findings: tuple[Finding, ...]
    model: str
    seconds: float

    def content(self, language: str = "", tone: str = "") -> tuple[Content, list[Dropped]]:
        """What may be said of it, and what the model said without a fact behind it."""
        names = [photo.name for photo in self.photos]
        language, tone = language or self.request.language, tone or self.request.tone
        return write(self.facts, self.said, self.texts, names, language, tone)

    def row(self, pack: Pack) -> Row:
        """The product in a channel's fields with every finding."""
        content, _ = self.content()
        extra = (*self.findings, *check_photos(pack.name, self.photos, pack.photos))
        return pack.row(content, extra)

    def with_facts(self, values: Mapping[str, str]) -> "Product":
        """The product as the seller corrects it: changed values become the seller's, empty ones go."""
        facts = []
        for fact in self.facts:
            value = clean(values.get(fact.name, fact.value))
            if value == fact.value:
                facts.append(fact)
            elif value:
                evidence = FactEvidence("seller", text=f"{fact.name}: {value}")
                facts.append(Fact(fact.name, value, "seller", 1.0, (evidence,)))
        known = {fact.name for fact in self.facts}
        for name, value in values.items():
            if name not in known and clean(value):
                evidence = FactEvidence("seller", text=f"{name}: {clean(value)}")
                facts.append(Fact(name, clean(value), "seller", 1.0, (evidence,)))
        return replace(self, facts=tuple(facts))

    def to_json(self, row: Row) -> dict[str, Any]:
        """The record that ``octavo listing --json`` prints for one channel."""
        _, dropped = self.content()
        return {
            "channel": row.channel,
            "sku": row.sku,
            "valid": row.is_valid,
            "fields": dict(row.fields),
            "facts": [fact.to_json() for fact in self.facts],
            "conflicts": [
                {"name": c.name, "kept": c.kept.to_json(), "other": c.other.to_json(), "message": c.message()}
                for c in self.conflicts
            ],
            "findings": [finding.to_json() for finding in row.findings],
            "writers": {
                name: [{"text": part.text, "by": part.writer, "facts": list(part.facts)} for part in parts]
                for name, parts in row.parts.items()
            },
            "dropped": [item.to_json() for item in dropped],
            "model": self.model,
            "seconds": round(self.seconds, 3),
        }


def make_product(service: DocumentService, request: Request) -> Product:
    """Look at the photos and put the facts together. Raises UsageError, DocumentError, ModelError."""
    started = time.perf_counter()
    _check(request)
    photos, findings = open_photos(service, request.photos)
    product = assemble(service, request, photos, findings)
    return replace(product, seconds=time.perf_counter() - started)


def assemble(
    service: DocumentService, request: Request, photos: Sequence[Photo], findings: list[Finding]
) -> Product:
    """The product that opened photos show. Raises UsageError when none of them can be used."""
    started = time.perf_counter()
    said = understand(request.notes, request.settings, _sku(request.photos))
    findings += said.findings
    usable, more = _usable(photos)
    findings += more
    if not usable:
        reasons = "; ".join(
            f"{finding.field}: {finding.message}" for finding in findings if finding.severity != "info"
        )
        raise UsageError(f"no photo can be used ({reasons or 'none was given'})")
    facts: list[Fact] = list(said.facts)
    texts: dict[str, str] = {}
    for photo in usable:
        seen, written = describe(service, photo)
        facts += seen
        for name, text in written.items():
            texts.setdefault(name, text)
    if request.spec:
        facts += read_spec(service, request.spec)
    facts += _pixel_facts(usable)
    codes, more = _barcode_facts(usable)
    facts += codes
    findings += more
    merged, conflicts = merge(facts)
    merged = [_checked_colour(fact, usable) for fact in merged]
    findings += [Finding("facts.conflict", c.name, c.message(), "warning") for c in conflicts]
    findings += [
        Finding("facts.unsure", fact.name, f"{fact.value!r} is not used: {fact.reason}", "info")
        for fact in merged
        if not fact.stated
    ]
    seconds = time.perf_counter() - started
    return Product(
        request,
        tuple(merged),
        tuple(conflicts),
        tuple(usable),
        texts,
        said,
        tuple(findings),
        service.model,
        seconds,
    )


def describe(service: DocumentService, photo: Photo) -> tuple[list[Fact], dict[str, str]]:
    """What the model says of one photo: facts with its own probabilities, and its title and description."""
    backend = service.backend
    opened = backend.open_page(for_model(photo.image))
    reply = collect(backend.stream(opened, DESCRIBE, DESCRIBE_TOKENS))
    parsed = parse_fields(reply.text, (*ATTRIBUTES, *TEXTS))
    evidence = FactEvidence("photo", photo.name, 1, photo.look.box)
    facts, texts = [], {}
    for name, item in parsed.values.items():
        if item.value is None:
            continue
        if name in TEXTS:
            texts[name] = clean(item.value, keep_lines=True)
        elif value := attribute(name, item.value):
            fact = of_model(name, value, reply.confidence(item.start, item.end), evidence)
            facts.append(_printed(backend, opened, photo, fact) if name == "product" else fact)
    return facts, texts


def _printed(backend: Backend, opened: Any, photo: Photo, fact: Fact) -> Fact:
    """A product's name is proven by a photo only where it is printed on what the photo shows."""
    image, found = for_model(photo.image), []
    for word in WORD.findall(fact.value):
        box = backend.locate(opened, image, word, "") if len(word) >= MIN_PRINTED else None
        if box is None:
            return replace(fact, reason="the name is not legible on the photo; say it in the notes")
        found.append(FactEvidence("photo", photo.name, 1, box, word))
    return replace(fact, evidence=tuple(found), stated=True, reason="") if found else fact


def collect(pieces: Any) -> Reply:
    """A whole generation; pieces that the model took back are gone."""
    kept: list[Piece] = []
    for piece in pieces:
        del kept[len(kept) - piece.retract :]
        kept.append(piece)
    return Reply(tuple(kept))


def attribute(name: str, value: str) -> str:
    """The model's value of an attribute as a fact may hold it; "" for what cannot be one.

    Known values get their usual name. Of unknown ones only a category may be a new word: short, letters only.
    """
    value = clean(value)
    if is_known(name, value):
        return english(name, value) if name not in ("category",) else value
    is_name = bool(NAME.fullmatch(value)) and len(value.split()) <= MAX_WORDS and not CONTACT.search(value)
    return value if name in ("category", "subcategory", "product") and is_name else ""


def read_spec(service: DocumentService, path: str) -> list[Fact]:
    """What a spec sheet says, with page and box. Raises DocumentError."""
    fields = service.extract(service.open(path), SPEC_KEYS)
    facts = []
    for name, found in fields.fields.items():
        value = clean(found.value or "")[:100]
        if value and found.evidence:
            place = found.evidence[0]
            evidence = FactEvidence("document", Path(place.file).name, place.page, place.box, value)
            facts.append(of_model(name, value, found.confidence, evidence))
    return facts


def _check(request: Request) -> None:
    if not request.photos:
        raise UsageError("listing: no photo was given; name one to 8 photos of one product")
    if len(request.photos) > MAX_PHOTOS:
        problem = f"listing: {len(request.photos)} photos were given, one product has at most {MAX_PHOTOS}"
        raise UsageError(f"{problem}; choose the best, or list many products in a catalogue CSV")
    if request.language not in LANGUAGES:
        raise UsageError(f"language {request.language!r}: choose from {', '.join(LANGUAGES)}")
    if request.tone not in TONES:
        raise UsageError(f"tone {request.tone!r}: choose from {', '.join(TONES)}")


def _sku(photos: Sequence[str]) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(photos[0]).stem).strip("-.")[:40] if photos else ""


def _usable(photos: Sequence[Photo]) -> tuple[list[Photo], list[Finding]]:
    findings = [
        Finding("photo.unusable", photo.name, photo.problem, "warning") for photo in photos if photo.problem
    ]
    good = [photo for photo in photos if not photo.problem]
    for earlier, later in near_duplicates(good):
        message = f"shows the same as {earlier.name} and is left out"
        findings.append(Finding("photo.duplicate", later.name, message, "info"))
        good = [photo for photo in good if photo is not later]
    return good, findings


def _pixel_facts(photos: Sequence[Photo]) -> list[Fact]:
    """The dominant colour of each photo: a witness. On labelled photos it is the right one in three of four
    cases, which is too seldom to claim it alone.
    """
    facts = []
    for photo in photos:
        if photo.look.shares:
            name, share = photo.look.shares[0]
            evidence = FactEvidence("photo", photo.name, 1, photo.look.box)
            facts.append(Fact("colour", name, "pixels", share, (evidence,), False, WITNESS))
    return facts


def _checked_colour(fact: Fact, photos: Sequence[Photo]) -> Fact:
    """The model's colour stands only if the pixels of a photo show it; if not most, the model has to be sure.

    On 70 held-out photos the model was right about 32 of the 40 colours that the pixels showed, and about 2
    of the 30 that they did not.
    """
    is_models = fact.name == "colour" and fact.source == "model" and fact.stated
    seen = 1 if fact.confidence < SURE_OF_COLOUR else None  # how many of a photo's colours count
    shown = any(same("colour", fact.value, name) for it in photos for name, _ in it.look.shares[:seen])
    if not is_models or shown or family(fact.value) == "multi":
        return fact
    return replace(fact, stated=False, reason="the pixels do not show this colour")


def _barcode_facts(photos: Sequence[Photo]) -> tuple[list[Fact], list[Finding]]:
    """The GTIN, if the photos show one and only one that is sound."""
    facts: list[Fact] = []
    findings = []
    for photo in photos:
        for code in photo.barcodes:
            if code.problem:
                message = f"{code.problem}; no number is taken from it"
                findings.append(Finding("photo.barcode", photo.name, message, "warning"))
            else:
                evidence = FactEvidence("photo", photo.name, 1, code.box, code.gtin)
                facts.append(Fact("gtin", code.gtin, "barcode", 1.0, (evidence,)))
    numbers = list(dict.fromkeys(fact.value for fact in facts))
    if len(numbers) > 1:
        message = f"the photos show several: {', '.join(numbers)}; say which in the notes, like 'gtin: …'"
        findings.append(Finding("photo.barcode", "gtin", message, "warning"))
        return [], findings
    return facts, findings
