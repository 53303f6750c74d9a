"""Patch features → language-model width: seam convolutions, 2×2 merge, MLP (VL2 ``downsample_mlp_gelu``)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import VisionConfig


class SeamBlock(nn.Module):
    """A residual 3×3 convolution over the stitched patch map [B, H, W, D], so that a character which a tile
    border cuts in two can be put together again. Starts as the identity (the last projection is zero)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.proj = nn.Linear(width, width)
        nn.init.zeros_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)

    def forward(self, grid: Tensor) -> Tensor:
        hidden = self.conv(self.norm(grid).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return grid + self.proj(F.gelu(hidden, approximate="tanh"))


class Projector(nn.Module):
    """[B, H, W, V] patch map → [B, ceil(H/2), ceil(W/2), D] cells."""

    def __init__(self, config: VisionConfig, hidden_size: int) -> None:
        super().__init__()
        self.downsample = config.projector.downsample
        width = config.encoder.width * self.downsample**2
        layers: list[nn.Module] = [nn.Linear(width, hidden_size)]
        for _ in range(config.projector.depth - 1):
            layers += [nn.GELU(), nn.Linear(hidden_size, hidden_size)]
        self.layers = nn.Sequential(*layers)
        self.row_embed: nn.Parameter | None = None
        self.col_embed: nn.Parameter | None = None
        if config.projector.max_cells:
            self.row_embed = nn.Parameter(torch.zeros(config.projector.max_cells, hidden_size))
            self.col_embed = nn.Parameter(torch.zeros(config.projector.max_cells, hidden_size))

    def forward(self, grid: Tensor) -> Tensor:
        d = self.downsample
        pad_h, pad_w = -grid.shape[1] % d, -grid.shape[2] % d
        grid = F.pad(grid, (0, 0, 0, pad_w, 0, pad_h))
        B, H, W, V = grid.shape
        # channel-major inside a cell, the order of F.unfold, which VL2's weights expect
        cells = (
            grid.view(B, H // d, d, W // d, d, V)
            .permute(0, 1, 3, 5, 2, 4)
            .reshape(B, H // d, W // d, V * d * d)
        )
        return self.layers(cells)

    def add_positions(self, cells: Tensor) -> Tensor:
        """Adds row and column embeddings to a local map [B, H, W, D]; the identity without them."""
        if self.row_embed is None or self.col_embed is None:
            return cells
        H, W = cells.shape[1:3]
        return cells + (self.row_embed[:H, None] + self.col_embed[None, :W]).to(cells.dtype)
