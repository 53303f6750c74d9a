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
from octavo.training.synth.labels import keys  # noqa: E402


def test_set_is_complete_and_deterministic(tmp_path) -> None:
    assert heldout.write(tmp_path / "a", 20, 7) == 20
    heldout.write(tmp_path / "b", 20, 7)
    manifest = (tmp_path / "a" / "manifest.jsonl").read_text("utf-8")
    assert manifest == (tmp_path / "b" / "manifest.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in manifest.splitlines()]
    assert [sum(r["set"] == s for r in rows) for s in ("tiles", "pages", "ask")] == [10, 4, 6]
    assert sum(r["degraded"] for r in rows) == 10
    for row in rows:
        one, two = (np.asarray(Image.open(tmp_path / d / row["image"])) for d in "ab")
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
    heldout.write(tmp_path / "a", 4, 7)
    heldout.write(tmp_path / "b", 4, 8)
    texts = [
        [json.loads(x).get("text") for x in (tmp_path / d / "manifest.jsonl").read_text().splitlines()]
        for d in "ab"
    ]
    assert not {t for t in texts[0] if t} & {t for t in texts[1] if t}


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
