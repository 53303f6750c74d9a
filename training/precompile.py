"""Fill the compiler's cache on disk while a run is still busy with its first stage.

The decoder's graphs take over a minute to compile, and a run needs them only when text training begins. A
side process on the same GPU compiles them meanwhile; the run then finds them in the cache. It changes no
result: a cache that misses costs what it would have cost anyway.
"""

import os
import subprocess
import sys
from dataclasses import replace

import torch

from ..language.initialize import new_model
from .feed import read_tokenizer
from .loader import READ, BatchDataset, LoaderSpec, SyntheticSource
from .loop import compile_blocks
from .losses import batch_losses, prepare
from .stages import RECIPES, STAGES

PAGES = 8
GRIDS = ("tile", "half")  # two shapes, so that sizes are symbols in the graphs as they are in a run


def start(preset: str) -> subprocess.Popen[bytes]:
    """Launch the side process; nobody waits for it."""
    kept = {k: v for k, v in os.environ.items() if k not in ("RANK", "WORLD_SIZE", "LOCAL_RANK")}
    command = [sys.executable, "-m", "octavo.training.precompile", preset]
    return subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(preset: str) -> None:
    """One forward and backward step of each grid with random weights."""
    recipe = RECIPES[preset]
    model = new_model(recipe.preset, read_tokenizer()).to("cuda", torch.bfloat16).train()
    compile_blocks(model)
    stage = STAGES["tiles"]
    for name, bucket in zip(GRIDS, stage.buckets, strict=True):
        few = replace(bucket, batch_size=PAGES, tasks=((READ, 1.0),))
        spec = LoaderSpec(name, (few,), 1)
        batch = BatchDataset(spec, SyntheticSource(), read_tokenizer)[0]
        losses = batch_losses(model, prepare(model, batch.to("cuda"), stage, seed=0))
        losses.total(stage, recipe.balance_weight).backward()


if __name__ == "__main__":
    main(sys.argv[1])
