"""Layout and wiring of the Batch tab."""

import os
from typing import Any

import gradio as gr

from ..service import DocumentService
from . import cards
from .batch_job import Job
from .batches import TASKS, Batches
from .extracting import CHOICES, Extracting
from .keeping import Uploads
from .style import CARD, FACTS_JS
from .texts import say
from .viewer import Viewer
from .words import Words

EVERY_S = 1.0


def build(
    service: DocumentService,
    words: Words,
    language: gr.Radio,
    uploads: Uploads,
    ticket: gr.BrowserState,
    demo: gr.Blocks,
) -> None:
    """The tab, inside an open ``gr.Blocks``; ``ticket`` lies outside of it, for what is in a tab is not there
    before the tab is opened."""
    batches, extracting = Batches(service, uploads), Extracting(service, Viewer(service))
    job = gr.State(None, delete_callback=_released)
    timer = gr.Timer(EVERY_S, active=False)
    words.make(gr.Markdown, {"value": "batch_intro"}, elem_classes="quiet")
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=280):
            files = words.make(
                gr.File, {"label": "batch_files"}, file_count="multiple", height=140, elem_id="batch-files"
            )
            with words.make(gr.Accordion, {"label": "batch_folder"}, open=False):
                folder = words.make(
                    gr.File, {"label": "batch_folder"}, file_count="directory", height=140,
                    elem_id="batch-folder",
                )  # fmt: skip
            task = words.choices(
                gr.Radio, TASKS, {"label": "batch_task"}, value="extract", elem_id="batch-task"
            )
            question = words.make(
                gr.Textbox, {"label": "question", "placeholder": "question_hint"}, max_length=500,
                visible=False, elem_id="batch-question",
            )  # fmt: skip
            with gr.Column() as extraction:
                choice = words.choices(
                    gr.Dropdown, CHOICES, {"label": "schema"}, value="invoice", elem_id="batch-schema"
                )
                names = words.make(
                    gr.Textbox, {"label": "fields"}, "invoice number, date, total", max_length=500,
                    visible=False, elem_id="batch-fields",
                )  # fmt: skip
                with words.make(gr.Accordion, {"label": "schema_text"}, open=False) as accordion:
                    schema = gr.Code(
                        Extracting.text_of("invoice"), language="json", show_label=False, max_lines=16
                    )
            workers = words.make(
                gr.Slider, {"label": "workers"}, 1, min(8, max(2, os.cpu_count() or 1)), 1, step=1
            )
            with gr.Row():
                start = words.make(
                    gr.Button,
                    {"value": "batch_start"},
                    variant="primary",
                    min_width=90,
                    elem_id="batch-start",
                )
                stop = words.make(
                    gr.Button, {"value": "batch_stop"}, interactive=False, min_width=90, elem_id="batch-stop"
                )
                resume = words.make(
                    gr.Button, {"value": "batch_resume"}, interactive=False, min_width=90,
                    elem_id="batch-resume",
                )  # fmt: skip
            delete = words.make(
                gr.Button, {"value": "batch_again"}, size="sm", interactive=False, elem_id="batch-delete"
            )
        with gr.Column(scale=6, min_width=280):
            shown = gr.HTML(cards.note(say("en", "batch_none")), elem_id="batch-progress", **CARD)
            results = words.make(
                gr.File, {"label": "batch_save"}, file_count="multiple", interactive=False, visible=False,
                elem_id="batch-results",
            )  # fmt: skip
            table = gr.HTML(elem_id="batch-rows", js_on_load=FACTS_JS, **CARD)
            picture = words.make(
                gr.Image, {"label": "page_label"}, interactive=False, type="pil", format="webp",
                visible=False, elem_id="batch-page", buttons=["fullscreen"],
            )  # fmt: skip

    look = [shown, table, results, timer, start, stop, resume, delete]
    quick: dict[str, Any] = {"show_progress": "hidden"}
    task.change(
        batches.choose_task, task, [question, extraction], api_name="batch_task", queue=False, **quick
    )
    choice.change(
        extracting.choose, choice, [names, schema, accordion], api_visibility="private", queue=False
    )
    start.click(
        batches.start,
        [job, files, folder, task, question, choice, names, schema, workers, language],
        [job, ticket, *look],
        api_name="batch_start",
        concurrency_limit=2,
    )
    stop.click(batches.stop, [job, language], look, api_name="batch_stop", **quick)
    resume.click(batches.resume, [job, language], look, api_name="batch_resume", **quick)
    delete.click(
        lambda: gr.update(value=None, visible=False), None, picture, api_visibility="private", **quick
    )
    delete.click(
        batches.delete,
        [job, files, folder, language],
        [job, ticket, files, folder, *look],
        api_name="batch_delete",
    )
    table.click(batches.picture, [job, language], picture, api_name="batch_page", **quick)
    timer.tick(batches.look, [job, language], look, api_visibility="private", trigger_mode="once", **quick)
    language.change(batches.look, [job, language], look, api_visibility="private", **quick)
    demo.load(batches.restore, [ticket, job, language], [job, *look], api_visibility="private", **quick)


def _released(job: Job | None) -> None:
    """A page was closed for good."""
    if job is not None:
        job.release()
