"""Questions about real receipts and invoices: for their fields in many wordings, and in vain.

Questions with and without an answer come in the same wordings, lest the wording tell which is which. In vain
is asked only for what no receipt has (``synth.vain``, made-up labels): a real page prints more than its
labels say.
"""

from collections.abc import Sequence
from random import Random

from .synth.labels import made_up
from .synth.page import Field, Question
from .synth.questions import about_fields, template
from .synth.vain import hard_label
from .synth.world import World

ANSWERED = 4  # of a page, at most
IN_VAIN = (0, 1, 1, 2)
PLAIN_SHARE = 0.5  # asked with "What is the …?", as people who score do
MADE_UP_SHARE = 0.15
_PLAIN = "What is the {l}?"


def real_questions(
    fields: Sequence[Field], text: str, kind: str, language: str, world: World | None, dice: Random
) -> tuple[Question, ...]:
    """Shuffled questions about a page with these fields (without printed labels) and this transcript."""
    is_plain = dice.random() < PLAIN_SHARE
    if is_plain:
        asked = [Question(_PLAIN.format(l=f.key), f.value, None, "natural") for f in fields]
    else:
        asked = about_fields(dice, list(fields), language, ANSWERED, kind)
    printed = text.casefold()
    for _ in range(dice.choice(IN_VAIN)):
        if label := _in_vain(dice, printed, language, world):
            form = _PLAIN if is_plain else template(dice, language)
            asked.append(Question(form.format(l=label), None, None, "unanswerable"))
    dice.shuffle(asked)
    return tuple(asked)


def _in_vain(dice: Random, printed: str, language: str, world: World | None) -> str:
    """A label, or "" where one of its words is printed."""
    if world is None or dice.random() >= MADE_UP_SHARE:
        return hard_label(dice, printed, language)
    label = made_up(dice, world, language)[0]
    return "" if any(word in printed for word in label.casefold().split() if len(word) > 2) else label
