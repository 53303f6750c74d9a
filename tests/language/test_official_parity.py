"""Our modules against other people's, with the same weights: every path goes through a checkpoint on disk.

Transformers writes the language models itself (so the names in the files are not ours), timm and Transformers
have SigLIP. Widths are small, structure and depth-related settings are the real ones. Float32 on the CPU.
"""

import math
from dataclasses import replace

import pytest
import timm
import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import nn
from transformers.masking_utils import create_causal_mask
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2MLP, DeepseekV2Moe
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRMSNorm, LlamaRotaryEmbedding

from octavo.language.config import PRESETS, EncoderConfig
from octavo.language.hf.model import CACHE
from octavo.language.official import load_language_model
from octavo.language.official_export import save_official, to_official
from octavo.language.official_tiny import tiny_config
from octavo.language.vlm import VisionLanguageModel
from octavo.vision.encoder import VisionEncoder

LIMIT, POSITIONS, VOCABULARY = 1e-4, 256, 512
SHAPE = dict(
    vocab_size=VOCABULARY,
    hidden_size=128,
    intermediate_size=320,
    moe_intermediate_size=48,
    num_hidden_layers=4,
    num_attention_heads=4,
    num_key_value_heads=4,
    q_lora_rank=None,
    kv_lora_rank=64,
    qk_nope_head_dim=32,
    qk_rope_head_dim=16,
    v_head_dim=32,
    n_shared_experts=2,
    num_experts_per_tok=6,
    first_k_dense_replace=1,
    max_position_embeddings=4096,
    attn_implementation="eager",
)
SMALL = SHAPE | dict(n_routed_experts=64, n_group=1, topk_group=1, topk_method="greedy", norm_topk_prob=False)
BASE = SHAPE | dict(
    n_routed_experts=72, n_group=1, topk_group=1, norm_topk_prob=True, routed_scaling_factor=2.0
)
YARN = dict(
    rope_type="yarn",
    rope_theta=10_000.0,
    factor=64.0,
    original_max_position_embeddings=64,
    beta_fast=32,
    beta_slow=1,
)
CASES = {
    "vl2-small": (transformers.DeepseekV2Config, SMALL),
    "v2-groups": (
        transformers.DeepseekV2Config,
        SMALL | dict(topk_method="group_limited_greedy", n_group=8, topk_group=3, routed_scaling_factor=16.0),
    ),
    "v2-lite-yarn": (
        transformers.DeepseekV2Config,
        SMALL | dict(rope_parameters=YARN | dict(mscale=0.707, mscale_all_dim=0.707)),
    ),
    "vl2-base": (transformers.DeepseekV3Config, BASE),
    "v3": (
        transformers.DeepseekV3Config,
        BASE
        | dict(q_lora_rank=48, n_shared_experts=1, n_group=8, topk_group=4, num_mtp_layers=0)
        | dict(rope_parameters=YARN | dict(mscale=1.0, mscale_all_dim=1.0)),
    ),
}


