"""Labels of an invoice's XML are found as the page prints them, or not at all."""

import pymupdf
import pytest

from octavo.app.manifest import Item
from octavo.training.real_invoices import as_printed, invoice_pages, notations


@pytest.mark.parametrize(
    ("value", "text", "printed"),
    [
        ("2018-06-05", "Rechnung vom 05.06.2018.", "05.06.2018"),
        ("2018-06-05", "Datum: 5. Juni 2018", "5. Juni 2018"),
        ("2018-06-05", "Date : 5 juin 2018", "5 juin 2018"),
        ("1165.07", "Brutto 1.165,07 EUR", "1.165,07"),
        ("1165.07", "Total 1 165,07", "1 165,07"),
        ("1165.07", "Total 1,165.07", "1,165.07"),
        ("65.07", "Brutto 1.165,07 EUR", None),  # a part of another amount
        ("471102", "Nr. 4711023", None),
        ("Lieferant GmbH", "Lieferant GmbH\nKöln", "Lieferant GmbH"),
        ("", "anything", None),
    ],
)
def test_as_printed(value: str, text: str, printed: str | None) -> None:
    assert as_printed(value, text) == printed


def test_no_notation_is_ambiguous() -> None:
    forms = notations("1234.50")
    assert len(forms) == len(set(forms)) and "1,234,50" not in forms and "1.234.50" not in forms


def test_pages_keep_what_they_print(tmp_path) -> None:
    with pymupdf.open() as document:
        for lines in (
            ("Rechnung Nr. 77-12", "Datum 05.06.2018", "Muster & Sohn GmbH"),
            ("Summe 1.165,07 EUR",),
        ):
            page = document.new_page()
            for number, line in enumerate((*lines, "Wir danken für Ihren Auftrag und liefern " * 2)):
                page.insert_text((60, 80 + 30 * number), line)
        document.new_page()
        document.save(tmp_path / "a.pdf")
    fields = {"invoice_number": "77-12", "issue_date": "2018-06-05", "seller_name": "Muster & Sohn GmbH"}
    labels = {"fields": fields | {"grand_total": "1165.07", "iban": None}, "language": "de"}
    records = [
        record for record, _ in invoice_pages(Item("a", "invoice_kie", tmp_path / "a.pdf", None, labels))
    ]
    assert [record["fields"] for record in records] == [
        {"invoice number": "77-12", "invoice date": "05.06.2018", "seller": "Muster & Sohn GmbH"},
        {"total": "1.165,07"},
    ]
    for record in records:
        width, height = record["size"]
        assert max(width, height) == 1536
        assert all(0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height for x0, y0, x1, y1, _ in record["lines"])
