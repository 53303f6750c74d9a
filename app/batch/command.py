"""What ``octavo batch`` prints: the files and their state, or how a batch went. Everything is on stderr but
the list of ``--dry-run``; the results themselves are files."""

import os
import signal
from pathlib import Path
from types import FrameType

from ..parsing import printable
from ..schema import load_schema
from ..settings import Settings
from ..terminal import DONE, FAILED, say, write
from .plan import left_out
from .records import LOCAL_BACKEND, WHOLE_FILE, Options, PageRow, Spec, Summary, Task
from .run import checked, preview, run_batch

__all__ = ["Options", "make_spec", "show_batch", "show_preview"]
BACKEND = "OCTAVO_BATCH_BACKEND"  # "module:callable" that makes another backend than our own model


def make_spec(
    task: Task,
    question: str,
    fields: str,
    schema: str,
    pages: str | None,
    password: str | None,
    settings: Settings,
) -> Spec:
    """The job that the flags mean. Raises UsageError."""
    backend = os.environ.get(BACKEND, LOCAL_BACKEND)
    known = load_schema(schema) if schema else None
    return checked(Spec(task, question, tuple(fields.split(",")), known, pages, password, settings, backend))


def show_preview(source: Path, out: Path, ledger: str = "") -> int:
    """One line a file on stdout, and what a run would do on stderr; nothing is done."""
    _tell_left_out(source, out)
    jobs, rows = preview(source, out, ledger)
    for job, state in jobs:
        write(f"{state}\t{printable(' '.join(job.name.split()))}\n")
    done = sum(state == "done" for _, state in jobs)
    say(
        f"{len(jobs)} files, {done} done, {len(jobs) - done} to do; {rows} rows in {out}; nothing was started"
    )
    return DONE


def show_batch(source: Path, out: Path, spec: Spec, options: Options) -> int:
    """Run, report every failed page and the totals; the exit code. A stopped batch has exit code 1."""
    _tell_left_out(source, out)
    previous = signal.signal(signal.SIGTERM, _interrupt)  # so that the workers end in good order
    try:
        summary = run_batch(source, out, spec, options, on_page=_complain)
    except KeyboardInterrupt:
        say(f"stopped; what is done is kept in {out}: the same command goes on from there")
        return FAILED
    finally:
        signal.signal(signal.SIGTERM, previous)
    say(describe(summary, out))
    return FAILED if summary.failed else DONE


def _tell_left_out(source: Path, out: Path) -> None:
    names, closed = left_out(source, out)
    if names:
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        say(f"left out, neither PDF nor image by their names: {len(names)} ({shown})")
    for folder in closed:
        say(f"left out, a folder that cannot be read: {folder}")


def describe(summary: Summary, out: Path) -> str:
    """The totals in one line."""
    states = ", ".join(f"{count} {status}" for status, count in summary.statuses.items())
    rate = f", {60 * summary.new / summary.seconds:.1f} a minute" if summary.new else ""
    return f"{summary.files} files: {states} ({summary.new} new{rate}); see {out / 'summary.html'}"


def _complain(name: str, row: PageRow) -> None:
    if row.status != "ok":
        place = f"page {row.page}: " if row.page != WHOLE_FILE else ""
        say(f"{name}: {place}{row.status}: {row.reason}")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
