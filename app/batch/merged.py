"""The rows of a document → one answer or extraction, as ``octavo ask`` and ``octavo extract`` make it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..merge import merge_fields
from ..pages import choose_answer
from ..schema import Extraction, PagePart, Schema, merge_parts
from ..types import Answer, Evidence, Fields, FieldValue, PageAnswer, PageFields
from .records import WHOLE_FILE, PageRow, Spec


def merge(spec: Spec, name: str, rows: Sequence[PageRow], model: str) -> Answer | Fields | Extraction:
    """What all pages together say."""
    seconds = sum(row.seconds for row in rows)
    pages = [row for row in rows if row.page > WHOLE_FILE]
    if spec.task == "ask":
        return choose_answer(spec.question, [_answer(name, row) for row in pages], model, seconds)
    if spec.schema is not None:
        return merge_parts(spec.schema, name, [part_of(name, row) for row in pages], model, seconds)
    return merge_fields(name, spec.fields, [_fields(name, row) for row in pages], model, seconds)


def part_of(name: str, row: PageRow) -> PagePart:
    """What a page gave to an extraction to a schema."""
    return PagePart.from_json(row.result, name, row.page, row.status, row.reason)


def leaf_names(schema: Schema) -> list[str]:
    """Names of the flat columns of a schema: its values, then its tables."""
    return [".".join(path) for path in _paths(schema)]


def flat_values(schema: Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Column → value as text; the rows of a table are JSON."""
    found: dict[str, Any] = {}
    for path in _paths(schema):
        value: Any = data
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            value = json.dumps(value, ensure_ascii=False)
        found[".".join(path)] = value if value is None or isinstance(value, str) else str(value)
    return found


def _paths(schema: Schema) -> list[tuple[str, ...]]:
    return [leaf.path for leaf in schema.leaves] + [table.path for table in schema.tables]


def status_of(rows: Sequence[PageRow]) -> str:
    """Of a document: "ok", "partial" when some pages are not, "error" when none gave anything."""
    if all(row.status == "ok" for row in rows):
        return "ok" if rows else "error"
    return "error" if all(row.status == "error" for row in rows) else "partial"


def _answer(name: str, row: PageRow) -> PageAnswer:
    if not row.result:
        return PageAnswer(name, row.page, "", False, 0.0, row.status, row.reason)
    answer, found, box = (row.result[key] for key in ("answer", "found", "box"))
    confidence = row.confidence or 0.0
    return PageAnswer(name, row.page, answer, found, confidence, row.status, row.reason, tuple(box))


def _fields(name: str, row: PageRow) -> PageFields:
    fields = {
        key: FieldValue(item["value"], item["confidence"], (Evidence(name, row.page, tuple(item["box"])),))
        for key, item in row.result.get("fields", {}).items()
    }
    return PageFields(name, row.page, fields, row.status, row.reason, tuple(row.result.get("notes", ())))
