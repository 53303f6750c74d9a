"""Retyped receipts: pixels, transcript and fields change together, and only where they may."""

from random import Random

import numpy as np
import pytest

from octavo.training.real_retype import retype, scramble
from octavo.training.synth.canvas import Canvas, Style
from octavo.training.synth.world import World

LINES = (
    "NORTH GROCERY SDN BHD",
    "12, JALAN MERBAU 3,",
    "81100 KOTA TINGGI",
    "DATE 03/04/2019 CASHIER AMINAH",
    "BROWN SUGAR PACKET 4.50",
    "TOTAL 14.50",
    "COME AGAIN SOMETIME SOON",
)
FIELDS = {
    "company": "NORTH GROCERY SDN BHD",
    "address": "12, JALAN MERBAU 3, 81100 KOTA TINGGI",
    "date": "03/04/2019",
    "total": "14.50",
}


@pytest.fixture(scope="module")
def world() -> World:
    return World.builtin()


@pytest.fixture(scope="module")
def scan(world: World) -> tuple[np.ndarray, dict]:
    """A drawn receipt with the box of every line."""
    canvas = Canvas(500, 420, 240)
    style = Style(world.pick_faces(Random(1), "en", ("mono",))[0], 18.0)
    lines = []
    for number, text in enumerate(LINES):
        run = canvas.draw(20, 50 + 50 * number, text, style)
        lines.append([run.x0, run.top, run.x1, run.bottom, text])
    record = {"kind": "receipt", "text": "\n".join(LINES), "fields": FIELDS, "lines": lines}
    return canvas.finish(), record


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def test_fields_follow_the_print(scan: tuple[np.ndarray, dict], world: World) -> None:
    pixels, record = scan
    changed = 0
    for seed in range(12):
        made = retype(pixels, record, world, Random(seed))
        assert made is not None
        image, text, fields = made
        assert image.shape == pixels.shape and image.dtype == np.uint8
        stream = letters(text)
        assert len(text) == len(record["text"])
        assert all(letters(value) in stream for value in fields.values())
        assert (fields["date"], fields["total"]) == (FIELDS["date"], FIELDS["total"])
        changed += fields["address"] != FIELDS["address"]
        for (x0, y0, x1, y1, old), new in zip(record["lines"], text.splitlines(), strict=True):
            box = np.s_[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1]
            assert (old == new) or not np.array_equal(image[box], pixels[box]), (old, new)
            if old == new and letters(old) in letters(FIELDS["date"] + FIELDS["total"]):
                assert np.array_equal(image[box], pixels[box])
    assert changed >= 6


def test_a_line_at_the_very_bottom_is_retyped_too(scan: tuple[np.ndarray, dict], world: World) -> None:
    pixels, record = scan
    x0, y0, x1, y1, text = record["lines"][-1]
    end = int(y1 - 0.2 * (y1 - y0))  # below the capitals, above where tails would end
    lines = [*record["lines"][:-1], [x0, y0, x1, end, text]]
    made = [retype(pixels[:end], record | {"lines": lines}, world, Random(seed)) for seed in range(12)]
    assert all(made) and any(one and one[1].splitlines()[-1] != text for one in made)


def test_a_page_that_does_not_tell_its_fields_stays(scan: tuple[np.ndarray, dict], world: World) -> None:
    pixels, record = scan
    elsewhere = record | {"fields": FIELDS | {"company": "SOUTH GROCERY"}}
    assert retype(pixels, elsewhere, world, Random(0)) is None
    twice = record | {"text": record["text"] + "\nNORTH GROCERY SDN BHD"}
    assert retype(pixels, twice, world, Random(0)) is None
    assert retype(pixels, record | {"lines": []}, world, Random(0)) is None


def test_scrambled_words_keep_their_shape() -> None:
    for seed in range(50):
        text = scramble("Jalan Merbau 12/A, SDN BHD", Random(seed), digits=True)
        assert [c.isdigit() for c in text] == [c.isdigit() for c in "Jalan Merbau 12/A, SDN BHD"]
        assert [c.isupper() for c in text] == [c.isupper() for c in "Jalan Merbau 12/A, SDN BHD"]
        assert text.endswith("SDN BHD") and text.count(" ") == 4
        assert scramble("Lot 12", Random(seed), digits=False).endswith("12")


def test_of_an_invoice_only_values_change(scan: tuple[np.ndarray, dict], world: World) -> None:
    pixels, record = scan
    fields = {"seller": "NORTH GROCERY", "invoice date": "03/04/2019", "cashier": "AMINAH"}
    seen = set()
    for seed in range(8):
        made = retype(pixels, record | {"kind": "invoice", "fields": fields}, world, Random(seed))
        assert made is not None
        _, text, values = made
        assert values["invoice date"] == "03/04/2019"
        rest = text.replace(values["seller"], "NORTH GROCERY").replace(values["cashier"], "AMINAH")
        assert rest == record["text"]
        seen.add(values["seller"])
    assert len(seen) > 3
