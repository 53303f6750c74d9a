"""Extracted fields as one kind of record, whether they were named or come from a schema; and as CSV and Excel
tables."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..batch.export import harmless
from ..errors import UsageError
from ..parsing import printable
from ..schema import Extraction
from ..types import Evidence, Fields
from .saving import File
from .texts import say

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("field", "value", "printed", "confidence", "page", "x0", "y0", "x1", "y1", "problem")
MAX_SHEETS = 20


@dataclass(frozen=True)
class Fact:
    """One field. ``value``: as the record has it, None where there is none; ``printed``: as on the page."""

    name: str
    value: Any
    printed: str = ""
    confidence: float = 0.0
    evidence: Evidence | None = None
    problem: str = ""


@dataclass(frozen=True)
class Found:
    """What was extracted from the document at ``path``. ``checks``: (whether figures agree, what was compared
    or a sentence that says what is wrong)."""

    path: str
    facts: tuple[Fact, ...]
    record: dict[str, Any]
    data: Mapping[str, Any]
    seconds: float
    checks: tuple[tuple[bool, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The document's name."""
        return Path(self.path).name

    @classmethod
    def of_fields(cls, path: str, fields: Fields) -> "Found":
        """From fields that were named."""
        facts = tuple(
            Fact(name, field.value, field.value or "", field.confidence, _first(field.evidence))
            for name, field in fields.fields.items()
        )
        record = _without_folder(fields.to_json(), path)
        notes = _notes(fields.troubles, fields.notes)
        return cls(path, facts, record, fields.values, fields.seconds, (), notes)

    @classmethod
    def of_schema(cls, path: str, found: Extraction, names: list[str]) -> "Found":
        """From an extraction to a schema; ``names`` of its values, for those that no page has."""
        facts = [
            Fact(name, item.value, item.text, item.confidence, _first(item.evidence), item.problem)
            for name, item in found.fields.items()
        ]
        known = {fact.name: fact for fact in facts}
        single = [known.get(name, Fact(name, None)) for name in names]
        rows = [fact for fact in facts if fact.name not in names]
        checks = tuple(
            (check.is_right, check.name if check.is_right else check.message) for check in found.checks
        )
        record = _without_folder(found.to_json(), path)
        notes = _notes(found.troubles, found.notes)
        return cls(path, (*single, *rows), record, found.data, found.seconds, checks, notes)

    @property
    def num_found(self) -> int:
        """How many fields have something printed."""
        return sum(bool(fact.printed) for fact in self.facts)


def as_json(found: Found) -> File:
    """The record of ``octavo extract --json``, with the file's name instead of the server's path."""
    text = json.dumps(found.record, ensure_ascii=False, indent=2)
    return File(_name(found, "json"), "application/json", text.encode())


def as_csv(found: Found) -> File:
    """A line a field. The byte order mark tells Excel that it is UTF-8; no cell is taken for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for row in _rows(found):
        writer.writerow([harmless(cell) for cell in row])
    return File(_name(found, "csv"), "text/csv", ("\ufeff" + stream.getvalue()).encode())


def as_xlsx(found: Found, language: str) -> File:
    """A sheet of fields, one for each table, one of checks. Raises UsageError where openpyxl is missing."""
    try:
        import openpyxl
    except ImportError:
        raise UsageError(say(language, "no_xlsx")) from None
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "fields"
    _fill(sheet, [list(COLUMNS), *_rows(found)])
    for name, rows in list(_tables(found.data))[:MAX_SHEETS]:
        heads = list(dict.fromkeys(key for row in rows for key in row))
        _fill(
            book.create_sheet(_sheet_name(name)),
            [heads, *([row.get(head) for head in heads] for row in rows)],
        )
    if found.checks:
        _fill(book.create_sheet("checks"), [["agrees", "check"], *(list(check) for check in found.checks)])
    stream = io.BytesIO()
    book.save(stream)
    return File(_name(found, "xlsx"), EXCEL, stream.getvalue())


def _rows(found: Found) -> Iterator[list[Any]]:
    for fact in found.facts:
        page: Any = fact.evidence.page if fact.evidence else None
        box = [round(edge, 4) for edge in fact.evidence.box] if fact.evidence else [None] * 4
        sure = round(fact.confidence, 4) if fact.printed else None
        yield [fact.name, fact.value, fact.printed, sure, page, *box, fact.problem]


def _tables(data: Any, name: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of objects in the record, with the names of the keys that lead to them."""
    for key, value in data.items() if isinstance(data, Mapping) else ():
        place = f"{name}.{key}" if name else str(key)
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            yield place, value
        else:
            yield from _tables(value, place)


def _fill(sheet: Any, rows: list[list[Any]]) -> None:
    from openpyxl.styles import Font

    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = printable(value)
                cell.data_type = "s"  # a text that begins with "=" is no formula
            else:
                cell.value = value
            if number == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(rows[0]) + 1):
        width = max(len(str(row[column - 1] or "")) for row in rows if len(row) >= column)
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = min(max(width + 2, 8), 60)
    sheet.freeze_panes = "A2"


def _sheet_name(name: str) -> str:
    return "".join(char if char not in "[]:*?/\\'" else " " for char in name)[:31] or "table"


def _name(found: Found, suffix: str) -> str:
    return f"{Path(found.name).stem or 'document'}.{suffix}"


def _first(evidence: tuple[Evidence, ...]) -> Evidence | None:
    return evidence[0] if evidence else None


def _notes(troubles: Any, notes: tuple[str, ...]) -> tuple[str, ...]:
    return (*(f"{item.page}: {item.reason}" if item.page else item.reason for item in troubles), *notes)


def _without_folder(record: dict[str, Any], path: str) -> dict[str, Any]:
    """The record with the file's name wherever it has the path of the upload."""
    text = json.dumps(record, ensure_ascii=False)
    cleaned: dict[str, Any] = json.loads(
        text.replace(json.dumps(path, ensure_ascii=False), json.dumps(Path(path).name, ensure_ascii=False))
    )
    return cleaned
