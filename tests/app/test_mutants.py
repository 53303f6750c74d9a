"""Broken PDFs by the hundred: none hangs, none takes the parent with it, every one becomes a row.

``OCTAVO_MUTANTS=2000 pytest tests/app/test_mutants.py`` is the long form; ``OCTAVO_MUTANTS_OF=FOLDER`` takes
the PDFs to be broken from a folder instead of making them.
"""

import json
import os
import random
import time
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from octavo.app import Settings
from octavo.app.batch.records import Options, Spec
from octavo.app.batch.run import run_batch

from .pdf_mutator import MUTATIONS, mutate

COUNT = int(os.environ.get("OCTAVO_MUTANTS", "40"))
LIMIT_S = 3.0  # for decoding a page: a mutant that takes longer is refused


@pytest.fixture(scope="module")
def seeds(tmp_path_factory) -> list[bytes]:
    """Good PDFs: text, a picture, several pages, compressed objects, a table of contents."""
    if "OCTAVO_MUTANTS_OF" in os.environ:
        return [path.read_bytes() for path in sorted(Path(os.environ["OCTAVO_MUTANTS_OF"]).glob("*.pdf"))]
    folder = tmp_path_factory.mktemp("seeds")
    Image.linear_gradient("L").save(folder / "picture.png")
    with pymupdf.open() as document:
        for number in range(3):
            page = document.new_page(width=200, height=200)
            page.insert_text((20, 40), f"Total {number}.50", fontsize=9)
        page.insert_image((20, 60, 120, 160), filename=folder / "picture.png")
        document.set_toc([[1, "First", 1], [2, "Second", 2]])
        return [
            document.tobytes(),
            document.tobytes(deflate=True),
            document.tobytes(deflate=True, use_objstms=1, garbage=3),
            document.tobytes(expand=True, ascii=True),
        ]


def test_the_same_seed_makes_the_same_mutant(seeds):
    first = [mutate(seeds[0], random.Random(number)) for number in range(30)]
    assert first == [mutate(seeds[0], random.Random(number)) for number in range(30)]
    assert len(set(first)) > 25 and seeds[0] not in first[:5]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_bears_a_file_without_anything(mutation):
    assert isinstance(mutation(b"%PDF-1.7 ", random.Random(1)), bytes)


def test_no_mutant_hangs_or_kills_and_each_becomes_a_row(seeds, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    home, out = tmp_path / "in", tmp_path / "out"
    home.mkdir()
    for number in range(COUNT):
        rng = random.Random(number)
        (home / f"{number:05}.pdf").write_bytes(mutate(rng.choice(seeds), rng))
    settings = Settings(page_px=20_000, page_timeout_s=LIMIT_S, memory_mb=512)
    spec = Spec("read", pages="1-3", settings=settings, backend="batch_backend:make")
    times: list[float] = [time.monotonic()]
    run_batch(home, out, spec, Options(time_limit_s=60), lambda *_: times.append(time.monotonic()))
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert {row["file"] for row in rows} == {f"{number:05}.pdf" for number in range(COUNT)}
    assert not [row for row in rows if "worker process died" in row["reason"]]
    assert all(row["reason"] for row in rows if row["status"] != "ok")
    assert max(after - before for before, after in zip(times, times[1:], strict=False)) < 3 * LIMIT_S
    kinds = {row["status"] for row in rows}
    print(f"{COUNT} files, {len(rows)} rows, {sum(row['status'] == 'error' for row in rows)} errors, {kinds}")
    assert "ok" in kinds and "error" in kinds
