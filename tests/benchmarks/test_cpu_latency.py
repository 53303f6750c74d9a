"""The benchmark runs from end to end, and its floor counts the bytes that it says it counts."""

import json
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from octavo.language.weights import save_pretrained

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def cpu_latency(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import cpu_latency

    threads = torch.get_num_threads()
    yield cpu_latency
    torch.set_num_threads(threads)


def test_active_bytes_are_the_weights_and_rows_that_one_token_reads(cpu_latency, tiny_model):
    prefix = tiny_model.open_page(Image.new("RGB", (300, 300), "white"))
    c = tiny_model.config.language
    weights = sum(weight.numel() for weight in tiny_model.lm.parameters())
    expert = 3 * c.hidden_size * c.moe.intermediate_size
    idle = (c.num_layers - c.moe.first_dense) * (c.moe.num_routed - c.moe.top_k) * expert
    rows = prefix.length * c.num_layers * c.attention.row_dim
    assert cpu_latency.active_bytes(tiny_model, prefix) == 4 * (weights - idle + rows)  # float32, tied output


@pytest.mark.slow
def test_the_benchmark_measures_a_model_folder_and_writes_its_record(
    cpu_latency, tiny_model, tmp_path, monkeypatch, capsys
):
    save_pretrained(tiny_model, tmp_path / "model")
    record = tmp_path / "record.json"
    options = ["--threads", "1", "--repeats", "1", "--tokens", "8", "--json", str(record)]
    monkeypatch.setattr(sys, "argv", ["cpu_latency", "--model", str(tmp_path / "model"), *options])
    cpu_latency.main()
    written = json.loads(record.read_text())
    latency = written["latency"]
    assert 0 < latency["encode_page_s"] < latency["first_token_s"] < latency["cold_start_s"]
    assert latency["token_ms"] > latency["token_floor_ms"] > 0
    assert written["hardware"]["threads"] == 1 and written["hardware"]["copy_gb_per_s"] > 0
    assert "first_token_s" in capsys.readouterr().out
