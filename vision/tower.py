"""Tiles → visual tokens and glyph logits: the whole vision side of the model as one module."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .blank import Glance, looked_at, printed_patches
from .config import VisionConfig
from .encoder import VisionEncoder
from .glyphs import GlyphHead
from .layout import arrange, canvas_of, kept_cells, num_visual_tokens, stitch
from .projector import Projector, SeamBlock
from .tiling import TilePlan


@dataclass(frozen=True)
class VisualTokens:
    """What the tower makes of one plan's tiles.

    ``tokens`` [B, N, D]; ``patches`` [B, rows*grid, cols*grid, V]: the stitched features that the glyph head
    reads.
    """

    tokens: Tensor
    patches: Tensor


def skips_blank(plan: TilePlan) -> bool:
    """Whether blank patches of this picture are left out, by models that can.

    A single tile is seen whole: it is quick as it is, and on a photo an even patch may be all of a colour.
    """
    return plan.num_tiles > 1


class VisionTower(nn.Module):
    """``VisionEncoder`` → seams → ``Projector`` → 2-D layout, for images that share one plan's grid."""

    def __init__(self, config: VisionConfig, hidden_size: int) -> None:
        super().__init__()
        self.config = config
        self.encoder = VisionEncoder(config.encoder)
        self.seams = nn.ModuleList(
            SeamBlock(config.encoder.width) for _ in range(config.projector.seam_depth)
        )
        self.projector = Projector(config, hidden_size)
        self.newline, self.separator = (nn.Parameter(torch.empty(hidden_size)) for _ in range(2))
        for weight in (self.newline, self.separator):
            nn.init.normal_(weight, std=hidden_size**-0.5)
        self.glyph_head = GlyphHead(config.encoder.width) if config.glyph_head else None

    def glance(self, tiles: Tensor, plan: TilePlan) -> Glance | None:
        """What of uint8 tiles [B, num_tiles, 3, S, S] is worth looking at; None where all of it is seen."""
        encoder, projector = self.config.encoder, self.config.projector
        if not encoder.blank_span or not skips_blank(plan):
            return None
        printed = printed_patches(tiles.flatten(0, 1), encoder.patch_size, encoder.blank_span)
        cells = None
        if projector.leave_out_blank:
            maps = printed.unflatten(0, tiles.shape[:2]).unflatten(2, (encoder.grid, encoder.grid))
            cells = kept_cells(maps, plan, projector.downsample)
        return Glance(looked_at(printed), cells)

    def looked_map(self, glance: Glance, plan: TilePlan) -> Tensor:
        """Where on its canvas the first picture is looked at, bool [rows*grid, cols*grid]."""
        grid = self.config.encoder.grid
        mask = glance.patches.mask[: plan.num_tiles].unflatten(1, (grid, grid))
        return canvas_of(mask, plan)

    def forward(self, tiles: Tensor, plan: TilePlan, glance: Glance | None = None) -> VisualTokens:
        """uint8 tiles [B, num_tiles, 3, S, S] of B images with the same grid → tokens and patch map.

        ``glance``: what :meth:`glance` said of them; None to see all.
        """
        features = self.encoder(tiles.flatten(0, 1), None if glance is None else glance.patches)
        features = features.unflatten(0, (tiles.shape[0], -1))
        return self.join(features, plan, self._seam)

    def join(self, features: Tensor, plan: TilePlan, seam: Callable[[Tensor], Tensor]) -> VisualTokens:
        """Tile features [B, num_tiles, g*g, V] → tokens and patch map.

        ``seam``: what runs the seams over a patch map [B, H, W, V].
        """
        grid = self.config.encoder.grid
        features = features.unflatten(2, (grid, grid))
        first = int(plan.global_view)
        whole = local = None
        patches = features[:, 0]
        if plan.global_view:
            whole = self.projector(seam(features[:, 0]))
        if plan.local_views:
            patches = seam(stitch(features[:, first:], plan.rows, plan.cols))
            local = self._merge_local(patches, plan)
        tokens = arrange(whole, local, self.newline, self.separator)
        assert tokens.shape[1] == num_visual_tokens(plan, self.config.cells), "visual-token count is off"
        return VisualTokens(tokens, patches)

    def _merge_local(self, patches: Tensor, plan: TilePlan) -> Tensor:
        """Merge the local view; tiles merge one by one where the patch grid is odd.

        An odd grid (VL2: 27) is padded per tile before the merge.
        """
        if self.config.encoder.grid % self.config.projector.downsample == 0:
            return self.projector.add_positions(self.projector(patches))
        grid, B = self.config.encoder.grid, patches.shape[0]
        tiles = patches.unflatten(2, (plan.cols, grid)).unflatten(1, (plan.rows, grid))
        tiles = tiles.transpose(2, 3).flatten(0, 2)  # [B*r*c, g, g, V]
        cells = self.projector(tiles).unflatten(0, (B, plan.rows * plan.cols))
        return self.projector.add_positions(stitch(cells, plan.rows, plan.cols))

    def _seam(self, grid: Tensor) -> Tensor:
        for block in self.seams:
            grid = block(grid)
        return grid
