"""Scores against values worked out by hand."""

import pytest

from octavo.app.metrics import (
    CharacterErrors,
    anls,
    cell_f1,
    cer,
    character_errors,
    comparable,
    field_match,
    loose_character_errors,
    table_rows,
    without_marks,
)


@pytest.mark.parametrize(
    ("prediction", "accepted"),
    [
        ("86.00", "86.00"),
        ("shell isni  PETRO trading", "Shell Isni Petro Trading"),  # case, spaces
        ("529,87", "529.87"),  # punctuation is ignored: a decimal comma equals a dot
        ("ﬁnal №5", "final no5"),  # NFKC takes compatibility characters apart
        ("STRASSE 1", "Straße 1"),  # case folding, not lower-casing
        ("$8.20", "8.20"),  # symbols are ignored as well
        ("e\u0301cole", "école"),  # composed and decomposed accents
        ("Wynn Resorts Ltd", ["Elaine P. Wynn", "Wynn Resorts, Ltd."]),  # any accepted value
        (None, None),
        (None, []),
        (None, ["Bon 12", None]),  # one may say that it is not there
        ("bon 12", ["Bon 12", None]),
        ("-", "-"),
    ],
)
def test_field_matches(prediction, accepted):
    assert field_match(prediction, accepted)


@pytest.mark.parametrize(
    ("prediction", "accepted"),
    [
        ("86.01", "86.00"),
        ("ecole", "école"),  # accents are letters, not punctuation
        (None, "86.00"),
        ("86.00", None),
        ("86.00", ["Bon 12", None]),
        ("", "86.00"),
        ("-", "€"),  # texts of symbols alone are not all alike
        ("", "-"),
    ],
)
def test_field_differs(prediction, accepted):
    assert not field_match(prediction, accepted)


def test_comparable_keeps_digits_and_letters_of_other_scripts():
    assert comparable(" Nº 12-Ж/३ ") == "no12ж३"


@pytest.mark.parametrize(
    ("prediction", "accepted", "score"),
    [
        ("Invoice", "invoice", 1.0),
        ("kitten", "sitting", 1 - 3 / 7),  # 3 edits over 7 characters: NL 0.43
        ("abcd", "abxy", 0.0),  # NL is exactly the threshold, which is not below it
        ("abcde", "abxye", 1 - 2 / 5),
        ("12 March", "12March", 1 - 1 / 8),  # white space counts
        ("  total ", "TOTAL", 1.0),  # at the ends it does not
        ("cat", ["dog", "cart"], 1 - 1 / 4),  # the best reference
        (None, None, 1.0),
        (None, "total", 0.0),
        ("total", None, 0.0),
        ("", "total", 0.0),
        (None, ["total", None], 1.0),
        ("cat", [None], 0.0),
    ],
)
def test_anls(prediction, accepted, score):
    assert anls(prediction, accepted) == pytest.approx(score)


def test_anls_threshold_can_be_moved():
    assert anls("abcd", "abxy", threshold=0.6) == pytest.approx(0.5)


def test_character_error_is_edits_over_reference_length():
    # "helo wurld" → "hello world": one insertion, one substitution; 11 reference characters
    assert character_errors("helo wurld", "hello world") == CharacterErrors(2, 11)
    assert cer("helo wurld", "hello world") == pytest.approx(2 / 11)


def test_white_space_runs_count_once_and_case_counts():
    assert cer("a\n\n  b\u00a0c", "a b c") == 0.0
    assert cer("ABC", "abc") == 1.0


def test_empty_reference_does_not_divide_by_zero():
    assert cer("", "") == 0.0
    assert cer("xy", "") == 2.0


def test_sets_average_over_characters_and_not_over_pages():
    total = character_errors("", "ab") + character_errors("12345678", "12345678")
    assert total.rate == pytest.approx(2 / 10)


def test_loose_errors_ignore_case_spaces_and_punctuation():
    assert loose_character_errors("No. 12-A", "NO 12 A").edits == 0
    assert loose_character_errors("Total: 9.50", "TOTAL 9.60") == CharacterErrors(1, 8)  # "total960"


