"""Weights that see every patch, or are told of every cell, become weights that leave out blank ones.

``python -m octavo.training.blank IN OUT --assets …``. What stands for a patch that is left out starts as the
mean of what the encoder made of such patches while it saw them. Training from there learns the rest; without
any, one character in thirty of a receipt is named differently. Weights that leave out patches already
are only told to leave out cells as well, which without training costs a field in a hundred.
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from ..language.config import ModelConfig
from ..language.vlm import VisionLanguageModel
from ..language.weights import save_pretrained
from ..vision.blank import looked_at, printed_patches
from .degrade import degrade, to_tiles
from .feed import Feed, Sources, read_tokenizer
from .loader import Batch, SyntheticSource
from .stages import RECIPES, scaled

SPAN, BATCHES = 16, 40


@torch.no_grad()
def mean_blank(model: VisionLanguageModel, tiles: Iterable[Tensor], span: float) -> Tensor:
    """The mean [width] of the features of all patches that would be left out.

    ``tiles``: [N, 3, S, S] of one page after another.
    Raises ``ValueError`` when no patch is blank.
    """
    config = model.config.vision.encoder
    total, number = torch.zeros(config.width, dtype=torch.float64), 0
    for some in tiles:
        features = model.vision.encoder(some).double()
        left_out = ~looked_at(printed_patches(some, config.patch_size, span)).mask
        total += features[left_out].sum(0)
        number += int(left_out.sum())
    if not number:
        raise ValueError("none of these pages has a blank patch: there is no mean to take")
    return (total / number).float()


def that_skips(model: VisionLanguageModel, blank: Tensor, span: int) -> VisionLanguageModel:
    """The same weights with ``blank`` [width] in place of patches that span fewer than ``span`` levels.

    Cells of nothing else are left out too.
    """
    data = model.config
    encoder = replace(data.vision.encoder, blank_span=span)
    projector = replace(data.vision.projector, leave_out_blank=True)
    vision = replace(data.vision, encoder=encoder, projector=projector)
    config: ModelConfig = replace(data, vision=vision)
    new = VisionLanguageModel(config, model.tokenizer)
    new.load_state_dict(model.state_dict() | {"vision.encoder.blank": blank})
    return new


def _tiles(batch: Batch, number: int) -> Tensor:
    rgb = degrade(batch.canvas, batch.content, batch.theta, number, 1.0)
    return to_tiles(rgb, batch.rows, batch.cols, batch.content).flatten(0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.blank", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--assets", help="fonts and texts (octavo.training.assets)")
    parser.add_argument("--real", help="folder of real pages (octavo.training.real)")
    parser.add_argument("--batches", type=int, default=BATCHES)
    args = parser.parse_args()
    model = VisionLanguageModel.from_pretrained(args.weights, dtype=torch.float32)
    span = model.config.vision.encoder.blank_span
    if span and model.vision.encoder.blank is not None:
        save_pretrained(that_skips(model, model.vision.encoder.blank, int(span)), args.out)
        return
    recipe = scaled(RECIPES["nano-more"], 0.05)
    buckets = tuple(b for b in recipe.stages[-1].buckets if b.rows * b.cols > 1)
    stage = replace(recipe.stages[-1], buckets=buckets)
    sources = Sources(SyntheticSource(args.assets, args.real), read_tokenizer)
    feed = Feed(recipe, [stage], sources, workers=0)
    blank = mean_blank(model, (_tiles(feed.next(0), i) for i in range(args.batches)), SPAN)
    save_pretrained(that_skips(model, blank, SPAN), args.out)


if __name__ == "__main__":
    main()
