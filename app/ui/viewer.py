"""Opening documents, turning pages, and the picture of the shown page with its marks and small neighbours."""

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

import gradio as gr
from PIL import Image

from ..errors import OctavoError, PageError
from ..service import DocumentService
from . import cards, view
from .desk import Desk, Mark, Place, Shown, Upload, marks_of
from .texts import say

STRIP = 10  # small pictures shown at once
KEEP = (gr.skip(),) * 4  # shown page, picture, strip, position stay
MAX_THUMBS = 400  # kept for one person
THUMB_PX = (104, 132)
MAX_FILES = 50


class Viewer:
    """Handlers of plain values; what a person has open travels in ``Desk`` and ``Shown``."""

    def __init__(self, service: DocumentService) -> None:
        self.service = service

    def open(
        self, files: Sequence[str] | None, password: str, desk: Desk, shown: Shown | None, language: str
    ) -> Iterator[tuple[Any, ...]]:
        """Uploads → desk, shown page, picture, strip, position, message; the strip fills up afterwards."""
        uploads, problems = [], []
        for path in list(files or ())[:MAX_FILES]:
            known = desk.upload(path)
            try:
                uploads.append(known or self._opened(path, password or None))
            except OctavoError as error:
                problems.append(view.trouble(language, error, [path]))
                gr.Warning(problems[-1])
        paths = [upload.path for upload in uploads]
        new = [path for path in paths if desk.upload(path) is None]
        thumbs = {key: picture for key, picture in desk.thumbs.items() if key[0] in paths}
        desk = Desk(tuple(uploads), thumbs)
        kept = shown if shown and shown.path in paths and not new else None
        first = new[0] if new else paths[0] if paths else None
        shown = kept or (Shown(first) if first else None)
        message = "".join(cards.note(problem, "error") for problem in problems)
        for step in self.look(desk, shown, language):
            yield desk, *step, message

    def _opened(self, path: str, password: str | None) -> Upload:
        return Upload(path, self.service.open(path, [1], password).page_count, password)

    def look(self, desk: Desk, shown: Shown | None, language: str) -> Iterator[tuple[Any, ...]]:
        """Shown page, picture, strip, position: at once, and again when the small pictures are there."""
        upload = desk.upload(shown.path) if shown else None
        if shown is None or upload is None:
            yield None, None, "", ""
            return
        picture, position = self._picture(upload, shown, language)
        yield shown, picture, self._strip(desk, shown, language), position
        if self._draw_missing(desk, shown):
            yield gr.skip(), gr.skip(), self._strip(desk, shown, language), gr.skip()

    def turn(self, desk: Desk, shown: Shown | None, step: int, language: str) -> Iterator[tuple[Any, ...]]:
        """The page ``step`` further, over the borders of documents."""
        pages, at = desk.pages, self._at(desk, shown)
        if at is None:
            return iter([(None, None, "", "")])
        upload, number = pages[min(max(at + step, 0), len(pages) - 1)]
        return self.look(desk, Shown(upload.path, number), language)

    def again(self, desk: Desk, shown: Shown | None, language: str) -> Iterator[tuple[Any, ...]]:
        """The same page, in another language."""
        yield from self.look(desk, shown, language)

    def previous(self, desk: Desk, shown: Shown | None, language: str) -> Iterator[tuple[Any, ...]]:
        """The page before."""
        yield from self.turn(desk, shown, -1, language)

    def next(self, desk: Desk, shown: Shown | None, language: str) -> Iterator[tuple[Any, ...]]:
        """The page after."""
        yield from self.turn(desk, shown, 1, language)

    def pick(
        self, desk: Desk, shown: Shown | None, language: str, event: gr.EventData
    ) -> Iterator[tuple[Any, ...]]:
        """The page whose small picture was pressed; ``at`` is its place among all pages."""
        pages, at = desk.pages, number_of(event, "at")
        step = number_of(event, "step")
        if step is not None:
            yield from self.turn(desk, shown, min(max(step, -1), 1), language)
        elif at is not None and at < len(pages):
            yield from self.look(desk, Shown(pages[at][0].path, pages[at][1]), language)

    def show(self, desk: Desk, place: Place, language: str) -> Iterator[tuple[Any, ...]]:
        """The page of a place with its mark; nothing when its document was closed."""
        if desk.upload(place.path) is not None:
            yield from self.look(desk, Shown(place.path, place.page, marks_of(place.box)), language)

    def mark(
        self, desk: Desk, path: str, page: int, marks: Sequence[Mark], language: str
    ) -> Iterator[tuple[Any, ...]]:
        """A page with several marks."""
        if desk.upload(path) is not None:
            yield from self.look(desk, Shown(path, page, tuple(marks)), language)

    def prepare(self, desk: Desk, shown: Shown | None) -> None:
        """Encode the shown page, so that the first question about it need not wait for that."""
        upload = desk.upload(shown.path) if shown else None
        if shown is None or upload is None:
            return
        try:
            page = self.service.open(upload.path, [shown.number], upload.password).page(shown.number)
            if not page.is_blank:
                self.service.backend.open_page(page.image)
        except OctavoError:
            return  # whoever asks about the page is told

    def _picture(self, upload: Upload, shown: Shown, language: str) -> tuple[Image.Image | None, str]:
        position = say(language, "position", page=shown.number, count=upload.count, name=upload.name)
        try:
            document = self.service.open(upload.path, [shown.number], upload.password)
            return view.drawn(document.page(shown.number).image, shown.marks), view.plain(position)
        except PageError as error:
            said = view.trouble(language, error, [upload.path])
            gr.Warning(said)
            return None, view.plain(f"{position}: {said}")
        except OctavoError as error:  # the upload is gone
            return None, view.plain(view.trouble(language, error, [upload.path]))

    def _at(self, desk: Desk, shown: Shown | None) -> int | None:
        """The place of the shown page among all pages."""
        if shown is None:
            return None
        before = 0
        for upload in desk.uploads:
            if upload.path == shown.path:
                return before + shown.number - 1
            before += upload.count
        return None

    def _window(self, desk: Desk, shown: Shown) -> tuple[range, int | None]:
        at = self._at(desk, shown)
        count = sum(upload.count for upload in desk.uploads)
        start = min(max((at or 0) - STRIP // 2, 0), max(count - STRIP, 0))
        return range(start, min(start + STRIP, count)), at

    def _strip(self, desk: Desk, shown: Shown, language: str) -> str:
        window, at = self._window(desk, shown)
        pages = desk.pages
        items = [
            (upload.name, number, desk.thumbs.get((upload.path, number), ""))
            for upload, number in (pages[place] for place in window)
        ]
        return cards.strip(language, items, window, at) if len(pages) > 1 else ""

    def _draw_missing(self, desk: Desk, shown: Shown) -> bool:
        """Make the small pictures that the strip lacks; whether there were any."""
        pages, (window, _) = desk.pages, self._window(desk, shown)
        missing = [pages[place] for place in window]
        missing = [(upload, number) for upload, number in missing if (upload.path, number) not in desk.thumbs]
        if not missing or len(pages) < 2:
            return False
        if len(desk.thumbs) + len(missing) > MAX_THUMBS:
            desk.thumbs.clear()
        for upload, number in missing:
            try:
                image = self.service.open(upload.path, [number], upload.password).page(number).image
                desk.thumbs[upload.path, number] = _thumb(image)
            except OctavoError:
                desk.thumbs[upload.path, number] = ""  # the page itself says what is wrong when it is shown
        return True


def or_stay(handler: Callable[..., Iterator[tuple[Any, ...]]]) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """``handler``, which yields what ``look`` does; where it yields nothing, the shown page stays.

    Gradio empties the outputs of an event that yields nothing.
    """

    @wraps(handler)
    def kept(*given: Any) -> Iterator[tuple[Any, ...]]:
        stays = True
        for step in handler(*given):
            stays = False
            yield step
        if stays:
            yield KEEP

    return kept


def number_of(event: gr.EventData, name: str) -> int | None:
    """A number that the browser sent with an event; None for anything else. It is only ever an index."""
    value = event._data.get(name) if isinstance(event._data, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and -1 <= value < 10**7:
        return value
    return None


def place_of(places: Sequence[Place], event: gr.EventData, name: str) -> Place | None:
    """The place that a button stands for."""
    at = number_of(event, name)
    return places[at] if at is not None and 0 <= at < len(places) else None


def closed(desk: Desk) -> Desk:
    """A desk with nothing on it."""
    return replace(desk, uploads=(), thumbs={})


def _thumb(image: Image.Image) -> str:
    """A small JPEG as a data URI."""
    small = image.copy()
    small.thumbnail(THUMB_PX, Image.Resampling.BILINEAR, reducing_gap=2.0)
    stream = io.BytesIO()
    small.convert("RGB").save(stream, "JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
