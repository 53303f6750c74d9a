"""Office forms: what belongs to a label is all of it, and what is asked stands on the page."""

import numpy as np

from octavo.training.synth import World, make_page

PAGES = [make_page(np.random.default_rng(seed), World.builtin(), kind="office") for seed in range(24)]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_answer_is_printed_on_its_page() -> None:
    asked = [(page, q) for page in PAGES for q in page.questions if q.answer and q.kind == "label"]
    assert len(asked) > 60
    for page, question in asked:
        assert question.answer is not None
        for word in question.answer.split():
            assert squeezed(word) in squeezed(page.text).replace("\\|", "|"), (question, page.text)


def test_labels_are_asked_as_they_are_printed_and_in_sentences() -> None:
    questions = [q.question for page in PAGES for q in page.questions if q.answer]
    assert any(q.startswith("What is the ") for q in questions)
    assert any(q.endswith((":", " -", "...")) for q in questions)


def test_crosses_whole_columns_and_values_over_several_lines_are_answers() -> None:
    answers = [q.answer for page in PAGES for q in page.questions if q.answer]
    assert {"X", "x", "XX"} & set(answers)
    assert any(len(answer.split()) > 12 for answer in answers)


def test_boxes_lie_on_the_page_and_questions_in_vain_are_there_too() -> None:
    kinds = {q.kind for page in PAGES for q in page.questions}
    assert "unanswerable" in kinds
    for page in PAGES:
        assert len(page.boxes) == len(page.chars)
        for question in page.questions:
            if question.box:
                x0, y0, x1, y1 = question.box
                assert -0.01 <= x0 < x1 <= 1.01 and -0.01 <= y0 < y1 <= 1.01
