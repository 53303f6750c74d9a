"""DocumentService: what the command line, the user interface and scripts call. Files in, answers out.

Each task exists twice: as a stream of events (``stream_ask``) and as a plain call (``ask``) that drains it.
A page that fails is a result with a status; it never ends the others.
"""

import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .backend import Backend, LocalBackend, Piece, Reply
from .documents import Document, Documents
from .errors import PageError, UsageError
from .merge import merge_fields
from .outcomes import BLANK, ILLEGIBLE, REPEATS_DROPPED, STATUS, UNPRINTED, turned_note
from .pages import Inquiry, Place, Rows, gaps
from .parsing import ParsedFields, is_not_found, parse_fields, printable
from .printed import printed_form
from .prompts import NOT_FOUND, READ, extract_prompt, label_question
from .remote import OpenAIBackend, is_remote
from .rephrase import plainer, without_label
from .schema import Extraction, Schema, load_schema, stream_extraction
from .second_look import find_values, further_views, is_doubtful, is_photo, settle
from .settings import Settings
from .tidy import tidy
from .transcript import make_whole
from .types import (
    WHOLE_PAGE,
    Answer,
    Box,
    Delta,
    Evidence,
    Fields,
    FieldValue,
    Page,
    PageAnswer,
    PageFields,
    PageSeen,
    PageText,
    Status,
)
from .upright import Upright

if TYPE_CHECKING:
    from PIL.Image import Image

Event = TypeVar("Event")
Attempt = tuple[Reply, list[Delta]]  # and what of it was held back because a better one may follow
SchemaSource = Schema | str | Path | Mapping[str, Any] | type[Any]
MAX_KEYS = 8  # asked in one request: as many as the shipped reader was trained on


