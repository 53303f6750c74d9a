"""The parts of a batch on their own: the plan, the ledger, cells for spreadsheets, the estimated end."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from octavo.app import DocumentError, UsageError
from octavo.app.batch.export import columns, flat, harmless, replacing
from octavo.app.batch.ledger import Ledger
from octavo.app.batch.plan import choose_pages, find_jobs, left_out
from octavo.app.batch.progress import Tally
from octavo.app.batch.records import Job, Opened, PageRow, Spec, storable
from octavo.app.batch.run import checked


def names(source: Path, out: Path) -> list[str]:
    return [job.name for job in find_jobs(source, out)]


def test_a_folder_gives_documents_in_stable_order_and_not_its_own_results(tmp_path):
    for name in ("b.PDF", "a.png", "z/1.pdf", "notes.md", ".hidden.pdf", ".git/x.pdf", "out/page.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path, tmp_path / "out") == ["a.png", "b.PDF", "z/1.pdf"]
    assert names(tmp_path / "b.PDF", tmp_path / "out") == ["b.PDF"]


def test_files_that_are_left_out_are_named_but_not_results(tmp_path):
    for name in ("b.pdf", "photo.heic", "z/noext", ".hidden", "results.csv", "ledger.sqlite", "out/x.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert left_out(tmp_path, tmp_path / "out") == (["photo.heic", "z/noext"], [])
    assert left_out(tmp_path / "b.pdf", tmp_path / "out") == ([], [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.txt", "# invoices\na.pdf\n\nb/c.pdf \na.pdf\n"),
        ("list.csv", "\ufefffile,note\na.pdf,first\nb/c.pdf,\n"),
        ("list.csv", "File;Note\r\na.pdf;first, and best\r\n;\r\nb/c.pdf;\r\n"),
        ("list.csv", 'file,note\na.pdf,one\u2028two\nb/c.pdf,"three\nfour"\n'),
        ("list.jsonl", '{"pdf": "a.pdf", "id": 1}\n\n"b/c.pdf"\n'),
        ("list.jsonl", '{"file": "a.pdf", "text": "one\u2028two\x85"}\n{"file": "b/c.pdf"}\n'),
    ],
)
def test_a_manifest_names_files_beside_it_each_once(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    expected = [Job("a.pdf", tmp_path / "a.pdf"), Job("b/c.pdf", tmp_path / "b/c.pdf")]
    assert find_jobs(tmp_path / name, tmp_path / "out") == expected


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("list.csv", "name\na.pdf\n", "line 2 names no file"),
        ("list.jsonl", '{"pdf": "a.pdf"}\n{"pdf": 3}\n', "line 2 names no file"),
        ("list.jsonl", "a.pdf\n", "line 1 is not JSON"),
        ("list.txt", "# nothing\n", "there is not a file named in it"),
        ("list.txt", b"\xff\xfe\x00", "cannot be read as UTF-8"),
    ],
)
def test_a_manifest_that_makes_no_sense_says_where(tmp_path, name, text, problem):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError, match=problem):
        find_jobs(tmp_path / name, tmp_path / "out")


def test_nothing_to_do_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        find_jobs(tmp_path / "missing", tmp_path / "out")
    with pytest.raises(UsageError, match="there is not a PDF"):
        find_jobs(tmp_path, tmp_path / "out")


def test_page_ranges_end_where_the_file_does():
    assert choose_pages("a.pdf", None, 3, 100) == (1, 2, 3)
    assert choose_pages("a.pdf", "9,2-5,1", 3, 100) == (1, 2, 3)
    with pytest.raises(DocumentError, match="has 3 pages, none of them in 4-"):
        choose_pages("a.pdf", "4-", 3, 100)
    with pytest.raises(DocumentError, match="more than 2 pages"):
        choose_pages("a.pdf", None, 3, 2)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-12.50-A1", "-A1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\x00=1", "＝1"]
)
def test_no_cell_is_taken_for_a_formula(text):
    assert harmless(text).startswith("'")


def test_other_cells_stay_as_they_are():
    for value in ("12.50", "-12.50", "-1.234,00", "a=b", "", "5 - 3", 0.5, 3, True, None):
        assert harmless(value) == value


def test_a_field_that_is_called_like_a_column_gets_its_own():
    spec = Spec("extract", fields=("page", "total"))
    assert columns(spec)[-2:] == ["field page", "total"]
    fields = {"page": {"value": "7", "confidence": 0.5, "box": [0, 0, 1, 1]}}
    row = flat(spec, "a.pdf", PageRow(1, 2, "ok", result={"fields": fields}))
    assert (row["page"], row["field page"], row["total"]) == (2, "7", None)


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as stream:
        stream.write("half")
        raise RuntimeError
    assert path.read_text() == "old"


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


def test_a_row_is_in_the_file_at_once_and_counts_once(ledger, tmp_path):
    ledger.plan([Job("a.pdf", tmp_path / "a.pdf")])
    ledger.opened(Opened(1, "digest", 2, (1, 2)))
    for confidence in (0.4, 0.5):
        ledger.record(PageRow(1, 1, "ok", confidence=confidence, result={"text": "ä\ud800"}))
    other = sqlite3.connect(tmp_path / "ledger.sqlite")
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert other.execute("SELECT page, confidence, result FROM pages").fetchall() == [
        (1, 0.5, '{"text": "ä?"}')
    ]
    other.close()
    assert ledger.counts() == {"ok": 1}


def test_a_missing_file_keeps_its_pages_and_a_broken_one_does_not(ledger, tmp_path):
    path = tmp_path / "a.pdf"
    job = Job("a.pdf", path)
    path.write_bytes(b"one")
    ledger.plan([job])
    ledger.opened(Opened(1, "digest", 1, (1,)))
    ledger.record(PageRow(1, 1, "ok"))
    path.unlink()
    ledger.plan([job])
    ledger.record(PageRow(1, 0, "error", "there is no such file"))
    assert ledger.done(1) == {0, 1}
    path.write_bytes(b"one")
    ledger.plan([job])
    assert ledger.opened(Opened(1, "digest", 1, (1,))) == {1}
    path.write_bytes(b"broken")
    ledger.plan([job])
    ledger.record(PageRow(1, 0, "error", "it is damaged"))
    assert ledger.done(1) == {0}


def test_a_file_that_is_no_ledger_is_told(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(UsageError, match="not a usable ledger.*--fresh"):
        Ledger(tmp_path / "ledger.sqlite")


def test_the_worst_pages_are_failed_ones_then_unsure_ones(ledger, tmp_path):
    ledger.plan([Job("a.pdf", tmp_path / "a.pdf")])
    outcomes = [("ok", 0.9), ("ok", 0.2), ("error", None), ("loop", 0.7)]
    for page, (status, confidence) in enumerate(outcomes, 1):
        ledger.record(PageRow(1, page, status, confidence=confidence))
    assert [row.page for _, row in ledger.worst(3)] == [3, 4, 2]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (Spec("ask", question="  "), "needs a question"),
        (Spec("extract", fields=(" ", "")), "needs fields"),
        (Spec("read", question="Total?"), "has no use for"),
        (Spec("read", pages="5-3"), "page range"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(spec, problem):
    with pytest.raises(UsageError, match=problem):
        checked(spec)


def test_the_end_is_estimated_from_the_files_that_were_opened():
    assert Tally(files=10).pages_expected == 10
    assert Tally(files=10, files_opened=2, pages_known=8, done=5).pages_expected == 40
    assert Tally(files=1, files_opened=1, pages_known=3, done=3).pages_expected == 3


def test_names_that_are_not_utf8_can_be_stored():
    assert storable("a\udcff.pdf") == "a\\udcff.pdf"


def test_a_folder_that_may_not_be_looked_into_is_named(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.pdf").touch()
    look = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert left_out(tmp_path, tmp_path / "out") == ([], ["closed (Permission denied)"])
    assert [job.name for job in find_jobs(tmp_path, tmp_path / "out")] == ["a.pdf"]
