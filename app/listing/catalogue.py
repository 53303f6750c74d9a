"""Many products: a CSV with ``sku``, ``photos``, ``notes`` → a record a product, and the channels' files.

Each finished product is one line of ``listings.jsonl``, written and synced before the next begins: a run that
is killed goes on where it stopped. A line counts only for the same input, model and rules; a last line that
is cut off is ignored. A product that fails is a line with a status, never a missing one.
"""

import csv
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..channels.pack import Pack, write_files
from ..channels.rules import Finding, Part, Row
from ..channels.text import clean
from ..csv_rows import read_rows
from ..errors import DocumentError, OctavoError, UsageError
from ..prompts import PROMPT_VERSION
from ..service import DocumentService
from .product import Request, make_product
from .seller import fact_name
from .variants import Member, catalogue_findings, group_variants, size_in, with_groups

RECORDS = "listings.jsonl"
COLUMNS = ("sku", "photos", "notes", "spec")
MAX_ROWS = 1_000_000
TITLES = {"amazon": "item_name", "google": "structured_title", "woocommerce": "name"}
SEPARATOR = re.compile(r"\s*[|;\n]\s*")


@dataclass(frozen=True)
class Entry:
    """One line of a catalogue."""

    number: int
    request: Request

    @property
    def sku(self) -> str:
        """The seller's number; the line's number where there is none."""
        return self.request.settings.get("sku", "") or f"line-{self.number}"


@dataclass(frozen=True)
class Outcome:
    """What became of one product: ``status`` is "ok" or "error"; rows by channel."""

    sku: str
    status: str
    reason: str
    rows: tuple[Row, ...] = ()
    is_new: bool = True


def read_catalogue(path: Path, settings: Mapping[str, str], language: str, tone: str) -> list[Entry]:
    """The products of a CSV file; other columns than ``COLUMNS`` are settings. Raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = read_rows(text)
        rows = list(enumerate(reader, start=2))
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file; check the path") from None
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(
            f"{path}: cannot be read as a catalogue ({error}); save it as CSV in UTF-8"
        ) from None
    header = [name.strip().lower() for name in reader.fieldnames or () if name]
    if "photos" not in header:
        raise UsageError(f"{path}: has no column 'photos'; it needs sku, photos and notes in its first line")
    rows = [(number, row) for number, row in rows if any(map(_is_filled, row.values()))]
    if not rows:
        raise UsageError(f"{path}: has no product below its first line; add a line for each")
    if len(rows) > MAX_ROWS:
        raise UsageError(f"{path}: {len(rows)} lines, at most {MAX_ROWS} are taken; split it")
    for number, row in rows:
        if _is_filled(row.get(None)):  # cells without a column: taken apart in the wrong place
            problem = f"line {number} has more cells than the first line has names"
            raise UsageError(f"{path}: {problem}; put quotes around a text that holds the separator")
    return [_entry(path, number, row, settings, language, tone) for number, row in rows]


def _is_filled(cell: Any) -> bool:
    """Whether a cell, or any of the cells behind the last column, holds something."""
    return any(text and text.strip() for text in (cell if isinstance(cell, list) else [cell]))


def _entry(
    path: Path,
    number: int,
    row: Mapping[str | None, Any],
    settings: Mapping[str, str],
    language: str,
    tone: str,
) -> Entry:
    cells = {str(name).strip().lower(): str(value or "").strip() for name, value in row.items() if name}
    named = {name: clean(value, keep_lines=True) for name, value in cells.items()}
    # Names of files stay as they are written: two spaces, or an accent apart from its letter, belong to them.
    photos = tuple(str(path.parent / name) for name in SEPARATOR.split(cells.get("photos", "")) if name)
    own = {
        fact_name(name): value
        for name, value in named.items()
        if value and name not in ("photos", "notes", "spec")
    }
    spec = str(path.parent / cells["spec"]) if cells.get("spec") else ""
    return Entry(number, Request(photos, named.get("notes", ""), spec, {**settings, **own}, language, tone))


def run_catalogue(
    service: DocumentService,
    entries: Sequence[Entry],
    packs: Sequence[Pack],
    out: Path,
    on_done: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Do every product that has no record yet, then write the channels' files. Raises UsageError.

    The outcomes hold what the products say of each other too: their groups, and numbers that are used twice.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror}); choose another --out") from None
    path = out / RECORDS
    known = load_records(path)
    outcomes = []
    with path.open("a+b") as stream:
        _end_line(stream)
        for entry in entries:
            key = key_of(entry, packs, service.model)
            outcome = known.get(key)
            if outcome is None:
                outcome = do_entry(service, entry, packs)
                line = json.dumps(to_record(key, outcome), ensure_ascii=False) + "\n"
                stream.write(line.encode(errors="backslashreplace"))  # of names that are not UTF-8
                stream.flush()
                os.fsync(stream.fileno())
            outcomes.append(outcome)
            if on_done:
                on_done(outcome)
    outcomes = compared(outcomes, packs)
    for place, pack in enumerate(packs):
        write_files(pack, [outcome.rows[place] for outcome in outcomes if outcome.rows], out)
    return outcomes


def do_entry(service: DocumentService, entry: Entry, packs: Sequence[Pack]) -> Outcome:
    """One product in every channel; what is wrong with its input becomes its reason."""
    try:
        product = make_product(service, entry.request)
    except OctavoError as error:
        return Outcome(entry.sku, "error", str(error))
    return Outcome(
        product.said.shop.get("sku", entry.sku), "ok", "", tuple(product.row(pack) for pack in packs)
    )


def compared(outcomes: Sequence[Outcome], packs: Sequence[Pack]) -> list[Outcome]:
    """The outcomes with variants grouped, and with what is wrong with each channel's rows taken together."""
    columns = []
    for place, pack in enumerate(packs):
        rows = [outcome.rows[place] for outcome in outcomes if outcome.rows]
        groups = group_variants([_member(row) for row in rows])
        rows = [with_groups(row, groups) for row in rows]
        more = catalogue_findings(rows, TITLES.get(pack.name, "title"))
        columns.append([replace(row, findings=(*row.findings, *more.get(row.sku, ()))) for row in rows])
    lines = iter(zip(*columns, strict=True))
    return [replace(outcome, rows=next(lines)) if outcome.rows else outcome for outcome in outcomes]


