"""What a caller sends → a document that carries the caller's name for it. Nothing is fetched from anywhere,
and no path of this machine appears in what goes back."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..documents import Document
from ..errors import OctavoError, PageError
from ..parsing import printable
from ..service import DocumentService
from ..types import Page
from .config import ApiError

DATA_URL = re.compile(r"data:[\w.+/-]{0,100}(?:;[\w.=+-]{1,100})*?;base64,")
MAX_NAME = 120


def decode_data_url(url: str) -> bytes:
    """The bytes in a ``data:`` URL. Raises ApiError for any other kind of URL: nothing is fetched."""
    match = DATA_URL.match(url[:400])
    if not match:
        raise ApiError(400, "only data: URLs with base64 are accepted; nothing is fetched", "invalid_url")
    try:
        return base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(
            400, "the data: URL holds no valid base64; encode the file again", "invalid_url"
        ) from None


def clean_name(name: str | None) -> str:
    """The last part of a file name, fit to be shown."""
    last = re.split(r"[\\/]", printable(name or ""))[-1].strip()
    return " ".join(last.split())[:MAX_NAME] or "document"


def open_upload(
    service: DocumentService, path: Path, name: str, pages: str | None = None, password: str | None = None
) -> Document:
    """Open the file at ``path``, which is called ``name`` from here on. Raises ApiError."""
    try:
        return rename(service.open(path, pages or None, password or None), name)
    except OctavoError as error:
        raise ApiError(400, str(error).replace(str(path), name), "invalid_document") from None


def rename(document: Document, name: str) -> Document:
    """The same document under another name, also in its pages and errors."""

    def render(number: int) -> Page:
        try:
            return replace(document.page(number), file=name)
        except PageError as error:
            raise PageError(name, number, error.reason.replace(document.file, name)) from None

    return replace(document, file=name, render=render, note=document.note.replace(document.file, name))


def combine(documents: Sequence[Document], name: str = "pages") -> Document:
    """All chosen pages of several documents as one, numbered through."""
    places = [(document, number) for document in documents for number in document.numbers]

    def render(number: int) -> Page:
        document, inner = places[number - 1]
        try:
            return replace(document.page(inner), file=name, number=number)
        except PageError as error:
            raise PageError(name, number, error.reason) from None

    numbers = tuple(range(1, len(places) + 1))
    note = "; ".join(dict.fromkeys(document.note for document in documents if document.note))
    is_complete = all(document.is_complete for document in documents)
    return Document(name, documents[0].kind, len(places), numbers, render, note, is_complete)
