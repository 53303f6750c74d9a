"""The text inside a PDF is never read: answers come from the picture of the page or not at all."""

import ast
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

import octavo.app
from octavo.app import DocumentService, FakeBackend, Settings

APP = Path(octavo.app.__file__).parent
# Everything in PyMuPDF that hands out text, on any class or as a function.
READERS = {
    "get_text",
    "get_text_blocks",
    "get_text_selection",
    "get_text_words",
    "get_textbox",
    "get_textpage",
    "get_textpage_ocr",
    "get_texttrace",
    "_get_textpage",
    "extend_textpage",
    "search_for",
    "search",
    "search_page_for",
    "get_page_text",
    "find_tables",
    "to_text",
    "extractText",
    "extractTEXT",
    "extractWORDS",
    "extractBLOCKS",
    "extractDICT",
    "extractRAWDICT",
    "extractJSON",
    "extractRAWJSON",
    "extractHTML",
    "extractXHTML",
    "extractXML",
    "extractTextbox",
    "extractSelection",
    "get_bboxlog",
    "convert_to_pdf",
    "pdfocr_save",
    "pdfocr_tobytes",
}
POISON = f"""
import pymupdf
READERS = {sorted(READERS)!r}
def refuse(*args, **kwargs):
    raise SystemExit("the text layer was read")
def poison():
    count = 0
    classes = pymupdf.Document, pymupdf.Page, pymupdf.DisplayList, pymupdf.TextPage, pymupdf.Pixmap
    for owner in (pymupdf, *classes):
        for name in READERS:
            if hasattr(owner, name):
                setattr(owner, name, refuse)
                count += 1
    for name in dir(pymupdf.mupdf):
        if "stext" in name and callable(getattr(pymupdf.mupdf, name)) and "new" in name:
            setattr(pymupdf.mupdf, name, refuse)
            count += 1
    return count
"""


def pdf_with_hidden_text(path: Path, shown: str, hidden: str) -> Path:
    """A scan of ``shown`` with an invisible text layer of ``hidden``, as a bad OCR program leaves it."""
    with pymupdf.open() as picture:
        picture.new_page().insert_text((72, 100), shown, fontsize=14)
        pixels = picture[0].get_pixmap(dpi=150).tobytes("png")
    with pymupdf.open() as scan:
        page = scan.new_page()
        page.insert_image(page.rect, stream=pixels)
        page.insert_text((72, 100), hidden, fontsize=14, render_mode=3)
        scan.save(path)
    return path


def read_by_picture(samples: dict[str, Image.Image]):
    """A stand-in reader that knows pages by their ink alone."""

    def reply(image: Image.Image, prompt: str) -> str:
        ink = np.asarray(image.convert("L"), dtype=float)
        distance = {
            text: np.abs(np.asarray(known.convert("L"), dtype=float) - ink).mean()
            for text, known in samples.items()
        }
        return min(distance, key=distance.__getitem__)

    return reply


def test_every_text_function_may_be_broken_and_reading_still_works(make_pdf, tmp_path):
    """In a child of its own: the poisoned library stays there."""
    path = make_pdf("Total: 12.50", "second page")
    program = (
        POISON
        + f"""
assert poison() >= 30
from octavo.app import DocumentService, FakeBackend, Settings
with DocumentService(Settings(isolate=False), FakeBackend({{"Total?": "12.50"}})) as service:
    document = service.open({str(path)!r})
    assert service.ask(document, "Total?").answer == "12.50"
    assert [page.status for page in service.read(document)] == ["ok", "ok"]
    assert service.extract(document, ["total"]).values == {{"total": None}}
try:
    pymupdf.open({str(path)!r})[0].get_text()
except SystemExit:
    print("done, and the poison works")
"""
    )
    run = _python(program)
    assert run.stdout.strip() == "done, and the poison works", run.stderr


def test_the_decoding_process_does_not_read_text_either(make_pdf, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(
        POISON
        + f"""
if poison() >= 30:
    open({str(tmp_path / "poisoned")!r}, "a").write("x")
"""
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with DocumentService(Settings(), FakeBackend({"Total?": "12.50"})) as service:
        document = service.open(make_pdf("Total: 12.50"))
        assert service.ask(document, "Total?").found
        assert document.page(1).image.width > 1000
    assert (tmp_path / "poisoned").exists()


def test_a_wrong_hidden_text_layer_changes_no_pixel_and_no_answer(tmp_path):
    """Two files whose hidden texts are swapped: the answers follow the picture."""
    first = pdf_with_hidden_text(tmp_path / "first.pdf", shown="Total: 12.50", hidden="Total: 99.99")
    second = pdf_with_hidden_text(tmp_path / "second.pdf", shown="Total: 99.99", hidden="Total: 12.50")
    assert "99.99" in pymupdf.open(first)[0].get_text()  # the trap is set
    plain = pdf_with_hidden_text(tmp_path / "plain.pdf", shown="Total: 12.50", hidden=" ")
    backend = FakeBackend()
    with DocumentService(Settings(isolate=False), backend) as service:
        pages = {path: service.open(path).page(1).image for path in (first, second, plain)}
        assert pages[first].tobytes() == pages[plain].tobytes()
        backend.replies = read_by_picture({"12.50": pages[plain], "99.99": pages[second]})
        assert service.ask(service.open(first), "What is the total?").answer == "12.50"
        assert service.ask(service.open(second), "What is the total?").answer == "99.99"


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: path.relative_to(APP).as_posix())
def test_the_application_names_no_text_function(path):
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert not used & (READERS - {"search"})  # re.search is another thing


def _python(program: str):
    import subprocess
    import sys

    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
