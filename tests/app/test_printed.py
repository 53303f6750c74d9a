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
from octavo.app.printed import printed_form, unprinted


@pytest.mark.parametrize(
    ("value", "print_", "form"),
    [
        ("EUR", "total12,00€", "€"),
        ("EUR", "totaleur12,00", "EUR"),
        ("Euro", "total12,00€", "€"),
        ("Euro", "totaleur12,00", "EUR"),
        ("EUR", "total$12.00", None),
        ("EUR", "total12.00", None),
        ("USD", "total$12.00", "USD"),
        ("CAD", "total$12.00", "CAD"),  # whose dollars they are, the sign does not say
        ("$", "total12.00", None),
        ("£", "totalgbp12.00", "GBP"),
        ("GBP", "total£12.00", "£"),
        ("MYR", "totalrm12.00", "MYR"),
        ("MYR", "total(rm)", "MYR"),
        ("RM", "information", None),  # two letters in a word are no sign
        ("MYR", "normal12.00", None),
        ("Rs.", "totalrs12.00", "Rs."),
        ("Rs.", "first12.00", None),
        ("SEK", "summa12,00kr", "SEK"),
        ("US Dollars", "allpricesareinusdollars", "US Dollars"),
        ("", "total12.00", ""),
    ],
)
def test_a_currency_is_given_by_the_code_or_sign_that_is_printed(
    value: str, print_: str, form: str | None
) -> None:
    assert printed_form("currency", value, ["invoice", print_]) == form
    assert printed_form("Currency code", value, ["invoice", print_]) == form


@given(st.sampled_from(("total", "seller", "date")), st.text(max_size=30), st.lists(st.text(max_size=20)))
def test_other_fields_are_never_left_out(name: str, value: str, rows: list[str]) -> None:
    assert printed_form(name, value, rows) == value


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_any_value_and_any_print_give_an_outcome(value: str, rows: list[str]) -> None:
    found = printed_form("currency", value, rows)
    assert found is None or found == value or "".join(found.casefold().split()) in "\n".join(rows)
    printed = "".join(value.casefold().split())
    assert printed_form("currency", value, [*rows, printed]) == value


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("total", "RM 1,343.95", 0),
        ("total", "1,340.95", 1),
        ("total", "43.95", 0),  # a part of what is printed cannot be told from it
        ("date", "05/03/2018", 0),
        ("date", "05/03/2019", 1),
        ("date", "05/04/18", 0),  # short numbers are everywhere
        ("address", "7 Mill Road, 81100 Johor 2018", 0),
        ("address", "7 Mill Road, 81101 Johor, 99999", 2),
        ("seller", "Acme", 0),
        ("total", "twelve", 0),
    ],
)
def test_numbers_that_the_glyph_map_lacks_are_counted(name: str, value: str, missing: int) -> None:
    rows = ["millroad,81100johor", "05-mar-2018", "totalrm1,343.95"]
    assert unprinted(name, value, rows) == missing
    assert unprinted(name, value, []) == 0


class Printed(FakeBackend):
    """Sees ``print_`` on every page and answers a request for fields with ``said``."""

    def __init__(self, print_: str, said: dict[str, str]) -> None:
        super().__init__(lambda page, prompt: json.dumps(said))
        self.print_ = print_

    def look(self, image: Image.Image) -> PrintedRows:
        return PrintedRows((self.print_,), len(self.print_))


@pytest.mark.parametrize(("print_", "kept"), [("total12.00", None), ("total€12.00", "€")])
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
