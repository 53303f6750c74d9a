"""The memory of a batch in PostgreSQL, so that several machines work at one batch (SQLAlchemy, psycopg).

Each unit of work is a row that is locked (``SKIP LOCKED``) in an open transaction of its own connection while
a worker is at it, and its result is written in that same transaction: nobody else can take the row meanwhile,
and when the process, the machine or the network dies, the server lets the row go. No clocks, no leases.
The tables are those of ``ledger``; a page without a status is still to be done. A batch is a schema.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .ledger import (
    FILE_COLUMNS,
    LABELS,
    ROW_COLUMNS,
    asked_of,
    file_row,
    now,
    page_row,
    result_text,
    stamp_of,
)
from .records import WHOLE_FILE, FileRow, Job, Opened, PageRow, Spec, Unit, storable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SCHEMA = "octavo"  # unless the address ends with #name
POLL_S = 1.0  # how often to look whether another machine has let something go
STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS runs (
    id BIGSERIAL PRIMARY KEY, started TEXT NOT NULL, finished TEXT, task TEXT NOT NULL,
    question TEXT NOT NULL, fields TEXT NOT NULL, pages TEXT NOT NULL, prompt_version TEXT NOT NULL,
    model TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS files (
    id BIGSERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER, size BIGINT, mtime_ns BIGINT,
    digest TEXT, page_count INTEGER, numbers TEXT NOT NULL DEFAULT '[]')""",
    """CREATE TABLE IF NOT EXISTS pages (
    file_id BIGINT NOT NULL REFERENCES files (id), page INTEGER NOT NULL, status TEXT,
    reason TEXT NOT NULL DEFAULT '', seconds DOUBLE PRECISION NOT NULL DEFAULT 0,
    confidence DOUBLE PRECISION, result TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (file_id, page))""",
    "CREATE INDEX IF NOT EXISTS files_by_position ON files (position)",
    "CREATE INDEX IF NOT EXISTS pages_to_do ON pages (file_id, page) WHERE status IS NULL",
)
NEXT_PAGE = """SELECT f.id, p.page, f.name FROM files f JOIN pages p ON p.file_id = f.id
    WHERE p.status IS NULL AND f.position IS NOT NULL AND f.page_count IS NOT NULL
    AND f.id <> ALL(CAST(:foreign AS BIGINT[]))
    ORDER BY f.position, p.page LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED"""
UNOPENED = """f.position IS NOT NULL AND f.page_count IS NULL AND f.id <> ALL(CAST(:foreign AS BIGINT[]))
    AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.file_id = f.id AND p.page = 0)"""
