"""What happens on a click: call the service, yield plain values. A user's error becomes a warning."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from ..errors import OctavoError, PageError
from ..service import DocumentService
from ..types import WHOLE_PAGE, Answer, Box, Delta, Fields, PageText
from . import view

SHOWN_PAGE, ALL_PAGES = "shown page", "all pages"


@dataclass(frozen=True)
class Opened:
    """One user's document: where the upload lies, its password, and the page that is shown."""

    path: str
    password: str | None
    count: int
    number: int = 1


class Handlers:
    """Every handler is a method; what a user has opened travels in ``Opened``, never in here."""

    def __init__(self, service: DocumentService) -> None:
        self.service = service

    def open(self, path: str | None, password: str) -> tuple[Opened | None, Any, str, str]:
        """An upload → state, first page, position, message."""
        if not path:
            return None, None, "", ""
        try:
            document = self.service.open(path, pages=[1], password=password or None)
        except OctavoError as error:
            return None, None, "", _warn(error, path)
        return (*self._show(Opened(path, password or None, document.page_count)), "")

    def turn(self, opened: Opened | None, step: int) -> tuple[Opened | None, Any, str]:
        """The page ``step`` further."""
        if opened is None:
            return None, None, ""
        return self._show(replace(opened, number=min(max(opened.number + step, 1), opened.count)))

    def previous(self, opened: Opened | None) -> tuple[Opened | None, Any, str]:
        """The page before."""
        return self.turn(opened, -1)

    def next(self, opened: Opened | None) -> tuple[Opened | None, Any, str]:
        """The page after."""
        return self.turn(opened, 1)

    def ask(self, opened: Opened | None, question: str, scope: str) -> Iterator[tuple[Any, ...]]:
        """Stream an answer and turn to the page it comes from → answer, evidence, state, page, position."""
        same = (gr.skip(), gr.skip(), gr.skip())
        text, page = "", 0
        try:
            for event in self.service.stream_ask(self._document(opened, scope == ALL_PAGES), question):
                if isinstance(event, Delta):
                    text, page = view.grown(text if event.page == page else "", event), event.page
                    yield view.writing(text), f"reading page {page}", *same
                elif isinstance(event, Answer):
                    yield view.answer(event), view.evidence(event), *self._turn_to(opened, event)
        except OctavoError as error:
            yield _warn(error, opened.path if opened else ""), "", *same

    def read(self, opened: Opened | None) -> Iterator[tuple[str, str]]:
        """Stream the shown page as Markdown → text, how it went."""
        text = ""
        try:
            for event in self.service.stream_read(self._document(opened, False)):
                if isinstance(event, PageText):
                    yield view.transcript(event.text), view.page_state(event)
                else:
                    text = view.grown(text, event)
                    yield view.transcript(text, is_done=False), "reading"
        except OctavoError as error:
            yield "", _warn(error, opened.path if opened else "")

    def extract(self, opened: Opened | None, names: str, scope: str) -> Iterator[tuple[Any, str, str]]:
        """Fields → rows, JSON, message."""
        try:
            document = self._document(opened, scope == ALL_PAGES)
            for event in self.service.stream_extract(document, names.split(",")):
                if isinstance(event, Fields):
                    yield view.field_rows(event), view.field_json(event), "  \n".join(event.notes)
                else:
                    yield gr.skip(), "", f"page {event.page} done"
        except OctavoError as error:
            yield [], "", _warn(error, opened.path if opened else "")

    def _document(self, opened: Opened | None, is_whole: bool) -> Any:
        if opened is None:
            raise OctavoError("No document is open: drop a PDF or an image on the left.")
        return self.service.open(opened.path, None if is_whole else [opened.number], opened.password)

    def _show(self, opened: Opened, box: Box = WHOLE_PAGE) -> tuple[Opened, Any, str]:
        label = view.position(opened.number, opened.count)
        try:
            document = self.service.open(opened.path, [opened.number], opened.password)
            return opened, view.marked(document.page(opened.number).image, box), label
        except PageError as error:
            return opened, None, f"{label}: {_warn(error, opened.path)}"

    def _turn_to(self, opened: Opened | None, answer: Answer) -> tuple[Any, ...]:
        if opened is None or not answer.evidence:
            return gr.skip(), gr.skip(), gr.skip()
        place = answer.evidence[0]
        return self._show(replace(opened, number=place.page), place.box)


def _warn(error: OctavoError, path: str = "") -> str:
    text = view.trouble(error, path)
    gr.Warning(text)
    return view.plain(text)
