"""Score the weights that a run has written: ``python -m octavo.training.score RUN --heldout DIR …``.

A board of its own for each kind of data, so that several GPUs share the work: one process takes the held-out
set, another the real documents, a third the photos. Lines go to ``log.jsonl`` of the run.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from ..language.vlm import VisionLanguageModel
from .loop import append_log
from .photo_score import score_photos
from .real_board import load_sheets, score_real
from .scoreboard import expert_loads, load_jobs, score

FINAL = {"tile": 250, "page": 60, "ask": 150}
Write = Callable[[dict[str, Any]], None]


def add_boards(parser: argparse.ArgumentParser) -> None:
    """The options that say what to score on."""
    parser.add_argument("--heldout", type=Path, help="folder to score on (octavo.training.heldout)")
    parser.add_argument("--real-board", type=Path, help="real documents to score on (training.real_board)")
    parser.add_argument("--photo-board", type=Path, help="photos to score on (training.photos --validation)")


def score_boards(
    shipped: VisionLanguageModel,
    unquantised: VisionLanguageModel | None,
    boards: argparse.Namespace,
    out: Path,
    write: Write,
) -> None:
    """One line a board; the answers about real documents go to ``out`` as JSON lines.

    What quantisation costs is part of the held-out board when ``unquantised`` is there.
    """
    if boards.heldout:
        jobs = load_jobs(boards.heldout, shipped, FINAL)
        for name, model in (("shipped", shipped), ("float", unquantised)):
            if model is not None:
                write(_final(name, score(model, jobs)))
        loads = expert_loads(shipped, [job for job in jobs if job.task in ("tile", "page")])
        write({"load_max_over_mean": [round(value, 3) for value in loads]})
    if boards.photo_board:
        write({"photos": {k: round(v, 4) for k, v in score_photos(shipped, boards.photo_board).items()}})
    if boards.real_board:
        answers = out / f"answers.{boards.real_board.name}.jsonl"
        board = score_real(shipped, load_sheets(boards.real_board, shipped), answers)
        write({"real": {k: round(v, 4) for k, v in board.items()}})


def _final(name: str, board: dict[str, float]) -> dict[str, Any]:
    return {"final": name, **{key: round(value, 5) for key, value in board.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.score", description=__doc__)
    parser.add_argument("run", type=Path, help="--out of the run")
    parser.add_argument("--preset", default="nano")
    parser.add_argument(
        "--unrounded", action="store_true", help="only the run's own weights, on the held-out set"
    )
    add_boards(parser)
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    write = partial(append_log, args.run)
    if args.unrounded:
        model = VisionLanguageModel.from_pretrained(args.run / "weights", device=device, dtype=dtype)
        write(_final("float", score(model, load_jobs(args.heldout, model, FINAL))))
        return
    shipped = VisionLanguageModel.from_pretrained(args.run / args.preset, device=device)
    score_boards(shipped, None, args, args.run, write)


if __name__ == "__main__":
    main()
