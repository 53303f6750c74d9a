"""Printed text → values: in the ways of many countries, and nothing where it is not clear what is meant."""

import pytest

from octavo.app.schema.checks import check_totals
from octavo.app.schema.tables import best_table, find_tables
from octavo.app.schema.values import Habits, parse_amount, parse_currency, parse_date, parse_truth

PLAIN = Habits()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("414.00", 414.0),
        ("1,234.50", 1234.5),
        ("1.234,50 €", 1234.5),
        ("1 234,50", 1234.5),
        ("1'234.50 CHF", 1234.5),
        ("RM 86.00", 86.0),
        ("-12,5", -12.5),
        ("(12.50)", -12.5),
        ("12.50-", -12.5),
        ("12", 12.0),
        ("1,234", 1234.0),
        ("1.234.567", 1234567.0),
        ("0,125", 0.125),
        ("19 %", 19.0),
        ("3 x 4.00", None),
        ("2 19.99", None),
        ("1.2.3", None),
        ("12 50", None),
        ("DE12 3456 7890", None),
        ("1,23,456.00", 123456.0),
        ("1 000 000", 1000000.0),
        ("1 234,567", 1234.567),
        ("15 ,40", 15.4),
        ("€ - 12. 50", -12.5),
        ("14.03.2025", None),
        ("free of charge", None),
        ("", None),
    ],
)
def test_amounts(text, value):
    assert parse_amount(text, PLAIN) == value


def test_a_lone_mark_before_three_digits_follows_the_habits_of_the_document():
    assert parse_amount("1,234", Habits.of(["12,50", "7,20"])) == 1.234
    assert parse_amount("1,234", Habits.of(["12.50"])) == 1234.0
    assert parse_amount("1.234", Habits.of(["2,50"])) == 1234.0


@pytest.mark.parametrize(
    ("text", "value", "is_unclear"),
    [
        ("2025-03-14", "2025-03-14", False),
        ("14.03.2025", "2025-03-14", False),
        ("03/14/2025", "2025-03-14", False),
        ("25/12/17", "2017-12-25", False),
        ("05/05/2025", "2025-05-05", False),
        ("03/04/2025", "2025-04-03", True),
        ("14 March 2025", "2025-03-14", False),
        ("March 14, 2025", "2025-03-14", False),
        ("5. März 2018", "2018-03-05", False),
        ("3 février 2021", "2021-02-03", False),
        ("2025年3月14日", "2025-03-14", False),
        ("31.02.2025", None, False),
        ("yesterday", None, False),
        ("12", None, False),
        ("March", None, False),
    ],
)
def test_dates(text, value, is_unclear):
    found, remark = parse_date(text, PLAIN)
    assert (found, bool(remark)) == (value, is_unclear)


def test_unclear_dates_follow_the_clear_ones_of_the_document():
    american = Habits.of(["03/04/2025", "12/25/2025"])
    assert parse_date("03/04/2025", american) == ("2025-03-04", "")
    assert parse_date("03/04/2025", Habits.of(["25/12/2025"])) == ("2025-04-03", "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EUR", "EUR"),
        ("197,65 €", "EUR"),
        ("RM 86.00", "MYR"),
        ("US$ 5", "USD"),
        ("12 zł", "PLN"),
        ("$5", None),
        ("kr 20", None),
        ("Normal", None),
        ("EUR or USD", None),
    ],
)
def test_currencies(text, code):
    assert parse_currency(text) == code


def test_truths():
    assert parse_truth("Yes") is True and parse_truth("☐") is False and parse_truth("maybe") is None


MARKDOWN = """Invoice
| Pos | Bezeichnung | Menge | Einzelpreis | Gesamt |
| --- | --- | --- | --- | --- |
| 1 | Papier \\| weiss | 2 | 3,00 | 6,00 |
| 2 | Faden | 1 |

| a | b |
| --- | --- |
| 1 | 2 |
"""


def test_tables_are_found_and_their_columns_by_usual_names():
    first, second = find_tables(MARKDOWN)
    assert first.rows == (("1", "Papier | weiss", "2", "3,00", "6,00"), ("2", "Faden", "1", "", ""))
    table, columns = best_table([second, first], ["description", "quantity", "unit price", "amount"])
    assert table is first
    assert columns == {"description": 1, "quantity": 2, "unit price": 3, "amount": 4}
    assert best_table([second], ["description", "quantity"]) is None


def test_figures_that_do_not_agree_are_flagged_and_missing_ones_are_not():
    rows = [
        {"quantity": 2.0, "unit_price": 3.0, "amount": 6.0},
        {"quantity": 1.0, "unit_price": 4.0, "amount": 5.0},
    ]
    checks = check_totals({"subtotal": 11.0, "tax": 2.2, "total": 13.5}, rows)
    wrong = [check.name for check in checks if not check.is_right]
    assert wrong == ["subtotal + tax = total", "items[1]: quantity × unit price = amount"]
    assert "13.20 is not 13.50" in checks[0].message
    assert check_totals({"subtotal": 11.0, "total": None}, []) == ()
    assert all(check.is_right for check in check_totals({"total": 9.3, "cash": 10.0, "change": 0.7}, []))
