"""The claim filter: a sentence of the model may stay only if facts or the seller's words back all of it.

It looks at words, not at meaning: every word must be a word of a stated fact, of the seller's notes, or one
of few words that claim nothing. So it errs on the side of dropping; the facts are then said by templates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..channels.rules import Part
from ..channels.text import clean, sentences, stem, words
from .facts import Fact
from .taxonomy import find_category
from .words import english, spoken

MAX_SENTENCES = 12
MAX_SENTENCE = 300
# Words that claim nothing by themselves. No negation, no degree, no praise, no number is among them.
NEUTRAL = frozenset(
    stem(word)
    for word in (
        "a an the this these that those it its they is are was has have comes come in on of for with and or "
        "to by from as at made features featuring product products item items color colour colored coloured "
        "tone shade style design look pattern pair piece shown photo worn wear use used suitable type"
    ).split()
)


@dataclass(frozen=True)
class Dropped:
    """Something that the model wrote and that is not in the listing, and why."""

    text: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """As ``octavo listing --json`` prints it."""
        return {"text": self.text, "reason": self.reason}


def vocabulary(facts: Iterable[Fact], notes: str) -> dict[str, str]:
    """Stem → name of the fact that backs it, over stated facts and what the seller said."""
    backed: dict[str, str] = {}
    for word in words(notes):
        backed.setdefault(stem(word), "notes")
    for fact in facts:
        if not fact.stated:
            continue
        values = [fact.value, english(fact.name, fact.value)]
        if fact.name == "category" and (category := find_category(fact.value)):
            values.append(category.names["en"])
        if fact.name == "gender":
            values.append(spoken("gender", fact.value, "en"))
        for value in values:
            for word in words(value):
                backed[stem(word)] = fact.name
    return backed


def supported(text: str, backed: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """(names of the facts that back the text, "") or ((), the first word that nothing backs)."""
    names: list[str] = []
    for word in words(text):
        key = stem(word)
        if key in backed:
            names.append(backed[key])
        elif key not in NEUTRAL:
            return (), word
    return tuple(dict.fromkeys(names)), "" if names else "nothing"


def keep_supported(text: str, facts: Sequence[Fact], notes: str) -> tuple[list[Part], list[Dropped]]:
    """The model's sentences that are backed, as parts, and the others with the word that nothing backs."""
    backed = vocabulary(facts, notes)
    kept, dropped = [], []
    for sentence in sentences(clean(text, keep_lines=True))[:MAX_SENTENCES]:
        if len(sentence) > MAX_SENTENCE:
            dropped.append(Dropped(sentence[:80] + "…", "is too long to be checked"))
            continue
        names, missing = supported(sentence, backed)
        if missing:
            dropped.append(Dropped(sentence, f"no fact backs “{missing}”"))
        else:
            kept.append(Part(sentence, "model", names))
    return kept, dropped
