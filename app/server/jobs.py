"""Whole documents as jobs: taken in at once, worked off in the background one page after the other, kept for
an hour. A job is its owner's: nobody else can see that it exists. Files are deleted as soon as they are
done."""

import json
import queue
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..documents import Document
from ..errors import OctavoError
from ..parsing import printable
from ..schema import Extraction, Schema, load_schema
from ..schema.builtin import SCHEMAS
from ..service import DocumentService
from ..types import Answer, Delta, Fields, PageText
from .config import ApiError, ServerConfig
from .gate import Gate
from .uploads import open_upload

Task = Literal["ask", "extract", "read"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Order:
    """What is to be done with a file; ``name`` is what its owner calls it."""

    task: Task
    name: str
    question: str = ""
    fields: tuple[str, ...] = ()
    schema: Schema | None = None
    pages: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass
class Job:
    """An order with its state."""

    id: str
    owner: str
    order: Order
    path: Path
    created: float
    status: Status = "queued"
    pages_done: int = 0
    pages: int = 0
    result: Any = None
    error: str = ""
    finished: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """What its owner gets to see."""
        return {
            "id": self.id,
            "object": "document.job",
            "task": self.order.task,
            "file": self.order.name,
            "status": self.status,
            "created": int(self.created),
            "pages": self.pages,
            "pages_done": self.pages_done,
            "result": self.result,
            "error": self.error or None,
        }


class Jobs:
    """The queue and the thread that works it off. ``close`` ends both and deletes the files."""

    def __init__(self, service: DocumentService, gate: Gate, config: ServerConfig) -> None:
        self._service, self._gate, self._config = service, gate, config
        self._folder = tempfile.TemporaryDirectory(prefix="octavo-jobs-")
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._queue: queue.Queue[Job | None] = queue.Queue(config.jobs)
        self._thread = threading.Thread(target=self._work, daemon=True, name="octavo-jobs")
        self._thread.start()

    def add(self, owner: str, order: Order, data: bytes) -> Job:
        """Take a document in. Raises ApiError 429 when the queue is full."""
        self._forget_old()
        name = secrets.token_urlsafe(16)
        path = Path(self._folder.name) / name
        job = Job(name, owner, order, path, time.time())
        with self._lock:
            if self._queue.full() or len(self._jobs) >= 10 * self._config.jobs:
                raise ApiError(429, "too many documents are queued; try again later", "busy", 30)
            path.write_bytes(data)
            self._jobs[job.id] = job
            self._queue.put_nowait(job)
        return job

    def get(self, owner: str, name: str) -> Job:
        """A job of this owner. Raises ApiError 404."""
        self._forget_old()
        with self._lock:
            job = self._jobs.get(name)
        if job is None or job.owner != owner:
            raise ApiError(404, "there is no such job, or its result is no longer kept", "not_found")
        return job

    def remove(self, owner: str, name: str) -> Job:
        """Stop a job after the page it is at, and forget it."""
        job = self.get(owner, name)
        with self._lock:
            self._jobs.pop(name, None)
            if job.status in ("queued", "running"):
                job.status = "cancelled"
        job.path.unlink(missing_ok=True)
        return job

    def close(self) -> None:
        """End the thread after the page it is at, delete the files."""
        with self._lock:
            for job in self._jobs.values():
                if job.status in ("queued", "running"):
                    job.status = "cancelled"
        while self._thread.is_alive():
            try:
                self._queue.put(None, timeout=0.1)
                break
            except queue.Full:
                self._queue.get_nowait()
        self._thread.join(10)
        self._folder.cleanup()

    def _forget_old(self) -> None:
        limit = time.time() - self._config.keep_s
        with self._lock:
            for name in [one.id for one in self._jobs.values() if 0 < one.finished < limit]:
                del self._jobs[name]

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            if job.status != "cancelled":
                self._do(job)
            job.path.unlink(missing_ok=True)

    def _do(self, job: Job) -> None:
        try:
            document = open_upload(
                self._service, job.path, job.order.name, job.order.pages, job.order.password
            )
            job.pages = len(document.numbers)
            self._turn(job, "queued", "running")
            job.result = self._run(job, document)
            self._turn(job, "running", "done")
        except (ApiError, OctavoError) as error:
            self._fail(job, printable(str(error)))
        except Exception as error:  # a defect must end neither the thread nor the other jobs
            self._fail(job, f"internal error ({type(error).__name__})")
        job.finished = time.time()

    def _turn(self, job: Job, before: Status, after: Status) -> None:
        """The next state, unless it was cancelled in between."""
        with self._lock:
            job.status = after if job.status == before else job.status

    def _fail(self, job: Job, error: str) -> None:
        with self._lock:
            job.status, job.error = "failed" if job.status != "cancelled" else job.status, error

    def _run(self, job: Job, document: Document) -> Any:
        pages: list[dict[str, Any]] = []
        done: set[int] = set()  # a page that was looked at may be asked later
        for event in self._gate.between_pages(_events(self._service, document, job.order)):
            if job.status == "cancelled":
                return None
            if isinstance(event, Answer):
                troubles = [asdict(trouble) for trouble in event.troubles]
                return event.to_json() | {"troubles": troubles}
            if isinstance(event, Fields | Extraction):
                return event.to_json()
            if isinstance(event, PageText):
                pages.append(event.to_json())
            if not isinstance(event, Delta):
                done.add(event.page)
                job.pages_done = len(done)
        return pages


def _events(service: DocumentService, document: Document, order: Order) -> Iterator[Any]:
    if order.task == "read":
        return service.stream_read(document)
    if order.task == "ask":
        return service.stream_ask(document, order.question)
    if order.schema is not None:
        return service.stream_schema(document, order.schema)
    return service.stream_extract(document, order.fields)


def parse_schema(text: str) -> Schema | None:
    """A built-in schema by its name, or a JSON Schema written out; never a file of this machine; None for an
    empty text. Raises ApiError."""
    if not text.strip():
        return None
    try:
        if text in SCHEMAS:
            return load_schema(text)
        document = json.loads(text)
        if not isinstance(document, dict):
            raise ValueError
        return load_schema(document)
    except (ValueError, RecursionError):
        known = ", ".join(SCHEMAS)
        raise ApiError(400, f"schema: give a JSON Schema or one of {known}", "invalid_schema") from None
    except OctavoError as error:
        raise ApiError(400, str(error), "invalid_schema") from None
