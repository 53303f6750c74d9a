"""Invoices as business letters: the truth about parties that no label names, and about sums in sentences."""

from collections.abc import Callable
from random import Random

import pytest

from octavo.training.synth import SyntheticPage, World, window
from octavo.training.synth.desk import Desk


@pytest.fixture(scope="module")
def letters(make_invoices: Callable[..., list[SyntheticPage]]) -> list[SyntheticPage]:
    return make_invoices(window.window_letter, 3, 40)


def test_the_parties_are_known_though_no_label_names_them(letters: list[SyntheticPage]) -> None:
    for page in letters:
        fields = {field.key: field for field in page.fields}
        assert {"seller", "buyer", "buyer address"} <= fields.keys(), page.text
        assert not any(fields[key].label for key in ("seller", "buyer", "buyer address"))
        assert fields["seller"].value != fields["buyer"].value
    addressed = sum(any(field.key == "seller address" for field in page.fields) for page in letters)
    assert 30 <= addressed  # the others print none


def test_every_value_is_printed_and_every_key_has_one_value(
    letters: list[SyntheticPage], check_values: Callable[[list[SyntheticPage]], None]
) -> None:
    check_values(letters)


def test_sums_come_as_blocks_rows_and_sentences(letters: list[SyntheticPage]) -> None:
    totals = [field for page in letters for field in page.fields if field.key == "total"]
    assert len(totals) > 30
    assert sum(field.label == "" for field in totals) >= 3  # in a sentence
    assert sum("|" + "---|" * 3 in page.text for page in letters) >= 10  # goods or sums in a table


def test_the_transcript_is_what_is_printed(letters: list[SyntheticPage]) -> None:
    for page in letters:
        assert len(page.chars) == len(page.boxes) > 100
        assert page.boxes.min() >= 0 and page.boxes.max() <= 1


def test_the_seller_may_face_the_buyer_without_a_label() -> None:
    facing = 0
    for seed in range(60):
        desk = Desk(Random(seed), World.builtin(), "en", (1086, 1536), 20)
        window.window_letter(desk)
        fields = {field.key: field for field in desk.fields}
        seller, buyer = fields["seller"].box, fields["buyer"].box
        if abs(seller[1] - buyer[1]) < 0.005 and seller[0] > buyer[2]:
            facing += 1
            assert not fields["seller"].label and "seller address" in fields
    assert facing >= 3
