"""Conversations about a page: what is asked, what the model must say, and where a long one is cut."""

import json
from pathlib import Path

import numpy as np
import pytest

import octavo.language
from octavo.app.prompts import NOT_FOUND, READ, extract_prompt
from octavo.language.tokenizer import Tokenizer
from octavo.training.conversations import (
    IGNORED,
    Sample,
    absent_names,
    conversation_sample,
    draw_core,
    draw_fields,
    draw_turns,
    read_sample,
)
from octavo.training.synth.page import Field, Question, SyntheticPage
from octavo.training.synth.phrasings import ALIASES, CORE

BOX = (0.1, 0.1, 0.2, 0.2)
EXTRACT = extract_prompt([])


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(
        Path(octavo.language.__file__).parent / "pretrained" / "nano" / "tokenizer.json"
    )


@pytest.fixture(scope="module")
def page() -> SyntheticPage:
    printed = {
        ("Invoice No.:", "invoice number"): "A-4711",
        ("Date", "invoice date"): "3 May 2024",
        ("Amount", "total"): "1,204.50",
        ("", "supplier"): "Müller & Söhne",
        ("Ref", "reference"): "X9",
        ("Ref", "your reference"): "Y7",
    }
    fields = tuple(Field(label, key, value, BOX) for (label, key), value in printed.items())
    questions = tuple(Question(f"What is the {f.key}?", f.value, f.box, "natural") for f in fields)
    questions += tuple(Question(f"What is the {key}?", None, None, "unanswerable") for key in ("fax", "iban"))
    text = "# Invoice\n\n" + "\n".join(f"{field.label} {field.value}".strip() for field in fields)
    empty = np.zeros((0, 4), np.float32)
    return SyntheticPage(
        np.full((8, 8), 255, np.uint8), "", empty, text, fields, questions, "invoice", "en", 12
    )


def spoken(sample: Sample, tokenizer: Tokenizer) -> list[str]:
    """The supervised answers, each of which must end with eos."""
    answers, current = [], []
    for token, label in zip(sample.ids, sample.labels, strict=True):
        assert label in (IGNORED, token)
        if label == tokenizer.eos:
            answers.append(tokenizer.decode(current))
            current = []
        elif label != IGNORED:
            current.append(token)
    assert not current
    return answers


def test_read_sample_is_one_turn_with_the_transcript(page, tokenizer):
    sample = read_sample(page, tokenizer, 1_000)
    assert spoken(sample, tokenizer) == [page.text]
    asked = sample.labels.index(next(label for label in sample.labels if label != IGNORED))
    assert sample.ids[:asked] == tokenizer.question(READ)
    assert sample.ids[asked - 2] == tokenizer.assistant or tokenizer.assistant in sample.ids[:asked]


def test_long_transcript_is_cut_without_an_eos(page, tokenizer):
    whole = read_sample(page, tokenizer, 1_000)
    cut = read_sample(page, tokenizer, 40)
    assert cut.ids == whole.ids[:40]
    assert cut.labels == whole.labels[:40]
    assert tokenizer.eos not in cut.ids


def test_conversation_holds_whole_turns_in_chat_format(page, tokenizer):
    for seed in range(30):
        sample = conversation_sample(page, np.random.default_rng(seed), tokenizer, 90)
        assert sample is not None
        assert len(sample.ids) <= 90
        assert sample.labels[-1] == tokenizer.eos
        answers = spoken(sample, tokenizer)
        assert sample.ids.count(tokenizer.user) == len(answers) - 1, "the first turn starts after the image"
        assert sample.ids.count(tokenizer.assistant) == len(answers)
        assert page.text not in tokenizer.decode(sample.ids)


def test_conversation_is_none_when_nothing_fits_or_nothing_can_be_asked(page, tokenizer):
    assert conversation_sample(page, np.random.default_rng(0), tokenizer, 3) is None
    bare = SyntheticPage(page.pixels, "", page.boxes, "Hello", (), (), "letter", "en", 12)
    assert conversation_sample(bare, np.random.default_rng(0), tokenizer, 500) is None


