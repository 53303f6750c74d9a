"""What a batch costs: next-token loss, glyph loss, router balance."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..language.vlm import Layout, VisionLanguageModel
from ..vision.glyphs import BLANK, NUM_GLYPHS
from ..vision.tiling import TilePlan
from .degrade import degrade, to_tiles
from .loader import Batch
from .stages import Stage

BLANK_WEIGHT = 0.1  # nine patches in ten hold nothing: they must not drown the letters
GLYPH_SHARE_ALONE, GLYPH_SHARE_BESIDE_TEXT = 0.5, 0.25  # of the patches whose glyphs are asked for
MIN_PATCHES = 256


@dataclass(frozen=True)
class Losses:
    """Scalars on the model's device; ``loads`` [layers, experts] or None when no text was run."""

    text: Tensor
    glyph: Tensor
    balance: Tensor
    loads: Tensor | None

    def total(self, stage: Stage, balance_weight: float) -> Tensor:
        """What is differentiated."""
        return stage.text_weight * self.text + stage.glyph_weight * self.glyph + balance_weight * self.balance


@dataclass(frozen=True)
class Prepared:
    """A batch that is degraded and cut: tiles [B, n, 3, S, S]; ``patches``: whose glyphs are asked for."""

    batch: Batch
    stage: Stage
    tiles: Tensor
    plan: TilePlan
    ids: Tensor | None
    patches: Tensor
    layout: Layout


def prepare(model: VisionLanguageModel, batch: Batch, stage: Stage, seed: int) -> Prepared:
    """Degrade, cut, and see what is worth looking at; the batch is on the model's device.

    ``seed`` decides degradations and patches. Done a step ahead, nothing later has to wait for the device.
    """
    height, width = batch.canvas.shape[1:3]
    if batch.is_rgb:
        tiles = batch.canvas.permute(0, 3, 1, 2).unsqueeze(1).contiguous()  # [B, 1, 3, S, S]
    else:
        rgb = degrade(batch.canvas, batch.content, batch.theta, seed, stage.strength)
        tiles = to_tiles(rgb, batch.rows, batch.cols, batch.content)
    size, is_single = model.config.vision.tiling.tile_size, batch.rows * batch.cols == 1
    plan = TilePlan(batch.rows, batch.cols, size, (0, 0, width, height), global_view=not is_single)
    has_text = stage.text_weight > 0
    ids = batch.ids.long() if has_text else None
    share = GLYPH_SHARE_BESIDE_TEXT if has_text else GLYPH_SHARE_ALONE
    patches = _some_patches(batch.glyphs.flatten(1, 2).shape[1], share, seed)
    patches = patches.to(model.device, non_blocking=True)
    return Prepared(batch, stage, tiles, plan, ids, patches, model.lay_out(tiles, plan, ids))


def batch_losses(model: VisionLanguageModel, prepared: Prepared) -> Losses:
    """Run it. Photos have no glyph loss: a mean over no labels is not a number."""
    batch, patches = prepared.batch, prepared.patches
    wanted_index = None if batch.is_rgb else patches
    out = model(prepared.tiles, prepared.plan, prepared.ids, wanted_index, prepared.layout)
    text = glyph = out.balance_loss.new_zeros(())
    if out.logits is not None and out.text is not None:
        labels = batch.labels.flatten().index_select(0, out.text)
        text = F.cross_entropy(out.logits.float(), labels.long())
    if out.glyph_logits is not None:
        weight = torch.ones(NUM_GLYPHS, device=model.device)
        weight[BLANK] = BLANK_WEIGHT
        wanted = batch.glyphs.flatten(1, 2)[:, patches].flatten().long()
        glyph = F.cross_entropy(out.glyph_logits.flatten(0, 2).float(), wanted, weight)
    return Losses(text, glyph, out.balance_loss, out.loads)


def _some_patches(total: int, share: float, seed: int) -> Tensor:
    """Random patch indices, the same for all pages of the batch."""
    order = torch.randperm(total, generator=torch.Generator().manual_seed(seed))
    return order[: max(MIN_PATCHES, int(total * share))]
