"""Boxes in a model's text: read with bounds, mapped to the picture, and never evaluated."""

import pytest

from octavo.language.grounding import Detection, parse_grounding, without_markup


def marked(boxes, label="the stamp"):
    return f"<|ref|>{label}<|/ref|><|det|>{boxes}<|/det|>"


def test_boxes_become_fractions_and_pixels_of_the_picture():
    text = f"Here: {marked('[[0, 0, 999, 999]]')} and {marked('[[111, 222, 333, 444], [1,2,3,4]]', 'two')}."
    whole, two = parse_grounding(text)
    assert whole == Detection("the stamp", ((0.0, 0.0, 1.0, 1.0),)) and two.label == "two"
    assert whole.in_pixels((1240, 1754)) == ((0, 0, 1240, 1754),)
    assert two.in_pixels((999, 1998)) == ((111, 444, 333, 888), (1, 4, 3, 8))
    assert without_markup(text) == "Here: the stamp and two."


def test_a_box_without_a_label_is_read():
    assert parse_grounding("<|det|>[[1, 2, 30, 40]]<|/det|>")[0].label == ""


@pytest.mark.parametrize(
    "boxes",
    [
        "[[1, 2, 3]]",
        "[[1, 2, 1, 9]]",  # no width
        "[[1.5, 2, 3, 4]]",
        "[[-1, 2, 3, 4]]",
        "[[__import__('os').system('true'), 0, 1, 1]]",
        "[[10000, 2, 3, 4]]",
        "nothing",
        "",
    ],
)
def test_what_is_not_a_box_is_left_out(boxes):
    assert parse_grounding(marked(boxes)) == ()


def test_edges_are_clamped_and_put_in_order():
    assert parse_grounding(marked("[[900, 800, 100, 9999]]"))[0].boxes == (
        (100 / 999, 800 / 999, 900 / 999, 1.0),
    )


@pytest.mark.parametrize(
    "text", ["<|det|>" + "[" * 50_000, "<|ref|>" * 30_000, marked("[[1,1,2,2]]" * 20_000)]
)
def test_floods_end_soon(text):
    assert len(parse_grounding(text)) <= 1
    without_markup(text)


def test_an_unfinished_detection_leaves_no_marks():
    assert without_markup("It is <|ref|>here<|/ref|><|det|>[[12, 3") == "It is here"
