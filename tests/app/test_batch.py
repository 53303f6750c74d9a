"""A batch as a whole: what comes out, what a dead or hanging worker costs, what a resumed one does."""

import csv
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pymupdf
import pytest
from typer.testing import CliRunner

from octavo.app import Settings, UsageError, cli, load_schema
from octavo.app.batch.ledger import only_one
from octavo.app.batch.records import Options, PageRow, Spec
from octavo.app.batch.run import run_batch

from . import batch_backend

SPEC = Spec("read", settings=Settings(isolate=False, page_px=4000), backend="batch_backend:make")
ASK = replace(SPEC, task="ask", question="Total?")
EXTRACT = replace(SPEC, task="extract", fields=("number", "total"))


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """Worker processes get the path of their parent: there they find ``batch_backend``."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.fixture
def folder(tmp_path) -> Callable[..., Path]:
    """``folder({"a.pdf": [None, CRASH]})`` → a folder of PDFs with pages of these colours, all different."""

    def make(files: dict[str, list[tuple[int, ...] | None]]) -> Path:
        home = tmp_path / "in"
        for name, marks in files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            with pymupdf.open() as document:
                for number, mark in enumerate(marks):
                    page = document.new_page(width=60, height=60)
                    page.draw_rect((0, 0, 3 + number % 20, 2 + len(name) + number // 20), fill=(0, 0, 0))
                    if mark:
                        page.draw_rect((15, 15, 50, 50), fill=[part / 255 for part in mark], width=0)
                document.save(home / name)
        return home

    return make


def records(out: Path, name: str = "results.jsonl") -> list[dict]:
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def rows_of(out: Path) -> list[tuple]:
    """The ledger's rows without their times."""
    with sqlite3.connect(out / "ledger.sqlite") as db:
        query = "SELECT name, page, status, reason, confidence, result FROM pages JOIN files ON id = file_id"
        rows = db.execute(query + " ORDER BY name, page").fetchall()
    db.close()
    return rows


def test_every_page_becomes_a_row_and_a_bad_file_one_too(folder, tmp_path):
    home = folder({"a.pdf": [None] * 3, "sub/b.pdf": [None, batch_backend.LOOP]})
    (home / "bad.pdf").write_bytes(b"%PDF-1.4 nothing in here")
    (home / "empty.png").write_bytes(b"")
    (home / "notes.md").write_text("no document")
    seen: list[tuple[str, PageRow]] = []
    out = tmp_path / "out"
    summary = run_batch(home, out, SPEC, Options(workers=2), lambda name, row: seen.append((name, row)))
    assert (summary.files, summary.new, summary.statuses) == (4, 7, {"error": 2, "loop": 1, "ok": 4})
    assert len(seen) == 7 and summary.model == "fake@000000000000"
    found = [(record["file"], record["page"], record["status"]) for record in records(out)]
    assert found == [
        ("a.pdf", 1, "ok"),
        ("a.pdf", 2, "ok"),
        ("a.pdf", 3, "ok"),
        ("bad.pdf", 0, "error"),
        ("empty.png", 0, "error"),
        ("sub/b.pdf", 1, "ok"),
        ("sub/b.pdf", 2, "loop"),
    ]
    assert records(out)[4]["reason"] == "the file is empty; copy or download it again"
    assert len({record["text"] for record in records(out)[:3]}) == 3