NEXT_FILE = f"""SELECT f.id, 0, f.name FROM files f WHERE {UNOPENED}
    ORDER BY f.position LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""
IS_LEFT = f"""SELECT EXISTS (SELECT 1 FROM files f WHERE {UNOPENED}) OR EXISTS (
    SELECT 1 FROM files f JOIN pages p ON p.file_id = f.id
    WHERE p.status IS NULL AND f.position IS NOT NULL AND f.id <> ALL(CAST(:foreign AS BIGINT[])))"""
# On a line that is broken without a word the server notices within a minute, and lets the row go.
SESSION = (
    "SET idle_in_transaction_session_timeout = 0",
    "SET tcp_keepalives_idle = 20",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)


class SharedLedger:
    """The same to export and report as ``Ledger``; work is taken from it with :meth:`take`. Not thread-safe.

    Raises UsageError where the server cannot be used.
    """

    def __init__(self, address: str) -> None:
        self._engine, self.schema = _connect_later(address)
        self.place = self._engine.url.render_as_string(hide_password=True)
        self._run = 0
        self._paths: Mapping[str, str] = {}
        self._foreign: set[int] = set()  # files of another machine's plan that are not in ours
        self._claims: dict[tuple[int, int], Connection] = {}
        with self._telling():
            self._presence = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            with self._locked() as db:
                db.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"')
                for statement in STATEMENTS:
                    db.exec_driver_sql(statement)
            # Held as long as this process is at the batch: nobody may empty it meanwhile.
            self._execute(
                self._presence, "SELECT pg_advisory_lock_shared(hashtext(:key))", key=self._key("at work")
            )

    def close(self) -> None:
        """Let go of what was taken and not finished."""
        for claim in self._claims.values():
            claim.close()
        self._claims.clear()
        with suppress(UsageError), self._telling():  # a server that is gone has let go already
            self._execute(self._presence, "SELECT pg_advisory_unlock_all()")
        self._presence.close()
        self._engine.dispose()

    def _key(self, what: str) -> str:
        return f"octavo {self.schema} {what}"

    @staticmethod
    def _execute(db: "Connection", query: str, **values: Any) -> Any:
        from sqlalchemy import text

        return db.execute(text(query), values)

    def _rows(self, query: str, **values: Any) -> Iterator[Any]:
        """Rows as they come from the server, some hundred at a time."""
        from sqlalchemy import text

        with self._telling(), self._engine.connect() as db:
            rows = db.execution_options(yield_per=200).execute(text(query), values)
            try:
                yield from rows
            finally:
                rows.close()  # also where the caller stops early

    def _all(self, query: str, **values: Any) -> list[Any]:
        """Some few rows."""
        with self._telling(), self._engine.connect() as db:
            return list(self._execute(db, query, **values))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())[:200]
            raise UsageError(
                f"{self.place}: the ledger cannot be used ({reason}); see that the server is there and give "
                "the same command again: what is done is kept"
            ) from None

    @contextmanager
    def _locked(self) -> Iterator["Connection"]:
        """A transaction that no other machine has at the same time."""
        with self._telling(), self._engine.begin() as db:
            self._execute(db, "SELECT pg_advisory_xact_lock(hashtext(:key))", key=self._key("change"))
            yield db

    # Runs

    def forget(self) -> None:
        """Begin again. Raises UsageError while another machine is at work in it."""
        with self._telling():
            key = self._key("at work")
            self._execute(self._presence, "SELECT pg_advisory_unlock_shared(hashtext(:key))", key=key)
            free = self._execute(
                self._presence, "SELECT pg_try_advisory_lock(hashtext(:key))", key=key
            ).scalar()
            if free:
                self._execute(self._presence, "TRUNCATE runs, files, pages")
                self._execute(self._presence, "SELECT pg_advisory_unlock(hashtext(:key))", key=key)
            self._execute(self._presence, "SELECT pg_advisory_lock_shared(hashtext(:key))", key=key)
        if not free:
            raise UsageError(f"{self.place}: another machine is at work in it; stop it before --fresh")

    def begin(self, spec: Spec) -> None:
        """Note a new start. Raises UsageError when the ledger belongs to another job."""
        asked = asked_of(spec)
        columns = ", ".join(asked)
        with self._locked() as db:
            last = self._execute(db, f"SELECT {columns} FROM runs ORDER BY id DESC LIMIT 1").first()
            for (name, value), old in zip(asked.items(), last or asked.values(), strict=True):
                if value != old:
                    self._refuse(LABELS[name], old, value)
            names = ", ".join(f":{name}" for name in asked)
            query = (
                f"INSERT INTO runs (started, {columns}, model) VALUES (:started, {names}, '') RETURNING id"
            )
            self._run = self._execute(db, query, started=now(), **asked).scalar_one()

    @property
    def model(self) -> str:
        """Name and digest of the model of this job; empty until a worker has loaded it."""
        query = "SELECT model FROM runs WHERE model <> '' ORDER BY id DESC LIMIT 1"
        return next((row[0] for row in self._all(query)), "")

    def note_model(self, model: str) -> None:
        """Bind the job to ``name@digest``. Raises UsageError when its pages come from other weights."""
        with self._locked() as db:
            query = "SELECT model FROM runs WHERE model <> '' ORDER BY id DESC LIMIT 1"
            old = self._execute(db, query).scalar() or ""
            if old and old.rpartition("@")[2] != model.rpartition("@")[2]:
                self._refuse("model", old, model)
            self._execute(db, "UPDATE runs SET model = :model WHERE id = :id", model=model, id=self._run)

    def finish(self) -> None:
        """Note that this run came to its end."""
        with self._telling(), self._engine.begin() as db:
            self._execute(db, "UPDATE runs SET finished = :now WHERE id = :id", now=now(), id=self._run)

    def _refuse(self, what: str, old: str, new: str) -> None:
        raise UsageError(
            f"{self.place}: holds a batch with another {what} ({old or 'none'}, not {new or 'none'}); "
            "name another with #name at the end of --ledger, or begin again with --fresh"
        )

    # Work

    def plan(self, jobs: Sequence[Job]) -> None:
        """Make ``jobs`` the present plan. Files that changed since are opened again."""
        self._paths = {job.name: str(job.path) for job in jobs}
        with self._locked() as db:
            known = {row.name: row for row in self._execute(db, "SELECT * FROM files")}
            for name in known.keys() - self._paths.keys():
                self._execute(db, "UPDATE files SET position = NULL WHERE name = :name", name=name)
            for position, job in enumerate(jobs):
                size, mtime_ns = stamp_of(job.path)
                values = {"name": job.name, "position": position, "size": size, "mtime_ns": mtime_ns}
                row = known.get(job.name)
                if row is None:
                    query = "VALUES (:name, :position, :size, :mtime_ns)"
                    self._execute(db, f"INSERT INTO files (name, position, size, mtime_ns) {query}", **values)
                elif (row.size, row.mtime_ns) != (size, mtime_ns):
                    query = "position = :position, size = :size, mtime_ns = :mtime_ns, page_count = NULL"
                    self._execute(db, f"UPDATE files SET {query} WHERE name = :name", **values)
                    self._execute(db, "DELETE FROM pages WHERE file_id = :id AND page = 0", id=row.id)
                elif row.position != position:
                    self._execute(db, "UPDATE files SET position = :position WHERE name = :name", **values)

    def forget_failures(self) -> None:
        """Let pages and files that ended in an error be done again."""
        with self._locked() as db:
            self._execute(db, "DELETE FROM pages WHERE page = 0")
            self._execute(db, "UPDATE pages SET status = NULL WHERE status = 'error'")

    def take(self) -> Unit | None:
        """A unit that nobody else has; None when there is none for us now. While others are at all that is
        left, and we are at nothing, this waits: one of them may die."""
        while True:
            unit = self._take()
            if unit is not None or self._claims or not self._is_left():
                return unit
            time.sleep(POLL_S)

    def _take(self) -> Unit | None:
        with self._telling():
            for query in (NEXT_PAGE, NEXT_FILE):
                while True:
                    claim = self._engine.connect()
                    row = self._execute(claim, query, foreign=list(self._foreign)).first()
                    if row is not None and row[2] in self._paths:
                        self._claims[row[0], row[1]] = claim
                        return Unit(row[0], row[1], self._paths[row[2]])
                    claim.close()
                    if row is None:
                        break
                    self._foreign.add(row[0])
        return None

    def _is_left(self) -> bool:
        with self._telling(), self._engine.connect() as db:
            return bool(self._execute(db, IS_LEFT, foreign=list(self._foreign)).scalar())

    @contextmanager
    def _ending(self, file_id: int, page: int) -> Iterator["Connection"]:
        """The transaction that holds a unit; it ends here."""
        claim = self._claims.pop((file_id, page))
        try:
            with self._telling():
                yield claim
                claim.commit()
        finally:
            claim.close()

    def opened(self, opened: Opened) -> set[int]:
        """Note an opened file; its pages that are done. Those of a file with other bytes are dropped."""
        file = {"id": opened.file_id}
        with self._ending(opened.file_id, WHOLE_FILE) as db:
            digest = self._execute(db, "SELECT digest FROM files WHERE id = :id", **file).scalar()
            if digest != opened.digest:
                self._execute(db, "DELETE FROM pages WHERE file_id = :id", **file)
            query = (
                "UPDATE files SET digest = :digest, page_count = :count, numbers = :numbers WHERE id = :id"
            )
            numbers = json.dumps(opened.numbers)
            self._execute(db, query, digest=opened.digest, count=opened.page_count, numbers=numbers, **file)
            query = "INSERT INTO pages (file_id, page) SELECT :id, unnest(CAST(:numbers AS INTEGER[]))"
            self._execute(db, f"{query} ON CONFLICT DO NOTHING", numbers=list(opened.numbers), **file)
        return self.done(opened.file_id)

    def record(self, row: PageRow) -> None:
        """Commit one outcome, as ``Ledger.record``."""
        values: dict[str, Any] = {
            "file_id": row.file_id,
            "page": row.page,
            "status": row.status,
            "seconds": row.seconds,
        }
        values |= {"reason": _text(storable(row.reason)), "confidence": row.confidence}
        with self._ending(row.file_id, row.page) as db:
            if row.page == WHOLE_FILE:
                query = "DELETE FROM pages WHERE file_id = :id AND file_id IN "
                self._execute(db, f"{query} (SELECT id FROM files WHERE size IS NOT NULL)", id=row.file_id)
            columns = ROW_COLUMNS.split(", ")
            places = ", ".join(f":{name}" for name in columns)
            update = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns[2:])
            query = f"INSERT INTO pages ({ROW_COLUMNS}) VALUES ({places}) ON CONFLICT (file_id, page)"
            self._execute(db, f"{query} DO UPDATE SET {update}", result=_text(result_text(row)), **values)

    # What is there

    def file(self, file_id: int) -> tuple[str, int]:
        """Name and place of a file of the plan."""
        row = self._all("SELECT name, position FROM files WHERE id = :id", id=file_id)[0]
        return row[0], row[1]

    def files(self) -> Iterator[FileRow]:
        """Every file of the plan, in order."""
        query = f"SELECT {FILE_COLUMNS} FROM files WHERE position IS NOT NULL ORDER BY position"
        return (file_row(tuple(row)) for row in self._rows(query))

    def done(self, file_id: int) -> set[int]:
        """The page numbers of a file that have a row."""
        query = "SELECT page FROM pages WHERE file_id = :id AND status IS NOT NULL"
        return {row[0] for row in self._all(query, id=file_id)}

    def rows(self, file_id: int | None = None) -> Iterator[tuple[str, PageRow]]:
        """``(file name, row)`` in the order of the plan; of one file if ``file_id`` is given."""
        where = "AND file_id = :id" if file_id is not None else ""
        return self._select(f"{where} ORDER BY position, page", id=file_id)

    def worst(self, limit: int) -> Iterator[tuple[str, PageRow]]:
        """The pages that most want a look, as ``Ledger.worst``."""
        order = "status = 'ok', status <> 'error', confidence NULLS FIRST, position, page LIMIT :limit"
        return self._select(f"AND page > {WHOLE_FILE} ORDER BY {order}", limit=limit)

    def counts(self) -> dict[str, int]:
        """Rows of the plan by status."""
        query = """SELECT status, COUNT(*) FROM pages JOIN files ON files.id = file_id
            WHERE position IS NOT NULL AND status IS NOT NULL GROUP BY status ORDER BY status"""
        return {row[0]: row[1] for row in self._all(query)}

    def totals(self) -> tuple[int, int, int]:
        """``(files opened, pages they have, pages done)`` of the plan, of all machines together."""
        query = """SELECT (SELECT COUNT(*) FROM files f WHERE position IS NOT NULL AND (page_count IS NOT NULL
            OR EXISTS (SELECT 1 FROM pages p WHERE p.file_id = f.id AND page = 0))), COUNT(*), COUNT(status)
            FROM pages JOIN files ON files.id = file_id WHERE position IS NOT NULL"""
        return tuple(self._all(query)[0])  # type: ignore[return-value]

    def _select(self, tail: str, **values: Any) -> Iterator[tuple[str, PageRow]]:
        query = f"SELECT name, {ROW_COLUMNS} FROM files JOIN pages ON files.id = file_id"
        where = "WHERE position IS NOT NULL AND status IS NOT NULL"
        for row in self._rows(f"{query} {where} {tail}", **values):
            yield row[0], page_row(tuple(row)[1:])


def is_address(ledger: str) -> bool:
    """Whether this names a server, as ``postgresql+psycopg://user@host/database``."""
    return "://" in ledger