class DocumentService:
    """Opens documents and puts tasks to a backend; ``LocalBackend`` unless another is given.

    Use it as a context manager, or call :meth:`close`, to end the process that decodes files.
    """

    def __init__(self, settings: Settings | None = None, backend: Backend | None = None) -> None:
        self.settings = settings or Settings.load()
        self.backend = backend or make_backend(self.settings)
        self.documents = Documents(self.settings)
        self.upright = Upright(lambda image: self.backend.look(image))
        self._rows = Rows(self.upright.rows)

    def __enter__(self) -> "DocumentService":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that decodes files."""
        self.documents.sandbox.close()

    def limited(self, max_new_tokens: int) -> "DocumentService":
        """The same service with replies of at most so many tokens, and never more than a page may have; it
        shares the model and the process."""
        other, most = copy(self), min(max_new_tokens, self.settings.read_tokens)
        other.settings = replace(self.settings, ask_tokens=most, read_tokens=most, extract_tokens=most)
        return other

    def warm_up(self) -> None:
        """Start the decoding process and the loading of the model side by side; returns at once."""
        self.documents.sandbox.start()
        self.backend.warm_up()

    @property
    def model(self) -> str:
        """Name and digest of the weights; waits for the model."""
        return f"{self.backend.name}@{self.backend.digest}"

    def open(
        self, path: str | Path, pages: str | Sequence[int] | None = None, password: str | None = None
    ) -> Document:
        """Open a PDF or an image; ``pages`` like "1,3-5". Raises DocumentError, UsageError."""
        return self.documents.open(path, pages, password)

    def ask(self, documents: Document | Iterable[Document], question: str) -> Answer:
        """The best answer over all chosen pages of all documents, with alternatives from other pages."""
        return _last(self.stream_ask(documents, question), Answer)

    def read(self, document: Document) -> list[PageText]:
        """Every chosen page as Markdown."""
        return [event for event in self.stream_read(document) if isinstance(event, PageText)]

    def extract(self, document: Document, keys: Sequence[str]) -> Fields:
        """The named fields, also as one text with commas, each from the page that is surest of it."""
        return _last(self.stream_extract(document, keys), Fields)

    def extract_schema(self, document: Document, schema: SchemaSource) -> Extraction:
        """Data that is valid against a schema: a built-in one's name ("invoice"), a file, a JSON Schema or a
        pydantic model. Raises UsageError for a schema that documents cannot always fulfil."""
        return _last(self.stream_schema(document, schema), Extraction)

    def stream_ask(
        self, documents: Document | Iterable[Document], question: str
    ) -> Iterator[Delta | PageSeen | PageAnswer | Answer]:
        """Text as it is written, pages that were looked at, the answer of each page that was asked, and last
        the answer over all of them: see ``pages``."""
        question = question.strip()
        if not question:
            raise UsageError("the question is empty; write what you want to know")
        chosen = [documents] if isinstance(documents, Document) else list(documents)
        if not chosen:
            raise UsageError("no document was given; open at least one")
        inquiry = Inquiry(question, chosen, self._ask_page, self._rows, self.settings.ask_pages)
        for event in inquiry.run(self.model):
            if isinstance(event, Answer):
                event = replace(event, troubles=(*gaps(chosen), *event.troubles))
            yield event

    def stream_read(self, document: Document) -> Iterator[Delta | PageText]:
        """Text as it is written, and the whole of each page when it is done."""
        _ = self.model  # wait for it here, so that no page's time includes it
        for number in document.numbers:
            started, reply, text = time.perf_counter(), Reply(()), ""
            outcome: tuple[Status, str] = "ok", ""
            note = document.note
            try:
                page = document.page(number)
                if page.is_blank:
                    seconds = time.perf_counter() - started
                    yield PageText(document.file, number, "", "ok", BLANK, 1.0, seconds)
                    continue
                if self._rows.illegible(Place(document, number), page):
                    raise PageError(document.file, number, ILLEGIBLE)
                page = self.upright.of(page)
                note = note or turned_note(page)
                opened = self.backend.open_page(page.image)
                deadline = time.monotonic() + self.settings.reply_timeout_s
                reply = yield from self._generate(page, opened, READ, self.settings.read_tokens, deadline)
                outcome = STATUS[reply.stop]
                if reply.retractions and reply.stop == "eos":
                    outcome = "ok", REPEATS_DROPPED
                whole = make_whole(
                    self.backend, page.image, opened, printable(reply.text).strip(),
                    partial(self._read_picture, page, deadline), deadline, twice=self._looks_twice,
                )  # fmt: skip
                text = whole.text
                outcome = whole.outcome(*outcome)
            except PageError as error:
                outcome = "error", error.reason
            seconds = time.perf_counter() - started
            status, reason = outcome
            yield PageText(document.file, number, text, status, reason or note, reply.confidence(), seconds)

    def _read_picture(self, page: Page, deadline: float, image: "Image") -> Reply:
        opened = self.backend.open_page(image)
        return _drain(self._generate(page, opened, READ, self.settings.read_tokens, deadline))

    @property
    def _looks_twice(self) -> bool:
        return self.settings.second_look and self.backend.looks_twice

    def stream_extract(self, document: Document, keys: Sequence[str]) -> Iterator[PageFields | Fields]:
        """The fields of each page, and last the fields of the document."""
        names = keys.split(",") if isinstance(keys, str) else keys
        keys = list(dict.fromkeys(key.strip() for key in names if key.strip()))
        if not keys:
            raise UsageError('no field was named; write them like "invoice number, total"')
        model, started, pages = self.model, time.perf_counter(), []
        for page in self.stream_page_fields(document, keys):
            pages.append(page)
            yield page
        fields = merge_fields(document.file, keys, pages, model, time.perf_counter() - started)
        yield replace(fields, troubles=(*gaps([document]), *fields.troubles))

    def stream_page_fields(self, document: Document, keys: Sequence[str]) -> Iterator[PageFields]:
        """The fields of each page; ``keys`` are different and not empty."""
        for number in document.numbers:
            yield self._extract_page(document, number, keys)

    def stream_schema(self, document: Document, schema: SchemaSource) -> Iterator[PageFields | Extraction]:
        """What each page gave, and last the extraction of the document. Raises UsageError."""
        known = schema if isinstance(schema, Schema) else load_schema(schema)
        return stream_extraction(self, document, known)

    def _ask_page(
        self, document: Document, number: int, question: str, page: Page | None = None
    ) -> Generator[Delta, None, PageAnswer]:
        """``page``: what was rendered already."""
        place = Place(document, number)
        try:
            page = page or document.page(number)
            if page.is_blank:
                return PageAnswer(document.file, number, NOT_FOUND, False, 1.0, "ok", BLANK)
            rows = self._rows.on(place, page)  # seen once: what it says is kept
            print_ = rows.rows if rows else ()
            page = self.upright.of(page)
            opened = self.backend.open_page(page.image)
            asked = yield from self._attempt(page, opened, question)
            refused = is_not_found(asked[0].text)  # it may be about the words of the question
            if refused:
                question, asked = yield from self._ask_plainly(place, page, opened, question, asked)
            if self._looks_twice and is_doubtful(asked[0], question, print_):
                views = further_views(page.image, rows)
                asked = yield from self._look_again(page, views, question, asked, print_)
                if is_not_found(asked[0].text) and not refused:
                    question, asked = yield from self._ask_plainly(place, page, opened, question, asked)
        except PageError as error:
            return PageAnswer(document.file, number, "", False, 0.0, "error", error.reason)
        reply, held = asked
        text = without_label(printable(reply.text).strip(), question)
        found = not is_not_found(text)
        if not found and self._rows.illegible(place, page):
            return PageAnswer(document.file, number, "", False, 0.0, "error", ILLEGIBLE)
        yield from held
        box = self._locate(page, opened, text, question) if found else WHOLE_PAGE
        status, reason = STATUS[reply.stop]
        is_thing = found and is_photo(rows)
        kind = "photo" if is_thing else "answer" if found else "refusal"
        confidence = self.backend.calibration(kind, reply.confidence())
        reason = reason or document.note or turned_note(page)
        return PageAnswer(document.file, number, text, found, confidence, status, reason, box)

    def _ask_plainly(
        self, place: Place, page: Page, opened: Any, question: str, refused: Attempt
    ) -> Generator[Delta, None, tuple[str, Attempt]]:
        """The first question in plain words that is no refusal, and its attempt; else those given."""
        for plain in plainer(question, self._rows.on(place, page)):
            attempt = yield from self._attempt(page, opened, plain)
            if not is_not_found(attempt[0].text):
                return plain, attempt
        return question, refused

    def _look_again(
        self, page: Page, views: Iterable["Image"], question: str, first: Attempt, print_: Sequence[str]
    ) -> Generator[Delta, None, Attempt]:
        """The best of a doubtful attempt and of those at further views of the page."""
        attempts = [first]
        for view in views:
            attempts.append((yield from self._attempt(page, self.backend.open_page(view), question)))
        return attempts[settle([reply for reply, _ in attempts], question, print_)]

    def _attempt(self, page: Page, opened: Any, question: str) -> Generator[Delta, None, Attempt]:
        """A reply to a question, and what of it was held back because a better one may follow."""
        held: list[Delta] = []
        generation = self._generate(page, opened, question, self.settings.ask_tokens)
        reply = yield from _holding(generation, held, everything=self._looks_twice)
        return reply, held

    def _extract_page(self, document: Document, number: int, keys: Sequence[str]) -> PageFields:
        """One request for all fields; those that a broken or incomplete reply lacks are asked one by one."""
        try:
            page = document.page(number)
        except PageError as error:
            return PageFields(document.file, number, {}, "error", error.reason)
        if page.is_blank:
            return PageFields(document.file, number, {}, "ok", BLANK, (f"page {number}: {BLANK}",))
        rows = self._rows.on(Place(document, number), page)
        page = self.upright.of(page)
        opened = self.backend.open_page(page.image)
        fields: dict[str, FieldValue] = {}
        notes: list[str] = []
        print_ = rows.rows if rows else ()
        for start in range(0, len(keys), MAX_KEYS):
            group = keys[start : start + MAX_KEYS]
            look = partial(self._look_for, page, opened)
            place = partial(self.backend.locate, opened, page.image)
            found, parsed = find_values(look, place, page.image, group, print_, twice=self._looks_twice)
            for key, one in found.items():
                sure = self.backend.calibration("field", one.probability)
                fields[key] = self._field(page, opened, key, one.value, sure)
            missing = [key for key in group if key not in parsed.values]
            fields |= self._ask_for(document, number, missing)
            if missing:
                problem = "incomplete" if parsed.is_valid else "not valid JSON"
                asked = ", ".join(missing)
                notes.append(f"page {number}: the model's reply was {problem}; asked one by one: {asked}")
        fields = {key: fields[key] for key in keys if key in fields}
        for key, held in list(fields.items()) if rows else ():
            form = printed_form(key, held.value or "", print_)
            if form is None:
                notes.append(f"page {number}: {UNPRINTED.format(key, fields.pop(key).value)}")
            elif form != held.value:
                fields[key] = self._field(page, opened, key, form, held.confidence)
        if not fields and rows and rows.is_illegible:
            return PageFields(document.file, number, {}, "error", ILLEGIBLE)
        return PageFields(
            document.file, number, fields, "ok", document.note or turned_note(page), tuple(notes)
        )

    def _look_for(
        self, page: Page, opened: Any, image: "Image", keys: Sequence[str]
    ) -> tuple[Reply, ParsedFields]:
        if image is not page.image:
            opened = self.backend.open_page(image)
        reply = _drain(self._generate(page, opened, extract_prompt(keys), self.settings.extract_tokens))
        return reply, parse_fields(reply.text, keys)

    def _ask_for(self, document: Document, number: int, keys: Sequence[str]) -> dict[str, FieldValue]:
        """The fields that a page has, asked for one by one."""
        fields = {}
        for key in keys:
            answer = _drain(self._ask_page(document, number, label_question(key)))
            if answer.found:
                where = (Evidence(document.file, number, answer.box),)
                fields[key] = FieldValue(tidy(key, answer.answer), answer.confidence, where)
        return fields

    def _field(self, page: Page, opened: Any, key: str, value: str, confidence: float) -> FieldValue:
        value = tidy(key, value)
        box = self._locate(page, opened, value, key)
        return FieldValue(value, confidence, (Evidence(page.file, page.number, box),))

    def _locate(self, page: Page, opened: Any, text: str, near: str) -> Box:
        """Where the text is printed; the whole page when the encoder did not see it anywhere."""
        return page.stored(self.backend.locate(opened, page.image, text, near) or WHOLE_PAGE)

    def _generate(
        self, page: Page, opened: Any, prompt: str, max_new_tokens: int, deadline: float | None = None
    ) -> Generator[Delta, None, Reply]:
        """A reply as it is written, cut off at ``deadline`` (monotonic seconds)."""
        pieces: list[Piece] = []
        retractions = 0
        deadline = time.monotonic() + self.settings.reply_timeout_s if deadline is None else deadline
        for piece in self.backend.stream(opened, prompt, max_new_tokens):
            gone = pieces[len(pieces) - piece.retract :]
            del pieces[len(pieces) - piece.retract :]
            retractions += bool(gone)
            pieces.append(piece)
            if piece.text or gone:
                taken_back = len("".join(printable(other.text) for other in gone))
                yield Delta(page.file, page.number, printable(piece.text), taken_back, piece.probability)
            if time.monotonic() > deadline and not piece.stop:
                pieces.append(Piece("", stop="time"))
                break
        return Reply(tuple(pieces), retractions)


def make_backend(settings: Settings) -> Backend:
    """Our own model in this process, or another server's where the model's name is an address."""
    return OpenAIBackend(settings) if is_remote(settings.model) else LocalBackend(settings)


def _holding(
    generation: Generator[Delta, None, Reply], held: list[Delta], *, everything: bool
) -> Generator[Delta, None, Reply]:
    """Passes a stream on, but for ``everything``, or for what may be "not in the document": that is kept in
    ``held``, for a better reply may follow, and what was shown cannot everywhere be taken back."""
    holding = True
    while True:
        try:
            event = next(generation)
        except StopIteration as end:
            return end.value
        if not holding:
            yield event
            continue
        held.append(event)
        if everything:
            continue
        if event.retract or not NOT_FOUND.startswith("".join(delta.text for delta in held).strip()):
            yield from held
            held.clear()
            holding = False


def _last(events: Iterable[object], kind: type[Event]) -> Event:
    """The result that a stream ends with."""
    *_, result = events
    assert isinstance(result, kind)
    return result


def _drain(generation: Generator[Delta, None, Event]) -> Event:
    """A stream's return value, its events thrown away."""
    while True:
        try:
            next(generation)
        except StopIteration as end:
            return end.value