def test_a_dead_worker_and_a_hang_cost_their_page_only(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_FLAG", str(tmp_path / "flag"))
    marks = [None, batch_backend.CRASH, None, batch_backend.HANG, batch_backend.ONCE, None]
    out = tmp_path / "out"
    run_batch(folder({"a.pdf": marks}), out, SPEC, Options(workers=2, retries=1, time_limit_s=4))
    found = {record["page"]: record for record in records(out)}
    assert [found[page]["status"] for page in range(1, 7)] == ["ok", "error", "ok", "error", "ok", "ok"]
    assert found[2]["reason"] == "the worker process died (exit code 13) (2 tries)"
    assert found[4]["reason"] == "it took longer than 4 s; raise --time-limit (2 tries)"
    assert (tmp_path / "flag").exists()


def test_a_second_run_does_nothing_and_a_changed_file_is_done_again(folder, tmp_path):
    home, out = folder({"a.pdf": [None] * 2, "b.pdf": [None]}), tmp_path / "out"
    assert run_batch(home, out, SPEC, Options()).new == 3
    first = rows_of(out)
    assert run_batch(home, out, SPEC, Options()).new == 0
    assert rows_of(out) == first
    (home / "b.pdf").touch()  # the same bytes at another time: its page is kept
    assert run_batch(home, out, SPEC, Options()).new == 0
    folder({"b.pdf": [None, None, None]})
    (home / "a.pdf").unlink()  # no longer in the plan: its rows are not exported
    assert run_batch(home, out, SPEC, Options()).new == 3
    assert [(record["file"], record["page"]) for record in records(out)] == [("b.pdf", n) for n in (1, 2, 3)]


def test_failures_are_kept_unless_asked_for_again(folder, tmp_path):
    home, out = folder({"a.pdf": [None]}), tmp_path / "out"
    (home / "late.pdf").write_bytes(b"")
    assert run_batch(home, out, SPEC, Options()).failed == 1
    assert run_batch(home, out, SPEC, Options()).new == 0
    assert run_batch(home, out, SPEC, Options(retry_failed=True)).new == 1
    folder({"late.pdf": [None]})
    assert run_batch(home, out, SPEC, Options()).failed == 0


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (replace(ASK, question="Date?"), "another question (Total?, not Date?)"),
        (EXTRACT, "another task (ask, not extract)"),
        (replace(ASK, pages="1"), "another page range (none, not 1)"),
    ],
)
def test_a_ledger_of_another_job_is_refused(folder, tmp_path, other, what):
    home, out = folder({"a.pdf": [None]}), tmp_path / "out"
    run_batch(home, out, ASK, Options())
    with pytest.raises(UsageError) as error:
        run_batch(home, out, other, Options())
    assert what in str(error.value) and "--fresh" in str(error.value)
    assert run_batch(home, out, other, Options(fresh=True)).new == 1


def test_a_ledger_of_another_model_or_in_use_is_refused(folder, tmp_path, monkeypatch):
    home, out = folder({"a.pdf": [None]}), tmp_path / "out"
    run_batch(home, out, SPEC, Options())
    monkeypatch.setenv("FAKE_DIGEST", "111111111111")
    with pytest.raises(UsageError, match="another model .fake@000000000000, not fake@111111111111"):
        run_batch(home, out, SPEC, Options())
    with only_one(out), pytest.raises(UsageError, match="another batch is at work"):
        run_batch(home, out, SPEC, Options())


def test_exports_agree_with_the_ledger(folder, tmp_path):
    home, out = folder({"a.pdf": [None] * 4 + [batch_backend.EVIL]}), tmp_path / "out"
    run_batch(home, out, ASK, Options())
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream))
    parquet = pq.read_table(out / "results.parquet")
    assert parquet.schema.metadata[b"octavo.question"] == b"Total?"
    for row, line, flat, record in zip(rows_of(out), table, parquet.to_pylist(), records(out), strict=True):
        name, page, status, _, confidence, result = row
        answer = json.loads(result)["answer"]
        assert (record["file"], record["page"], record["status"], record["answer"]) == (
            name,
            page,
            status,
            answer,
        )
        assert (flat["file"], flat["page"], flat["answer"]) == (name, page, answer)
        assert flat["confidence"] == record["confidence"] == pytest.approx(confidence, abs=1e-4)
        assert line["answer"] == ("'" + answer if answer.startswith("=") else answer)
    assert table[-1]["answer"].startswith("'=HYPERLINK")


def test_a_document_gets_its_best_answer(folder, tmp_path):
    home, out = folder({"a.pdf": [None] * 8, "b.pdf": [None]}), tmp_path / "out"
    (home / "c.pdf").write_bytes(b"")
    run_batch(home, out, ASK, Options())
    first, _, bad = records(out, "documents.jsonl")
    found = [record for record in records(out) if record["file"] == "a.pdf" and record["found"]]
    best = max(found, key=lambda record: record["confidence"])
    assert (first["file"], first["status"], first["pages"]) == ("a.pdf", "ok", 8)
    assert (first["answer"], first["evidence"][0]["page"]) == (best["answer"], best["page"])
    assert (bad["status"], bad["found"], bad["troubles"][0]["page"]) == ("error", False, 0)