def randomize(model):
    """Weights that matter: activations of order one, wide logits, biases that change the choice."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in model.state_dict().items():
        if tensor.ndim >= 2:
            nn.init.normal_(tensor, std=tensor.shape[-1] ** -0.5, generator=generator)
        elif name.endswith("e_score_correction_bias"):
            # below every score: an expert of a group that is left out must not win with a zero
            nn.init.normal_(tensor, mean=-2.0, std=0.3, generator=generator)
        else:
            nn.init.uniform_(tensor, 0.5, 1.5, generator=generator)
    return model.eval().requires_grad_(False)


def tokens(batch=1):
    return torch.randint(VOCABULARY, (batch, POSITIONS), generator=torch.Generator().manual_seed(2))


def logits_of(lm, ids, cache=None):
    return lm.logits(lm(lm.embed_tokens(ids), cache).states)


def assert_same(ours, theirs):
    difference = (ours - theirs).abs().max().item()
    print(f"max |difference| {difference:.2e} at logits of {theirs.std():.2f}")  # pytest -rP shows it
    assert difference <= LIMIT
    assert (ours.argmax(-1) == theirs.argmax(-1)).all()
    assert theirs.std() > 0.5 and len(theirs.argmax(-1).unique()) > 50  # not the same for want of anything


@pytest.fixture(scope="module", params=CASES)
def pair(request, tmp_path_factory):
    """(Transformers' model, ours from the files that it wrote)."""
    make, settings = CASES[request.param]
    kind = {transformers.DeepseekV2Config: "V2", transformers.DeepseekV3Config: "V3"}[make]
    theirs = randomize(getattr(transformers, f"Deepseek{kind}ForCausalLM")(make(**settings)))
    folder = tmp_path_factory.mktemp(request.param)
    theirs.save_pretrained(folder, max_shard_size="1MB")
    assert len(list(folder.glob("*.safetensors"))) > 1
    return theirs, load_language_model(folder)


@torch.no_grad()
def test_language_model_equals_transformers(pair):
    theirs, ours = pair
    ids = tokens()
    assert_same(logits_of(ours, ids), theirs(ids).logits)


@torch.no_grad()
def test_decoding_with_a_cache_equals_transformers(pair):
    """The absorbed form of MLA, which decoding uses, over the last 16 positions."""
    theirs, ours = pair
    ids = tokens()
    cache = ours.new_cache(1, POSITIONS)
    logits_of(ours, ids[:, :-16], cache)
    stepped = torch.cat(
        [logits_of(ours, ids[:, i : i + 1], cache) for i in range(POSITIONS - 16, POSITIONS)], 1
    )
    assert (stepped - theirs(ids).logits[:, -16:]).abs().max() <= LIMIT


def test_the_official_form_is_what_transformers_wrote(pair, tmp_path):
    """Our way back gives the tensors that Transformers stores, bit for bit."""
    theirs, ours = pair
    theirs.save_pretrained(tmp_path)
    stored = load_file(tmp_path / "model.safetensors")
    written = to_official(ours.state_dict(), ours.config)
    assert stored.keys() == written.keys()
    assert all(torch.equal(stored[name], written[name]) for name in stored)


# -- tiny's multi-head attention -----------------------------------------------------------------------------


class Layer(nn.Module):
    def __init__(self, attention, moe, index):
        super().__init__()
        size = attention.hidden_size
        self.input_layernorm, self.post_attention_layernorm = (LlamaRMSNorm(size, 1e-6) for _ in range(2))
        self.self_attn = LlamaAttention(attention, index)
        self.mlp = DeepseekV2Moe(moe) if index >= moe.first_k_dense_replace else DeepseekV2MLP(moe)

    def forward(self, x, mask, rope):
        x = x + self.self_attn(self.input_layernorm(x), position_embeddings=rope, attention_mask=mask)[0]
        return x + self.mlp(self.post_attention_layernorm(x))


class Reference(nn.Module):
    """VL2-tiny's language model (``use_mla: false``) of Llama's attention and DeepSeek-V2's feed-forward."""

    def __init__(self):
        super().__init__()
        llama = {key: SHAPE[key] for key in ("hidden_size", "num_attention_heads", "num_key_value_heads")}
        self.attention = transformers.LlamaConfig(**llama, attn_implementation="eager")
        moe = transformers.DeepseekV2Config(**SMALL, experts_implementation="eager")
        self.embed_tokens = nn.Embedding(VOCABULARY, moe.hidden_size)
        self.layers = nn.ModuleList(Layer(self.attention, moe, i) for i in range(3))
        self.norm = LlamaRMSNorm(moe.hidden_size, 1e-6)
        self.lm_head = nn.Linear(moe.hidden_size, VOCABULARY, bias=False)
        self.rotary = LlamaRotaryEmbedding(self.attention)

    def forward(self, ids):
        x, positions = self.embed_tokens(ids), torch.arange(ids.shape[1])[None]
        mask = create_causal_mask(self.attention, x, None, **{CACHE: None}, position_ids=positions)
        for layer in self.layers:
            x = layer(x, mask, self.rotary(x, positions))
        return self.lm_head(self.norm(x))

    def official_state(self):
        """Under the names of the official files: experts one by one."""
        out = {}
        for name, tensor in self.state_dict().items():
            name = f"language.{name}" if name.startswith("lm_head") else f"language.model.{name}"
            before, _, kind = name.rpartition(".")
            if kind == "gate_up_proj":
                for expert, (gate, up) in enumerate(tensor.unflatten(1, (2, -1))):
                    out[f"{before}.{expert}.gate_proj.weight"] = gate
                    out[f"{before}.{expert}.up_proj.weight"] = up
            elif kind == "down_proj":
                out |= {f"{before}.{i}.down_proj.weight": weight for i, weight in enumerate(tensor)}
            else:
                out[name] = tensor
        return out


@torch.no_grad()
def test_multi_head_language_model_equals_its_reference(tmp_path, tiny_model):
    theirs = randomize(Reference())
    model = official_folder(tmp_path, tiny_model, theirs.official_state())
    ids = tokens()
    expected = theirs(ids)
    assert_same(logits_of(model.lm, ids), expected)
    cache = model.lm.new_cache(1, POSITIONS)
    logits_of(model.lm, ids[:, :-1], cache)
    assert (logits_of(model.lm, ids[:, -1:], cache) - expected[:, -1:]).abs().max() <= LIMIT


def official_folder(folder, some_model, language_state):
    """A VL2-tiny checkpoint around a language model of ``SHAPE``, loaded by the front door."""
    config = tiny_config("tiny", VOCABULARY)
    language = replace(
        config.language,
        hidden_size=SHAPE["hidden_size"],
        num_layers=3,
        intermediate_size=SHAPE["intermediate_size"],
        attention=replace(config.language.attention, qk_rope_head_dim=32, v_head_dim=32),
        moe=replace(config.language.moe, num_routed=64, intermediate_size=SHAPE["moe_intermediate_size"]),
    )
    config = replace(config, language=language)
    model = VisionLanguageModel(config, some_model.tokenizer)
    save_official(model.state_dict(), config, folder)
    (file,) = folder.glob("*.safetensors")
    state = load_file(file)
    assert {name for name in state if name.startswith("language.")} == language_state.keys()
    save_file(state | {name: tensor.contiguous().clone() for name, tensor in language_state.items()}, file)
    some_model.tokenizer.inner.save(str(folder / "tokenizer.json"))
    return VisionLanguageModel.from_pretrained(folder, dtype=torch.float32)


# -- the vision tower ----------------------------------------------------------------------------------------


def images():
    return torch.randint(256, (1, 3, 384, 384), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))


