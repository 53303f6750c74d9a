"""The list of documents found in public repositories, and a set made of a few that are not."""

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from octavo.app.manifest import load_set
from octavo.app.scoring import plan

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
NAMES = ["invoice_number", "date", "seller", "buyer", "total", "currency"]
SIGNS = {"€": {"EUR"}, "$": {"USD", "CAD"}, "R$": {"BRL"}, "Rs.": {"NPR"}}
FIELDS = {name: None for name in NAMES} | {"total": ["7,00", "7.00"], "invoice_number": ["12", None]}
KEPT = "Some papers/bill & copy.pdf"


@pytest.fixture
def wild(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield import_module("wild")
    sys.modules.pop("wild")


@pytest.fixture
def clone(tmp_path) -> tuple[Path, str]:
    """A repository with a PDF of two pages, a wide picture and a damaged one; and its commit."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "mirrors" / "some+shop" / "repo"
    (folder / KEPT).parent.mkdir(parents=True)
    with pymupdf.open() as document:
        for text in ("first", "second"):
            document.new_page(width=360, height=720).insert_text((36, 72), text)
        document.save(folder / KEPT)
    Image.new("RGBA", (3000, 1500), (0, 0, 0, 0)).save(folder / "wide.png")
    (folder / "damaged.jpg").write_bytes(b"\xff\xd8\xff no picture")
    own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "papers"]):
        subprocess.run(["git", *own, *command], cwd=folder, check=True)
    said = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    return folder, said.stdout.strip()


def listed(path: Path, commit: str) -> Path:
    """A list of what is in the clone, and of what is not."""
    lines = [
        {"id": "bill", "kind": "invoice", "path": KEPT, "fields": FIELDS},
        {"id": "copy", "kind": "invoice", "path": KEPT, "fields": FIELDS, "page": 2},
        {"id": "wide", "kind": "receipt", "path": "wide.png", "fields": FIELDS},
        {"id": "damaged", "kind": "receipt", "path": "damaged.jpg", "fields": FIELDS},
        {"id": "third", "kind": "invoice", "path": KEPT, "fields": FIELDS, "page": 3},
        {"id": "gone", "kind": "receipt", "path": "gone.png", "fields": FIELDS},
    ]
    lines = [line | {"repository": "some/shop", "commit": commit} for line in lines]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_every_line_names_one_file_of_one_commit_and_every_field(wild):
    sources = wild.load_sources(wild.DOCUMENTS)
    assert len(sources) == 39
    assert [source.id for source in sources] == sorted({source.id for source in sources})
    for source in sources:
        assert source.kind in wild.TASKS and source.page >= 1
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", source.repository) and not source.path.startswith("/")
        assert re.fullmatch(r"[0-9a-f]{40}", source.commit)
        assert list(source.fields) == NAMES


def test_accepted_values_are_texts_once_each_and_a_field_that_is_not_printed_is_null(wild):
    for source in wild.load_sources(wild.DOCUMENTS):
        for accepted in source.fields.values():
            if accepted is not None:
                texts = [value for value in accepted if value is not None]
                assert texts and all(text and text == text.strip() for text in texts), source.id
                assert len(set(accepted)) == len(accepted), source.id


def test_a_currency_has_its_sign_and_its_code_and_a_total_its_plain_number(wild):
    for source in wild.load_sources(wild.DOCUMENTS):
        currency, total = set(source.fields["currency"] or ()) - {None}, source.fields["total"]
        if currency:
            [sign] = currency & set(SIGNS)
            assert currency & SIGNS[sign], source.id
        assert any(re.fullmatch(r"\d+\.\d\d", value) for value in total), source.id


@pytest.mark.parametrize("way", ["work tree", "bare", "download"])
def test_what_can_be_had_is_drawn_and_labelled_and_the_rest_told(
    wild, clone, way, tmp_path, monkeypatch, capsys
):
    folder, commit = clone
    monkeypatch.setattr(wild, "DOCUMENTS", listed(tmp_path / "list.jsonl", commit))
    options = ["--mirrors", str(tmp_path / "mirrors")]
    if way == "bare":
        (folder / ".git").rename(tmp_path / "bare")
        shutil.rmtree(folder)
        (tmp_path / "bare").rename(folder)
    elif way == "download":
        shutil.copytree(folder, tmp_path / "site" / "some" / "shop" / commit)
        monkeypatch.setattr(wild, "RAW", (tmp_path / "site").as_uri())
        options = []
    monkeypatch.setattr(sys, "argv", ["wild.py", str(tmp_path / "wild"), *options])
    assert wild.main() == 0
    said = capsys.readouterr()
    assert "3 of 6 documents" in said.out
    assert [line.split()[0] for line in said.err.splitlines()] == ["damaged", "third", "gone"]
    made = load_set(tmp_path / "wild")
    assert made.name == "wild"
    assert [(item.id, item.task) for item in made.items] == [
        ("bill", "invoice_kie"),
        ("copy", "invoice_kie"),
        ("wide", "receipt_kie"),
    ]
    bill, copy, wide = (Image.open(item.path) for item in made.items)
    assert bill.size == copy.size == (750, 1500) and bill.tobytes() != copy.tobytes()
    assert wide.size == (2000, 1000) and wide.getextrema() == ((255, 255),) * 3
    [part] = plan(made.items[0])
    assert list(part.accepted) == NAMES
    assert part.accepted["total"] == ("7,00", "7.00") and part.accepted["buyer"] is None
    assert part.accepted["invoice_number"] == ("12", None)


def test_a_set_without_a_document_is_a_failure(wild, tmp_path, monkeypatch):
    monkeypatch.setattr(wild, "DOCUMENTS", listed(tmp_path / "list.jsonl", "0" * 40))
    monkeypatch.setattr(sys, "argv", ["wild.py", str(tmp_path / "wild"), "--mirrors", str(tmp_path)])
    assert wild.main() == 1
