"""Files → lazy pages of pixels. Whatever is wrong with a file is found here and said in one line.

The checks that need no decoder (missing, empty, not a document) run in this process and are immediate;
everything that parses the file runs in the sandbox.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .errors import DocumentError, PageError, UsageError
from .sandbox import Sandbox, SandboxError
from .settings import Settings
from .types import Page

Kind = Literal["pdf", "image"]
SUPPORTED = "PDF, PNG, JPEG, WebP or TIFF"
MAGIC = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
    b"GIF8",
    b"BM",
    b"\x00\x00\x00\x0cjP  ",
    b"\xff\x4f\xff\x51",
    b"8BPS",
)
RANGE = re.compile(r"(\d{1,9})(?:-(\d{0,9}))?")


@dataclass(frozen=True)
class Document:
    """An opened file; ``numbers`` are the chosen pages, from 1. Pixels are made when a page is asked for.

    ``note``: what is unusual with the file, one sentence, empty for most; ``is_complete``: False when pages
    may be lacking because the file is cut off; ``stamp``: equal only for the same bytes rendered in the same
    way, what is known of the pages may be kept under it; empty where that is not known.
    """

    file: str
    kind: Kind
    page_count: int
    numbers: tuple[int, ...]
    render: Callable[[int], Page] = field(repr=False, compare=False)
    note: str = ""
    is_complete: bool = True
    stamp: str = ""

    def page(self, number: int) -> Page:
        """Page ``number`` as pixels. Raises PageError."""
        if not 1 <= number <= self.page_count:
            raise PageError(self.file, number, f"not in the document, which has {self.page_count}")
        return self.render(number)


class Documents:
    """Opens files under the limits of ``settings``; owns the sandbox."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sandbox = Sandbox(settings)

    def open(
        self, path: str | Path, pages: str | Sequence[int] | None = None, password: str | None = None
    ) -> Document:
        """Open a file; ``pages`` like "1,3-5" or "2-". Raises DocumentError, UsageError."""
        file, chosen = str(path), parse_ranges(pages) if isinstance(pages, str) else pages
        kind = sniff(file, self.settings.max_file_mb)
        try:
            opened = self.sandbox.open(file, kind, password)
        except SandboxError as error:
            raise DocumentError.about(file, error.problem, error.remedy) from None
        count = opened.page_count
        numbers = select_pages(file, chosen, count, self.settings.max_pages)

        def render(number: int) -> Page:
            try:
                return Page(file, number, self.sandbox.render(file, kind, password, number))
            except SandboxError as error:
                raise PageError(file, number, str(error)) from None

        stamp = _stamp(file, self.settings.page_px)
        return Document(file, kind, count, numbers, render, opened.note, opened.is_complete, stamp)


def _stamp(file: str, page_px: int) -> str:
    """What changes when a file is written anew or replaced."""
    try:
        status = os.stat(file)
    except OSError:  # it is gone again; its pages will say so
        return ""
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{page_px}"


def sniff(file: str, max_file_mb: int) -> Kind:
    """What a file holds, judged by its first bytes and not by its name. Raises DocumentError."""
    path = Path(file)
    try:
        if path.is_dir():
            raise DocumentError.about(file, "is a folder", "name the files in it")
        if not path.exists():
            raise DocumentError.about(file, "there is no such file", "check the path")
        if not path.is_file():
            raise DocumentError.about(file, "is not a regular file", f"give a {SUPPORTED} file")
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(1024)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError.about(file, f"cannot be read ({reason})", "check its permissions") from None
    if not head:
        raise DocumentError.about(file, "the file is empty", "copy or download it again")
    if size > max_file_mb << 20:
        problem = f"has {size >> 20} MB, the limit is {max_file_mb} MB"
        raise DocumentError.about(file, problem, "raise OCTAVO_MAX_FILE_MB")
    return _kind(file, head)


def _kind(file: str, head: bytes) -> Kind:
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    is_text = not any(byte < 9 or 13 < byte < 27 for byte in head)
    is_named_pdf = file.lower().endswith(".pdf")
    if is_named_pdf and not is_text:
        return "pdf"  # damaged at its start: MuPDF may still find the objects
    problem = "is not a PDF, whatever its name says" if is_named_pdf else "is neither a PDF nor a known image"
    detail = " (it holds text)" if is_text else ""
    raise DocumentError.about(file, problem + detail, f"give a {SUPPORTED} file")


def parse_ranges(text: str) -> list[tuple[int, int | None]]:
    """``"1,3-5,8-"`` → ``[(1, 1), (3, 5), (8, None)]``. Raises UsageError."""
    ranges: list[tuple[int, int | None]] = []
    for part in text.replace(" ", "").split(","):
        match = RANGE.fullmatch(part)
        if not match:
            raise UsageError(f"page range {text!r}: cannot be understood; write it like 1,3-5 or 2-")
        first = int(match[1])
        last = first if match[2] is None else int(match[2]) if match[2] else None
        if first < 1 or (last is not None and last < first):
            raise UsageError(f"page range {text!r}: {part} is empty; pages count from 1, the lower one first")
        ranges.append((first, last))
    return ranges


def select_pages(
    file: str, chosen: Sequence[int | tuple[int, int | None]] | None, count: int, max_pages: int
) -> tuple[int, ...]:
    """The pages to use, in the order asked, each once. Raises DocumentError for one outside or too many."""
    numbers: dict[int, None] = {}
    for item in [(1, None)] if chosen is None else chosen:
        first, last = item if isinstance(item, tuple) else (item, item)
        if first < 1 or max(first, last or 0) > count:
            problem = f"page {max(first, last or 0)} was asked for, but it has {count}"
            raise DocumentError.about(file, problem, f"choose from 1-{count}")
        numbers.update(dict.fromkeys(range(first, (last or count) + 1)))
        if len(numbers) > max_pages:
            raise DocumentError.about(
                file,
                f"more than {max_pages} pages at once",
                f"choose with --pages 1-{max_pages} or raise OCTAVO_MAX_PAGES",
            )
    if not numbers:
        raise UsageError("page range: no page was chosen; leave it out for all pages")
    return tuple(numbers)
