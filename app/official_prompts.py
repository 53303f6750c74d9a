"""Our tasks in words that official DeepSeek-VL2 checkpoints can follow.

``nano`` was trained on the terse texts of ``prompts``; the official models never saw them. What is asked for
is the same, answers included. How well they obey could not be measured: their weights were not at hand.
"""

from ..language.grounding import MARKUP
from .prompts import NOT_FOUND, READ, extract_prompt

READ_PAGE = (
    "Transcribe this page to Markdown, all of its text in reading order, tables as Markdown tables. Write "
    "nothing else."
)
EXTRACT_HEAD = extract_prompt(())
EXTRACT = (
    "Read these fields from the page: {names}. Answer with one JSON object that has these names as keys and "
    "the printed values as strings, null for a field that is not on the page. Write nothing else."
)
UNANSWERED = f"If the page does not answer this, reply only: {NOT_FOUND}"


def official_prompt(prompt: str) -> str:
    """A prompt of ours → the same request in full sentences.

    A question that uses grounding marks (``<|grounding|>``, ``<|ref|>``) is passed on as it is.
    """
    if prompt == READ:
        return READ_PAGE
    if prompt.startswith(EXTRACT_HEAD):
        return EXTRACT.format(names=prompt[len(EXTRACT_HEAD) :])
    if any(mark in prompt for mark in MARKUP):
        return prompt
    return f"{prompt}\n{UNANSWERED}"
