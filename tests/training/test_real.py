"""Real pages: what is packed, what is kept away, and what the loader makes of them."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

import octavo.language
from octavo.language.tokenizer import Tokenizer
from octavo.training.buckets import BUCKETS
from octavo.training.conversations import IGNORED
from octavo.training.loader import BatchDataset, LoaderSpec, SyntheticSource
from octavo.training.real import RealPages, pack

TOKENIZER = partial(
    Tokenizer.from_file, Path(octavo.language.__file__).parent / "pretrained" / "nano" / "tokenizer.json"
)
RECEIPTS = 14


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> Path:
    """Fourteen receipts, of which the 7th and 14th are for validation, and a contract of two pages."""
    data = tmp_path_factory.mktemp("data")
    (data / "slips").mkdir()
    (data / "deeds").mkdir()
    lines = []
    for n in range(RECEIPTS):
        Image.new("RGB", (400, 900), (n * 10, 0, 0)).save(data / "slips" / f"{n:02}.png")
        fields = {"company": f"SHOP {n}", "total": "4.50", "date": ""}
        line = {"id": f"s{n:02}", "image": f"{n:02}.png", "task": "receipt_kie", "fields": fields}
        lines.append(json.dumps(line | {"text": f"SHOP {n}\nTOTAL 4.50"}))
    (data / "slips" / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    with pymupdf.open() as document:
        for text in ("This deed is made between A and B. " * 4, "x"):
            document.new_page(width=595, height=842).insert_textbox((50, 50, 500, 700), text)
        document.save(data / "deeds" / "deed.pdf")
    deed = {"id": "d", "pdf": "deed.pdf", "task": "contract_kie", "fields": {"party": ["A"]}}
    (data / "deeds" / "manifest.jsonl").write_text(json.dumps(deed), "utf-8")
    out = data / "packed"
    assert pack(data, out) == {"contract": 1, "receipt": RECEIPTS - 2}  # the deed's second page is bare
    return out


def test_validation_lines_stay_away(packed):
    pages = [json.loads(line) for line in (packed / "real.jsonl").read_text("utf-8").splitlines()]
    shops = {page["fields"]["company"] for page in pages if page["kind"] == "receipt"}
    assert shops == {f"SHOP {n}" for n in range(RECEIPTS)} - {"SHOP 6", "SHOP 13"}


def test_a_scan_has_text_and_fields_but_no_places(packed):
    page = RealPages(packed).pick(np.random.default_rng(0), (420, 900))
    assert page is not None and page.pixels.shape == (900, 420) and page.kind == "receipt"
    assert not page.has_glyphs and page.chars == ""
    assert {field.key for field in page.fields} == {"company", "total"}  # an empty field is no field
    assert page.text.endswith("TOTAL 4.50")


def test_a_pdf_page_knows_its_characters(packed):
    page = RealPages(packed).pick(np.random.default_rng(0), (595, 842))
    assert page is not None and page.pixels.shape == (842, 595) and page.has_glyphs
    assert page.chars.startswith("ThisdeedismadebetweenAandB.")
    assert page.boxes.shape == (len(page.chars), 4)
    x0, y0, x1, y1 = page.boxes[0]
    ink = page.pixels[int(y0 * 842) : int(y1 * 842), int(x0 * 595) : int(x1 * 595) + 1]
    assert ink.min() < 100 < page.pixels[: int(y0 * 842) - 5].min()


def test_no_page_of_that_shape(packed):
    assert RealPages(packed).pick(np.random.default_rng(0), (900, 300)) is None


def test_the_loader_asks_no_glyphs_of_scans_and_falls_back_to_synthetic_pages(packed):
    bucket = replace(BUCKETS["receipt4"], kinds=(("real", 1.0),), batch_size=6)
    source = SyntheticSource(real=str(packed))
    batch = BatchDataset(LoaderSpec("test", (bucket,), 1), source, TOKENIZER)[0]
    unknown = (batch.glyphs == IGNORED).flatten(1).all(1)
    assert unknown.any() and ((batch.glyphs != IGNORED).flatten(1).all(1) | unknown).all()
    without = BatchDataset(LoaderSpec("test", (bucket,), 1), SyntheticSource(), TOKENIZER)[0]
    assert not (without.glyphs == IGNORED).any()
