"""Questions about real receipts and invoices: for their fields in many wordings, and in vain.

Questions with and without an answer come in the same wordings, lest the wording tell which is which. In vain
is asked only for what no receipt has (``synth.vain``, made-up labels): a real page prints more than its
labels say.
"""

from collections.abc import Sequence
from random import Random

from ..app.prompts import label_question
from .synth.page import Field, Question
from .synth.questions import about_fields, made_up_in_vain, template
from .synth.vain import hard_label
from .synth.world import World

ANSWERED = 4  # of a page, at most
IN_VAIN = (0, 1, 1, 2)
PLAIN_SHARE = 0.5  # asked with "What is the …?", as people who score do
MADE_UP_SHARE = 0.15


def real_questions(
    fields: Sequence[Field], text: str, kind: str, language: str, world: World | None, dice: Random
) -> tuple[Question, ...]:
    """Shuffled questions about a page with these fields (without printed labels) and this transcript."""
    is_plain = dice.random() < PLAIN_SHARE
    if is_plain:
        asked = [Question(label_question(f.key), f.value, None, "natural") for f in fields]
    else:
        asked = about_fields(dice, list(fields), language, ANSWERED, kind)
    printed = text.casefold()
    for _ in range(dice.choice(IN_VAIN)):
        if label := _in_vain(dice, printed, language, world):
            text = label_question(label) if is_plain else template(dice, language).format(l=label)
            asked.append(Question(text, None, None, "unanswerable"))
    dice.shuffle(asked)
    return tuple(asked)


def _in_vain(dice: Random, printed: str, language: str, world: World | None) -> str:
    """A label, or "" where one of its words is printed."""
    if world is None or dice.random() >= MADE_UP_SHARE:
        return hard_label(dice, printed, language)
    return made_up_in_vain(dice, world, language, printed)
