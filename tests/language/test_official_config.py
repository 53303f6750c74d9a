"""The official config.json of the three sizes and of text-only models, and what is refused in one."""

import json
import math
from dataclasses import replace

import pytest
import timm
import torch

from octavo.language.config import PRESETS, YarnConfig
from octavo.language.model import LanguageModel
from octavo.language.official_config import parse
from octavo.language.official_export import write_official
from octavo.language.official_tiny import SIZES, tiny_config
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import read_config

CANVASES = [[384 * a, 384 * b] for a in range(1, 10) for b in range(1, 10) if a * b <= 9]
SO400M = {
    "layers": 27,
    "mlp_ratio": 3.7362,
    "model_name": "siglip_so400m_patch14_384",
    "model_type": "vision",
    "patch_size": 14,
    "width": 1152,
}
# The language_config of each size: what its file gives, and nothing that it leaves to the class.
SHARED = {
    "architectures": ["DeepseekV2ForCausalLM"],
    "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekV2Config"},
    "bos_token_id": 0,
    "eos_token_id": 1,
    "first_k_dense_replace": 1,
    "lm_head": False,
    "max_position_embeddings": 4096,
    "model_type": "deepseek_v2",
    "n_group": 1,
    "n_shared_experts": 2,
    "num_experts_per_tok": 6,
    "q_lora_rank": None,
    "rm_head": False,
    "topk_group": 1,
    "torch_dtype": "bfloat16",
}
LANGUAGE = {
    "tiny": {
        "hidden_size": 1280,
        "intermediate_size": 6848,
        "kv_lora_rank": None,
        "moe_intermediate_size": 896,
        "n_routed_experts": 64,
        "num_attention_heads": 10,
        "num_hidden_layers": 12,
        "num_key_value_heads": 10,
        "qk_nope_head_dim": 0,
        "qk_rope_head_dim": 0,
        "topk_method": "greedy",
        "use_mla": False,
        "v_head_dim": 0,
        "vocab_size": 129280,
    },
    "small": {
        "hidden_size": 2048,
        "intermediate_size": 10944,
        "moe_intermediate_size": 1408,
        "n_routed_experts": 64,
        "num_attention_heads": 16,
        "num_hidden_layers": 27,
        "num_key_value_heads": 16,
        "topk_method": "greedy",
    },
    "base": {
        "hidden_size": 2560,
        "intermediate_size": 12288,
        "moe_intermediate_size": 1536,
        "n_routed_experts": 72,
        "norm_topk_prob": True,
        "routed_scaling_factor": 2.0,
        "scoring_func": "sigmoid",
        "topk_method": "noaux_tc",
        "vocab_size": 129280,
    },
}


def official_json(size):
    language = SHARED | LANGUAGE[size]
    return {
        "candidate_resolutions": CANVASES,
        "global_view_pos": "head",
        "language_config": language,
        "model_type": "deepseek_vl_v2",
        "projector_config": {"model_type": "mlp_projector", "n_embed": language["hidden_size"]},
        "tile_tag": "2D",
        "torch_dtype": "bfloat16",
        "transformers_version": "4.38.2",
        "vision_config": SO400M,
    }


def parsed(data):
    problems = []
    return parse(json.loads(json.dumps(data)), problems), problems


@pytest.mark.parametrize("size", SIZES)
def test_an_official_config_is_the_preset_of_its_size(size):
    config, problems = parsed(official_json(size))
    assert problems == [] and config.model == PRESETS[SIZES[size]] and config.extra_layers == 0


@pytest.mark.parametrize(("size", "billions"), [("tiny", 3.3705), ("small", 16.148), ("base", 27.480)])
def test_parameter_counts_are_the_published_ones(size, billions, tiny_model):
    config = parsed(official_json(size))[0].model
    with torch.device("meta"):
        model = VisionLanguageModel(config, tiny_model.tokenizer)
        vit = timm.create_model("vit_so400m_patch14_siglip_384")
    unused = sum(weight.numel() for weight in vit.attn_pool.parameters())  # in the files, not in our model
    total = sum(weight.numel() for weight in model.parameters()) + unused
    assert round(total / 1e9, 4 if size == "tiny" else 3) == billions


