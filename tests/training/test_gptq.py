"""GPTQ: the same file format, and outputs that change less than by rounding each weight for itself."""

import sys
from pathlib import Path

import pytest
import torch

from octavo.kernels.int4_linear.reference import GROUP, dequantize_groups, quantize_groups
from octavo.language.initialize import new_model
from octavo.language.quantize import dequantize_int4, pack_int4
from octavo.language.tokenizer import Tokenizer
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED, save_pretrained
from octavo.training import gptq as module
from octavo.training.average import average
from octavo.training.gptq import Moments, gptq, output_error


def correlated(rows: int, width: int) -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(rows, width) @ (0.3 * torch.randn(width, width) + torch.eye(width))


def test_outputs_change_less_than_by_plain_rounding() -> None:
    x, weight = correlated(3000, 2 * GROUP), torch.randn(48, 2 * GROUP)
    moment = x.T @ x
    values, scale = gptq(weight, moment)
    assert values.dtype == torch.uint8 and int(values.max()) <= 15
    assert scale.shape == (48, 2) and scale.dtype == torch.float16
    careful = output_error(weight[None], dequantize_groups(values, scale)[None], moment[None])
    plain = output_error(weight[None], dequantize_groups(*quantize_groups(weight))[None], moment[None])
    assert careful < 0.7 * plain < 0.02


def test_the_error_is_that_of_the_outputs() -> None:
    x, weight = correlated(500, GROUP), torch.randn(5, GROUP)
    rounded = dequantize_groups(*quantize_groups(weight))
    wanted = ((x @ (weight - rounded).T).square().sum() / (x @ weight.T).square().sum()).item()
    assert output_error(weight[None], rounded[None], (x.T @ x)[None]) == pytest.approx(wanted, rel=1e-3)


def test_inputs_that_never_came_are_rounded_plainly() -> None:
    weight = torch.randn(6, GROUP)
    values, scale = gptq(weight, torch.zeros(GROUP, GROUP))
    plain = quantize_groups(weight)
    assert torch.equal(values, plain[0]) and torch.equal(scale, plain[1])


def test_moments_are_those_of_the_tokens_that_an_expert_gets(tiny_model: VisionLanguageModel) -> None:
    name, layer = next((n, m) for n, m in tiny_model.named_modules() if isinstance(m, module.MoE))
    x = torch.randn(2, 9, layer.w_gate_up.shape[-1])
    moments = Moments(tiny_model)
    layer(x)
    moments.close()
    layer(x)  # nobody looks any more
    routing = layer.router(x.flatten(0, 1))
    for expert, found in enumerate(moments.sums[f"{name}.w_gate_up"]):
        rows, slots = (routing.ids == expert).nonzero(as_tuple=True)
        weighed = x.flatten(0, 1)[rows] * routing.weights[rows, slots, None]
        torch.testing.assert_close(found, weighed.T @ weighed)
    assert moments.sums[f"{name}.w_down"].shape[-1] == layer.w_down.shape[-1]


def test_the_command_writes_weights_that_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the model but its experts depends on who rounds it."""
    model = new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json"))
    save_pretrained(model, tmp_path / "whole")
    whole = VisionLanguageModel.from_pretrained(tmp_path / "whole")
    save_pretrained(whole, tmp_path / "plain", quantized=True)
    few = ["--batches", "2", "--batch-scale", "0.01"]
    monkeypatch.setattr(module, "RECIPES", {"nano-more": module.RECIPES["debug"]})
    monkeypatch.setattr(sys, "argv", ["gptq", str(tmp_path / "whole"), str(tmp_path / "out"), *few])
    module.main()
    plain, careful = (
        VisionLanguageModel.from_pretrained(tmp_path / name, dtype=torch.float32).state_dict()
        for name in ("plain", "out")
    )
    unlike = {name for name in plain if not torch.equal(plain[name], careful[name])}
    assert unlike and all(name.endswith(("w_gate_up", "w_down")) for name in unlike)


def test_packing_keeps_every_value() -> None:
    values = torch.randint(0, 16, (3, 2, GROUP), dtype=torch.uint8)
    scale = torch.rand(3, 2, 1).to(torch.float16)
    torch.testing.assert_close(dequantize_int4(*pack_int4(values, scale)), dequantize_groups(values, scale))


def test_the_mean_of_two_models_lies_between_them(tiny_model: VisionLanguageModel) -> None:
    tokenizer = Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")
    one, other = new_model("debug", tokenizer, 1), new_model("debug", tokenizer, 2)
    mine, theirs = ({n: w.clone() for n, w in m.state_dict().items()} for m in (one, other))
    mean = average(one, other, 0.25).state_dict()
    for name, weight in mean.items():
        torch.testing.assert_close(weight, 0.75 * mine[name] + 0.25 * theirs[name])
    other.lm.layers[0].mlp = torch.nn.Identity()
    with pytest.raises(ValueError, match=r"differ in 2 weights, lm\.layers\.0\.mlp"):
        average(one, other, 0.5)
