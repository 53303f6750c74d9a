"""A batch from its start to its end: plan, resume, work, export. What ``octavo batch`` and scripts call."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ..documents import Documents, parse_ranges
from ..errors import UsageError
from .export import export_all
from .ledger import Ledger, only_one, remove
from .plan import find_jobs
from .pool import Pool
from .progress import Tally, showing
from .ray_pool import RayPool
from .records import WHOLE_FILE, Job, Opened, Options, PageRow, Spec, Summary, Unit
from .report import write_report
from .shared_ledger import SharedLedger
from .worker import Ready

LEDGER = "ledger.sqlite"
COUNT_EVERY_S = 2.0  # what other machines did is looked up no more often
MAX_PAGES = 10_000  # of one file; the setting's own limit is meant for one answer


def run_batch(
    source: Path,
    out: Path,
    spec: Spec,
    options: Options,
    on_page: Callable[[str, PageRow], None] | None = None,
) -> Summary:
    """Do what is not done yet of ``source`` and write the results into ``out``.

    ``on_page`` hears the file's name and each new row after it was committed. Raises UsageError for a call
    that makes no sense or an ``out`` that belongs to another job, ModelError when the model cannot be loaded.
    """
    spec = checked(spec)
    _check(options)
    jobs = find_jobs(source, out)
    spec = replace(spec, settings=replace(spec.settings, max_pages=max(MAX_PAGES, spec.settings.max_pages)))
    with only_one(out):
        ledger = open_ledger(out, options.ledger, options.fresh)
        try:
            ledger.begin(spec)
            ledger.plan(jobs)
            if options.retry_failed:
                ledger.forget_failures()
            start = time.monotonic()
            new = _work(ledger, jobs, spec, options, on_page)
            seconds = time.monotonic() - start
            summary = Summary(len(jobs), ledger.counts(), new, seconds, ledger.model)
            _finish(ledger, jobs, spec, summary, out)
        finally:
            ledger.close()
    return summary


def checked(spec: Spec) -> Spec:
    """The job with its texts trimmed. Raises UsageError when something that the task needs is missing."""
    question = spec.question.strip()
    fields = tuple(dict.fromkeys(name.strip() for name in spec.fields if name.strip()))
    if spec.task == "ask" and not question:
        raise UsageError('batch: --task ask needs a question: --question "What is the total?"')
    if spec.task == "extract" and bool(fields) == (spec.schema is not None):
        raise UsageError(
            'batch: --task extract needs fields or a schema: --fields "number, total" or --schema invoice'
        )
    if (question and spec.task != "ask") or ((fields or spec.schema) and spec.task != "extract"):
        raise UsageError(
            f"batch: --task {spec.task} has no use for a question or fields it was given; drop it"
        )
    if spec.pages is not None:
        parse_ranges(spec.pages)
    return replace(spec, question=question, fields=fields)


def open_ledger(out: Path, address: str = "", fresh: bool = False) -> Ledger | SharedLedger:
    """The ledger in ``out``, or the one at an address that several machines share. Raises UsageError."""
    if not address:
        if fresh:
            remove(out / LEDGER)
        return Ledger(out / LEDGER)
    shared = SharedLedger(address)
    if fresh:
        shared.forget()
    return shared


def preview(source: Path, out: Path, address: str = "") -> tuple[list[tuple[Job, str]], int]:
    """What a run would do, without doing any of it: each file with "new" or "begun" or "done", and
    the number of rows there are. Raises UsageError."""
    jobs = find_jobs(source, out)
    states: dict[str, str] = {}
    rows = 0
    if address or (out / LEDGER).is_file():
        ledger = open_ledger(out, address)
        try:
            for file in ledger.files():
                done = ledger.done(file.id)
                rows += len(done)
                is_done = WHOLE_FILE in done or (file.page_count and done >= set(file.numbers))
                states[file.name] = "done" if is_done else "begun" if done else "new"
        finally:
            ledger.close()
    return [(job, states.get(job.name, "new")) for job in jobs], rows


class Queue:
    """What is still to be done, in the order of the plan. Files are opened shortly before their pages are
    due, so only a few files' page numbers are in memory."""

    def __init__(self, ledger: Ledger, tally: Tally, jobs: list[Job]) -> None:
        self.ledger, self.tally, self.jobs = ledger, tally, jobs
        self._position = -1
        self._pages: deque[Iterator[Unit]] = deque()

    def take(self) -> Unit | None:
        """The next unit; None when there is none, or none until a file under way is opened."""
        while True:
            while self._pages:
                unit = next(self._pages[0], None)
                if unit is not None:
                    return unit
                self._pages.popleft()
            file = self.ledger.file_after(self._position)
            if file is None:
                return None
            self._position = file.position
            done = self.ledger.done(file.id)
            if WHOLE_FILE in done:
                self._count(1, done)
            elif file.page_count is None:
                return Unit(file.id, WHOLE_FILE, str(self.jobs[file.position].path))
            else:
                self._add(file.id, str(self.jobs[file.position].path), file.numbers, done)

    def opened(self, opened: Opened, path: str, done: set[int]) -> None:
        """The pages of a file that was just opened."""
        self._add(opened.file_id, path, opened.numbers, done)

    def _add(self, file_id: int, path: str, numbers: tuple[int, ...], done: set[int]) -> None:
        self._count(len(numbers), done)
        self._pages.append(Unit(file_id, number, path) for number in numbers if number not in done)

    def _count(self, pages: int, done: set[int]) -> None:
        self.tally.files_opened += 1
        self.tally.pages_known += pages
        self.tally.done += len(done)


