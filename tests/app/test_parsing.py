"""Model text → fields: tolerant of broken JSON, bounded, never evaluated."""

import json
import time

import pytest

from octavo.app.parsing import is_not_found, normalise, parse_fields, printable
from octavo.app.prompts import NOT_FOUND, extract_answer

KEYS = ["invoice number", "total"]


def values(text: str, keys=KEYS) -> dict[str, str | None]:
    return {key: item.value for key, item in parse_fields(text, keys).values.items()}


def test_what_training_teaches_is_read_back():
    taught = {"invoice number": 'A "7" \\ 8', "total": None}
    parsed = parse_fields(extract_answer(taught), list(taught))
    assert parsed.is_valid
    assert {key: item.value for key, item in parsed.values.items()} == taught


def test_a_value_knows_where_it_stands_in_the_text():
    text = '{"invoice number": "A7", "total": 12.50}'
    parsed = parse_fields(text, KEYS)
    assert text[parsed.values["invoice number"].start : parsed.values["invoice number"].end] == '"A7"'
    assert text[parsed.values["total"].start : parsed.values["total"].end] == "12.50"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"invoice number": "A7", "total": "12', {"invoice number": "A7"}),  # cut at the length limit
        ('Here: {"total": "5"} thanks', {"total": "5"}),
        ('{"total": 12.50, "other": "x"}', {"total": "12.50"}),  # numbers as written
        ('{"TOTAL:": "5", "total": "6"}', {"total": "5"}),  # the first one counts
        ('{"total": ""}', {"total": None}),
        ('{"total": "a\\u0000\\u001b[31mb"}', {"total": "a[31mb"}),
        ('{"total": "\\q"}', {"total": "\\q"}),  # an escape that JSON lacks
        ('{"total": {"total": 1}}', {"total": "1"}),
        ("__import__('os').system('true')", {}),
        ("", {}),
    ],
)
def test_broken_text_gives_what_is_whole(text, expected):
    assert values(text) == expected


def test_validity_is_told():
    assert parse_fields('{"total": null}', KEYS).is_valid
    assert not parse_fields('{"total": "1"', KEYS).is_valid
    assert not parse_fields('["total"]', KEYS).is_valid


def test_hostile_lengths_take_no_time():
    started = time.perf_counter()
    long_value = json.dumps({"total": "9" * 10**6})
    for text in ('"' * 10**6, "[" * 10**6, '{"a":' * 10**5, '"\\' * 10**6, long_value):
        parse_fields(text, KEYS)
    assert time.perf_counter() - started < 10


def test_not_found_is_recognised_in_any_dress():
    dresses = (NOT_FOUND, NOT_FOUND.upper() + "!", " not in the document", "", "  ")
    assert all(is_not_found(text) for text in dresses)
    assert not is_not_found("Not in the document, but in the annex")
    assert not is_not_found("–")


def test_printable_keeps_lines_and_letters_only():
    assert printable("a\tb\nc\x1b[2Jd\x07\u202ee\x9b") == "a\tb\nc[2Jde"
    assert normalise("Invoice-Nr.: Ä") == "invoicenrä"