def test_markdown_marks_cost_nothing():
    page = "# Title\n\n| a | b |\n|---|:--:|\n| 1 | x\\|y |"
    assert without_marks(page) == "Title\n\na b\n1 x|y"
    assert cer(page, "Title a b 1 x|y") == 0.0
    assert cer("C# is 3-4 and - not | a row", "C# is 3-4 and - not | a row") == 0.0


def test_table_rows_keep_escaped_pipes_and_empty_cells():
    assert table_rows("text\n| a | |\n|---|---|\n| b\\|c | d\\| |\n") == [["a", ""], ["b|c", "d|"]]


TABLE = "| Item | Price |\n|---|---|\n| Pen | 1.20 |\n| Ink | 3.50 |"


@pytest.mark.parametrize(
    ("prediction", "score"),
    [
        (TABLE, 1.0),
        (TABLE.lower().replace("1.20", "1,20"), 1.0),  # cells are compared as fields are
        ("| Item | Price |\n|---|---|\n| Ink | 3.50 |", 2 * 4 / (4 + 6)),  # a lost row costs its two cells
        ("| Item | Price |\n|---|---|\n| Pen | 1.20 |\n| Cap | 9 |\n| Ink | 3.50 |", 2 * 6 / (8 + 6)),
        ("| Item |\n|---|\n| Pen |\n| Ink |", 2 * 3 / (3 + 6)),  # a lost column
        ("| Price | Item |\n|---|---|\n| 1.20 | Pen |\n| 3.50 | Ink |", 2 * 3 / 12),  # columns swapped
        ("| Item | Price |\n|---|---|\n| Ink | 3.50 |\n| Pen | 1.20 |", 2 * 4 / 12),  # rows swapped
        ("no table at all", 0.0),
        ("", 0.0),
    ],
)
def test_cell_f1(prediction, score):
    assert cell_f1(prediction, TABLE) == pytest.approx(score)


def test_cell_f1_of_nothing_against_nothing_is_right():
    assert cell_f1("", "") == 1.0


def test_empty_cells_left_by_spans_do_not_count():
    assert cell_f1("| A |\n|---|\n| 1 | 2 |", "| A | |\n|---|---|\n| 1 | 2 |") == 1.0


SAME_DAY = ("05.06.2018", "5/6/18", "2018-06-05", "5. Juni 2018", "June 5, 2018", "05-Jun-2018", "18-06-05")


@pytest.mark.parametrize("said", SAME_DAY)
def test_an_iso_date_equals_the_same_day_as_printed(said: str) -> None:
    assert field_match(said, "2018-06-05")


@pytest.mark.parametrize("said", ["06.06.2018", "05.06.2019", "5. Juli 2018", "Juni 2018", "2018060", "5"])
def test_another_day_is_another_day(said: str) -> None:
    assert not field_match(said, "2018-06-05")


@pytest.mark.parametrize("said", ["18-05-06", "2018-05-06", "05-18-06", "5-2018-06", "2018, 5.6."])
def test_numbers_in_an_order_that_nobody_prints_are_no_date(said: str) -> None:
    assert not field_match(said, "2018-06-05")


@pytest.mark.parametrize("day", ["2018-06-05", "2018-05-06"])
def test_a_day_and_a_month_that_may_be_either_equal_both(day: str) -> None:
    assert field_match("05/06/2018", day) and field_match("6/5/18", day)


def test_two_digits_are_a_year_only_where_one_stands() -> None:
    assert field_match("18-05-06", "2006-05-18") and not field_match("18-05-06", "2005-06-18")
    assert field_match("1/2/05", "2005-02-01") and not field_match("1/2/5", "2005-02-01")


def test_a_bare_number_equals_the_same_amount_with_its_currency() -> None:
    assert field_match("197,65 EUR", "197.65") and field_match("€ 1.197,65", "1197.65")
    assert not field_match("197,66 EUR", "197.65") and not field_match("Rechnung 197,65", "197.65")
    assert not field_match("EUR", "0")
