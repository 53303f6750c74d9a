"""The Batch tab: uploads and archives become a folder, a child process works on it, stops and goes on."""

import os
import time
import zipfile
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from octavo.app import UsageError
from octavo.app.batch.records import PageRow
from octavo.app.ui import batch_cards, unpack
from octavo.app.ui.batch_job import Job, Progress, Wanted
from octavo.app.ui.batches import Batches
from octavo.app.ui.extracting import FIELDS, OWN
from octavo.app.ui.keeping import Uploads
from octavo.app.ui.unpack import Limits, gather, safe_parts

HOSTILE = "<script>alert(1)</script>"
WAIT_S = 60


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def zipped(tmp_path):
    """``zipped({"a.pdf": b"..."}, compression)`` → path of an archive."""

    def make(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> str:
        path = tmp_path / "made.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return str(path)

    return make


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# Archives


def test_documents_of_an_archive_keep_their_folders_and_the_rest_is_named(zipped, inbox):
    path = zipped({"a/x.pdf": b"1", "b/x.pdf": b"2", "notes.txt": b"3", "inner.zip": b"4", "a/": b""})
    assert gather([path], inbox, Limits(), "en") == (2, ("notes.txt", "inner.zip"))
    assert names_in(inbox) == ["a/x.pdf", "b/x.pdf"]


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.pdf",
        "/etc/evil.pdf",
        "C:\\evil.pdf",
        "..\\..\\evil.pdf",
        "a/../../evil.pdf",
        "./.evil.pdf",
    ],
)
def test_no_name_in_an_archive_leads_out_of_the_folder(zipped, inbox, name):
    taken, _ = gather([zipped({name: b"x"})], inbox, Limits(), "en")
    everywhere = {path for path in inbox.parent.rglob("*evil.pdf")}
    assert taken == len(everywhere) and all(path.is_relative_to(inbox) for path in everywhere)
    assert not Path("/etc/evil.pdf").exists()


def test_a_link_in_an_archive_is_not_made(tmp_path, inbox):
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link.pdf")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    gather([str(path)], inbox, Limits(), "en")
    assert not (inbox / "link.pdf").is_symlink() and (inbox / "link.pdf").read_bytes() == b"/etc/passwd"


def test_the_same_name_twice_overwrites_nothing(zipped, inbox, tmp_path):
    (tmp_path / "x.pdf").write_bytes(b"upload")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("x.pdf", b"1")
        archive.writestr("x.pdf", b"2")
    assert gather([str(tmp_path / "x.pdf"), str(tmp_path / "two.zip")], inbox, Limits(), "en")[0] == 3
    assert names_in(inbox) == ["x (2).pdf", "x (3).pdf", "x.pdf"]


def test_a_bomb_is_stopped_by_what_it_unpacks_to(zipped, inbox):
    path = zipped({f"{number}.pdf": bytes(3 << 20) for number in range(4)})
    assert os.path.getsize(path) < 1 << 16
    with pytest.raises(UsageError, match="unpacks to more than 5 MB"):
        gather([path], inbox, Limits(total_mb=5), "en")
    assert sum(path.stat().st_size for path in inbox.rglob("*.pdf")) <= 6 << 20


def test_a_single_huge_entry_is_left_out(zipped, inbox):
    path = zipped({"huge.pdf": bytes(3 << 20), "good.pdf": b"x"})
    assert gather([path], inbox, Limits(file_mb=2), "en") == (1, ("huge.pdf",))
    assert names_in(inbox) == ["good.pdf"]


