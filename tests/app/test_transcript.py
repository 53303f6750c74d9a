"""A page of which much is unread is read again, and the transcript that leaves less unread stays."""

import time
from dataclasses import replace

import pytest
from PIL import Image

from octavo.app.backend import FakeBackend, Piece, Reply
from octavo.app.outcomes import TAIL_DROPPED
from octavo.app.transcript import COMPLETED, FAR, IN_ROWS, MUCH_UNREAD, READ_AGAIN, Transcript, make_whole
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


class Distances(Map):
    """Knows how far each text is from the print."""

    def __init__(self, departures: dict[str, float], *pieces: str) -> None:
        super().__init__(*pieces)
        self.departures = departures

    def departure(self, page, text):
        return self.departures[text]


class Tails(Map):
    """A glyph map that knows a line to be printed nowhere."""

    def without_tail(self, page, text):
        return text.removesuffix("\nmade up")


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


def test_a_page_far_from_its_print_is_read_again_and_the_nearest_stays() -> None:
    near, far = {"first": FAR, "second": FAR / 2}, {"first": FAR, "second": FAR * 2}
    found, sizes = whole(Distances(near), "first", ["second"])
    assert (found.text, found.note) == ("second", READ_AGAIN) and sizes == [(424, 636)]
    found, sizes = whole(Distances(far), "first", ["second"])
    assert (found.text, found.note) == ("first", "") and len(sizes) == 1


@pytest.mark.parametrize(
    ("pieces", "text", "replies", "filled"),
    [
        ((SHORT,), "first", [SHORT], True),  # read on its own
        ((SHORT,), "first", ["nothing"], False),  # little was missing, and still is
        ((), "first", [], False),  # nothing was missing: no part was read
        ((SHORT, LONG), "first", ["nothing", SHORT, "again", "nothing", "nothing"], False),  # much still is
        ((LONG,), "first", ["nothing", f"second {LONG}"], True),  # by the second reading
        ((SHORT, LONG), "first", [LONG, "nothing"], True),  # little is left
    ],
)
def test_a_transcript_is_filled_where_what_was_missing_has_been_read(pieces, text, replies, filled) -> None:
    found, _ = whole(Map(*pieces), text, replies)
    assert found.is_filled is filled and not replies


@pytest.mark.parametrize(
    ("note", "unread", "filled", "mended"),
    [
        ("", 0, True, {"ok": False, "loop": False, "truncated": False}),  # nothing was changed
        (COMPLETED, 10, False, {"ok": True, "loop": True, "truncated": False}),
        (COMPLETED, 10, True, {"ok": True, "loop": True, "truncated": True}),
        (COMPLETED, 500, False, {"ok": True, "loop": False, "truncated": False}),  # much is missing still
    ],
)
def test_which_pages_are_mended(note, unread, filled, mended) -> None:
    found = Transcript("text", note, unread, 0.1, filled)
    assert {status: found.mends(status) for status in mended} == mended


def test_what_was_put_in_is_left_out_where_it_leads_away_from_the_print() -> None:
    mended = f"first\n\n{SHORT}"
    found, _ = whole(Distances({"first": 0.1, mended: 0.2}, SHORT), "first", [SHORT])
    assert (found.text, found.note) == ("first", "")
    found, _ = whole(Distances({"first": 0.2, mended: 0.1}, SHORT), "first", [SHORT])
    assert (found.text, found.note) == (mended, COMPLETED)


def test_columns_side_by_side_are_judged_by_what_is_unread_alone() -> None:
    mended = f"first\n\n{SHORT}"
    apart = {"first": IN_ROWS + 0.1, mended: IN_ROWS + 0.2}
    found, sizes = whole(Distances(apart, SHORT), "first", [SHORT])
    assert (found.text, found.note) == (mended, COMPLETED) and len(sizes) == 1


def test_a_tail_that_is_printed_nowhere_goes_and_is_told_of() -> None:
    found, _ = whole(Tails(), "first\nmade up", [])
    assert (found.text, found.note) == ("first", TAIL_DROPPED)
    found, _ = whole(Tails(), "first", [])
    assert (found.text, found.note) == ("first", "")


def test_a_tail_is_known_once_what_was_skipped_has_been_read() -> None:
    class Late(Tails):
        def without_tail(self, page, text):
            return super().without_tail(page, text) if SHORT in text else text

        def unread(self, page, text):
            return text, tuple(replace(region, after=0) for region in super().unread(page, text)[1])

    found, _ = whole(Late(SHORT), "first\nmade up", [SHORT])
    assert (found.text, found.note) == (f"{SHORT}\n\nfirst", f"{COMPLETED}; {TAIL_DROPPED}")


def test_the_tail_of_a_second_reading_goes_too() -> None:
    found, _ = whole(Tails(LONG), "first\nmade up", ["nothing", f"second {LONG}\nmade up"])
    assert (found.text, found.note) == (f"second {LONG}", f"{READ_AGAIN}; {TAIL_DROPPED}")


@pytest.mark.parametrize(
    ("note", "first", "then"),
    [
        ("", ("ok", ""), ("ok", "")),
        ("", ("loop", "it looped"), ("loop", "it looped")),
        (COMPLETED, ("loop", "it looped"), ("ok", COMPLETED)),
        (TAIL_DROPPED, ("ok", "said twice"), ("ok", f"said twice; {TAIL_DROPPED}")),
        (TAIL_DROPPED, ("truncated", "too long"), ("truncated", f"too long; {TAIL_DROPPED}")),
    ],
)
def test_all_that_was_dropped_is_told(note, first, then) -> None:
    assert Transcript("text", note, 10, 0.1).outcome(*first) == then


def test_a_page_cut_off_behind_its_print_is_whole() -> None:
    found, _ = whole(Tails(SHORT), f"first {SHORT}\nmade up", [])
    assert found.outcome("truncated", "too long") == ("ok", TAIL_DROPPED)
    found, _ = whole(Tails(LONG), "first\nmade up", ["nothing"], twice=False)  # much is missing all the same
    assert found.outcome("truncated", "too long") == ("truncated", f"too long; {TAIL_DROPPED}")
