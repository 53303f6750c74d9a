"""The memory of a batch: one SQLite file (WAL) that knows every file, and every page that is done.

``runs``: one row for each start, with what was asked. ``files``: one row a file; ``position`` is its place in
the present plan, NULL when it is no longer part of it. ``pages``: one row for each finished page, written in
a transaction of its own; page 0 says why a file could not be opened. Only the parent process writes.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..prompts import PROMPT_VERSION
from .records import WHOLE_FILE, FileRow, Job, Opened, PageRow, Spec, storable

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, task TEXT NOT NULL, question TEXT NOT NULL,
    fields TEXT NOT NULL, pages TEXT NOT NULL, prompt_version TEXT NOT NULL, model TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER, size INTEGER, mtime_ns INTEGER,
    digest TEXT, page_count INTEGER, numbers TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS files_by_position ON files (position);
CREATE TABLE IF NOT EXISTS pages (
    file_id INTEGER NOT NULL REFERENCES files (id), page INTEGER NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL, seconds REAL NOT NULL, confidence REAL, result TEXT NOT NULL,
    PRIMARY KEY (file_id, page));
"""
LABELS = {
    "task": "task",
    "question": "question",
    "fields": "list of fields",
    "pages": "page range",
    "prompt_version": "version of the prompts",
}
FILE_COLUMNS = "id, name, position, page_count, numbers"
ROW_COLUMNS = "file_id, page, status, reason, seconds, confidence, result"