def test_an_archive_of_countless_entries_is_refused_before_it_is_read(zipped, inbox, monkeypatch):
    path = zipped({f"{number}.pdf": b"" for number in range(30)})
    monkeypatch.setattr(unpack.zipfile, "ZipFile", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(UsageError, match="more than 10 entries"):
        gather([path], inbox, Limits(files=10), "en")


@pytest.mark.parametrize(
    "data", [b"", b"no archive", b"PK\x05\x06" + b"\0" * 5, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_archive_is_a_sentence(tmp_path, inbox, data):
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(UsageError, match="bad.zip: (is not a usable ZIP|holds more)"):
        gather([str(tmp_path / "bad.zip")], inbox, Limits(), "en")


def test_a_damaged_and_a_locked_archive_are_sentences(zipped, inbox, tmp_path):
    data = bytearray(Path(zipped({"a.pdf": os.urandom(5000)}, zipfile.ZIP_STORED)).read_bytes())
    data[100] ^= 255
    (tmp_path / "made.zip").write_bytes(data)
    with pytest.raises(UsageError, match="is not a usable ZIP"):
        gather([str(tmp_path / "made.zip")], inbox, Limits(), "en")
    data = bytearray(Path(zipped({"a.pdf": b"x"}, zipfile.ZIP_STORED)).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "made.zip").write_bytes(data)
    with pytest.raises(UsageError, match="is encrypted"):
        gather([str(tmp_path / "made.zip")], inbox, Limits(), "en")


def test_parts_of_names_are_cleaned_and_cut():
    assert safe_parts("a//b/./c.pdf") == ("a", "b", "c.pdf")
    assert safe_parts("../.hidden/\x1b[31mx.pdf") == ("hidden", "[31mx.pdf")
    assert len(safe_parts("x" * 500 + ".pdf")[0]) <= 101 and safe_parts("x" * 500 + ".pdf")[0].endswith(
        ".pdf"
    )
    assert len(safe_parts("a/" * 50 + "x.pdf")) == 8 and safe_parts("..") == ()


def test_an_upload_that_is_gone_is_a_sentence(tmp_path, inbox):
    for name in ("gone.pdf", "gone.zip"):
        with pytest.raises(UsageError, match=f"{name}: is no"):
            gather([str(tmp_path / name)], inbox, Limits(), "en")


# The work


@pytest.fixture
def worked(monkeypatch, tmp_path):
    """The child's workers answer from pixels, and tell when they are slow."""
    monkeypatch.setenv("OCTAVO_BATCH_BACKEND", "batch_backend:make")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("OCTAVO_ISOLATE", "0")
    monkeypatch.setenv("OCTAVO_PAGE_PX", "4000")
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
def batches(make_service, tmp_path, monkeypatch) -> Batches:
    monkeypatch.setattr(gr, "Warning", lambda text: None)
    return Batches(make_service(), Uploads(tmp_path))


def begin(
    batches, paths, job=None, task="ask", question="Who?", choice=FIELDS, names="number, total", schema=""
):
    return batches.start(
        job, [str(path) for path in paths], None, task, question, choice, names, schema, 1, "en", None
    )


def wait_for(job: Job, *states: str) -> Progress:
    deadline = time.monotonic() + WAIT_S
    while (progress := job.progress()).state not in states:
        assert time.monotonic() < deadline, progress
        time.sleep(0.05)
    return progress


@pytest.mark.slow
def test_a_batch_is_stopped_and_goes_on_where_it_was(worked, batches, make_pdf, monkeypatch):
    monkeypatch.setenv("FAKE_DELAY", "0.4")
    texts = [f"page {number}" for number in range(8)]
    job, ticket, card, *_ = begin(batches, [make_pdf(*texts)], task="read")
    assert ticket and "loading the model" in card
    deadline = time.monotonic() + WAIT_S
    while job.progress().done < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    batches.stop(job, "en")
    stopped = wait_for(job, "stopped")
    assert 2 <= stopped.done < 8 and stopped.expected == 8 and job.results() == []
    monkeypatch.setenv("FAKE_DELAY", "0")
    batches.resume(job, "en")
    done = wait_for(job, "done")
    assert (done.done, done.failed, len(job.rows(100))) == (8, 0, 8)
    assert {Path(path).name for path in job.results()} >= {"results.csv", "results.jsonl", "summary.html"}
    shown = batches.look(job, "en")
    assert "8 of 8 pages" in shown[0] and shown[1].count("<tr>") == 9 and not shown[3].active
    seen = batches.picture(job, "en", gr.EventData(None, {"fact": 7}))
    assert seen["visible"] and seen["value"].width > 10
    assert not isinstance(
        batches.picture(job, "en", gr.EventData(None, {"fact": 8})).get("value"), Image.Image
    )
    folder = job.folder
    batches.delete(job, None, None, "en", None)
    assert not folder.exists()


@pytest.mark.slow
def test_a_reloaded_page_finds_its_batch_and_nobody_elses(worked, batches, make_pdf):
    job, ticket, *_ = begin(batches, [make_pdf("a")], task="extract")
    assert batches.restore(ticket, None, "en")[0] is job
    assert batches.restore("another", None, "en")[0] is None and batches.restore("", None, "en")[0] is None
    assert batches.restore(None, None, "en")[0] is None
    job.release()
    assert job.folder.is_dir()
    wait_for(job, "done")
    job.release()
    assert not job.folder.exists() and batches.restore(ticket, None, "en")[0] is None


@pytest.mark.slow
def test_only_one_batch_is_at_work_and_a_new_one_replaces_the_own(worked, batches, make_pdf, monkeypatch):
    monkeypatch.setenv("FAKE_DELAY", "5")
    path = make_pdf("a", "b")
    first, *_ = begin(batches, [path])
    other, _, card, *_ = begin(batches, [path])
    assert other is None and "Another batch is at work" in card
    second, *_ = begin(batches, [path], job=first)
    assert second is not first and second.is_alive and not first.folder.exists()
    second.close()


@pytest.mark.slow
def test_a_batch_that_cannot_run_says_why(batches, make_pdf, monkeypatch):
    monkeypatch.setenv("OCTAVO_BATCH_BACKEND", "no_such:thing")
    job, *_ = begin(batches, [make_pdf("a")])
    progress = wait_for(job, "failed")
    assert "cannot be imported" in progress.problem and str(job.folder) not in progress.problem
    assert "cannot be imported" in batches.look(job, "zh")[0]
    job.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"paths": []}, "No file was given"),
        ({"question": " "}, "question is empty"),
        ({"task": "extract", "names": " , "}, "no field was named"),
        ({"task": "extract", "choice": OWN, "schema": "{"}, "is not JSON"),
    ],
)
def test_a_batch_that_makes_no_sense_is_a_sentence(batches, make_pdf, given, said):
    job, _, card, *_ = begin(batches, **({"paths": [make_pdf("a")]} | given))
    assert job is None and said in card and 'role="alert"' in card


