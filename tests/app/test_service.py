"""Ask, read and extract over several pages: who wins, what fails, what is said about it."""

import json
import time

import pytest

from octavo.app import DocumentService, FakeBackend, PageError, Settings, UsageError
from octavo.app.backend import Piece
from octavo.app.outcomes import REPEATS_DROPPED
from octavo.app.pages import choose_answer
from octavo.app.prompts import NOT_FOUND, READ, extract_prompt, label_question
from octavo.app.transcript import COMPLETED
from octavo.app.types import Answer, Delta, PageAnswer, PageText
from octavo.app.ui.view import grown
from octavo.vision.coverage import Region


class SureBackend(FakeBackend):
    """Answers by page: ``script`` has (text, probability) of each page in the order they are opened."""

    def __init__(self, *script: tuple[str, float]) -> None:
        super().__init__()
        self.script = script

    def open_page(self, image):
        super().open_page(image)
        return len(self.opened) - 1

    def stream(self, page, prompt, max_new_tokens):
        text, probability = self.script[page]
        yield Piece(text, probability)
        yield Piece("", stop="eos")


def failing(document, *numbers):
    """The document with pages that cannot be rendered."""
    render = document.render

    def fail(number):
        if number in numbers:
            raise PageError(document.file, number, "it is torn")
        return render(number)

    object.__setattr__(document, "render", fail)
    return document


def test_the_most_confident_page_that_found_an_answer_wins(make_pdf, make_service):
    service = make_service()
    service.backend = SureBackend(("12.00", 0.5), ("12.50", 0.8), (NOT_FOUND, 0.99))
    answer = service.ask(service.open(make_pdf("a", "b", "c")), "Total?")
    assert (answer.answer, answer.found, answer.confidence) == ("12.50", True, pytest.approx(0.8))
    assert [(item.page, item.box) for item in answer.evidence] == [(2, (0.0, 0.0, 1.0, 1.0))]
    assert answer.model == "fake@000000000000"


def test_not_found_needs_every_page_and_is_as_sure_as_the_least_sure(make_pdf, make_service):
    service = make_service()
    service.backend = SureBackend((NOT_FOUND, 0.9), (NOT_FOUND.lower(), 0.6))
    answer = service.ask(service.open(make_pdf("a", "b")), "Total?")
    assert (answer.answer, answer.found, answer.evidence) == (NOT_FOUND, False, ())
    assert answer.confidence == pytest.approx(0.6)


def test_several_documents_are_one_question(make_pdf, make_service):
    service = make_service()
    service.backend = SureBackend((NOT_FOUND, 0.9), ("yes", 0.7))
    files = [make_pdf("a", name="a.pdf"), make_pdf("b", name="b.pdf")]
    answer = service.ask([service.open(file) for file in files], "Is it there?")
    assert answer.evidence[0].file == str(files[1])


def test_an_answer_has_exactly_the_agreed_json(make_pdf, make_service):
    path = make_pdf()
    service = make_service({"Total?": "12.50"})
    record = json.loads(json.dumps(service.ask(service.open(path), "Total?").to_json()))
    first = ["question", "answer", "found", "confidence", "evidence", "model", "seconds"]
    assert list(record) == [*first, "alternatives", "pages_read", "pages_seen"]
    assert record["pages_read"] == [{"file": str(path), "pages": [1]}]
    assert record["alternatives"] == record["pages_seen"] == []
    assert record["evidence"] == [{"file": str(path), "page": 1, "box": [0.0, 0.0, 1.0, 1.0]}]
    assert record["answer"] == "12.50" and record["found"] is True and 0 < record["confidence"] <= 1


def test_text_streams_before_the_answer(make_pdf, make_service):
    service = make_service({"Total?": "12.50 EUR"})
    events = list(service.stream_ask(service.open(make_pdf()), "Total?"))
    assert [type(event).__name__ for event in events] == ["Delta", "Delta", "PageAnswer", "Answer"]
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "12.50 EUR"


def test_a_failed_page_does_not_hide_the_others(make_pdf, make_service):
    service = make_service({"Total?": "12.50"})
    document = failing(service.open(make_pdf("a", "b")), 1)
    answer = service.ask(document, "Total?")
    assert answer.found and answer.evidence[0].page == 2
    assert [(item.page, item.status, item.reason) for item in answer.troubles] == [(1, "error", "it is torn")]


