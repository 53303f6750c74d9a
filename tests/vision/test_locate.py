"""Places of texts on the glyph map: lines, ties, several lines, ink."""

import numpy as np
import pytest

import octavo.vision.locate
from octavo.training.labels import glyph_labels, place_boxes
from octavo.training.synth import World, make_page
from octavo.vision.glyphs import SLOTS, GlyphMap, glyph_id
from octavo.vision.locate import locate, snap

SIDE = 40  # patches of a made-up map
CONTENT = (0, 0, SIDE * 16, SIDE * 16)


def glyph_map(*lines: tuple[int, int, str]) -> GlyphMap:
    """(row, column, text): two characters a patch, blanks where the text has spaces."""
    ids = np.zeros((SIDE, SIDE, SLOTS), np.int16)
    for row, col, text in lines:
        for place, char in enumerate(text):
            if char != " ":
                ids[row, col + place // 2, place % 2] = glyph_id(char)
    return GlyphMap(ids, np.ones(ids.shape, np.float32), 16)


def iou(a, b) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inside = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return inside / (sum(areas) - inside)


def test_a_text_is_found_in_its_line():
    found = locate(glyph_map((5, 4, "Total: 414.00"), (9, 4, "Thank you")), CONTENT, "414.00")
    assert found is not None and found.score == 1.0
    x0, y0, x1, y1 = (edge * SIDE for edge in found.box)
    assert x0 == pytest.approx(7.5, abs=0.6) and x1 == pytest.approx(10.5, abs=0.6)
    assert y0 < 5.5 < y1 and y1 - y0 < 2


def test_spaces_case_and_a_misread_letter_do_not_matter():
    found = locate(glyph_map((5, 4, "HARB0UR PAPER"), (20, 4, "Miller")), CONTENT, "Harbour Paper")
    assert found is not None and 0.85 < found.score < 1
    assert found.box[1] * SIDE < 5.5 < found.box[3] * SIDE


def test_words_beside_it_decide_between_equal_places():
    twice = glyph_map(
        (5, 2, "Subtotal 20.00"), (8, 2, "Tax 0.00"), (11, 2, "Total 20.00"), (14, 2, "Cash 20.00")
    )
    rows = {}
    for near in ("What is the total?", "cash", "subtotal"):
        found = locate(twice, CONTENT, "20.00", near)
        assert found is not None
        rows[near] = int((found.box[1] + found.box[3]) / 2 * SIDE)
    assert rows == {"What is the total?": 11, "cash": 14, "subtotal": 5}


def test_a_text_over_several_lines_is_one_box():
    found = locate(
        glyph_map((5, 3, "Bill to: 27 Market Square"), (7, 12, "York YO1 8SL"), (20, 3, "York")),
        CONTENT, "27 Market Square, York YO1 8SL",
    )  # fmt: skip
    assert found is not None
    assert found.box[1] * SIDE < 5.5 and 7.5 < found.box[3] * SIDE < 9


def test_a_line_that_climbs_into_the_next_row_is_still_one():
    found = locate(glyph_map((5, 3, "Invoice nu"), (6, 8, "mber 20417")), CONTENT, "Invoice number 20417")
    assert found is not None and found.score == 1.0
    assert found.box[0] * SIDE < 3.5 and found.box[2] * SIDE > 12


def test_what_is_not_there_has_no_place():
    page = glyph_map((5, 3, "Invoice number HP-20417"))
    assert locate(page, CONTENT, "9 January 2025") is None
    assert locate(page, CONTENT, "  ") is None
    assert locate(glyph_map(), CONTENT, "total") is None


def test_snap_finds_the_line_of_ink_and_leaves_noise_alone():
    grey = np.full((400, 400), 240, np.uint8)
    grey[101:111, 60:140:2] = 20  # a line of strokes
    grey[120:130, 60:140:2] = 20  # the next one
    x0, y0, x1, y1 = (edge * 400 for edge in snap(grey, (0.14, 0.23, 0.36, 0.29)))
    assert 97 <= y0 <= 101 and 111 <= y1 <= 114
    assert 57 <= x0 <= 60 and 139 <= x1 <= 142
    blank = np.full((400, 400), 240, np.uint8)
    assert snap(blank, (0.1, 0.1, 0.2, 0.15)) == (0.1, 0.1, 0.2, 0.15)


def test_fields_of_synthetic_pages_lie_where_they_were_printed():
    """With a faultless glyph map; the shipped model's own is measured in docs/results.md."""
    world, overlaps = World.builtin(), []
    pages = (
        (np.random.default_rng(seed), kind) for seed in (7, 8, 9) for kind in ("invoice", "form", "record")
    )
    for rng, kind in pages:
        page = make_page(rng, world, kind=kind)
        content = (33, 0, 33 + page.pixels.shape[1], page.pixels.shape[0])
        ids = glyph_labels(page.chars, place_boxes(page.boxes, content), 1536, 1152)
        perfect = GlyphMap(ids, np.ones(ids.shape, np.float32), 16)
        for field in page.fields:
            if field.type != "check":
                found = locate(perfect, content, field.value, field.label or field.key, page.pixels)
                overlaps.append(iou(found.box, field.box) if found else 0.0)
    assert len(overlaps) > 90
    assert np.mean(np.array(overlaps) >= 0.5) >= 0.85


def test_the_lines_of_a_map_are_made_once_and_belong_to_it_alone(monkeypatch):
    maps = [glyph_map((row, 2, "total 12.50")) for row in (5, 20, 30)]
    fresh = [locate(each, CONTENT, "12.50") for each in maps]
    assert len({found.box for found in fresh}) == 3
    made, lines = [], octavo.vision.locate._lines
    monkeypatch.setattr(octavo.vision.locate, "_lines", lambda glyphs: made.append(1) or lines(glyphs))
    again = [[locate(each, CONTENT, "12.50") for _ in range(2)] for each in maps]
    assert again == [[found, found] for found in fresh]
    assert len(made) <= len(maps)
