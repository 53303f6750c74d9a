"""The parts of DeepSeek-VL2 at their real widths against other people's implementations, once.

    python benchmarks/official_parts.py [--only vit small base] [--json benchmarks/official_parts.json]

``tests/language/test_official_parity.py`` does the same with small widths in every test run. Here the ViT has
all 27 layers of so400m, and the language models have the real widths, experts and routing of small and base,
cut to a dense layer and mixture layers; their vocabulary is cut to 8192, which changes two matrices and no
arithmetic. Same weights, float32, CPU. Transformers writes the language models' files itself.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import timm
import torch
import transformers
from torch import Tensor, nn

from octavo.language.config import PRESETS, LanguageConfig
from octavo.language.official import load_language_model
from octavo.vision.encoder import VisionEncoder

BAR, POSITIONS, VOCABULARY = 1e-4, 256, 8192


@dataclass(frozen=True)
class Part:
    """The largest difference of one part, the spread of the values, and how often the argmax is the same."""

    part: str
    against: str
    layers: int
    parameters: int
    difference: float
    std: float
    same_argmax: float

    @property
    def passed(self) -> bool:
        return self.difference <= BAR and self.same_argmax == 1.0


def part(name: str, against: str, layers: int, model: nn.Module, ours: Tensor, theirs: Tensor) -> Part:
    """Compare two outputs [..., D]."""
    count = sum(weight.numel() for weight in model.parameters())
    same = (ours.argmax(-1) == theirs.argmax(-1)).float().mean().item()
    return Part(name, against, layers, count, (ours - theirs).abs().max().item(), theirs.std().item(), same)


@torch.no_grad()
def randomize(model: nn.Module) -> nn.Module:
    """Matrices with 1/sqrt(fan-in): activations of order one at any depth; biases that change the choice."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in model.state_dict().items():
        if tensor.ndim >= 2 and "pos" not in name:
            tensor.normal_(std=tensor[0].numel() ** -0.5 if tensor.ndim != 3 else tensor.shape[-1] ** -0.5)
        elif name.endswith("e_score_correction_bias"):
            tensor.normal_(mean=-2.0, std=0.3, generator=generator)
        elif tensor.is_floating_point():
            tensor.normal_(
                mean=float("norm" in name and name.endswith("weight")), std=0.2, generator=generator
            )
    return model.eval().requires_grad_(False)


def vit() -> Iterator[Part]:
    """All of so400m on one tile."""
    torch.manual_seed(0)
    config = PRESETS["vl2-small"].vision.encoder
    pixels = torch.randint(256, (1, 3, 384, 384), dtype=torch.uint8)
    ours = VisionEncoder(config).eval()
    theirs = randomize(timm.create_model("vit_so400m_patch14_siglip_384", act_layer="gelu_tanh"))
    state = {
        name: tensor for name, tensor in theirs.state_dict().items() if not name.startswith("attn_pool.")
    }
    ours.vit.load_state_dict(state)
    with torch.inference_mode():
        mine = ours(pixels)
        yield part(
            "ViT so400m", "timm", config.depth, ours, mine, theirs.forward_features(pixels / 127.5 - 1)
        )
        other = siglip(state, config.depth)
        features = other(pixels / 127.5 - 1).last_hidden_state
        yield part("ViT so400m", "transformers SigLIP", config.depth, ours, mine, features)


