"""Pages that lie on their side, stand on their head or are askew are turned before they are read.

The encoder tells the letters of a page nearly always, and those of a turned page hardly ever: the median
probability of its glyph map is 0.95 to 1.0 where print stands upright, 0.65 to 0.9 on its head, below 0.5 on
its side. So a page with a low one is looked at the other ways round, and read as it is told best. One that is
askew is put level (``frame``), unless its letters are told worse then. Boxes are those of the page as its
file has it.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from ..vision.latest import Latest
from .backend import page_key
from .frame import Frame, level
from .pages_match import TOLD, PrintedRows
from .types import Page

FINE = 0.95  # median probability of the letters from which on nobody need look again
ENOUGH = 60  # letters; with fewer the median says little
SHARE = 1 / 3  # of the doubt that may be left for a page to be turned
WORSE = 0.02  # that the letters may be told worse on a page that is put level
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
        self._known: OrderedDict[bytes, tuple[int, Frame | None]] = OrderedDict()
        self._made: Latest[Image.Image] = Latest(4)  # a further question is about the same picture

    def of(self, page: Page) -> Page:
        """The page as it can be read; itself where that is how it lies, or where nobody can tell."""
        if page.turn or page.frame or page.is_blank:
            return page
        key = page_key(page.image)
        if key not in self._known:
            self._see(page.image, key)
        self._known.move_to_end(key)
        turn, frame = self._known[key]
        if not turn and frame is None:
            return page

        def make() -> Image.Image:
            image = turned(page.image, turn)
            return frame.picture(image) if frame else image

        return replace(page, image=self._made.of(page.image, make), turn=turn, frame=frame)

    def rows(self, page: Page) -> PrintedRows | None:
        """What is printed on the page as it can be read; None where nobody can tell."""
        key = page_key(page.image)
        if page.turn or page.frame or key in self._known:
            return self._look(self.of(page).image)
        return self._see(page.image, key)

    def _see(self, image: Image.Image, key: bytes) -> PrintedRows | None:
        """Looks at a page for the first time and remembers how it has to be turned; what is on it then."""
        best, found = 0, self._look(image)
        if found is not None and found.size >= ENOUGH and found.sure < FINE:
            least = (1 - found.sure) * SHARE
            for turn in (*SIDES, HEAD) if found.sure < TOLD else (HEAD,):
                other = self._look(turned(image, turn))
                if other is not None and other.size >= ENOUGH and 1 - other.sure < least:
                    best, found, least = turn, other, 1 - other.sure
        frame = None
        if found is not None and found.size >= ENOUGH:
            frame, found = self._level(turned(image, best), found)
        self._known[key] = best, frame
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found

    def _level(self, image: Image.Image, found: PrintedRows) -> tuple[Frame | None, PrintedRows]:
        """How a page is put level and what is on it then; None, and what was found, where it is to stay."""
        frame = level(image)
        other = self._look(frame.picture(image)) if frame else None
        if other is None or other.size < ENOUGH or other.sure < found.sure - WORSE:
            return None, found
        return frame, other


def turned(image: Image.Image, turn: int) -> Image.Image:
    """The picture, turned counterclockwise by ``turn`` degrees."""
    return image.transpose(_TURNS[turn]) if turn else image
