"""A page's transcript made whole: what the decoder skipped is read on its own, what it wrote behind the end
of the print is dropped, and a page whose transcript is far from its print is read again, in a frame.

The glyph map is the judge: it names the characters of every patch without the decoder. Of the transcripts,
with and without what was read on its own, the one nearest to the print stays.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from .backend import Backend, Reply
from .outcomes import TAIL_DROPPED
from .parsing import printable
from .second_look import framed
from .types import Status

if TYPE_CHECKING:
    from ..vision.coverage import Region

COMPLETED = (
    "parts that the model had skipped were read on their own, parts that it had read twice were dropped"
)
READ_AGAIN = "much of the page was left out or misread at first; it was read a second time"
MIN_CROP_PX = 16
MAX_REGIONS = 6  # of a page that are read on their own: a page that is all noise has to end
MUCH_UNREAD = 100  # characters of print; with fewer a second reading is not worth its time
FAR = 0.25  # departure from the print, likewise
IN_ROWS = 0.5  # departure up to which a page can be taken for one that is read row by row

Read = Callable[[Image.Image], Reply]


@dataclass(frozen=True)
class Transcript:
    """``note``: how it was changed, "" if not; ``unread``: characters of print that it does not have;
    ``departure``: edits from the print, row by row, as a share of it; ``is_filled``: not much is missing
    now, wherever the reader was cut off, for what was missing at first was read afterwards or nothing but
    what is printed nowhere stood behind it.
    """

    text: str
    note: str
    unread: int
    departure: float
    is_filled: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether lines behind the end of the print were dropped."""
        return TAIL_DROPPED in self.note

    def mends(self, status: Status) -> bool:
        """Whether a page that was read with this status at first is now as good as read."""
        if not self.note:
            return False
        return status == "ok" or self.is_filled or (status == "loop" and self.unread < MUCH_UNREAD)

    def outcome(self, status: Status, reason: str) -> tuple[Status, str]:
        """What became of a page that was read with this outcome at first: all that was dropped is told."""
        if self.mends(status):
            return "ok", _told(reason if status == "ok" else "", self.note)
        return status, _told(reason, TAIL_DROPPED if self.is_cut else "")


def make_whole(
    backend: Backend, image: Image.Image, opened: Any, text: str, read: Read, deadline: float, *, twice: bool
) -> Transcript:
    """``text``: what was read on the ``opened`` page at first; ``read`` reads a picture, until ``deadline``
    (monotonic seconds)."""

    def judged(written: str, view: Image.Image, seen: Any, note: str) -> list[Transcript]:
        """What was read on a picture of the page, completed and as it is; judged on the print of the page as
        it is, whichever picture was read."""
        kept = backend.without_tail(opened, written)
        whole = complete(backend, view, seen, kept, read, deadline)
        found = []
        for other in dict.fromkeys([whole, kept]):
            ended = other if other == kept else backend.without_tail(opened, other)
            done = note or (COMPLETED if other != kept else "")
            dropped = TAIL_DROPPED if kept != written or ended != other else ""
            size, departure = _size(backend.unread(opened, ended)[1]), backend.departure(opened, ended)
            found.append(Transcript(ended, _told(done, dropped), size, departure))
        return found

    found = judged(text, image, opened, "")
    # Columns side by side are in other rows of the print than of the transcript: there nothing but what is
    # unread can be counted.
    in_rows = min(one.departure for one in found) <= IN_ROWS

    def distance(one: Transcript) -> tuple[float, int]:
        return one.departure if in_rows else 0.0, one.unread

    def settled(one: Transcript) -> Transcript:
        limit = MUCH_UNREAD if one.is_cut else min(at_first.unread, MUCH_UNREAD)
        return replace(one, is_filled=one.unread < limit)

    at_first, best = found[-1], min(found, key=distance)
    is_far = in_rows and best.departure >= FAR
    if not twice or not (is_far or best.unread >= MUCH_UNREAD) or time.monotonic() > deadline:
        return settled(best)
    wide = framed(image)
    again = printable(read(wide).text).strip()
    return settled(min([best, *judged(again, wide, backend.open_page(wide), READ_AGAIN)], key=distance))


def complete(
    backend: Backend, image: Image.Image, opened: Any, text: str, read: Read, deadline: float
) -> str:
    """The transcript with what it lacks read as pictures of their own, and without what it has twice."""
    once, regions = backend.unread(opened, text)
    changed = once != text
    largest = sorted(regions, key=lambda region: -len(region.pieces))[:MAX_REGIONS]
    # From the end of the text and of the page: so the places stay valid, and two in one place in order.
    for region in sorted(reversed([r for r in regions if r in largest]), key=lambda region: -region.after):
        x0, y0, x1, y1 = (round(edge * side) for edge, side in zip(region.box, image.size * 2, strict=True))
        if min(x1 - x0, y1 - y0) < MIN_CROP_PX:
            continue
        if time.monotonic() > deadline:
            break
        reply = read(image.crop((x0, y0, x1, y1)))
        found = region.lines_of(printable(reply.text).strip())
        if reply.stop == "eos" and region.is_in(found):
            once = join_parts(once[: region.after], found, once[region.after :])
            changed = True
    return backend.unread(opened, once)[0] if changed else text  # a part may have been read in a loop


def join_parts(*parts: str) -> str:
    """Pieces of Markdown with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _told(*parts: str) -> str:
    """What was done to a page, in one line."""
    return "; ".join(part for part in parts if part)


def _size(regions: Sequence["Region"]) -> int:
    return sum(len(piece) for region in regions for piece in region.pieces)
