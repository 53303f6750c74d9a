"""Slips of card terminals: their numbers and days have labels, and none of them is the receipt's."""

from random import Random

import pytest

from octavo.training.synth import World
from octavo.training.synth.card import card_slip
from octavo.training.synth.desk import Desk
from octavo.training.synth.roll import Roll


@pytest.mark.parametrize("language", "en de fr es it nl pt".split())
def test_codes_are_printed_behind_their_labels_and_belong_to_no_key(language: str) -> None:
    for seed in range(20):
        desk = Desk(Random(seed), World.builtin(), language, (560, 1400), 20)
        roll = Roll(desk)
        card_slip(roll)
        roll.lay()
        printed = "".join(desk.canvas.transcription()[0].split())
        assert 2 <= len(desk.fields) <= 7
        for field in desk.fields:
            assert field.key == "" and field.label
            assert "".join(field.value.split()) in printed
        assert len({field.label for field in desk.fields}) == len(desk.fields)


def test_a_slip_ends_where_the_paper_does() -> None:
    desk = Desk(Random(1), World.builtin(), "en", (560, 260), 20)
    roll = Roll(desk)
    card_slip(roll)
    roll.lay()
    assert all(0 <= field.box[1] < field.box[3] <= 1 for field in desk.fields)
