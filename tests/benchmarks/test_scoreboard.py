"""The scoreboard on two tiny documents and readers that answer from a table."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from octavo.app.backend import FakeBackend
from octavo.app.manifest import Item
from octavo.app.prompts import READ, extract_prompt
from octavo.app.scoring import Score, plan
from octavo.app.service import DocumentService
from octavo.app.settings import Settings

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NAMES = ("company", "date", "address", "total")
FIELDS = {"company": "ACME SDN BHD", "date": "05/03/2018", "address": "1 JALAN A", "total": "7.00"}
LINES = [
    {"box": [10, 10, 130, 30], "text": "ACME SDN BHD"},
    {"box": [10, 40, 130, 60], "text": "DATE: 05/03/2018"},
    {"box": [10, 70, 100, 90], "text": "TOTAL 7.00"},
]


@pytest.fixture(autouse=True)
def _benchmarks_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def data(tmp_path):
    """Fourteen receipts, of which the seventh and the fourteenth are for validation."""
    folder = tmp_path / "data" / "train" / "sroie"
    (folder / "images").mkdir(parents=True)
    lines = []
    for number in range(14):
        name = f"images/{number:02d}.png"
        image = Image.new("RGB", (200, 100), "white")
        image.paste((number, 0, 0), (20, 20, 120, 60))  # a page without ink is not put to the model
        image.save(folder / name)
        entry = {"id": f"r{number:02d}", "image": name, "task": "receipt_kie", "fields": FIELDS}
        lines.append(json.dumps(entry | {"text": "ACME", "lines": LINES, "size": [200, 100]}))
    (folder / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "data"


def service(values: dict[str, str | None], probability: float = 0.8, **replies: str) -> DocumentService:
    backend = FakeBackend({extract_prompt(NAMES): json.dumps(values), READ: "acme"} | replies, probability)
    backend.boxes = {"ACME SDN BHD": (0.05, 0.1, 0.65, 0.3), "7.00": (0.0, 0.0, 0.1, 0.1)}
    return DocumentService(Settings(isolate=False), backend)


def receipt(data: Path) -> Item:
    return import_module("board.sets").chosen_sets("sroie")[0].items(data, data)[0]


def test_an_item_is_scored_timed_judged_and_its_boxes_compared(data):
    recorded = import_module("board.recorder").run_item(
        service(FIELDS | {"date": "05/04/2018"}), receipt(data)
    )
    scores: dict[str, list[float]] = {}
    for score in recorded.result.scores:
        scores.setdefault(score.metric, []).append(score.value)
    assert scores["field_accuracy"] == [1.0, 0.0, 1.0, 1.0]
    assert scores["evidence_iou50"] == [1.0, 0.0]  # the date is wrong, the address is in no line
    assert scores["seconds.extract"][0] > 0 and scores["seconds_per_page"] == scores["seconds.extract"]
    assert "cer" not in scores  # the transcription is a set of its own
    assert [right for _, right in recorded.judgements] == [True, False, True, True]
    assert all(confidence == pytest.approx(0.8) for confidence, _ in recorded.judgements)


def test_a_refused_question_is_judged_and_a_field_that_was_not_found_is_not(data):
    run_item = import_module("board.recorder").run_item
    assert run_item(service(dict.fromkeys(NAMES)), receipt(data)).judgements == ()
    pairs = [
        {"question": "What is the IBAN?", "answer": None},
        {"question": "What is the total?", "answer": "7"},
    ]
    item = import_module("board.sets").only(receipt(data))
    asked = Item(item.id, "refusals", item.path, None, {"pairs": pairs})
    assert [right for _, right in run_item(service({}), asked).judgements] == [True, False]


def test_answers_about_a_photo_are_judged(data):
    question = "What is the sub category?"
    photo = Item(
        "p", "product_attributes", receipt(data).path, None, {"attributes": {"sub_category": "Shoes"}}
    )
    recorded = import_module("board.recorder").run_item(service({}, **{question: "shoes"}), photo)
    assert [right for _, right in recorded.judgements] == [True]
    assert recorded.result.scores[0] == Score("accuracy.sub_category", 1.0)


def test_validation_lines_only_and_only_the_labels_of_the_set(data):
    sets = import_module("board.sets")
    fields, text = sets.chosen_sets("sroie,sroie_text")
    assert [item.id for item in fields.items(data, data)] == ["r06", "r13"]
    assert set(fields.items(data, data)[0].labels) == {"fields", "lines", "size"}
    assert [item.labels for item in text.items(data, data)] == [{"text": "ACME"}] * 2
    with pytest.raises(ValueError, match="no set called sroi; known are sroie"):
        sets.chosen_sets("sroi")


def test_every_set_has_its_own_name_and_photos_are_not_for_the_peers():
    sets = import_module("board.sets").SETS
    assert len({entry.name for entry in sets}) == len(sets)
    assert {entry.name for entry in sets if entry.kind is None} == {"myntra", "clothing", "grocery"}
    engines = import_module("peers.engines")
    assert {entry.kind for entry in sets if entry.kind} <= set(engines.TESSERACT_FOR)


def test_absent_questions_ask_for_nothing_that_is_printed():
    absent_questions = import_module("board.sets").absent_questions
    asked = absent_questions(0, "Passport of the lodger, blood type 0, a vessel")
    assert list(asked) == ["What is the flight number?", "What is the IBAN?"]
    assert absent_questions(1, "") != absent_questions(2, "")


def test_labels_in_xml_notation_accept_what_is_printed():
    printed = import_module("board.printed")
    dates = printed.printed_dates("2018-03-05")
    assert {"05.03.2018", "5.3.18", "5. März 2018", "March 5, 2018"} <= set(dates)
    assert printed.printed_dates("in March") == ("in March",)
    assert {"480.2", "480.20", "480.20 EUR"} <= set(printed.printed_amounts("480.2"))


def test_invoices_are_asked_for_four_fields_and_printed_forms_are_right(tmp_path):
    folder = tmp_path / "train" / "zugferd_invoices"
    folder.mkdir(parents=True)
    fields = {"invoice_number": "R-1", "issue_date": "2018-03-05", "grand_total": "480.2", "currency": "EUR"}
    entries = [{"id": f"z{n}", "task": "invoice_kie", "image": "z.png", "fields": fields} for n in range(7)]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    [item] = import_module("board.sets").chosen_sets("zugferd")[0].items(tmp_path, tmp_path)
    [part] = plan(item)
    assert list(part.accepted) == ["invoice_number", "issue_date", "grand_total"]
    assert "05.03.2018" in part.accepted["issue_date"] and "480.20" in part.accepted["grand_total"]


def test_documents_of_repositories_are_on_the_board_where_they_were_fetched(tmp_path):
    wild = import_module("board.sets").chosen_sets("wild")[0]
    assert wild.items(tmp_path, tmp_path) == []
    folder = tmp_path / "dev" / "wild"
    folder.mkdir(parents=True)
    fields = {"date": None, "total": ["7,00", "7.00"]}
    entry = {"id": "w", "task": "receipt_kie", "image": "w.png", "source": "github", "fields": fields}
    (folder / "manifest.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    [item] = wild.items(tmp_path, tmp_path)
    assert item.labels == {"fields": fields}


def test_forms_without_a_filled_pair_are_left_out(tmp_path):
    folder = tmp_path / "dev" / "funsd"
    folder.mkdir(parents=True)
    filled = {"question": "Date:", "answer": "3/4/95", "q_box": [0, 0, 9, 9]}
    pairs = {"empty": [{**filled, "answer": ""}], "filled": [filled]}
    entries = [{"id": name, "task": "form_kie", "image": "f.png", "pairs": pairs[name]} for name in pairs]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    items = import_module("board.sets").chosen_sets("funsd")[0].items(tmp_path, tmp_path)
    assert [item.id for item in items] == ["filled"]


def test_blank_pages_are_the_same_each_time_and_differ_from_each_other(tmp_path, monkeypatch):
    blank = import_module("board.blank")
    monkeypatch.setattr(blank, "SIZE", (210, 297))
    first = [path.read_bytes() for path in blank.blank_pages(tmp_path / "a")]
    assert first == [path.read_bytes() for path in blank.blank_pages(tmp_path / "b")]
    assert len(set(first)) == len(first) == 8


def test_true_boxes_of_a_line_a_run_of_lines_and_a_part():
    truth = import_module("board.truth")
    assert truth.true_boxes("Acme Sdn. Bhd.", LINES) == [(10, 10, 130, 30)]
    assert truth.true_boxes("ACME SDN BHD DATE: 05/03/2018", LINES) == [(10, 10, 130, 60)]
    [(x0, y0, x1, y1)] = truth.true_boxes("05/03/2018", LINES)
    assert (x0, y0, x1, y1) == pytest.approx((10 + 120 * 6 / 16, 40, 130, 60))
    assert truth.true_boxes("IPOH", LINES) == []
    assert truth.overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(data, tmp_path):
    ledgers, recorder = import_module("board.ledger"), import_module("board.recorder")
    path, item = tmp_path / "work" / "items.jsonl", receipt(data)
    recorded = recorder.run_item(service(FIELDS), item)
    ledgers.Ledger.open(path).add(ledgers.key("sroie", "octavo", item, 2), recorded)
    path.write_text(path.read_text() + '{"key": "cut o', encoding="utf-8")
    again = ledgers.Ledger.open(path)
    assert again.entries == {ledgers.key("sroie", "octavo", item, 2): recorded}
    again.add("other", recorded)
    assert len(ledgers.Ledger.open(path).entries) == 2
    assert ledgers.Ledger.open(path, fresh=True).entries == {}


def test_other_weights_other_labels_and_other_threads_are_measured_anew(data):
    key, item = import_module("board.ledger").key, receipt(data)
    relabelled = Item(item.id, item.task, item.path, item.page, {"fields": {"total": "8.00"}})
    keys = {
        key("sroie", "nano@1", item, 2),
        key("sroie", "nano@2", item, 2),
        key("sroie", "nano@1", relabelled, 2),
        key("sroie", "nano@1", item, 1),
    }
    assert len(keys) == 4


class Fixed:
    """A reader of the board that answers from a table; ``kind_only`` as for peers."""

    def __init__(self, values: dict[str, str | None], kind_only: bool = False) -> None:
        self.service, self.kind_only, self.model, self.closed = service(values), kind_only, str(values), False

    def serves(self, entry) -> bool:
        return entry.kind is not None or not self.kind_only

    def for_set(self, entry):
        return self.service

    def close(self) -> None:
        self.closed = True


def test_the_command_writes_its_record_resumes_and_prints_the_table_last(data, tmp_path, monkeypatch, capsys):
    scoreboard = import_module("scoreboard")
    readers = {"octavo": Fixed(FIELDS), "rapidocr": Fixed(FIELDS | {"total": "8.00"}, kind_only=True)}
    left_out = ["tesseract is left out: not installed"]
    monkeypatch.setattr(scoreboard, "open_readers", lambda *_: (readers, left_out))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    record, work = tmp_path / "board.json", tmp_path / "work"
    options = ["--data", str(data), "--sets", "sroie,wild", "--threads", "1"]
    monkeypatch.setattr(sys, "argv", ["scoreboard", *options, "--json", str(record), "--work", str(work)])
    assert scoreboard.main() == 0
    out, told = capsys.readouterr()
    table = out.strip().splitlines()
    assert table[0] == "| what | n | bar | Octavo | RapidOCR + rules |"
    assert table[2].endswith("| 2 | ≥ 0.75 | 1.000, met | 0.750 |")
    assert "expected calibration error" in table[-1] and table[-1].endswith("| 0.200, missed | – |")
    assert "tesseract is left out" in told and "wild is left out" in told
    written = json.loads(record.read_text())
    octavo = written["sets"][0]["readers"]["octavo"]
    assert octavo["n"] == 2 and octavo["resumed"] == 0 and octavo["metrics"]["field_accuracy"] == 1.0
    assert written["left_out"] == left_out and [entry["name"] for entry in written["sets"]] == ["sroie"]
    assert written["calibration"]["answers"] == 8
    assert scoreboard.main() == 0
    assert json.loads(record.read_text())["sets"][0]["readers"]["octavo"]["resumed"] == 2
    assert all(reader.closed for reader in readers.values())


def test_a_peer_that_is_not_there_is_left_out_with_the_reason(monkeypatch, tmp_path):
    scoreboard = import_module("scoreboard")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(scoreboard, "PEER_PYTHON", tmp_path / "python")
    readers, notes = scoreboard.open_readers(["tesseract", "rapidocr"], "nano", 1, tmp_path)
    assert readers == {}
    assert [note.split(":")[0] for note in notes] == ["tesseract is left out", "rapidocr is left out"]
