"""The CPU decoder stays close to its readable twin, token after token, and says when it cannot serve."""

from dataclasses import replace

import pytest
import torch

from octavo.kernels.int4_linear import Int4Weight, int4_linear
from octavo.kernels.int4_linear.reference import dequantize_groups, quantize_groups
from octavo.kernels.int8_linear import int8_linear
from octavo.kernels.int8_linear.reference import quantize_rows
from octavo.language.config import MoEConfig
from octavo.language.cpu_decode import ROW_STEP, QuickDecoder, _chosen, _fold_in, _fold_out
from octavo.language.initialize import new_model
from octavo.language.moe import MoE
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED

# int8 rows of the debug preset's narrow matrices cost about 1 % an operation; bfloat16 rounds on both sides
LIMIT = 0.15  # random experts in int4 alone cost a tenth; shipped ones are on the int4 grid already


@pytest.fixture(params=[torch.bfloat16, torch.float32])
def lm(request):
    """As processors load it that multiply bfloat16, and as others do."""
    tokenizer = Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json")
    return new_model("debug", tokenizer).lm.eval().to(request.param).requires_grad_(False)


def relative_rms(out, ref):
    return float((out.double() - ref.double()).norm() / ref.double().norm())


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_packed_kernel_matches_its_reference(rows):
    x, (values, scale) = torch.randn(rows, 128).bfloat16(), quantize_rows(torch.randn(96, 128))
    out, reference = (int8_linear(x, values, scale, backend=b) for b in ("packed", "reference"))
    assert relative_rms(out, reference) < 8e-3


def test_packed_backend_says_why_it_cannot_run():
    values, scale = quantize_rows(torch.randn(4, 8))
    with pytest.raises(ValueError, match="bfloat16"):
        int8_linear(torch.randn(1, 8), values, scale, backend="packed")


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_packed_int4_kernel_matches_its_reference(rows):
    x, weight = torch.randn(rows, 128).bfloat16(), Int4Weight.of(torch.randn(96, 128))
    out, reference = (int4_linear(x, weight, backend=b) for b in ("packed", "reference"))
    assert relative_rms(out, reference) < 8e-3


@torch.inference_mode()
@pytest.mark.parametrize("rows", [1, 2, 5, 29])
def test_experts_that_share_their_small_steps_give_the_bits_of_each_by_itself(lm, rows):
    quick = QuickDecoder(lm)
    layer = next(layer for layer in quick.layers if layer.moe is not None)
    x = torch.randn(rows, quick.hidden).bfloat16()
    found = quick._feed_forward(x, layer)
    for row in range(rows):
        own = x[row : row + 1]
        out = torch.zeros(1, quick.hidden) if layer.always is None else layer.always(own).float()
        (chosen,) = _chosen(torch.mv(layer.router, own[0].float())[None], layer.moe)
        for expert, weight in chosen:
            gate, up = layer.experts[expert].widened(own).chunk(2, dim=-1)
            wide = torch.nn.functional.silu(gate).mul_(up)
            out[0].add_(layer.experts[expert].back(wide)[0], alpha=weight)
        assert torch.equal(found[row], out[0])


@pytest.mark.parametrize("active", [None, 1, 3])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"norm_top_k": True, "scale": 2.5},
        {"norm_top_k": False, "scale": 0.5},
        {"scoring": "sigmoid", "selection": "noaux_tc", "num_groups": 4, "top_k_groups": 2},
    ],
)
def test_plain_python_chooses_the_experts_that_the_router_does(options, active):
    moe = MoE(replace(MoEConfig(num_routed=8, top_k=2, intermediate_size=8), **options), 16)
    moe.max_active_experts = active
    logits = 4 * torch.randn(40, 8)
    routing = moe.router.route(logits, active)
    for row, found in enumerate(_chosen(logits, moe)):
        ids, order = routing.ids[row].sort()
        assert [expert for expert, _ in found] == ids.tolist()
        torch.testing.assert_close(torch.tensor([w for _, w in found]), routing.weights[row][order])


def test_plain_int4_values_may_be_left_out():
    x, weight = torch.randn(2, 128).bfloat16(), Int4Weight.of(torch.randn(96, 128))
    assert torch.equal(int4_linear(x, weight.slim()), int4_linear(x, weight))
    assert weight.slim().nbytes == weight.nbytes == 96 * 128 // 2 + 96 * 2 * 4
    with pytest.raises(ValueError, match="left out"):
        int4_linear(x, weight.slim(), backend="reference")


def test_int4_weights_survive_a_second_quantisation():
    once = dequantize_groups(*quantize_groups(torch.randn(64, 256)))
    assert torch.equal(dequantize_groups(*quantize_groups(once)), once)


def test_int4_needs_whole_groups():
    with pytest.raises(ValueError, match="groups of 64"):
        quantize_groups(torch.randn(4, 100))


