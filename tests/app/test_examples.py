"""The examples run with a table in place of the model; the samples are what the script makes."""

import importlib.util
from pathlib import Path

import pymupdf
import pytest

import octavo.app
from octavo.app.prompts import READ, extract_prompt

EXAMPLES = Path(octavo.app.__file__).parents[1] / "examples"


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed_text(name: str) -> str:
    with pymupdf.open(EXAMPLES / name) as document:
        return " ".join(document[0].get_text().split())


def test_the_demo_expects_what_the_documents_say():
    for check in load("demo").CHECKS:
        if check.expected:
            assert check.expected in printed_text(check.file), check


def test_the_demo_counts_right_answers(make_service, capsys):
    demo = load("demo")
    replies = {check.question: check.expected for check in demo.CHECKS if check.expected}
    assert demo.main(make_service(replies)) == 0
    shown = capsys.readouterr().out
    assert "10 of 10 right" in shown and "pixels only" in shown and "fake@" in shown and "WRONG" not in shown
    assert demo.main(make_service({"What is the total?": "nonsense"})) == 1
    assert "WRONG" in capsys.readouterr().out


def test_the_python_example_runs(make_service, capsys):
    keys = ["invoice number", "invoice date", "total"]
    replies = {"What is the total?": "414.00", READ: "# Title", extract_prompt(keys): '{"total": "414.00"}'}
    load("python_api").main(make_service(replies))
    assert "414.00 True 0.90" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["invoice", "report"])
def test_the_sample_documents_are_what_the_script_makes(name, tmp_path):
    samples = load("make_samples")
    getattr(samples, f"make_{name}")(tmp_path / "made.pdf")
    with pymupdf.open(tmp_path / "made.pdf") as made, pymupdf.open(EXAMPLES / f"{name}.pdf") as kept:
        assert made.page_count == kept.page_count == 1
        assert made[0].get_pixmap(dpi=60).samples == kept[0].get_pixmap(dpi=60).samples
    assert (EXAMPLES / f"{name}.pdf").stat().st_size < 100_000