@pytest.mark.parametrize("size", SIZES)
def test_a_config_that_we_write_is_read_back(size):
    for config in (PRESETS[SIZES[size]], replace(tiny_config(size), name="deepseek-vl2")):
        assert parsed(write_official(config)) == (parsed(write_official(config))[0], [])
        assert parsed(write_official(config))[0].model == config
    for language in (config.language, with_yarn(PRESETS[SIZES["small"]].language)):
        assert parsed(write_official(language))[0].language == language


def with_yarn(language):
    yarn = YarnConfig(40.0, 4096, 32.0, 1.0, 0.707, 0.707)
    return replace(language, attention=replace(language.attention, yarn=yarn))


def test_v2_lite_and_v3_are_read():
    lite, problems = parsed(
        {
            "model_type": "deepseek_v2",
            "hidden_size": 2048,
            "num_hidden_layers": 27,
            "intermediate_size": 10944,
            "num_attention_heads": 16,
            "q_lora_rank": None,
            "n_routed_experts": 64,
            "n_shared_experts": 2,
            "num_experts_per_tok": 6,
            "moe_intermediate_size": 1408,
            "first_k_dense_replace": 1,
            "topk_method": "greedy",
            "n_group": 1,
            "topk_group": 1,
            "max_position_embeddings": 163840,
            "rope_scaling": {
                "beta_fast": 32,
                "beta_slow": 1,
                "factor": 40,
                "mscale": 0.707,
                "mscale_all_dim": 0.707,
                "original_max_position_embeddings": 4096,
                "type": "yarn",
            },
        }
    )
    assert problems == [] and lite.model is None
    assert lite.language == replace(with_yarn(PRESETS["vl2-small"].language), max_positions=163840)
    v3, problems = parsed({"model_type": "deepseek_v3", "num_nextn_predict_layers": 1})
    with torch.device("meta"):
        total = sum(weight.numel() for weight in LanguageModel(v3.language).parameters())
    assert problems == [] and v3.extra_layers == 1 and round(total / 1e9) == 671


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tile_tag": "1D"}, 'tile_tag is "1D"'),
        ({"surprise": 1}, r"unknown key surprise \(1\)"),
        ({"language_config": {"sliding_window": 128}}, "unknown key language_config.sliding_window"),
        ({"language_config": {"quantization_config": {}}}, "unknown key language_config.quantization_config"),
        ({"language_config": {"attention_bias": True}}, "language_config.attention_bias is true"),
        (
            {"language_config": {"num_hidden_layers": "2"}},
            'num_hidden_layers is "2", expected a whole number',
        ),
        (
            {"language_config": {"n_group": 5}},
            "language_config.n_group is 5, expected equal groups of the 72",
        ),
        ({"language_config": {"rope_scaling": {"type": "linear", "factor": 2}}}, "rope_scaling.type is"),
        ({"projector_config": {"projector_type": "linear"}}, "projector_config.projector_type"),
        ({"vision_config": {"width": {"clip-l-14-224": 1}}}, "vision_config.width is"),  # DeepSeek-OCR
        ({"candidate_resolutions": [[1024, 1024]]}, "candidate_resolutions is"),
        ({"candidate_resolutions": [[10**9, 384]]}, "candidate_resolutions is"),
        ({"vision_config": {"mlp_ratio": math.inf}}, "vision_config.mlp_ratio is Infinity"),
        ({"vision_config": {"heads": 7}}, "vision_config.heads is 7, expected a divisor of width 1152"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value)[:40],
)
def test_a_config_that_would_change_the_model_is_refused(tmp_path, change, message):
    config = official_json("base")
    for key, value in change.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=message) as caught:
        read_config(tmp_path)
    assert str(tmp_path / "config.json") in str(caught.value)


def test_all_faults_of_a_config_are_listed_at_once(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "deepseek_vl_v2", "a": 1, "b": 2}))
    with pytest.raises(ValueError, match="language_config is not an object.*unknown key a.*unknown key b"):
        read_config(tmp_path)
