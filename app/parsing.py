"""The model's text is untrusted input: here it becomes answers and fields, bounded and never evaluated."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .prompts import NOT_FOUND

MAX_TEXT = 20_000
MAX_VALUE = 2_000
STRING = r'"(?:[^"\\\x00-\x1f]|\\.){0,2000}"'
PAIR = re.compile(rf"({STRING})\s*:\s*({STRING}|null|true|false|-?\d{{1,40}}(?:\.\d{{1,40}})?)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class ParsedValue:
    """A field's value and where it stands in the model's text (character offsets); None is JSON's null."""

    value: str | None
    start: int
    end: int


@dataclass(frozen=True)
class ParsedFields:
    """The asked keys that the text holds. ``is_valid`` is False when the text is not one JSON object."""

    values: dict[str, ParsedValue]
    is_valid: bool


def printable(text: str) -> str:
    """The text without control and direction-changing characters, so that a page cannot steer a terminal."""
    return CONTROL.sub("", text)


def normalise(text: str) -> str:
    """Case, spaces and punctuation ignored: the form in which keys and answers are compared."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def is_not_found(text: str) -> bool:
    """Whether an answer says that the document does not hold one; an empty answer counts as such."""
    return not text.strip() or normalise(text) == normalise(NOT_FOUND)


def parse_fields(text: str, keys: Sequence[str]) -> ParsedFields:
    """Read a JSON object of strings and nulls; a broken one still gives the pairs that are whole.

    Keys are matched without case, spaces and punctuation; keys that were not asked are dropped, and of a key
    that is written twice the first counts.
    """
    text = text[:MAX_TEXT]
    wanted = {normalise(key): key for key in reversed(keys)}
    values: dict[str, ParsedValue] = {}
    for match in PAIR.finditer(text):
        name, value = _text(match[1]), _text(match[2])
        key = wanted.get(normalise(name or ""))
        if key is not None and key not in values:
            values[key] = ParsedValue(value, *match.span(2))
    return ParsedFields(values, _is_object(text))


def _text(raw: str) -> str | None:
    """A JSON scalar as text: numbers as they are written, null and blank strings as None."""
    if not raw.startswith('"'):
        return None if raw == "null" else raw
    try:
        decoded = json.loads(raw)
    except ValueError:
        decoded = raw[1:-1]
    return printable(decoded)[:MAX_VALUE].strip() or None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
