"""The quick prefill leaves what the model itself leaves in the cache, and says when it cannot serve."""

import copy

import pytest
import torch

from octavo.kernels.int8_linear.dynamic import Bytes, runs_here
from octavo.language.cpu_fill import QuickFill
from octavo.language.initialize import new_model
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED, default_dtype

pytestmark = pytest.mark.skipif(not runs_here(), reason="this processor has no byte products")
LIMIT = 0.06  # eight bits on both sides, seven of the weights without VNNI, over the debug preset's layers


@pytest.fixture
def lm():
    tokenizer = Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")
    lm = new_model("debug", tokenizer).lm.eval().to(default_dtype("cpu"))
    return lm.requires_grad_(False)


def filled(fill, lm, embeds, positions=None):
    cache = lm.new_cache(1, embeds.shape[1] + 16)
    with torch.inference_mode():
        fill(embeds, cache, positions)
    assert cache.length == embeds.shape[1]
    assert not any(rows[0, embeds.shape[1] :].any() for rows in cache.rows)  # nothing behind them
    return torch.stack([rows[0, : cache.length].float() for rows in cache.rows])


def error(a, b):
    return float((a - b).norm() / b.norm())


@pytest.mark.parametrize("length", [1, 64, 150])
def test_the_rows_are_close_to_the_models(lm, length):
    embeds = torch.randn(1, length, lm.config.hidden_size).to(lm.embed_tokens.weight.dtype)
    assert error(filled(QuickFill(lm), lm, embeds), filled(lm.fill, lm, embeds)) < LIMIT


def test_positions_may_have_gaps(lm):
    embeds = torch.randn(1, 30, lm.config.hidden_size).to(lm.embed_tokens.weight.dtype)
    gaps = torch.arange(30)[None] * 3
    found = filled(QuickFill(lm), lm, embeds, gaps)
    assert error(found, filled(lm.fill, lm, embeds, gaps)) < LIMIT
    assert error(found, filled(lm.fill, lm, embeds)) > 2 * LIMIT


def test_a_row_of_large_numbers_takes_nothing_from_the_others():
    x = torch.randn(40, 96)
    x[3] *= 1000
    values, most = Bytes.by_rows(x)
    again = values.floats() * most
    assert all(error(a, b) < 0.02 for a, b in zip(again, x, strict=True))
    assert error(Bytes.of(x).floats()[4:], x[4:]) > 0.5  # with one scale for all there is nothing left


def test_experts_that_nobody_chose_are_left_out(lm):
    embeds = torch.randn(1, 1, lm.config.hidden_size).to(lm.embed_tokens.weight.dtype)
    lm.layers[1].mlp.max_active_experts = 1
    assert error(filled(QuickFill(lm), lm, embeds), filled(lm.fill, lm, embeds)) < LIMIT


def test_a_copy_is_made_from_the_model(lm):
    quick = copy.deepcopy(QuickFill(lm))
    embeds = torch.randn(1, 5, lm.config.hidden_size).to(lm.embed_tokens.weight.dtype)
    assert torch.equal(filled(quick, lm, embeds), filled(QuickFill(lm), lm, embeds))
    assert quick.lm is not lm


def test_it_steps_back_where_the_model_is_converted(lm):
    assert QuickFill.supports(lm) and (quick := QuickFill(lm)).still_stands()
    lm.half()
    assert not QuickFill.supports(lm) and not quick.still_stands()
