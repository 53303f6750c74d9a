"""Layout and wiring of the Extract tab, beside the shown page."""

from typing import Any

import gradio as gr

from . import cards, saving
from .asking import ALL, PAGE
from .extracting import CHOICES, Extracting
from .style import CARD, FACTS_JS, TO_PAGE_JS
from .texts import say
from .viewer import or_stay
from .words import Words

MODEL: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}


def build(
    extracting: Extracting, words: Words, language: gr.Radio, here: list[Any], at_page: list[Any]
) -> None:
    """Inside an open tab. ``here``: desk, shown page, language; ``at_page``: what showing a page sets."""
    desk, shown, _ = here
    found = gr.State(None, time_to_live=3600)
    with gr.Row():
        choice = words.choices(gr.Dropdown, CHOICES, {"label": "schema"}, value="invoice", elem_id="schema")
        scope = words.choices(
            gr.Radio, {ALL: "extract_scope_all", PAGE: "scope_page"}, {"label": "scope"}, value=ALL
        )
    names = words.make(
        gr.Textbox, {"label": "fields"}, "invoice number, date, total", max_length=500, visible=False,
        elem_id="fields",
    )  # fmt: skip
    with words.make(gr.Accordion, {"label": "schema_text"}, open=False) as accordion:
        schema = gr.Code(
            Extracting.text_of("invoice"), language="json", show_label=False, interactive=True, max_lines=16,
            elem_id="schema-text",
        )  # fmt: skip
    start = words.make(gr.Button, {"value": "extract"}, variant="primary", elem_id="extract")
    state = gr.HTML(elem_id="extract-state", **CARD)
    table = gr.HTML(
        cards.note(say("en", "extract_empty")), js_on_load=FACTS_JS, elem_id="facts-table", **CARD
    )
    with gr.Row():
        as_csv = words.make(gr.Button, {"value": "save_csv"}, size="sm", min_width=70, elem_id="save-csv")
        as_xlsx = words.make(gr.Button, {"value": "save_xlsx"}, size="sm", min_width=70, elem_id="save-xlsx")
        as_json = words.make(gr.Button, {"value": "save_json"}, size="sm", min_width=70, elem_id="save-json")
    with words.make(gr.Accordion, {"label": "record"}, open=False):
        record = gr.Code(language="json", show_label=False, interactive=False, max_lines=24)
    parcel = gr.Textbox(elem_classes="parcel", show_label=False)

    choice.change(
        extracting.choose, choice, [names, schema, accordion], api_name="choose_schema", queue=False
    )
    gr.on(
        [start.click, names.submit],
        extracting.extract,
        [desk, shown, choice, names, schema, scope, language],
        [found, table, record, state, *at_page],
        api_name="extract",
        show_progress_on=state,
        **MODEL,
    )
    pressed = table.click(
        or_stay(extracting.show), [desk, found, language], at_page, api_name="field", show_progress="hidden",
        trigger_mode="always_last",
    )  # fmt: skip
    pressed.then(None, None, None, js=TO_PAGE_JS, api_visibility="private")
    saving.saves(as_csv, extracting.save_csv, [found, language], parcel, "save_csv")
    saving.saves(as_xlsx, extracting.save_xlsx, [found, language], parcel, "save_xlsx")
    saving.saves(as_json, extracting.save_json, [found, language], parcel, "save_record")
    language.change(
        extracting.redraw, [found, language], table, api_visibility="private", show_progress="hidden"
    )