class SharedQueue:
    """The same for a ledger that other machines take from too: it says what is next. The tally has what all
    of them did."""

    def __init__(self, ledger: SharedLedger, tally: Tally) -> None:
        self.ledger, self.tally = ledger, tally
        self._counted = float("-inf")

    def take(self) -> Unit | None:
        """The next unit; None when there is none for this machine, or none yet."""
        unit = self.ledger.take()
        if unit is None or time.monotonic() > self._counted + COUNT_EVERY_S:
            tally, self._counted = self.tally, time.monotonic()
            tally.files_opened, tally.pages_known, tally.done = self.ledger.totals()
        return unit

    def opened(self, opened: Opened, path: str, done: set[int]) -> None:
        """Nothing to do: the pages are in the ledger."""


def _work(
    ledger: Ledger | SharedLedger,
    jobs: list[Job],
    spec: Spec,
    options: Options,
    on_page: Callable[[str, PageRow], None] | None,
) -> int:
    """Let the pool do everything that has no row yet; the number of new rows."""
    tally = Tally(len(jobs))
    queue = SharedQueue(ledger, tally) if isinstance(ledger, SharedLedger) else Queue(ledger, tally, jobs)
    workers = RayPool(spec, options) if options.engine == "ray" else Pool(spec, options)
    with showing(tally) as display, workers as pool:
        for event in pool.run(queue.take):
            if isinstance(event, Ready):
                ledger.note_model(event.model)
            elif isinstance(event, Opened):
                done = ledger.opened(event)
                _, position = ledger.file(event.file_id)
                queue.opened(event, str(jobs[position].path) if isinstance(ledger, Ledger) else "", done)
            else:
                ledger.record(event)
                name, _ = ledger.file(event.file_id)
                tally.new += 1
                tally.done += 1
                tally.failed += event.status == "error"
                if event.page == WHOLE_FILE:
                    tally.files_opened += 1
                    tally.pages_known += 1
                if on_page:
                    on_page(name, event)
            display.refresh()
    return tally.new


def _finish(ledger: Ledger | SharedLedger, jobs: list[Job], spec: Spec, summary: Summary, out: Path) -> None:
    documents = Documents(spec.settings)
    try:
        export_all(ledger, spec, out)
        paths = {job.name: job.path for job in jobs}
        write_report(ledger, spec, summary, paths, documents, out)
    except OSError as error:
        problem = f"{out}: the results cannot be written ({error.strerror})"
        raise UsageError(
            f"{problem}; every page is in the ledger: mend it and give the same command again"
        ) from None
    finally:
        documents.sandbox.close()
    ledger.finish()


def _check(options: Options) -> None:
    if options.workers < 1 or options.retries < 0 or options.time_limit_s <= 0:
        raise UsageError("batch: --workers and --time-limit must be above 0, --retries 0 or more")
