"""Extraction to a schema: what may be asked for, and that what comes out is always valid against it."""

import json
import random

import jsonschema
import pytest
from pydantic import BaseModel, Field
from typer.testing import CliRunner

from octavo.app import DocumentService, FakeBackend, Settings, UsageError, cli, load_schema
from octavo.app.prompts import NOT_FOUND, READ
from octavo.app.schema.builtin import SCHEMAS

TABLE = """| Description | Qty | Unit price | Amount |
| --- | --- | --- | --- |
| Paper | 2 | 3,00 | 6,00 |
| Thread | 1 | 4,00 | 5,00 |
| Total | | | 11,00 |
"""
PRINTED = {
    "invoice number": "HP-1",
    "invoice date": "14.03.2025",
    "due date": "soon",
    "subtotal": "11,00 €",
    "tax": "2,20 €",
    "total": "13,20 €",
}


def says(printed: dict[str, str], markdown: str = TABLE):
    """A model that reads a table and finds these fields, and nothing else."""

    def reply(_image, prompt: str) -> str:
        if prompt == READ:
            return markdown
        if prompt.startswith("Extract as JSON: "):
            keys = json.loads("[" + prompt.removeprefix("Extract as JSON: ") + "]")
            return json.dumps({key: printed.get(key) for key in keys})
        return NOT_FOUND

    return reply


def is_valid(data, schema) -> bool:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(data)


@pytest.fixture
def invoice(make_pdf, make_service):
    service = make_service(says(PRINTED))
    service.backend.boxes["13,20 €"] = (0.1, 0.2, 0.3, 0.4)
    service.backend.boxes["5,00"] = (0.5, 0.6, 0.7, 0.8)
    return service.extract_schema(service.open(make_pdf("Invoice")), "invoice")


def test_an_invoice_becomes_values_with_evidence(invoice):
    assert invoice.data["invoice_date"] == "2025-03-14"
    assert invoice.data["total"] == 13.2
    assert [row["amount"] for row in invoice.data["items"]] == [6.0, 5.0]  # not the row of the total
    assert is_valid(invoice.data, load_schema("invoice").document)
    total = invoice.fields["total"]
    assert (total.text, total.evidence[0].page, total.evidence[0].box) == ("13,20 €", 1, (0.1, 0.2, 0.3, 0.4))
    assert invoice.fields["items[1].amount"].evidence[0].box == (0.5, 0.6, 0.7, 0.8)
    assert all(field.evidence for field in invoice.fields.values())


def test_what_does_not_fit_is_null_with_a_reason_and_what_a_rule_found_says_so(invoice):
    assert invoice.data["due_date"] is None
    assert invoice.fields["due_date"].text == "soon"
    assert invoice.fields["due_date"].problem == "'soon' is not a date"
    assert invoice.data["currency"] == "EUR"
    assert invoice.fields["currency"].source.startswith("rule: ")
    assert invoice.fields["total"].source == "model"


def test_disagreeing_figures_are_flagged(invoice):
    wrong = [check.name for check in invoice.checks if not check.is_right]
    assert wrong == ["items[1]: quantity × unit price = amount"]
    assert len(invoice.checks) == 4


def test_many_fields_are_asked_in_groups(make_pdf, make_service):
    service = make_service(says(PRINTED))
    service.extract_schema(service.open(make_pdf("Invoice")), "invoice")
    asked = [prompt for prompt in service.backend.prompts if prompt.startswith("Extract")]
    assert len(asked) == 2 and all(prompt.count('"') <= 16 for prompt in asked)


def test_pages_are_merged_and_what_others_say_is_kept(make_pdf, make_service):
    pages = iter(
        [{"invoice number": "HP-1", "total": "carried over"}, {"invoice number": "HP-2", "total": "9.00"}]
    )
    printed: dict[str, str] = {}

    def reply(image, prompt: str) -> str:
        if "invoice number" in prompt:
            printed.clear()
            printed.update(next(pages))
        return says(printed)(image, prompt)

    service = make_service(reply)
    found = service.extract_schema(service.open(make_pdf("one", "two")), "invoice")
    assert found.data["total"] == 9.0 and found.fields["total"].evidence[0].page == 2
    assert found.fields["total"].others == (("carried over", 1, pytest.approx(0.9)),)
    assert len(found.data["items"]) == 4  # the rows of both pages


