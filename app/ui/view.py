"""Results → what the page shows. Plain functions of plain values; nothing here knows Gradio's components."""

import html
import json
import re
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from ..types import WHOLE_PAGE, Answer, Box, Delta, Fields, PageText

EMPTY = "*Drop a document on the left, then ask.*"
HEADERS = ["field", "value", "confidence", "page"]
MARKER = (255, 226, 110)


def position(number: int, count: int) -> str:
    """Which page is shown."""
    return f"Page {number} of {count}"


def marked(image: Image.Image, box: Box) -> Image.Image:
    """The page with ``box`` gone over with a marker pen; as it is when the box is the whole page."""
    if box == WHOLE_PAGE:
        return image
    x0, y0, x1, y1 = (edge * side for edge, side in zip(box, image.size * 2, strict=True))
    pad = 0.15 * (y1 - y0) + 2
    layer = Image.new("RGB", image.size, "white")
    ImageDraw.Draw(layer).rounded_rectangle((x0 - pad, y0 - pad, x1 + pad, y1 + pad), pad, fill=MARKER)
    return ImageChops.multiply(image, layer)


def plain(text: str) -> str:
    """Model or user text as literal Markdown: nothing in it is markup, links or images."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", html.escape(text, quote=False))
    return escaped.replace("\n", "<br>")


def grown(text: str, event: Delta) -> str:
    """What has been written by the end of ``event``."""
    return text[: len(text) - event.retract] + event.text


def writing(text: str) -> str:
    """An answer that is still being written."""
    return f"### {plain(text)}▌" if text.strip() else "…"


def answer(result: Answer) -> str:
    """The finished answer."""
    return f"### {plain(result.answer)}" if result.answer else "### –"


def evidence(result: Answer) -> str:
    """Where it comes from and how sure the model is, in one line; failed pages below."""
    places = ", ".join(f"page {item.page} of {plain(Path(item.file).name)}" for item in result.evidence)
    facts = f"{places or 'on no page'} · confidence {result.confidence:.0%} · {result.seconds:.1f} s"
    failed = [f"page {item.page}: {plain(item.reason)}" for item in result.troubles]
    return "  \n".join([facts, *failed])


def transcript(text: str, is_done: bool = True) -> str:
    """A transcription as source text, so that markup in a document stays inert."""
    return text if is_done else text + "▌"


def page_state(page: PageText) -> str:
    """How reading a page went."""
    if page.status == "ok":
        note = f" · {plain(page.reason)}" if page.reason else ""
        return f"page {page.page} · confidence {page.confidence:.0%} · {page.seconds:.1f} s{note}"
    return f"page {page.page} · {page.status}: {plain(page.reason)}"


def field_rows(fields: Fields) -> list[list[str]]:
    """One row a field, in the order asked."""
    return [
        [
            name,
            field.value or "–",
            f"{field.confidence:.0%}" if field.value else "",
            ", ".join(str(item.page) for item in field.evidence),
        ]
        for name, field in fields.fields.items()
    ]


def field_json(fields: Fields) -> str:
    """The record of ``octavo extract --json``, with the file's name instead of the server's path."""
    record = json.dumps(fields.to_json(), ensure_ascii=False, indent=2)
    return record.replace(json.dumps(fields.file, ensure_ascii=False), json.dumps(Path(fields.file).name))


def trouble(error: Exception, file: str = "") -> str:
    """An error as a sentence, without the path that the server keeps an upload under."""
    return str(error).replace(file, Path(file).name) if file else str(error)
