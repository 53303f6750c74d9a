"""Encoded pages that the next question finds again, within a bound of memory.

A page passes the encoder once. What it saw (its visual tokens, the glyph map) is all that choosing pages
needs; the decoder reads the tokens only of a page that is asked, and the cache then holds what it made of
them.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..language.vlm import PagePrefix, SeenPage

    Encoded = PagePrefix | SeenPage


class EncodedPages:
    """The pages used last: at most ``max_pages``, of ``max_bytes`` in all, but always the last one."""

    def __init__(self, max_pages: int, max_bytes: int) -> None:
        self.max_pages, self.max_bytes = max_pages, max_bytes
        self._pages: OrderedDict[bytes, Encoded] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pages)

    def values(self) -> "list[Encoded]":
        """What is kept, the longest unused first."""
        return list(self._pages.values())

    @property
    def nbytes(self) -> int:
        """What the pages occupy."""
        return sum(page.nbytes for page in self._pages.values())

    def get(self, key: bytes) -> "Encoded | None":
        """What is kept of a page, seen or read; None where nothing is."""
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: bytes, page: "Encoded") -> None:
        """Keep a page in place of what was kept of it, and let the longest unused ones go."""
        self._pages[key] = page
        self._pages.move_to_end(key)
        while len(self._pages) > 1 and (len(self._pages) > self.max_pages or self.nbytes > self.max_bytes):
            self._pages.popitem(last=False)
