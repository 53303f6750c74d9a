"""Pages that offer something else than was asked for lose against one that does not."""

import pytest

from octavo.app.merge import merge_fields
from octavo.app.plausible import choose, fits, in_head
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
    ("total in words", "twelve hundred"),
    ("seller", "99 SPEED MART S/B"),
    ("company", "UNIHAKKA INTERNATIONAL SDN BHD (867388-U)"),
    ("buyer name", "Street Kitchen Ltd"),
    ("seller", "McDonald's Restaurant #31278"),
    ("store", "Shell 12345"),
    ("seller", "The Bill Company of Ohio"),
    ("customer number", "Customer: 12 345"),
    ("seller address", "Station Road, 21"),
    ("buyer city", "98765 Musterstadt"),
)
UNFIT = (
    ("issue date", "197,65"),
    ("date", "EUR 12.30"),
    ("date", "Muster GmbH"),
    ("grand total", "Bruttosumme"),
    ("total", "2017113/40209 GE Bank"),
    ("amount due", ""),
    ("grand total", "20.11.2018"),
    ("total", "20/11/18"),
    ("tax", "2018-11-20"),
    ("seller", "12.00"),
    ("seller", ""),
    ("seller", "FROM"),
    ("buyer", "Bill to"),
    ("buyer", "Order Number"),
    ("buyer", "Customer no.: 007"),
    ("seller", "Invoice 103767"),
    ("seller", "Hauptstrasse 12"),
    ("seller", "Hauptstr. 12"),
    ("company", "12345 Musterstadt, Am Markt 1"),
    ("seller", "SAN MATEO, CA 94401"),
    ("buyer", "Please find enclosed the invoice for the work that we did for you last month"),
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


@pytest.mark.parametrize(
    ("name", "head"),
    [
        *[(name, True) for name in ("invoice number", "Issue date", "seller name", "company", "date")],
        *[(name, False) for name in ("due date", "grand total", "VAT number", "order number", "remarks")],
    ],
)
def test_what_stands_in_the_head_of_a_document(name: str, head: bool) -> None:
    assert in_head(name) is head


@pytest.mark.parametrize(
    ("name", "offered", "chosen"),
    [
        ("seller", [("ACME", 0.4), ("Position", 0.7)], "ACME"),
        ("seller", [("GBP", 0.2), ("ACME", 0.9)], "ACME"),  # much surer
        ("seller", [("ACME", 0.9)], "ACME"),
        ("total", [("12.00", 0.4), ("14.00", 0.7)], "14.00"),
        ("grand total", [("12.00", 0.7), ("14.00", 0.4)], "14.00"),
        ("grand total", [("12.00", 0.9), ("14.00", 0.3)], "12.00"),  # much surer
        ("total tax", [("12.00", 0.7), ("14.00", 0.4)], "12.00"),
        ("total weight", [("12 kg", 0.7), ("14 kg", 0.4)], "12 kg"),
        ("remarks", [("none", 0.7), ("see below", 0.4)], "none"),
    ],
)
def test_the_first_page_says_who_and_when_and_the_last_what_it_comes_to(
    name: str, offered: list[tuple[str, float]], chosen: str
) -> None:
    assert choose(name, offered, lambda value: value[1])[0] == chosen
