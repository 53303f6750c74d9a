"""A question in plain words keeps the thing that is asked for; sentences without one are left alone."""

import pytest

from octavo.app.pages_match import PrintedRows
from octavo.app.rephrase import plain_question, plainer, printed_words, without_label

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
        'Return only the value of the field "Policy".',
        "get value for key 'Policy'",
        "Und was steht bei „Policy“?",
    ],
)
def test_what_is_quoted_is_the_thing(question: str) -> None:
    assert plain_question(question) == "What is the Policy?"


def test_of_two_quotes_nobody_knows_which_is_the_thing() -> None:
    assert plain_question('Compare "one" and "two" for me') is None


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


def printed(*rows: str) -> PrintedRows:
    """A page with these rows, as the encoder sees them."""
    plain = tuple("".join(row.casefold().split()) for row in rows)
    return PrintedRows(plain, sum(map(len, plain)))


PAGE = printed("Policy ref 77/1234", "Arrival: 3 May", "Gross weight (kg) 12", "Settle before 2.7.")


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Whisper the Policy ref into my ear", "Policy ref"),
        ("Somebody wants the “Arrival”, now", "Arrival"),
        ("fetch whatever is next to the Gross weight (kg)", "Gross weight (kg)"),
        ("By when am I to pay, the Settle before I mean?", "Settle before"),
        ("For my list: Arrival", "Arrival"),
        ("Quick, the Arrival, of course", "Arrival"),
        ("Whisper “Arrival” softly", "Arrival"),
        ("Arival by chance?", "Arival"),  # misspelt
        ("What about the policy rel?", "policy rel"),  # one letter misread, here or there
    ],
)
def test_what_is_printed_of_a_question_is_asked_for(question: str, thing: str) -> None:
    assert printed_words(question, PAGE) == thing
    assert next(plainer(question, PAGE)) == f"What is the {thing}?"


@pytest.mark.parametrize(
    "question",
    [
        "What is the delivery date?",  # the page has a date, not this one
        "Give the date of birth.",
        "Which vessel is shown?",
        "What is the of?",
        "???",
    ],
)
def test_a_part_of_a_longer_name_is_not_the_thing(question: str) -> None:
    assert printed_words(question, printed("Date 3.5.2020", "Origin of goods: Spain")) is None


FORM = printed(
    "Net value 10.00", "Policy ref 77/1234", "Site Gordonport", "Please enter here", "Zu begleichen bis 3.5.",
    "Nettowaarde", "Caixa postal 12", "Policy type: home", "Document no. 5", "Numéro d'envoi 3",
    "Échéance 3 mai", "Gerente Ruiz", "Form A, going on, asking price", "Tax ID 40", "Name: Ann",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("I was wondering if you could pull the Nettowaarde off this form.", "Nettowaarde"),
        ("The system wants me to enter the Site. What should I type, going by this document?", "Site"),
        ("extract field: Caixa postal", "Caixa postal"),
        ("get value for key 'Site'", "Site"),
        ("get value for key ‘Policy ref’, please", "Policy ref"),
        ("Wie lautet „Zu begleichen bis“?", "Zu begleichen bis"),
        ('Return only the value of the field "Zu begleichen bis".', "Zu begleichen bis"),
        ("I am filling a spreadsheet and need the Zu begleichen bis.", "Zu begleichen bis"),
        ("I'm after the Net value of this form", "Net value"),
        ("Return the field Policy type", "Policy type"),
        ("which policy type do they have", "policy type"),
        ("Somebody wants the Document No of it", "Document No"),
        ("WHAT IS THE NET VALUE, I ASK", "NET VALUE"),
        ("What Is The Net Value Of It?", "Net Value"),
        ("Me puede decir el valor del campo « Gerente » ?", "Gerente"),
        ("Quelle est l'échéance ?", "échéance"),
        ("Pourriez-vous indiquer le numéro d'envoi ?", "numéro d'envoi"),
        ("Können Sie den Site nennen?", "Site"),
        ("They wanted me to enter the Name", "Name"),
        ("It's the Tax ID that I'm asking for", "Tax ID"),
    ],
)
def test_words_of_asking_are_not_the_thing(question: str, thing: str) -> None:
    assert printed_words(question, FORM) == thing


@pytest.mark.parametrize(
    "question",
    [
        "get value for key 'Issued'",
        'Return only the value of the field "Booking code".',
        "My colleague is asking for the Document ref; can you get it from the scan?",
        "Document ref?",
        "what is the document ref",
        "The system wants me to enter the Vessel. What should I type, going by this document?",
        "I was wondering if you could pull the Depot off this form.",
        "extract field: Vessel",
        "Read “Site office”",
        "what is the value of the field in this form?",
    ],
)
def test_what_is_asked_for_and_not_printed_is_not_replaced_by_other_words(question: str) -> None:
    assert printed_words(question, FORM) is None


def test_the_same_words_are_not_asked_again() -> None:
    assert list(plainer("What is the Arrival?", PAGE)) == []
    assert list(plainer("Which Arrival is shown?", PAGE)) == ["What is the Arrival?"]
    assert list(plainer("Which Vessel is shown?", PAGE)) == ["What is the Vessel?"]
    assert list(plainer("Which Vessel is shown?", None)) == ["What is the Vessel?"]


@pytest.mark.parametrize(
    ("answer", "question", "left"),
    [
        ("Author: Miriam Holloway", "What is the author?", "Miriam Holloway"),
        ("DATE:9 January 2025", "What's the Date?", "9 January 2025"),
        ("Tax no.: 12:30", "What is the TAX NO?", "12:30"),
        ("10:30", "What is the time?", "10:30"),
        ("Author:", "What is the author?", "Author:"),
        ("Editor: Ann Lee", "What is the author?", "Editor: Ann Lee"),
        ("Author: Ann Lee", "Who wrote this?", "Author: Ann Lee"),
        (": Ann Lee", "What is the ?", ": Ann Lee"),
        ("", "What is the author?", ""),
    ],
)
def test_a_label_that_was_copied_with_its_value_is_left_out(answer: str, question: str, left: str) -> None:
    assert without_label(answer, question) == left
