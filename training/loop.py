"""The training loop: one function that reads from top to bottom, single- or multi-GPU (one process each)."""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from ..language.vlm import VisionLanguageModel
from ..vision.glyphs import BLANK, NUM_GLYPHS
from ..vision.tiling import TilePlan
from .checkpoint import load_state, save_state
from .degrade import degrade, to_tiles
from .loader import Batch, LoaderSpec, make_loader
from .optim import MuonAdamW
from .stages import Recipe, Stage

BLANK_WEIGHT = 0.1
LOG_EVERY = 50
PRESTART_SECONDS = 40.0


@dataclass
class RunOptions:
    """``minutes``: schedule by the clock instead of by steps. ``stages``: names to run; empty = all."""

    out: Path
    source: "object"
    tokenizer: "object"
    stages: tuple[str, ...] = ()
    minutes: float | None = None
    workers: int = 0
    checkpoint_minutes: float = 5.0
    compile: bool = False
    rank: int = 0
    world_size: int = 1
    stop_after: int | None = None  # steps: for tests of resuming
    on_checkpoint: "object" = None
    log: list[dict] = field(default_factory=list)


def losses(model: VisionLanguageModel, batch: Batch, stage: Stage, seed: int) -> dict[str, Tensor]:
    """Degrade, cut, run: ``text``, ``glyph``, ``balance`` and ``loads`` of a batch on the model's device."""
    rgb = degrade(batch.canvas, batch.content, batch.theta, seed, stage.strength)
    tiles = to_tiles(rgb, batch.rows, batch.cols, batch.content)
    height, width = batch.canvas.shape[1:]
    plan = TilePlan(
        batch.rows, batch.cols, 384, (0, 0, width, height), global_view=batch.rows * batch.cols > 1
    )
    with_text = stage.text_weight > 0
    labels = batch.glyphs.flatten(1, 2)  # [B, P, SLOTS]
    share = 0.25 if with_text else 0.5
    generator = torch.Generator().manual_seed(seed)
    index = torch.randperm(labels.shape[1], generator=generator)[: max(256, int(labels.shape[1] * share))]
    index = index.to(model.device, non_blocking=True)
    out = model(tiles, plan, batch.ids.long() if with_text else None, index)
    zero = out.balance_loss.new_zeros(())
    result = {"text": zero, "glyph": zero, "balance": out.balance_loss}
    if out.logits is not None:
        result["text"] = F.cross_entropy(out.logits.flatten(0, 1).float(), batch.labels.flatten().long())
    if out.glyph_logits is not None:
        weight = torch.ones(NUM_GLYPHS, device=model.device)
        weight[BLANK] = BLANK_WEIGHT
        wanted = labels[:, index].flatten().long()
        result["glyph"] = F.cross_entropy(out.glyph_logits.flatten(0, 2).float(), wanted, weight)
    if out.loads is not None:
        result["loads"] = out.loads
    return result


def average_gradients(model: VisionLanguageModel, world_size: int) -> None:
    """One flat all-reduce over the gradients that exist."""
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in grads])
    dist.all_reduce(flat)
    flat /= world_size
    for grad, part in zip(grads, flat.split([g.numel() for g in grads]), strict=True):
        grad.copy_(part.view_as(grad))


class Feed:
    """Batches of whichever stage the run is in; the next stage's workers start before they are needed."""

    def __init__(self, recipe: Recipe, stages: list[Stage], options: RunOptions, start: int) -> None:
        self.recipe, self.stages, self.options, self.start = recipe, stages, options, start
        self._iterators: dict[str, Iterator[Batch]] = {}

    def prestart(self, number: int) -> None:
        """Begin to make batches of stage ``number``."""
        if number < len(self.stages) and self.stages[number].name not in self._iterators:
            stage, o = self.stages[number], self.options
            few = self.recipe.distinct_batches
            spec = LoaderSpec("few" if few else stage.name, stage.buckets, few or 1_000_000, self.recipe.seed)
            loader = make_loader(
                spec,
                o.source,  # type: ignore[arg-type]
                o.tokenizer,  # type: ignore[arg-type]
                workers=o.workers,
                start=0 if few else self.start,
                rank=o.rank,
                world_size=o.world_size,
                pin_memory=torch.cuda.is_available(),
                prefetch=2,
            )
            self._iterators[stage.name] = _round(list(loader), self.start) if few else iter(loader)

    def next(self, number: int) -> Batch:
        """The next batch of stage ``number``; earlier stages' workers are let go."""
        self.prestart(number)
        for name in [s.name for s in self.stages[:number]]:
            self._iterators.pop(name, None)
        return next(self._iterators[self.stages[number].name])


def _round(batches: list[Batch], start: int) -> Iterator[Batch]:
    """The same few batches for ever, from the place where a stopped run was."""
    for step in itertools.count(start):
        yield batches[step % len(batches)]


