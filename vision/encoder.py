"""The ViT over tiles."""

import torch
from torch import Tensor, nn

from ..kernels.attention import Packing
from .blank import Chosen
from .config import EncoderConfig
from .vit import VisionTransformer


class VisionEncoder(nn.Module):
    """Tiles → patch features, normalised as SigLIP expects (mean = std = 0.5).

    ``blank``: what stands for the patches that are left out (see ``vision.blank``); None where all are seen.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vit = VisionTransformer(
            config.image_size, config.patch_size, config.width, config.depth,
            config.num_heads, config.mlp_hidden, config.act,
        )  # fmt: skip
        self.blank = nn.Parameter(torch.zeros(config.width)) if config.blank_span else None

    def forward(self, tiles: Tensor, looked: Chosen | None = None) -> Tensor:
        """uint8 (or float 0–255) tiles [N, 3, S, S] → [N, grid*grid, width].

        ``looked`` [N, grid*grid]: the patches to look at; None for all.
        """
        weight = self.vit.patch_embed.proj.weight
        pixels = tiles.to(weight.dtype if not torch.is_autocast_enabled(tiles.device.type) else torch.float32)
        pixels = pixels / 127.5 - 1.0
        return self.vit(pixels) if looked is None else self._look(pixels, looked)

    def _look(self, pixels: Tensor, looked: Chosen) -> Tensor:
        """The patches that are looked at, all tiles in one row; for the others stands ``blank``."""
        assert self.blank is not None, "for models that leave out patches"
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