def test_when_no_page_can_be_rendered_nothing_is_found_with_no_confidence(make_pdf, make_service):
    service = make_service({"Total?": "12.50"})
    answer = service.ask(failing(service.open(make_pdf()), 1), "Total?")
    assert (answer.answer, answer.found, answer.confidence, len(answer.troubles)) == ("", False, 0.0, 1)


@pytest.mark.parametrize(("stop", "status"), [("eos", "ok"), ("length", "truncated"), ("loop", "loop")])
def test_how_generation_ended_is_the_status_of_the_page(make_pdf, make_service, stop, status):
    service = make_service({READ: "# Title\n\ntext", "Total?": "5"}, stop=stop)
    document = service.open(make_pdf())
    page = service.read(document)[0]
    assert (page.status, page.text, bool(page.reason)) == (status, "# Title\n\ntext", status != "ok")
    troubles = service.ask(document, "Total?").troubles
    assert [item.status for item in troubles] == ([] if stop == "eos" else [status])


def test_what_was_taken_back_is_not_in_the_page_and_the_page_says_so(make_pdf, make_service):
    class Looping(FakeBackend):
        def stream(self, page, prompt, max_new_tokens):
            yield from (Piece("Sum "), Piece("__", 0.1), Piece("__", 0.1), Piece("12", 0.9, retract=2))
            yield Piece("", stop="eos")

    service = make_service()
    service.backend = Looping()
    *deltas, page = service.stream_read(service.open(make_pdf()))
    assert (page.text, page.status, page.reason) == ("Sum 12", "ok", REPEATS_DROPPED)
    assert page.confidence == pytest.approx(0.9**0.5)
    shown = ""
    for delta in deltas:
        shown = grown(shown, delta)
    assert shown == "Sum 12"


def test_what_was_skipped_is_read_on_its_own_and_the_page_says_so(make_pdf, make_service):
    whole = "first line\nlast line"

    def reply(image, prompt):
        return whole if image.size == pages[0].size else "between the two"

    service = make_service(reply)
    document = service.open(make_pdf())
    pages = [document.page(1).image]
    service.backend.regions = [(Region((0.1, 0.4, 0.9, 0.5), len("first line"), ("betweenthetwo",)),)]
    page = service.read(document)[0]
    assert (page.status, page.reason) == ("ok", COMPLETED)
    assert page.text == "first line\n\nbetween the two\n\nlast line"
    part = service.backend.opened[-1]
    assert abs(part.width - 0.8 * pages[0].width) <= 1 and abs(part.height - 0.1 * pages[0].height) <= 1
    service.backend.regions = [(Region((0.1, 0.4, 0.9, 0.5), 0, ("somethingquitedifferent",)),)]
    page = service.read(document)[0]  # what the glyphs do not bear out is not taken
    assert (page.text, page.reason) == (whole, "")


@pytest.mark.parametrize(("missing", "status"), [((), "ok"), (("x" * 120,), "truncated")])
def test_a_page_that_was_cut_off_is_ok_once_what_was_missing_is_read(make_pdf, missing, status):
    class Cut(FakeBackend):
        def unread(self, page, text):
            left = [piece for piece in ("lastlineofall", *missing) if piece not in text.replace(" ", "")]
            return text, tuple(Region((0.1, 0.4, 0.9, 0.5), len(text), (piece,)) for piece in left)

    def reply(image, prompt):
        return "first line\nlast line of all" if image.size == page.image.size else "last line of all"

    with DocumentService(Settings(isolate=False, read_tokens=4), Cut(reply)) as service:
        document = service.open(make_pdf())
        page = document.page(1)
        read = service.read(document)[0]
    assert (read.status, "last line of all" in read.text) == (status, True)
    assert (read.reason == COMPLETED) == (status == "ok")


