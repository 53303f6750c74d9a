"""Files whose names are not UTF-8, or would steer a terminal, in everything that opens or prints them."""

import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from octavo.app import DocumentService, FakeBackend, Settings, cli, terminal
from octavo.app.channels import PACKS
from octavo.app.listing.catalogue import load_records, read_catalogue, run_catalogue
from octavo.app.listing.product import Request, make_product

from .listing_samples import SHOP, product_photo, save

STEERS = "\x1b]0;taken\x07x.pdf"


@pytest.fixture
def latin(tmp_path) -> Path:
    """A folder whose name is in Latin-1, as old archives have them."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        path.mkdir()
    except OSError:
        pytest.skip("the file system takes names in UTF-8 only")
    return path


@pytest.fixture
def service() -> DocumentService:
    with DocumentService(Settings(isolate=False), FakeBackend({"Total?": "12.50"})) as made:
        yield made


@pytest.fixture
def call(service, monkeypatch):
    """``call("ask", ...)`` → result of the command over a table for a model."""
    monkeypatch.setattr(cli, "make_service", lambda model: service)
    return lambda *words: CliRunner().invoke(cli.app, [str(word) for word in words])


def test_a_pdf_with_a_name_that_is_not_utf8_is_opened(latin, service, make_pdf):
    path = shutil.copy(make_pdf("a", "b"), latin / "a.pdf")
    document = service.open(path)
    assert document.page_count == 2
    assert not document.page(2).is_blank


def test_such_a_name_is_an_escape_in_json(latin, call, make_pdf, tmp_path, monkeypatch):
    path = shutil.copy(make_pdf("a"), latin / "a.pdf")
    assert call("read", path, "--json", "--output", tmp_path / "out.json").exit_code == 0
    (page,) = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert page["file"] == str(path)

    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.accept_any_text()
    terminal.print_json({"file": str(path)})
    assert json.loads(stream.buffer.getvalue()) == {"file": str(path)}


def test_what_a_terminal_cannot_show_does_not_end_the_command(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.accept_any_text()
    terminal.write("12,50 €\n")
    assert stream.buffer.getvalue() == b"12,50 \\u20ac\n"


@pytest.mark.parametrize("words", [["ask", "F", "Total?"], ["ask", "F", "F", "Total?"], ["extract", "F"]])
def test_no_name_steers_the_terminal(call, make_pdf, tmp_path, words):
    path = shutil.copy(make_pdf("a", ""), tmp_path / STEERS)
    more = ["--fields", "total"] if words[0] == "extract" else []
    result = call(*(path if word == "F" else word for word in words), *more)
    assert "x.pdf" in result.stderr
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr


def test_photos_in_such_a_folder_make_a_listing(latin, service):
    save(product_photo(), latin / "a.png")
    (latin / "c.csv").write_text("sku,photos\nS-1,a.png\n", encoding="utf-8")
    entries = read_catalogue(latin / "c.csv", {}, "en", "plain")
    (outcome,) = run_catalogue(service, entries, [PACKS["plain"]], latin / "out")
    assert outcome.status == "ok"
    assert len(load_records(latin / "out" / "listings.jsonl")) == 1


def test_the_address_of_a_photo_has_the_bytes_of_its_name(tmp_path, service):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    try:
        Image.Image.save(product_photo(), str(tmp_path / "a.png"))
        (tmp_path / "a.png").rename(path)
    except OSError:
        pytest.skip("the file system takes names in UTF-8 only")
    product = make_product(service, Request((str(path),), settings=SHOP | {"title": "Coat"}))
    assert product.row(PACKS["shopify"]).fields["images"] == ["https://shop.example/photos/caf%E9.png"]
