"""Scoring a folder with a reader whose every answer the test chooses."""

import json
from pathlib import Path

import pytest
from PIL import Image

from octavo.app.backend import FakeBackend
from octavo.app.documents import Document
from octavo.app.errors import DocumentError, PageError
from octavo.app.evaluate import evaluate_folder, rows, write_json
from octavo.app.manifest import Item
from octavo.app.prompts import READ, extract_prompt, label_question, spoken
from octavo.app.scoring import plan
from octavo.app.service import DocumentService
from octavo.app.settings import Settings
from octavo.app.types import Answer, Fields, FieldValue, Page, PageText, Trouble


def no_pixels(number: int) -> Page:
    raise AssertionError("the fake looks at no page")


class FakeReader:
    """Answers from a table; a question that is not in it is "not found". Notes what it was asked."""

    model = "fake-1"

    def __init__(self, answers=None, texts=("",), broken=(), troubles=()):
        self.answers, self.texts, self.broken, self.troubles = answers or {}, texts, broken, tuple(troubles)
        self.asked: list[str | list[str]] = []
        self.opened: list[tuple[str, list[int] | None]] = []

    def open(self, path: Path, pages: list[int] | None = None) -> Document:
        self.opened.append((path.name, pages))
        if path.name in self.broken:
            raise DocumentError.about(path.name, "cannot be opened", "mend it")
        return Document(path.name, "image", 1, (1,), no_pixels)

    def ask(self, document: Document, question: str) -> Answer:
        self.asked.append(question)
        found = question in self.answers
        answer = self.answers.get(question, "")
        return Answer(question, answer, found, 1.0, (), self.model, 0.0, self.troubles)

    def extract(self, document: Document, names: list[str]) -> Fields:
        self.asked.append(list(names))
        fields = {name: FieldValue(self.answers.get(name), 1.0) for name in names}
        return Fields(document.file, fields, self.model, 0.0, self.troubles)

    def read(self, document: Document) -> list[PageText]:
        if self.texts is None:
            raise PageError(document.file, 1, "went dark")
        pages = enumerate(self.texts, start=1)
        return [PageText(document.file, number, text, "ok", "", 1.0, 0.0) for number, text in pages]


def folder_of(tmp_path: Path, *lines: dict) -> Path:
    rows = [{"id": f"{number:03}", "image": f"{number}.png", **line} for number, line in enumerate(lines)]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def only_set(evaluation):
    assert len(evaluation.sets) == 1
    return evaluation.sets[0]


def test_fields_are_asked_in_one_pass_and_scored_each(tmp_path):
    fields = {"grand_total": "86.00", "date": "18/03/18", "tip": None, "note": ""}
    folder = folder_of(tmp_path, {"task": "receipt_kie", "fields": fields})
    reader = FakeReader({"grand total": "86,00", "date": "18/03/19"})
    result = only_set(evaluate_folder(reader, folder))
    assert reader.asked == [["grand total", "date", "tip"]]  # an empty label says nothing and is not asked
    assert result.metrics == pytest.approx(
        {
            "anls": (4 / 5 + 7 / 8 + 1) / 3,
            "field_accuracy": 2 / 3,
            "field_accuracy.date": 0.0,
            "field_accuracy.grand_total": 1.0,
            "field_accuracy.tip": 1.0,
        }
    )
    assert (result.task, result.n, result.errors) == ("receipt_kie", 1, 0)


def test_a_list_of_values_accepts_any_and_nested_values_are_left_out(tmp_path):
    fields = {"party": ["Elaine P. Wynn", "Wynn Resorts Ltd."], "items": [{"name": "pen"}], "count": 3}
    folder = folder_of(tmp_path, {"task": "contract_kie", "fields": fields})
    result = only_set(evaluate_folder(FakeReader({"party": "wynn resorts ltd", "count": "3"}), folder))
    assert result.metrics["field_accuracy"] == 1.0
    assert "field_accuracy.items" not in result.metrics


def test_null_among_the_values_accepts_that_nothing_is_found(tmp_path):
    fields = {"number": ["12", None], "buyer": None, "seller": ["ACME", None]}
    pairs = [{"question": "Bon?", "answer": ["12", None]}, {"question": "Tip?", "answer": "3"}]
    folder = folder_of(tmp_path, {"task": "receipt_kie", "fields": fields, "pairs": pairs})
    result = only_set(evaluate_folder(FakeReader({"buyer": "John", "seller": "Other"}), folder))
    assert result.metrics["field_accuracy.number"] == 1.0  # not found
    assert result.metrics["field_accuracy.buyer"] == result.metrics["field_accuracy.seller"] == 0.0
    assert result.metrics["field_accuracy"] == pytest.approx(2 / 5)
    assert result.metrics["false_refusals"] == pytest.approx(1 / 2)


