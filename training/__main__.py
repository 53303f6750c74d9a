"""``python -m octavo.training --preset debug --stage all``: train a reader.

One process a GPU:
``torchrun --nproc-per-node 2 -m octavo.training --preset nano --assets assets --minutes 25``.
"""

import argparse
import os
import time
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist

from ..language.tokenizer import Tokenizer
from ..language.vlm import VisionLanguageModel
from ..language.weights import PRETRAINED, load_pretrained, new_model, save_pretrained
from .loader import SyntheticSource
from .loop import RunOptions, train, write_log
from .scoreboard import expert_loads, load_jobs, score
from .stages import RECIPES, scaled

QUICK = {"tile": 64, "page": 8, "ask": 12}
FINAL = {"tile": 250, "page": 32, "ask": 60}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m octavo.training", description=__doc__)
    parser.add_argument("--preset", default="nano", choices=sorted(RECIPES))
    parser.add_argument("--stage", default="all", help="glyphs, tiles, pages, tasks (comma-separated) or all")
    parser.add_argument("--assets", help="fonts and texts (octavo.training.assets); built-in ones without it")
    parser.add_argument("--out", type=Path, default=Path("runs/latest"))
    parser.add_argument("--init", help="start from these weights: a name or a folder")
    parser.add_argument("--minutes", type=float, help="schedule by the clock instead of by steps")
    parser.add_argument("--workers", type=int, default=0, help="page-making processes per rank")
    parser.add_argument("--heldout", type=Path, help="folder to score on (octavo.training.heldout)")
    parser.add_argument("--checkpoint-minutes", type=float, default=5.0)
    parser.add_argument("--batch-scale", type=float, default=1.0, help="times the recipe's pages a batch")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args()


def main() -> None:
    args = parse()
    rank, world_size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else None
    device = device or torch.device("cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
    if world_size > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    recipe = scaled(RECIPES[args.preset], args.batch_scale)
    tokenizer_file = PRETRAINED / "nano" / "tokenizer.json"
    if args.init:
        model = load_pretrained(args.init, dtype=torch.float32).requires_grad_(True)
    else:
        model = new_model(recipe.preset, Tokenizer.from_file(tokenizer_file), recipe.seed)
    # on a GPU everything runs in bfloat16; the optimiser keeps float32 masters
    model = model.to(device, torch.bfloat16 if device.type == "cuda" else torch.float32)
    jobs = load_jobs(args.heldout, model, QUICK) if args.heldout and rank == 0 else []
    options = RunOptions(
        out=args.out,
        source=SyntheticSource(args.assets),
        tokenizer=partial(Tokenizer.from_file, tokenizer_file),
        stages=() if args.stage == "all" else tuple(args.stage.split(",")),
        minutes=args.minutes,
        workers=args.workers,
        checkpoint_minutes=args.checkpoint_minutes,
        compile=args.compile,
        rank=rank,
        world_size=world_size,
    )

    def checkpoint(model: VisionLanguageModel, step: int) -> None:
        began = time.time()
        save_pretrained(model, args.out / recipe.preset, quantized=True)
        if jobs:
            board = {name: round(value, 4) for name, value in score(model, jobs, examples=6).items()}
            write_log(options, {"scoreboard": step, **board, "seconds": round(time.time() - began, 1)})

    options.on_checkpoint = checkpoint
    train(model, recipe, options)
    if rank == 0:
        save_pretrained(model, args.out / "weights")
        save_pretrained(model, args.out / recipe.preset, quantized=True)
        if args.heldout:
            jobs = load_jobs(args.heldout, model, FINAL)
            shipped = load_pretrained(args.out / recipe.preset, device=device)
            for name, scored in (("float", model), ("shipped", shipped)):
                write_log(
                    options, {"final": name, **{k: round(v, 5) for k, v in score(scored, jobs).items()}}
                )
            loads = expert_loads(model, [j for j in jobs if j.task in ("tile", "page")])
            write_log(options, {"load_max_over_mean": [round(v, 3) for v in loads]})
    if world_size > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