def _member(row: Row) -> Member:
    options = row.options
    size = options.get("size", "") or size_in(row.sku)
    category, brand, colour = (options.get(name, "") for name in ("category", "brand", "colour"))
    return Member(row.sku, category, brand, colour, size, row.group)


def key_of(entry: Entry, packs: Sequence[Pack], model: str) -> str:
    """What a record stands for: input, the photos' bytes, model, prompt and rules."""
    request = entry.request
    digest = hashlib.sha256()
    about = (
        request.notes,
        sorted(request.settings.items()),
        request.language,
        request.tone,
        model,
        PROMPT_VERSION,
    )
    digest.update(json.dumps([about, [(pack.name, pack.version) for pack in packs], entry.sku]).encode())
    for file in (*request.photos, *filter(None, [request.spec])):
        digest.update(b"\n" + os.fsencode(file) + b"\n")
        try:
            with open(file, "rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            digest.update(str(error.errno).encode())
    return digest.hexdigest()


def load_records(path: Path) -> dict[str, Outcome]:
    """Key → outcome of an earlier run; lines that are not whole records are skipped."""
    return dict(_records(path)) if path.is_file() else {}


def _records(path: Path) -> Iterator[tuple[str, Outcome]]:
    with path.open("rb") as stream:
        for line in stream:
            try:
                yield from_record(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # cut off by a kill or a full disk: the product is simply done again


def to_record(key: str, outcome: Outcome) -> dict[str, Any]:
    """A line of ``listings.jsonl``."""
    rows = [
        {
            "channel": row.channel,
            "sku": row.sku,
            "valid": row.is_valid,
            "fields": dict(row.fields),
            "writers": {
                name: [[p.text, p.writer, list(p.facts)] for p in parts] for name, parts in row.parts.items()
            },
            "findings": [finding.to_json() for finding in row.findings],
            "group": row.group,
            "options": dict(row.options),
        }
        for row in outcome.rows
    ]
    return {"key": key, "sku": outcome.sku, "status": outcome.status, "reason": outcome.reason, "rows": rows}


def from_record(record: dict[str, Any]) -> tuple[str, Outcome]:
    """The reverse of :func:`to_record`. Raises KeyError, TypeError, AttributeError for anything else."""
    rows = tuple(
        Row(
            row["channel"],
            row["sku"],
            row["fields"],
            {n: tuple(Part(t, w, tuple(f)) for t, w, f in parts) for n, parts in row["writers"].items()},
            tuple(Finding(f["rule"], f["field"], f["message"], f["severity"]) for f in row["findings"]),
            row["group"],
            row["options"],
        )
        for row in record["rows"]
    )
    return record["key"], Outcome(record["sku"], record["status"], record["reason"], rows, is_new=False)


def _end_line(stream: Any) -> None:
    """After a line that was cut off the next one begins on its own."""
    stream.seek(0, os.SEEK_END)
    if stream.tell():
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) != b"\n":
            stream.write(b"\n")


__all__ = ["DocumentError", "Entry", "Outcome", "read_catalogue", "run_catalogue"]