class GpuMeter:
    """Samples the share of time in which the GPU runs a kernel, once a second, in a thread."""

    def __init__(self, device: torch.device) -> None:
        self.samples: list[int] = []
        self._device = device
        if device.type == "cuda":
            threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self.samples.append(torch.cuda.utilization(self._device))
            time.sleep(1.0)

    def take(self) -> float | None:
        """Mean since the last call, 0–100."""
        taken, self.samples = self.samples, []
        return sum(taken) / len(taken) if taken else None


def stage_at(stages: list[Stage], progress: float) -> int:
    """Which stage a share of the run falls into."""
    total, passed = sum(s.share for s in stages), 0.0
    for number, stage in enumerate(stages):
        passed += stage.share / total
        if progress < passed - 1e-9:
            return number
    return len(stages) - 1


def compile_blocks(model: VisionLanguageModel) -> None:
    """Regional compilation: one graph for all ViT blocks, one each for dense and MoE decoder blocks."""
    for module in [*model.vision.encoder.vit.blocks, *model.vision.seams, *model.lm.layers]:
        module.compile(dynamic=True)


def train(model: VisionLanguageModel, recipe: Recipe, options: RunOptions) -> int:
    """Run the recipe; returns the number of steps done.

    Resumes from ``options.out`` when a state is there.
    """
    device, main = model.device, options.rank == 0
    stages = [s for s in recipe.stages if not options.stages or s.name in options.stages]
    if not stages:
        raise ValueError(
            f"no stage named {', '.join(options.stages)}; there are {[s.name for s in recipe.stages]}"
        )
    if options.compile:
        compile_blocks(model)
    optimizer = MuonAdamW(model.named_parameters(), recipe.lr)
    step = first = load_state(options.out, model, optimizer)
    feed, meter = Feed(recipe, stages, options, first), GpuMeter(device)
    began = saved = logged = time.time()
    progress, waited, pages, sums = 0.0, 0.0, 0, {}
    model.train()
    while True:
        elapsed = time.time() - began
        if options.minutes is None:
            progress = step / recipe.steps
        elif step % 10 == 0:
            progress = elapsed / (60 * options.minutes)
            if options.world_size > 1:  # all ranks follow the clock of rank 0
                shared = torch.tensor([progress], device=device)
                dist.broadcast(shared, 0)
                progress = float(shared)
        if progress >= 1 or (options.stop_after is not None and step >= options.stop_after):
            break
        number = stage_at(stages, progress)
        if options.minutes is not None:
            ahead = progress + PRESTART_SECONDS / (60 * options.minutes)
            feed.prestart(stage_at(stages, min(ahead, 1.0)))
        mark = time.time()
        batch = feed.next(number).to(device)
        waited += time.time() - mark
        lr = recipe.lr_at(progress, step - first if options.minutes else step)
        for group in optimizer.param_groups:
            group["lr"] = lr
        stage = stages[number]
        out = losses(model, batch, stage, recipe.seed + step * options.world_size + options.rank)
        loss = stage.text_weight * out["text"] + stage.glyph_weight * out["glyph"]
        loss = loss + recipe.balance_weight * out["balance"]
        loss.backward()
        if options.world_size > 1:
            average_gradients(model, options.world_size)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        pages += len(batch.canvas) * options.world_size
        key = f"{batch.rows}x{batch.cols}"
        for name in ("text", "glyph"):
            sums.setdefault(f"{name}.{key}", []).append(out[name].detach())
        if step % LOG_EVERY == 0 and main:
            seconds = time.time() - logged
            row = {"step": step, "minutes": round(elapsed / 60, 2), "stage": stage.name, "lr": round(lr, 6)}
            row |= {name: round(float(torch.stack(v).mean()), 4) for name, v in sums.items()}
            if "loads" in out:
                row["load"] = [round(float(v), 2) for v in out["loads"].amax(1) / out["loads"].mean(1)]
            row |= {"pages_per_s": round(pages / seconds, 1), "waiting": round(waited / seconds, 3)}
            row |= {"gpu_busy": meter.take(), "failures": batch.failures}
            write_log(options, row)
            waited, pages, sums, logged = 0.0, 0, {}, time.time()
        elif step % LOG_EVERY == 0:
            sums = {}
        if main and time.time() - saved > 60 * options.checkpoint_minutes:
            saved = time.time()
            if options.on_checkpoint is not None:
                options.on_checkpoint(model, step)  # type: ignore[operator]
                model.train()
    if main:
        save_state(options.out, model, optimizer, step)
    return step


def write_log(options: RunOptions, row: dict) -> None:
    """One line to the terminal and to ``log.jsonl``; kept in ``options.log`` too."""
    options.log.append(row)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "log.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    print(json.dumps(row), flush=True)
