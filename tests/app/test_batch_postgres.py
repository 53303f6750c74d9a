"""One batch, several machines, one ledger in PostgreSQL: each page once, whoever dies. A server of its own is
started where PostgreSQL is installed; ``OCTAVO_TEST_POSTGRES`` may name another one.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pymupdf
import pytest

from octavo.app import Settings, UsageError
from octavo.app.batch.records import Job, Opened, Options, PageRow, Spec
from octavo.app.batch.run import preview, run_batch
from octavo.app.batch.shared_ledger import SharedLedger, is_address

HERE = str(Path(__file__).parent)
SPEC = Spec("ask", "Total?", settings=Settings(isolate=False, page_px=3000), backend="batch_backend:make")
PROGRAM = """
import sys
from pathlib import Path
from octavo.app import Settings
from octavo.app.batch.records import Options, Spec
from octavo.app.batch.run import run_batch
spec = Spec("ask", "Total?", settings=Settings(isolate=False, page_px=3000), backend="batch_backend:make")
options = Options(workers=2, ledger=sys.argv[3])
home, out = map(Path, sys.argv[1:3])
run_batch(home, out, spec, options, lambda name, row: print(name, row.page, flush=True))
"""


def installed(name):
    """A program of PostgreSQL: on the path, or where Debian keeps them."""
    places = [str(path.parent) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *places]))


@pytest.fixture(scope="session")
def server():
    """The address of a database on a server that is there for these tests."""
    pytest.importorskip("sqlalchemy", reason="needs SQLAlchemy")
    pytest.importorskip("psycopg", reason="needs psycopg")
    if given := os.environ.get("OCTAVO_TEST_POSTGRES"):
        yield given
        return
    initdb, postgres = installed("initdb"), installed("postgres")
    if not initdb or not postgres:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="octavo-pg-", ignore_cleanup_errors=True) as folder:
        # The server does not run as root; then some other user has to own its files.
        who = {"user": "nobody", "cwd": "/"} if os.geteuid() == 0 else {}
        if who:
            shutil.chown(folder, "nobody")
        data = str(Path(folder) / "data")
        made = subprocess.run(
            [initdb, "-D", data, "-U", "octavo", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"],
            capture_output=True, text=True, **who,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"initdb fails here: {made.stderr.strip()[-200:]}")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [postgres, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who)
        address = f"postgresql+psycopg://octavo@127.0.0.1:{port}/postgres"
        try:
            wait_for(address)
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def wait_for(address):
    import sqlalchemy

    engine, deadline = sqlalchemy.create_engine(address), time.monotonic() + 30
    while True:
        try:
            engine.connect().close()
            return engine.dispose()
        except sqlalchemy.exc.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture
def ledger(server, request, monkeypatch):
    """An address with a batch of its own."""
    monkeypatch.syspath_prepend(HERE)
    return f"{server}#{abs(hash(request.node.nodeid)) % 10**9}"


def make_folder(home, files, pages):
    home.mkdir()
    for file in range(files):
        with pymupdf.open() as document:
            for number in range(pages):
                page = document.new_page(width=60, height=60)
                page.draw_rect((0, 0, 5 + number % 40, 5 + file + number // 40), fill=(0, 0, 0))
            document.save(home / f"{file}.pdf")
    return home


def start(home, out, address, **more):
    environment = os.environ | {"PYTHONPATH": HERE, "OMP_NUM_THREADS": "1"} | more
    command = [sys.executable, "-c", PROGRAM, str(home), str(out), address]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes)


def lines(out, name="results.jsonl"):
    records = [json.loads(line) for line in (out / name).read_text("utf-8").splitlines()]
    return [{key: value for key, value in record.items() if key != "seconds"} for record in records]


def test_the_rows_are_those_of_the_ledger_in_a_file(ledger, tmp_path):
    home = make_folder(tmp_path / "in", 2, 3)
    (home / "bad.pdf").write_bytes(b"%PDF-1.4 nothing in here")
    (home / "empty.png").write_bytes(b"")
    file, shared = tmp_path / "file", tmp_path / "shared"
    run_batch(home, file, SPEC, Options(workers=2))
    first = run_batch(home, shared, SPEC, Options(workers=2, ledger=ledger))
    assert (first.new, first.statuses) == (8, {"error": 2, "ok": 6})
    assert not (shared / "ledger.sqlite").exists()
    for name in ("results.jsonl", "results.csv", "documents.jsonl", "summary.html"):
        assert (shared / name).exists()
    assert lines(shared) == lines(file)
    assert run_batch(home, shared, SPEC, Options(ledger=ledger)).new == 0
    assert lines(shared) == lines(file)
    jobs, rows = preview(home, shared, ledger)
    assert {state for _, state in jobs} == {"done"} and rows == 8
    again = run_batch(home, shared, SPEC, Options(ledger=ledger, retry_failed=True))
    assert (again.new, again.statuses) == (2, first.statuses)
    assert run_batch(home, shared, SPEC, Options(ledger=ledger, fresh=True)).new == 8


def test_two_machines_share_the_pages_and_none_is_done_twice(ledger, tmp_path):
    home = make_folder(tmp_path / "in", 3, 20)
    outs = [tmp_path / "one", tmp_path / "two"]
    machines = [start(home, out, ledger, FAKE_DELAY="0.05") for out in outs]
    said = [machine.communicate(timeout=120) for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0], said
    done = [out.splitlines() for out, _ in said]
    assert all(done), "one of them had nothing to do"
    assert Counter(done[0] + done[1]) == {
        f"{file}.pdf {page}": 1 for file in range(3) for page in range(1, 21)
    }
    assert lines(outs[0]) == lines(outs[1]) and len(lines(outs[0])) == 60  # each waits for the other's pages


def test_what_a_killed_machine_was_at_is_done_by_another(ledger, tmp_path):
    home = make_folder(tmp_path / "in", 2, 12)
    victim = start(home, tmp_path / "one", ledger, FAKE_DELAY="0.3")
    first = [victim.stdout.readline().strip() for _ in range(3)]
    other = start(home, tmp_path / "two", ledger, FAKE_DELAY="0.05")
    other_first = other.stdout.readline().strip()
    os.killpg(victim.pid, signal.SIGKILL)
    rest, said = other.communicate(timeout=120)
    assert other.returncode == 0, said
    found = lines(tmp_path / "two")
    assert [(record["file"], record["page"]) for record in found] == [
        (f"{file}.pdf", page) for file in range(2) for page in range(1, 13)
    ]
    done = first + victim.communicate()[0].splitlines() + [other_first, *rest.splitlines()]
    assert max(Counter(done).values()) == 1
    calm = tmp_path / "calm"
    run_batch(home, calm, SPEC, Options())
    assert found == lines(calm)


def opened_ledger(address, *names):
    ledger = SharedLedger(address)
    ledger.begin(SPEC)
    ledger.plan([Job(name, Path(name)) for name in names])
    return ledger


def test_a_unit_belongs_to_one_and_comes_back_when_its_taker_ends(ledger):
    one, two = opened_ledger(ledger, "a.pdf"), opened_ledger(ledger, "a.pdf")
    unit = one.take()
    assert (unit.page, unit.path) == (0, "a.pdf")
    assert two._take() is None and two._is_left()  # it is there, but not for us now
    assert one.opened(Opened(unit.file_id, "digest", 2, (1, 2))) == set()
    pages = one.take(), two.take()
    assert sorted(page.page for page in pages) == [1, 2]
    one.close()
    assert two.take().page == pages[0].page
    two.record(PageRow(unit.file_id, 1, "ok", "a \x00 in it", 1.5, None, {"text": "half \ud800 \x00"}))
    two.record(PageRow(unit.file_id, 2, "ok"))
    assert two.take() is None and two.counts() == {"ok": 2} and two.totals() == (1, 2, 2)
    (_, row), _ = two.rows()
    assert (row.reason, row.result, row.seconds) == ("a \ufffd in it", {"text": "half ? \x00"}, 1.5)
    two.close()


def test_pages_of_a_file_with_other_bytes_are_dropped_and_files_of_another_plan_left_alone(ledger):
    one = opened_ledger(ledger, "a.pdf", "b.pdf")
    for name in ("first", "second"):
        unit = one.take()
        one.opened(Opened(unit.file_id, name, 1, (1,)))
        page = one.take()
        one.record(PageRow(page.file_id, page.page, "ok"))
        if name == "first":
            assert one.take().path == "b.pdf"
            one.close()
            one = opened_ledger(ledger, "a.pdf", "b.pdf")
            with one._locked() as db:  # as if the file had changed
                one._execute(db, "UPDATE files SET page_count = NULL WHERE name = 'a.pdf'")
    assert one.counts() == {"ok": 1}
    two = SharedLedger(ledger)
    two._paths = {"c.pdf": "c.pdf"}
    assert two.take() is None  # b.pdf is left, but this machine does not have it
    two.close()
    one.close()


def test_a_ledger_of_another_job_is_refused_and_one_in_use_is_not_emptied(ledger, tmp_path):
    one = opened_ledger(ledger, "a.pdf")
    one.note_model("fake@000000000000")
    with pytest.raises(UsageError, match="another model"):
        one.note_model("fake@111111111111")
    two = SharedLedger(ledger)
    with pytest.raises(UsageError, match="another task"):
        two.begin(Spec("read"))
    with pytest.raises(UsageError, match="another machine is at work"):
        two.forget()
    one.close()
    two.forget()
    two.begin(Spec("read"))
    assert two.model == "" and list(two.files()) == []
    two.close()


def test_a_server_that_is_not_there_and_wrong_addresses_are_one_sentence(server, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = f"postgresql+psycopg://me:secret@127.0.0.1:{free.getsockname()[1]}/x"
        with pytest.raises(UsageError, match="the ledger cannot be used") as error:
            SharedLedger(gone)
    assert "secret" not in str(error.value)
    for wrong, said in (
        ("nothing", "write postgresql"),
        ("sqlite:///x.db", "only PostgreSQL"),
        (f"{server}#a;b", "letters, digits"),
    ):
        with pytest.raises(UsageError, match=said):
            SharedLedger(wrong)
    assert is_address(gone) and not is_address("ledger.sqlite")
    assert "secret" not in repr(Options(ledger=gone))
