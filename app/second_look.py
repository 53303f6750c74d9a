"""More looks at a page whose answers are unsure, in a frame that moves every letter on the patches.

A small reader misreads a letter where it lies badly on the encoder's grid. Seen again with a frame around it,
the same page gives the same answers where the reader is sure and others where it guesses; of the two the one
that is surer is right more often (docs/results.md has the figures). Numbers that are not among the letters
of the glyph map are as doubtful, however sure the reader is. Of fields only values that the page has are
looked at again, once: what is absent stays absent. Of a slip the second look is at the band in which they
are printed, a third of it on average; on a page, what a value is may show far from it. A photo without print
is looked at mirrored too, and its looks vote.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps

from .backend import Reply
from .frame import paper_colour
from .pages_match import PrintedRows
from .parsing import ParsedFields, is_not_found
from .plausible import fits, is_amount
from .printed import unprinted
from .tidy import tidy
from .types import Box

FRAME = 0.03  # of the page's width and height, on every side, when a question is asked again
FIELD_FRAME = 0.011  # the same when fields are
UNSURE = 0.7  # probability of the least sure token of a value; those below it are read at the second look
WORTH_IT = 0.5  # some value has to be below this for a second look: its cost is in the page, not the values
DOUBTFUL = 0.9  # mean probability of the tokens of an answer to a question, likewise
BESIDE = 0.05  # of the page's height that a band has above and below what it is for
HEAD = 0.15  # of the height: a band that begins higher begins at the top, where names and addresses do
MOST = 0.7  # of the height; a band that is taller spares too little to do without the rest
SLIP = 0.65  # width by height; an A4 page has 0.71
PRINT = 60  # characters from which on a picture is taken for a page, which nobody can read in a mirror

Look = Callable[[Image.Image, Sequence[str]], tuple[Reply, ParsedFields]]
Place = Callable[[str, str], Box | None]  # where a value is printed, and what it is the value of


@dataclass(frozen=True)
class Found:
    """A value as it was read; ``probability``: mean of its tokens; ``least``: of the least sure one."""

    value: str
    probability: float
    least: float


def find_values(
    look: Look,
    place: Place,
    image: Image.Image,
    keys: Sequence[str],
    print_: Sequence[str] = (),
    *,
    twice: bool,
) -> tuple[dict[str, Found], ParsedFields]:
    """What ``look`` reads on a page under ``keys``, unsure ones twice; and what the first reply held.

    ``place``: where the page has a value; ``print_``: the rows of its glyph map, none where there is no such
    map.
    """
    reply, parsed = look(image, keys)
    found = _values(reply, parsed)
    doubted = {key for key, one in found.items() if not _fits(key, one) or unprinted(key, one.value, print_)}
    if twice and (doubted or any(one.least < WORTH_IT for one in found.values())):
        unsure = [key for key, one in found.items() if one.least < UNSURE or key in doubted]
        view = image
        # Which of a slip's sums is the total shows beside the others.
        if image.width < SLIP * image.height and not any(map(is_amount, unsure)):
            view = band(image, [place(found[key].value, key) for key in unsure])
        again = _values(*look(framed(view, FIELD_FRAME), unsure))
        for key in unsure:
            said = print_ if found[key].least < UNSURE else ()  # who is sure only yields to who is surer
            if key in again and _rank(key, again[key], said) > _rank(key, found[key], said):
                found[key] = again[key]
    return found, parsed


def _rank(name: str, found: Found, print_: Sequence[str]) -> tuple[bool, int, float]:
    """What can be a value of its name goes before what cannot (``plausible.fits``), what is printed before
    what the glyph map does not have (``printed.unprinted``), then the surer one."""
    return _fits(name, found), -unprinted(name, found.value, print_), found.probability


def _fits(name: str, found: Found) -> bool:
    """``plausible.fits`` of what will be given: a number or an address behind a firm's name is cut off."""
    return fits(name, tidy(name, found.value))


def is_photo(rows: PrintedRows | None) -> bool:
    """Whether a picture is one of things, by how little is printed on it; not where nobody knows."""
    return rows is not None and rows.size < PRINT


def further_views(image: Image.Image, rows: PrintedRows | None) -> tuple[Image.Image, ...]:
    """What a doubtful answer is asked again about."""
    return (ImageOps.mirror(image), framed(image)) if is_photo(rows) else (framed(image),)


def is_doubtful(reply: Reply, question: str, print_: Sequence[str]) -> bool:
    """Whether an answer is worth another look: for its confidence, or a number that is not in ``print_``."""
    return reply.confidence() < DOUBTFUL or unprinted(question, reply.text, print_) > 0


def settle(replies: Sequence[Reply], question: str = "", print_: Sequence[str] = ()) -> int:
    """Which of several replies to one question stays: the surest of those that say what most confidence
    stands behind; of two that differ the surer, of equals the first. An answer whose numbers are printed
    goes before one that has others (``printed.unprinted``); a refusal, which has none, before neither.
    """
    if replies[0].confidence() >= DOUBTFUL:  # who is sure only yields to who is surer
        print_ = ()
    missing = [unprinted(question, reply.text, print_) for reply in replies]
    missing = [
        max(missing) if is_not_found(reply.text) else number
        for reply, number in zip(replies, missing, strict=True)
    ]
    said = [(reply.text.strip().casefold(), reply.confidence()) for reply in replies]
    votes: dict[str, float] = {}
    for text, confidence in said:
        votes[text] = votes.get(text, 0.0) + confidence
    return max(range(len(said)), key=lambda n: (-missing[n], votes[said[n][0]], said[n][1]))


def band(image: Image.Image, boxes: Sequence[Box | None]) -> Image.Image:
    """The part of a slip, as wide as it is, that has the boxes; all of it where one is None or much of it is
    needed."""
    known = [box for box in boxes if box is not None]
    if not boxes or len(known) < len(boxes):
        return image
    top, bottom = min(box[1] for box in known) - BESIDE, max(box[3] for box in known) + BESIDE
    top, bottom = 0.0 if top < HEAD else top, min(bottom, 1.0)
    if bottom - top > MOST:
        return image
    first = round(top * image.height)
    return image.crop((0, first, image.width, max(first + 1, round(bottom * image.height))))


def framed(image: Image.Image, frame: float = FRAME) -> Image.Image:
    """The page with a margin in the colour of its paper."""
    colours = image.convert("RGB")
    width, height = (max(1, round(frame * side)) for side in image.size)
    return ImageOps.expand(colours, (width, height, width, height), fill=paper_colour(colours))


def _values(reply: Reply, parsed: ParsedFields) -> dict[str, Found]:
    return {
        key: Found(item.value, reply.confidence(item.start, item.end), reply.least(item.start, item.end))
        for key, item in parsed.values.items()
        if item.value is not None and not is_not_found(item.value)
    }
