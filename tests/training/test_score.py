"""The boards that end a run: one line each, for the shipped weights and for those that they were cut from."""

import json
import sys

import pytest
from PIL import Image, ImageDraw

from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import save_pretrained
from octavo.training import score


@pytest.fixture
def run(tmp_path, tiny_model: VisionLanguageModel):
    """A finished run of the debug preset, and a held-out folder of one tile and one page with questions."""
    save_pretrained(tiny_model, tmp_path / "run" / "debug", quantized=True)
    save_pretrained(tiny_model, tmp_path / "run" / "weights")
    folder = tmp_path / "heldout"
    folder.mkdir()
    side = tiny_model.config.vision.tiling.tile_size
    image = Image.new("L", (side, side), "white")
    ImageDraw.Draw(image).text((10, 10), "total 12", fill="black")
    image.save(folder / "a.png")
    pairs = [{"question": "What is the total?", "answer": "12"}, {"question": "Who?", "answer": None}]
    rows = [{"id": "a", "image": "a.png", "text": "total 12"}, {"id": "b", "image": "a.png", "pairs": pairs}]
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return tmp_path


def scored(run, monkeypatch: pytest.MonkeyPatch, *options: str) -> list[dict]:
    arguments = ["score", str(run / "run"), "--preset", "debug", "--heldout", str(run / "heldout"), *options]
    monkeypatch.setattr(sys, "argv", arguments)
    score.main()
    return [json.loads(line) for line in (run / "run" / "log.jsonl").read_text("utf-8").splitlines()]


def test_shipped_weights_are_scored_with_the_loads_of_their_experts(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, loads = scored(run, monkeypatch)
    assert board["final"] == "shipped" and 0 <= board["ask.exact"] <= 1 and board["tile.cer"] >= 0
    assert all(load >= 1 for load in loads["load_max_over_mean"])


def test_weights_that_were_never_rounded_have_a_board_of_their_own(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (board,) = scored(run, monkeypatch, "--unrounded")
    assert board["final"] == "float" and 0 <= board["ask.exact"] <= 1 and board["tile.cer"] >= 0
