"""A page's transcript made whole: what the decoder skipped is read on its own, and a page of which much is
still unread is read a second time, in a frame.

The glyph map is the judge: it names the characters of every patch without the decoder. Of two transcripts the
one that leaves less of the print unread stays.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from .backend import Backend, Reply
from .parsing import printable
from .second_look import framed

if TYPE_CHECKING:
    from ..vision.coverage import Region

COMPLETED = (
    "parts that the model had skipped were read on their own, parts that it had read twice were dropped"
)
READ_AGAIN = "much of the page was left out at first; it was read a second time"
MIN_CROP_PX = 16
MAX_REGIONS = 6  # of a page that are read on their own: a page that is all noise has to end
MUCH_UNREAD = 100  # characters of print; with fewer a second reading is not worth its time

Read = Callable[[Image.Image], Reply]


@dataclass(frozen=True)
class Transcript:
    """``note``: how it was changed, "" if not; ``unread``: characters of print that it does not have."""

    text: str
    note: str
    unread: int


def make_whole(
    backend: Backend, image: Image.Image, opened: Any, text: str, read: Read, deadline: float, *, twice: bool
) -> Transcript:
    """``text``: what was read on the ``opened`` page at first; ``read`` reads a picture, until ``deadline``
    (monotonic seconds)."""
    first = complete(backend, image, opened, text, read, deadline)
    if not twice or first.unread < MUCH_UNREAD or time.monotonic() > deadline:
        return first
    wide = framed(image)
    reply = read(wide)
    again = complete(backend, wide, backend.open_page(wide), printable(reply.text).strip(), read, deadline)
    left = _size(backend.unread(opened, again.text)[1])  # judged on the same print as the first
    return Transcript(again.text, READ_AGAIN, left) if left < first.unread else first


def complete(
    backend: Backend, image: Image.Image, opened: Any, text: str, read: Read, deadline: float
) -> Transcript:
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
    if not changed:
        return Transcript(text, "", _size(regions))
    once, left = backend.unread(opened, once)  # a part may have been read in a loop
    return Transcript(once, COMPLETED, _size(left))


def join_parts(*parts: str) -> str:
    """Pieces of Markdown with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _size(regions: Sequence["Region"]) -> int:
    return sum(len(piece) for region in regions for piece in region.pieces)
