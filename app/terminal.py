"""How results look on a terminal: answers and pages on stdout, everything about them on stderr."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .documents import Document
from .errors import UsageError
from .parsing import printable
from .schema import Extraction
from .types import Answer, Delta, Fields, PageAnswer, PageFields, PageSeen, PageText, Trouble

FAILED = 1
DONE = 0


def write(text: str) -> None:
    """Text on stdout, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def print_json(record: Any) -> None:
    """One JSON document on stdout."""
    write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def complain(error: Exception) -> None:
    """An error as one line on stderr; nothing in a file's name or content can steer the terminal."""
    say(str(error))


def say(text: str) -> None:
    """One line of ours on stderr."""
    _print_line(f"octavo: {text}")


def _print_line(text: str) -> None:
    print(printable(" ".join(text.split())), file=sys.stderr)


def report(troubles: Iterable[Trouble]) -> int:
    """One line on stderr for every page that failed; the exit code."""
    code = DONE
    for trouble in troubles:
        code = FAILED
        if trouble.page:  # what concerns the whole file is in its own remark
            place = f"{trouble.file}: page {trouble.page}"
            say(f"{place}: {trouble.status}: {trouble.reason}")
    return code


def remark(documents: Iterable[Document]) -> int:
    """One line on stderr for every unusual file; the exit code: 1 when pages may be lacking."""
    code = DONE
    for document in documents:
        if document.note:
            say(f"{document.file}: {document.note}")
        code = code if document.is_complete else FAILED
    return code


def show_answer(
    events: Iterable[Delta | PageSeen | PageAnswer | Answer], num_pages: int, as_json: bool
) -> int:
    """Stream the answer of a single page; of several show each one on stderr, then the best on stdout."""
    is_streaming, is_watched = num_pages == 1 and not as_json, sys.stderr.isatty()
    for event in events:
        if isinstance(event, Delta) and is_streaming:
            write(event.text)
        elif isinstance(event, PageSeen) and is_watched:
            end = "\r" if event.seen < event.total else "\r\x1b[K"  # one line, wiped at the end
            print(f"looked at {event.seen} of {event.total} pages", end=end, file=sys.stderr, flush=True)
        elif isinstance(event, PageAnswer) and num_pages > 1 and event.status != "error":
            _print_line(f"{event.file}, page {event.page}: {event.answer}")
        elif isinstance(event, Answer):
            answer = event
    if as_json:
        print_json(answer.to_json())
    elif is_streaming:
        write("\n")
    elif answer.found or not answer.troubles:
        write(answer.answer + "\n")
    if not as_json:
        for line in describe(answer):
            _print_line(line)
    return report(answer.troubles)


def describe(answer: Answer) -> list[str]:
    """The lines of where an answer comes from, what other pages said, and which pages were asked."""
    lines = [_summary(answer)]
    for other in answer.alternatives:
        place = f"{other.evidence.file}, page {other.evidence.page}"
        lines.append(f"or: {other.answer} [{place}; confidence {other.confidence:.2f}]")
    if answer.pages_seen:
        asked, seen = len(answer.pages_read), len(answer.pages_seen)
        lines.append(f"{asked} of {asked + seen} pages were asked; the others have less of the question")
    return lines


def _summary(answer: Answer) -> str:
    places = ", ".join(f"{item.file}, page {item.page}" for item in answer.evidence) or "not found"
    about = f"{places}; confidence {answer.confidence:.2f}" if answer.answer else "no page could be read"
    return f"[{about}; {answer.seconds:.1f} s; {answer.model}]"


def show_pages(events: Iterable[Delta | PageText], num_pages: int, output: Path | None, as_json: bool) -> int:
    """Markdown on stdout or into a file; a progress bar on stderr where the text is not seen to grow."""
    is_streaming = sys.stdout.isatty() and output is None and not as_json
    pages: list[PageText] = []
    for event in events if is_streaming else _with_progress(events, num_pages):
        if isinstance(event, PageText):
            pages.append(event)
        if is_streaming:
            write(_separator(event, num_pages) if isinstance(event, PageText) else event.text)
    if as_json:
        _save(json.dumps([page.to_json() for page in pages], ensure_ascii=False, indent=2) + "\n", output)
    elif not is_streaming:
        _save(join_pages(pages), output)
    bad = [page for page in pages if page.status != "ok"]
    return report(Trouble(page.file, page.page, page.status, page.reason) for page in bad)


