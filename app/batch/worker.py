"""The child process of a batch: loads the model once, then does one unit after the other until the pipe ends.

It leads a process group of its own together with the process that decodes files, so that the parent can end
both at once; and when the parent is gone, it ends itself and that group.
"""

import hashlib
import importlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import Any

from ..backend import Backend
from ..errors import DocumentError, OctavoError, UsageError
from ..schema import extract_page
from ..service import DocumentService
from ..types import PageAnswer, PageFields, PageText
from .plan import choose_pages
from .records import WHOLE_FILE, Opened, PageRow, Spec, Unit


@dataclass(frozen=True)
class Ready:
    """The model is loaded; ``model`` is its name and digest."""

    model: str


@dataclass(frozen=True)
class Unusable:
    """No worker of this kind can start: ``problem`` is a sentence for the user."""

    problem: str


@dataclass(frozen=True)
class Fault:
    """A unit ended in an exception that says nothing about the file: another try may succeed."""

    reason: str


Message = Ready | Unusable | Fault | Opened | PageRow


def serve(pipe: "connection.Connection[Message, Unit]", spec: Spec, threads: int) -> None:
    """The program of a worker process: units in, messages out."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))  # torch is not imported yet
    threading.Thread(target=_end_with_parent, daemon=True, name="octavo-parent").start()
    try:
        with DocumentService(spec.settings, load_backend(spec)) as service:
            service.documents.sandbox.start()
            pipe.send(Ready(service.model))
            while True:
                pipe.send(work(service, spec, pipe.recv()))
    except OctavoError as error:
        pipe.send(Unusable(str(error)))
    except (EOFError, BrokenPipeError):  # the parent has no more work
        pass


def load_backend(spec: Spec) -> Backend:
    """What ``spec.backend`` makes of the settings. Raises UsageError when it cannot be imported."""
    module, _, name = spec.backend.partition(":")
    try:
        make = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"backend {spec.backend}: cannot be imported ({error}); write module:name") from None
    return make(spec.settings)


def work(service: DocumentService, spec: Spec, unit: Unit) -> Opened | PageRow | Fault:
    """One unit. What is wrong with a file or page becomes its row; any other exception becomes a fault."""
    start = time.perf_counter()
    try:
        if unit.page == WHOLE_FILE:
            return open_file(service, spec, unit)
        return do_page(service, spec, unit)
    except OctavoError as error:
        reason = str(error).removeprefix(f"{unit.path}: ")  # the row names the file already
        return PageRow(unit.file_id, unit.page, "error", reason, time.perf_counter() - start)
    except Exception as error:  # a defect or a lack of memory must not cost the other pages
        return Fault(f"{type(error).__name__}: {error}")


def open_file(service: DocumentService, spec: Spec, unit: Unit) -> Opened:
    """Open a file and choose its pages. Raises DocumentError, UsageError."""
    count = service.open(unit.path, [1], spec.password).page_count
    numbers = choose_pages(unit.path, spec.pages, count, service.settings.max_pages)
    try:
        with open(unit.path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DocumentError.about(unit.path, f"cannot be read ({error.strerror})", "try again") from None
    return Opened(unit.file_id, digest, count, numbers)


def do_page(service: DocumentService, spec: Spec, unit: Unit) -> PageRow:
    """Put the task to one page. Raises OctavoError when there is no such page or task."""
    start = time.perf_counter()
    document = service.open(unit.path, [unit.page], spec.password)
    if spec.schema is not None:
        part = extract_page(service, document, spec.schema)
        status, reason, seconds = part.page.status, part.page.reason, time.perf_counter() - start
        return PageRow(unit.file_id, unit.page, status, reason, seconds, part.confidence, part.to_json())
    events: Any
    if spec.task == "read":
        events = service.stream_read(document)
    elif spec.task == "ask":
        events = service.stream_ask(document, spec.question)
    else:
        events = service.stream_extract(document, spec.fields)
    page = next(event for event in events if isinstance(event, PageText | PageAnswer | PageFields))
    confidence, result = result_of(page)
    seconds = time.perf_counter() - start
    return PageRow(unit.file_id, unit.page, page.status, page.reason, seconds, confidence, result)


def result_of(page: PageText | PageAnswer | PageFields) -> tuple[float | None, dict[str, Any]]:
    """``(confidence, JSON result)`` of a page; that of fields is the least sure one's."""
    if isinstance(page, PageFields):
        fields = {
            name: {"value": field.value, "confidence": field.confidence, "box": field.evidence[0].box}
            for name, field in page.fields.items()
        }
        sure = min((field.confidence for field in page.fields.values()), default=None)
        return sure, {"fields": fields, "notes": list(page.notes)}
    confidence = None if page.status == "error" else page.confidence
    if isinstance(page, PageText):
        return confidence, {"text": page.text}
    return confidence, {"answer": page.answer, "found": page.found, "box": page.box}


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)  # the decoding process too, which may hang and see no end of its pipe
    os._exit(1)
