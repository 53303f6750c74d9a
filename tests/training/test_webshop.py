"""Invoices of web shops: firms that stand in the foot alone, addresses side by side, currencies."""

from collections.abc import Callable
from random import Random

import pytest

from octavo.training.synth import SyntheticPage, parties, webshop
from octavo.training.synth.questions import about_currency
from octavo.training.synth.vain import lacking


@pytest.fixture(scope="module")
def bills(make_invoices: Callable[..., list[SyntheticPage]]) -> list[SyntheticPage]:
    return make_invoices(webshop.shop_bill, 15, 60)


def test_both_parties_are_known_wherever_they_stand(bills: list[SyntheticPage]) -> None:
    heights = []
    for page in bills:
        fields = {field.key: field for field in page.fields}
        assert {"seller", "buyer", "buyer address"} <= fields.keys(), page.text
        assert fields["seller"].value != fields["buyer"].value
        heights.append(fields["seller"].box[1])
    assert sum(height > 0.7 for height in heights) >= 6  # in the foot alone
    assert sum(height < 0.3 for height in heights) >= 25


def test_every_value_is_printed_and_every_key_has_one_value(
    bills: list[SyntheticPage], check_values: Callable[[list[SyntheticPage]], None]
) -> None:
    check_values(bills)


def test_a_label_that_speaks_of_an_address_asks_for_one(bills: list[SyntheticPage]) -> None:
    words = {w for some in parties._ADDRESSES.values() for part in some for w in part.split(";")}
    labelled = [field for page in bills for field in page.fields if field.label in words]
    assert len(labelled) > 20
    assert {field.key for field in labelled} == {"buyer address", "delivery address"}


def test_who_sends_the_bill_stands_beside_who_gets_it(bills: list[SyntheticPage]) -> None:
    senders = {word for words in parties._FROM.values() for word in words.split(";")}
    sides = [{f.key: f for f in page.fields} for page in bills]
    labelled = [side for side in sides if side["seller"].label in senders and side["buyer"].label]
    assert len(labelled) >= 4
    assert all(abs(s["seller"].box[1] - s["buyer"].box[1]) < 0.2 for s in labelled)


def test_some_sellers_are_known_by_their_mark_alone(bills: list[SyntheticPage]) -> None:
    marks = 0
    for page in bills:
        fields = {field.key: field for field in page.fields}
        marks += any(line == f"# {fields['seller'].value}" for line in page.text.splitlines())
    assert marks >= 4


def test_currencies_are_the_signs_that_stand_at_the_total(bills: list[SyntheticPage]) -> None:
    found = [(page, field) for page in bills for field in page.fields if field.key == "currency"]
    assert len(found) >= 10
    for page, field in found:
        (total,) = (other for other in page.fields if other.key == "total")
        assert field.value in total.value and not any(c.isdigit() for c in field.value)
        assert total.box[0] - 0.001 <= field.box[0] < field.box[2] <= total.box[2] + 0.001
        assert field.box[2] - field.box[0] < total.box[2] - total.box[0]


def test_some_bills_have_their_sums_on_the_next_page(bills: list[SyntheticPage]) -> None:
    without = [page for page in bills if not any(field.key == "total" for field in page.fields)]
    assert 1 <= len(without) <= 12


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("TOTAL 12.00 RM3.00", {"RM"}),
        ("Total: 4,50 € \n 3,00 €", {"€"}),
        ("FARMERS 12.00\nARMS 3", {None}),
        ("EUR 3,00 and USD 4.00", set()),  # nobody can say which is meant
    ],
)
def test_a_currency_is_asked_for_where_one_answer_is_right(text: str, answers: set[str | None]) -> None:
    assert {question.answer for question in about_currency(Random(1), text)} == answers


def test_a_till_slip_lacks_a_buyer_unless_it_speaks_of_one() -> None:
    assert "buyer" in lacking("receipt", "acme sdn bhd\ntotal 12.00")
    assert lacking("receipt", "customer: cash\ntotal 12.00") == ()
    assert lacking("invoice", "total 12.00") == ()