def test_folding_the_up_projections_is_exact_but_for_rounding(lm):
    attn, x = lm.layers[0].attn.float(), torch.randn(128)
    c = attn.config
    folded = (_fold_in(attn) @ x).split(
        [c.num_heads * c.kv_lora_rank, (c.num_heads + 1) * c.qk_rope_head_dim, c.kv_lora_rank]
    )
    q = attn.q_proj(x).view(c.num_heads, -1)[:, : c.qk_nope_head_dim] * c.qk_head_dim**-0.5
    wanted = torch.einsum("hn,hnr->hr", q, attn.w_uk)
    torch.testing.assert_close(folded[0].view(c.num_heads, -1), wanted, atol=1e-5, rtol=1e-4)
    latent = torch.randn(c.num_heads, c.kv_lora_rank)
    back = attn.o_proj(torch.einsum("hr,hvr->hv", latent, attn.w_uv).flatten())
    torch.testing.assert_close(_fold_out(attn) @ latent.flatten(), back, atol=1e-5, rtol=1e-4)


def test_quick_decoding_stays_close_to_the_model_over_many_tokens(lm):
    quick = QuickDecoder(lm)
    caches = [lm.new_cache(1, 32) for _ in range(2)]
    start = lm.embed_tokens(torch.arange(20, 30)[None])
    with torch.inference_mode():
        for cache in caches:
            lm(start, cache)
        for token in (5, 900, 31, 7, 7, 2048):
            plain = lm.logits(lm(lm.embed_tokens(torch.tensor([[token]])), caches[0]).states)[0, 0]
            assert relative_rms(quick.step(token, caches[1]), plain) < LIMIT
    assert caches[0].length == caches[1].length == 16
    for a, b in zip(*(cache.rows for cache in caches), strict=True):
        assert relative_rms(b[:, :16], a[:, :16]) < LIMIT  # it leaves the same rows behind


@torch.inference_mode()
@pytest.mark.parametrize("size", [2, 3, 7, 24])
def test_tokens_together_give_the_bits_of_tokens_one_by_one(lm, size):
    quick, tokens = QuickDecoder(lm), torch.randint(0, 2048, (48,)).tolist()
    one, many = (lm.new_cache(1, 160) for _ in range(2))
    for cache in (one, many):
        lm(lm.embed_tokens(torch.arange(20, 90)[None]), cache)
    steps = torch.stack([quick.step(token, one) for token in tokens])
    parts = [quick.feed(tokens[start : start + size], many) for start in range(0, 48, size)]
    assert torch.equal(torch.cat(parts), steps)
    assert one.length == many.length == 118
    assert all(torch.equal(a[:, :118], b[:, :118]) for a, b in zip(one.rows, many.rows, strict=True))


@torch.inference_mode()
def test_a_draft_ends_where_more_rows_would_be_added_up(lm):
    quick, tokens = QuickDecoder(lm), torch.randint(0, 2048, (90,)).tolist()
    one, many = (lm.new_cache(1, 160) for _ in range(2))
    steps, parts, place = torch.stack([quick.step(token, one) for token in tokens]), [], 0
    while place < len(tokens):
        size = 1 + min(quick.spare(many, 1), 23)
        parts.append(quick.feed(tokens[place : place + size], many))
        assert place // ROW_STEP == (place + size - 1) // ROW_STEP  # all in one step
        place += size
    assert torch.equal(torch.cat(parts), steps)


@torch.inference_mode()
@pytest.mark.parametrize("wanted", [1, 4])
def test_logits_that_nobody_wants_are_not_made(lm, wanted):
    quick, tokens = QuickDecoder(lm), torch.randint(0, 2048, (9,)).tolist()
    some, all_of_them = (lm.new_cache(1, 16) for _ in range(2))
    found = quick.feed(tokens, some, wanted=wanted)
    assert torch.equal(found, quick.feed(tokens, all_of_them)[-wanted:])
    assert some.length == 9 and all(map(torch.equal, some.rows, all_of_them.rows))


def test_fewer_active_experts_are_honoured(lm):
    quick, caches = QuickDecoder(lm), [lm.new_cache(1, 4) for _ in range(2)]
    full = quick.step(5, caches[0])
    lm.layers[1].mlp.max_active_experts = 1
    assert not torch.equal(quick.step(5, caches[1]), full)


def test_a_full_cache_is_refused(lm):
    cache = lm.new_cache(1, 1)
    quick = QuickDecoder(lm)
    quick.step(5, cache)
    with pytest.raises(ValueError, match="full"):
        quick.step(5, cache)


def test_only_what_a_processor_computes_with_is_supported(lm):
    assert QuickDecoder.supports(lm)
    assert not QuickDecoder.supports(lm.half())
