"""The ViT over tiles: timm's ``VisionTransformer``, whose parameter names DeepSeek-VL2 checkpoints share."""

from typing import Any

import torch
from timm.models.vision_transformer import Attention, Block, VisionTransformer
from torch import Tensor, nn

from ..kernels.attention import attention
from .blank import PATCH_STEP, groups, look_order
from .config import EncoderConfig

# In training few groups of tiles keep the GPU busy; and compiled layers take a lone tile for something new.
GROUP_STEP, GROUP_TILES = 96, 2


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
    """Tiles → patch features, normalised as SigLIP expects (mean = std = 0.5).

    ``blank``: what stands for the patches that are left out (see ``vision.blank``); None where all are seen.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vit = build_vit(config)
        self.blank = nn.Parameter(torch.zeros(config.width)) if config.blank_span else None

    def forward(self, tiles: Tensor, *, skip_blank: bool = False) -> Tensor:
        """uint8 (or float 0–255) tiles [N, 3, S, S] → [N, grid*grid, width].

        ``skip_blank``: leave out blank patches, if the model has learnt to.
        """
        weight = self.vit.patch_embed.proj.weight
        pixels = tiles.to(weight.dtype if not torch.is_autocast_enabled(tiles.device.type) else torch.float32)
        pixels = pixels / 127.5 - 1.0
        if self.blank is None or not skip_blank:
            return self.vit.forward_features(pixels)
        return self._look(pixels, *look_order(tiles, self.config.patch_size, self.config.blank_span))

    def _look(self, pixels: Tensor, order: Tensor, counts: Tensor) -> Tensor:
        """The first ``counts`` [N] patches of ``order`` [N, T]; for the others stands ``blank``."""
        assert self.blank is not None and self.vit.pos_embed is not None, "for models that leave out patches"
        N, T = order.shape
        patches = (self.vit.patch_embed(pixels) + self.vit.pos_embed).flatten(0, 1)
        rows = order + torch.arange(N, device=order.device)[:, None] * T
        step, least = (GROUP_STEP, GROUP_TILES) if self.training else (PATCH_STEP, 1)
        where, features = [], []
        for size, tiles in groups(counts.tolist(), T, step, least):
            index = rows[tiles, :size].flatten()
            part = self.vit.blocks(patches.index_select(0, index).unflatten(0, (-1, size)))
            where.append(index)
            features.append(self.vit.norm(part).flatten(0, 1))
        found = torch.cat(features)
        everywhere = self.blank.to(found.dtype).expand(N * T, -1)
        return everywhere.index_copy(0, torch.cat(where), found).unflatten(0, (N, T))
