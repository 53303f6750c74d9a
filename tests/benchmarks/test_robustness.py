"""The benchmark of hostile files judges outcomes as its manifest words them."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def robustness(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import robustness

    yield robustness
    sys.modules.pop("robustness")


def test_a_folder_is_judged_file_by_file(robustness, monkeypatch, tmp_path, capsys):
    Image.linear_gradient("L").save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (tmp_path / "empty.pdf").touch()
    lines = [
        {"file": "good.png", "category": "image", "expected": "opens: 1 image 256x256"},
        {"file": "bad.png", "category": "image", "expected": "clear error: corrupt or unsupported image"},
        {"file": "empty.pdf", "category": "pdf", "expected": "clear error: empty file"},
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setattr(sys, "argv", ["robustness.py", str(tmp_path)])
    assert robustness.main() == 0
    assert "3 of 3 as expected (100.0%)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expected", "change", "problem"),
    [
        ("opens: 2 page(s)", {}, "has 1 pages"),
        ("opens: 1 page(s)", {"error": "damaged"}, "was expected to open"),
        ("opens: 1 page(s)", {"sizes": (None,)}, "cannot be rendered"),
        ("opens: 1 image 10x20", {}, "has another shape"),
        ("opens: 1 page(s); damaged but repairable: warn and read", {}, "no warning"),
        ("opens: blank page, invent nothing", {"texts": (("Total 5", 0.9, 1.0),)}, "was invented"),
        ("opens: 1 page(s)", {"slowest_s": 61.0}, "took 61 s"),
        ("clear error: encrypted, password needed", {"error": "damaged"}, "expected an error with encrypted"),
        ("opens, but the page cannot be rendered: clear per-page error", {}, "expected an error of its page"),
    ],
)
def test_each_deviation_is_named(robustness, expected, change, problem):
    usual = {"error": "", "page_count": 1, "sizes": ((10, 10),), "note": "", "texts": (), "slowest_s": 1.0}
    assert problem in robustness.deviation(expected, "", robustness.Outcome(**(usual | change)))
