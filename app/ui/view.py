"""The page as a picture with marks on it, and texts of results that stay plain text."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from ..types import WHOLE_PAGE, Box, Delta, PageText
from .desk import Mark, Turn
from .texts import error_text, say

MARKER = (255, 226, 110)
OUTLINE = (13, 148, 136)


def drawn(image: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """The page with its marks: outlines first, then what is chosen gone over with a marker pen."""
    if any(not mark.is_chosen for mark in marks):
        image = image.copy()
        pen = ImageDraw.Draw(image)
        for mark in marks:
            if not mark.is_chosen and mark.box != WHOLE_PAGE:
                edges, pad = _edges(image, mark.box)
                pen.rounded_rectangle(_grown(edges, pad), pad, outline=OUTLINE, width=2)
    for mark in marks:
        if mark.is_chosen:
            image = marked(image, mark.box)
    return image


def marked(image: Image.Image, box: Box) -> Image.Image:
    """The page with ``box`` gone over with a marker pen; as it is when the box is the whole page."""
    if box == WHOLE_PAGE:
        return image
    edges, pad = _edges(image, box)
    layer = Image.new("RGB", image.size, "white")
    ImageDraw.Draw(layer).rounded_rectangle(_grown(edges, pad), pad, fill=MARKER)
    return ImageChops.multiply(image, layer)


def _edges(image: Image.Image, box: Box) -> tuple[tuple[float, ...], float]:
    """The box in pixels, and the room to leave around it."""
    edges = tuple(edge * side for edge, side in zip(box, image.size * 2, strict=True))
    return edges, 0.15 * (edges[3] - edges[1]) + 2


def _grown(edges: tuple[float, ...], pad: float) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = edges
    return x0 - pad, y0 - pad, x1 + pad, y1 + pad


def plain(text: str) -> str:
    """Model or user text as literal Markdown: nothing in it is markup, links or images."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", html.escape(text, quote=False))
    return escaped.replace("\n", "<br>")


def headline(language: str, turn: Turn) -> str:
    """The answer; or that there is none, of which nobody can say more than the pages that were read allow."""
    if turn.found:
        return turn.answer
    if not turn.answer:
        return say(language, "unreadable")
    return say(language, "not_found" if turn.is_sure else "not_where_read")


def grown(text: str, event: Delta) -> str:
    """What has been written by the end of ``event``."""
    return text[: len(text) - event.retract] + event.text


def transcript(text: str, is_done: bool = True) -> str:
    """A transcription as source text, so that markup in a document stays inert."""
    return text if is_done else text + "▌"


def page_state(language: str, page: PageText) -> str:
    """How reading a page went."""
    if page.status == "ok":
        sure, seconds = f"{page.confidence:.0%}", f"{page.seconds:.1f}"
        state = say(language, "page_state", page=page.page, percent=sure, seconds=seconds)
        return state + (f" · {plain(page.reason)}" if page.reason else "")
    return say(language, "page_failed", page=page.page, status=page.status, reason=plain(page.reason))


def trouble(language: str, error: Exception, paths: Sequence[str] = ()) -> str:
    """An error as a sentence, without the paths that the server keeps uploads under."""
    sentence = str(error)
    for path in paths:
        sentence = sentence.replace(path, Path(path).name)
    return error_text(language, sentence)
