"""The Listings tab: photos in, facts to correct, a preview for each channel with live limits, files out."""

import shutil
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gradio as gr

from ..channels import PACKS, Pack, Row, write_files
from ..channels.repair import repair_field
from ..errors import OctavoError
from ..listing.product import Product, Request, make_product
from ..listing.words import LANGUAGES, TONES
from ..service import DocumentService
from . import listing_view as look
from . import view
from .words import Words

PHOTO_TYPES = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"]
DELETE_S = 60.0
EMPTY_FACTS: list[list[str]] = []
Edits = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Draft:
    """One user's product and what was edited: channel → field → value."""

    product: Product
    edits: Edits = field(default_factory=dict)

    def row(self, channel: str) -> Row:
        """The channel's row as it stands."""
        pack = PACKS[channel]
        row = self.product.row(pack)
        return pack.edited(row, self.edits[channel]) if self.edits.get(channel) else row


class ListingHandlers:
    """Every handler takes and gives plain values; a user's draft travels in ``Draft``."""

    def __init__(self, service: DocumentService) -> None:
        self.service = service

    def look(
        self,
        files: Sequence[str] | None,
        notes: str,
        brand: str,
        sku: str,
        language: str,
        tone: str,
        channel: str,
    ) -> tuple[Any, ...]:
        """Photos and notes → draft, marked photos, facts, message, and the channel's preview."""
        settings = {name: value.strip() for name, value in (("brand", brand), ("sku", sku)) if value.strip()}
        request = Request(tuple(files or ()), notes, "", settings, language, tone)
        try:
            product = make_product(self.service, request)
        except OctavoError as error:
            message = _without_folders(str(error), files or ())
            gr.Warning(message)
            return None, None, EMPTY_FACTS, view.plain(message), *self.show(None, channel)
        draft = Draft(product)
        shown = self.show(draft, channel)
        return draft, look.contact_sheet(product), look.fact_rows(product), look.dropped(product), *shown

    def correct(self, draft: Draft | None, rows: Any, channel: str) -> tuple[Any, ...]:
        """Edited facts → draft and preview; texts that were edited stay as they are."""
        if draft is None:
            return None, *self.show(None, channel)
        values = {str(row[0]): str(row[1] or "") for row in _cells(rows) if row and row[0]}
        changed = replace(draft, product=draft.product.with_facts(values))
        return changed, *self.show(changed, channel)

    def show(self, draft: Draft | None, channel: str) -> tuple[Any, ...]:
        """Title, bullets, description with their counts, other fields, findings, writers, state."""
        if draft is None:
            return "", "", "", "", "", "", [], [], "", ""
        row = draft.row(channel)
        title, bullets, description = (row.fields.get(name, "") for name in look.ROLES[channel])
        listed = list(bullets) if isinstance(bullets, list) else []
        return title, "\n".join(listed), description, *self._about(draft, row)

    def edit_title(self, draft: Draft | None, channel: str, text: str) -> tuple[Any, ...]:
        """A typed title → draft, counts and findings."""
        return self._edit(draft, channel, 0, text.strip())

    def edit_bullets(self, draft: Draft | None, channel: str, text: str) -> tuple[Any, ...]:
        """Typed bullets → draft, counts and findings."""
        return self._edit(draft, channel, 1, _lines(text))

    def edit_description(self, draft: Draft | None, channel: str, text: str) -> tuple[Any, ...]:
        """A typed description → draft, counts and findings."""
        return self._edit(draft, channel, 2, text.strip())

    def _edit(self, draft: Draft | None, channel: str, role: int, value: Any) -> tuple[Any, ...]:
        """Keep what was typed. A box also changes when it is filled: that is no edit."""
        name = look.ROLES[channel][role]
        if draft is None or not name:
            return (gr.skip(),) * 8
        if value != draft.row(channel).fields.get(name, [] if role == 1 else ""):
            own = {**draft.edits.get(channel, {}), name: value}
            draft = replace(draft, edits={**draft.edits, channel: own})
        return draft, *self._about(draft, draft.row(channel))

    def repair(
        self, draft: Draft | None, channel: str, title: str, bullets: str, description: str
    ) -> tuple[Any, ...]:
        """Take away what the channel forbids; nothing is added."""
        if draft is None:
            return None, *self.show(None, channel)
        pack = PACKS[channel]
        values = {
            name: repair_field(channel, pack.field(name), value)[0]
            for name, value in self._values(channel, title, bullets, description).items()
        }
        changed = replace(draft, edits={**draft.edits, channel: values})
        return changed, *self.show(changed, channel)

    def export(self, draft: Draft | None, channels: Sequence[str]) -> tuple[list[str], str]:
        """The files of the chosen channels, and why one has none."""
        if draft is None or not channels:
            return [], "Look at photos and choose channels first."
        folder = Path(tempfile.mkdtemp(prefix="octavo-listing-"))
        paths, told = [], []
        for channel in channels:
            written = write_files(PACKS[channel], [draft.row(channel)], folder)
            paths += written
            held = "held back: mend what is marked ✗"
            told.append(f"{PACKS[channel].title}: {look.names_of(written) if written else held}")
        delete_later(folder)  # Gradio makes a copy of what it is given, and deletes that in time
        return [str(path) for path in paths], "  \n".join(view.plain(line) for line in told)

    def _values(self, channel: str, title: str, bullets: str, description: str) -> dict[str, Any]:
        texts = (title.strip(), _lines(bullets), description.strip())
        pairs = zip(look.ROLES[channel], texts, strict=True)
        return {name: value for name, value in pairs if name}

    def _about(self, draft: Draft, row: Row) -> tuple[Any, ...]:
        pack: Pack = PACKS[row.channel]
        title, bullets, description = look.ROLES[row.channel]
        listed = row.fields.get(bullets, []) if bullets else []
        return (
            look.counts(pack, title, str(row.fields.get(title, ""))),
            look.counts(pack, bullets, list(listed) if isinstance(listed, list) else []),
            look.counts(pack, description, str(row.fields.get(description, ""))),
            look.field_rows(row),
            look.finding_rows(row.findings),
            look.writers(row),
            look.state_of(draft.product, row),
        )


