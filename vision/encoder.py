"""The ViT over tiles: timm's ``VisionTransformer``, whose parameter names DeepSeek-VL2 checkpoints share."""

from typing import Any

import torch
from timm.models.vision_transformer import Attention, Block, VisionTransformer
from torch import Tensor, nn

from ..kernels.attention import attention
from .config import EncoderConfig


class TileAttention(Attention):
    """timm's attention with our kernel in place of torch's; same parameters, same names."""

    def forward(self, x: Tensor, attn_mask: Tensor | None = None, is_causal: bool = False) -> Tensor:
        """x [N, T, width] → [N, T, width]. Tiles are seen whole: the mask arguments keep their defaults."""
        assert attn_mask is None and not is_causal, "a tile has no mask"
        qkv = self.qkv(x).unflatten(-1, (3, self.num_heads, self.head_dim))
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(attention(q, k, v).transpose(1, 2).flatten(2))


class TileBlock(Block):
    """timm's pre-norm block with :class:`TileAttention`."""

    def __init__(self, dim: int, num_heads: int, **options: Any) -> None:
        super().__init__(dim, num_heads, **options)
        self.attn = TileAttention(dim, num_heads, qkv_bias=options.get("qkv_bias", False))


def build_vit(config: EncoderConfig) -> VisionTransformer:
    """A plain pre-norm ViT: learned positions, no class token, no pooling, no head."""
    return VisionTransformer(
        img_size=config.image_size,
        patch_size=config.patch_size,
        embed_dim=config.width,
        depth=config.depth,
        num_heads=config.num_heads,
        mlp_ratio=(config.mlp_hidden + 0.5) / config.width,  # timm truncates: aim between two integers
        class_token=False,
        global_pool="",
        num_classes=0,
        act_layer=config.act,
        norm_layer="layernorm",
        block_fn=TileBlock,
    )


class VisionEncoder(nn.Module):
    """Tiles → patch features, normalised as SigLIP expects (mean = std = 0.5)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vit = build_vit(config)

    def forward(self, tiles: Tensor) -> Tensor:
        """uint8 (or float 0–255) tiles [N, 3, S, S] → [N, grid*grid, width]."""
        weight = self.vit.patch_embed.proj.weight
        pixels = tiles.to(weight.dtype if not torch.is_autocast_enabled(tiles.device.type) else torch.float32)
        return self.vit.forward_features(pixels / 127.5 - 1.0)
