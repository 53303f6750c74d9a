"""The glyph map as running text: spaces where the paper is blank, characters that two patches name once."""

import numpy as np
import pytest

from octavo.vision.glyphs import SLOTS, GlyphMap, glyph_id
from octavo.vision.printed import Print, printed

PATCH = 16


def glyph_map(*rows, sure=1.0):
    """Strings of patches, each up to four characters, parted by bars."""
    ids = np.zeros((len(rows), 12, SLOTS), np.int16)
    for row, text in enumerate(rows):
        for column, patch in enumerate(text.split("|") if text else []):
            for slot, character in enumerate(patch):
                ids[row, column, slot] = glyph_id(character)
    return GlyphMap(ids, np.full(ids.shape, sure, np.float32), PATCH)


def paper(*strokes):
    """One row of patches of grey paper with black strokes from one column to another."""
    grey = np.full((PATCH, 12 * PATCH), 200, np.uint8)
    for start, end in strokes:
        grey[4:12, start:end] = 20
    return grey


def test_without_the_page_spaces_are_where_characters_stand_apart():
    assert printed(glyph_map("To|ta|l||12|.5|0", "", "a|b|||c|d")).text == "Total 12.50\nab cd"
    assert printed(glyph_map("x")).text == "x"
    assert printed(glyph_map("", "")) == Print("", ())


def test_spaces_are_where_the_paper_is_blank():
    glyphs = glyph_map("ab|cd")
    close = paper((1, 7), (8, 14), (15, 23), (24, 31))
    apart = paper((1, 7), (8, 12), (20, 24), (25, 31))
    assert printed(glyphs, close).text == "abcd"
    assert printed(glyphs, apart).text == "ab cd"


def test_where_a_letter_becomes_a_digit_a_narrow_blank_is_a_space():
    strokes = paper((1, 7), (8, 13), (17, 23), (24, 31))
    assert printed(glyph_map("ab|cd"), strokes).text == "abcd"
    assert printed(glyph_map("ab|12"), strokes).text == "ab 12"
    assert printed(glyph_map("ab|Cd"), strokes).text == "ab Cd"


@pytest.mark.parametrize(("sure", "text"), [(1.0, "aabcc"), (0.5, "abc")])
def test_a_doubled_character_is_one_where_it_is_unsure(sure, text):
    assert printed(glyph_map("a|a|b|c|c", sure=sure)).text == text
    assert printed(glyph_map("a|||a", sure=0.5)).characters == "aa"  # too far apart


def test_every_character_says_what_stands_before_it():
    found = printed(glyph_map("ab|||c", "d"))
    assert found.characters == "abcd" and found.before == ("\n", "", " ", "\n")


def test_a_row_over_a_bare_page_is_no_trouble():
    bare = np.full((2 * PATCH, 12 * PATCH), 255, np.uint8)
    assert printed(glyph_map("ab|cd", "e"), bare).characters == "abcde"
