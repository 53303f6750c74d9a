"""The labels of a product photo → what the model is asked about it, as token ids and labels.

A sample is the description as JSON, or a text (title, description), or a few attributes in random order, and
now and then a question for something that only a document has. As on pages, no answer is given twice in one
sample: it could be copied.
"""

import json
from collections.abc import Mapping

import numpy as np

from ..app.metrics import comparable
from ..app.prompts import DESCRIBE, NOT_FOUND, label_question
from ..app.scoring import spoken
from .conversations import ChatTokenizer, Sample, Turn, encode_turns
from .photo_sources import TEXTS

DESCRIBED = (
    "category",
    "sub_category",
    "colour",
    "gender",
    "pattern",
    "material",
    "season",
    "usage",
    "product",
    "department",
    "title",
)
DESCRIBE_SHARE, TEXT_SHARE = 0.06, 0.02  # long answers, most of whose words no photo shows: few of them
MIN_TURNS, MAX_TURNS = 1, 4  # what was answered before helps to guess: evaluation asks one thing at a time
ABSENT_SHARE = 0.12  # of samples; about one turn in twenty
AS_LABEL_SHARE = 0.7  # of questions in the words in which a label is asked for
IMPORTANT = {"colour": 8.0, "category": 4.0, "sub_category": 2.5, "product": 5.0}  # how often asked for
USUAL = {"gender": 1.0, "season": 0.6, "usage": 0.6, "master_category": 0.4, "department": 0.4, "kids": 0.2}
USUAL |= {"label_full": 1.0}
SELDOM = 0.2

NATURAL: dict[str, tuple[str, ...]] = {
    "colour": ("Which colour is it?", "What colour is the product?", "What colour is this?"),
    "gender": ("Who is it for?", "Who is this product made for?"),
    "category": ("What kind of product is this?", "What type of product is it?"),
    "sub_category": ("Which group of products does it belong to?",),
    "product": ("Which product is this?", "What is the name of the product?"),
    "department": ("Which department of the shop is it from?",),
    "season": ("Which season is it for?", "When is it worn?"),
    "usage": ("What occasion is it for?",),
    "material": ("What is it made of?", "Which material is it?"),
    "pattern": ("Which pattern does it have?",),
    "title": ("What is the product called?", "Write a title for the product."),
    "description": ("Write a description of the product.",),
}
SHOWN = ("What is shown in the photo?", "What is this?", "What can be seen in the picture?")
DOCUMENT_ONLY = (
    "What is the invoice number?",
    "What is the total?",
    "What is the date?",
    "What is the due date?",
    "What is the tax amount?",
    "What is the company?",
    "What is the address?",
    "What is the order number?",
    "What is the phone number?",
    "What is the IBAN?",
    "What is the grand total?",
    "What is the customer number?",
    "Who is the invoice from?",
    "When was it signed?",
)


def describe_answer(labels: Mapping[str, str]) -> str:
    """The answer to :data:`DESCRIBE`: one line of JSON, the known keys in a fixed order."""
    return json.dumps({key: labels[key] for key in DESCRIBED if key in labels}, ensure_ascii=False)


def photo_sample(
    labels: Mapping[str, str], rng: np.random.Generator, tokenizer: ChatTokenizer, max_tokens: int
) -> Sample:
    """A conversation about a photo. Raises ValueError when no turn fits into ``max_tokens``."""
    sample = encode_turns(draw_turns(labels, rng), tokenizer, max_tokens)
    if sample is None:
        raise ValueError(f"nothing to say about a photo of {dict(labels)} in {max_tokens} tokens")
    return sample


def draw_turns(labels: Mapping[str, str], rng: np.random.Generator) -> list[Turn]:
    """Turns in random order, those that matter more often first."""
    texts = [key for key in TEXTS if key in labels]
    attributes = [key for key in labels if key not in TEXTS]
    drawn = rng.random()
    if (drawn < DESCRIBE_SHARE and "category" in labels) or not attributes:
        turns = [Turn(DESCRIBE, describe_answer(labels))]
    elif drawn < DESCRIBE_SHARE + TEXT_SHARE and texts:
        key = texts[int(rng.integers(len(texts)))]
        turns = [Turn(question_for(key, labels, rng), labels[key])]
    else:
        turns = _attribute_turns(attributes, labels, rng)
    if rng.random() < ABSENT_SHARE:
        absent = Turn(DOCUMENT_ONLY[int(rng.integers(len(DOCUMENT_ONLY)))], NOT_FOUND)
        turns.insert(int(rng.integers(1 + len(turns))), absent)
    return turns


def _attribute_turns(keys: list[str], labels: Mapping[str, str], rng: np.random.Generator) -> list[Turn]:
    """A few attributes, those that matter more often; of equal values one only."""
    weights = np.array([IMPORTANT.get(key, USUAL.get(key, SELDOM)) for key in keys])
    order = rng.choice(len(keys), len(keys), replace=False, p=weights / weights.sum())
    wanted, given, turns = int(rng.integers(MIN_TURNS, 1 + MAX_TURNS)), set(), []
    for index in order[:wanted]:
        key = keys[index]
        if comparable(labels[key]) not in given:
            given.add(comparable(labels[key]))
            turns.append(Turn(question_for(key, labels, rng), labels[key]))
    return turns


def question_for(key: str, labels: Mapping[str, str], rng: np.random.Generator) -> str:
    """A question for one label: most often in the words of ``octavo eval``."""
    others = NATURAL.get(key, ())
    if key == ("product" if "product" in labels else "category"):  # the most exact name of the thing
        others = (*others, *SHOWN)
    if not others or rng.random() < AS_LABEL_SHARE:
        return label_question(spoken(key))
    return others[int(rng.integers(len(others)))]
