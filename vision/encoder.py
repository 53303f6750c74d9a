"""The ViT over tiles: timm's ``VisionTransformer``, whose parameter names DeepSeek-VL2 checkpoints share."""

from typing import Any

import torch
from timm.models.vision_transformer import Attention, Block, VisionTransformer
from torch import Tensor, nn

from ..kernels.attention import Packing, attention
from .blank import Chosen
from .config import EncoderConfig


class TileAttention(Attention):
    """timm's attention with our kernel in place of torch's; same parameters, same names."""

    def forward(self, x: Tensor, packing: Packing | None = None) -> Tensor:  # type: ignore[override]
        """x [N, T, width] → [N, T, width]; with a ``packing`` [1, T, width], a tile behind the other."""
        qkv = self.qkv(x).unflatten(-1, (3, self.num_heads, self.head_dim))
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(attention(q, k, v, packing=packing).transpose(1, 2).flatten(2))


class TileBlock(Block):
    """timm's pre-norm block with :class:`TileAttention`."""

    def __init__(self, dim: int, num_heads: int, **options: Any) -> None:
        super().__init__(dim, num_heads, **options)
        self.attn = TileAttention(dim, num_heads, qkv_bias=options.get("qkv_bias", False))

    def forward(self, x: Tensor, packing: Packing | None = None) -> Tensor:  # type: ignore[override]
        """See :class:`TileAttention`; timm's masks, dropped paths and layer scales have no part here."""
        x = x + self.attn(self.norm1(x), packing)
        return x + self.mlp(self.norm2(x))


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
    """Tiles → patch features, normalised as SigLIP expects (mean = std = 0.5).

    ``blank``: what stands for the patches that are left out (see ``vision.blank``); None where all are seen.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vit = build_vit(config)
        self.blank = nn.Parameter(torch.zeros(config.width)) if config.blank_span else None

    def forward(self, tiles: Tensor, looked: Chosen | None = None) -> Tensor:
        """uint8 (or float 0–255) tiles [N, 3, S, S] → [N, grid*grid, width].

        ``looked`` [N, grid*grid]: the patches to look at; None for all.
        """
        weight = self.vit.patch_embed.proj.weight
        pixels = tiles.to(weight.dtype if not torch.is_autocast_enabled(tiles.device.type) else torch.float32)
        pixels = pixels / 127.5 - 1.0
        return self.vit.forward_features(pixels) if looked is None else self._look(pixels, looked)

    def _look(self, pixels: Tensor, looked: Chosen) -> Tensor:
        """The patches that are looked at, all tiles in one row; for the others stands ``blank``."""
        assert self.blank is not None and self.vit.pos_embed is not None, "for models that leave out patches"
        N, T = looked.mask.shape
        index = looked.index()
        packing = Packing.of(looked.mask.sum(1), len(index), T)
        patches = (self.vit.patch_embed(pixels) + self.vit.pos_embed).flatten(0, 1)
        found = patches.index_select(0, index).unsqueeze(0)
        for block in self.vit.blocks:
            found = block(found, packing)
        found = self.vit.norm(found).squeeze(0)
        everywhere = self.blank.to(found.dtype).expand(N * T, -1)
        return everywhere.index_copy(0, index, found).unflatten(0, (N, T))
