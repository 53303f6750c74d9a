"""The Ask tab: questions over documents, answers that stream, and what they stand on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from ..documents import Document
from ..errors import OctavoError, UsageError
from ..service import DocumentService
from ..types import Answer, Delta, PageAnswer, PageSeen
from . import cards, view
from .desk import Desk, Shown, Turn
from .texts import say
from .viewer import Viewer, number_of, place_of

ALL, DOCUMENT, PAGE = "all", "document", "page"
MAX_TURNS = 200


class Asking:
    """Handlers of the tab. A conversation travels as a tuple of ``Turn``."""

    def __init__(self, service: DocumentService, viewer: Viewer) -> None:
        self.service, self.viewer = service, viewer

    def begin(self, pending: str | None, question: str, language: str) -> tuple[Any, ...]:
        """A question was asked: say so at once, while it waits for the model → pending question, live card,
        question box, which is emptied, so that the next question can be typed. Raises gr.Error."""
        if pending is not None:
            raise gr.Error(say(language, "one_at_a_time"), print_exception=False)
        live = cards.writing(language, question, "", say(language, "waiting"))
        return question, live, gr.update(value="", **_buttons(language, True))

    def ask(
        self,
        desk: Desk,
        shown: Shown | None,
        turns: tuple[Turn, ...],
        pending: str | None,
        scope: str,
        language: str,
    ) -> Iterator[tuple[Any, ...]]:
        """Stream an answer → live card, turns, history, question."""
        question = pending or ""
        same = (gr.skip(), gr.skip(), gr.skip())
        text, page = "", ("", 0)
        asked = 0
        try:
            documents = documents_of(self.service, desk, shown, scope, language)
            count = sum(len(document.numbers) for document in documents)
            yield cards.writing(language, question, "", say(language, "starting")), *same
            for event in self.service.stream_ask(documents, question):
                if isinstance(event, Delta):
                    text = view.grown(text if (event.file, event.page) == page else "", event)
                    page = event.file, event.page
                    state = _state(language, event, asked, count)
                    yield cards.writing(language, question, text, state), *same
                elif isinstance(event, PageSeen):
                    state = say(language, "pages_seen", seen=event.seen, count=event.total)
                    yield cards.writing(language, question, text, state), *same
                elif isinstance(event, PageAnswer):
                    asked += 1
                elif isinstance(event, Answer):
                    turns = (*turns, Turn.of(event))[-MAX_TURNS:]
                    yield "", turns, cards.conversation(language, turns), gr.skip()
        except OctavoError as error:
            said = view.trouble(language, error, [upload.path for upload in desk.uploads])
            gr.Warning(said)
            yield cards.note(said, "error"), *same[1:], gr.update(value=question)

    def turn_to(
        self, desk: Desk, turns: tuple[Turn, ...], live: str, language: str
    ) -> Iterator[tuple[Any, ...]]:
        """The page that the new answer comes from; none after an error, which ``live`` then shows.

        An event of its own: the next question need not wait for the picture.
        """
        if not live and turns and turns[-1].found and turns[-1].places:
            yield from self.viewer.show(desk, turns[-1].places[0], language)

    def show(
        self, desk: Desk, turns: tuple[Turn, ...], language: str, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        """The place whose button was pressed, on its page."""
        at = number_of(event, "turn")
        if at is not None and 0 <= at < len(turns) and (place := place_of(turns[at].places, event, "place")):
            if desk.upload(place.path) is None:
                gr.Warning(say(language, "nothing_open"))
            yield from self.viewer.show(desk, place, language)

    def stop(self, language: str) -> tuple[Any, ...]:
        """A person stopped an answer → live card, pending question, question box."""
        return cards.note(say(language, "stopped")), *self.ready(language)

    def ready(self, language: str) -> tuple[Any, ...]:
        """However an answer ended, the next question is taken → pending question, question box; what is in
        the box stays."""
        return None, gr.update(**_buttons(language, False))

    def clear(self, language: str) -> tuple[str, tuple[Turn, ...], str]:
        """An empty conversation → live card, turns, history."""
        return "", (), cards.conversation(language, ())


def documents_of(
    service: DocumentService, desk: Desk, shown: Shown | None, scope: str, language: str
) -> list[Document]:
    """The documents and pages that a task is about. Raises UsageError when none is open, DocumentError."""
    upload = desk.upload(shown.path) if shown else None
    if shown is None or upload is None:
        raise UsageError(say(language, "nothing_open"))
    if scope == PAGE:
        return [service.open(upload.path, [shown.number], upload.password)]
    chosen = desk.uploads if scope == ALL else (upload,)
    return [service.open(item.path, None, item.password) for item in chosen]


def _buttons(language: str, is_at_work: bool) -> dict[str, Any]:
    """Either the button that asks or the one that stops."""
    return {
        "submit_btn": False if is_at_work else say(language, "ask"),
        "stop_btn": say(language, "stop") if is_at_work else False,
    }


def _state(language: str, event: Delta, asked: int, count: int) -> str:
    """Which page is being asked, and how many were."""
    state = say(language, "reading_page", page=event.page, name=Path(event.file).name)
    return state if count < 2 else f"{state} · {say(language, 'pages_asked', asked=asked, count=count)}"
