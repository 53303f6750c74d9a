"""Official checkpoints: names and layouts of their tensors, streaming, and what wrong files say."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from octavo.language.config import PRESETS, LanguageConfig
from octavo.language.model import LanguageModel
from octavo.language.official import INDEX, load_language_model, load_official, shard_files
from octavo.language.official_config import read_official
from octavo.language.official_export import save_official, to_official
from octavo.language.official_rules import RULES, plan
from octavo.language.official_tiny import SIZES, tiny_config, tiny_model, write_tiny
from octavo.language.vlm import VisionLanguageModel


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("official")
    write_tiny(path, "base")
    return path


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


@pytest.mark.parametrize("size", SIZES)
def test_the_round_trip_is_bit_exact(size, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    write_tiny(first, size)
    assert len(shard_files(first)) > 1
    model = VisionLanguageModel.from_pretrained(first, dtype=torch.bfloat16)
    stored = {name: tensor for file in shard_files(first) for name, tensor in load_file(file).items()}
    ours = to_official(model.state_dict(), model.config)
    assert {name for name in stored if not name.startswith("vision.attn_pool.")} == ours.keys()
    assert all(torch.equal(stored[name], tensor) for name, tensor in ours.items())
    assert all(stored[name].dtype == tensor.dtype for name, tensor in ours.items())
    save_official(model.state_dict(), model.config, second)  # one shard now
    shutil.copy(first / "tokenizer.json", second)
    again = VisionLanguageModel.from_pretrained(second, dtype=torch.bfloat16)
    assert again.digest == model.digest and again.config == model.config
    state = again.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())


def test_every_rule_is_used_and_every_tensor_of_the_real_sizes_has_a_name(tiny_model):
    names = set()
    for size in SIZES:
        with torch.device("meta"):
            model = VisionLanguageModel(PRESETS[SIZES[size]], tiny_model.tokenizer)
        shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        pieces = plan(shapes, text_only=False)
        names |= shapes.keys()
        numbers = sum(torch.Size(piece.shape).numel() for piece in pieces.values())
        assert numbers == sum(tensor.numel() for tensor in model.state_dict().values())
    # DeepSeek's 27 layers of 64 experts, by hand: the dense layer has 3 matrices, a MoE layer 64 × 3 + 3 + 1
    small = [name for name in plan_of("vl2-small", tiny_model) if name.startswith("language.")]
    assert len(small) == 3 + 27 * (2 + 5) + 3 + 26 * (64 * 3 + 3 + 1)
    assert [rule.ours for rule in RULES if not any(re.fullmatch(rule.ours, name) for name in names)] == []


def plan_of(preset, some_model):
    with torch.device("meta"):
        model = VisionLanguageModel(PRESETS[preset], some_model.tokenizer)
    return plan({name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}, text_only=False)


def test_a_model_that_official_code_could_not_hold_is_not_written(tiny_model):
    with pytest.raises(ValueError, match="no official name for .* tensors: .*vision.glyph_head"):
        to_official(tiny_model.state_dict(), tiny_model.config)


def test_what_the_model_does_not_use_is_skipped_by_name(folder):
    with torch.device("meta"):
        model = VisionLanguageModel(read_official(folder).model, tiny_model("base").tokenizer)
    report = load_official(model, folder)
    assert report.skipped and all(name.startswith("vision.attn_pool.") for name in report.skipped)
    assert report.loaded == len(to_official(model.state_dict(), model.config))


def test_the_selection_bias_keeps_its_own_precision(copy):
    edit(copy, "language.model.layers.1.mlp.gate.e_score_correction_bias", lambda t: t.float() + 1e-6)
    model = VisionLanguageModel.from_pretrained(copy, dtype=torch.bfloat16)
    assert model.lm.layers[1].mlp.router.bias.dtype == torch.float32
    assert model.lm.layers[1].mlp.router.weight.dtype == torch.bfloat16


def test_the_digest_names_the_weights(folder, copy):
    same = VisionLanguageModel.from_pretrained(folder).digest
    assert VisionLanguageModel.from_pretrained(copy).digest == same and len(same) == 12
    edit(copy, "image_newline", lambda t: t + 1)
    assert VisionLanguageModel.from_pretrained(copy).digest != same


@pytest.mark.parametrize("size", SIZES)
def test_a_checkpoint_answers(size, tmp_path):
    write_tiny(tmp_path, size)
    model = VisionLanguageModel.from_pretrained(tmp_path, dtype=torch.float32)
    prefix = model.open_page(Image.new("RGB", (700, 300), "white"))
    assert prefix.length == model.count_tokens(prefix.plan) and prefix.glyphs is None
    answer = model.answer(prefix, "What is this?", max_new_tokens=3)
    drawn = [token for token in answer.tokens if token.prob < 1]  # the last may be half a character
    assert len(drawn) == 3 and answer.stop == "length" and model.quick is None


def test_a_text_only_checkpoint_with_a_prediction_layer(tmp_path):
    config = replace(tiny_config("base").language, num_layers=3)
    model = random_language_model(config)
    extra = {
        "model.layers.3.eh_proj.weight": torch.zeros(2, 2),
        "model.layers.3.enorm.weight": torch.zeros(2),
    }
    save_official(model.state_dict(), config, tmp_path, extra=extra)
    with pytest.raises(ValueError, match="unexpected: model.layers.3.eh_proj.weight"):
        load_language_model(tmp_path)
    data = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(data | {"num_nextn_predict_layers": 1}))
    loaded = load_language_model(tmp_path)
    assert loaded.config == config
    assert all(torch.equal(loaded.state_dict()[name], tensor) for name, tensor in model.state_dict().items())


def random_language_model(config: LanguageConfig):
    model = LanguageModel(config)
    for tensor in model.state_dict().values():
        torch.nn.init.normal_(tensor)
    return model.eval()


# -- wrong files ---------------------------------------------------------------------------------------------


def edit(path, name, change):
    """Change, rename or drop one tensor of a checkpoint: ``change`` gives a tensor, a new name or None."""
    file = path / json.loads((path / INDEX).read_text())["weight_map"][name]
    state = load_file(file)
    new = change(state.pop(name))
    if new is not None:
        state |= {new: torch.zeros(3)} if isinstance(new, str) else {name: new.contiguous()}
    save_file(state, file)


def test_missing_renamed_and_misshapen_tensors_are_listed_together(copy):
    edit(copy, "language.model.norm.weight", lambda t: None)
    edit(copy, "projector.layers.0.bias", lambda t: "projector.layers.9.bias")
    edit(copy, "language.model.layers.1.mlp.experts.3.up_proj.weight", lambda t: t[:5])
    edit(copy, "language.model.layers.0.self_attn.kv_b_proj.weight", lambda t: t.T)
    edit(copy, "image_newline", lambda t: t.to(torch.int8))
    with pytest.raises(ValueError, match=r"do not fit the config \(6 problems\)") as caught:
        VisionLanguageModel.from_pretrained(copy)
    for expected in (
        "missing: language.model.norm.weight",
        "missing: projector.layers.0.bias",
        "unexpected: projector.layers.9.bias",
        "shape of language.model.layers.1.mlp.experts.3.up_proj.weight: (5, 64), expected (32, 64)",
        "shape of language.model.layers.0.self_attn.kv_b_proj.weight: (32, 128), expected (128, 32)",
        "type of image_newline: I8",
    ):
        assert expected in str(caught.value)


def test_a_tensor_stored_twice_is_not_chosen_from(copy):
    shutil.copy(shard_files(copy)[0], copy / "extra.safetensors")
    index = json.loads((copy / INDEX).read_text())
    index["weight_map"]["image_newline"] = "extra.safetensors"
    (copy / INDEX).write_text(json.dumps(index))
    with pytest.raises(ValueError, match="twice: "):
        VisionLanguageModel.from_pretrained(copy)


def test_a_truncated_shard_is_named(copy):
    file = shard_files(copy)[-1]
    data = file.read_bytes()
    for end in (len(data) - 10, 40, 3):
        file.write_bytes(data[:end])
        with pytest.raises(ValueError, match="not a complete safetensors file.*fetch it again") as caught:
            VisionLanguageModel.from_pretrained(copy)
        assert file.name in str(caught.value)


def test_a_missing_shard_is_named_with_and_without_an_index(copy):
    gone = shard_files(copy)[1]
    gone.unlink()
    with pytest.raises(FileNotFoundError, match=f"lacks {gone.name}; fetch"):
        VisionLanguageModel.from_pretrained(copy)
    (copy / INDEX).unlink()
    with pytest.raises(FileNotFoundError, match=f"lacks {gone.name}; fetch"):
        VisionLanguageModel.from_pretrained(copy)
    for file in copy.glob("*.safetensors"):
        file.unlink()
    with pytest.raises(FileNotFoundError, match="lacks model.safetensors"):
        VisionLanguageModel.from_pretrained(copy)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"weight_map": {"a": "../outside.safetensors"}}', '{"weight_map": 3}']
)
def test_a_broken_index_is_named(copy, text):
    (copy / INDEX).write_text(text)
    with pytest.raises(ValueError, match="model.safetensors.index.json is not an index of shards"):
        VisionLanguageModel.from_pretrained(copy)


def test_loaders_say_which_of_them_is_meant(folder, tmp_path):
    with pytest.raises(ValueError, match="load it with VisionLanguageModel.from_pretrained"):
        load_language_model(folder)
    with pytest.raises(FileNotFoundError, match="has no config.json"):
        load_language_model(tmp_path)


# -- memory --------------------------------------------------------------------------------------------------

PEAK = """
import sys, torch
from pathlib import Path
from octavo.language.model import LanguageModel
from octavo.language.official import load_language_model
from octavo.language.official_tiny import tiny_config
def peak():  # not getrusage: its peak is the parent's where that was larger
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
with torch.device("meta"):  # what torch imports the first time is not the loader's
    LanguageModel(tiny_config("small").language)
before = peak()
model = load_language_model(Path(sys.argv[1]))
print(peak() - before, sum(t.numel() * t.element_size() for t in model.state_dict().values()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_loading_holds_no_more_than_a_shard_beside_the_weights(tmp_path):
    language = tiny_config("small").language
    config = replace(
        language, vocab_size=8192, hidden_size=512, moe=replace(language.moe, intermediate_size=512)
    )
    model = LanguageModel(replace(config, num_layers=5))
    for tensor in model.state_dict().values():
        tensor.fill_(0.5)
    save_official(model.state_dict(), model.config, tmp_path, max_shard_bytes=48 * 10**6)
    sizes = [file.stat().st_size for file in shard_files(tmp_path)]
    assert len(sizes) >= 5
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path)], capture_output=True, text=True, timeout=300, check=True
    )
    used, weights = map(int, done.stdout.split())
    assert weights == pytest.approx(sum(sizes), rel=0.01)
    assert 0.9 * weights < used <= weights + max(sizes), (used, weights, max(sizes))