def siglip(state: dict[str, Tensor], depth: int) -> nn.Module:
    """Transformers' SigLIP with timm's weights."""
    config = transformers.SiglipVisionConfig(
        hidden_size=1152,
        intermediate_size=4304,
        num_hidden_layers=depth,
        num_attention_heads=16,
        image_size=384,
        patch_size=14,
        vision_use_head=False,
    )
    model = transformers.SiglipVisionModel(config).eval()
    renames = {
        "embeddings.patch_embedding": "patch_embed.proj",
        "encoder.layers": "blocks",
        "self_attn.out_proj": "attn.proj",
        "layer_norm1": "norm1",
        "layer_norm2": "norm2",
        "post_layernorm": "norm",
    }
    filled = {}
    for name, tensor in model.state_dict().items():
        timms = name.removeprefix("vision_model.")
        for theirs, ours in renames.items():
            timms = timms.replace(theirs, ours)
        for place, letter in enumerate("qkv"):
            if f"self_attn.{letter}_proj" in timms:
                whole = state[timms.replace(f"self_attn.{letter}_proj", "attn.qkv")]
                filled[name] = whole.chunk(3)[place]
        if "position_embedding" in name:
            filled[name] = state["pos_embed"][0] if tensor.is_floating_point() else tensor
        filled.setdefault(name, state.get(timms, tensor))
    model.load_state_dict(filled)
    return model


def language(preset: str, layers: int) -> Part:
    """A language model that Transformers has, from the files that it writes."""
    config: LanguageConfig = PRESETS[preset].language
    a, m = config.attention, config.moe
    shape = dict(
        vocab_size=VOCABULARY,
        hidden_size=config.hidden_size,
        intermediate_size=config.intermediate_size,
        moe_intermediate_size=m.intermediate_size,
        num_hidden_layers=layers,
        num_attention_heads=a.num_heads,
        num_key_value_heads=a.num_heads,
        q_lora_rank=a.q_lora_rank,
        kv_lora_rank=a.kv_lora_rank,
        qk_nope_head_dim=a.qk_nope_head_dim,
        qk_rope_head_dim=a.qk_rope_head_dim,
        v_head_dim=a.v_head_dim,
        n_routed_experts=m.num_routed,
        n_shared_experts=m.num_shared,
        num_experts_per_tok=m.top_k,
        first_k_dense_replace=m.first_dense,
        n_group=1,
        topk_group=1,
        norm_topk_prob=m.norm_top_k,
        routed_scaling_factor=m.scale,
        max_position_embeddings=config.max_positions,
        attn_implementation="eager",
    )
    torch.manual_seed(0)
    if m.selection == "noaux_tc":
        kind, theirs = "V3", transformers.DeepseekV3ForCausalLM(transformers.DeepseekV3Config(**shape))
    else:
        made = transformers.DeepseekV2Config(**shape, topk_method=m.selection)
        kind, theirs = "V2", transformers.DeepseekV2ForCausalLM(made)
    randomize(theirs)
    ids = torch.randint(VOCABULARY, (1, POSITIONS))
    with torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        expected = theirs(ids).logits
        theirs.save_pretrained(folder)
        del theirs
        gc.collect()
        ours = load_language_model(folder)
    with torch.inference_mode():
        found = ours.logits(ours(ours.embed_tokens(ids)).states)
    return part(f"{preset} language model", f"Deepseek{kind}ForCausalLM", layers, ours, found, expected)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", default=["vit", "small", "base"], choices=["vit", "small", "base"]
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: list[Part] = []
    for name in options.only:
        started = time.perf_counter()
        if name == "vit":
            found += vit()
        else:
            found.append(language("vl2-small", 3) if name == "small" else language("vl2", 2))
        gc.collect()
        print(f"{name}: {time.perf_counter() - started:.0f} s")
    for row in found:
        print(
            f"{row.part:<26}{row.against:<24}{row.layers:>3} layers {row.parameters / 1e6:>8.1f} M  "
            f"max |difference| {row.difference:.1e} at std {row.std:.2f}, argmax {row.same_argmax:.2%}"
        )
    if options.json:
        record = {"bar": BAR, "torch": torch.__version__, "transformers": transformers.__version__}
        options.json.write_text(
            json.dumps(record | {"rows": [asdict(row) for row in found]}, indent=1) + "\n"
        )
    raise SystemExit(0 if all(row.passed for row in found) else 1)


if __name__ == "__main__":
    main()
