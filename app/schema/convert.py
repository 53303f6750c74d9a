"""One printed text → one value of a schema's leaf, or the reason why it is not one."""

from dataclasses import dataclass
from typing import Any

from ..parsing import normalise
from .load import Leaf
from .values import Habits, parse_amount, parse_currency, parse_date, parse_truth

WHAT = {
    "date": "a date",
    "currency": "a currency",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
}


@dataclass(frozen=True)
class Converted:
    """``value`` is None when ``problem`` says why the text gives none; a remark may come with a value too."""

    value: Any
    problem: str = ""


def convert(text: str, leaf: Leaf, habits: Habits) -> Converted:
    """What ``text`` means for ``leaf``. What comes out fits the leaf's rule: type, pattern, limits, enum."""
    value, remark = _value(text, leaf, habits)
    if value is None:
        what = WHAT.get(leaf.kind) or "one of " + ", ".join(map(str, leaf.rule.get("enum", ())))
        return Converted(None, f"{text[:60]!r} is not {what}")
    import jsonschema

    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    error = next(jsonschema.Draft202012Validator(leaf.rule, format_checker=checker).iter_errors(value), None)
    if error is not None:
        return Converted(None, f"does not fit the schema: {error.message[:120]}")
    return Converted(value, remark)


def _value(text: str, leaf: Leaf, habits: Habits) -> tuple[Any, str]:
    options = leaf.rule.get("enum")
    if options is not None:
        wanted = normalise(text)
        return next((one for one in options if one is not None and normalise(str(one)) == wanted), None), ""
    if leaf.kind == "date":
        return parse_date(text, habits)
    if leaf.kind == "currency":
        return parse_currency(text), ""
    if leaf.kind == "boolean":
        return parse_truth(text), ""
    if leaf.kind in ("number", "integer"):
        number = parse_amount(text, habits)
        if number is None or leaf.kind == "number":
            return number, ""
        return (int(number) if number.is_integer() else None), ""
    return text, ""
