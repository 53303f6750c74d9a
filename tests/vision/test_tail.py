"""What a reader made up behind the last line of a page goes, and nothing that is printed."""

import numpy as np
import pytest

from octavo.vision.glyphs import BLANK, SLOTS, UNKNOWN, GlyphMap, glyph_id
from octavo.vision.tail import without_tail

PATCHES = 12  # from one column of cells to the next
ROWS = [
    ["Age", "Number", "Rate", "Interval"],
    ["45–54", "1,564", "56.0", "53.2–58.8"],
    ["55–64", "2,636", "147.8", "142.1–153.4"],
    ["65–74", "3,859", "367.2", "355.6–378.8"],
    ["75–84", "6,114", "940.8", "917.3–964.4"],
]
TABLE = [["|---|---|---|---|"] if row is None else row for row in [ROWS[0], None, *ROWS[1:]]]


def printed(rows, first=4, apart=2, step=PATCHES):
    """Glyphs two to a patch, a row of cells every ``apart`` rows of patches."""
    ids = np.full((first + apart * len(rows) + 4, step * 5, SLOTS), BLANK, np.int16)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            for place, char in enumerate(cell.replace(" ", "")):
                ids[first + apart * number, step * column + place // 2, place % 2] = glyph_id(char)
    return GlyphMap(ids, np.ones(ids.shape, np.float32), 16)


def markdown(*rows):
    return "\n".join(row[0] if row[0].startswith("|") else f"| {' | '.join(row)} |" for row in rows)


PAGE = printed(ROWS)
WHOLE = markdown(*TABLE)
AGAIN = ["65–64", "3,859", "367.2", "355.6–153.4"]  # out of print that rows before have claimed
NOWHERE = ["85–90", "7,020", "881.1", "800.2–902.7"]
DASHES = ["≥50", "–", "–", "–"]


@pytest.mark.parametrize(
    "tail",
    [
        [AGAIN],
        [NOWHERE],
        [AGAIN, NOWHERE, AGAIN],
        [AGAIN, DASHES, ["–", "–", "–", "–"]],
        [["", "", "", ""], NOWHERE, ["", "", "", ""]],
        [["Source: a paper that nobody has ever printed here"]],
    ],
)
def test_a_tail_that_was_made_up_goes(tail):
    assert without_tail(PAGE, f"{WHOLE}\n{markdown(*tail)}") == WHOLE


@pytest.mark.parametrize(
    "said", [WHOLE, WHOLE.upper(), f"Deaths\n\n{WHOLE}", markdown(*ROWS[:2]), ROWS[0][3], ""]
)
def test_a_printed_tail_stays(said):
    assert without_tail(PAGE, said) == said


LOST = "\n".join(["BUOGUBUGUBUGUBUGUBUGUBUG", "BUUGUOGUOGUOGUOGUOGUOG", "0", "U" * 24, "OGUUBUG"])


def test_a_reader_that_lost_itself_in_a_stain_is_cut_off_whatever_print_is_left():
    page = printed([*ROWS, [], ["8OO2yisunsJ"]])  # a stamp seen from behind
    assert without_tail(page, f"{WHOLE}\n{LOST}") == WHOLE
    assert without_tail(page, f"{WHOLE}\nDated 8 January 2008") == f"{WHOLE}\nDated 8 January 2008"
    askew = GlyphMap(np.roll(page.ids, 3, axis=0)[::-1].copy(), page.probs, 16)  # rows in another order
    assert without_tail(askew, f"{WHOLE}\n{LOST}") == WHOLE


def test_strange_lines_stay_where_the_map_knows_the_others_no_better():
    said = f"{markdown(NOWHERE, AGAIN[::-1])}\n{LOST}"
    assert without_tail(printed([["Q7", "Zk", "x", "w"]]), said) == said


def test_a_printed_row_stays_though_a_third_of_it_is_misread():
    said = markdown(*TABLE[:-1], ["15–81", "6,774", "948.8", "911.3–904.5"])
    assert without_tail(PAGE, said) == said


@pytest.mark.parametrize("other", ["misread", "outside the alphabet"])
def test_a_row_stays_where_the_map_has_other_letters(other):
    page = printed([*ROWS[:-1], ["I5_B4", "Gjll4", "q4DS", "9l7BgG44"]])
    if other != "misread":
        page.ids[12][page.ids[12] != BLANK] = UNKNOWN
    assert without_tail(page, WHOLE) == WHOLE
    assert without_tail(page, markdown(*TABLE[:-1], NOWHERE)) == markdown(*TABLE[:-1], NOWHERE)


def test_a_line_stays_whose_letters_are_too_large_for_the_map():
    """One of them is seen, and the row before ends with the same, so that it seems to have been read."""
    page = printed([*ROWS[:-1], [*ROWS[-1][:3], "917.3–964."], ["4"]])
    said = f"{WHOLE}\nSale until Friday, 2044"
    assert without_tail(page, said) == said
    assert without_tail(PAGE, said) == WHOLE


def test_what_is_printed_twice_may_be_read_twice():
    page = printed([*ROWS, ROWS[-1]])
    twice = f"{WHOLE}\n{markdown(ROWS[-1])}"
    assert without_tail(page, twice) == twice
    assert without_tail(page, f"{twice}\n{markdown(ROWS[-1])}") == twice


@pytest.mark.parametrize("last", [ROWS[-1], ["75–84", "6,774", "948.8", "911.3–904.5"]])
def test_a_printed_row_stays_with_what_was_made_up_before_it(last):
    said = f"{markdown(*TABLE[:-1])}\n{markdown(NOWHERE, AGAIN, last)}"
    assert without_tail(PAGE, said) == said
    assert without_tail(PAGE, f"{said}\n{markdown(NOWHERE)}") in (said, f"{said}\n{markdown(NOWHERE)}")


def test_short_rows_go_behind_a_made_up_one_only():
    short = f"{WHOLE}\n{markdown(DASHES, ['–', '–', '–', '–'])}"
    assert without_tail(PAGE, short) == short
    page = printed([*ROWS, ["≥50", "–", "–", "–"]])
    said = f"{WHOLE}\n{markdown(NOWHERE, DASHES)}"
    assert without_tail(page, said) == said  # printed: it and what is before it stay


def test_columns_read_one_after_the_other_stay():
    left = ["the walls are brick", "windows look upon", "the yard of nobody", "who came on Tuesday"]
    right = ["until the postman", "rang a second time"]
    page = printed([*zip(left, right, strict=False), *([one] for one in left[2:])], step=2 * PATCHES)
    said = "\n".join(left + right)
    assert without_tail(page, said) == said
    made_up = "so they all went home again"
    assert without_tail(page, f"{said}\n{made_up}") in (said, f"{said}\n{made_up}")


def test_lines_close_to_one_another_and_alike_stay():
    """A line that lies between two rows of patches is seen in both; these are two lines."""
    lines = [["object.__and__(self)"], ["object.__xor__(self)"], ["object.__ior__(self)"]]
    said = "\n".join(line for (line,) in lines)
    assert without_tail(printed(lines, apart=1), said) == said


def test_a_row_seen_in_two_rows_of_patches_is_printed_once():
    page = printed(ROWS)
    page.ids[11] = page.ids[10]  # 65–74
    assert without_tail(page, f"{WHOLE}\n{markdown(AGAIN)}") == WHOLE


@pytest.mark.parametrize("rows", [[], [["Q7", "Zk", "x", "w"]], ROWS[:1], ROWS[:2]])
def test_a_page_that_the_map_does_not_know_is_left_alone(rows):
    said = f"{WHOLE}\n{markdown(NOWHERE)}"
    assert without_tail(printed(rows), said) == said
