"""An OCR engine and its rules behind the calls that evaluation makes: open, ask, extract, read.

The files are opened by Octavo's own sandbox, so that both sides get the same pages; PDF pages are drawn at
200 dpi here, which suits OCR engines better than the canvas of ``nano``. A page is read once for all
questions about it.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from octavo.app.documents import Document, Documents
from octavo.app.errors import PageError
from octavo.app.prompts import NOT_FOUND
from octavo.app.settings import Settings
from octavo.app.types import Answer, Fields, FieldValue, PageText, Trouble

from . import form, invoice, receipt
from .engines import Engine, EngineError, Word
from .layout import Row, plain, rows
from .tables import TABLE_GAP, as_markdown, split_numbers

A4_200_DPI = 1654 * 2339  # pixels
RECEIPT_NAMES = ("company", "date", "address", "total")
SHORT_NAMES = {"date": "issue date", "seller": "seller name", "total": "grand total"}  # of an invoice
IN_ENGLISH = {"receipt", "form"}  # accents are specks there; contracts and tables quote other languages


@dataclass(frozen=True)
class _Read:
    """One page as the engine read it."""

    words: tuple[Word, ...]
    rows: tuple[Row, ...]


class RulesService:
    """A peer. ``kind`` says what the documents are: receipt, invoice, form, page or table."""

    def __init__(self, engine: Engine, kind: str, settings: Settings | None = None) -> None:
        self.engine, self.kind = engine, kind
        self.documents = Documents(replace(settings or Settings(), page_px=A4_200_DPI))
        self._pages: dict[int, _Read | Trouble] = {}

    def close(self) -> None:
        """End the process that decodes files; the engine stays, it may serve other kinds."""
        self.documents.sandbox.close()

    @property
    def model(self) -> str:
        """Engine, version, and what identifies the rules."""
        return f"{self.engine.version} + rules@{rules_digest()}"

    def open(self, path: Path, pages: list[int] | None = None) -> Document:
        """Open a file; what was read of an earlier one is forgotten."""
        self._pages = {}
        return self.documents.open(path, pages)

    def extract(self, document: Document, names: list[str]) -> Fields:
        """The named fields by the rules of the kind; of forms, each by its label."""
        start = time.perf_counter()
        pages, troubles = self._read_all(document)
        found = self._fields([page.rows for page in pages], names)
        values = {name: FieldValue(found.get(name), 0.0) for name in names}
        return Fields(document.file, values, self.model, time.perf_counter() - start, troubles)

    def ask(self, document: Document, question: str) -> Answer:
        """The value beside the label in the question; on receipts the four fields by their own rules."""
        start = time.perf_counter()
        pages, troubles = self._read_all(document)
        label = form.label_of(question)
        text = self._fields([page.rows for page in pages], [label]).get(label)
        seconds = time.perf_counter() - start
        return Answer(question, text or NOT_FOUND, bool(text), 0.0, (), self.model, seconds, troubles)

    def read(self, document: Document) -> list[PageText]:
        """Every page as text in reading order; of tables as Markdown."""
        texts = []
        for number in document.numbers:
            start = time.perf_counter()
            page = self._page(document, number)
            seconds = time.perf_counter() - start
            if isinstance(page, Trouble):
                texts.append(PageText(document.file, number, "", page.status, page.reason, 0.0, seconds))
            else:
                texts.append(PageText(document.file, number, self._text(page), "ok", "", 0.0, seconds))
        return texts

    def _text(self, page: _Read) -> str:
        if self.kind == "table":
            return as_markdown(page.rows)
        if self.kind == "page":  # running text: the engine's own order knows columns
            return "\n".join(_lines(page.words))
        return "\n".join(row.text for row in page.rows)

    def _fields(self, pages: Sequence[Sequence[Row]], names: Iterable[str]) -> dict[str, str]:
        names = list(names)
        everything = [row for page in pages for row in page]
        if self.kind == "receipt":
            ruled = receipt.fields(everything)
        elif self.kind == "invoice":
            ruled = invoice.fields(pages)
            ruled |= {short: ruled[name] for short, name in SHORT_NAMES.items() if name in ruled}
        else:
            ruled = {}
        known = RECEIPT_NAMES if self.kind == "receipt" else tuple(ruled)
        found = {name: ruled[name] for name in names if name in ruled}
        for name in names:
            if name not in known and (value := form.answer(everything, name)):
                found[name] = value
        return found

    def _read_all(self, document: Document) -> tuple[list[_Read], tuple[Trouble, ...]]:
        pages = [self._page(document, number) for number in document.numbers]
        troubles = tuple(page for page in pages if isinstance(page, Trouble))
        return [page for page in pages if isinstance(page, _Read)], troubles

    def _page(self, document: Document, number: int) -> _Read | Trouble:
        if number not in self._pages:
            try:
                self._pages[number] = self._recognise(document.page(number).image)
            except (PageError, EngineError) as error:
                self._pages[number] = Trouble(document.file, number, "error", str(error))
        return self._pages[number]

    def _recognise(self, image: Image.Image) -> _Read:
        words = self.engine.words(image)
        if self.kind in IN_ENGLISH:
            words = plain(words)
        if self.kind == "table":
            gap = 0.0 if self.engine.parts_cells else TABLE_GAP
            return _Read(tuple(words), tuple(rows(split_numbers(words), gap)))
        return _Read(tuple(words), tuple(rows(words)))


def _lines(words: Sequence[Word]) -> list[str]:
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return [" ".join(texts) for texts in lines.values()]


def rules_digest() -> str:
    """Changes whenever a rule does: eight digits over the sources in this folder."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(re.sub(rb"\s+", b" ", path.read_bytes()))
    return digest.hexdigest()
