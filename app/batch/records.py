"""What passes between the parts of a batch. Everything here is small, frozen and picklable.

A unit is one page of one file. Page 0 stands for the file itself: opening it, or that it cannot be opened.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..schema import Schema
from ..settings import Settings
from ..types import Status

Task = Literal["read", "ask", "extract"]
WHOLE_FILE = 0
LOCAL_BACKEND = "octavo.app.service:make_backend"


@dataclass(frozen=True)
class Job:
    """One file: ``name`` is what results call it, stable over runs; ``path`` is where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class Spec:
    """What is done to each page. ``backend`` is "module:callable"; a worker calls it with the settings."""

    task: Task
    question: str = ""
    fields: tuple[str, ...] = ()
    schema: Schema | None = None
    pages: str | None = None
    password: str | None = field(default=None, repr=False)
    settings: Settings = Settings()
    backend: str = LOCAL_BACKEND


@dataclass(frozen=True)
class Options:
    """How a batch runs. ``retries``: how often a page is given to another worker after its worker died.
    ``engine``: processes of this machine, or actors of a Ray cluster. ``ledger``: the address of a PostgreSQL
    database that several machines work from, in place of a file in the folder for results."""

    workers: int = 1
    retries: int = 1
    time_limit_s: float = 300.0
    fresh: bool = False
    retry_failed: bool = False
    engine: Literal["processes", "ray"] = "processes"
    ledger: str = field(default="", repr=False)


@dataclass(frozen=True)
class Unit:
    """What a worker is asked to do next."""

    file_id: int
    page: int
    path: str


@dataclass(frozen=True)
class Opened:
    """A file that could be opened: the SHA-256 of its bytes, its page count, and the pages to be done."""

    file_id: int
    digest: str
    page_count: int
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class PageRow:
    """The outcome of one unit; ``result`` is JSON of the task's shape, empty where there is none.

    ``confidence`` is None where the model said nothing that could have one.
    """

    file_id: int
    page: int
    status: Status
    reason: str = ""
    seconds: float = 0.0
    confidence: float | None = None
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FileRow:
    """A file as the ledger knows it; ``page_count`` is None until it was opened."""

    id: int
    name: str
    position: int
    page_count: int | None
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Summary:
    """What a finished batch comes to. ``statuses`` counts rows by status; ``new`` were done in this run."""

    files: int
    statuses: dict[str, int]
    new: int
    seconds: float
    model: str

    @property
    def failed(self) -> int:
        """Rows that are not a complete result."""
        return sum(count for status, count in self.statuses.items() if status != "ok")


def storable(text: str) -> str:
    """The text without lone surrogates (file names that are not UTF-8): no database can hold those."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