def test_what_a_person_types_is_never_an_option_of_the_command(tmp_path):
    command = Job(Wanted("ask", "--out=/etc", model="nano"), tmp_path)._command()
    assert "--question=--out=/etc" in command and command[3] == "batch"
    command = Job(Wanted("extract", schema={"title": "../../x", "type": "object"}), tmp_path)._command()
    assert f"--schema={tmp_path / 'x.json'}" in command


def test_results_of_every_task_have_a_text_and_places():
    named = {"fields": {"total": {"value": "5", "box": [0.1, 0.1, 0.2, 0.2]}, "date": {"value": None}}}
    cells = {"amount": ["5.00", [0.5, 0.5, 0.6, 0.6]]}
    by_schema = {
        "labels": {"total": {"value": "5", "box": [0, 0, 1, 1]}},
        "rows": [[["items"], [[cells, 0.9]]]],
    }
    found = {"answer": "7", "found": True, "box": [0.1, 0.2, 0.3, 0.4]}
    cases = (("extract", named, "total: 5", 1), ("extract", by_schema, "total: 5", 2), ("ask", found, "7", 1),
             ("ask", {"answer": "no", "found": False}, "Not in the document", 0),
             ("read", {"text": "a\n b"}, "a b", 0), ("read", {}, "", 0))  # fmt: skip
    for task, result, text, places in cases:
        row = PageRow(1, 1, "ok", "", 1.0, 0.5, result)
        assert batch_cards.result_text("en", Wanted(task), row) == text
        assert len(batch_cards.boxes_of(row)) == places
    unread = PageRow(1, 1, "error", "it is torn", 1.0, None, {"answer": "", "found": False, "box": None})
    assert batch_cards.result_text("en", Wanted("ask"), unread) == ""


def test_names_and_results_are_text_in_the_cards():
    row = PageRow(1, 1, "loop", HOSTILE, 1.0, 0.5, {"answer": HOSTILE, "found": True})
    shown = batch_cards.rows_table("en", Wanted("ask"), [(HOSTILE, row)], 1)
    shown += batch_cards.progress_card(
        "en", Progress("failed", 1, 1, 1, False, 1, problem=HOSTILE), [HOSTILE] * 9
    )
    assert "<script" not in shown and "and 4 more" in shown
    assert batch_cards.duration(3723) == "1:02:03"


def test_uploads_are_deleted_when_nobody_has_them(tmp_path):
    uploads, mine, both = Uploads(tmp_path), tmp_path / "a.pdf", tmp_path / "b.pdf"
    outside = tmp_path.parent / "outside.pdf"
    for path in (mine, both, outside):
        path.write_bytes(b"x")
    sample = Path(uploads.copy_of(outside))
    one, two = (gr.Request(session_hash=name) for name in ("one", "two"))
    uploads.hold(one, [str(path) for path in (mine, both, sample, outside)])
    uploads.hold(two, [str(both)])
    uploads.forget(one)
    assert [path.exists() for path in (mine, both, sample.parent, outside)] == [False, True, False, True]
    mine.write_bytes(b"x")
    uploads.hold(two, [str(mine)])
    uploads.forget(two, [str(mine), str(outside)])
    assert both.exists() and not mine.exists()
    uploads.forget(two)
    assert not both.exists()
    outside.unlink()
