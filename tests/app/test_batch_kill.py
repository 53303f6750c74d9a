"""Whatever ends a batch, the next start goes on: nothing is lost, nothing done twice, nobody left behind.

``OCTAVO_KILLS=50 OCTAVO_KILL_PAGES=300 pytest tests/app/test_batch_kill.py -k random`` is the long form.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pymupdf
import pytest

KILLS = int(os.environ.get("OCTAVO_KILLS", "4"))
PAGES = int(os.environ.get("OCTAVO_KILL_PAGES", "60"))  # in three files
LONG = int(os.environ.get("OCTAVO_LONG_PAGES", "300"))  # of the PDF whose memory is compared
HERE = str(Path(__file__).parent)
PROGRAM = """
import resource, sys
from pathlib import Path
from octavo.app import Settings
from octavo.app.batch.records import Options, Spec
from octavo.app.batch.run import run_batch
settings = Settings(isolate=False, page_px=3000)
spec = Spec("ask", "Total?", settings=settings, backend="batch_backend:make")
run_batch(Path(sys.argv[1]), Path(sys.argv[2]), spec, Options(workers=2))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.fixture
def make_folder(tmp_path):
    """``make_folder("in", 3, PAGES // 3)`` → a folder with three PDFs of twenty different pages."""

    def make(name: str, files: int, pages: int) -> Path:
        (tmp_path / name).mkdir()
        for file in range(files):
            with pymupdf.open() as document:
                for number in range(pages):
                    page = document.new_page(width=60, height=60)
                    page.draw_rect((0, 0, 5 + number % 40, 5 + file + number // 40), fill=(0, 0, 0))
                document.save(tmp_path / name / f"{file}.pdf")
        return tmp_path / name

    return make


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """What the program needs to find the backend of these tests, and where workers leave their names."""
    (tmp_path / "pids").mkdir()
    return os.environ | {"PYTHONPATH": HERE, "FAKE_PIDS": str(tmp_path / "pids"), "OMP_NUM_THREADS": "1"}


def start(home: Path, out: Path, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROGRAM, str(home), str(out)]
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def end(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def done(out: Path) -> int:
    """Rows in the ledger so far."""
    try:
        db = sqlite3.connect(f"file:{out / 'ledger.sqlite'}?mode=ro", uri=True)
        rows = db.execute("SELECT COUNT(*) FROM pages").fetchone()[0]
        db.close()
    except sqlite3.OperationalError:  # it is not there yet
        return 0
    return rows


def results(out: Path, name: str) -> list[dict]:
    """The records without what differs from run to run by nature: the times."""
    lines = (out / name).read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def wait_until_gone(pids: Path, limit_s: float = 10.0) -> list[int]:
    """The workers that are still alive after a while."""
    deadline = time.monotonic() + limit_s
    while (alive := [int(path.name) for path in pids.iterdir() if is_alive(path.name)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    return alive


def is_alive(pid: str) -> bool:
    """Whether a process runs; one that only waits to be reaped by init does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX")
def test_killed_at_random_instants_it_comes_to_the_same_result(make_folder, environment, tmp_path):
    home, out, calm = make_folder("in", 3, PAGES // 3), tmp_path / "out", tmp_path / "calm"
    undisturbed = start(home, calm, environment)
    assert undisturbed.wait(60) == 0, undisturbed.communicate()[1]
    undisturbed.communicate()
    chance, counts = random.Random(5), [0]
    for _ in range(KILLS):
        process = start(home, out, environment | {"FAKE_DELAY": "0.05"})
        deadline, wanted = time.monotonic() + 10, counts[-1] + chance.randint(0, PAGES // KILLS)
        while done(out) < wanted and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        end(process)
        counts.append(done(out))
    assert counts == sorted(counts) and 0 < counts[-1], counts
    last = start(home, out, environment)
    assert last.wait(60) == 0, last.communicate()[1]
    last.communicate()
    for name in ("results.jsonl", "documents.jsonl"):
        assert results(out, name) == results(calm, name)
    pages = [(record["file"], record["page"]) for record in results(out, "results.jsonl")]
    assert pages == [(f"{file}.pdf", page) for file in range(3) for page in range(1, PAGES // 3 + 1)]
    assert not list(out.glob(".*.partial"))
    assert wait_until_gone(tmp_path / "pids") == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_a_worker_in_the_middle_of_a_long_page_ends_with_its_parent(make_folder, environment, tmp_path):
    home, out = make_folder("in", 1, 2), tmp_path / "out"
    process = start(home, out, environment | {"FAKE_DELAY": "300"})
    deadline = time.monotonic() + 20
    while not list((tmp_path / "pids").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    assert any(is_alive(path.name) for path in (tmp_path / "pids").iterdir())
    end(process)
    assert wait_until_gone(tmp_path / "pids") == []


def test_ctrl_c_says_that_the_same_command_goes_on(make_folder, environment, tmp_path):
    home, out = make_folder("in", 1, 30), tmp_path / "out"
    extra = {"OCTAVO_BATCH_BACKEND": "batch_backend:make", "OCTAVO_ISOLATE": "0", "OCTAVO_PAGE_PX": "3000"}
    words = [str(home), "--task", "read", "--out", str(out)]
    # a shell that starts the tests in the background has Ctrl-C ignored by all that follows
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", heard + "from octavo.app.cli import main; main()", "batch", *words]

    def run(delay: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command, env=environment | extra | {"FAKE_DELAY": delay}, text=True, stderr=subprocess.PIPE
        )

    process = run("0.1")
    while done(out) < 3 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "stopped; what is done is kept" in said and "Traceback" not in said
    kept = done(out)
    again = run("0")
    _, said = again.communicate(timeout=30)
    assert again.returncode == 0 and f"30 ok ({30 - kept} new" in said


def test_workers_that_cannot_start_are_one_clear_error(make_folder, environment, tmp_path):
    process = start(make_folder("in", 1, 1), tmp_path / "out", environment | {"FAKE_START": "crash"})
    _, said = process.communicate(timeout=30)
    assert "the model cannot be loaded: the worker process died (exit code 9)" in said
    assert len(list((tmp_path / "pids").iterdir())) == 3


@pytest.mark.slow
def test_memory_of_the_parent_does_not_grow_with_the_pages(make_folder, environment, tmp_path):
    peaks = []
    for pages in (10, LONG):
        process = start(make_folder(f"in{pages}", 1, pages), tmp_path / f"out{pages}", environment)
        printed, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        peaks.append(int(printed))
    assert peaks[1] - peaks[0] <= 100, peaks
