"""The Extract tab: fields by name or by a schema, a table of values whose places are shown on the page."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from ..errors import OctavoError, UsageError
from ..schema import Extraction, Schema, load_schema
from ..schema.builtin import SCHEMAS, builtin
from ..service import DocumentService
from ..types import WHOLE_PAGE, Fields
from . import cards, facts, view
from .asking import ALL, DOCUMENT, documents_of
from .desk import Desk, Mark, Shown
from .facts import Fact, Found
from .texts import say
from .viewer import KEEP, Viewer, number_of

FIELDS, OWN = "fields", "own"
CHOICES = {FIELDS: "schema_fields", **{name: f"schema_{name}" for name in SCHEMAS}, OWN: "schema_own"}
OWN_EXAMPLE = {
    "title": "order",
    "type": "object",
    "properties": {
        "invoice_number": {"type": ["string", "null"]},
        "total": {"type": ["number", "null"]},
        "due_date": {"type": ["string", "null"], "format": "date"},
    },
}
MAX_SCHEMA = 100_000  # characters


class Extracting:
    """Handlers of the tab. What was extracted travels as ``Found``."""

    def __init__(self, service: DocumentService, viewer: Viewer) -> None:
        self.service, self.viewer = service, viewer

    def choose(self, choice: str) -> tuple[Any, Any, Any]:
        """A choice of what to extract → the box of field names, the schema's text, its accordion."""
        if choice == FIELDS:
            return gr.update(visible=True), gr.skip(), gr.update(visible=False)
        text = self.text_of(choice)
        return gr.update(visible=False), text, gr.update(visible=True, open=choice == OWN)

    @staticmethod
    def text_of(choice: str) -> str:
        """A built-in schema, or an example of an own one, as JSON to edit."""
        return json.dumps(builtin(choice) or OWN_EXAMPLE, indent=2, ensure_ascii=False)

    def extract(
        self,
        desk: Desk,
        shown: Shown | None,
        choice: str,
        names: str,
        schema: str,
        scope: str,
        language: str,
    ) -> Iterator[tuple[Any, ...]]:
        """Extract from the shown document → found, table, JSON, state, and the page with the places."""
        try:
            part = DOCUMENT if scope == ALL else scope
            document = documents_of(self.service, desk, shown, part, language)[0]
            known = None if choice == FIELDS else parse_schema(language, choice, schema)
            state = say(language, "extracting", page=document.numbers[0])
            yield None, "", "", cards.note(state), *KEEP
            events: Any = (
                self.service.stream_schema(document, known)
                if known
                else self.service.stream_extract(document, names.split(","))
            )
            for event in events:
                if isinstance(event, Fields | Extraction):
                    yield from self._finish(desk, _found(document.file, event, known), language)
                elif event.page != document.numbers[-1]:
                    state = say(language, "page_done", page=event.page)
                    yield gr.skip(), gr.skip(), gr.skip(), cards.note(state), *KEEP
        except OctavoError as error:
            said = view.trouble(language, error, [upload.path for upload in desk.uploads])
            gr.Warning(said)
            yield None, "", "", cards.note(said, "error"), *KEEP

    def _finish(self, desk: Desk, found: Found, language: str) -> Iterator[tuple[Any, ...]]:
        seconds = f"{found.seconds:.1f}"
        state = say(language, "extract_done", found=found.num_found, count=len(found.facts), seconds=seconds)
        record = json.dumps(found.record, ensure_ascii=False, indent=2)
        table = cards.facts_table(language, found.facts, found.checks)
        state = cards.note(state) + "".join(cards.note(note, "warn") for note in found.notes)
        yield found, table, record, state, *KEEP
        first = next((fact for fact in found.facts if fact.evidence), None)
        for step in self._on_page(desk, found, first, language):
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), *step

    def show(
        self, desk: Desk, found: Found | None, language: str, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        """The place of the value that was pressed, among the others of its page."""
        at = number_of(event, "fact")
        if found is not None and at is not None and 0 <= at < len(found.facts):
            yield from self._on_page(desk, found, found.facts[at], language)

    def _on_page(
        self, desk: Desk, found: Found, chosen: Fact | None, language: str
    ) -> Iterator[tuple[Any, ...]]:
        if chosen is None or chosen.evidence is None:
            return
        page = chosen.evidence.page
        marks = [
            Mark(fact.evidence.box, fact is chosen)
            for fact in found.facts
            if fact.evidence and fact.evidence.page == page and fact.evidence.box != WHOLE_PAGE
        ]
        yield from self.viewer.mark(desk, found.path, page, marks, language)

    def redraw(self, found: Found | None, language: str) -> str:
        """The table in another language."""
        if found is None:
            return cards.note(say(language, "extract_empty"))
        return cards.facts_table(language, found.facts, found.checks)

    def save_json(self, found: Found | None, language: str) -> str:
        """The record to save."""
        return facts.as_json(found).parcel() if found else _nothing(language)

    def save_csv(self, found: Found | None, language: str) -> str:
        """The fields to save as CSV."""
        return facts.as_csv(found).parcel() if found else _nothing(language)

    def save_xlsx(self, found: Found | None, language: str) -> str:
        """The fields and tables to save as an Excel file."""
        try:
            return facts.as_xlsx(found, language).parcel() if found else _nothing(language)
        except UsageError as error:
            gr.Warning(str(error))
            return ""


def parse_schema(language: str, choice: str, text: str) -> Schema:
    """The schema as it was edited. Raises UsageError in the person's words where it is no JSON."""
    if not text.strip() or len(text) > MAX_SCHEMA:
        raise UsageError(say(language, "schema_not_object"))
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(say(language, "bad_json", line=error.lineno, problem=error.msg)) from None
    except RecursionError:
        raise UsageError(say(language, "schema_not_object")) from None
    if not isinstance(document, dict):
        raise UsageError(say(language, "schema_not_object"))
    known = load_schema(document)
    return known if choice == OWN else replace(known, name=choice)


def _found(path: str, event: Fields | Extraction, schema: Schema | None) -> Found:
    if isinstance(event, Fields):
        return Found.of_fields(path, event)
    leaves: Sequence[Any] = schema.leaves if schema else ()
    return Found.of_schema(path, event, [".".join(leaf.path) for leaf in leaves])


def _nothing(language: str) -> str:
    gr.Warning(say(language, "nothing_to_save"))
    return ""
