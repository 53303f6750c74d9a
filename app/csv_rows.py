"""Tables that people give us: CSV as spreadsheets of any country save it."""

import csv
import io


def read_rows(text: str) -> "csv.DictReader[str]":
    """The rows by the names of the first line, whose most frequent mark (comma, semicolon or tab) parts the
    cells. ``csv.Error`` comes while it is read.

    Not from ``splitlines``: that ends a line at characters that a cell may hold (U+2028, say).
    """
    mark = max(",;\t", key=text.split("\n", 1)[0].count)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
