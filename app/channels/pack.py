"""A channel as one object: its fields with their rules, how they are filled, and the files it imports."""

import csv
import html
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .check import check_fields
from .rules import Composed, Content, FieldRules, Finding, Part, PhotoRules, Row, Source, Value

UNSAID = "this channel does not allow it, or has no room for it"
Files = dict[str, str]  # file name → text in UTF-8


@dataclass(frozen=True)
class Pack:
    """A dated set of rules. ``fill`` composes fields from what may be said; ``files`` writes valid rows, into
    files whose names match ``outputs``."""

    name: str
    title: str
    version: str  # the day on which its rules were last compared with their sources
    fields: tuple[FieldRules, ...]
    photos: PhotoRules
    fill: Callable[["Pack", Content], Mapping[str, Composed]]
    files: Callable[[Sequence[Row]], Files]
    outputs: tuple[str, ...]
    either: tuple[tuple[tuple[str, ...], str, Source], ...] = ()  # one of these fields has to be there

    def field(self, name: str) -> FieldRules:
        """The rules of a field. Raises KeyError for one that the channel does not have."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name!r}; it has {', '.join(f.name for f in self.fields)}")

    def row(self, content: Content, extra: Iterable[Finding] = ()) -> Row:
        """One product's fields, composed within the rules, and every finding about them."""
        composed = {name: item for name, item in self.fill(self, content).items() if item.value}
        values: dict[str, Value] = {name: item.value for name, item in composed.items()}
        parts: dict[str, tuple[Part, ...]] = {name: item.parts for name, item in composed.items()}
        findings = (*extra, *self.check(values), *self._unsaid(content, parts.values()))
        seller = content.seller
        known = content.attributes
        options = {name: known[name] for name in ("category", "brand", "colour", "size") if name in known}
        return Row(
            self.name, seller.get("sku", ""), values, parts, findings, seller.get("group", ""), options
        )

    def _unsaid(self, content: Content, parts: Iterable[tuple[Part, ...]]) -> tuple[Finding, ...]:
        """The seller's sentences of which no field says a part: nobody would look for them."""
        said = [part.text for field in parts for part in field if part.facts == ("notes",)]
        return tuple(
            Finding(f"{self.name}.notes", "notes", f"“{part.text}” is left out: {UNSAID}", "warning")
            for part in content.sentences
            if part.facts == ("notes",) and not any(text in part.text for text in said)
        )

    def check(self, values: Mapping[str, Value]) -> tuple[Finding, ...]:
        """Every finding about a row's fields."""
        missing = tuple(
            Finding(f"{self.name}.{names[0]}.required", names[0], f"is required and missing; {hint}", "error")
            for names, hint, _ in self.either
            if not any(values.get(name) for name in names)
        )
        return (*missing, *check_fields(self.name, self.fields, values))

    def edited(self, row: Row, values: Mapping[str, Value]) -> Row:
        """The row with fields that the seller wrote; only those that changed count as the seller's words."""
        fields = dict(row.fields) | {name: value for name, value in values.items() if value}
        for name, value in values.items():
            if not value:
                fields.pop(name, None)
        parts = {
            name: row.parts.get(name, ()) if fields[name] == row.fields.get(name) else _sellers(fields[name])
            for name in fields
        }
        own = {f"{self.name}.{field.name}." for field in self.fields}
        others = (item for item in row.findings if not any(item.rule.startswith(prefix) for prefix in own))
        findings = (*others, *self.check(fields))
        return Row(row.channel, row.sku, fields, parts, findings, row.group, row.options)


def _sellers(value: Value) -> tuple[Part, ...]:
    texts = [value] if isinstance(value, str) else list(value)
    return tuple(Part(text, "seller") for text in texts)


def write_files(pack: Pack, rows: Sequence[Row], folder: str | Path) -> list[Path]:
    """Write the valid rows as the files that the channel imports, each in one step; the paths.

    Rows with errors are left out: their findings say why. No row, no file: those of an earlier call that
    this one does not write anew are deleted, or products that are no longer meant would be imported with
    the others. Raises UsageError when the folder cannot be written.
    """
    valid = [row for row in rows if row.is_valid]
    files = pack.files(valid) if valid else {}
    folder = Path(folder)
    try:
        return _replace(folder, pack.outputs, files)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from None


def _replace(folder: Path, outputs: Sequence[str], files: Files) -> list[Path]:
    for old in [path for pattern in outputs for path in folder.glob(pattern) if path.name not in files]:
        old.unlink()
    if files:
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files.items():
        path = folder / name
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(text.encode("utf-8"))
        os.replace(partial, path)
        written.append(path)
    return written


def csv_text(header: Sequence[str], lines: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """A table in RFC 4180 form; columns that a line does not have stay empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return stream.getvalue()


def json_text(record: Any) -> str:
    """JSON that people can read."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def text_of(row: Row, name: str) -> str:
    """A field's text; "" if the row does not have it."""
    value = row.fields.get(name, "")
    return value if isinstance(value, str) else ""


def list_of(row: Row, name: str) -> list[str]:
    """A field's entries; empty if the row does not have it."""
    value = row.fields.get(name, [])
    return list(value) if isinstance(value, list) else []


def html_body(row: Row) -> str:
    """Description and bullets as HTML: paragraphs and a list, everything else escaped."""
    paragraphs = [f"<p>{html.escape(line)}</p>" for line in text_of(row, "description").split("\n") if line]
    entries = "".join(f"<li>{html.escape(text)}</li>" for text in list_of(row, "bullets"))
    return "".join(paragraphs) + (f"<ul>{entries}</ul>" if entries else "")