def test_parts_of_one_place_keep_the_order_of_the_page(make_pdf, make_service):
    def reply(image, prompt):
        return "" if image.size == pages[0].size else {0: "upper part", 1: "lower part"}[image.height > 300]

    service = make_service(reply)
    document = service.open(make_pdf())
    pages = [document.page(1).image]
    upper, lower = Region((0, 0, 1, 0.1), 0, ("upperpart",)), Region((0, 0.2, 1, 0.9), 0, ("lowerpart",))
    service.backend.regions = [(upper, lower)]
    assert service.read(document)[0].text == "upper part\n\nlower part"


def test_reading_streams_and_keeps_failed_pages_as_rows(make_pdf, make_service):
    service = make_service({READ: "one two"})
    document = failing(service.open(make_pdf("a", "b", "c"), "3,2"), 2)
    events = list(service.stream_read(document))
    pages = [event for event in events if isinstance(event, PageText)]
    assert [(page.page, page.status, page.text) for page in pages] == [(3, "ok", "one two"), (2, "error", "")]
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "one two"


def test_fields_come_in_one_request_with_the_confidence_of_their_own_tokens(make_pdf, make_service):
    keys = ["invoice number", "total"]
    service = make_service()
    written = ('{"invoice number": "', 0.99), ("A7", 0.5), ('", "total": ', 0.99), ("null}", 0.9)
    reply = [Piece(text, probability) for text, probability in written]

    def stream(page, prompt, max_new_tokens):
        assert prompt == extract_prompt(keys)
        yield from (*reply, Piece("", stop="eos"))

    service.backend.stream = stream
    fields = service.extract(service.open(make_pdf()), keys)
    assert fields.values == {"invoice number": "A7", "total": None}
    # The token before the value carries its opening quote, the one after it the closing quote.
    assert fields.fields["invoice number"].confidence == pytest.approx((0.99 * 0.5 * 0.99) ** (1 / 3))
    assert fields.fields["total"].evidence == ()
    assert fields.notes == ()


def test_a_broken_reply_is_asked_field_by_field_and_said_so(make_pdf, make_service):
    keys = ["invoice number", "total", "date"]
    service = make_service(
        {
            extract_prompt(keys): '{"invoice number": "A7", "total": "12',
            label_question("total"): "12.50",
        }
    )
    fields = service.extract(service.open(make_pdf()), keys)
    assert fields.values == {"invoice number": "A7", "total": "12.50", "date": None}
    assert fields.notes == ("page 1: the model's reply was not valid JSON; asked one by one: total, date",)


def test_a_field_comes_from_the_page_that_is_most_sure(make_pdf, make_service):
    service = make_service()
    service.backend = SureBackend(('{"total": "1"}', 0.6), ('{"total": "2"}', 0.9), ('{"total": null}', 1.0))
    fields = service.extract(service.open(make_pdf("a", "b", "c")), ["total"])
    assert fields.values == {"total": "2"}
    assert fields.fields["total"].evidence[0].page == 2


def test_extract_json_has_the_agreed_shape(make_pdf, make_service):
    path = make_pdf()
    service = make_service({extract_prompt(["total"]): '{"total": "5"}'})
    record = service.extract(service.open(path), [" total ", "total", ""]).to_json()
    assert record["fields"] == {
        "total": {
            "value": "5",
            "confidence": pytest.approx(0.9),
            "evidence": [{"file": str(path), "page": 1, "box": [0.0, 0.0, 1.0, 1.0]}],
        }
    }
    assert record["troubles"] == [] and record["notes"] == []


def test_empty_questions_and_fields_are_refused(make_pdf, make_service):
    service = make_service()
    document = service.open(make_pdf())
    with pytest.raises(UsageError, match="question is empty"):
        service.ask(document, "  ")
    with pytest.raises(UsageError, match="no field"):
        service.extract(document, ["", " "])


def test_control_characters_of_the_model_reach_nobody(make_pdf, make_service):
    service = make_service({"Total?": "\x1b[31m5", READ: "a\x07b"})
    document = service.open(make_pdf())
    events = list(service.stream_ask(document, "Total?"))
    assert [event.text for event in events if isinstance(event, Delta)] == ["[31m5"]
    assert events[-1].answer == "[31m5"
    assert service.read(document)[0].text == "ab"


