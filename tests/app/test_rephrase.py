"""A question in plain words keeps the thing that is asked for; sentences without one are left alone."""

import pytest

from octavo.app.rephrase import plain_question

SAME_THING = (
    "Which Policy is shown?",
    "What Policy is given on this page?",
    "What is printed for Policy?",
    "What is written next to the Policy in this document?",
    "Please give the Policy.",
    "Could you tell me the Policy?",
    "Show me the Policy, please",
    "Find the Policy",
    "Policy?",
    "Policy:",
    "How much is the Policy?",
)


@pytest.mark.parametrize("question", SAME_THING)
def test_the_thing_is_kept_and_its_wording_made_plain(question: str) -> None:
    assert plain_question(question) == "What is the Policy?"


@pytest.mark.parametrize(
    "question",
    [
        "What is the Policy?",
        "What's the due date?",
        "Is “Single” ticked?",
        "Why did the company move its office to another town, and what did it cost?",
        "",
        "???",
        "Summarise.",
    ],
)
def test_plain_questions_and_those_without_a_thing_are_left_alone(question: str) -> None:
    assert plain_question(question) is None


def test_a_long_sentence_is_no_name_of_a_thing() -> None:
    assert plain_question("Find " + "word " * 30) is None
