"""The ViT over tiles: timm's ``VisionTransformer``, whose parameter names DeepSeek-VL2 checkpoints share."""

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from .config import EncoderConfig


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
