"""The Extract tab: schemas chosen, edited and pasted, values with their places, and files to save."""

import csv
import io
import json
from base64 import b64decode

import gradio as gr
import pytest

from octavo.app import UsageError
from octavo.app.prompts import READ, extract_prompt
from octavo.app.schema.builtin import SCHEMAS
from octavo.app.ui import cards, facts, view
from octavo.app.ui.asking import ALL, PAGE
from octavo.app.ui.desk import Desk, Shown, Upload
from octavo.app.ui.extracting import FIELDS, OWN, Extracting, parse_schema
from octavo.app.ui.viewer import Viewer

NAMES = ["invoice number", "total"]
SCHEMA = {
    "type": "object",
    "properties": {
        "invoice_number": {"type": ["string", "null"]},
        "total": {"type": ["number", "null"]},
        "items": {
            "type": "array",
            "items": {"type": "object", "properties": {
                "description": {"type": ["string", "null"]}, "amount": {"type": ["number", "null"]}}},
        },
    },
}  # fmt: skip
TABLE = "| Description | Amount |\n|---|---|\n| =SUM(A1) | 7.50 |\n| Paper | 5.00 |"
REPLIES = {extract_prompt(NAMES): '{"invoice number": "=A7", "total": "12.50"}', READ: TABLE}
BOX = (0.1, 0.1, 0.2, 0.2)


@pytest.fixture
def extracting(make_service, warned) -> Extracting:
    service = make_service(REPLIES)
    service.backend.boxes |= {"=A7": BOX, "12.50": (0.5, 0.5, 0.6, 0.6)}
    return Extracting(service, Viewer(service))


@pytest.fixture
def desk(make_pdf) -> Desk:
    return Desk((Upload(str(make_pdf("a", "b")), 2),))


def run(extracting, desk, choice=FIELDS, names="invoice number, total", schema="", scope=ALL):
    shown = Shown(desk.uploads[0].path) if desk.uploads else None
    return list(extracting.extract(desk, shown, choice, names, schema, scope, "en"))


def found_in(steps):
    return next(step[0] for step in steps if isinstance(step[0], facts.Found))


def unpacked(parcel):
    packed = json.loads(parcel)
    return packed["name"], b64decode(packed["data"])


def test_named_fields_become_a_table_with_their_places_on_the_page(extracting, desk):
    steps = run(extracting, desk)
    assert "extracting from page 1" in steps[0][3] and any("page 1 done" in str(step[3]) for step in steps)
    table = next(step[1] for step in steps if isinstance(step[1], str) and "<table" in step[1])
    assert 'data-fact="0">=A7</button>' in table and "90%" in table
    shown, image = next(step[4:6] for step in steps if isinstance(step[4], Shown))
    assert [(mark.box, mark.is_chosen) for mark in shown.marks] == [(BOX, True)]  # total: page 2
    assert image.getpixel((int(0.15 * image.width), int(0.15 * image.height))) == view.MARKER


def test_a_pressed_value_is_marked_among_the_others(extracting, desk):
    found = found_in(run(extracting, desk, scope=PAGE))
    shown = next(extracting.show(desk, found, "en", gr.EventData(None, {"fact": 1})))[0]
    assert [(mark.box, mark.is_chosen) for mark in shown.marks] == [
        (BOX, False),
        ((0.5, 0.5, 0.6, 0.6), True),
    ]
    for wrong in ({"fact": 9}, {"fact": -1}, {"fact": "0"}, {}):
        assert list(extracting.show(desk, found, "en", gr.EventData(None, wrong))) == []


def test_an_own_schema_gives_typed_values_rows_and_checks(extracting, desk):
    found = found_in(run(extracting, desk, OWN, schema=json.dumps(SCHEMA), scope=PAGE))
    assert found.data["total"] == 12.5 and len(found.data["items"]) == 2
    table = cards.facts_table("zh", found.facts, found.checks)
    assert "字段" in table and ">12.5</button>" in table and "原文：12.50" in table


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_built_in_schema_can_be_chosen_and_read_back(extracting, name):
    field_box, text, accordion = extracting.choose(name)
    assert not field_box["visible"] and accordion["visible"]
    assert parse_schema("en", name, text).name == name
    assert extracting.choose(FIELDS)[0]["visible"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON (line 1"),
        ("[]", "is not a JSON object"),
        ("", "is not a JSON object"),
        ('{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}', "may not be null"),
        ('{"$ref": "http://127.0.0.1/x"}', "references like"),
        ("[" * 50_000, "is not"),
    ],
)
def test_a_bad_schema_is_a_sentence(extracting, desk, warned, text, said):
    *_, last = run(extracting, desk, OWN, schema=text)
    assert said in warned[0] and 'role="alert"' in last[3] and last[0] is None


def test_extracting_without_a_document_or_a_field_is_a_sentence(extracting, desk, warned):
    run(extracting, Desk())
    run(extracting, desk, names=" ")
    assert "No document is open" in warned[0] and "no field was named" in warned[1]


def test_csv_has_a_line_a_field_and_no_formula(extracting, desk):
    found = found_in(run(extracting, desk))
    name, data = unpacked(extracting.save_csv(found, "en"))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert name == "made.csv" and [row["field"] for row in rows] == NAMES
    assert (rows[0]["value"], rows[0]["page"], rows[0]["x0"]) == ("'=A7", "1", "0.1")


def test_json_has_the_files_name_and_no_folder(extracting, desk):
    found = found_in(run(extracting, desk))
    _, data = unpacked(extracting.save_json(found, "en"))
    assert json.loads(data)["file"] == "made.pdf" and desk.uploads[0].path.encode() not in data


def test_excel_has_typed_cells_a_sheet_for_each_table_and_no_formula(extracting, desk):
    openpyxl = pytest.importorskip("openpyxl")
    found = found_in(run(extracting, desk, OWN, schema=json.dumps(SCHEMA), scope=PAGE))
    book = openpyxl.load_workbook(io.BytesIO(unpacked(extracting.save_xlsx(found, "en"))[1]))
    assert book.sheetnames[:2] == ["fields", "items"]
    items = [[cell.value for cell in row] for row in book["items"].iter_rows()]
    assert items[1][1] == 7.5 and book["items"].cell(2, 1).data_type == "s"


def test_saving_nothing_is_a_sentence(extracting, warned):
    assert extracting.save_csv(None, "en") == extracting.save_xlsx(None, "en") == ""
    assert extracting.save_json(None, "zh") == "" and warned[-1] == "还没有可保存的内容。"


def test_hostile_values_and_names_are_text_in_the_table():
    hostile = '<script>alert(1)</script>"${x}'
    fact = facts.Fact(hostile, None, hostile, 0.5, facts.Evidence("a", 1), hostile)
    table = cards.facts_table("en", [fact], [(False, hostile)])
    assert "<script" not in table and "&lt;script&gt;" in table
    with pytest.raises(UsageError):
        parse_schema("en", OWN, "nonsense")
