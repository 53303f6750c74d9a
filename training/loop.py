"""The training loop: one function that reads from top to bottom; one process a GPU."""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from ..language.vlm import VisionLanguageModel
from .checkpoint import load_state, save_state
from .feed import Feed, Sources
from .losses import Losses, Prepared, batch_losses, prepare
from .meter import GpuMeter
from .optim import MuonAdamW
from .stages import Recipe, Stage

LOG_EVERY = 50
CLOCK_EVERY = 10  # steps between looks at the clock, when that is what the schedule follows
PRESTART_SECONDS = 40.0


@dataclass
class Run:
    """How a recipe is run.

    ``minutes``: schedule by the clock instead of by steps. ``stages``: names to run; empty = all.
    ``stop_after``: end after this step as if killed. ``on_checkpoint(model, step)`` is called every
    ``checkpoint_minutes`` on rank 0.
    """

    out: Path
    sources: Sources
    stages: tuple[str, ...] = ()
    minutes: float | None = None
    workers: int = 0
    checkpoint_minutes: float = 5.0
    compile: bool = False
    rank: int = 0
    world_size: int = 1
    stop_after: int | None = None
    on_checkpoint: Callable[[VisionLanguageModel, int], None] | None = None
    log: list[dict[str, Any]] = field(default_factory=list)

    def write(self, row: dict[str, Any]) -> None:
        """One line to the terminal and to ``log.jsonl``; kept in ``log`` too."""
        self.log.append(row)
        append_log(self.out, row)


def append_log(out: Path, row: dict[str, Any]) -> None:
    """One line to the terminal and to ``log.jsonl`` of the run in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "log.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)


def train(model: VisionLanguageModel, recipe: Recipe, run: Run) -> int:
    """Run the recipe; returns the steps done. Goes on from the state in ``run.out`` when there is one.

    Raises ``ValueError`` for a stage that the recipe does not have.
    """
    stages = [s for s in recipe.stages if not run.stages or s.name in run.stages]
    if not stages or len(stages) < len(run.stages):
        names = ", ".join(s.name for s in recipe.stages)
        raise ValueError(f"no such stages: {', '.join(run.stages)}; the recipe has {names}")
    if run.compile:
        compile_blocks(model)
    optimizer = MuonAdamW(model.named_parameters(), recipe.lr)
    step = first = load_state(run.out, model, optimizer)
    feed = Feed(
        recipe, stages, run.sources,
        workers=run.workers, start=first, rank=run.rank, world_size=run.world_size,
    )  # fmt: skip
    meter, window, began, progress = GpuMeter(model.device), Window(), time.time(), 0.0
    saved = began
    ahead: Prepared | None = None

    def draw(step: int, progress: float) -> Prepared:
        number, asked = stage_at(stages, progress), time.time()
        batch = feed.next(number).to(model.device)
        window.waited += time.time() - asked
        return prepare(model, batch, stages[number], recipe.seed + step * run.world_size + run.rank)

    model.train()
    while True:
        if run.minutes is None:
            progress = step / recipe.steps
        elif step % CLOCK_EVERY == 0:
            progress = _clock(began, run, model.device)
            soon = progress + PRESTART_SECONDS / (60 * run.minutes)
            feed.prestart(stage_at(stages, min(soon, 1.0)))
        if progress >= 1 or (run.stop_after is not None and step >= run.stop_after):
            break
        now = ahead or draw(step, progress)
        # one step ahead: how much of a page is worth looking at is known here when its turn comes
        ahead = draw(step + 1, progress if run.minutes is not None else (step + 1) / recipe.steps)
        lr = recipe.lr_at(progress, step if run.minutes is None else step - first)
        for group in optimizer.param_groups:
            group["lr"] = lr
        losses = batch_losses(model, now)
        losses.total(now.stage, recipe.balance_weight).backward()
        if run.world_size > 1:
            average_gradients(model, run.world_size)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        batch = now.batch
        grid = "photo" if batch.is_rgb else f"{batch.rows}x{batch.cols}"
        window.add(grid, losses, len(batch.canvas) * run.world_size)
        if step % LOG_EVERY == 0:
            row: dict[str, Any] = {"step": step, "minutes": round((time.time() - began) / 60, 2)}
            row |= {"stage": now.stage.name, "lr": round(lr, 6), **window.summary()}
            row |= {"gpu_busy": meter.take(), "failures": batch.failures}
            window = Window()
            if run.rank == 0:
                run.write(row)
        if run.rank == 0 and run.on_checkpoint and time.time() - saved > 60 * run.checkpoint_minutes:
            run.on_checkpoint(model, step)
            model.train()
            saved = time.time()
    if run.rank == 0:
        save_state(run.out, model, optimizer, step)
    return step


class Window:
    """What is summed up between two lines of the log."""

    def __init__(self) -> None:
        self.began, self.waited, self.pages = time.time(), 0.0, 0
        self._sums: dict[str, list[Tensor]] = defaultdict(list)
        self._loads: list[Tensor] = []

    def add(self, grid: str, losses: Losses, pages: int) -> None:
        """One step's losses, kept on the device: reading them would wait for it."""
        self.pages += pages
        self._sums[f"text.{grid}"].append(losses.text.detach())
        self._sums[f"glyph.{grid}"].append(losses.glyph.detach())
        if losses.loads is not None:
            self._loads.append(losses.loads.detach())

    def summary(self) -> dict[str, Any]:
        """Means by grid, load max/mean of every MoE layer, pages a second, share of time spent waiting."""
        seconds = time.time() - self.began
        row: dict[str, Any] = {
            name: round(float(torch.stack(v).mean()), 4) for name, v in sorted(self._sums.items())
        }
        if self._loads:
            load = torch.stack(self._loads).mean(0)
            row["load"] = [round(float(v), 2) for v in load.amax(1) / load.mean(1)]
        return row | {
            "pages_per_s": round(self.pages / seconds, 1),
            "waiting": round(self.waited / seconds, 3),
        }


def stage_at(stages: list[Stage], progress: float) -> int:
    """Which stage a share of the run falls into."""
    total, passed = sum(s.share for s in stages), 0.0
    for number, stage in enumerate(stages):
        passed += stage.share / total
        if progress < passed - 1e-9:
            return number
    return len(stages) - 1


def compile_blocks(model: VisionLanguageModel) -> None:
    """Regional compilation: one graph for all ViT blocks, one each for dense and MoE decoder blocks.

    What will not compile runs as it is written, with a warning: slower, but a run goes on.
    """
    torch._dynamo.config.suppress_errors = True
    for module in [*model.vision.encoder.vit.blocks, *model.vision.seams, *model.lm.layers]:
        module.compile(dynamic=True)


def average_gradients(model: VisionLanguageModel, world_size: int) -> None:
    """One flat all-reduce over the gradients that exist; all ranks run the same kind of batch."""
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in grads])
    dist.all_reduce(flat)
    flat /= world_size
    for grad, part in zip(grads, flat.split([g.numel() for g in grads]), strict=True):
        grad.copy_(part.view_as(grad))


def _clock(began: float, run: Run, device: torch.device) -> float:
    """Progress by time; all ranks follow the clock of rank 0."""
    assert run.minutes is not None
    progress = torch.tensor([(time.time() - began) / (60 * run.minutes)], device=device)
    if run.world_size > 1:
        dist.broadcast(progress, 0)
    return float(progress)
