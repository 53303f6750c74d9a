"""Training with the weights that are shipped: what is rounded at the end was rounded all the time."""

import torch
from torch import nn

from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import read_weights, save_pretrained
from octavo.training.optim import MuonAdamW
from octavo.training.shipped import as_shipped


def test_shaped_weights_are_those_that_the_file_gives_back(tmp_path, tiny_model: VisionLanguageModel) -> None:
    save_pretrained(tiny_model, tmp_path, quantized=True)
    stored = read_weights(tmp_path / "model.safetensors")
    schemes = 0
    for name, weight in tiny_model.state_dict().items():
        shaped = as_shipped(name, weight.float())
        torch.testing.assert_close(
            shaped, stored[name].float(), atol=0.004, rtol=0.004
        )  # bfloat16 where kept
        schemes += not torch.equal(shaped, weight.float())
        again = as_shipped(name, shaped)
        torch.testing.assert_close(again, shaped, atol=2e-4, rtol=2e-3)  # rounding twice is rounding once
    assert schemes > 5


def test_the_optimiser_keeps_what_rounding_loses() -> None:
    """Steps far smaller than a level of rounding add up in the master until the weight moves."""
    weight = nn.Parameter(torch.linspace(-1, 1, 2 * 64).reshape(2, 64))
    before = weight.detach().clone()
    optimizer = MuonAdamW([("embed", weight)], 1e-4, weight_decay=0.0)
    optimizer.shape = as_shipped
    seen = []
    for _ in range(200):
        weight.grad = torch.ones_like(weight)
        optimizer.step()
        torch.testing.assert_close(weight, as_shipped("embed", weight.detach()), atol=2e-4, rtol=2e-3)
        seen.append(weight.detach().clone())
    moved = (before - seen[-1]).mean()
    assert 0.015 < moved < 0.025  # 200 steps of 1e-4, though a level is 1/127


def test_without_a_shape_nothing_is_copied() -> None:
    weight = nn.Parameter(torch.ones(4, 64))
    optimizer = MuonAdamW([("embed", weight)], 1e-3)
    weight.grad = torch.ones_like(weight)
    optimizer.step()
    assert "master" not in optimizer.state[weight]
