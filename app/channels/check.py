"""The validator: one function for each kind of rule, and the findings of a row.

A check says what is wrong with a text in words for the seller, or nothing. It changes nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from . import text as measure
from .gtin import problem_of
from .rules import FieldRules, Finding, Rule, Value

Check = Callable[[str, Any], str]


def _max_chars(text: str, limit: int) -> str:
    count = measure.chars(text)
    return f"{count} characters, at most {limit} are allowed; shorten it" if count > limit else ""


def _min_chars(text: str, limit: int) -> str:
    count = measure.chars(text)
    return f"{count} characters, at least {limit} are needed; say more" if text and count < limit else ""


def _max_bytes(text: str, limit: int) -> str:
    count = measure.octets(text)
    return f"{count} bytes in UTF-8, at most {limit} are allowed; shorten it" if count > limit else ""


def _banned_chars(text: str, banned: str) -> str:
    found = "".join(dict.fromkeys(char for char in text if char in banned))
    return f"{' '.join(found)} may not be used; take it out" if found else ""


def _banned_phrases(text: str, phrases: Sequence[str]) -> str:
    found = measure.any_phrase(tuple(phrases)).search(text)
    return f"“{found[0]}” may not be used; say what the product is instead" if found else ""


def _repeat_words(text: str, limit: int) -> str:
    counts = Counter(measure.stem(word) for word in measure.words(text) if word not in measure.SMALL_WORDS)
    often = [word for word, count in counts.items() if count > limit]
    return f"“{often[0]}” is there {counts[often[0]]} times, at most {limit} are allowed" if often else ""


def _no_caps(text: str, _: Any) -> str:
    loud = measure.shout(text)
    return f"“{loud[0]}” is in capitals only; write it in lower case" if loud else ""


def _single_line(text: str, _: Any) -> str:
    return "has a line break; write it in one line" if "\n" in text or "\r" in text else ""


def _printable(text: str, _: Any) -> str:
    is_clean = measure.clean(text, keep_lines=True) == text
    return "" if is_clean else "has control characters, needless spaces or is not in normal form"


def _no_markup(text: str, _: Any) -> str:
    found = measure.TAG.search(text)
    return f"{found[0][:20]} is markup; write plain text" if found else ""


def _no_contact(text: str, _: Any) -> str:
    found = measure.CONTACT.search(text)
    return f"“{found[0][:30]}” is an address or a phone number; take it out" if found else ""


def _no_emoji(text: str, _: Any) -> str:
    found = measure.EMOJI.search(text)
    return f"{found[0]} is an emoji or a decoration; take it out" if found else ""


def _start_capital(text: str, _: Any) -> str:
    first = next((char for char in text if char.isalnum()), "")
    return "does not start with a capital letter" if first.islower() and first.upper() != first else ""


def _no_end_mark(text: str, _: Any) -> str:
    return f"ends with {text[-1]}; leave it out" if text and text[-1] in ".!?;:,。！？；，、" else ""


def _no_formula(text: str, _: Any) -> str:
    return (
        f"starts with {text[0]}: a spreadsheet takes it for a formula" if text and text[0] in "=+-@" else ""
    )


def _pattern(text: str, pattern: str) -> str:
    return "" if re.fullmatch(pattern, text) else f"“{text[:40]}” has not the form that is asked for"


def _one_of(text: str, allowed: Sequence[str]) -> str:
    return "" if text in allowed else f"“{text[:40]}” is not one of {', '.join(allowed)}"


def _gtin(text: str, _: Any) -> str:
    return problem_of(text)


CHECKS: dict[str, Check] = {
    "max_chars": _max_chars,
    "min_chars": _min_chars,
    "max_bytes": _max_bytes,
    "banned_chars": _banned_chars,
    "banned_phrases": _banned_phrases,
    "repeat_words": _repeat_words,
    "no_caps": _no_caps,
    "single_line": _single_line,
    "printable": _printable,
    "no_markup": _no_markup,
    "no_contact": _no_contact,
    "no_emoji": _no_emoji,
    "start_capital": _start_capital,
    "no_end_mark": _no_end_mark,
    "no_formula": _no_formula,
    "pattern": _pattern,
    "one_of": _one_of,
    "gtin": _gtin,
}
COUNTED = {"required", "min_items", "max_items", "max_total", "unique"}  # of the field, not of one text


def broken(text: str, rules: Iterable[Rule], skip: Sequence[str] = ()) -> list[tuple[Rule, str]]:
    """The rules that a text breaks, each with what is wrong. Rules of whole fields are not looked at."""
    found = []
    for rule in rules:
        if (
            rule.kind not in COUNTED
            and rule.kind not in skip
            and (said := CHECKS[rule.kind](text, rule.limit))
        ):
            found.append((rule, f"{said}; write it like {rule.example}" if rule.example else said))
    return found


def check_field(channel: str, field: FieldRules, value: Value | None) -> list[Finding]:
    """All findings of one field; of a list and of pairs, of each entry."""
    texts = _texts(value)
    said = [
        (rule, problem) for rule in field.rules if (problem := _count_problem(rule, texts, field.is_list))
    ]
    for text in texts:
        said += broken(text, field.rules)
    return [
        Finding(f"{channel}.{field.name}.{rule.kind}", field.name, problem, rule.severity)
        for rule, problem in said
    ]


def check_fields(
    channel: str, fields: Iterable[FieldRules], values: Mapping[str, Value]
) -> tuple[Finding, ...]:
    """The findings of a whole row, in the order of the fields; a field that has no rules is a defect."""
    known = list(fields)
    names = {field.name for field in known}
    findings = [
        Finding(f"{channel}.{name}.unknown", name, "the channel has no such field", "error")
        for name in values
        if name not in names
    ]
    for field in known:
        findings += check_field(channel, field, values.get(field.name))
    return tuple(findings)


def _texts(value: Value | None) -> list[str]:
    if not value:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for values in value.values() for text in values]
    return list(value)


def _count_problem(rule: Rule, texts: list[str], is_list: bool) -> str:
    if rule.kind == "required" and not any(text.strip() for text in texts):
        return f"is required and missing; {rule.limit}"
    if rule.kind == "min_items" and 0 < len(texts) < rule.limit:
        return f"has {len(texts)} entries, at least {rule.limit} are needed"
    if rule.kind == "max_items" and len(texts) > rule.limit:
        return f"has {len(texts)} entries, at most {rule.limit} are allowed"
    if rule.kind == "max_total" and sum(map(measure.chars, texts)) > rule.limit:
        return f"has {sum(map(measure.chars, texts))} characters in all, at most {rule.limit} are allowed"
    if rule.kind == "unique" and is_list and len({text.casefold() for text in texts}) < len(texts):
        return "says the same thing twice"
    return ""
