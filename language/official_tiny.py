"""A tiny checkpoint in the official DeepSeek-VL2 form: random weights, official names, two layers.

For tests and for trying things out where the real ones (7 to 55 GB) cannot be had:
``python -m octavo.language.official_tiny FOLDER --size small``. The structure is the real one (tiles of
27 × 27 patches, a dense layer and a MoE layer, the pooling head that the model does not use, several
shards); only the widths are small. The tokenizer is the shipped one.
"""

import argparse
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from timm.layers import AttentionPoolLatent
from torch import Tensor, nn

from .config import PRESETS, AttentionConfig, ModelConfig
from .initialize import initialize
from .official_export import save_official
from .official_tokenizer import OfficialTokenizer
from .vlm import VisionLanguageModel
from .weights import PRETRAINED, TOKENIZER

SIZES = {"tiny": "vl2-tiny", "small": "vl2-small", "base": "vl2"}
SHARD_BYTES = 700_000


def tiny_config(size: str, vocab_size: int = 4096) -> ModelConfig:
    """The preset of a size (``tiny``, ``small``, ``base``) with two layers and small widths."""
    preset = PRESETS[SIZES[size]]
    attention = AttentionConfig("mla", 4, None, 32, 16, 8, 16)
    if preset.language.attention.kind == "mha":
        attention = AttentionConfig("mha", 4, None, 0, 0, 16, 16)
    return replace(
        preset,
        name="deepseek-vl2",
        vision=replace(
            preset.vision,
            encoder=replace(preset.vision.encoder, width=48, depth=2, num_heads=4, mlp_hidden=179),
        ),
        language=replace(
            preset.language,
            vocab_size=vocab_size,
            hidden_size=64,
            num_layers=2,
            intermediate_size=96,
            attention=attention,
            moe=replace(
                preset.language.moe, num_routed=preset.language.moe.num_routed // 4, intermediate_size=32
            ),
        ),
    )


def tiny_model(size: str, seed: int = 0) -> VisionLanguageModel:
    """Random weights from a seed, float32; the selection bias of ``base`` is random too."""
    tokenizer = OfficialTokenizer.from_folder(PRETRAINED / "nano", TOKENIZER)
    torch.manual_seed(seed)
    model = VisionLanguageModel(tiny_config(size, -(-len(tokenizer) // 64) * 64), tokenizer)
    initialize(model, seed)
    for name, buffer in model.named_buffers():
        if name.endswith("router.bias"):
            buffer.normal_(std=0.1)
    return model.eval().requires_grad_(False)


def pooling_head(config: ModelConfig) -> dict[str, Tensor]:
    """``vision.attn_pool.*``: stored in every official checkpoint, used by none."""
    encoder = config.vision.encoder
    head = AttentionPoolLatent(
        encoder.width,
        num_heads=encoder.num_heads,
        mlp_ratio=(encoder.mlp_hidden + 0.5) / encoder.width,  # rounded down there
        norm_layer=nn.LayerNorm,
    )
    return {f"vision.attn_pool.{name}": tensor for name, tensor in head.state_dict().items()}


def write_tiny(
    folder: Path, size: str = "small", *, seed: int = 0, dtype: torch.dtype = torch.bfloat16
) -> VisionLanguageModel:
    """Write the checkpoint; returns the model whose weights it holds, in ``dtype``."""
    model = tiny_model(size, seed).to(dtype)
    extra = {name: tensor.to(dtype) for name, tensor in pooling_head(model.config).items()}
    save_official(model.state_dict(), model.config, folder, extra=extra, max_shard_bytes=SHARD_BYTES)
    shutil.copy(PRETRAINED / "nano" / TOKENIZER, folder / TOKENIZER)
    return model


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write a tiny checkpoint in the official DeepSeek-VL2 form.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    model = write_tiny(options.folder, options.size, seed=options.seed)
    total = sum(weight.numel() for weight in model.parameters())
    print(f"{options.folder}: deepseek-vl2 {options.size} in miniature, {total:,} parameters")


if __name__ == "__main__":
    main()
