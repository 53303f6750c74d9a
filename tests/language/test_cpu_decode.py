"""The int8 decoding path stays close to the full weights, and only small inputs take it."""

import pytest
import torch

from octavo.kernels.int8_linear import int8_linear
from octavo.kernels.int8_linear.reference import quantize_rows
from octavo.language.cpu_decode import Int8Twin, prepare
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED, new_model


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_packed_kernel_matches_its_reference(rows):
    x, (values, scale) = torch.randn(rows, 128).bfloat16(), quantize_rows(torch.randn(96, 128))
    out, reference = (int8_linear(x, values, scale, backend=b).double() for b in ("packed", "reference"))
    assert (out - reference).norm() / reference.norm() < 8e-3


def test_packed_backend_says_why_it_cannot_run():
    values, scale = quantize_rows(torch.randn(4, 8))
    with pytest.raises(ValueError, match="bfloat16"):
        int8_linear(torch.randn(1, 8), values, scale, backend="packed")


def test_twin_uses_full_weights_for_long_inputs():
    linear = torch.nn.Linear(64, 32, bias=False).bfloat16()
    twin, x = Int8Twin.of(linear), torch.randn(1, 9, 64).bfloat16()
    assert torch.equal(twin(x), linear(x))
    assert not torch.equal(twin(x[:, :1]), linear(x[:, :1]))
    torch.testing.assert_close(twin(x[:, :1]), linear(x[:, :1]), atol=2e-2, rtol=2e-2)


def test_prepared_decoder_stays_close_to_the_plain_one():
    model = new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")).eval().bfloat16()
    x = torch.randn(1, 6, model.config.language.hidden_size).bfloat16()

    def decode():
        cache = model.lm.new_cache(1, 8)
        model.lm(x[:, :5], cache)
        return model.lm.logits(model.lm(x[:, 5:], cache).states)[0, 0].double()

    with torch.inference_mode():
        plain = decode()
        prepare(model.lm)
        quick = decode()
    assert 0 < (quick - plain).norm() / plain.norm() < 0.03
