"""The head of a receipt: whatever is printed around the name of a firm is no part of it."""

from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from octavo.training.synth import SyntheticPage, World, make_page
from octavo.training.synth.desk import Desk
from octavo.training.synth.roll import Roll
from octavo.training.synth.storefront import _GREETINGS, _HEADS, _VISITED, _name, sign_off


@pytest.fixture(scope="module")
def receipts() -> list[SyntheticPage]:
    world = World.builtin()
    made = (np.random.default_rng([9, seed]) for seed in range(120))
    return [make_page(rng, world, kind="receipt", size_px=(560, 1400)) for rng in made]


def test_the_name_is_printed_and_nothing_but_the_name(receipts: list[SyntheticPage]) -> None:
    around = {text.casefold() for texts in _HEADS.values() for text in texts} | {
        g.casefold() for g in _GREETINGS
    }
    companies = 0
    for page in receipts:
        for company in (field.value for field in page.fields if field.key == "company"):
            assert "".join(company.split()) in "".join(page.text.split())
            assert company.casefold() not in around and "\n" not in company
            companies += 1
    assert 0.95 * len(receipts) <= companies <= len(receipts)


def test_a_title_stands_above_some_names_and_never_twice(receipts: list[SyntheticPage]) -> None:
    above = 0
    for page in receipts:
        company = next((field for field in page.fields if field.key == "company"), None)
        titles = [line[3:] for line in page.text.splitlines() if line.startswith("## ")]
        assert len(titles) <= 1, page.text
        above += (
            company is not None
            and bool(titles)
            and page.text.index(titles[0]) < page.text.index(company.value.split()[0])
        )
    assert 5 <= above <= 40


def test_addresses_begin_with_no_trade_or_branch(receipts: list[SyntheticPage]) -> None:
    for page in receipts:
        address = next((field for field in page.fields if field.key == "address"), None)
        assert address is None or not address.value.endswith(
            ("BRANCH", "Restaurant & Bar", "Wholesale & Retail")
        )


def test_a_shop_that_the_head_did_not_name_is_named_below_the_thanks() -> None:
    for seed in range(30):
        desk = Desk(Random(seed), World.builtin(), "en", (560, 1400), 20)
        roll = Roll(desk)
        sign_off(roll)
        roll.lay()
        (name,) = (field.value for field in desk.fields if field.key == "company")
        lines = desk.canvas.transcription()[0].splitlines()
        assert lines[0].casefold() in {words.casefold() for words in _VISITED["en"]}
        assert "".join(lines[1:]).replace(" ", "") == name.replace(" ", "")
        sign_off(roll)
        assert len(desk.fields) == 1


def test_some_names_are_printed_letter_by_letter() -> None:
    roll = SimpleNamespace(dice=Random(3), desk=SimpleNamespace(language="de", world=World.builtin()))
    named = [_name(roll, asian=False) for _ in range(300)]  # type: ignore[arg-type]
    apart = [name for name in named if all(len(word) == 1 for word in name.split()[:3])]
    assert 5 <= len(apart) <= 40
