"""What a ledger holds as files for other programs: JSONL, CSV and Parquet, one row a page; and one JSONL
record a document where the task has an answer for the whole. Each file is replaced in one
step, when it is complete.

Rows stream from the ledger to the files: memory stays that of a few hundred pages.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ..parsing import printable
from ..schema import merge_parts
from .ledger import Ledger
from .merged import flat_values, leaf_names, merge, part_of, status_of
from .records import WHOLE_FILE, PageRow, Spec
from .shared_ledger import SharedLedger

BASE = ("file", "page", "status", "reason", "confidence", "seconds")
BOX = ("x0", "y0", "x1", "y1")
AMOUNT = re.compile(r"-\d[\d.,]*")  # a credit note's: as a text it would not be added up
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what spreadsheets take for the start of one
ROWS_AT_ONCE = 256  # of a Parquet file: its row group


def export_all(ledger: Ledger | SharedLedger, spec: Spec, out: Path) -> None:
    """Write every file of results into ``out``."""
    write_jsonl(ledger, spec, out / "results.jsonl")
    write_csv(ledger, spec, out / "results.csv")
    write_parquet(ledger, spec, out / "results.parquet")
    if spec.task != "read":
        write_documents(ledger, spec, out)


@contextmanager
def replacing(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """A file to write that takes the place of ``path`` at the end; after an error the old one stays."""
    partial = path.with_name(f".{path.name}.partial")
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    with partial.open(mode, **text) as stream:  # type: ignore[call-overload]
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def columns(spec: Spec) -> list[str]:
    """The flat columns of CSV and Parquet: those of every task, then the task's own."""
    if spec.task == "read":
        return [*BASE, "text"]
    if spec.task == "ask":
        return [*BASE, "answer", "found", *BOX]
    return [*BASE, *field_columns(spec).values()]


def field_columns(spec: Spec) -> dict[str, str]:
    """Field name → column; a field that is called like another column gets a longer one."""
    names = spec.fields if spec.schema is None else leaf_names(spec.schema)
    return {name: f"field {name}" if name in BASE else name for name in names}


def flat(spec: Spec, name: str, row: PageRow) -> dict[str, Any]:
    """One row as plain values; None where there is none."""
    record: dict[str, Any] = dict.fromkeys(columns(spec))
    record |= {"file": name, "page": row.page, "status": row.status, "reason": row.reason}
    record |= {"confidence": _rounded(row.confidence), "seconds": round(row.seconds, 3)}
    if spec.schema is not None and row.page != WHOLE_FILE:
        found = merge_parts(spec.schema, name, [part_of(name, row)], "", row.seconds)
        values = flat_values(spec.schema, found.data)
        record |= {column: values.get(key) for key, column in field_columns(spec).items()}
    elif spec.task == "extract":
        fields = row.result.get("fields", {})
        record |= {
            column: fields[key]["value"] for key, column in field_columns(spec).items() if key in fields
        }
    elif row.result:
        record |= {key: row.result[key] for key in ("text", "answer", "found") if key in row.result}
        record |= dict(zip(BOX, row.result.get("box", ()), strict=False))
    return record


def write_jsonl(ledger: Ledger | SharedLedger, spec: Spec, path: Path) -> None:
    """One JSON object a row: status and all of the result, with boxes and each field's confidence."""
    with replacing(path) as stream:
        for name, row in ledger.rows():
            record = {"file": name, "page": row.page, "status": row.status, "reason": row.reason}
            record |= {"confidence": _rounded(row.confidence), "seconds": round(row.seconds, 3)}
            stream.write(json.dumps(record | _result(spec, name, row), ensure_ascii=False) + "\n")


def write_csv(ledger: Ledger | SharedLedger, spec: Spec, path: Path) -> None:
    """Flat rows. The byte order mark tells Excel that it is UTF-8."""
    with replacing(path) as stream:
        stream.write("\ufeff")
        writer = csv.writer(stream)
        writer.writerow([harmless(column) for column in columns(spec)])
        for name, row in ledger.rows():
            writer.writerow([harmless(value) for value in flat(spec, name, row).values()])


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: text from documents comes from strangers."""
    if isinstance(value, str):
        value = printable(value)
        is_formula = value.startswith("\t") or value.lstrip().startswith(FORMULA)
        return "'" + value if is_formula and not AMOUNT.fullmatch(value) else value
    return value


def write_parquet(ledger: Ledger | SharedLedger, spec: Spec, path: Path) -> None:
    """Flat rows with types; the metadata says which task and model they come from."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"page": pa.int32(), "confidence": pa.float64(), "seconds": pa.float64(), "found": pa.bool_()}
    if spec.task == "ask":
        kinds |= dict.fromkeys(BOX, pa.float64())
    about = {"octavo.task": spec.task, "octavo.question": spec.question, "octavo.model": ledger.model}
    names = columns(spec)
    own = set(field_columns(spec).values()) if spec.task == "extract" else set()
    typed = [(name, pa.string() if name in own else kinds.get(name, pa.string())) for name in names]
    schema = pa.schema(typed, metadata=about)
    with replacing(path, "wb") as stream, pq.ParquetWriter(stream, schema) as writer:
        batch: list[dict[str, Any]] = []
        for name, row in ledger.rows():
            batch.append(flat(spec, name, row))
            if len(batch) == ROWS_AT_ONCE:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch.clear()
        writer.write_table(pa.Table.from_pylist(batch, schema))


def write_documents(ledger: Ledger | SharedLedger, spec: Spec, out: Path) -> None:
    """``documents.jsonl`` and ``documents.csv``: a record a document, merged over its pages."""
    names = ["file", "status", "pages", "answer", "found", "confidence"]
    if spec.task == "extract":
        names = ["file", "status", "pages", *field_columns(spec).values()]
    with replacing(out / "documents.jsonl") as stream, replacing(out / "documents.csv") as table:
        table.write("\ufeff")
        writer = csv.writer(table)
        writer.writerow([harmless(name) for name in names])
        for file in ledger.files():
            rows = [row for _, row in ledger.rows(file.id)]
            record = merge(spec, file.name, rows, ledger.model).to_json()
            troubles = [
                {"page": row.page, "status": row.status, "reason": row.reason}
                for row in rows
                if row.status != "ok"
            ]
            head = {"file": file.name, "status": status_of(rows), "pages": sum(row.page > 0 for row in rows)}
            record = head | record | {"troubles": troubles}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            flat_record = head | _columns_of(spec, record)
            writer.writerow([harmless(flat_record.get(name)) for name in names])


def _columns_of(spec: Spec, record: dict[str, Any]) -> dict[str, Any]:
    """A document's record as plain values by column."""
    if spec.task == "ask":
        return {name: record[name] for name in ("answer", "found", "confidence")}
    if spec.schema is not None:
        values = flat_values(spec.schema, record["data"])
    else:
        values = {name: field["value"] for name, field in record["fields"].items()}
    return {column: values.get(name) for name, column in field_columns(spec).items()}


def _result(spec: Spec, name: str, row: PageRow) -> dict[str, Any]:
    """The result of a row as JSON; with a schema what the page by itself comes to."""
    if spec.schema is None or row.page == WHOLE_FILE:
        return row.result
    found = merge_parts(spec.schema, name, [part_of(name, row)], "", row.seconds).to_json()
    return {key: found[key] for key in ("data", "fields", "checks", "notes")}


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)
