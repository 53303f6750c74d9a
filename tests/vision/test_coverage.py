"""What was skipped or read twice is found on the glyph map alone."""

import numpy as np
import pytest

from octavo.vision.coverage import departure, unread, without_repeats
from octavo.vision.glyphs import BLANK, SLOTS, GlyphMap, glyph_id

LEFT = [
    "Any other keyword arguments are",
    "passed through to all operations",
    "that are described below here.",
]
RIGHT = ["The walls are of yellow brick,", "windows look upon the old yard", "and nobody came until Tuesday."]
CONTENT = (0, 0, 1280, 1280)


def printed(columns, width=80, rows=80):
    """Glyphs two to a patch: ``columns`` is a list of (left, top, lines), two rows of patches a line."""
    ids = np.full((rows, width, SLOTS), BLANK, np.int16)
    for left, top, lines in columns:
        for number, line in enumerate(lines):
            for place, char in enumerate(line):
                if char != " ":
                    ids[top + 2 * number, left + place // 2, place % 2] = glyph_id(char)
    return GlyphMap(ids, np.ones(ids.shape, np.float32), 16)


TWO = printed([(4, 6, LEFT), (40, 6, RIGHT)])


def test_a_whole_transcript_lacks_nothing():
    assert unread(TWO, CONTENT, "\n".join(LEFT + RIGHT)) == ()
    assert unread(TWO, CONTENT, "| " + " | ".join(RIGHT + LEFT).upper() + " |") == ()  # however it is set


def test_a_column_that_was_skipped_is_found_and_belongs_behind_the_other():
    text = "\n".join(LEFT)
    (region,) = unread(TWO, CONTENT, text)
    x0, y0, x1, y1 = region.box
    assert 35 / 80 < x0 < 40 / 80 < 55 / 80 < x1 < 60 / 80 and y0 < 6 / 80 < 11 / 80 < y1 < 15 / 80
    assert region.after == len(text) and len(region.pieces) == 3
    assert region.is_in("\n".join(RIGHT)) and not region.is_in(text)


def test_edges_of_neighbours_in_a_picture_of_a_region_are_left_out():
    (region,) = unread(TWO, CONTENT, "\n".join(LEFT))
    seen = ["through to", *RIGHT[:2], "12", RIGHT[2], LEFT[2], "7"]
    assert region.lines_of("\n".join(seen)) == "\n".join([*RIGHT[:2], "12", RIGHT[2]])
    assert region.lines_of(LEFT[0]) == region.lines_of("") == ""


def test_lines_that_were_skipped_go_where_they_stand():
    many = [*LEFT, *RIGHT]
    one = printed([(4, 6, many)])
    text = "\n".join([many[0], many[1], many[4], many[5]])
    (region,) = unread(one, CONTENT, text)
    assert text[: region.after] == "\n".join(many[:2])
    (first,) = unread(one, CONTENT, "\n".join(many[2:]))
    assert first.after == 0


def test_a_single_line_misread_is_not_taken_for_skipped():
    text = "\n".join([LEFT[0], "passed thruogh t0 a1l operatlons", LEFT[2]])
    assert unread(printed([(4, 6, LEFT)]), CONTENT, text) == ()


@pytest.mark.parametrize("text", ["", "   \n"])
def test_nothing_read_is_everything_unread(text):
    regions = unread(TWO, CONTENT, text)
    assert len(regions) == 2 and all(region.after == 0 for region in regions)
    assert unread(printed([]), CONTENT, text) == ()


def test_a_paragraph_read_twice_is_kept_once():
    once = "\n".join(LEFT + RIGHT)
    twice = "\n".join(LEFT) + "\n\n" + "\n".join(["Ani" + LEFT[0][3:], *LEFT[1:]]) + "\n\n" + "\n".join(RIGHT)
    assert without_repeats(TWO, twice).split() == once.split()
    assert without_repeats(TWO, once) == once


def test_what_is_printed_twice_is_read_twice():
    glyphs = printed([(4, 6, LEFT + LEFT)])
    text = "\n".join(LEFT + LEFT)
    assert without_repeats(glyphs, text) == text
    short = "\n".join(
        [LEFT[0], "Total 5.00", "Total 5.00", LEFT[1]]
    )  # too little to be a paragraph read again
    assert without_repeats(glyphs, short) == short


def test_what_is_said_again_and_again_about_a_region_is_kept_once():
    (region,) = unread(TWO, CONTENT, "\n".join(LEFT))
    assert region.lines_of("\n".join([RIGHT[0], *[RIGHT[1]] * 5, RIGHT[2]])) == "\n".join(RIGHT)


def test_departure_counts_letters_and_digits_alone():
    one = printed([(4, 6, LEFT)])
    letters = sum(ch.isalnum() for ch in "".join(LEFT))
    assert departure(one, "# " + " | ".join(LEFT).upper()) == 0.0
    assert departure(one, "\n".join(LEFT).replace("keyword", "keywords, 12")) == pytest.approx(3 / letters)
    assert departure(one, "") == 1.0
    assert departure(TWO, "\n".join(LEFT + RIGHT)) > 0.5  # in columns, not in rows


def test_departure_from_a_page_without_print_is_what_was_said():
    assert departure(printed([]), "") == 0.0 and departure(printed([]), "it is") == 4.0
