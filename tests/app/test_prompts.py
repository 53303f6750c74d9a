"""Keys of programs are put in words before the model is asked for them; labels stay as they are printed."""

import pytest

from octavo.app.parsing import parse_fields
from octavo.app.prompts import extract_prompt, in_words, label_question


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("invoice_number", "invoice number"),
        ("VAT_id", "VAT id"),
        ("dueDate", "due date"),
        ("total", "total"),
        ("Invoice No.", "Invoice No."),
        ("GST Reg No", "GST Reg No"),
        ("IBAN", "IBAN"),
        ("McDonald", "McDonald"),
        ("_", "_"),
        ("a__b", "a__b"),
        ("Größe", "Größe"),
    ],
)
def test_only_identifiers_are_put_in_words(key: str, words: str) -> None:
    assert in_words(key) == words


def test_the_reply_is_found_under_the_key_that_was_asked() -> None:
    keys = ["invoice_number", "dueDate"]
    assert extract_prompt(keys) == 'Extract as JSON: "invoice number", "due date"'
    values = parse_fields('{"invoice number": "A7", "due date": null}', keys).values
    assert {key: value.value for key, value in values.items()} == {"invoice_number": "A7", "dueDate": None}
    assert label_question("invoice_number") == "What is the invoice number?"
