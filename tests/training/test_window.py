"""Invoices as business letters: the truth about parties that no label names, and about sums in sentences."""

import numpy as np
import pytest

from octavo.training.synth import SyntheticPage, World, generate, make_page, window


@pytest.fixture(scope="module")
def letters() -> list[SyntheticPage]:
    world = World.builtin()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(generate._LAYOUTS, "invoice", (window.window_letter, 1.0))
        return [make_page(np.random.default_rng([3, seed]), world, kind="invoice") for seed in range(40)]


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\\|", "|")


def test_the_parties_are_known_though_no_label_names_them(letters: list[SyntheticPage]) -> None:
    for page in letters:
        fields = {field.key: field for field in page.fields}
        assert {"seller", "buyer", "buyer address"} <= fields.keys(), page.text
        assert not any(fields[key].label for key in ("seller", "buyer", "buyer address"))
        assert fields["seller"].value != fields["buyer"].value
    addressed = sum(any(field.key == "seller address" for field in page.fields) for page in letters)
    assert 30 <= addressed  # the others print none


def test_every_value_is_printed_and_every_key_has_one_value(letters: list[SyntheticPage]) -> None:
    for page in letters:
        keys = [field.key for field in page.fields if field.key]
        assert len(keys) == len(set(keys)), sorted(keys)
        for field in page.fields:
            for part in field.value.split(", "):
                assert squeezed(part) in squeezed(page.text), (field, page.text)
            x0, y0, x1, y1 = field.box
            assert -0.01 <= x0 < x1 <= 1.01 and -0.01 <= y0 < y1 <= 1.01


def test_sums_come_as_blocks_rows_and_sentences(letters: list[SyntheticPage]) -> None:
    totals = [field for page in letters for field in page.fields if field.key == "total"]
    assert len(totals) > 30
    assert sum(field.label == "" for field in totals) >= 3  # in a sentence
    assert sum("|" + "---|" * 3 in page.text for page in letters) >= 10  # goods or sums in a table


def test_the_transcript_is_what_is_printed(letters: list[SyntheticPage]) -> None:
    for page in letters:
        assert len(page.chars) == len(page.boxes) > 100
        assert page.boxes.min() >= 0 and page.boxes.max() <= 1
