"""A served interface for tests: a browser or a plain client talks to it over the loopback interface."""

import gc
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.prompts import READ

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>${window.hacked=3}{{this}}'
TABLE = "| Description | Amount |\n|---|---|\n| Paper | 10.50 |\n| Ink | 2.00 |"
ANSWERS = {"What is the total?": "12.50 EUR", "Who?": HOSTILE, "What is the due date?": "13 April 2025"}
VALUES = {"invoice number": "A-7", "total": "12.50", "due date": "13 April 2025", "currency": "EUR"}
BOXES = {"12.50 EUR": (0.5, 0.1, 0.7, 0.14), "A-7": (0.1, 0.1, 0.2, 0.12), "12.50": (0.5, 0.1, 0.6, 0.14)}


def reply(page: Image.Image, prompt: str) -> str:
    """Answers, fields and a transcript; anything else is not in the document."""
    if prompt == READ:
        return TABLE
    if prompt.startswith("Extract"):
        return json.dumps({name: value for name, value in VALUES.items() if name in prompt})
    return ANSWERS.get(prompt, "not in the document")


@contextmanager
def served(**options) -> Iterator[str]:
    """The address of an interface whose model answers from a table; ``options`` change how it is served."""
    from octavo.app.ui.app import create_app, serving

    service = DocumentService(Settings(isolate=False), FakeBackend(reply))
    service.backend.boxes |= BOXES
    with warnings.catch_warnings():
        # Gradio and uvicorn leave event loops and sockets behind: they are swept up here, unheard.
        warnings.simplefilter("ignore")
        demo = create_app(service)
        _, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, **(serving(service) | options))
        try:
            yield url
        finally:
            demo.close()
            service.close()
            gc.collect()
