"""Layout and wiring of the user interface: for this computer only, no accounts, no telemetry."""

from functools import partial
from pathlib import Path

import gradio as gr

from ..service import DocumentService
from . import listings, view
from .handlers import ALL_PAGES, SHOWN_PAGE, Handlers

TITLE = "Octavo"
HEADING = "# Octavo\nReads documents from their pixels and answers questions about them, on this computer."
FILE_TYPES = [".pdf", ".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"]
EXAMPLES = Path(__file__).parents[2] / "examples"  # in a checkout; an installed package has none
QUESTIONS = ["What is the invoice number?", "What is the total?", "What is the due date?"]
CSS = """
.gradio-container { width: 100% !important; max-width: 1280px !important; margin: 0 auto; }
#title { padding: 6px 0 0; }
#page img { border-radius: 4px; box-shadow: 0 1px 6px rgba(0, 0, 0, .18); }
#position { text-align: center; padding-top: 8px; }
#answer { min-height: 64px; padding: 4px 2px; }
#answer h3 { font-size: 1.5rem; margin: .3rem 0; overflow-wrap: anywhere; }
#question button, #fields button, button.primary { background: var(--primary-600); color: white; }
#question button, #fields button { padding: 4px 16px; }
.quiet { opacity: .7; font-size: .9rem; }
"""


def create_app(service: DocumentService) -> gr.Blocks:
    """The interface over a service; nothing is launched."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        gr.Markdown(HEADING, elem_id="title")
        with gr.Tab("Documents"):
            _documents(Handlers(service))
        with gr.Tab("Listings"):
            listings.build(service)
    return demo


def _documents(handlers: Handlers) -> None:
    """The tab that reads documents, inside an open ``gr.Blocks``."""
    opened = gr.State(None, time_to_live=3600)
    with gr.Row(equal_height=False):
        with gr.Column(scale=5):
            file = gr.File(label="PDF or image", file_types=FILE_TYPES, height=140)
            with gr.Accordion("The PDF has a password", open=False):
                password = gr.Textbox(type="password", show_label=False, placeholder="then press Enter")
            page = gr.Image(
                show_label=False,
                interactive=False,
                type="pil",
                format="png",
                height=520,
                elem_id="page",
                buttons=["fullscreen"],
            )
            with gr.Row():
                back = gr.Button("◀", size="sm", min_width=40)
                position = gr.Markdown(elem_id="position")
                forward = gr.Button("▶", size="sm", min_width=40)
            message = gr.Markdown(elem_classes="quiet")
        with gr.Column(scale=6):
            scope = gr.Radio([ALL_PAGES, SHOWN_PAGE], value=ALL_PAGES, label="Look at")
            with gr.Tab("Ask"):
                question = gr.Textbox(
                    label="Question",
                    placeholder="What is the total?",
                    submit_btn="Ask",
                    max_length=500,
                    elem_id="question",
                )
                answer = gr.Markdown(view.EMPTY, elem_id="answer")
                evidence = gr.Markdown(elem_classes="quiet")
                gr.Examples(QUESTIONS, question, label="Questions to try")
            with gr.Tab("Read"):
                read = gr.Button("Read the shown page", variant="primary")
                text = gr.Textbox(label="Markdown", lines=22, max_lines=22, buttons=["copy"])
                read_state = gr.Markdown(elem_classes="quiet")
            with gr.Tab("Extract"):
                names = gr.Textbox(
                    "invoice number, date, total",
                    label="Fields, separated by commas",
                    max_length=500,
                    submit_btn="Extract",
                    elem_id="fields",
                )
                rows = gr.Dataframe(headers=view.HEADERS, datatype="str", interactive=False, wrap=True)
                record = gr.Code(language="json", label="JSON", interactive=False, max_lines=14)
                extract_state = gr.Markdown(elem_classes="quiet")
            _examples(file)

    shown = [opened, page, position]
    # One page at a time on one model: the three tasks share a queue.
    ask = partial(question.submit, concurrency_id="model", concurrency_limit=1)
    transcribe = partial(read.click, concurrency_id="model", concurrency_limit=1)
    extract = partial(names.submit, concurrency_id="model", concurrency_limit=1)
    file.change(handlers.open, [file, password], [*shown, message], api_name="open")
    password.submit(handlers.open, [file, password], [*shown, message], api_name="unlock")
    back.click(handlers.previous, opened, shown, api_name="previous", show_progress="hidden")
    forward.click(handlers.next, opened, shown, api_name="next", show_progress="hidden")
    ask(
        handlers.ask,
        [opened, question, scope],
        [answer, evidence, *shown],
        api_name="ask",
        show_progress_on=evidence,
    )
    transcribe(handlers.read, opened, [text, read_state], api_name="read", show_progress_on=read_state)
    extract(
        handlers.extract,
        [opened, names, scope],
        [rows, record, extract_state],
        api_name="extract",
        show_progress_on=extract_state,
    )


def theme() -> gr.themes.Base:
    """The look: system fonts only, so that nothing is fetched."""
    return gr.themes.Soft(
        primary_hue="teal",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )


def launch(service: DocumentService, port: int) -> None:
    """Serve the interface on 127.0.0.1 until it is interrupted."""
    create_app(service).launch(
        server_name="127.0.0.1",
        server_port=port,
        share=False,
        theme=theme(),
        css=CSS,
        footer_links=[],
        max_file_size=f"{service.settings.max_file_mb}mb",
        ssr_mode=False,
    )


def _examples(file: gr.File) -> None:
    samples = [str(path) for name in ("invoice.pdf", "report.pdf") if (path := EXAMPLES / name).is_file()]
    if samples:
        gr.Examples(samples, file, label="Documents to try")
