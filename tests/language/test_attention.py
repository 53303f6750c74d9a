"""MLA's two forms, caches and masks agree with each other and with plain attention."""

import pytest
import torch

from octavo.language.attention import MLA, CacheSlot, KVCache, Rope
from octavo.language.config import PRESETS, AttentionConfig, LanguageConfig, MoEConfig
from octavo.language.initialize import _normal
from octavo.language.model import LanguageModel

MLA_CONFIG = PRESETS["debug"].language
MHA_CONFIG = LanguageConfig(
    256,
    64,
    2,
    128,
    AttentionConfig("mha", 4, None, 0, 0, 16, 16),
    MoEConfig(4, 1, 2, 32),
    tie_embeddings=False,
)


def make(config, seed=0):
    torch.manual_seed(seed)
    model = LanguageModel(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim >= 2:
                _normal(weight, weight.shape[-1])
    return model


def test_absorbed_attention_equals_naive():
    torch.manual_seed(0)
    config = MLA_CONFIG.attention
    attn = MLA(config, 128, 1e-6)
    for weight in attn.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    x = torch.randn(2, 9, 128)
    q_nope, q_rope, rows = attn.project(x, Rope.at(torch.arange(9), config.qk_rope_head_dim, 1e4))
    torch.testing.assert_close(
        attn.absorbed(q_nope, q_rope, rows), attn.naive(q_nope, q_rope, rows), atol=1e-5, rtol=1e-4
    )


@pytest.mark.parametrize("config", [MLA_CONFIG, MHA_CONFIG], ids=["mla", "mha"])
def test_cached_decoding_equals_one_pass(config):
    model, x = make(config), torch.randn(2, 12, config.hidden_size)
    whole = model(x).states
    cache = model.new_cache(2, 16)
    parts = [model(x[:, :5], cache).states, model(x[:, 5:9], cache).states]
    parts += [model(x[:, t : t + 1], cache).states for t in range(9, 12)]
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("config", [MLA_CONFIG, MHA_CONFIG], ids=["mla", "mha"])
def test_left_padding_changes_nothing(config):
    model, x = make(config), torch.randn(1, 6, config.hidden_size)
    cache = model.new_cache(1, 16)
    plain = model(x, cache).states[:, -1]
    padded_cache = model.new_cache(1, 16)
    model(x[:, :3], padded_cache)
    tail = torch.cat([torch.randn(1, 2, config.hidden_size), x[:, 3:]], 1)  # two padding positions in between
    mask = torch.tensor([[True] * 3 + [False] * 2 + [True] * 3])
    out = model(tail, padded_cache, torch.tensor([[3, 3, 3, 4, 5]]), mask).states[:, -1]
    torch.testing.assert_close(out, plain, atol=2e-5, rtol=1e-4)


def test_a_rewound_cache_forgets():
    model, x = make(MLA_CONFIG), torch.randn(1, 8, MLA_CONFIG.hidden_size)
    cache = model.new_cache(1, 16)
    model(x[:, :4], cache)
    first = model(x[:, 4:6], cache).states
    cache.length = 4
    model(x[:, 6:8], cache)
    cache.length = 4
    torch.testing.assert_close(model(x[:, 4:6], cache).states, first)


def test_a_full_cache_raises_and_reserve_keeps_the_rows():
    cache = KVCache(1, 1, 2, 3, torch.zeros(1))
    CacheSlot(cache, 0).append(torch.ones(1, 2, 3))
    cache.length = 2
    with pytest.raises(ValueError, match="full"):
        cache.append(0, torch.ones(1, 1, 3))
    cache.reserve(4)
    assert torch.equal(cache.append(0, torch.zeros(1, 1, 3))[0, :2], torch.ones(2, 3))


@pytest.mark.parametrize("interleaved", [True, False])
def test_rope_depends_on_distance_only(interleaved):
    q, k = torch.randn(1, 1, 1, 16), torch.randn(1, 1, 1, 16)

    def score(a, b):
        rotated = [
            Rope.at(torch.tensor([p]), 16, 1e4).rotate(v, interleaved=interleaved)
            for p, v in ((a, q), (b, k))
        ]
        return (rotated[0] * rotated[1]).sum()

    torch.testing.assert_close(score(3, 7), score(103, 107), atol=1e-4, rtol=1e-4)
    assert abs(score(3, 7) - score(3, 9)) > 1e-4
