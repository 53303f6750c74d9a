"""What tills outside of English-speaking countries print between and below the sums."""

import re
from random import Random

import pytest

from octavo.training.synth import World, till, till_foot
from octavo.training.synth.desk import Desk
from octavo.training.synth.roll import Roll

_WORLD = World.builtin()


def _cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.fixture(params="de fr es it nl pt".split())
def desks(request) -> list[Desk]:
    return [Desk(Random(n), _WORLD, request.param, (480, 900), 15.0) for n in range(40)]


def test_the_taxes_by_rate_add_up_to_the_total(desks: list[Desk]) -> None:
    printed = 0
    for desk in desks:
        roll = Roll(desk)
        till_foot.taxes_by_rate(roll, 12345)
        roll.close()
        for grid in desk.grids:
            printed += 1
            words = [word for words in till_foot._TAXES[desk.language] for word in words]
            rates = [row for row in grid.rows if row[0] not in words]
            assert sum(_cents(row[3]) for row in rates) == 12345
            for row in rates:
                assert re.search(r"\d", row[0]) and row[0].count(",") <= 1
                assert _cents(row[1]) + _cents(row[2]) == _cents(row[3])
            for row in grid.rows[len(rates) :]:
                assert _cents(row[3]) == 12345
    assert printed > 20


def test_numbers_of_the_till_are_told_by_their_labels_and_are_no_sums(desks: list[Desk]) -> None:
    for desk in desks:
        roll = Roll(desk)
        till_foot.own_numbers(roll)
        roll.close()
        assert 1 <= len(desk.fields) <= 5
        assert all(field.key == "" and field.value.isdigit() and field.label for field in desk.fields)
        text = desk.canvas.transcription()[0]
        assert all(field.value in text for field in desk.fields)


def test_a_currency_may_stand_in_a_column_between_label_and_sum() -> None:
    between = 0
    for number in range(60):
        desk = Desk(Random(number), _WORLD, "de", (480, 900), 15.0)
        roll = Roll(desk)
        till._sum(roll, "Summe", "total", 1056, "EUR", roll.style, 0.0, 0.55)
        roll.close()
        label, *sign, amount = roll.desk.canvas.blocks[-1].lines[-1]
        assert desk.fields[0].value == amount.text and "EUR" not in amount.text
        if sign:
            assert sign[0].text == "EUR" and label.x1 < sign[0].x0 < sign[0].x1 < amount.x0
            between += amount.x0 - sign[0].x1 > 2 * roll.style.width(" ")
    assert between > 20
