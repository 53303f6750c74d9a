"""The command line: what goes to stdout, what to stderr, which exit code."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from octavo.app import cli, terminal
from octavo.app.outcomes import ILLEGIBLE
from octavo.app.pages_match import PrintedRows
from octavo.app.prompts import READ, extract_prompt
from octavo.app.sandbox import SandboxError
from octavo.app.types import Delta, PageText

REPLIES = {
    "Total?": "12.50 EUR",
    READ: "# Title\n\ntext",
    extract_prompt(["invoice number", "total"]): '{"invoice number": "A7", "total": null}',
}


@pytest.fixture
def octavo(monkeypatch, make_service):
    """``octavo("ask", ...)`` runs a command on a FakeBackend; page ``torn`` cannot be rendered, and the print
    of a ``blurred`` document not be read."""

    def run(*words: object, stop: str = "eos", torn: int = 0, blurred: bool = False):
        service = make_service(REPLIES, stop=stop)
        if blurred:
            monkeypatch.setattr(service.backend, "look", lambda image: PrintedRows(("\ufffd" * 30,), 30))
        render = service.documents.sandbox.render

        def tear(path, kind, password, number):
            if number == torn:
                raise SandboxError("it is torn", "mend it")
            return render(path, kind, password, number)

        monkeypatch.setattr(service.documents.sandbox, "render", tear)
        monkeypatch.setattr(cli, "make_service", lambda model: service)
        return CliRunner().invoke(cli.app, [str(word) for word in words])

    return run


def test_ask_prints_the_answer_alone_on_stdout(octavo, make_pdf):
    path = make_pdf()
    result = octavo("ask", path, "Total?")
    assert (result.exit_code, result.stdout) == (0, "12.50 EUR\n")
    assert f"[{path}, page 1; confidence 0.90;" in result.stderr


def test_ask_over_several_pages_names_the_page_on_stderr(octavo, make_pdf):
    path = make_pdf("a", "b")
    result = octavo("ask", path, "Total?", "--pages", "2,1")
    assert (result.exit_code, result.stdout) == (0, "12.50 EUR\n")
    assert f"{path}, page 2: 12.50 EUR" in result.stderr


def test_ask_json_is_one_record_of_the_agreed_shape(octavo, make_pdf):
    result = octavo("ask", make_pdf("a"), make_pdf("b", name="b.pdf"), "Total?", "--json")
    record = json.loads(result.stdout)
    first = ["question", "answer", "found", "confidence", "evidence", "model", "seconds"]
    assert list(record) == [*first, "alternatives", "pages_read", "pages_seen"]
    assert (record["question"], record["answer"], record["found"]) == ("Total?", "12.50 EUR", True)


def test_not_found_is_an_answer_and_not_a_failure(octavo, make_pdf):
    result = octavo("ask", make_pdf(), "Something else?")
    assert (result.exit_code, result.stdout) == (0, "Not in the document.\n")
    assert "[not found; confidence" in result.stderr


def test_a_page_that_fails_makes_exit_code_1(octavo, make_pdf):
    path = make_pdf("a", "b")
    result = octavo("ask", path, "Total?", torn=2)
    assert (result.exit_code, result.stdout) == (1, "12.50 EUR\n")
    assert f"octavo: {path}: page 2: error: it is torn; mend it\n" in result.stderr
    assert octavo("ask", path, "Total?", stop="loop").exit_code == 1


def test_no_page_at_all_prints_no_answer(octavo, make_pdf):
    result = octavo("ask", make_pdf("a", "b"), "Total?", "--pages", "2", torn=2)
    assert (result.exit_code, result.stdout.strip()) == (1, "")
    assert "[no page could be read; " in result.stderr and "it is torn" in result.stderr


@pytest.mark.parametrize("pages", [("a",), ("a", "b"), ("a", "b", "c")])
def test_of_a_document_that_nobody_can_read_nothing_is_claimed(octavo, make_pdf, pages):
    path = make_pdf(*pages)
    result = octavo("ask", path, "Something else?", blurred=True)
    assert (result.exit_code, result.stdout.strip()) == (1, "")
    assert "[no page could be read; " in result.stderr and f"page 1: error: {ILLEGIBLE}" in result.stderr
    assert "not found" not in result.stderr and "confidence" not in result.stderr
    record = json.loads(octavo("ask", path, "Something else?", "--json", blurred=True).stdout)
    assert (record["answer"], record["found"], record["pages_read"]) == ("", False, [])


def test_read_prints_markdown_and_marks_pages(octavo, make_pdf):
    assert octavo("read", make_pdf()).stdout == "# Title\n\ntext\n"
    result = octavo("read", make_pdf("a", "b"), torn=2)
    assert result.exit_code == 1
    assert result.stdout == "<!-- page 1 -->\n\n# Title\n\ntext\n\n<!-- page 2: error -->\n"
    assert "page 2: error: it is torn" in result.stderr


def test_read_writes_into_a_file(octavo, make_pdf, tmp_path):
    result = octavo("read", make_pdf(), "--output", tmp_path / "page.md")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "page.md").read_text() == "# Title\n\ntext\n"
    unwritable = octavo("read", make_pdf(), "--output", tmp_path / "no" / "page.md")
    assert unwritable.exit_code == 2
    assert unwritable.stderr.count("\n") == 1 and "cannot be written" in unwritable.stderr


def test_read_json_is_a_record_a_page(octavo, make_pdf):
    records = json.loads(octavo("read", make_pdf("a", "b"), "--json", stop="length").stdout)
    assert [(record["page"], record["status"]) for record in records] == [(1, "truncated"), (2, "truncated")]


def test_extract_prints_values_or_the_whole_record(octavo, make_pdf):
    result = octavo("extract", make_pdf(), "--fields", "invoice number, total")
    assert json.loads(result.stdout) == {"invoice number": "A7", "total": None}
    record = json.loads(octavo("extract", make_pdf(), "--fields", "invoice number, total", "--json").stdout)
    assert record["fields"]["invoice number"]["value"] == "A7"
    assert record["fields"]["total"] == {"value": None, "confidence": 0.0, "evidence": []}


def test_extract_says_when_it_had_to_ask_one_by_one(octavo, make_pdf):
    result = octavo("extract", make_pdf(), "--fields", "Total")
    assert json.loads(result.stdout) == {"Total": None}
    assert "not valid JSON; asked one by one: Total" in result.stderr


def test_a_terminal_sees_the_text_grow(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    done = PageText("a.pdf", 1, "one two", "ok", "", 0.9, 1.0)
    events = [Delta("a.pdf", 1, "one"), Delta("a.pdf", 1, " two"), done]
    assert terminal.show_pages(events, 1, None, False) == 0
    assert capsys.readouterr().out == "one two\n"


def test_eval_prints_a_table_writes_json_and_fails_with_the_items(octavo, make_pdf, tmp_path):
    make_pdf("a")
    items = [
        {"id": "1", "task": "invoice_kie", "pdf": "made.pdf", "fields": {"total": "12.50"}},
        {"id": "2", "task": "invoice_kie", "pdf": "missing.pdf", "fields": {"total": "1"}},
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(json.dumps(item) for item in items))
    result = octavo("eval", tmp_path, "--json", tmp_path / "scores.json")
    assert result.exit_code == 1
    assert "field_accuracy" in result.stdout and "fake@000000000000" in result.stdout
    assert "octavo: 2: " in result.stderr and "there is no such file" in result.stderr
    record = json.loads((tmp_path / "scores.json").read_text())
    assert record["version"] == version("octavo")
    assert [(entry["n"], entry["errors"]) for entry in record["sets"]] == [(2, 1)]
    assert octavo("eval", tmp_path, "--limit", "1", "--split", "validation").exit_code in (0, 1)


def test_version_and_help():
    assert CliRunner().invoke(cli.app, ["--version"]).stdout.strip() == f"octavo {version('octavo')}"
    for command in ("ask", "read", "extract", "ui", "eval"):
        assert CliRunner().invoke(cli.app, [command, "--help"]).exit_code == 0


def test_the_command_starts_without_torch_and_gradio():
    heavy = {"torch", "gradio", "numpy", "pymupdf"}
    program = f"import sys, octavo.app.cli; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]", run.stderr


def test_ui_launches_on_the_given_port(monkeypatch, make_service):
    from octavo.app.ui import app

    calls = []
    service = make_service()
    monkeypatch.setattr(cli, "make_service", lambda model: service)
    monkeypatch.setattr(app, "launch", lambda service, port: calls.append((service, port)))
    assert CliRunner().invoke(cli.app, ["ui", "--port", "9000"]).exit_code == 0
    assert calls == [(service, 9000)]


@pytest.mark.parametrize("output", ["none/out.md", "."])
def test_an_output_that_cannot_be_written_is_told_before_the_work(octavo, make_pdf, tmp_path, output):
    result = octavo("read", make_pdf(), "--output", tmp_path / output)
    assert result.exit_code == 2 and "cannot be written" in result.stderr
    result = octavo("eval", tmp_path / "no-set", "--json", tmp_path / output)
    assert result.exit_code == 2 and "cannot be written" in result.stderr