def _connect_later(address: str) -> tuple["Engine", str]:
    """``(engine, schema)``; the first use connects. Raises UsageError."""
    try:
        import sqlalchemy
        from sqlalchemy import event
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ImportError:
        raise UsageError("--ledger: needs SQLAlchemy; pip install 'octavo[ledger]'") from None
    url, _, name = address.partition("#")
    schema = f"{SCHEMA}_{name}" if name else SCHEMA
    if not schema.replace("_", "").isalnum() or not schema.isascii() or len(schema) > 60:
        raise UsageError("--ledger: the name behind # may have letters, digits and _ only")
    try:
        engine = sqlalchemy.create_engine(url, max_overflow=-1, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise UsageError("--ledger: write postgresql+psycopg://user@host/database") from None
    except ImportError as error:
        raise UsageError(f"--ledger: {error}; pip install 'octavo[ledger]'") from None
    if engine.dialect.name != "postgresql":
        raise UsageError("--ledger: only PostgreSQL can be shared; leave it out for a file in --out")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            for statement in (*SESSION, f'SET search_path = "{schema}"'):
                cursor.execute(statement)
        connection.commit()

    return engine, schema


def _text(text: str) -> str:
    """Without the one character that PostgreSQL cannot hold."""
    return text.replace("\x00", "\ufffd")
