"""What an extraction hands out: data that is valid against its schema, and where each value comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..types import Evidence, Trouble

if TYPE_CHECKING:
    from .load import Leaf, Table

LEFT_OUT = object()


@dataclass(frozen=True)
class Extracted:
    """One value. ``text`` is as printed, ``value`` as the schema wants it (None where it does not fit, and
    ``problem`` says why). ``source``: who produced it, "model" or the name of a rule. ``others``: what other
    pages say, as ``(text, page, confidence)``."""

    value: Any
    text: str
    confidence: float
    evidence: tuple[Evidence, ...]
    source: str = "model"
    problem: str = ""
    others: tuple[tuple[str, int, float], ...] = ()


@dataclass(frozen=True)
class Check:
    """Two figures that should be equal: what they are, whether they are, and a sentence when they are not."""

    name: str
    is_right: bool
    message: str = ""


@dataclass(frozen=True)
class Extraction:
    """``data`` is valid against ``schema``. ``fields``: "total" or "items[0].amount" → where it comes
    from."""

    schema: str
    file: str
    data: dict[str, Any]
    fields: dict[str, Extracted]
    checks: tuple[Check, ...]
    model: str
    seconds: float
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The record that ``octavo extract --schema … --json`` prints."""
        return {
            "schema": self.schema,
            "file": self.file,
            "data": self.data,
            "fields": {name: _field_json(field) for name, field in self.fields.items()},
            "checks": [
                {"check": check.name, "ok": check.is_right, "message": check.message} for check in self.checks
            ],
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "troubles": [asdict(trouble) for trouble in self.troubles],
            "notes": list(self.notes),
        }


def assemble(
    leaves: "Sequence[Leaf]",
    tables: "Sequence[Table]",
    values: Mapping[tuple[str, ...], Any],
    rows: Mapping[tuple[str, ...], Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """The JSON object: found values at their paths, what stands for missing ones elsewhere."""
    data: dict[str, Any] = {}
    for leaf in leaves:
        value = values.get(leaf.path)
        if value is None:
            value = leaf.missing if leaf.required or leaf.missing is not None else LEFT_OUT
        put(data, leaf.path, value)
    for table in tables:
        put(data, table.path, [dict(row) for row in rows.get(table.path, ())])
    return data


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set ``data[path[0]][path[1]]…``; the objects on the way are made, a value left out is not set."""
    *parents, last = path
    for key in parents:
        data = data.setdefault(key, {})
    if value is not LEFT_OUT:
        data[last] = value


def _field_json(field: Extracted) -> dict[str, Any]:
    record: dict[str, Any] = {
        "value": field.value,
        "text": field.text,
        "confidence": round(field.confidence, 4),
        "evidence": [
            {"file": e.file, "page": e.page, "box": [round(edge, 4) for edge in e.box]}
            for e in field.evidence
        ],
        "source": field.source,
    }
    if field.problem:
        record["problem"] = field.problem
    if field.others:
        record["others"] = [
            {"text": text, "page": page, "confidence": round(confidence, 4)}
            for text, page, confidence in field.others
        ]
    return record
