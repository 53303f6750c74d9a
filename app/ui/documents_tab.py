"""Layout and wiring of the Documents tab: the page on one side, what is done with it on the other."""

from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ..service import DocumentService
from . import cards, extract_tab, saving
from .asking import ALL, DOCUMENT, PAGE, Asking
from .desk import Desk
from .extracting import Extracting
from .keeping import Uploads
from .opening import Opening
from .reading import Reading
from .style import CARD, CARDS_JS, STRIP_JS, TO_PAGE_JS
from .viewer import Viewer, or_stay
from .words import Words

FILE_TYPES = [".pdf", ".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".gif", ".bmp"]
EXAMPLES = Path(__file__).parents[2] / "examples"  # in a checkout; an installed package has none
QUESTIONS = ["What is the invoice number?", "What is the total?", "What is the due date?"]
MODEL: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}  # one page at a time on one model
AT_ONCE: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "always_last"}


def build(service: DocumentService, words: Words, language: gr.Radio, uploads: Uploads) -> None:
    """The tab, inside an open ``gr.Blocks``."""
    viewer = Viewer(service)
    asking, reading = Asking(service, viewer), Reading(service)
    opening = Opening(viewer, uploads)
    desk, shown = gr.State(Desk(), time_to_live=3600), gr.State(None, time_to_live=3600)
    turns, pending = gr.State((), time_to_live=3600), gr.State(None)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="drop"):
            file = words.make(
                gr.File, {"label": "files"}, file_types=FILE_TYPES, file_count="multiple", height=140,
                elem_id="files",
            )  # fmt: skip
            message = gr.HTML(**CARD)
            with words.make(gr.Accordion, {"label": "locked"}, open=False):
                password = words.make(
                    gr.Textbox, {"placeholder": "password_hint", "label": "locked"}, type="password",
                    show_label=False, max_length=200, elem_id="password",
                )  # fmt: skip
            _examples(opening, file, words)
        with gr.Column(elem_id="view"):
            strip = gr.HTML(js_on_load=STRIP_JS, **CARD, elem_id="strip")
            page = words.make(
                gr.Image, {"label": "page_label"}, show_label=False, interactive=False, type="pil",
                format="webp", elem_id="page", buttons=["fullscreen"],
            )  # fmt: skip
            with gr.Row(elem_id="turning"):
                back = words.make(gr.Button, {"value": "previous"}, size="sm")
                position = gr.Markdown(elem_id="position")
                forward = words.make(gr.Button, {"value": "next"}, size="sm")
            forget = words.make(gr.Button, {"value": "forget"}, size="sm", elem_id="forget")
        here, at_page = [desk, shown, language], [shown, page, strip, position]
        with gr.Column(elem_id="work"):
            with words.make(gr.Tab, {"label": "tab_ask"}):
                scope = words.choices(
                    gr.Radio, {ALL: "scope_all", DOCUMENT: "scope_document", PAGE: "scope_page"},
                    {"label": "scope"}, value=ALL,
                )  # fmt: skip
                question = words.make(
                    gr.Textbox, {"label": "question", "placeholder": "question_hint", "submit_btn": "ask"},
                    max_length=500, elem_id="question",
                )  # fmt: skip
                live = gr.HTML(elem_id="live", **CARD)
                talk = gr.HTML(cards.conversation("en", ()), js_on_load=CARDS_JS, elem_id="talk", **CARD)
                samples = gr.Examples(QUESTIONS, question, label="Questions to try")
                words.note(samples.dataset, {"label": "questions_to_try"})
                with words.make(gr.Accordion, {"label": "history"}, open=False):
                    with gr.Row():
                        markdown = words.make(gr.Button, {"value": "save_markdown"}, size="sm")
                        record = words.make(gr.Button, {"value": "save_json"}, size="sm")
                        clear = words.make(gr.Button, {"value": "clear"}, size="sm")
            with words.make(gr.Tab, {"label": "tab_extract"}):
                extract_tab.build(Extracting(service, viewer), words, language, here, at_page)
            with words.make(gr.Tab, {"label": "tab_read"}):
                read = words.make(gr.Button, {"value": "read"}, variant="primary")
                text = words.make(gr.Textbox, {"label": "markdown"}, lines=22, max_lines=22, buttons=["copy"])
                read_state = gr.Markdown(elem_classes="quiet")
            parcel = gr.Textbox(elem_classes="parcel", show_label=False)

    opened = [desk, *at_page, message]
    for event, name in ((file.change, "open"), (password.submit, "unlock")):
        done = event(
            opening.open,
            [file, password, desk, shown, language],
            opened,
            api_name=name,
            show_progress_on=page,
        )
        done.then(viewer.prepare, [desk, shown], None, api_visibility="private", **MODEL)
    forget.click(opening.forget, file, [file, *opened], api_name="forget")
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    begun = question.submit(
        asking.begin,
        [pending, question, language],
        [pending, live, question],
        api_name="begin",
        show_progress="hidden",
        queue=False,
    )
    asked = begun.success(
        asking.ask,
        [desk, shown, turns, pending, scope, language],
        [live, turns, talk, question],
        api_name="ask",
        show_progress="hidden",
        **MODEL,
    )
    ready = asked.then(asking.ready, language, [pending, question], queue=False, **quiet)
    turned = ready.then(or_stay(asking.turn_to), [desk, turns, live, language], at_page, **quiet)
    # Who turns the page means it: the page of a new answer does not come in between.
    turns_page: dict[str, Any] = {"cancels": [turned], **AT_ONCE}
    back.click(viewer.previous, here, at_page, api_name="previous", **turns_page)
    forward.click(viewer.next, here, at_page, api_name="next", **turns_page)
    strip.click(or_stay(viewer.pick), here, at_page, api_name="pick", **turns_page)
    question.stop(
        asking.stop, language, [live, pending, question], cancels=[asked], queue=False, api_name="stop"
    )
    pressed = talk.click(
        or_stay(asking.show), [desk, turns, language], at_page, api_name="evidence", **turns_page
    )
    pressed.then(None, None, None, js=TO_PAGE_JS, api_visibility="private")
    clear.click(asking.clear, language, [live, turns, talk], api_name="clear", queue=False)
    saving.saves(markdown, saving.conversation_markdown, [turns, language], parcel, "save_markdown")
    saving.saves(record, saving.conversation_json, [turns, language], parcel, "save_json")
    read.click(reading.read, here, [text, read_state], api_name="read", show_progress_on=read_state, **MODEL)
    language.change(
        lambda turns, language: cards.conversation(language, turns), [turns, language], talk,
        api_visibility="private", **AT_ONCE,
    )  # fmt: skip
    language.change(viewer.again, here, at_page, api_visibility="private", **AT_ONCE)


def _examples(opening: Opening, file: gr.File, words: Words) -> None:
    """A button for each sample document."""
    paths = [path for name in ("invoice.pdf", "report.pdf") if (path := EXAMPLES / name).is_file()]
    if paths:
        with gr.Row(elem_id="samples"):
            words.make(gr.Markdown, {"value": "documents_to_try"}, elem_classes="quiet")
            for path in paths:
                button = gr.Button(path.name, size="sm", min_width=90)
                add = partial(opening.add_sample, path)
                button.click(add, file, file, api_visibility="private", show_progress="hidden")
