"""``python -m octavo.training --preset debug --stage all``: train a reader.

One process a GPU: ``torchrun --nproc-per-node 2 -m octavo.training --assets assets --minutes 22 --compile``;
docs/training.md says how a whole run goes.
"""

import argparse
import os
import time
import traceback
from pathlib import Path

import torch
import torch.distributed as dist

from ..language.initialize import new_model
from ..language.vlm import VisionLanguageModel
from ..language.weights import save_pretrained
from . import gptq, precompile
from .feed import Sources, read_tokenizer
from .loader import SyntheticSource
from .loop import Run, train
from .score import add_boards, score_boards
from .scoreboard import load_jobs, score
from .snapshot import write_snapshot
from .stages import RECIPES, Recipe, scaled

QUICK = {"tile": 64, "page": 8, "ask": 12}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m octavo.training", description=__doc__)
    parser.add_argument("--preset", default="nano", choices=sorted(RECIPES))
    parser.add_argument("--stage", default="all", help="glyphs, tiles, pages, tasks (comma-separated) or all")
    parser.add_argument("--assets", help="fonts and texts (octavo.training.assets); built-in ones without it")
    parser.add_argument("--real", help="folder of real pages (octavo.training.real); none without it")
    parser.add_argument("--photos", help="folder of product photos (octavo.training.photos)")
    parser.add_argument("--out", type=Path, default=Path("runs/latest"))
    parser.add_argument("--init", help="start from these weights: a name or a folder")
    parser.add_argument("--minutes", type=float, help="schedule by the clock instead of by steps")
    parser.add_argument("--workers", type=int, default=0, help="page-making processes per rank")
    add_boards(parser)
    parser.add_argument("--snapshot", type=Path, help="folder for the weights in pieces, from early on")
    parser.add_argument("--checkpoint-minutes", type=float, default=2.0)
    parser.add_argument("--score-minutes", type=float, default=8.0, help="time between scores while training")
    parser.add_argument("--batch-scale", type=float, default=1.0, help="times the recipe's pages a batch")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args()


def main() -> None:
    args = parse()
    rank, world_size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
    if world_size > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    recipe = scaled(RECIPES[args.preset], args.batch_scale)
    if args.init:
        model = VisionLanguageModel.from_pretrained(args.init, dtype=torch.float32).requires_grad_(True)
    else:
        model = new_model(recipe.preset, read_tokenizer(), recipe.seed)
    # on a GPU everything runs in bfloat16; the optimiser keeps float32 masters
    model = model.to(device, torch.bfloat16 if device.type == "cuda" else torch.float32)
    run = Run(
        args.out,
        Sources(SyntheticSource(args.assets, args.real, args.photos), read_tokenizer),
        stages=() if args.stage == "all" else tuple(args.stage.split(",")),
        minutes=args.minutes,
        workers=args.workers,
        checkpoint_minutes=args.checkpoint_minutes,
        compile=args.compile,
        rank=rank,
        world_size=world_size,
    )
    if args.compile and rank == 0 and device.type == "cuda":
        precompile.start(args.preset)
    run.on_checkpoint = Checkpoint(run, recipe.preset, args)
    try:
        train(model, recipe, run)
    except Exception:
        run.write({"failed": traceback.format_exc(), "rank": rank})  # beside the weights, wherever they go
        raise
    if rank == 0:
        finish(model, recipe, run, args)
    if world_size > 1:
        dist.destroy_process_group()


class Checkpoint:
    """Every few minutes: weights in pieces, and now and then a quick score."""

    def __init__(self, run: Run, preset: str, args: argparse.Namespace) -> None:
        self.run, self.preset, self.args, self.scored = run, preset, args, time.time()

    def __call__(self, model: VisionLanguageModel, step: int) -> None:
        if self.args.snapshot:
            write_snapshot(model, self.run.out / self.preset, self.args.snapshot, note={"step": step})
        if self.args.heldout and time.time() - self.scored > 60 * self.args.score_minutes:
            board = score(model, load_jobs(self.args.heldout, model, QUICK), examples=6)
            self.scored = time.time()
            self.run.write({"score_at": step, **{name: round(value, 4) for name, value in board.items()}})


def finish(model: VisionLanguageModel, recipe: Recipe, run: Run, args: argparse.Namespace) -> None:
    """Save both forms, the weights as they are first: nothing that follows can lose them. Then score."""
    save_pretrained(model, run.out / "weights")
    run.write({"saved": "weights"})
    folder = run.out / recipe.preset
    packed = gptq.rounded(model, recipe, run.sources, args.workers)
    if args.snapshot:
        write_snapshot(model, folder, args.snapshot, note={"finished": True}, packed=packed)
    else:
        save_pretrained(model, folder, quantized=True, packed=packed)
    shipped = VisionLanguageModel.from_pretrained(folder, device=model.device)
    score_boards(shipped, model, args, run.out, run.write)


if __name__ == "__main__":
    main()
