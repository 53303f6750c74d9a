"""The texts that the model is asked with, shared by training and the application so they cannot drift apart.

A change here is a change of contract with the shipped weights: raise ``PROMPT_VERSION`` with it.
"""

import json
import re
from collections.abc import Sequence

PROMPT_VERSION = "2"  # 2: keys of programs in words
READ = "Read the page."
DESCRIBE = "Describe the product."
NOT_FOUND = "Not in the document."
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+|[a-z]{2,}(?:[A-Z][a-z0-9]+)+")


def label_question(label: str) -> str:
    """How the model was taught to be asked for the value of a label."""
    return f"What is the {in_words(label.strip(' :'))}?"


def spoken(name: str) -> str:
    """A key as a person would say it: ``grand_total`` → "grand total", ``BusinessName`` → "business name"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.replace("_", " ")).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def in_words(name: str) -> str:
    """A key that is written like a program's (``invoice_number``, ``dueDate``) as it is spoken; others as is.

    No page has such labels, so training has none: the model knows words.
    """
    return spoken(name) if _IDENTIFIER.fullmatch(name) else name


def extract_prompt(keys: Sequence[str]) -> str:
    """The request for several fields at once; the answer is one JSON object with the keys in this order.

    Keys of a program go in words (:func:`in_words`).
    """
    return "Extract as JSON: " + ", ".join(json.dumps(in_words(key), ensure_ascii=False) for key in keys)


def extract_answer(values: dict[str, str | None]) -> str:
    """The answer that training teaches for :func:`extract_prompt`: one line of JSON, ``null`` if absent."""
    return json.dumps(values, ensure_ascii=False)
