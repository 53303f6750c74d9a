"""The interface as a whole: what is where, and how it is served: to this computer only, no telemetry."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from ..errors import UsageError
from ..loopback import check_port
from ..service import DocumentService
from . import batch_tab, documents_tab, listings, models_tab
from .guard import app_options
from .keeping import Uploads
from .login import login_of
from .style import CSS, KEYS_JS, SHADE_JS, theme
from .texts import LANGUAGES, preferred
from .words import Words

__all__ = ["CSS", "create_app", "launch", "theme"]
TITLE = "Octavo"
MAX_WAITING = 32  # requests in the queue; more are told to come back
MAX_AT_ONCE = 8  # handlers that need no model, of all people together


def create_app(service: DocumentService) -> gr.Blocks:
    """The interface over a service; nothing is launched."""
    words, uploads = Words(), Uploads(Path(get_upload_folder()).resolve())
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(600, 3600)) as demo:
        with gr.Row(elem_id="top"):
            with gr.Column(scale=1, min_width=200):
                gr.Markdown(f"# {TITLE}", elem_id="title")
            language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()], value="en", show_label=False,
                label="Language / 语言", container=False, elem_id="language",
            )  # fmt: skip
            shade = gr.Button("◐", size="sm", elem_id="shade")
        words.make(gr.Markdown, {"value": "heading"}, elem_classes="quiet")
        gr.HTML(js_on_load=KEYS_JS, visible="hidden")
        ticket = gr.BrowserState("", storage_key="octavo-batch")
        with words.make(gr.Tab, {"label": "tab_documents"}):
            documents_tab.build(service, words, language, uploads)
        with words.make(gr.Tab, {"label": "tab_batch"}):
            batch_tab.build(service, words, language, uploads, ticket, demo)
        with words.make(gr.Tab, {"label": "tab_listings"}):
            listings.build(service, words)
        with words.make(gr.Tab, {"label": "tab_models"}) as models:
            models_tab.build(service, words, language, models)
        language.change(
            words.spoken,
            language,
            words.components,
            api_visibility="private",
            show_progress="hidden",
            queue=False,
        )
        shade.click(None, None, None, js=SHADE_JS, api_visibility="private")
        demo.load(_language, None, language, api_visibility="private", show_progress="hidden")
        demo.unload(uploads.forget)
    return demo.queue(max_size=MAX_WAITING, default_concurrency_limit=MAX_AT_ONCE)


def launch(service: DocumentService, port: int) -> None:
    """Serve the interface on 127.0.0.1 until it is interrupted."""
    check_port("ui", port)
    try:
        create_app(service).launch(server_port=port, **serving(service))
    except OSError as error:  # what Gradio raises when the port is taken
        raise UsageError(f"ui: port {port} cannot be used; choose another --port") from error


def serving(service: DocumentService) -> dict[str, Any]:
    """How it is served: this computer only, nothing shared, no file of the server but uploads and results."""
    return {
        "server_name": "127.0.0.1",
        "share": False,
        "theme": theme(),
        "css": CSS,
        "footer_links": [],
        "max_file_size": f"{service.settings.max_file_mb}mb",
        "ssr_mode": False,
        "auth": login_of(),
        "app_kwargs": app_options(),
        "mcp_server": False,
        "run_history": False,  # else the browser would keep what was asked and answered
    }


def _language(request: gr.Request) -> str:
    """The language that the browser asks for."""
    return preferred(request.headers.get("accept-language", "")) if request else "en"