@torch.no_grad()
def test_features_equal_timms_siglip():
    """so400m at its full width and 729 patches, three layers deep; ``vision.X`` is timm's ``X``."""
    # timm's preset has the exact GELU; SigLIP was trained with the tanh form, and VL2's code has that one
    theirs = timm.create_model("vit_so400m_patch14_siglip_384", depth=3, act_layer="gelu_tanh").eval()
    wide(theirs)
    ours = so400m(3)
    ours.vit.load_state_dict({k: v for k, v in theirs.state_dict().items() if not k.startswith("attn_pool.")})
    expected = theirs.forward_features(images() / 127.5 - 1)
    difference = (ours(images()) - expected).abs().max().item()
    print(f"max |difference| {difference:.2e} at features of {expected.std():.2f}")
    assert expected.shape == (1, 729, 1152) and difference <= LIMIT


@torch.no_grad()
def test_features_equal_transformers_siglip():
    """The same against an implementation that is not timm's: epsilon, activation, order of patches."""
    config = transformers.SiglipVisionConfig(
        hidden_size=1152,
        intermediate_size=4304,
        num_hidden_layers=2,
        num_attention_heads=16,
        image_size=384,
        patch_size=14,
        vision_use_head=False,
    )
    theirs = transformers.SiglipVisionModel(config).eval()
    wide(theirs)
    ours = so400m(2)
    ours.vit.load_state_dict(timm_names(theirs.state_dict()))
    expected = theirs(images() / 127.5 - 1).last_hidden_state
    difference = (ours(images()) - expected).abs().max().item()
    print(f"max |difference| {difference:.2e} at features of {expected.std():.2f}")
    assert difference <= LIMIT


def so400m(depth):
    official = PRESETS["vl2-small"].vision.encoder
    assert official == EncoderConfig(384, 14, 1152, 27, 16, 4304)
    return VisionEncoder(EncoderConfig(384, 14, 1152, depth, 16, 4304)).eval()


def wide(model):
    """Random weights of some size: freshly made ones leave attention uniform and hide mistakes in it."""
    generator = torch.Generator().manual_seed(4)
    for tensor in model.parameters():
        scale = 1.5 / math.sqrt(tensor[0].numel()) if tensor.ndim >= 2 else 0.2
        noise = torch.randn(tensor.shape, generator=generator) * scale
        tensor.copy_(noise if tensor.ndim >= 2 else tensor + noise)


def timm_names(state):
    """Transformers' SigLIP names → timm's, queries, keys and values in one matrix."""
    renames = {
        "embeddings.patch_embedding": "patch_embed.proj",
        "encoder.layers": "blocks",
        "self_attn.out_proj": "attn.proj",
        "layer_norm1": "norm1",
        "layer_norm2": "norm2",
        "post_layernorm": "norm",
    }
    out = {}
    for name, tensor in state.items():
        name = name.removeprefix("vision_model.")
        for theirs, ours in renames.items():
            name = name.replace(theirs, ours)
        out[name] = tensor
    out["pos_embed"] = out.pop("embeddings.position_embedding.weight")[None]
    for name in [name for name in out if "self_attn.q_proj" in name]:
        three = [out.pop(name.replace("q_proj", f"{letter}_proj")) for letter in "qkv"]
        out[name.replace("self_attn.q_proj", "attn.qkv")] = torch.cat(three)
    return out
