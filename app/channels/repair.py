"""The repairer: takes away what a channel forbids and never adds a word of its own.

Characters go, phrases go with their sentence, repeated words go after the last allowed one, and what is too
long ends at a word. Letters change case only where the rule is about case.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from . import text as measure
from .check import broken, check_field
from .rules import FieldRules, Finding, Rule, Value

ROUNDS = 4  # one repair can uncover what another is about: the words that cutting joins, for example
EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|（\s*）|【\s*】")
DANGLING = " ,;:-–—/&|·•、，；："


def _without_chars(text: str, banned: str) -> str:
    return "".join(" " if char in banned else char for char in text)


def _without_sentences(text: str, is_bad: Callable[[str], bool]) -> str:
    """The text without its bad sentences; line breaks between the others stay."""
    lines = []
    for line in text.split("\n"):
        kept = measure.glue(part for part in measure.sentences(line) if not is_bad(part))
        lines += [kept] if kept else []
    return "\n".join(lines)


def _without_phrases(text: str, phrases: Sequence[str]) -> str:
    pattern = measure.any_phrase(tuple(phrases))
    is_name = len(measure.sentences(text)) == 1 and not text.endswith((".", "。"))
    if is_name:  # a name stays one without the phrase
        return pattern.sub(" ", text)
    return _without_sentences(text, lambda part: bool(pattern.search(part)))


def _without_repeats(text: str, limit: int) -> str:
    seen: Counter[str] = Counter()

    def judge(match: re.Match[str]) -> str:
        for start, word in enumerate(measure.pieces(match[0])):
            if word in measure.SMALL_WORDS:
                continue
            seen[measure.stem(word)] += 1
            if seen[measure.stem(word)] > limit:  # a single character that is left over is no word
                return match[0][:start] if start > 1 else ""
        return match[0]

    return measure.WORD.sub(judge, text)


def _calm(text: str, _: Any) -> str:
    loud = set(measure.shout(text))
    return measure.WORD.sub(lambda match: match[0].capitalize() if match[0] in loud else match[0], text)


def _capital(text: str, _: Any) -> str:
    for index, char in enumerate(text):
        if char.isalnum():
            return text[:index] + char.upper() + text[index + 1 :] if len(char.upper()) == 1 else text
    return text


REPAIRS: dict[str, Callable[[str, Any], str]] = {
    "max_chars": lambda text, limit: measure.cut(text, limit),
    "max_bytes": lambda text, limit: measure.cut(text, limit, measure.octets),
    "banned_chars": _without_chars,
    "banned_phrases": _without_phrases,
    "repeat_words": _without_repeats,
    "no_caps": _calm,
    "single_line": lambda text, _: text.replace("\n", " "),
    "printable": lambda text, _: measure.clean(text, keep_lines=True),
    "no_markup": lambda text, _: measure.TAG.sub(" ", text),
    "no_contact": lambda text, _: _without_sentences(text, lambda part: bool(measure.CONTACT.search(part))),
    "no_emoji": lambda text, _: measure.EMOJI.sub(" ", text),
    "start_capital": _capital,
    "no_end_mark": lambda text, _: text.rstrip(".!?;:,。！？；，、 "),
    "no_formula": lambda text, _: text.lstrip("=+-@ "),
}


def repair_text(text: str, rules: Sequence[Rule]) -> str:
    """The text as the rules allow it, or "" when nothing of it can stay. Its words are all from ``text``."""
    text = measure.clean(text, keep_lines=True)
    for _ in range(ROUNDS):
        faults = [(rule, said) for rule, said in broken(text, rules) if rule.severity == "error"]
        if not faults:
            return text
        for rule, _said in faults:
            mend = REPAIRS.get(rule.kind)
            if mend is None:  # too short, not a number, not in a list: nothing may be made up
                return ""
            text = _tidy(mend(text, rule.limit))
    return "" if any(rule.severity == "error" for rule, _ in broken(text, rules)) else text


def _tidy(text: str) -> str:
    text = EMPTY_BRACKETS.sub(" ", text)
    text = re.sub(r"\s+([,.;:!?、。，；：！？])", r"\1", text)
    text = re.sub(r"([,;、，；])(?:\s*[,;、，；])+", r"\1", text)
    return measure.clean(text.strip(DANGLING), keep_lines=True)


def repair_field(channel: str, field: FieldRules, value: Value) -> tuple[Value, tuple[Finding, ...]]:
    """A field's value as the rules allow it, and what is still wrong with it: the seller's to mend."""
    mended: Value
    if isinstance(value, str):
        mended = repair_text(value, field.rules)
    elif isinstance(value, dict):
        pairs = {name: [repair_text(text, field.rules) for text in texts] for name, texts in value.items()}
        mended = {name: [text for text in texts if text] for name, texts in pairs.items() if any(texts)}
    else:
        texts = list(dict.fromkeys(filter(None, (repair_text(text, field.rules) for text in value))))
        mended = _counted(texts, field)
    return mended, tuple(check_field(channel, field, mended))


def _counted(texts: list[str], field: FieldRules) -> list[str]:
    """As many of the first entries as the field holds."""
    most, total = field.of("max_items"), field.of("max_total")
    kept: list[str] = []
    for text in texts:
        if most and len(kept) >= most.limit:
            break
        if any(text.casefold() == other.casefold() for other in kept):
            continue
        if total and sum(map(measure.chars, [*kept, text])) > total.limit:
            continue
        kept.append(text)
    return kept
