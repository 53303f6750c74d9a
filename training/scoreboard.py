"""Score a model on a ``manifest.jsonl`` folder, many items at once: the board that ends a training run.

``octavo eval`` does the same one item at a time through the application; this is its fast twin for a GPU.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ..app.metrics import anls, character_errors, field_match
from ..app.prompts import NOT_FOUND, READ
from ..language.batch import answer_batch
from ..language.vlm import VisionLanguageModel
from ..vision.preprocess import cut_tiles
from ..vision.scale import plan_image
from ..vision.tiling import TilePlan

READ_TASKS = ("transcribe",)


@dataclass(frozen=True)
class Job:
    """One prompt about one picture, and what to hold the answer against (None: not in the document)."""

    task: str
    tiles: Tensor
    plan: TilePlan
    prompt: str
    expected: str | None


def load_jobs(folder: Path, model: VisionLanguageModel, limits: dict[str, int] | None = None) -> list[Job]:
    """Jobs of a folder; ``limits`` caps the pictures of a task (tile, page, ask)."""
    jobs: list[Job] = []
    taken: dict[str, int] = defaultdict(int)
    tiling = model.config.vision.tiling
    for place, item in _items(folder):
        with Image.open(place / item["image"]) as image:
            plan = plan_image(image, tiling)
            kind = "ask" if "pairs" in item else "tile" if plan.num_tiles == 1 else "page"
            if limits is not None and taken[kind] >= limits.get(kind, 0):
                continue
            taken[kind] += 1
            tiles = cut_tiles(image, plan, pad_value=tiling.pad_value)
        if kind == "ask":
            jobs += [Job("ask", tiles, plan, pair["question"], pair["answer"]) for pair in item["pairs"]]
        else:
            jobs.append(Job(kind, tiles, plan, READ, item["text"]))
    return jobs


def _items(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every line of every manifest at or below a folder, with the folder that its image path starts from."""
    for manifest in sorted(folder.rglob("manifest.jsonl")):
        for line in manifest.read_text("utf-8").splitlines():
            yield manifest.parent, json.loads(line)


def batches(jobs: Iterable[Job], size: int) -> Iterator[list[Job]]:
    """Jobs of one task and one grid together, at most ``size`` tiles at a time."""
    groups: dict[tuple, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.task, job.plan.rows, job.plan.cols].append(job)
    for (_, _, _), members in sorted(groups.items(), key=lambda group: group[0]):
        step = max(1, size // members[0].plan.num_tiles)
        for start in range(0, len(members), step):
            yield members[start : start + step]


@torch.compiler.set_stance("force_eager")  # the training graphs know neither caches nor inference shapes
@torch.no_grad()
def score(
    model: VisionLanguageModel, jobs: list[Job], *, tiles_per_batch: int = 512, examples: int = 0
) -> dict[str, float]:
    """The board over all jobs, by name.

    ``tile.cer``, ``page.cer``, ``ask.exact``, ``ask.anls``, ``unanswerable.recall``, ``false_refusals``.
    """
    model.eval()
    edits: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    hits: dict[str, list[float]] = defaultdict(list)
    for group in batches(jobs, tiles_per_batch):
        tiles = torch.stack([job.tiles for job in group]).to(model.device)
        limit = {"tile": 320, "page": 2000, "ask": 96}[group[0].task]
        answers = answer_batch(model, tiles, group[0].plan, [j.prompt for j in group], max_new_tokens=limit)
        for job, answer in zip(group, answers, strict=True):
            if examples > 0 and (job.task != "page"):
                examples -= 1
                print(
                    f"  {job.task}: {job.prompt!r} -> {answer.text!r}"
                    f" ({answer.confidence:.2f}), {job.expected!r}"
                )
            refused = answer.text.strip() == NOT_FOUND
            if job.task != "ask":
                errors = character_errors(answer.text, job.expected or "")
                edits[job.task][0] += errors.edits
                edits[job.task][1] += errors.length
                hits[f"{job.task}.finished"].append(float(answer.finished))
            elif job.expected is None:
                hits["unanswerable.recall"].append(float(refused))
            else:
                hits["false_refusals"].append(float(refused))
                hits["ask.exact"].append(float(field_match(answer.text, job.expected)))
                hits["ask.anls"].append(anls(answer.text, job.expected))
    board = {f"{task}.cer": wrong / max(1, length) for task, (wrong, length) in edits.items()}
    return board | {name: sum(values) / len(values) for name, values in hits.items()}


@torch.compiler.set_stance("force_eager")
@torch.no_grad()
def expert_loads(model: VisionLanguageModel, jobs: list[Job], *, tiles_per_batch: int = 256) -> list[float]:
    """Load max/mean of the routed experts of every MoE layer, over page, question and reference answer."""
    total: Tensor | None = None
    model.train()
    tokenizer = model.tokenizer
    for group in batches(jobs, tiles_per_batch):
        rows = [tokenizer.question(j.prompt) + tokenizer.encode(j.expected or NOT_FOUND) for j in group]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [tokenizer.pad] * (longest - len(row)) for row in rows])
        ids = ids.to(model.device)
        out = model(torch.stack([j.tiles for j in group]).to(model.device), group[0].plan, ids)
        assert out.loads is not None
        weighted = out.loads.double() * out.tokens
        total = weighted if total is None else total + weighted
    model.eval()
    assert total is not None, "no jobs to measure the load on"
    return (total.amax(1) / total.mean(1)).tolist()
