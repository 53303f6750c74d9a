"""A currency that is printed nowhere is no answer; everything else is left alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.outcomes import UNPRINTED
from octavo.app.pages_match import PrintedRows
from octavo.app.printed import may_say


@pytest.mark.parametrize(
    ("value", "print_", "says"),
    [
        ("EUR", "total12,00€", True),
        ("EUR", "totaleur12,00", True),
        ("Euro", "total12,00€", True),
        ("EUR", "total$12.00", False),
        ("EUR", "total12.00", False),
        ("USD", "total$12.00", True),
        ("CAD", "total$12.00", True),  # whose dollars they are, the sign does not say
        ("$", "total12.00", False),
        ("GBP", "total£12.00", True),
        ("MYR", "totalrm12.00", True),
        ("Rs.", "totalrs12.00", True),
        ("SEK", "summa12,00kr", True),
        ("US Dollars", "allpricesareinusdollars", True),
    ],
)
def test_a_currency_needs_its_code_or_a_sign(value: str, print_: str, says: bool) -> None:
    assert may_say("currency", value, ["invoice", print_]) is says
    assert may_say("Currency code", value, ["invoice", print_]) is says


@given(st.sampled_from(("total", "seller", "date")), st.text(max_size=30), st.lists(st.text(max_size=20)))
def test_other_fields_are_never_left_out(name: str, value: str, rows: list[str]) -> None:
    assert may_say(name, value, rows)


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_any_value_and_any_print_give_an_outcome(value: str, rows: list[str]) -> None:
    assert may_say("currency", value, rows) in (True, False)
    printed = "".join(value.casefold().split())
    assert may_say("currency", value, [*rows, printed])


class Printed(FakeBackend):
    """Sees ``print_`` on every page and answers a request for fields with ``said``."""

    def __init__(self, print_: str, said: dict[str, str]) -> None:
        super().__init__(lambda page, prompt: json.dumps(said))
        self.print_ = print_

    def look(self, image: Image.Image) -> PrintedRows:
        return PrintedRows((self.print_,), len(self.print_))


@pytest.mark.parametrize(("print_", "kept"), [("total12.00", None), ("total€12.00", "EUR")])
def test_extraction_leaves_it_out_and_says_so(tmp_path: Path, print_: str, kept: str | None) -> None:
    image = Image.new("L", (400, 300), 250)
    ImageDraw.Draw(image).text((40, 40), "TOTAL 12.00", fill=0)
    image.save(tmp_path / "page.png")
    backend = Printed(print_, {"currency": "EUR", "total": "12.00"})
    with DocumentService(Settings(isolate=False), backend) as service:
        fields = service.extract(service.open(tmp_path / "page.png"), ["currency", "total"])
    assert fields.values == {"currency": kept, "total": "12.00"}
    told = f"page 1: {UNPRINTED.format('currency', 'EUR')}"
    assert (told in fields.notes) is (kept is None)
