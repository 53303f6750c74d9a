"""The held-out set: format, determinism, and that it stays apart from training."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("faker")
pytest.importorskip("pymupdf_fonts")

from octavo.training import heldout, heldout_layouts  # noqa: E402
from octavo.training.assets import HELD_OUT, clean_line  # noqa: E402
from octavo.training.scoreboard import load_jobs  # noqa: E402
from octavo.training.synth.labels import keys  # noqa: E402

SETS = ("tiles", "pages", "ask")


def read_rows(folder) -> list[dict]:
    """The lines of all three manifests."""
    return [
        json.loads(line)
        for name in SETS
        for line in (folder / name / "manifest.jsonl").read_text("utf-8").splitlines()
    ]


def test_set_is_complete_and_deterministic(tmp_path) -> None:
    assert heldout.write(tmp_path / "a", 20, 7) == 20
    heldout.write(tmp_path / "b", 20, 7)
    rows = read_rows(tmp_path / "a")
    assert rows == read_rows(tmp_path / "b")
    assert [sum(r["set"] == s for r in rows) for s in SETS] == [10, 4, 6]
    assert sum(r["degraded"] for r in rows) == 10
    for row in rows:
        one, two = (np.asarray(Image.open(tmp_path / d / row["set"] / row["image"])) for d in "ab")
        assert np.array_equal(one, two)
        assert [one.shape[1], one.shape[0]] == row["size"]
        assert one.max() - one.min() > 60
        if row["task"] == "transcribe":
            assert len(row["text"]) >= 40
        else:
            assert 4 <= len(row["pairs"]) <= 8
            assert any(p["answer"] for p in row["pairs"])


def test_people_and_places_are_the_same_in_every_process() -> None:
    code = (
        "from octavo.training.heldout import _fakers\n"
        "for f in _fakers(7).values(): print(ascii([f.name() + f.city() + f.address() for _ in range(20)]))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] and runs[0] == runs[1]


def test_another_seed_is_another_set(tmp_path) -> None:
    heldout.write(tmp_path / "a", 10, 7)
    heldout.write(tmp_path / "b", 10, 8)
    texts = [{row.get("text") for row in read_rows(tmp_path / d)} - {None} for d in "ab"]
    assert texts[0] and not texts[0] & texts[1]


def test_jpeg_makes_it_small_and_the_scoreboard_finds_every_set(tmp_path, tiny_model) -> None:
    heldout.write(tmp_path, 10, 7, jpeg_quality=80)
    assert {path.suffix for path in tmp_path.rglob("images/*")} == {".jpg"}
    jobs = load_jobs(tmp_path, tiny_model)
    assert {job.task for job in jobs} == {"tile", "page", "ask"}
    assert all(job.expected for job in jobs if job.task != "ask")


def test_training_refuses_the_held_out_families() -> None:
    for _, family, _, _ in heldout._FONTS:
        if family not in ("Times",):  # the built-in Times is Nimbus Roman, refused by that name
            assert HELD_OUT.search(family), family
    assert HELD_OUT.search("Nimbus Roman")
    assert not HELD_OUT.search("Liberation Sans") and not HELD_OUT.search("Courier Prime")


def test_labels_are_the_sets_own() -> None:
    """Few held-out labels may also be known to training (a label is a word of the language, after all)."""
    known = {form.casefold() for key in keys().values() for forms in key.labels.values() for form in forms}
    own = [
        row.partition("=")[0].casefold()
        for rows in heldout_layouts.LABELS.values()
        for row in rows.split(";")
    ]
    assert sum(label in known for label in own) / len(own) < 0.05


def test_cleaning_keeps_the_alphabet() -> None:
    assert clean_line("a\u00a0b\u2009 c | d") == "a b c / d"
    assert clean_line("中文中文中文") == ""
