"""Facts: what may be said of a product, where it comes from, and who disagrees.

Every fact names its source and its evidence. ``stated`` says whether copy may claim it: what is unsure, or
what no photo can show, stays a fact to look at and never becomes a sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..parsing import normalise
from ..types import WHOLE_PAGE, Box

FactSource = Literal["model", "pixels", "barcode", "seller", "rule"]
Kind = Literal["photo", "document", "seller", "rule"]
# Confidence from which the model's word may be claimed: a token's probability is no calibrated probability.
# Chosen on 502 held-out photos for nano@35c4b6bf43f1: of its claims that have a label 7 of 434 are wrong
# above these (category 5 of 242, gender 2 of 171, colour 0 of 21; of patterns, a seventh of which is wrong
# however sure the model is, none is left).
# See "by_confidence" of benchmarks/listings.py; look again with new weights.
FLOORS = {"category": 0.9999, "colour": 0.99995, "gender": 0.99999, "pattern": 0.999999, "age": 0.9999}
# A photo does not prove these: they need the seller's word or a document.
INVISIBLE = frozenset(
    {"material", "season", "usage", "size", "brand", "weight", "model number", "product", "subcategory"}
)
DOCUMENT_FLOOR = 0.7
# Several words in any order of importance; the first is used first.
ORDER = (
    "category", "brand", "colour", "gender", "age", "material", "pattern", "size", "usage", "season", "gtin",
)  # fmt: skip


@dataclass(frozen=True)
class FactEvidence:
    """Where a fact was seen. ``text``: what was read or said there."""

    kind: Kind
    file: str = ""
    page: int = 1
    box: Box = WHOLE_PAGE
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Only what the kind has."""
        if self.kind in ("seller", "rule"):
            return {"kind": self.kind, "text": self.text}
        place = {"kind": self.kind, "file": self.file, "box": [round(edge, 4) for edge in self.box]}
        return place | ({"page": self.page, "text": self.text} if self.kind == "document" else {})


@dataclass(frozen=True)
class Fact:
    """One attribute of the product. ``reason`` says why it is not stated, when it is not."""

    name: str
    value: str
    source: FactSource
    confidence: float
    evidence: tuple[FactEvidence, ...]
    stated: bool = True
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """As ``octavo listing --json`` prints it."""
        record = {
            "name": self.name,
            "value": self.value,
            "confidence": round(self.confidence, 4),
            "source": self.source,
            "evidence": [evidence.to_json() for evidence in self.evidence],
            "stated": self.stated,
        }
        return record | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True)
class Conflict:
    """Two sources that disagree: ``kept`` is what the listing goes by, ``other`` what the other one says."""

    name: str
    kept: Fact
    other: Fact

    def message(self) -> str:
        """One sentence for the seller."""
        kept, other = self.kept, self.other
        advice = f"say which in the notes, like '{self.name}: …'"
        if kept.source == "seller":
            advice = "change your notes if that is wrong"
        return (
            f"{SAYS[kept.source]} {kept.value!r}, {SAYS[other.source]} {other.value!r}: "
            f"{'the first is used' if kept.stated else 'neither is used'}; {advice}"
        )


SAYS = {
    "model": "the model sees",
    "pixels": "the pixels show",
    "barcode": "the barcode says",
    "seller": "you say",
    "rule": "a rule gives",
}
RANK: dict[str, int] = {"seller": 0, "barcode": 1, "model": 2, "pixels": 3, "rule": 4}


def of_model(name: str, value: str, confidence: float, evidence: FactEvidence) -> Fact:
    """What the model says, stated if it is sure enough and if the evidence can show it."""
    if evidence.kind == "document":
        sure = confidence >= DOCUMENT_FLOOR
        return Fact(
            name, value, "model", confidence, (evidence,), sure, "" if sure else "the reading is unsure"
        )
    if name in INVISIBLE or name not in FLOORS:
        reason = "a photo does not prove it; say it in the notes"
        return Fact(name, value, "model", confidence, (evidence,), False, reason)
    sure = confidence >= FLOORS[name]
    return Fact(name, value, "model", confidence, (evidence,), sure, "" if sure else "the model is unsure")


def merge(facts: Iterable[Fact]) -> tuple[list[Fact], list[Conflict]]:
    """One fact a name: of the best source, and of one source the value with the most confidence behind it.

    The evidence of all that agree is kept; what disagrees becomes a conflict.
    """
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    merged, conflicts = [], []
    for name, all_of_it in by_name.items():
        voted = [_vote(group) for group in _by_source(all_of_it).values()]
        voted_facts = sorted((fact for fact, _ in voted), key=lambda fact: RANK[fact.source])
        kept, *others = voted_facts
        agreeing = [other for other in others if same(name, kept.value, other.value)]
        evidence = tuple(item for fact in (kept, *agreeing) for item in fact.evidence)
        kept = replace(kept, evidence=evidence)
        merged.append(kept)
        conflicts += [Conflict(name, kept, other) for other in others if other not in agreeing]
        conflicts += [Conflict(name, kept, rival) for _, rivals in voted for rival in rivals]
    order = {name: place for place, name in enumerate(ORDER)}
    merged.sort(key=lambda fact: order.get(fact.name, len(order)))
    return merged, conflicts


def same(name: str, one: str, other: str) -> bool:
    """Whether two values say the same; of colours, whether they belong to one family."""
    if name == "colour":
        from .words import family

        return family(one) == family(other) != ""
    return normalise(one) == normalise(other)


def _by_source(facts: Sequence[Fact]) -> Mapping[str, list[Fact]]:
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.source, []).append(fact)
    return groups


def _vote(facts: Sequence[Fact]) -> tuple[Fact, list[Fact]]:
    """Of several facts of one source the one that most confidence is behind, and its rivals."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(normalise(fact.value), []).append(fact)
    ranked = sorted(groups.values(), key=lambda group: -sum(fact.confidence for fact in group))
    best = max(ranked[0], key=lambda fact: fact.confidence)
    evidence = tuple(item for fact in ranked[0] for item in fact.evidence)
    rivals = [max(group, key=lambda fact: fact.confidence) for group in ranked[1:]]
    backing = sum(fact.confidence for fact in ranked[0])
    against = sum(fact.confidence for group in ranked[1:] for fact in group)
    if rivals and against >= 0.7 * backing:
        best = replace(best, stated=False, reason="the photos disagree")
    return replace(best, evidence=evidence), rivals
