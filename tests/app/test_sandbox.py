"""The decoding process: a hang, a crash or a greedy file costs one page, and the next request works again."""

import subprocess
import sys
import time

import pytest
from PIL import Image

import octavo.app
from octavo.app import DocumentError, DocumentService, FakeBackend, PageError, Settings
from octavo.app.documents import Documents
from octavo.app.sandbox import Sandbox

# Installed in the child by Python itself at its start: page 2 misbehaves.
MISCHIEF = """
import os, sys, time
if len(sys.argv) > 1 or "-c" in sys.orig_argv:
    from octavo.app import decode
    handle = decode.Decoder.handle
    def misbehave(self, request):
        if request.get("page") == 2:
            {deed}
        return handle(self, request)
    decode.Decoder.handle = misbehave
"""


@pytest.fixture
def documents():
    made = Documents(Settings())
    yield made
    made.sandbox.close()


@pytest.fixture
def mischief(tmp_path, monkeypatch):
    """``mischief(statement)``: what every child started from now on does at page 2."""

    def plant(deed: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(MISCHIEF.format(deed=deed))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return plant


def test_a_child_gives_the_same_pixels_as_this_process(make_pdf, documents):
    path = make_pdf("Hello")
    here = Documents(Settings(isolate=False))
    assert documents.open(path).page(1).image.tobytes() == here.open(path).page(1).image.tobytes()
    here.sandbox.close()


def test_a_crash_costs_one_page(make_pdf, mischief, documents):
    mischief("os.kill(os.getpid(), 11)")
    document = documents.open(make_pdf("one", "two", "three"))
    assert document.page(1).image.width > 0
    with pytest.raises(PageError, match=r"made.pdf: page 2: decoding crashed .*code -11"):
        document.page(2)
    assert document.page(3).image.width > 0


def test_a_hang_ends_at_the_time_limit(make_pdf, mischief):
    mischief("time.sleep(60)")
    documents = Documents(Settings(page_timeout_s=1.5))
    document = documents.open(make_pdf("one", "two", "three"))
    started = time.perf_counter()
    with pytest.raises(PageError, match="page 2: decoding took longer than 1.5 s"):
        document.page(2)
    assert time.perf_counter() - started < 10
    assert document.page(3).number == 3
    documents.sandbox.close()


@pytest.mark.parametrize(
    "deed",
    [
        'return {"width": 10**9, "height": 1}, b""',
        'return {"width": -1, "height": 1}, b""',
        'return {"width": "10", "height": 10}, bytes(300)',
        'return {"width": 10}, b""',
        'return {}, b""',
        'return [], b""',
    ],
)
def test_a_reply_that_makes_no_sense_is_an_error_of_the_page(make_pdf, mischief, documents, deed):
    mischief(deed)
    document = documents.open(make_pdf("one", "two", "three"))
    with pytest.raises(PageError):
        document.page(2)
    assert document.page(3).image.mode == "RGB"


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_memory_is_limited(tmp_path):
    Image.new("L", (8000, 9000)).save(tmp_path / "big.png")
    documents = Documents(Settings(memory_mb=300))
    with pytest.raises(DocumentError, match=r"big.png: .*(memory|damaged).*"):
        documents.open(tmp_path / "big.png")
    Image.new("L", (80, 90)).save(tmp_path / "small.png")
    assert documents.open(tmp_path / "small.png").page_count == 1
    documents.sandbox.close()


def test_a_failed_page_is_a_row_with_a_status(make_pdf, mischief):
    mischief("os._exit(3)")
    with DocumentService(Settings(), FakeBackend({"Read the page.": "text"})) as service:
        document = service.open(make_pdf("one", "two", "three"))
        pages = service.read(document)
        assert [(page.page, page.status) for page in pages] == [(1, "ok"), (2, "error"), (3, "ok")]
        assert "code 3" in pages[1].reason
        answer = service.ask(document, "What?")
        assert [(trouble.page, trouble.status) for trouble in answer.troubles] == [(2, "error")]


def test_the_child_ends_with_its_owner_and_starts_again_on_demand(make_pdf, documents):
    path = make_pdf()
    documents.open(path)
    process = documents.sandbox._process
    documents.sandbox.close()
    assert process.poll() is not None
    assert documents.open(path).page_count == 1


def test_a_caller_without_main_guard_is_not_run_again(make_pdf, tmp_path):
    """Unlike with multiprocessing, the child never imports the caller's script."""
    script = tmp_path / "script.py"
    script.write_text(f"""
print("once")
from octavo.app import DocumentService, FakeBackend
with DocumentService(backend=FakeBackend()) as service:
    print(service.open({str(make_pdf())!r}).page_count)
""")
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert run.stdout.split() == ["once", "1"], run.stderr


def test_the_child_imports_no_torch_and_nothing_from_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger was imported')")
    monkeypatch.chdir(tmp_path)
    program = "import sys, octavo.app.decode; print(sorted({'torch', 'typer', 'gradio'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[]", run.stderr
    Image.new("L", (8, 9)).save("small.png")
    documents = Documents(Settings())
    assert documents.open("small.png").page_count == 1
    documents.sandbox.close()


def test_starting_twice_keeps_one_child():
    sandbox = Sandbox(Settings())
    sandbox.start()
    first = sandbox._process
    sandbox.start()
    assert sandbox._process is first
    sandbox.close()


def test_the_package_offers_what_it_says():
    assert all(hasattr(octavo.app, name) for name in octavo.app.__all__)
    assert octavo.app.__all__ == sorted(octavo.app.__all__, key=str)