def join_pages(pages: list[PageText]) -> str:
    """One Markdown text; with several pages a comment before each says which it is and what it lacks."""
    parts = []
    for page in pages:
        if len(pages) > 1 or page.status != "ok":
            parts.append(f"<!-- page {page.page}{'' if page.status == 'ok' else ': ' + page.status} -->")
        parts.append(page.text)
    return "\n\n".join(part for part in parts if part) + "\n"


def show_fields(events: Iterable[PageFields | Fields], num_pages: int, as_json: bool) -> int:
    """JSON on stdout: name to value, or with confidence and evidence when ``as_json``."""
    for event in _with_progress(events, num_pages):
        if isinstance(event, Fields):
            fields = event
    print_json(fields.to_json() if as_json else fields.values)
    for note in fields.notes:
        say(f"{fields.file}: {note}")
    return report(fields.troubles)


def show_extraction(events: Iterable[PageFields | Extraction], num_pages: int, as_json: bool) -> int:
    """The data that fits the schema on stdout, or the whole record when ``as_json``; what does not fit or
    does not agree is on stderr."""
    for event in _with_progress(events, num_pages):
        if isinstance(event, Extraction):
            found = event
    print_json(found.to_json() if as_json else found.data)
    remarks = [*found.notes, *(check.message for check in found.checks if not check.is_right)]
    remarks += [f"{name}: {field.problem}" for name, field in found.fields.items() if field.problem]
    for remark in remarks:
        say(f"{found.file}: {remark}")
    return report(found.troubles)


@contextmanager
def item_progress() -> Iterator[Callable[[str, Any], None]]:
    """A counter of scored items on stderr: call what it gives with a set's name and an item's result."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed} items"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, Any] = {}

        def on_item(name: str, _result: Any) -> None:
            if name not in bars:
                bars[name] = progress.add_task(name, total=None)
            progress.advance(bars[name])

        yield on_item


def show_scores(model: str, rows: Iterable[tuple[str, ...]], failures: Iterable[str]) -> int:
    """The table of ``octavo eval`` on stdout, every failed item on stderr; the exit code."""
    grid = Table("set", "task", "metric", "value", "items", title=f"model {model}", title_justify="left")
    for row in rows:
        grid.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 160).print(grid)
    code = DONE
    for failure in failures:
        say(f"{failure}")
        code = FAILED
    return code


def _separator(page: PageText, num_pages: int) -> str:
    return f"\n\n<!-- end of page {page.page} -->\n\n" if num_pages > 1 else "\n"


def _save(text: str, output: Path | None) -> None:
    if output is None:
        write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(_unwritable(output, error.strerror)) from None


def check_output(output: Path | None) -> None:
    """Say that a file cannot be written before hours of work, not after. Raises UsageError."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError(_unwritable(output, "it is a folder"))
    if not output.absolute().parent.is_dir():
        raise UsageError(_unwritable(output, "there is no such folder"))
    if not os.access(output if output.exists() else output.absolute().parent, os.W_OK):
        raise UsageError(_unwritable(output, "permission denied"))


def _unwritable(output: Path, reason: str | None) -> str:
    return f"{output}: cannot be written ({reason}); choose another file"


def accept_any_text() -> None:
    """Let stdout take characters that its encoding lacks, and the bytes of a file's name that is not UTF-8:
    as escapes, which JSON understands, instead of an error in the middle of a result."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _with_progress(events: Iterable[Any], num_pages: int) -> Iterator[Any]:
    columns = (TextColumn("pages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=num_pages < 2) as progress:
        bar = progress.add_task("pages", total=num_pages)
        for event in events:
            yield event
            if isinstance(event, PageText | PageFields):
                progress.advance(bar)
