"""Bad input through the command line: one line that names file and remedy, exit code 2, no traceback."""

import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pymupdf
import pytest
from PIL import Image
from typer.testing import CliRunner

from octavo.app import DocumentService, FakeBackend, Settings, cli


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size; its pixels are missing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b""))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


def truncated(path: Path, part: float) -> bytes:
    """The first part of a PDF with enough pages to be cut in the middle."""
    with pymupdf.open() as document:
        for number in range(20):
            document.new_page().insert_text((72, 72), f"page {number}")
        document.save(path)
    return path.read_bytes()[: int(path.stat().st_size * part)]


def no_pages() -> bytes:
    """A whole PDF whose page tree is empty."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>"]
    body, offsets = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(body)
    return (
        body
        + b"xref\n0 3\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory, write_pdf) -> Path:
    """One of everything that can be wrong; made once, never changed."""
    tmp_path = tmp_path_factory.mktemp("bad")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.pdf").write_text("Dear reader,\nthis is no PDF.\n")
    (tmp_path / "notes.txt").write_text("Dear reader")
    (tmp_path / "data.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "noise.pdf").write_bytes(b"\x00\x01\x02" * 500)
    (tmp_path / "head.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    (tmp_path / "half.pdf").write_bytes(truncated(tmp_path / "whole.pdf", 0.5))
    (tmp_path / "most.pdf").write_bytes(truncated(tmp_path / "whole.pdf", 0.97))
    (tmp_path / "nothing.pdf").write_bytes(no_pages())
    (tmp_path / "bomb.png").write_bytes(png_header(20_000, 20_000))
    (tmp_path / "large.png").write_bytes(png_header(9_000, 9_000))
    (tmp_path / "bomb.gif").write_bytes(b"GIF89a\xff\xff\xff\xff\x00\x00\x00" + b"\x2c" + bytes(30))
    (tmp_path / "zero.gif").write_bytes(b"GIF89a" + bytes(40))
    (tmp_path / "cut.png").write_bytes(png_header(100, 100))
    Image.effect_noise((90, 90), 9).save(tmp_path / "whole.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:900])
    write_pdf(tmp_path / "locked.pdf", "secret", password="right")
    write_pdf(tmp_path / "two pages.pdf", "one", "two")
    return tmp_path


CASES = [
    (["missing.pdf"], "there is no such file; check the path"),
    (["folder"], "is a folder; name the files in it"),
    (["empty.pdf"], "the file is empty; copy or download it again"),
    (["empty.png"], "the file is empty; copy or download it again"),
    (["text.pdf"], "is not a PDF, whatever its name says (it holds text); give a PDF, PNG"),
    (["notes.txt"], "is neither a PDF nor a known image (it holds text); give a PDF, PNG"),
    (["data.bin"], "is neither a PDF nor a known image; give a PDF, PNG"),
    (["noise.pdf"], "the PDF is "),
    (["head.pdf"], "the PDF is "),
    (["nothing.pdf"], "the PDF holds no pages; export or download it again"),
    (["bomb.png"], "the image is too large (400 million pixels, the limit is 80 million); scale it down or"),
    (["bomb.gif"], "the image is too large ("),
    (["large.png"], "the image is too large (9000 x 9000 pixels, the limit is 80 million); scale it down or"),
    (["cut.png"], "the image is damaged ("),
    (["zero.gif"], "the image is damaged; export or download it again"),
    (["cut.jpg"], "the image is damaged ("),
    (["locked.pdf"], "the PDF is encrypted; give its password with --password"),
    (["locked.pdf", "--password", "wrong"], "the password does not open the PDF; give the right one"),
    (["two pages.pdf", "--pages", "3"], "page 3 was asked for, but it has 2; choose from 1-2"),
    (["two pages.pdf", "--pages", "0-1"], "page range '0-1': "),
    (["two pages.pdf", "--pages", "first"], "page range 'first': "),
]


@pytest.fixture
def fake_service(monkeypatch) -> None:
    """The command line without a model and without a second process."""
    settings = Settings(isolate=False)
    monkeypatch.setattr(cli, "make_service", lambda model: DocumentService(settings, FakeBackend()))


@pytest.mark.usefixtures("fake_service")
@pytest.mark.parametrize(("words", "message"), CASES, ids=[" ".join(words) for words, _ in CASES])
@pytest.mark.parametrize("command", ["ask", "read", "extract"])
def test_bad_input_is_one_line_and_exit_code_2(folder, monkeypatch, command, words, message):
    monkeypatch.chdir(folder)
    file, *options = words
    extra = {"ask": ["What is it?"], "read": [], "extract": ["--fields", "total"]}[command]
    result = CliRunner().invoke(cli.app, [command, file, *extra, *options])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(("octavo: " + file, "octavo: page range"))
    assert message in result.stderr


@pytest.mark.usefixtures("fake_service")
@pytest.mark.parametrize("command", ["ask", "read", "extract"])
@pytest.mark.parametrize("file", ["half.pdf", "most.pdf"])
def test_what_a_cut_off_file_still_holds_is_read_with_a_warning(folder, monkeypatch, command, file):
    monkeypatch.chdir(folder)
    extra = {"ask": ["What is it?"], "read": [], "extract": ["--fields", "total"]}[command]
    result = CliRunner().invoke(cli.app, [command, file, *extra, "--pages", "1"])
    assert result.exit_code == 1
    assert f"octavo: {file}: the PDF is cut off: its end is missing, and pages may be" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["missing.pdf"],
        ["text.pdf"],
        ["noise.pdf"],
        ["bomb.png"],
        ["locked.pdf"],
        ["locked.pdf", "--password", "x"],
    ],
)
def test_the_real_command_says_it_fast_and_without_traceback(folder, words):
    """As a user starts it: with the decoding process, and with a model that has begun to load."""
    program = "from octavo.app.cli import main; main()"
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", program, "ask", words[0], "What is it?", *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), run.stderr
    assert run.stderr.startswith(f"octavo: {words[0]}: ")
    assert time.perf_counter() - started < 30  # far less, but on a busy machine


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "only one thing"],
        ["ask", "whole.pdf", "whole.jpg"],
        ["ask", "whole.jpg", "  "],
        ["ask"],
        ["extract", "whole.jpg", "--fields", " , "],
        ["extract", "whole.jpg"],
        ["read"],
        ["eval", "missing"],
        ["eval", ".", "--split", "half"],
        ["eval", ".", "--limit", "0"],
        ["nonsense"],
        ["ask", "whole.jpg", "What?", "--what"],
    ],
)
@pytest.mark.usefixtures("fake_service")
def test_a_wrong_call_exits_with_2(folder, monkeypatch, words):
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli.app, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_model_is_one_line(folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli.app, ["ask", "whole.jpg", "What?", "--model", "no/such"])
    assert result.exit_code == 2
    assert result.stderr.startswith("octavo: no/such: there is no such model; give a folder")
    assert result.stderr.count("\n") == 1


def test_a_control_character_in_a_name_reaches_no_terminal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a\x1b[31mb\n.pdf").touch()
    result = CliRunner().invoke(cli.app, ["read", "a\x1b[31mb\n.pdf"])
    assert result.stderr == "octavo: a[31mb .pdf: the file is empty; copy or download it again\n"
