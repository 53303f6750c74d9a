"""How a batch stands → HTML. Every text is escaped."""

from collections.abc import Sequence
from typing import Any

from ..batch.records import WHOLE_FILE, PageRow
from ..types import Box
from .batch_job import Progress, Wanted
from .cards import badge, note, safe
from .texts import say

MAX_TEXT = 160  # characters of a result in the table
MAX_NAMES = 5


def progress_card(language: str, progress: Progress, skipped: Sequence[str]) -> str:
    """State, bar, and numbers."""
    state = say(language, f"batch_state_{progress.state}")
    about = say(language, "about") if progress.is_estimate else ""
    numbers = [
        say(
            language, "batch_progress", done=progress.done, about=about, expected=progress.expected,
            files=progress.files,
        )
    ]  # fmt: skip
    if progress.rate:
        numbers.append(say(language, "batch_rate", rate=f"{progress.rate:.1f}"))
    if progress.left_s is not None:
        numbers.append(say(language, "batch_left", left=duration(progress.left_s)))
    if progress.failed:
        numbers.append(say(language, "batch_failed_pages", count=progress.failed))
    return (
        f'<article class="turn" data-state="{progress.state}"><p class="answer" aria-live="polite">'
        f'{safe(state)}</p><progress class="meter" max="{max(progress.expected, 1)}" '
        f'value="{progress.done}" aria-label="{safe(state)}"></progress>'
        f'<p class="note quiet">{safe(" · ".join(numbers))}</p>{note(progress.problem, "error")}'
        f"{note(say(language, 'batch_unsaved')) if progress.state == 'stopped' else ''}"
        f"{_left_out(language, skipped)}</article>"
    )


def duration(seconds: float) -> str:
    """Hours, minutes and seconds as a clock shows them."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def rows_table(language: str, wanted: Wanted, rows: Sequence[tuple[str, PageRow]], count: int) -> str:
    """The finished pages, in the order of the files."""
    if not rows:
        return ""
    heads = "".join(
        f"<th>{safe(say(language, key))}</th>"
        for key in ("col_file", "col_page", "col_status", "col_result", "sure")
    )
    body = "".join(_row(language, wanted, at, name, row) for at, (name, row) in enumerate(rows))
    told = say(language, "results_shown", shown=len(rows), count=count)
    return f'{note(told)}<div class="scroll"><table class="facts"><tr>{heads}</tr>{body}</table></div>'


def _row(language: str, wanted: Wanted, at: int, name: str, row: PageRow) -> str:
    page = ""
    if row.page != WHOLE_FILE:
        label = safe(say(language, "thumbnail", page=row.page, name=name))
        page = (
            f'<button type="button" class="place" data-fact="{at}" aria-label="{label}">{row.page}</button>'
        )
    text = result_text(language, wanted, row)
    sure = "" if row.confidence is None else badge(language, row.confidence, True)
    reason = note(row.reason, "warn" if row.status != "ok" else "quiet")
    return (
        f"<tr><td>{safe(name)}</td><td>{page}</td><td>{safe(row.status)}</td>"
        f"<td>{safe(text)}{reason}</td><td>{sure}</td></tr>"
    )


def result_text(language: str, wanted: Wanted, row: PageRow) -> str:
    """A page's result in one line."""
    if wanted.task == "read":
        text = " ".join(str(row.result.get("text", "")).split())
    elif wanted.task == "ask":
        text = str(row.result.get("answer", "")) if row.result.get("found") else say(language, "not_found")
        text = text if row.result and row.status != "error" else ""  # of what failed nothing is known
    else:
        pairs = fields_of(row).items()
        text = " · ".join(f"{key}: {item['value']}" for key, item in pairs if item.get("value") is not None)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def fields_of(row: PageRow) -> dict[str, Any]:
    """The fields of an extraction, by name or by the labels of a schema."""
    found = row.result.get("fields") or row.result.get("labels") or {}
    return found if isinstance(found, dict) else {}


def boxes_of(row: PageRow) -> list[Box]:
    """Where on the page the result of a row stands."""
    boxes = [row.result.get("box"), *(item.get("box") for item in fields_of(row).values())]
    for _, rows in row.result.get("rows", ()):
        boxes += [box for cells, _ in rows for _, box in cells.values()]
    found = [tuple(map(float, box)) for box in boxes if box]
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in found]


def _left_out(language: str, skipped: Sequence[str]) -> str:
    if not skipped:
        return ""
    names = ", ".join(skipped[:MAX_NAMES])
    if len(skipped) > MAX_NAMES:
        names = say(language, "batch_and_more", names=names, count=len(skipped) - MAX_NAMES)
    return note(say(language, "batch_skipped", names=names), "warn")