def test_pairs_tell_wrong_answers_from_refusals(tmp_path):
    box = [0, 0, 9, 9]
    pairs = [
        {"question": "Date:", "answer": "9/ 3/ 92", "q_box": box},  # a label on the page
        {"question": "Is it signed?", "answer": "yes", "q_box": box},
        {"question": "Give me the fax.", "answer": "555"},  # a question, to be asked as it stands
        {"question": "Iban", "answer": None},
        {"question": "Tip", "answer": None},
        {"question": "Brand", "answer": ""},  # not filled in: left out
        {"question": ":", "answer": "x", "q_box": box},  # no label at all: left out
    ]
    folder = folder_of(tmp_path, {"task": "form_kie", "pairs": pairs})
    answers = {"What is the Date?": "9/3/92", "Is it signed?": "no", "Tip": "5"}
    reader = FakeReader(answers)
    result = only_set(evaluate_folder(reader, folder))
    assert reader.asked == ["What is the Date?", "Is it signed?", "Give me the fax.", "Iban", "Tip"]
    assert result.metrics == pytest.approx(
        {
            "anls": (1 - 2 / 8 + 0 + 0) / 3,
            "field_accuracy": 1 / 3,
            "false_refusals": 1 / 3,
            "unanswerable_recall": 1 / 2,
        }
    )


def test_a_label_printed_twice_is_asked_once_and_accepts_both_answers(tmp_path):
    pairs = [{"question": "SCORE", "answer": "1.0"}, {"question": "SCORE", "answer": "31"}]
    reader = FakeReader({"SCORE": "31"})
    result = only_set(evaluate_folder(reader, folder_of(tmp_path, {"task": "form_kie", "pairs": pairs})))
    assert len(reader.asked) == 1
    assert result.metrics["field_accuracy"] == 1.0


def test_text_of_receipts_is_scored_loosely_and_other_text_exactly(tmp_path):
    receipts = folder_of(tmp_path, {"task": "receipt_kie", "text": "TOTAL: 9.50"})
    loose = only_set(evaluate_folder(FakeReader(texts=["Total 9.50"]), receipts)).metrics
    assert loose["cer"] == loose["cer_loose"] == 0.0
    assert loose["cer_exact"] == pytest.approx(5 / 11)  # four letters and a colon
    letters = folder_of(tmp_path, {"task": "letter", "text": "TOTAL: 9.50"})
    exact = only_set(evaluate_folder(FakeReader(texts=["Total 9.50"]), letters)).metrics
    assert exact["cer"] == exact["cer_exact"] == pytest.approx(5 / 11)


def test_page_texts_are_compared_page_by_page_and_a_missing_page_is_all_wrong(tmp_path):
    folder = folder_of(tmp_path, {"task": "contract_kie", "page_texts": ["abcd", "efgh", "ij"]})
    result = only_set(evaluate_folder(FakeReader(texts=["abcd", "efgX"]), folder))
    assert result.metrics["cer"] == pytest.approx((0 + 1 + 2) / 10)


def test_character_errors_of_a_set_are_weighted_by_length(tmp_path):
    folder = folder_of(tmp_path, {"task": "letter", "text": "ab"}, {"task": "letter", "text": "abcdefgh"})
    result = only_set(evaluate_folder(FakeReader(texts=["ab"]), folder))
    assert result.metrics["cer"] == pytest.approx(6 / 10)


def test_transcription_can_be_skipped_where_there_is_something_else_to_score(tmp_path):
    folder = folder_of(
        tmp_path,
        {"task": "receipt_kie", "fields": {"total": "1"}, "text": "abc"},
        {"task": "receipt_kie", "text": "abc"},
    )
    result = only_set(evaluate_folder(FakeReader({"total": "1"}, ["xyz"]), folder, transcribe=False))
    assert result.metrics["field_accuracy"] == 1.0
    assert result.metrics["cer"] == 1.0  # of the second item, which has nothing else


def test_tables_are_read_and_compared_by_cell(tmp_path):
    folder = folder_of(tmp_path, {"task": "table_to_markdown", "text": "| a | b |\n|---|---|\n| 1 | 2 |"})
    result = only_set(evaluate_folder(FakeReader(texts=["| a | b |\n|---|---|\n| 1 | 3 |"]), folder))
    assert result.metrics == {"cell_f1": pytest.approx(3 / 4)}


