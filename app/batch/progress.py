"""The progress of a batch on stderr: pages done and to do, rate, time left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@dataclass
class Tally:
    """Counts of a running batch. Pages of files that were not opened yet are estimated from the others."""

    files: int
    files_opened: int = 0
    pages_known: int = 0
    done: int = 0  # rows, those of former runs included
    new: int = 0  # rows of this run
    failed: int = 0  # of this run

    @property
    def pages_expected(self) -> int:
        """Pages of all files: known ones, and the mean of these for each file that is not opened yet."""
        mean = max(1.0, self.pages_known / max(1, self.files_opened))
        return max(self.done, self.pages_known + round(mean * (self.files - self.files_opened)))


class Display:
    """Shows a tally; nothing where stderr is no terminal."""

    def __init__(self, progress: Progress, task: TaskID, tally: Tally) -> None:
        self._progress, self._task, self.tally = progress, task, tally

    def refresh(self) -> None:
        """Show the present numbers."""
        tally = self.tally
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f"{60 * tally.new / elapsed:.1f} pages/min" if tally.new and elapsed else "loading the model"
        failed = f", {tally.failed} failed" if tally.failed else ""
        about = "about " if tally.files_opened < tally.files else ""
        note = f"{tally.done} of {about}{tally.pages_expected} pages{failed}"
        self._progress.update(
            self._task, completed=tally.done, total=tally.pages_expected, note=note, rate=rate
        )


@contextmanager
def showing(tally: Tally) -> Iterator[Display]:
    """A progress bar while the batch runs."""
    columns = (
        BarColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("pages", total=None, note="", rate="loading the model")
        yield Display(progress, task, tally)
