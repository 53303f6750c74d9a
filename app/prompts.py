"""The texts that the model is asked with, shared by training and the application so they cannot drift apart.

A change here is a change of contract with the shipped weights: raise ``PROMPT_VERSION`` with it.
"""

import json
from collections.abc import Sequence

PROMPT_VERSION = "1"
READ = "Read the page."
DESCRIBE = "Describe the product."
NOT_FOUND = "Not in the document."


def label_question(label: str) -> str:
    """How the model was taught to be asked for the value of a label."""
    return f"What is the {label.strip(' :')}?"


def extract_prompt(keys: Sequence[str]) -> str:
    """The request for several fields at once; the answer is one JSON object with the keys in this order."""
    return "Extract as JSON: " + ", ".join(json.dumps(key, ensure_ascii=False) for key in keys)


def extract_answer(values: dict[str, str | None]) -> str:
    """The answer that training teaches for :func:`extract_prompt`: one line of JSON, ``null`` if absent."""
    return json.dumps(values, ensure_ascii=False)
