"""The Batch tab: many files, a child process over them, how it stands, and its results."""

import json
import secrets
import threading
from collections.abc import Sequence
from typing import Any

import gradio as gr

from ..errors import OctavoError, UsageError
from ..schema import load_schema
from ..service import DocumentService
from . import batch_cards, cards, view
from .batch_job import Job, Wanted
from .desk import Mark
from .extracting import FIELDS, parse_schema
from .keeping import Uploads
from .texts import say
from .unpack import Limits, gather
from .viewer import number_of

MAX_RUNNING = 1  # of all people together: a batch takes the processor cores that there are
MAX_ROWS = 200
TASKS = {"extract": "task_extract", "ask": "task_ask", "read": "task_read"}


class Batches:
    """Handlers of the tab. A person's batch travels as a ``Job``; its ticket, kept in that person's browser,
    finds it again after the page was reloaded."""

    def __init__(self, service: DocumentService, uploads: Uploads) -> None:
        self.service, self.uploads = service, uploads
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def choose_task(self, task: str) -> tuple[Any, Any]:
        """A task → the box of the question, what belongs to extracting."""
        return gr.update(visible=task == "ask"), gr.update(visible=task == "extract")

    def start(
        self,
        job: Job | None,
        files: Sequence[str] | None,
        folder: Sequence[str] | None,
        task: str,
        question: str,
        choice: str,
        names: str,
        schema: str,
        workers: float,
        language: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Files and a task → job, ticket, and how it stands. A former batch of this person is deleted."""
        paths = [*(files or ()), *(folder or ())]
        self.uploads.hold(request, paths)
        made: Job | None = None
        try:
            wanted = self._wanted(task, question, choice, names, schema, workers, language)
            if not paths:
                raise UsageError(say(language, "batch_no_files"))
            made = Job(wanted)
            made.inbox.mkdir()
            limits = Limits(file_mb=self.service.settings.max_file_mb)
            made.files, made.skipped = gather(paths, made.inbox, limits, language)
            if not made.files:
                raise UsageError(say(language, "batch_no_files"))
            self._run(made, language, former=job)
        except OctavoError as error:
            if made is not None:
                made.close()
            return job, gr.skip(), *self._refused(job, view.trouble(language, error, paths), language)
        if job is not None:
            job.close()
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._jobs = {key: one for key, one in self._jobs.items() if one.folder.is_dir()} | {ticket: made}
        return made, ticket, *self.look(made, language)

    def resume(self, job: Job | None, language: str) -> tuple[Any, ...]:
        """Go on where it was stopped → how it stands."""
        try:
            if job is not None:
                self._run(job, language, former=job)
        except UsageError as error:
            return self._refused(job, str(error), language)
        return self.look(job, language)

    def stop(self, job: Job | None, language: str) -> tuple[Any, ...]:
        """End it in order → how it stands."""
        if job is not None:
            job.stop()
        return self.look(job, language)

    def delete(
        self,
        job: Job | None,
        files: Sequence[str] | None,
        folder: Sequence[str] | None,
        language: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Take it away with its files and results → job, ticket, file boxes, how it stands."""
        if job is not None:
            job.close()
        self.uploads.forget(request, [*(files or ()), *(folder or ())])
        return None, "", None, None, *self.look(None, language)

    def restore(self, ticket: str, job: Job | None, language: str) -> tuple[Any, ...]:
        """The batch of a reloaded page → job, how it stands."""
        found = self._jobs.get(ticket) if isinstance(ticket, str) and ticket else None
        if found is None or job is not None or not found.folder.is_dir():
            return job, *self.look(job, language)
        found.hold()
        return found, *self.look(found, language)

    def look(self, job: Job | None, language: str) -> tuple[Any, ...]:
        """How it stands → progress, table, results, timer, and the buttons: start, stop, resume, delete."""
        if job is None or not job.folder.is_dir():
            shown = cards.note(say(language, "batch_none"))
            return shown, "", gr.update(value=None, visible=False), gr.Timer(active=False), *_buttons(None)
        progress = job.progress()
        results = job.results()
        count = progress.done
        table = batch_cards.rows_table(language, job.wanted, job.rows(MAX_ROWS), count)
        return (
            batch_cards.progress_card(language, progress, job.skipped),
            table,
            gr.update(value=results or None, visible=bool(results)),
            gr.Timer(active=job.is_alive),
            *_buttons(progress.state),
        )

    def picture(self, job: Job | None, language: str, event: gr.EventData) -> Any:
        """The page of the row that was pressed, with the places of its result."""
        at = number_of(event, "fact")
        rows = job.rows(MAX_ROWS) if job is not None else []
        if job is None or at is None or not 0 <= at < len(rows):
            return gr.skip()
        name, row = rows[at]
        path = str(job.inbox / name)
        try:
            image = self.service.open(path, [row.page]).page(row.page).image
        except OctavoError as error:
            gr.Warning(view.trouble(language, error, [path]))
            return gr.skip()
        marks = [Mark(box) for box in batch_cards.boxes_of(row)]
        return gr.update(value=view.drawn(image, marks), visible=True)

    def _refused(self, job: Job | None, sentence: str, language: str) -> tuple[Any, ...]:
        gr.Warning(sentence)
        shown, *others = self.look(job, language)
        return cards.note(sentence, "error") + (shown if job else ""), *others

    def _run(self, job: Job, language: str, former: Job | None) -> None:
        """Start a job while no other is at work. Raises UsageError."""
        with self._lock:
            alive = [one for one in self._jobs.values() if one.is_alive and one is not former]
            if len(alive) >= MAX_RUNNING:
                raise UsageError(say(language, "batch_busy"))
            if former is not None and former is not job:
                former.close()
            job.start()

    def _wanted(
        self, task: str, question: str, choice: str, names: str, schema: str, workers: float, language: str
    ) -> Wanted:
        """What the person wants. Raises UsageError."""
        model, count = self.service.settings.model, int(min(max(workers or 1, 1), 8))
        if task == "ask":
            if not question.strip():
                raise UsageError("the question is empty; write what you want to know")
            return Wanted("ask", question.strip(), workers=count, model=model)
        if task == "read":
            return Wanted("read", workers=count, model=model)
        if choice == FIELDS:
            if not names.replace(",", "").strip():
                raise UsageError('no field was named; write them like "invoice number, total"')
            return Wanted("extract", fields=names, workers=count, model=model)
        known = parse_schema(language, choice, schema)
        document = json.loads(schema)
        load_schema(document)
        return Wanted("extract", schema=document | {"title": known.name}, workers=count, model=model)


def _buttons(state: str | None) -> tuple[Any, ...]:
    """Which of start, stop, resume, delete can be pressed."""
    at_work = state in ("starting", "running", "stopping")
    return (
        gr.update(interactive=not at_work),
        gr.update(interactive=state in ("starting", "running")),
        gr.update(interactive=state in ("stopped", "failed")),
        gr.update(interactive=state is not None),
    )
