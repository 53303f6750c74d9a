"""Our weights in the official form of DeepSeek checkpoints: the way back of ``official`` and its rules."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from .config import LanguageConfig, ModelConfig
from .official import INDEX
from .official_config import CONFIG, VISION_LANGUAGE
from .official_rules import plan


def to_official(
    state: Mapping[str, Tensor], config: ModelConfig | LanguageConfig, names: set[str] | None = None
) -> dict[str, Tensor]:
    """Our state dict under official names, bit for bit; ``names`` asks for some of them only.

    ``config`` says which kind of model it is: a ``LanguageConfig`` is text-only. Tensors are views of
    ``state`` where that is possible. Raises ``ValueError`` listing tensors without an official name.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    out = {}
    for name, piece in plan(shapes, text_only=isinstance(config, LanguageConfig)).items():
        if names is not None and name not in names:
            continue
        if len(piece.parts) == 1 and not piece.parts[0].take:
            out[name] = piece.parts[0].of_ours(state)
            continue
        first = piece.parts[0].of_ours(state)
        whole = torch.empty(piece.shape, dtype=first.dtype, device=first.device)
        for part in piece.parts:
            part.of_official(whole).copy_(part.of_ours(state))
        out[name] = whole
    return out


def save_official(
    state: Mapping[str, Tensor],
    config: ModelConfig | LanguageConfig,
    folder: Path,
    *,
    extra: Mapping[str, Tensor] | None = None,
    max_shard_bytes: int = 8 * 10**9,
) -> None:
    """Write ``config.json``, the shards and their index. The tokenizer is not written.

    ``extra``: official tensors that our model does not have, stored as they are. Raises ``ValueError`` where
    a tensor has no official name.
    """
    extra = extra or {}
    shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
    pieces = plan(shapes, text_only=isinstance(config, LanguageConfig))
    shards: list[list[str]] = [[]]
    filled = 0
    for name in (*pieces, *extra):
        tensors = [part.of_ours(state) for part in pieces[name].parts] if name in pieces else [extra[name]]
        size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        if shards[-1] and filled + size > max_shard_bytes:
            shards.append([])
            filled = 0
        shards[-1].append(name)
        filled += size
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(json.dumps(write_official(config), indent=2) + "\n", "utf-8")
    weight_map = {}
    for number, names in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):06}.safetensors"
        shard = to_official(state, config, set(names))
        shard |= {name: extra[name] for name in names if name in extra}
        # cloned: the file format wants every tensor to own its memory
        shard = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in shard.items()}
        save_file(shard, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(names, file)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def write_official(config: ModelConfig | LanguageConfig) -> dict[str, Any]:
    """The official ``config.json`` of a configuration, all keys written out: ``official_config`` reads it."""
    if isinstance(config, LanguageConfig):
        kind = "deepseek_v3" if config.moe.selection == "noaux_tc" else "deepseek_v2"
        return {"model_type": kind} | _write_language(config)
    encoder, projector, tiling = config.vision.encoder, config.vision.projector, config.vision.tiling
    tiles, size = range(1, tiling.max_tiles + 1), tiling.tile_size
    return {
        "model_type": VISION_LANGUAGE,
        "tile_tag": "2D",
        "global_view_pos": "head",
        "candidate_resolutions": [[a * size, b * size] for a in tiles for b in tiles if a * b in tiles],
        "language_config": {"model_type": "deepseek_v2"} | _write_language(config.language),
        "projector_config": {
            "model_type": "mlp_projector",
            "input_dim": encoder.width,
            "n_embed": config.language.hidden_size,
            "depth": projector.depth,
            "downsample_ratio": projector.downsample,
        },
        "vision_config": {
            "model_type": "vision",
            "image_size": encoder.image_size,
            "patch_size": encoder.patch_size,
            "width": encoder.width,
            "layers": encoder.depth,
            "heads": encoder.num_heads,
            "mlp_ratio": (encoder.mlp_hidden + 0.5) / encoder.width,  # read back by rounding down
        },
    }


def _write_language(config: LanguageConfig) -> dict[str, Any]:
    attention, moe, mla = config.attention, config.moe, config.attention.kind == "mla"
    yarn = attention.yarn
    scaling = {
        "type": "yarn",
        "factor": yarn.factor,
        "original_max_position_embeddings": yarn.original_positions,
        "beta_fast": yarn.beta_fast,
        "beta_slow": yarn.beta_slow,
        "mscale": yarn.mscale,
        "mscale_all_dim": yarn.mscale_all_dim,
    }
    return {
        "vocab_size": config.vocab_size,
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.num_layers,
        "intermediate_size": config.intermediate_size,
        "num_attention_heads": attention.num_heads,
        "num_key_value_heads": attention.num_heads,
        "use_mla": mla,
        "q_lora_rank": attention.q_lora_rank,
        "kv_lora_rank": attention.kv_lora_rank if mla else None,
        "qk_nope_head_dim": attention.qk_nope_head_dim if mla else 0,
        "qk_rope_head_dim": attention.qk_rope_head_dim if mla else 0,
        "v_head_dim": attention.v_head_dim if mla else 0,
        "rope_theta": attention.rope_theta,
        "rope_scaling": scaling if yarn.factor > 1 else None,
        "n_routed_experts": moe.num_routed or None,
        "n_shared_experts": moe.num_shared or None,
        "num_experts_per_tok": moe.top_k,
        "moe_intermediate_size": moe.intermediate_size,
        "first_k_dense_replace": moe.first_dense,
        "n_group": moe.num_groups,
        "topk_group": moe.top_k_groups,
        "scoring_func": moe.scoring,
        "topk_method": moe.selection,
        "norm_topk_prob": moe.norm_top_k,
        "routed_scaling_factor": moe.scale,
        "rms_norm_eps": config.rms_eps,
        "max_position_embeddings": config.max_positions,
        "tie_word_embeddings": config.tie_embeddings,
    }
