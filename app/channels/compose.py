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


def join(field: FieldRules, parts: Sequence[Part], separator: str | None = None) -> Composed:
    """One text from as many parts as the rules allow, in order; as prose unless a separator is given."""
    text, taken = "", []
    for part in parts:
        piece = piece_of(part, field)
        if not piece:
            continue
        between = measure.gap(text, piece) if separator is None else separator
        longer = f"{text}{between}{piece}" if text else piece
        if not _errors(longer, field, AT_THE_END):
            text = longer
            taken.append(Part(piece, part.writer, part.facts))
    if _errors(text, field, ()):
        return Composed("")
    return Composed(text, tuple(taken))


def pick(field: FieldRules, parts: Sequence[Part]) -> Composed:
    """A list of as many parts as the rules allow, each an entry; none that says what another says.

    Parts that are too short for an entry of their own share one.
    """
    most, total, least = (field.of(kind) for kind in ("max_items", "max_total", "min_items"))
    texts: list[str] = []
    taken: list[Part] = []
    for entry in _entries(field, parts):
        text = _listed(entry)
        if _errors(text, field, ()):
            continue
        if any(text.casefold() == other.casefold() for other in texts):
            continue
        if (most and len(texts) >= most.limit) or (
            total and sum(map(measure.chars, [*texts, text])) > total.limit
        ):
            continue
        texts.append(text)
        taken += entry
    if least and least.severity == "error" and len(texts) < least.limit:
        return Composed([])
    return Composed(texts, tuple(taken))


def _entries(field: FieldRules, parts: Sequence[Part]) -> list[list[Part]]:
    """The parts as the rules allow them, one an entry; short ones together until they are long enough.

    "颜色：蓝色" says as much as "Color: Blue" in half the characters, and a least number of them is a number.
    A last one that finds no company joins the last that have some, or stays out.
    """
    least = field.of("min_chars")
    entries: list[list[Part]] = []
    waiting: list[Part] = []
    shared: list[Part] = []
    told: set[str] = set()
    for part in parts:
        piece = piece_of(part, field)
        if not piece:
            continue
        own = Part(piece, part.writer, part.facts)
        if least is None or measure.chars(piece) >= least.limit:
            entries.append([own])
            continue
        if piece.casefold() in told:
            continue
        told.add(piece.casefold())
        waiting.append(own)
        if measure.chars(_listed(waiting)) >= least.limit:
            shared, waiting = waiting, []
            entries.append(shared)
    if shared and waiting and not _errors(_listed([*shared, *waiting]), field, ()):
        shared += waiting
    return entries


def _listed(parts: Sequence[Part]) -> str:
    """Parts as one entry, with the semicolon of their script between them."""
    mark = "；" if any(measure.HAN_RUN.search(part.text) for part in parts) else "; "
    return mark.join(part.text for part in parts)


def one(field: FieldRules, part: Part) -> Composed:
    """A field that holds a single part."""
    return join(field, [part])


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