def test_an_answer_cut_short_yields_to_a_complete_one_and_is_reported():
    cut = PageAnswer("a.pdf", 1, "12 12 12", True, 0.99, "loop", "it repeats itself")
    whole = PageAnswer("a.pdf", 2, "12.50", True, 0.5, "ok")
    assert choose_answer("q", [cut, whole], "m", 1.0).answer == "12.50"
    assert choose_answer("q", [cut], "m", 1.0).answer == "12 12 12"
    assert choose_answer("q", [cut, whole], "m", 1.0).troubles[0].status == "loop"


def test_answers_and_fields_carry_the_box_where_they_are_printed(make_pdf, make_service):
    names = ["number", "total"]
    service = make_service({"Total?": "12.50", extract_prompt(names): '{"number": "A7", "total": "12.50"}'})
    service.backend.boxes = {"12.50": (0.5, 0.25, 0.625, 0.28125)}
    document = service.open(make_pdf())
    assert service.ask(document, "Total?").evidence[0].box == (0.5, 0.25, 0.625, 0.28125)
    assert service.backend.located == [("12.50", "Total?")]  # the question says what it stands beside
    record = service.extract(document, names).to_json()["fields"]
    assert record["total"]["evidence"][0]["box"] == [0.5, 0.25, 0.625, 0.2812]
    assert record["number"]["evidence"][0]["box"] == [0.0, 0.0, 1.0, 1.0]
    assert service.backend.located[1:] == [("A7", "number"), ("12.50", "total")]


def test_a_reply_is_cut_off_at_its_time_limit(make_pdf):
    class Slow(FakeBackend):
        def stream(self, page, prompt, max_new_tokens):
            for piece in super().stream(page, prompt, max_new_tokens):
                time.sleep(0.02)
                yield piece

    settings = Settings(isolate=False, reply_timeout_s=0.1)
    with DocumentService(settings, Slow(lambda image, prompt: "word " * 100)) as service:
        document = service.open(make_pdf())
        page = service.read(document)[0]
        assert page.status == "truncated" and "OCTAVO_REPLY_TIMEOUT_S" in page.reason
        assert 1 <= page.text.count("word") < 30
        assert service.ask(document, "What?").troubles[0].status == "truncated"


def test_a_refusal_is_asked_again_in_plain_words_before_it_is_believed(make_pdf) -> None:
    backend = FakeBackend({"What is the Policy?": "KZ-71533"})
    with DocumentService(backend=backend) as service:
        document = service.open(make_pdf("policy"))
        events = list(service.stream_ask(document, "Which Policy is shown?"))
        refused = service.ask(document, "Which Vessel is shown?")
    assert backend.prompts[:2] == ["Which Policy is shown?", "What is the Policy?"]
    shown = ""
    for event in events:
        if isinstance(event, Delta):
            shown = shown[: len(shown) - event.retract] + event.text
    assert shown == "KZ-71533" and isinstance(events[-1], Answer) and events[-1].found
    assert not refused.found


def test_a_refusal_at_the_second_look_is_asked_again_in_plain_words(make_pdf) -> None:
    class Doubtful(FakeBackend):
        """Guesses at first, and refuses when the question is put again."""

        looks_twice = True

        def stream(self, page, prompt, max_new_tokens):
            guess = not self.prompts
            for piece in super().stream(page, prompt, max_new_tokens):
                yield Piece(
                    "guess" if guess and not piece.stop else piece.text, 0.3 if guess else 0.95, piece.stop
                )

    backend = Doubtful({"What is the Policy?": "KZ-71533"})
    with DocumentService(backend=backend) as service:
        answer = service.ask(service.open(make_pdf("policy")), "Which Policy is shown?")
    assert backend.prompts == ["Which Policy is shown?", "Which Policy is shown?", "What is the Policy?"]
    assert answer.answer == "KZ-71533"


def test_fields_in_one_text_are_several_names_and_no_letters(make_service, make_pdf):
    service = make_service()
    found = service.extract(service.open(make_pdf()), "invoice number, total")
    assert list(found.fields) == ["invoice number", "total"]


def test_a_question_about_no_document_is_refused(make_service):
    with pytest.raises(UsageError, match="no document"):
        make_service().ask([], "Total?")