def test_attributes_are_asked_by_name(tmp_path):
    attributes = {"master_category": "Footwear", "kids": False, "colour": ["Blue", "Navy"]}
    folder = folder_of(tmp_path, {"task": "product_attributes", "attributes": attributes})
    said = {"master category": "footwear", "kids": "No", "colour": "Red"}
    answers = {f"What is the {name}?": value for name, value in said.items()}
    result = only_set(evaluate_folder(FakeReader(answers), folder))
    wrong_colour = {"accuracy.colour": 0.0, "accuracy.colour_family": 0.0}
    assert result.metrics == {"accuracy.master_category": 1.0, "accuracy.kids": 1.0, **wrong_colour}


@pytest.mark.parametrize(
    ("said", "exact", "family"),
    [("navy blue", 0.0, 1.0), ("Blue", 1.0, 1.0), ("Red", 0.0, 0.0), ("cloud", 0.0, 0.0), ("", 0.0, 0.0)],
)
def test_a_colour_next_to_the_labels_counts_by_its_family(tmp_path, said, exact, family):
    folder = folder_of(tmp_path, {"task": "product_attributes", "attributes": {"colour": "Blue"}})
    result = only_set(evaluate_folder(FakeReader({"What is the colour?": said}), folder))
    assert result.metrics == {"accuracy.colour": exact, "accuracy.colour_family": family}


def test_a_broken_item_is_counted_named_and_scored_as_wrong(tmp_path):
    line = {"task": "receipt_kie", "fields": {"total": "1", "tip": None}, "text": "abcd"}
    folder = folder_of(tmp_path, line, line)
    reader = FakeReader({"total": "1"}, ["abcd"], broken=["1.png"])
    result = only_set(evaluate_folder(reader, folder))
    assert (result.n, result.errors) == (2, 1)
    assert [(f.id, f.reason) for f in result.failures] == [("001", "1.png: cannot be opened; mend it")]
    assert result.metrics["field_accuracy.total"] == 0.5
    assert result.metrics["field_accuracy.tip"] == 0.5  # failing to open is not a rightful "not found"
    assert result.metrics["cer"] == 0.5
    assert [name for name, _ in reader.opened] == ["0.png", "1.png"]  # not tried again for every part


def test_one_failing_part_costs_that_part_only(tmp_path):
    folder = folder_of(tmp_path, {"task": "receipt_kie", "fields": {"total": "1"}, "text": "abcd"})
    result = only_set(evaluate_folder(FakeReader({"total": "1"}, texts=None), folder))
    assert (result.errors, result.failures[0].reason) == (1, "0.png: page 1: went dark")
    assert (result.metrics["field_accuracy"], result.metrics["cer"]) == (1.0, 1.0)


def test_a_page_that_failed_behind_an_answer_is_an_error_once(tmp_path):
    pairs = [{"question": "Date", "answer": "1"}, {"question": "Tip", "answer": None}]
    folder = folder_of(tmp_path, {"task": "form_kie", "pairs": pairs})
    reader = FakeReader({"Date": "1"}, troubles=[Trouble("0.png", 2, "loop", "repeats itself")])
    result = only_set(evaluate_folder(reader, folder))
    assert (result.errors, result.metrics["field_accuracy"]) == (1, 1.0)
    assert [failure.reason for failure in result.failures] == ["page 2: loop: repeats itself"]


def test_not_found_on_pages_that_could_not_be_seen_is_no_right_answer(tmp_path):
    labels = {"fields": {"tip": None}, "pairs": [{"question": "Tip", "answer": None}]}
    folder = folder_of(tmp_path, {"task": "form_kie", **labels})
    reader = FakeReader(troubles=[Trouble("0.png", 1, "error", "the page is damaged")])
    result = only_set(evaluate_folder(reader, folder))
    assert (result.metrics["field_accuracy.tip"], result.metrics["unanswerable_recall"]) == (0.0, 0.0)
    assert [failure.reason for failure in result.failures] == ["page 1: error: the page is damaged"]


