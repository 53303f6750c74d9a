"""The benchmarks of official models run from end to end, here with a miniature on the CPU."""

import json
import sys
from pathlib import Path

import pytest
import torch

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def from_benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_the_gpu_benchmark_answers_in_place_and_from_a_checkpoint(tmp_path, monkeypatch, capsys):
    import official_gpu

    options = ["--out", str(tmp_path), "--preset", "miniature", "--device", "cpu", "--tokens", "4"]
    monkeypatch.setattr(sys, "argv", ["official_gpu", *options, "--checkpoint", str(tmp_path / "model")])
    official_gpu.main()
    record = json.loads((tmp_path / "official_gpu.json").read_text())
    assert [run["weights"] for run in record["runs"]] == ["in place", "checkpoint"]
    for run in record["runs"]:
        assert run["page_tokens"] == 2021 and run["tokens_timed"] == 3 and run["stop"] == "length"
        assert 0 < run["encode_page_ms"] < run["first_token_ms"] and run["token_ms"] > 0 and run["answer"]
    assert json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))["preset"] == "miniature"


def test_what_stands_in_for_xformers_and_old_llama_attention_is_attention():
    """``original_vl2`` lends the original code two pieces: they have to be the ones that it had."""
    import original_vl2
    import transformers
    from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding

    q, k, v = torch.randn(3, 2, 5, 3, 8)
    expected = torch.einsum("bqhd,bkhd->bhqk", q, k).mul(8**-0.5).softmax(-1)
    expected = torch.einsum("bhqk,bkhd->bqhd", expected, v)
    assert (original_vl2.attention_of_xformers(q, k, v) - expected).abs().max() < 1e-5

    config = transformers.LlamaConfig(
        hidden_size=32, num_attention_heads=4, num_key_value_heads=4, attn_implementation="eager"
    )
    config.rope_theta = 10_000.0
    now, then = LlamaAttention(config, 0), original_vl2.LlamaAttentionAsItWas(config, 0)
    then.load_state_dict(now.state_dict())
    x, positions = torch.randn(1, 6, 32), torch.arange(6)[None]
    mask = original_vl2.causal_mask(None, (1, 6), x, 0)
    with torch.inference_mode():
        wanted = now(x, LlamaRotaryEmbedding(config)(x, positions), mask)[0]
        assert (then(x, mask, positions)[0] - wanted).abs().max() < 1e-5