def test_page_that_answers_nothing_is_mostly_left_to_reading(page, tokenizer):
    vain = tuple(question for question in page.questions if question.answer is None)
    barren = SyntheticPage(page.pixels, "", page.boxes, "Hello", (), vain, "letter", "en", 12)
    samples = [
        conversation_sample(barren, np.random.default_rng(seed), tokenizer, 500) for seed in range(200)
    ]
    asked = [sample for sample in samples if sample is not None]
    assert 35 < len(asked) < 85
    assert all(set(spoken(sample, tokenizer)) == {NOT_FOUND} for sample in asked)


def test_turns_ask_for_no_value_twice_and_answer_as_the_page_does(page):
    truth = {question.question: question.answer for question in page.questions}
    seen_extract = seen_unanswerable = 0
    for seed in range(200):
        values = []
        for turn in draw_turns(page, np.random.default_rng(seed)):
            if turn.prompt.startswith(EXTRACT):
                seen_extract += 1
                values += [value for value in json.loads(turn.answer).values() if value is not None]
            elif truth[turn.prompt] is None:
                seen_unanswerable += 1
                assert turn.answer == NOT_FOUND
            else:
                assert turn.answer == truth[turn.prompt]
                values.append(turn.answer)
        assert len(values) == len(set(values))
    assert seen_extract > 100
    assert seen_unanswerable > 100


def test_extracted_names_are_labels_or_keys_and_a_fifth_is_absent(page):
    others = ALIASES["invoice"]
    by_name = {
        name.casefold(): f.value
        for f in page.fields
        for name in (f.label.rstrip(":"), f.key, *others.get(f.key, ()))
        if name
    }
    present = absent = 0
    for seed in range(300):
        for name, value in draw_fields(page, page.fields, np.random.default_rng(seed)).items():
            if value is None:
                absent += 1
                assert name.casefold() not in by_name
            else:
                present += 1
                assert by_name[name.casefold()] == value
                assert name.casefold() != "ref", "two values carry that label"
    assert absent / (absent + present) == pytest.approx(0.2, abs=0.04)


def test_absent_names_are_neither_printed_nor_synonyms_of_a_field(page):
    drawn = {
        name.casefold() for seed in range(300) for name in absent_names(page, 4, np.random.default_rng(seed))
    }
    assert len(drawn) > 100
    assert not drawn & {
        "total",
        "grand total",
        "invoice number",
        "invoice no.",
        "date",
        "reference",
        "ref",
        "amount",
    }
    assert absent_names(page, 0, np.random.default_rng(0)) == []


def test_receipts_are_asked_for_their_four_fields_together():
    values = {"company": "ACME SDN BHD", "date": "02/04/2018", "total": "6.70"}
    fields = tuple(Field("", key, value, BOX) for key, value in values.items())
    empty = np.zeros((0, 4), np.float32)
    text = "\n".join(values.values())
    page = SyntheticPage(np.zeros((8, 8), np.uint8), "", empty, text, fields, (), "receipt", "en", 12)
    canonical = {name: key for key, names in ALIASES["receipt"].items() for name in names}
    whole = 0
    for seed in range(200):
        drawn = draw_core(page, np.random.default_rng(seed))
        for name, value in drawn.items():
            assert value == values.get(canonical.get(name.casefold(), "lacking"))
        whole += {canonical.get(name.casefold()) for name in drawn} >= set(CORE["receipt"])
    assert whole > 80


def test_empty_form_fields_are_extracted_as_null(page):
    form = SyntheticPage(
        page.pixels, "", page.boxes, page.text, page.fields, (), "form", "en", 12, ("Spouse", "Pets")
    )
    drawn = [draw_fields(form, form.fields, np.random.default_rng(seed)) for seed in range(100)]
    found = {name.casefold(): value for values in drawn for name, value in values.items()}
    assert found["spouse"] is None and found["pets"] is None
