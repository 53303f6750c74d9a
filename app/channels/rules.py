"""What a channel demands, as data: dated rules with their source, and the findings that break them.

A rule belongs to one field and has a ``kind`` (``max_chars``, ``banned_chars``, …) that says how it is
checked; ``check.py`` holds one small function for each kind. Composing and repairing ask the same functions,
so that a text is right when it is written, and the validator then only confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
Value = str | list[str] | dict[str, list[str]]
Writer = Literal["rule", "model", "seller"]


@dataclass(frozen=True)
class Source:
    """Where a rule is written: ``checked`` is when it was last read there, ``since`` when it came into force.

    ``quality`` is "official" for the channel's own page or schema, "reported" where only others tell of it.
    """

    url: str
    checked: str
    since: str = ""
    quality: Literal["official", "reported", "own"] = "official"


@dataclass(frozen=True)
class Rule:
    """One demand on one field. ``limit`` is what ``kind`` needs: a number, characters, phrases, a pattern.
    ``example``: a value that obeys it, for a seller who cannot read patterns."""

    kind: str
    limit: Any
    source: Source
    severity: Severity = "error"
    example: str = ""


@dataclass(frozen=True)
class FieldRules:
    """The rules of one field; ``is_list`` says that it holds several values, each of which obeys them."""

    name: str
    rules: tuple[Rule, ...] = ()
    is_list: bool = False

    def of(self, kind: str) -> Rule | None:
        """The rule of this kind, if there is one."""
        return next((rule for rule in self.rules if rule.kind == kind), None)


@dataclass(frozen=True)
class PhotoRules:
    """What a channel demands of photos. Sides in pixels; a zero means that there is no such demand."""

    max_count: int
    min_longest: int = 0
    good_longest: int = 0
    min_shortest: int = 0
    max_side: int = 0
    max_megapixels: float = 0
    white_background: bool = False
    min_fill: float = 0.0
    source: Source = Source("", "")


@dataclass(frozen=True)
class Finding:
    """Something that a user should know: ``rule`` names it, ``message`` says what is wrong and what to do."""

    rule: str
    field: str
    message: str
    severity: Severity

    def to_json(self) -> dict[str, str]:
        """As ``octavo listing --json`` prints it."""
        return {
            "rule": self.rule,
            "field": self.field,
            "message": self.message,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class Part:
    """A piece of copy that stands for itself: who wrote it, and the names of the facts that back it."""

    text: str
    writer: Writer
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Composed:
    """A field's value and the parts that it consists of."""

    value: Value
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A photo as a channel sees it: file name, public address ("" if there is none) and alternative text."""

    name: str
    url: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Content:
    """All that may be said of one product, most important first; a pack takes what its rules allow.

    ``attributes``: claimable facts by name. ``seller``: what only the seller can know (price, brand, sku, …).
    """

    title: tuple[Part, ...]
    bullets: tuple[Part, ...]
    sentences: tuple[Part, ...]
    keywords: tuple[Part, ...]
    attributes: Mapping[str, str]
    seller: Mapping[str, str]
    pictures: tuple[Picture, ...]
    category: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


@dataclass(frozen=True)
class Row:
    """One product in a channel's fields. It may be exported when no finding is an error."""

    channel: str
    sku: str
    fields: Mapping[str, Value]
    parts: Mapping[str, tuple[Part, ...]]
    findings: tuple[Finding, ...]
    group: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether the channel would accept it, as far as the rules tell."""
        return all(finding.severity != "error" for finding in self.findings)
