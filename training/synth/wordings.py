"""Ways to ask for a label in English, put together from parts so that no reader can know them by heart.

A reader that was taught two dozen sentences refused the next one, however plain ("Which … is shown?"): it had
learned the sentences, not to look for the label.
"""

from random import Random

_PAST = (
    *"stated listed noted mentioned recorded indicated specified quoted named entered written given".split(),
    *"present provided declared registered documented".split(),
    *("filled in", "set out", "put down", "to be read", "to be found", "on record", "typed in"),
)
_WHERE = (
    "",
    "",
    "",
    "",
    " here",
    " on the page",
    " on this page",
    " in the document",
    " in this document",
    " on it",
)
_ASK = (
    "tell me",
    "provide",
    "state",
    "quote",
    "extract",
    "report",
    "copy",
    "name",
    "list",
    "type out",
    "locate",
    "find",
    "read",
    "get",
)
_POLITE = ("", "", "", "Please ", "Kindly ", "Could you ", "Can you ", "Would you ", "I want you to ", "Now ")
_NOUN = ("value", "entry", "content", "text", "information")
_STEM = ("stands", "appears", "is", "comes", "can be read", "do you see", "do you find", "do we have")
_PLACE = ("for", "under", "beside", "next to", "at", "after", "behind", "with")


def wording(dice: Random) -> str:
    """A template with ``{l}`` where the label goes."""
    form, where = dice.randrange(9), dice.choice(_WHERE)
    past, ask, noun = dice.choice(_PAST), dice.choice(_ASK), dice.choice(_NOUN)
    place, stem = dice.choice(_PLACE), dice.choice(_STEM)
    if form == 0:
        text = f"Which {{l}} is {past}{where}?"
    elif form == 1:
        text = f"What {{l}} is {past}{where}?"
    elif form == 2:
        polite = dice.choice(_POLITE)
        mark = "?" if polite.endswith("you ") and not polite.startswith("I ") else "."
        text = f"{polite}{ask} the {{l}}{where}{mark}"
    elif form == 3:
        text = f"What {stem} {place} {{l}}{where}?"
    elif form == 4:
        text = f"What is the {noun} {dice.choice(('of', 'for', 'at'))} {{l}}{where}?"
    elif form == 5:
        text = f"What is {past} {dice.choice(('as', 'for', 'under'))} {{l}}{where}?"
    elif form == 6:
        text = f"{dice.choice(('The', 'the', 'And the', 'Next:', 'Now:', 'Looking for:'))} {{l}}{where}"
    elif form == 7:
        text = f"{{l}}{dice.choice((' please', ', please.', ' = ?', ' ?', ' →', '…', ' is', ' is what?'))}"
    else:
        text = f"How {dice.choice(('does', 'would'))} {{l}} read{where}?"
    text = text[0].upper() + text[1:]
    pick = dice.random()
    if pick < 0.08:
        return text.rstrip(".?")
    return text[0].lower() + text[1:] if pick < 0.16 else text
