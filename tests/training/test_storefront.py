"""The head of a receipt: whatever is printed around the name of a firm is no part of it."""

import numpy as np
import pytest

from octavo.training.synth import SyntheticPage, World, make_page
from octavo.training.synth.storefront import _GREETINGS, _HEADS


@pytest.fixture(scope="module")
def receipts() -> list[SyntheticPage]:
    world = World.builtin()
    made = (np.random.default_rng([9, seed]) for seed in range(120))
    return [make_page(rng, world, kind="receipt", size_px=(560, 1400)) for rng in made]


def test_the_name_is_printed_and_nothing_but_the_name(receipts: list[SyntheticPage]) -> None:
    around = {text.casefold() for texts in _HEADS.values() for text in texts} | {
        g.casefold() for g in _GREETINGS
    }
    for page in receipts:
        (company,) = (field.value for field in page.fields if field.key == "company")
        assert "".join(company.split()) in "".join(page.text.split())
        assert company.casefold() not in around and "\n" not in company


def test_a_title_stands_above_some_names_and_never_twice(receipts: list[SyntheticPage]) -> None:
    above = 0
    for page in receipts:
        (company,) = (field for field in page.fields if field.key == "company")
        titles = [line[3:] for line in page.text.splitlines() if line.startswith("## ")]
        assert len(titles) <= 1, page.text
        above += bool(titles) and page.text.index(titles[0]) < page.text.index(company.value.split()[0])
    assert 5 <= above <= 40


def test_addresses_begin_with_no_trade_or_branch(receipts: list[SyntheticPage]) -> None:
    for page in receipts:
        address = next((field for field in page.fields if field.key == "address"), None)
        assert address is None or not address.value.endswith(
            ("BRANCH", "Restaurant & Bar", "Wholesale & Retail")
        )
