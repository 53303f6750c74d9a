"""Writing within rules: a part is taken only if the field still obeys all of them with it.

This is decoding under a constraint with parts in the place of tokens: no text ever exists that breaks a rule,
so none has to be thrown away at the end.
"""

from collections.abc import Sequence

from . import text as measure
from .check import broken
from .repair import repair_text
from .rules import Composed, FieldRules, Part

AT_THE_END = ("min_chars",)  # what only the whole text can satisfy


def join(field: FieldRules, parts: Sequence[Part], separator: str) -> Composed:
    """One text from as many parts as the rules allow, in their order."""
    text, taken = "", []
    for part in parts:
        piece = piece_of(part, field)
        if not piece:
            continue
        longer = f"{text}{separator}{piece}" if text else piece
        if not _errors(longer, field, AT_THE_END):
            text = longer
            taken.append(Part(piece, part.writer, part.facts))
    if _errors(text, field, ()):
        return Composed("")
    return Composed(text, tuple(taken))


def pick(field: FieldRules, parts: Sequence[Part]) -> Composed:
    """A list of as many parts as the rules allow, each an entry; none that says what another says."""
    most, total, least = (field.of(kind) for kind in ("max_items", "max_total", "min_items"))
    texts: list[str] = []
    taken = []
    for part in parts:
        piece = piece_of(part, field)
        if not piece or _errors(piece, field, ()):
            continue
        if any(piece.casefold() == other.casefold() for other in texts):
            continue
        if (most and len(texts) >= most.limit) or (
            total and sum(map(measure.chars, [*texts, piece])) > total.limit
        ):
            continue
        texts.append(piece)
        taken.append(Part(piece, part.writer, part.facts))
    if least and least.severity == "error" and len(texts) < least.limit:
        return Composed([])
    return Composed(texts, tuple(taken))


def one(field: FieldRules, part: Part) -> Composed:
    """A field that holds a single part."""
    return join(field, [part], " ")


def piece_of(part: Part, field: FieldRules) -> str:
    """The part as the field's rules allow it: it may lose characters, never gain any.

    A sentence is dropped rather than cut, and with a forbidden phrase it is dropped as a whole.
    """
    if any(rule.kind == "banned_phrases" for rule, _ in broken(part.text, field.rules)):
        return ""
    rules = tuple(rule for rule in field.rules if rule.kind not in AT_THE_END)
    if not _is_label(part):
        rules = tuple(rule for rule in rules if rule.kind not in ("max_chars", "max_bytes"))
    return repair_text(part.text, rules)


def _is_label(part: Part) -> bool:
    """Names and lists of words stay true when they are cut; a sentence need not."""
    return not part.text.rstrip().endswith((".", "!", "?", "。"))


def _errors(text: str, field: FieldRules, skip: Sequence[str]) -> bool:
    return any(rule.severity == "error" for rule, _ in broken(text, field.rules, skip))
