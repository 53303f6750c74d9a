"""Pages that offer something else than was asked for lose against one that does not."""

import pytest

from octavo.app.plausible import fits
from octavo.app.service import merge_fields
from octavo.app.types import FieldValue, PageFields

FIT = (
    ("issue date", "05.06.2018"),
    ("date", "5 June 2018"),
    ("invoice date", "2018-06-05"),
    ("due date", "12/2021"),
    ("date", "20180605"),
    ("grand total", "1.197,65 EUR"),
    ("total", "RM 12.00"),
    ("tax", "-0,05"),
    ("VAT number", "DE123456789"),
    ("tax rate", "19 %"),
    ("seller", "12.00"),
    ("total in words", "twelve hundred"),
)
UNFIT = (
    ("issue date", "197,65"),
    ("date", "EUR 12.30"),
    ("date", "Muster GmbH"),
    ("grand total", "Bruttosumme"),
    ("total", "2017113/40209 GE Bank"),
    ("amount due", ""),
)


@pytest.mark.parametrize(("name", "value"), FIT)
def test_fits(name: str, value: str) -> None:
    assert fits(name, value)


@pytest.mark.parametrize(("name", "value"), UNFIT)
def test_does_not_fit(name: str, value: str) -> None:
    assert not fits(name, value)


def test_merging_prefers_what_fits_and_keeps_what_is_alone() -> None:
    def page(number: int, **values: tuple[str, float]) -> PageFields:
        fields = {key: FieldValue(value, sure) for key, (value, sure) in values.items()}
        return PageFields("a.pdf", number, fields, "ok", "", ())

    pages = [page(1, date=("05.06.2018", 0.4)), page(2, date=("197,65", 0.9), total=("Summe", 0.3))]
    merged = merge_fields("a.pdf", ["date", "total", "seller"], pages, "m", 0.0).fields
    assert merged["date"].value == "05.06.2018"
    assert merged["total"].value == "Summe"
    assert merged["seller"].value is None