def test_the_service_itself_can_be_evaluated(tmp_path):
    """The real service on a real picture; only the model behind it is a fake."""
    Image.linear_gradient("L").save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes(b"")
    line = {"task": "receipt_kie", "fields": {"total": "9.50"}, "text": "Total 9.50"}
    replies = {extract_prompt(["total"]): '{"total": "9.50"}', READ: "Total 9.50"}
    with DocumentService(Settings(), FakeBackend(replies)) as service:
        evaluation = evaluate_folder(service, folder_of(tmp_path, line, line))
    result = only_set(evaluation)
    assert evaluation.model == "fake@000000000000"
    assert (result.n, result.errors) == (2, 1)
    assert "1.png" in result.failures[0].reason and "empty" in result.failures[0].reason
    assert (result.metrics["field_accuracy"], result.metrics["cer"]) == (0.5, 0.5)


@pytest.mark.parametrize(
    "labels", [{}, {"fields": {}}, {"fields": {"total": ""}}, {"pairs": [3]}, {"attributes": "red"}]
)
def test_labels_that_cannot_be_scored_are_an_error_and_not_a_gap(tmp_path, labels):
    result = only_set(evaluate_folder(FakeReader(), folder_of(tmp_path, {"task": "form_kie", **labels})))
    assert (result.n, result.errors, result.metrics) == (1, 1, {})
    assert "form_kie" in result.failures[0].reason


def test_tasks_of_one_manifest_are_reported_apart_and_limit_counts_per_set(tmp_path):
    attributes = {"colour": "red"}
    tasks = ["product_attributes", "product_listing", "product_attributes", "product_attributes"]
    folder = folder_of(tmp_path, *({"task": task, "attributes": attributes} for task in tasks))
    evaluation = evaluate_folder(FakeReader({"What is the colour?": "red"}), folder, limit=3)
    assert [(s.task, s.n) for s in evaluation.sets] == [("product_attributes", 2), ("product_listing", 1)]


def test_validation_split_is_applied_before_the_limit(tmp_path):
    folder = folder_of(tmp_path, *({"task": "letter", "text": "a"} for _ in range(21)))
    reader = FakeReader(texts=["a"])
    heard = []
    evaluate_folder(reader, folder, split="validation", limit=2, on_item=lambda name, r: heard.append(r.id))
    assert heard == ["006", "013"]


def test_a_page_of_a_pdf_is_opened_alone(tmp_path):
    reader = FakeReader(texts=["a"])
    evaluate_folder(reader, folder_of(tmp_path, {"task": "letter", "text": "a", "pdf": "a.pdf", "page": 3}))
    assert reader.opened == [("a.pdf", [3])]


def test_written_json_has_the_agreed_keys(tmp_path):
    folder = folder_of(tmp_path, {"task": "letter", "text": "a"})
    evaluation = evaluate_folder(FakeReader(texts=["a"]), folder)
    write_json(evaluation, tmp_path / "out.json")
    record = json.loads((tmp_path / "out.json").read_text())
    assert {"model", "version", "sets"} <= set(record)
    assert record["model"] == "fake-1"
    entry = record["sets"][0]
    assert {"name", "task", "n", "errors", "metrics", "seconds_per_item", "failures"} == set(entry)
    assert (entry["name"], entry["metrics"]["cer"], entry["failures"]) == (tmp_path.name, 0.0, [])
    assert entry["seconds_per_item"] >= 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.jsonl", "out.json"]


def test_rows_show_every_metric_and_the_failures(tmp_path):
    line = {"task": "letter", "text": "ab"}
    evaluation = evaluate_folder(FakeReader(texts=["ab"], broken=["1.png"]), folder_of(tmp_path, line, line))
    table = {what: (value, size) for _, _, what, value, size in rows(evaluation)}
    assert table["cer"] == ("0.5000", "2 (1 failed)")
    assert set(table) == {"cer", "cer_exact", "cer_loose", "seconds per item"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("grand_total", "grand total"),
        ("BusinessName", "business name"),
        ("TaxClassifyLLC", "tax classify LLC"),
        ("FATCA_Code", "FATCA code"),
        ("SSN", "SSN"),
        ("DirectSale5000", "direct sale 5000"),
        ("409ADeferrals", "409A deferrals"),
        ("2ndTIN", "2nd TIN"),
        ("date", "date"),
    ],
)
def test_keys_are_asked_as_words(key, words):
    assert spoken(key) == words


def test_labels_become_questions_without_their_colon():
    assert label_question("Name / Phone Ext. :") == "What is the Name / Phone Ext.?"


def test_plan_is_empty_for_a_listing_without_attributes():
    assert plan(Item("a", "product_listing", Path("a.png"), None, {"title": "Pen"})) == []