class Ledger:
    """See the module docstring. Rows come out as iterators, so that memory does not grow with the batch."""

    def __init__(self, path: Path) -> None:
        self.path, self._run = path, 0
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            # FULL: a committed page also survives a power cut. Pages take far longer than the disk does.
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + SCHEMA)
        except sqlite3.DatabaseError as error:
            problem = f"{path}: is not a usable ledger ({error})"
            raise UsageError(f"{problem}; choose another --out or begin again with --fresh") from None

    def close(self) -> None:
        """Close the file; SQLite folds the write-ahead log into it."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                problem = f"{self.path}: cannot be written ({error})"
                raise UsageError(f"{problem}; free some space and give the same command again") from None
            raise

    # Runs

    def begin(self, spec: Spec) -> None:
        """Note a new start. Raises UsageError when the ledger belongs to another job."""
        asked = asked_of(spec)
        last = self._db.execute(
            f"SELECT {', '.join(asked)}, model FROM runs ORDER BY id DESC LIMIT 1"
        ).fetchone()
        for (name, value), old in zip(asked.items(), last or asked.values(), strict=False):
            if value != old:
                self._refuse(LABELS[name], old, value)
        model = last[-1] if last else ""
        with self._transaction() as db:
            columns = ", ".join(asked)
            values = (now(), *asked.values(), model)
            cursor = db.execute(
                f"INSERT INTO runs (started, {columns}, model) VALUES (?, ?, ?, ?, ?, ?, ?)", values
            )
        self._run = int(cursor.lastrowid or 0)

    @property
    def model(self) -> str:
        """Name and digest of the model of this job; empty until a worker has loaded it."""
        row = self._db.execute("SELECT model FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        return row[0] if row else ""

    def note_model(self, model: str) -> None:
        """Bind the job to ``name@digest``. Raises UsageError when its pages come from other weights."""
        old = self.model
        if old and old.rpartition("@")[2] != model.rpartition("@")[2]:
            self._refuse("model", old, model)
        with self._transaction() as db:
            db.execute("UPDATE runs SET model = ? WHERE id = ?", (model, self._run))

    def finish(self) -> None:
        """Note that this run came to its end."""
        with self._transaction() as db:
            db.execute("UPDATE runs SET finished = ? WHERE id = ?", (now(), self._run))

    def _refuse(self, what: str, old: str, new: str) -> None:
        raise UsageError(
            f"{self.path.parent}: holds a batch with another {what} ({old or 'none'}, not {new or 'none'}); "
            "choose another --out, or begin again with --fresh"
        )

    # Files

    def plan(self, jobs: Sequence[Job]) -> None:
        """Make ``jobs`` the present plan. Files that changed since are opened again."""
        with self._transaction() as db:
            db.execute("UPDATE files SET position = NULL")
            for position, job in enumerate(jobs):
                size, mtime_ns = stamp_of(job.path)
                db.execute("INSERT OR IGNORE INTO files (name) VALUES (?)", (job.name,))
                known = db.execute(
                    "SELECT id, size, mtime_ns FROM files WHERE name = ?", (job.name,)
                ).fetchone()
                file_id, is_same = known[0], known[1:] == (size, mtime_ns)
                db.execute(
                    "UPDATE files SET position = ?, size = ?, mtime_ns = ? WHERE id = ?",
                    (position, size, mtime_ns, file_id),
                )
                if not is_same:
                    db.execute("UPDATE files SET page_count = NULL WHERE id = ?", (file_id,))
                    db.execute("DELETE FROM pages WHERE file_id = ? AND page = ?", (file_id, WHOLE_FILE))

    def forget_failures(self) -> None:
        """Let pages and files that ended in an error be done again."""
        with self._transaction() as db:
            db.execute("DELETE FROM pages WHERE status = 'error'")

    def file_after(self, position: int) -> FileRow | None:
        """The next file of the plan."""
        query = f"SELECT {FILE_COLUMNS} FROM files WHERE position > ? ORDER BY position LIMIT 1"
        row = self._db.execute(query, (position,)).fetchone()
        return file_row(row) if row else None

    def file(self, file_id: int) -> tuple[str, int]:
        """Name and place of a file of the plan."""
        row = self._db.execute("SELECT name, position FROM files WHERE id = ?", (file_id,)).fetchone()
        return row[0], row[1]

    def files(self) -> Iterator[FileRow]:
        """Every file of the plan, in order. Nothing may be written while it runs."""
        query = f"SELECT {FILE_COLUMNS} FROM files WHERE position IS NOT NULL ORDER BY position"
        return (file_row(row) for row in self._db.execute(query))

    def opened(self, opened: Opened) -> set[int]:
        """Note an opened file; its pages that are done. Those of a file with other bytes are dropped."""
        with self._transaction() as db:
            digest = db.execute("SELECT digest FROM files WHERE id = ?", (opened.file_id,)).fetchone()[0]
            if digest != opened.digest:
                db.execute("DELETE FROM pages WHERE file_id = ?", (opened.file_id,))
            db.execute(
                "UPDATE files SET digest = ?, page_count = ?, numbers = ? WHERE id = ?",
                (opened.digest, opened.page_count, json.dumps(opened.numbers), opened.file_id),
            )
        return self.done(opened.file_id)

    # Pages

    def record(self, row: PageRow) -> None:
        """Commit one outcome. A file that changed and cannot be opened loses its former pages; one that
        is only missing, say on a disk that is not there today, keeps them."""
        result = result_text(row)
        with self._transaction() as db:
            if row.page == WHOLE_FILE:
                is_there = "file_id IN (SELECT id FROM files WHERE size IS NOT NULL)"
                db.execute(f"DELETE FROM pages WHERE file_id = ? AND {is_there}", (row.file_id,))
            values = (
                row.file_id,
                row.page,
                row.status,
                storable(row.reason),
                row.seconds,
                row.confidence,
                result,
            )
            db.execute(f"INSERT OR REPLACE INTO pages ({ROW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def done(self, file_id: int) -> set[int]:
        """The page numbers of a file that have a row."""
        return {row[0] for row in self._db.execute("SELECT page FROM pages WHERE file_id = ?", (file_id,))}

    def rows(self, file_id: int | None = None) -> Iterator[tuple[str, PageRow]]:
        """``(file name, row)`` in the order of the plan; of one file if ``file_id`` is given."""
        where, values = ("AND file_id = ?", (file_id,)) if file_id is not None else ("", ())
        return self._select(f"{where} ORDER BY position, page", values)

    def worst(self, limit: int) -> Iterator[tuple[str, PageRow]]:
        """The pages that most want a look: failed ones first, then those with the lowest confidence."""
        order = (
            f"AND page > {WHOLE_FILE} ORDER BY status = 'ok', status <> 'error', confidence, position, page"
        )
        return self._select(f"{order} LIMIT ?", (limit,))

    def counts(self) -> dict[str, int]:
        """Rows of the plan by status."""
        query = (
            "SELECT status, COUNT(*) FROM pages JOIN files ON files.id = file_id WHERE position IS NOT NULL"
        )
        return dict(self._db.execute(f"{query} GROUP BY status ORDER BY status").fetchall())

    def _select(self, tail: str, values: tuple[Any, ...]) -> Iterator[tuple[str, PageRow]]:
        # CROSS JOIN fixes the order of the loops: along the index of the plan, nothing is sorted.
        query = f"SELECT name, {ROW_COLUMNS} FROM files CROSS JOIN pages ON files.id = file_id"
        for row in self._db.execute(f"{query} WHERE position IS NOT NULL {tail}", values):
            yield row[0], page_row(row[1:])


@contextmanager
def only_one(out: Path) -> Iterator[None]:
    """Make the folder and keep other batches out of it; a killed one gives it back. Raises UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / ".lock", timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"{out}: cannot be written ({error}); choose another --out") from None
    try:
        lock.execute("BEGIN EXCLUSIVE")  # a lock of the operating system: it ends with the process
    except sqlite3.OperationalError as error:
        lock.close()
        problem = (
            "another batch is at work in it" if "locked" in str(error) else f"cannot be written ({error})"
        )
        raise UsageError(f"{out}: {problem}; wait for its end or choose another --out") from None
    try:
        yield
    finally:
        lock.close()


def remove(path: Path) -> None:
    """Delete a ledger with its side files."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def asked_of(spec: Spec) -> dict[str, str]:
    """What a ledger is bound to, by column of ``runs``."""
    return {
        "task": spec.task,
        "question": storable(spec.question),
        "fields": json.dumps(spec.schema.document if spec.schema else spec.fields),
        "pages": spec.pages or "",
        "prompt_version": PROMPT_VERSION,
    }


def file_row(row: tuple[Any, ...]) -> FileRow:
    """``FILE_COLUMNS`` as a record."""
    file_id, name, position, page_count, numbers = row
    return FileRow(file_id, name, position, page_count, tuple(json.loads(numbers)))


def page_row(row: tuple[Any, ...]) -> PageRow:
    """``ROW_COLUMNS`` as a record."""
    file_id, page, status, reason, seconds, confidence, result = row
    return PageRow(file_id, page, status, reason, seconds, confidence, json.loads(result))


def result_text(row: PageRow) -> str:
    """A result as JSON. A model may spell half a character as a JSON escape; no file could hold it, so it
    becomes "?"."""
    return json.dumps(row.result, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def stamp_of(path: Path) -> tuple[int | None, int | None]:
    """Size and time of change: while they stay the same, the bytes are taken to be the same."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None, None
    return status.st_size, status.st_mtime_ns


def now() -> str:
    """The time, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
