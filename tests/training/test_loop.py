"""Training end to end on a CPU: it learns, it resumes bit-equal, its schedule does what it says."""

import json
from dataclasses import replace
from functools import partial
from importlib import import_module

import pytest
import torch

from octavo.language.initialize import new_model
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED
from octavo.training.feed import Sources
from octavo.training.loader import SyntheticSource
from octavo.training.loop import Run, stage_at, train
from octavo.training.stages import RECIPES, STAGES, Recipe

TOKENIZER = PRETRAINED / "nano" / "tokenizer.json"


def run(out, recipe, **changes):
    model = new_model("debug", Tokenizer.from_file(TOKENIZER))
    sources = Sources(SyntheticSource(), partial(Tokenizer.from_file, TOKENIZER))
    options = Run(out, sources, **changes)
    train(model, recipe, options)
    return model, options.log


def test_a_run_that_fails_leaves_the_reason_in_its_folder(tmp_path, monkeypatch):
    command = ["training", "--preset", "debug", "--stage", "ironing", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(ValueError, match="ironing"):
        import_module("octavo.training.__main__").main()
    (row,) = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
    assert "no such stages: ironing" in row["failed"] and row["rank"] == 0


@pytest.mark.slow
def test_debug_recipe_overfits_a_handful_of_pages(tmp_path):
    _, log = run(tmp_path, RECIPES["debug"])
    text = {row["stage"]: row["text.1x1"] for row in log}
    glyph = [row["glyph.1x1"] for row in log]
    assert text["pages"] < 0.1 < text["tiles"]  # it has learned its four pages by heart
    assert glyph[-1] < 0.25 * glyph[0]


def test_a_resumed_run_equals_one_that_never_stopped(tmp_path):
    recipe = replace(RECIPES["debug"], steps=8)
    whole, _ = run(tmp_path / "whole", recipe)
    run(tmp_path / "parts", recipe, stop_after=4)
    resumed, _ = run(tmp_path / "parts", recipe)
    for (name, a), b in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(a, b), name


def test_stages_follow_their_shares():
    stages = list(STAGES.values())
    assert [stages[stage_at(stages, p)].name for p in (0.0, 0.099, 0.101, 0.31, 0.7, 1.0)] == [
        *("glyphs", "glyphs", "tiles", "pages", "tasks", "tasks")
    ]


def test_learning_rate_warms_up_holds_and_decays():
    recipe = Recipe("debug", 100, tuple(STAGES.values()), lr=1.0, warmup=10, decay_share=0.5)
    rates = [recipe.lr_at(step / 100, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1) and rates[9:50] == [1.0] * 41
    assert rates[75] == pytest.approx(0.5) and rates[100] == pytest.approx(0.02)


def test_shares_must_add_up():
    with pytest.raises(ValueError, match="add up"):
        Recipe("debug", 1, (STAGES["tiles"],))


def test_unknown_stage_is_named(tmp_path):
    with pytest.raises(ValueError, match="nonsense"):
        run(tmp_path, RECIPES["debug"], stages=("nonsense",))