def test_fields_are_merged_and_become_columns(folder, tmp_path):
    home, out = folder({"a.pdf": [None] * 3}), tmp_path / "out"
    run_batch(home, out, EXTRACT, Options())
    document = records(out, "documents.jsonl")[0]
    best = max(records(out), key=lambda record: record["fields"]["number"]["confidence"])
    assert document["fields"]["number"]["value"] == best["fields"]["number"]["value"]
    assert document["fields"]["total"] == {"value": None, "confidence": 0.0, "evidence": []}
    parquet = pq.read_table(out / "results.parquet").to_pylist()
    assert [row["number"] for row in parquet] == [r["fields"]["number"]["value"] for r in records(out)]


def test_a_schema_makes_typed_documents_and_is_bound_to_the_ledger(folder, tmp_path):
    columns = {"number": {"type": ["string", "null"]}, "total": {"type": ["number", "null"]}}
    schema = load_schema({"title": "bill", "properties": columns, "required": ["number"]})
    home, out = folder({"a.pdf": [None] * 3, "b.pdf": [None]}), tmp_path / "out"
    spec = replace(SPEC, task="extract", schema=schema)
    run_batch(home, out, spec, Options(workers=2))
    first, second = records(out, "documents.jsonl")
    best = max(records(out)[:3], key=lambda record: record["fields"]["number"]["confidence"])
    assert first["data"] == {"number": best["data"]["number"], "total": None}
    assert first["fields"]["number"]["evidence"][0] == {
        "file": "a.pdf",
        "page": best["page"],
        "box": [0.0, 0.0, 1.0, 1.0],
    }
    with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream))
    assert [(row["file"], row["status"], row["pages"]) for row in table] == [
        ("a.pdf", "ok", "3"),
        ("b.pdf", "ok", "1"),
    ]
    assert [row["number"] for row in table] == [first["data"]["number"], second["data"]["number"]]
    assert run_batch(home, out, spec, Options()).new == 0
    with pytest.raises(UsageError, match="another list of fields"):
        run_batch(home, out, replace(spec, schema=load_schema("receipt")), Options())
    with pytest.raises(UsageError, match="needs fields or a schema"):
        run_batch(home, tmp_path / "other", replace(spec, fields=("total",)), Options())


def test_the_summary_shows_the_worst_pages_and_escapes_what_it_shows(folder, tmp_path):
    home, out = folder({"<b>.pdf": [batch_backend.EVIL, batch_backend.LOOP]}), tmp_path / "out"
    run_batch(home, out, SPEC, Options())
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 2
    assert "&lt;script&gt;" in page and "<script" not in page
    assert "&lt;b&gt;.pdf" in page and "<b>.pdf" not in page


def test_pages_are_chosen_as_far_as_a_file_has_them(folder, tmp_path):
    home, out = folder({"a.pdf": [None] * 4, "b.pdf": [None]}), tmp_path / "out"
    run_batch(home, out, replace(SPEC, pages="2-3"), Options())
    assert [(record["file"], record["page"]) for record in records(out)] == [
        ("a.pdf", 2),
        ("a.pdf", 3),
        ("b.pdf", 0),
    ]
    assert "none of them in 2-3" in records(out)[2]["reason"]


def test_the_command_runs_previews_and_fails_with_the_pages(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("OCTAVO_BATCH_BACKEND", SPEC.backend)
    monkeypatch.setenv("OCTAVO_ISOLATE", "0")
    home, out = folder({"a.pdf": [None], "b.pdf": [batch_backend.LOOP]}), tmp_path / "out"

    def octavo(*words: object):
        return CliRunner().invoke(cli.app, ["batch", str(home), "--out", str(out), *map(str, words)])

    preview = octavo("--task", "read", "--dry-run")
    assert (preview.exit_code, preview.stdout) == (0, "new\ta.pdf\nnew\tb.pdf\n")
    assert not out.exists()
    result = octavo("--task", "read", "--workers", 1)
    assert result.exit_code == 1, result.output
    assert "octavo: b.pdf: page 1: loop: " in result.stderr
    assert "2 files: 1 loop, 1 ok (2 new" in result.stderr
    assert octavo("--task", "read", "--dry-run").stdout == "done\ta.pdf\ndone\tb.pdf\n"
    wrong = octavo("--task", "ask")
    assert wrong.exit_code == 2 and "needs a question" in wrong.stderr
    assert octavo("--task", "ask", "--question", "Total?").exit_code == 2
