"""Invoices whose head is a grid of blocks."""

from collections import Counter
from collections.abc import Callable
from random import Random

import numpy as np

from octavo.training.synth import SyntheticPage, World, patchwork
from octavo.training.synth.desk import Desk
from octavo.training.synth.labels import INVOICE_META

Make = Callable[..., list[SyntheticPage]]


def test_every_value_is_printed_and_the_parties_differ(
    make_invoices: Make, check_values: Callable[..., None]
) -> None:
    pages = make_invoices(patchwork.patchwork, 41, 60)
    check_values(pages)
    for page in pages:
        fields = {field.key: field.value for field in page.fields}
        assert {"seller", "buyer", "total"} <= fields.keys(), page.text
        assert fields["seller"] != fields["buyer"]
        assert fields.get("recipient") != fields["seller"]


def test_no_party_has_its_own_place(make_invoices: Make) -> None:
    """Whoever learns that the seller stands above the buyer, or at the left, learns what is wrong."""
    above = left = 0
    pages = make_invoices(patchwork.patchwork, 42, 120)
    for page in pages:
        boxes = {field.key: field.box for field in page.fields}
        above += boxes["seller"][1] < boxes["buyer"][1]
        left += boxes["seller"][0] < boxes["buyer"][0]
    assert 0.3 < above / len(pages) < 0.85
    assert 0.15 < left / len(pages) < 0.7


def test_the_day_of_the_bill_is_one_of_several(make_invoices: Make) -> None:
    dates: Counter[int] = Counter()
    for page in make_invoices(patchwork.patchwork, 43, 80):
        dates[sum(field.type == "date" for field in page.fields)] += 1
    assert dates[1] < dates[2] + dates[3] + dates[4]


def test_only_the_mark_or_the_foot_may_name_the_seller(make_invoices: Make) -> None:
    sizes = []
    for page in make_invoices(patchwork.patchwork, 44, 80):
        box = next(field.box for field in page.fields if field.key == "seller")
        sizes.append((box[3] - box[1]) * len(page.pixels) / page.text_px)
    assert np.quantile(sizes, 0.9) > 2 > 0.9 > np.quantile(sizes, 0.02)


def test_a_title_that_says_it_all_leaves_no_row_of_numbers() -> None:
    desk = Desk(Random(5), World.builtin(), "en", (1086, 1536), 20.0)
    head = patchwork._Head(desk)
    head.taken.update(INVOICE_META)
    assert patchwork._across(desk, head, 50, 120, 1000, 1400) == 120
    assert not desk.canvas.blocks
