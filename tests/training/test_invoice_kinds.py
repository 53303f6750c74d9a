"""Invoices as printed forms, in sentences, with parties as sections; slips with unfilled labels."""

import re
from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from octavo.training.synth import SyntheticPage, World, addressee, fiscal, make_page, receipts, sections, told
from octavo.training.synth.desk import Desk
from octavo.training.synth.labels import keys
from octavo.training.synth.pairs import Item
from octavo.training.synth.prose import margins
from octavo.training.synth.roll import Roll

Make = Callable[..., list[SyntheticPage]]
_WORLD = World.builtin()
_LANGUAGES = "en de fr es it nl pt".split()


def _desks(count: int, size: tuple[int, int] = (1086, 1536)) -> list[Desk]:
    return [Desk(Random(n), _WORLD, _LANGUAGES[n % 7], size, size[1] / 72) for n in range(count)]


def _parties(desk: Desk) -> None:
    x0, y, x1, bottom = margins(desk)
    sections.set_sections(desk, x0, y, x1, bottom, set(), desk.style(), desk.style(weight="bold"))


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("layout", "noted"),
    [
        (fiscal.fiscal_bill, "seller;seller address;buyer;subtotal"),
        (told.told_bill, "seller;invoice number;subtotal;total"),
        (_parties, "seller;seller address;buyer;buyer address"),
    ],
)
def test_every_value_is_printed(
    layout: Callable[[Desk], None], noted: str, make_invoices: Make, check_values: Callable[..., None]
) -> None:
    pages = make_invoices(layout, 31, 50)
    check_values(pages)
    for page in pages:
        fields = {field.key: field.value for field in page.fields}
        assert set(noted.split(";")) <= fields.keys(), page.text
        assert fields["seller"] != fields.get("buyer")


def test_the_box_of_a_value_holds_its_characters_and_no_others(make_invoices: Make) -> None:
    checked = 0
    for page in make_invoices(fiscal.fiscal_bill, 32, 40) + make_invoices(told.told_bill, 32, 40):
        x, y = (page.boxes[:, :2] + page.boxes[:, 2:]).T / 2
        for x0, y0, x1, y1, value in ((*field.box, field.value) for field in page.fields):
            if (y1 - y0) * len(page.pixels) < 1.7 * page.text_px and ", " not in value:  # in one line
                inside = np.flatnonzero((x0 < x) & (x < x1) & (y0 < y) & (y < y1))
                assert "".join(page.chars[i] for i in inside) == _squeezed(value)
                checked += 1
    assert checked > 400


def test_the_heading_above_a_name_says_whose_it_is(make_invoices: Make) -> None:
    others = numbers = 0
    for page in make_invoices(_parties, 33, 60):
        own = {s: {*heads[page.language].split(";")} for s, heads in sections._HEADS.items()}
        own = {s: words.union(keys()[s].labels[page.language]) for s, words in own.items()}
        named = [field for field in page.fields if field.type == "company"]
        lines = [line.rstrip(" :") for line in page.text.splitlines()]
        starts = sorted(lines.index(field.label) for field in named)
        for field in named:
            assert field.key == next((side for side in own if field.label in own[side]), ""), field
            at = lines.index(field.label)
            end = min((start for start in starts if start > at), default=len(lines))
            _, found, below = _squeezed("".join(lines[at + 1 : end])).partition(_squeezed(field.value))
            assert found, (field, page.text)
            if field.key:
                (address,) = (f.value for f in page.fields if f.key == f"{field.key} address")
                assert _squeezed(address.split(", ")[0]) in below
            others += not field.key
            numbers += sum(f.label.startswith(field.label + " ") and f.key == "" for f in page.fields)
    assert others >= 30 and numbers >= 60


def test_values_in_sentences_carry_none_of_their_punctuation(make_invoices: Make) -> None:
    stops = {key: 0 for key, _ in told._KEYS.values()}
    for page in make_invoices(told.told_bill, 34, 80):
        assert not re.search(r"\{[adntux]\}", page.text)
        for field in (field for field in page.fields if field.key in stops):
            assert field.label == "" and field.value[-1] not in ".,;:*", field
            stops[field.key] += re.search(re.escape(field.value) + "[.,]", page.text) is not None
    assert len(stops) == 6 and all(count >= 10 for count in stops.values()), stops


def test_a_value_too_wide_for_its_cell_leaves_a_blank(make_invoices: Make) -> None:
    for desk in _desks(42):
        form, name = fiscal._Form(desk, 80, 1000), Item("Name", "buyer", ("W" * 90,), "company")
        below = form.row(300, [(name, 2), (Item("City", "city", ("Ulm", "Donau"), "text"), 1)])
        shown = [label.upper() if form.capitals else label for label in ("Name", "City")]
        (field,) = desk.fields
        assert desk.blanks == shown[:1]
        assert (field.label, field.key, field.value) == (shown[1], "city", "Ulm Donau")
        assert 300 < field.box[1] * desk.height < field.box[3] * desk.height < below
        assert desk.canvas.transcription()[0].split() == [*shown, "Ulm", "Donau"]
    blanks = [(page, label) for page in make_invoices(fiscal.fiscal_bill, 35, 160) for label in page.blanks]
    assert len(blanks) >= 4
    for page, label in blanks:
        assert label in page.text and label not in {field.label for field in page.fields}


def test_bills_go_to_firms_and_persons_in_several_shapes() -> None:
    above = before = hands = broken = 0
    for desk in _desks(420):
        words = addressee._SALUTATION[desk.language].split(";")
        person, firm = addressee.addressee(desk, 0.0), addressee.addressee(desk, 1.0)
        *salutation, last = person.name
        assert person.extra == () and len(salutation) <= 1 and set(salutation) <= set(words)
        above += len(salutation)
        before += not salutation and last.startswith(tuple(word + " " for word in words))
        forms = [re.escape(t).replace(r"\{n\}", ".+") for t in addressee._TO_HAND[desk.language].split(";")]
        assert len(firm.extra) <= 1 and all(re.fullmatch("|".join(forms), line) for line in firm.extra)
        hands, broken = hands + len(firm.extra), broken + len(firm.name) - 1
        name = desk.world.names.company(desk.dice, desk.language)
        lines = addressee.in_lines(desk, name, 1.0)
        assert " ".join(lines) == name and len(lines) == 1 + (len(name.split()) > 2)
        assert all(lines) and addressee.in_lines(desk, name, 0.0) == (name,)
    assert 40 <= above <= 120 and 25 <= before <= 90 and 55 <= hands <= 140 and 12 <= broken <= 60


def test_labels_that_nobody_filled_are_blanks_and_no_fields() -> None:
    counts = set()
    for desk in _desks(84, (560, 1400)):
        roll = Roll(desk)
        for _ in range(2):  # what is on the slip is not printed again
            receipts._unfilled(roll)
            counts.add(len(desk.blanks))
            assert len({label.casefold() for label in desk.blanks} & roll.taken) == len(desk.blanks) > 0
        roll.close()
        lines = desk.canvas.transcription()[0].splitlines()
        assert desk.fields == [] and lines == [label + roll.colon.rstrip() for label in desk.blanks]
    assert {1, 2, 3, 4} <= counts
    slips = [make_page(np.random.default_rng([36, n]), _WORLD, kind="receipt") for n in range(150)]
    blanks = [(page, label) for page in slips for label in page.blanks]
    for page, label in blanks:
        assert label in [line.rstrip(" :") for line in page.text.splitlines()], page.text
        assert label not in {field.label for field in page.fields}
    assert len(blanks) >= 6
