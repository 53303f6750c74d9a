"""Pages that lie on their side or stand on their head are turned before they are read.

The encoder tells the letters of a page nearly always, and those of a turned page hardly ever: the median
probability of its glyph map is 0.95 to 1.0 where print stands upright, 0.65 to 0.9 on its head, below 0.5 on
its side. So a page with a low one is looked at the other ways round, and read as it is told best. Boxes are
those of the page as its file has it.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from .backend import page_key
from .pages_match import TOLD, PrintedRows
from .types import Page

FINE = 0.95  # median probability of the letters from which on nobody need look again
ENOUGH = 60  # letters; with fewer the median says little
SHARE = 1 / 3  # of the doubt that may be left for a page to be turned
KEPT = 4096  # pages whose turn is remembered
SIDES, HEAD = (90, 270), 180
_TURNS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}

Look = Callable[[Image.Image], PrintedRows | None]


class Upright:
    """Turns pages by what ``look`` sees on them, and remembers how each was turned."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: OrderedDict[bytes, int] = OrderedDict()

    def of(self, page: Page) -> Page:
        """The page as it can be read; itself where that is how it lies, or where nobody can tell."""
        if page.turn or page.is_blank:
            return page
        key = page_key(page.image)
        if key not in self._known:
            self._known[key] = self._turn(page.image)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        turn = self._known[key]
        return replace(page, image=turned(page.image, turn), turn=turn) if turn else page

    def _turn(self, image: Image.Image) -> int:
        rows = self._look(image)
        if rows is None or rows.size < ENOUGH or rows.sure >= FINE:
            return 0
        best, least = 0, (1 - rows.sure) * SHARE
        for turn in (*SIDES, HEAD) if rows.sure < TOLD else (HEAD,):
            other = self._look(turned(image, turn))
            if other is not None and other.size >= ENOUGH and 1 - other.sure < least:
                best, least = turn, 1 - other.sure
        return best


def turned(image: Image.Image, turn: int) -> Image.Image:
    """The picture, turned counterclockwise by ``turn`` degrees."""
    return image.transpose(_TURNS[turn]) if turn else image
