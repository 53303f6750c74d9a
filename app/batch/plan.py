"""Which files a batch is about: those in a folder, those that a manifest names, or a single one.

The order is stable: by path in a folder, as written in a manifest. A file that is named twice counts once.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..csv_rows import read_rows
from ..documents import SUPPORTED, parse_ranges, select_pages
from ..errors import DocumentError, UsageError
from .records import Job, storable

SUFFIXES = set(".pdf .png .jpg .jpeg .jpe .jfif .webp .tif .tiff .gif .bmp .jp2 .j2k .jpx .psd".split())
RESULTS = {"ledger.sqlite", "summary.html"} | {
    f"{name}.{suffix}" for name in ("results", "documents") for suffix in ("jsonl", "csv", "parquet")
}  # of a batch whose results lie beside its documents
MANIFESTS = {".txt", ".csv", ".jsonl"}
KEYS = ("file", "path", "pdf", "image")  # the column or key that holds a file's name; the first one present


def find_jobs(source: Path, out: Path) -> list[Job]:
    """The files of ``source``, without those in ``out``. Raises UsageError when there is none."""
    suffix = source.suffix.lower()
    if source.is_dir():
        jobs = [Job(_name(path.relative_to(source)), path) for path in _walk(source, out.resolve())]
        hint = f"a {SUPPORTED} file in it"
    elif not source.is_file():
        raise UsageError(f"{source}: there is no such folder or file; check the path")
    elif suffix in MANIFESTS:
        names = dict.fromkeys(_named(source, suffix))
        jobs = [Job(storable(name), source.parent / name) for name in names]
        hint = "a file named in it"
    else:
        jobs, hint = [Job(_name(Path(source.name)), source)], ""
    if not jobs:
        raise UsageError(f"{source}: there is not {hint}; give a folder of documents or a list of files")
    return jobs


def left_out(source: Path, out: Path) -> tuple[list[str], list[str]]:
    """What :func:`find_jobs` does not take of a folder: the files whose names are none of a document, since a
    photo in a format that is not read should be missed by somebody, and the folders that this user may not
    look into, with the reason."""
    closed: list[str] = []

    def note(error: OSError) -> None:
        closed.append(f"{_name(Path(error.filename).relative_to(source))} ({error.strerror})")

    names = [
        _name(path.relative_to(source))
        for path in (_files(source, out.resolve(), note) if source.is_dir() else ())
        if path.suffix.lower() not in SUFFIXES and path.name not in RESULTS
    ]
    return names, closed


def choose_pages(file: str, pages: str | None, count: int, max_pages: int) -> tuple[int, ...]:
    """The pages of a file with ``count`` that ``pages`` means; what lies past its end is left out, since the
    files of a batch differ in length. Raises DocumentError when nothing is left, UsageError."""
    ranges = [
        (first, None if last is None else min(last, count)) for first, last in parse_ranges(pages or "1-")
    ]
    inside = [(first, last) for first, last in ranges if first <= count]
    if not inside:
        raise DocumentError.about(file, f"has {count} pages, none of them in {pages}", "choose other --pages")
    return tuple(sorted(select_pages(file, inside, count, max_pages)))


def _walk(folder: Path, out: Path) -> Iterator[Path]:
    return (path for path in _files(folder, out) if path.suffix.lower() in SUFFIXES)


def _files(folder: Path, out: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    for root, folders, files in os.walk(folder, onerror=onerror):
        here = Path(root)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (here / name).resolve() != out
        )
        for name in sorted(files):
            if not name.startswith("."):
                yield here / name


def _name(path: Path) -> str:
    return storable(path.as_posix())


def _named(manifest: Path, suffix: str) -> Iterator[str]:
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"{manifest}: cannot be read as UTF-8 text ({error}); save it again") from None
    if suffix == ".txt":
        lines: Sequence[str] = [line.strip() for line in text.splitlines()]
        yield from (line for line in lines if line and not line.startswith("#"))
    elif suffix == ".csv":
        for number, row in enumerate(_rows(manifest, text), 2):
            if any(value and value.strip() for value in row.values()):
                yield _file_of(manifest, number, row)
    else:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _file_of(manifest, number, _record(manifest, number, line))


def _rows(manifest: Path, text: str) -> list[dict[str, str]]:
    try:
        rows = list(read_rows(text))
    except csv.Error as error:
        raise UsageError(f"{manifest}: cannot be read as a table ({error}); save it as CSV again") from None
    return [{name.strip().lower(): value for name, value in row.items() if name} for row in rows]


def _record(manifest: Path, number: int, line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise UsageError(f"{manifest}: line {number} is not JSON; write one object a line") from None


def _file_of(manifest: Path, number: int, record: object) -> str:
    if isinstance(record, str) and record:
        return record
    values = [record.get(key) for key in KEYS] if isinstance(record, dict) else []
    for value in values:
        if isinstance(value, str) and value.strip():
            return value.strip()
    raise UsageError(f"{manifest}: line {number} names no file; give it a {KEYS[0]!r} column or key")
