"""One person's batch: a folder of its own, and a child process that runs ``octavo batch`` over it.

The ledger in the folder is what makes it stop and go on; this only starts, stops and looks.
"""

import atexit
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from ..batch.ledger import Ledger
from ..batch.progress import Tally
from ..batch.records import PageRow, Task
from ..batch.run import LEDGER

State = Literal["starting", "running", "stopping", "stopped", "done", "failed"]
PROGRAM = "from octavo.app.cli import main; main()"
STOP_S = 15.0  # then it is ended without asking; the ledger does not mind
RESULTS = (
    "documents.csv",
    "results.csv",
    "results.jsonl",
    "results.parquet",
    "documents.jsonl",
    "summary.html",
)


@dataclass(frozen=True)
class Wanted:
    """What is done to each page; ``schema`` is a JSON Schema as text, or nothing."""

    task: Task
    question: str = ""
    fields: str = ""
    schema: dict[str, Any] | None = None
    workers: int = 1
    model: str = "nano"


@dataclass(frozen=True)
class Progress:
    """How a batch stands. ``rate`` in pages a minute, ``left_s`` None while nothing can be said of them."""

    state: State
    files: int
    done: int
    expected: int
    is_estimate: bool
    failed: int
    rate: float | None = None
    left_s: float | None = None
    problem: str = ""


@dataclass
class Job:
    """See the module docstring. ``holders``: open pages that show it; the last one takes it away."""

    wanted: Wanted
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="octavo-batch-")))
    files: int = 0
    skipped: tuple[str, ...] = ()
    holders: int = 1
    _process: "subprocess.Popen[bytes] | None" = None
    _was_stopped: bool = False
    _begun: tuple[float, int] = (0.0, 0)  # when this run began (monotonic seconds), and what was done before
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def inbox(self) -> Path:
        """Where the documents lie."""
        return self.folder / "in"

    @property
    def out(self) -> Path:
        """Where the ledger and the results lie."""
        return self.folder / "out"

    @property
    def is_alive(self) -> bool:
        """Whether its process is at work."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Begin, or go on where it was stopped; nothing when it is at work."""
        with self._lock:
            if self.is_alive or not self.folder.is_dir():
                return
            self._was_stopped, self._begun = False, (time.monotonic(), self._done())
            with (self.folder / "log").open("wb") as log:
                # A session of its own: Ctrl-C in the terminal is for the page, which then ends this in order.
                self._process = subprocess.Popen(
                    self._command(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
            atexit.register(self.close)

    def _command(self) -> list[str]:
        wanted = self.wanted
        options = {
            "task": wanted.task,
            "out": str(self.out),
            "workers": str(wanted.workers),
            "model": wanted.model,
        }
        if wanted.task == "ask":
            options["question"] = wanted.question
        elif wanted.task == "extract" and wanted.schema is not None:
            path = self.folder / f"{_plain_name(wanted.schema)}.json"
            path.write_text(json.dumps(wanted.schema), encoding="utf-8")
            options["schema"] = str(path)
        elif wanted.task == "extract":
            options["fields"] = wanted.fields
        given = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-c", PROGRAM, "batch", str(self.inbox), *given]

    def stop(self) -> None:
        """Ask it to end; what is done is kept."""
        if self.is_alive and self._process is not None:
            self._was_stopped = True
            self._process.send_signal(signal.SIGTERM)
            threading.Thread(target=self._end_late, args=(self._process,), daemon=True).start()

    def hold(self) -> None:
        """One more open page shows it."""
        self.holders += 1

    def release(self) -> None:
        """A page that showed it was closed for good."""
        self.holders -= 1
        if self.holders < 1:
            self.close()

    def close(self) -> None:
        """End it and delete everything of it."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            self._end_late(process)
        atexit.unregister(self.close)
        shutil.rmtree(self.folder, ignore_errors=True)

    def progress(self) -> Progress:
        """How it stands, by the ledger."""
        tally, failed = Tally(self.files), 0
        if (self.out / LEDGER).is_file():
            ledger = Ledger(self.out / LEDGER)
            try:
                counts = ledger.counts()
                opened = [file for file in ledger.files() if file.page_count is not None]
            finally:
                ledger.close()
            tally.done = sum(counts.values())
            failed = tally.done - counts.get("ok", 0)
            tally.files_opened = len(opened)
            tally.pages_known = sum(len(file.numbers) for file in opened)
        state, (since, before) = self._state(tally.done), self._begun
        new, elapsed = tally.done - before, time.monotonic() - since
        rate = 60 * new / elapsed if new > 0 and state in ("running", "stopping") else None
        left = 60 * (tally.pages_expected - tally.done) / rate if rate else None
        expected = tally.done if state == "done" else tally.pages_expected
        is_estimate = state != "done" and tally.files_opened < self.files
        problem = self._last_words() if state == "failed" else ""
        return Progress(state, self.files, tally.done, expected, is_estimate, failed, rate, left, problem)

    def rows(self, limit: int) -> list[tuple[str, PageRow]]:
        """The first finished pages in the order of the files."""
        if not (self.out / LEDGER).is_file():
            return []
        ledger = Ledger(self.out / LEDGER)
        try:
            return list(islice(ledger.rows(), limit))
        finally:
            ledger.close()

    def results(self) -> list[str]:
        """The files to save, once it is done."""
        if self.progress().state != "done":
            return []
        return [str(path) for name in RESULTS if (path := self.out / name).is_file()]

    def _state(self, done: int) -> State:
        process = self._process
        if process is None:
            return "stopped"
        code = process.poll()
        if code is None:
            if self._was_stopped:
                return "stopping"
            return "running" if done > self._begun[1] else "starting"
        if (self.out / "summary.html").is_file() and code in (0, 1):
            return "done"
        if self._was_stopped:
            return "stopped"
        return "failed"

    def _done(self) -> int:
        if not (self.out / LEDGER).is_file():
            return 0
        ledger = Ledger(self.out / LEDGER)
        try:
            return sum(ledger.counts().values())
        finally:
            ledger.close()

    def _last_words(self) -> str:
        """The sentence that it ended with, without the folder that it works in."""
        try:
            lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        last = lines[-1].removeprefix("octavo: ") if lines else ""
        return last.replace(f"{self.folder}/", "").replace(str(self.folder), "")

    @staticmethod
    def _end_late(process: "subprocess.Popen[bytes]") -> None:
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _plain_name(schema: dict[str, Any]) -> str:
    name = "".join(char for char in str(schema.get("title", "")) if char.isalnum() or char in "-_")
    return name[:40] or "schema"
