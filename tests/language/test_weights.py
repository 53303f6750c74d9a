"""Saving, loading, quantising; and what wrong files say."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from octavo.language.config import PRESETS, ModelConfig
from octavo.language.initialize import new_model
from octavo.language.quantize import dequantize_int4, dequantize_int8, quantize_int4, quantize_int8
from octavo.language.tokenizer import Tokenizer
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED, save_pretrained


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    model = new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json"))
    path = tmp_path_factory.mktemp("model")
    save_pretrained(model, path)
    return path


def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def test_round_trip_keeps_every_weight(folder, tmp_path):
    model = VisionLanguageModel.from_pretrained(folder, dtype=torch.bfloat16)
    save_pretrained(model, tmp_path)
    first, second = load_file(folder / "model.safetensors"), load_file(tmp_path / "model.safetensors")
    assert first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)
    assert len(model.digest) == 12


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_config_round_trips(preset):
    assert ModelConfig.from_dict(json.loads(json.dumps(PRESETS[preset].to_dict()))) == PRESETS[preset]


@pytest.mark.parametrize(
    ("preset", "billions", "kv_bytes"),
    # published totals (field: 3.3705, 16.148, 27.480 B) less the unused pooling head of the ViT, 15.24 M
    [("vl2-tiny", 3.3553, 61_440), ("vl2-small", 16.1331, 31_104), ("vl2", 27.4649, 34_560)],
)
def test_official_sizes(preset, billions, kv_bytes):
    with torch.device("meta"):
        model = VisionLanguageModel(
            PRESETS[preset], Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")
        )
    assert sum(p.numel() for p in model.parameters()) / 1e9 == pytest.approx(billions, abs=1e-4)
    assert PRESETS[preset].language.kv_bytes_per_token() == kv_bytes


def test_int8_error_is_half_a_step_at_most():
    weight = torch.randn(16, 128)
    values, scale = quantize_int8(weight)
    assert ((dequantize_int8(values, scale) - weight).abs() <= scale.float() * 0.51).all()


def test_int4_packs_two_values_a_byte_and_stays_close():
    weight = torch.randn(4, 16, 128)
    packed, scale = quantize_int4(weight)
    assert packed.shape == (4, 16, 64) and scale.shape == (4, 16, 2)
    error = (dequantize_int4(packed, scale) - weight).norm() / weight.norm()
    assert error < 0.11  # about 20 dB, what four bits give a Gaussian


def test_quantised_folder_loads_into_the_same_modules(folder, tmp_path):
    model = VisionLanguageModel.from_pretrained(folder, dtype=torch.float32)
    save_pretrained(model, tmp_path, quantized=True)
    small = VisionLanguageModel.from_pretrained(tmp_path, dtype=torch.float32)
    a, b = model.lm.layers[0].attn.q_proj.weight, small.lm.layers[0].attn.q_proj.weight
    assert 0 < (a - b).abs().max() < 0.01
    assert (tmp_path / "model.safetensors").stat().st_size < 0.75 * (
        folder / "model.safetensors"
    ).stat().st_size


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: s.pop("lm.norm.weight"), "missing: lm.norm.weight"),
        (lambda s: s.update(extra=torch.zeros(1)), "unexpected: extra"),
        (lambda s: s.update({"lm.norm.weight": torch.zeros(3)}), r"shape of lm.norm.weight: \(3,\)"),
    ],
    ids=["missing", "unexpected", "shape"],
)
def test_wrong_tensors_are_listed(folder, tmp_path, spoil, message):
    path = copy(folder, tmp_path)
    state = load_file(path / "model.safetensors")
    spoil(state)
    save_file(state, path / "model.safetensors")
    with pytest.raises(ValueError, match=message):
        VisionLanguageModel.from_pretrained(path)


def test_truncated_file_and_unknown_config_key_say_so(folder, tmp_path):
    path = copy(folder, tmp_path)
    data = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="not a complete safetensors file"):
        VisionLanguageModel.from_pretrained(path)
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps(config | {"surprise": 1}))
    with pytest.raises(ValueError, match="surprise"):
        VisionLanguageModel.from_pretrained(path)


def test_unknown_name_lists_the_shipped_models():
    with pytest.raises(FileNotFoundError, match="nano"):
        VisionLanguageModel.from_pretrained("no-such-model")