def test_a_table_without_named_columns_is_taken_as_printed(make_pdf, make_service):
    service = make_service(says({}))
    found = service.extract_schema(service.open(make_pdf("x")), "table")
    assert found.data["rows"][0] == {
        "Description": "Paper",
        "Qty": "2",
        "Unit price": "3,00",
        "Amount": "6,00",
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_a_model_says_the_output_is_valid(name, make_pdf, make_service):
    dice = random.Random(name)
    words = ["12", "-", "", "1.2.3", "14.03.2025", "€", "yes", "x" * 3000, "12,50 EUR", "\u202eevil", "null"]

    def reply(_image, prompt: str) -> str:
        if prompt == READ:
            return "|".join(dice.choice(["\n", "|", "---", "Qty", *words]) for _ in range(200))
        return dice.choice(
            ["{", "[]", json.dumps({key: dice.choice(words) for key in prompt.split('"')[1::2]})]
        )

    service = make_service(reply)
    document, schema = service.open(make_pdf("one", "two")), load_schema(name)
    for _ in range(5):
        found = service.extract_schema(document, schema)
        assert is_valid(found.data, schema.document)
        json.dumps(found.to_json())


class Party(BaseModel):
    name: str | None
    vat_id: str | None = None


class Bill(BaseModel):
    """A user's own model: nested, with limits, a default and an optional value."""

    seller: Party
    buyer: Party
    total: float | None = Field(ge=0)
    copies: int = 1
    paid: bool | None = None
    kind: str = Field(default="bill", pattern="^(bill|credit)$")


def test_a_pydantic_model_is_a_schema(make_pdf, make_service):
    printed = {
        "seller name": "Harbour",
        "buyer name": "Alder",
        "total": "-5.00",
        "paid": "yes",
        "kind": "Credit",
    }
    service = make_service(says(printed))
    found = service.extract_schema(service.open(make_pdf("x")), Bill)
    bill = Bill.model_validate(found.data)
    assert (bill.seller.name, bill.buyer.name, bill.paid, bill.copies) == ("Harbour", "Alder", True, 1)
    assert bill.total is None and "does not fit the schema" in found.fields["total"].problem
    assert bill.kind == "bill"  # "Credit" does not match; the default stands


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, "may not be null"),
        ({"type": "object", "properties": {}}, "no properties"),
        ({"type": "object", "properties": {"a": {"type": ["string", "integer"]}}}, "choose one"),
        ({"type": "object", "properties": {"a": {"$ref": "http://x/y"}}}, "is not in it"),
        ({"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}}, "in circles"),
        (
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}},
            "objects only",
        ),
        ({"type": 5}, "no valid JSON Schema"),
        ({"properties": {f"f{n}": {"type": ["string", "null"]} for n in range(101)}}, "more than 100"),
        (
            {"properties": {"a": {"type": ["string", "null"]}}, "required": ["a", "b"]},
            "a document that holds none of it",
        ),
    ],
)
def test_a_schema_that_cannot_be_kept_is_refused_with_the_remedy(schema, problem):
    with pytest.raises(UsageError, match="schema") as error:
        load_schema(schema)
    assert problem in str(error.value)


def test_rules_over_several_values_are_kept_too(make_pdf, make_service):
    schema = {
        "properties": {"a": {"type": ["string", "null"]}, "b": {"type": ["string", "null"]}},
        "if": {"properties": {"a": {"const": "x"}}, "required": ["a"]},
        "then": {"properties": {"b": {"const": "y"}}},
    }
    service = make_service(says({"a": "x", "b": "z"}))
    found = service.extract_schema(service.open(make_pdf("x")), schema)
    assert is_valid(found.data, schema)
    assert any("does not fit the schema" in field.problem for field in found.fields.values())


def test_the_command_prints_data_and_remarks(make_pdf, monkeypatch, tmp_path):
    def service(model: str | None) -> DocumentService:
        return DocumentService(Settings(isolate=False), FakeBackend(says(PRINTED)))

    monkeypatch.setattr(cli, "make_service", service)
    path = str(make_pdf("Invoice"))
    run = CliRunner().invoke(cli.app, ["extract", path, "--schema", "invoice"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["total"] == 13.2
    assert "due_date: 'soon' is not a date" in run.stderr and "one of them may be misread" in run.stderr
    record = CliRunner().invoke(cli.app, ["extract", path, "--schema", "invoice", "--json"]).stdout
    assert json.loads(record)["fields"]["total"]["text"] == "13,20 €"
    for words in (["--schema", "nonsense"], [], ["--schema", "invoice", "--fields", "total"]):
        assert CliRunner().invoke(cli.app, ["extract", path, *words]).exit_code == 2
    own = tmp_path / "own.json"
    own.write_text('{"properties": {"total": {"type": ["number", "null"]}}}')
    assert json.loads(CliRunner().invoke(cli.app, ["extract", path, "--schema", str(own)]).stdout) == {
        "total": 13.2
    }
