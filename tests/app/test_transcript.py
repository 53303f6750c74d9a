"""A page of which much is unread is read again, and the transcript that leaves less unread stays."""

import time

import pytest
from PIL import Image

from octavo.app.backend import FakeBackend, Piece, Reply
from octavo.app.transcript import COMPLETED, MUCH_UNREAD, READ_AGAIN, make_whole
from octavo.vision.coverage import Region

PAGE = Image.new("RGB", (400, 600), "white")
LONG, SHORT = "x" * MUCH_UNREAD, "a line of print that is left"


class Map(FakeBackend):
    """A glyph map that finds pieces unread unless a transcript has them."""

    looks_twice = True

    def __init__(self, *pieces: str) -> None:
        super().__init__()
        self.pieces = pieces

    def unread(self, page, text):
        missing = [p for p in self.pieces if p not in text]
        return text, tuple(Region((0.1, 0.1, 0.9, 0.5), len(text), (p,)) for p in missing)


def whole(backend: FakeBackend, text: str, replies: list[str], *, twice: bool = True, late: bool = False):
    """The result, and the sizes of what was read: the page in its frame, or pictures of regions."""
    sizes: list[tuple[int, int]] = []

    def read(image: Image.Image) -> Reply:
        sizes.append(image.size)
        return Reply((Piece(replies.pop(0)), Piece("", stop="eos")))

    deadline = time.monotonic() + (-1 if late else 60)
    return make_whole(backend, PAGE, PAGE, text, read, deadline, twice=twice), sizes


def test_what_a_picture_of_the_region_says_is_put_in() -> None:
    found, sizes = whole(Map(SHORT), "first", [SHORT])
    assert (found.text, found.note, found.unread) == (f"first\n\n{SHORT}", COMPLETED, 0)
    assert sizes == [(320, 240)]


def test_much_that_stays_unread_is_worth_a_second_reading() -> None:
    found, sizes = whole(Map(LONG), "first", ["nothing", f"second {LONG}"])
    assert (found.text, found.note, found.unread) == (f"second {LONG}", READ_AGAIN, 0)
    assert sizes[1] == (424, 636)  # the page in its frame


def test_the_first_stays_where_the_second_leaves_as_much() -> None:
    found, sizes = whole(Map(LONG), "first", ["nothing", "second", "nothing"])
    assert (found.text, found.unread) == ("first", MUCH_UNREAD) and len(sizes) == 3


@pytest.mark.parametrize("why", ["little", "unwanted", "late"])
def test_when_there_is_no_second_reading(why: str) -> None:
    pieces = SHORT if why == "little" else LONG
    found, sizes = whole(Map(pieces), "first", ["nothing"], twice=why != "unwanted", late=why == "late")
    assert found.text == "first" and len(sizes) == (why != "late")
