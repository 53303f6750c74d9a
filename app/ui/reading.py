"""The Read tab: the shown page as Markdown."""

from collections.abc import Iterator

import gradio as gr

from ..errors import OctavoError
from ..service import DocumentService
from ..types import PageText
from . import view
from .asking import PAGE, documents_of
from .desk import Desk, Shown
from .texts import say


class Reading:
    """Handlers of the tab."""

    def __init__(self, service: DocumentService) -> None:
        self.service = service

    def read(self, desk: Desk, shown: Shown | None, language: str) -> Iterator[tuple[str, str]]:
        """Stream the shown page as Markdown → text, how it went."""
        text = ""
        try:
            document = documents_of(self.service, desk, shown, PAGE, language)[0]
            for event in self.service.stream_read(document):
                if isinstance(event, PageText):
                    yield view.transcript(event.text), view.page_state(language, event)
                else:
                    text = view.grown(text, event)
                    yield view.transcript(text, is_done=False), say(language, "reading")
        except OctavoError as error:
            said = view.trouble(language, error, [upload.path for upload in desk.uploads])
            gr.Warning(said)
            yield "", view.plain(said)