def build(service: DocumentService, words: Words) -> None:
    """Lay out and wire the tab inside an open ``gr.Blocks``."""
    handlers = ListingHandlers(service)
    draft = gr.State(None, time_to_live=3600)
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=280):
            files = words.make(
                gr.File,
                {"label": "listing_photos"},
                file_count="multiple",
                file_types=PHOTO_TYPES,
                height=140,
            )
            notes = words.make(
                gr.Textbox, {"label": "listing_notes", "placeholder": "listing_notes_hint"}, lines=3,
                max_length=10_000,
            )  # fmt: skip
            with gr.Row():
                brand = words.make(gr.Textbox, {"label": "listing_brand"}, max_length=100, min_width=120)
                sku = words.make(gr.Textbox, {"label": "listing_sku"}, max_length=40, min_width=120)
            with gr.Row():
                language = words.make(
                    gr.Dropdown, {"label": "listing_language"}, list(LANGUAGES), value="en", min_width=120
                )
                tone = words.make(
                    gr.Dropdown, {"label": "listing_tone"}, list(TONES), value="plain", min_width=120
                )
            start = words.make(gr.Button, {"value": "listing_look"}, variant="primary", elem_id="look")
            photos = gr.Image(
                show_label=False, interactive=False, type="pil", format="png", height=260, elem_id="photos",
                buttons=["fullscreen"],
            )  # fmt: skip
            facts = words.make(
                gr.Dataframe,
                {"label": "listing_facts"},
                headers=look.FACT_HEADERS,
                datatype="str",
                interactive=True,
                wrap=True,
                elem_id="facts",
                row_count=1,
                column_count=len(look.FACT_HEADERS),
            )
            correct = words.make(gr.Button, {"value": "listing_correct"}, size="sm")
            message = gr.Markdown(elem_classes="quiet", elem_id="listing-message")
        with gr.Column(scale=6, min_width=280):
            channel = words.make(
                gr.Radio, {"label": "listing_channel"}, [(pack.title, name) for name, pack in PACKS.items()],
                value="amazon",
            )  # fmt: skip
            state = gr.Markdown(elem_id="listing-state")
            title = words.make(gr.Textbox, {"label": "listing_title"}, lines=2, elem_id="listing-title")
            title_count = gr.Markdown(elem_classes="quiet", elem_id="title-count")
            bullets = words.make(gr.Textbox, {"label": "listing_bullets"}, lines=5, elem_id="listing-bullets")
            bullets_count = gr.Markdown(elem_classes="quiet")
            description = words.make(
                gr.Textbox, {"label": "listing_description"}, lines=4, elem_id="listing-description"
            )
            description_count = gr.Markdown(elem_classes="quiet")
            repair = words.make(gr.Button, {"value": "listing_repair"}, size="sm")
            findings = words.make(
                gr.Dataframe, {"label": "listing_findings"}, headers=look.FINDING_HEADERS, datatype="str",
                interactive=False, wrap=True, elem_id="findings", column_widths=["6%", "24%", "70%"],
                max_height=220,
            )  # fmt: skip
            with words.make(gr.Accordion, {"label": "listing_others"}, open=False):
                fields = gr.Dataframe(
                    headers=look.FIELD_HEADERS, datatype="str", interactive=False, wrap=True
                )
                by = gr.Markdown(elem_classes="quiet")
            chosen = words.make(
                gr.CheckboxGroup, {"label": "listing_export"},
                [(pack.title, name) for name, pack in PACKS.items()], value=list(PACKS),
            )  # fmt: skip
            export = words.make(gr.Button, {"value": "listing_write"}, variant="primary", elem_id="export")
            written = words.make(
                gr.File, {"label": "listing_files"}, file_count="multiple", interactive=False
            )
            told = gr.Markdown(elem_classes="quiet", elem_id="exported")

    about = [title_count, bullets_count, description_count, fields, findings, by, state]
    preview = [title, bullets, description, *about]
    typed = [draft, channel, title, bullets, description]
    at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden"}
    live = at_once | {"trigger_mode": "always_last"}
    start.click(
        handlers.look,
        [files, notes, brand, sku, language, tone, channel],
        [draft, photos, facts, message, *preview],
        api_name="listing",
        concurrency_id="model",
        concurrency_limit=1,
    )
    correct.click(handlers.correct, [draft, facts, channel], [draft, *preview], api_name="correct_facts")
    channel.change(handlers.show, [draft, channel], preview, api_name="preview", **at_once)
    # Not the event "input": Gradio 6.31 does not send it for text boxes.
    title.change(handlers.edit_title, [draft, channel, title], [draft, *about], api_name="edit_title", **live)
    bullets.change(
        handlers.edit_bullets, [draft, channel, bullets], [draft, *about], api_name="edit_bullets", **live
    )
    description.change(
        handlers.edit_description,
        [draft, channel, description],
        [draft, *about],
        api_name="edit_description",
        **live,
    )
    repair.click(handlers.repair, typed, [draft, *preview], api_name="repair", **at_once)
    export.click(handlers.export, [draft, chosen], [written, told], api_name="export_listing")


def delete_later(folder: Path) -> None:
    """Delete a folder after ``DELETE_S``, or when the program ends before that."""
    cleaner = threading.Timer(DELETE_S, shutil.rmtree, [folder, True])
    cleaner.daemon = True
    weakref.finalize(cleaner, shutil.rmtree, folder, True)
    cleaner.start()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _cells(rows: Any) -> list[list[Any]]:
    """The rows of a table, whatever Gradio hands over."""
    return rows.values.tolist() if hasattr(rows, "values") else list(rows or [])


def _without_folders(text: str, files: Sequence[str]) -> str:
    """An error's text with the names of uploads instead of the places where they are kept."""
    for file in files:
        text = text.replace(file, Path(file).name)
    return text
