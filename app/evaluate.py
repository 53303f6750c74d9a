"""Scores a reader on folders of labelled documents: ``octavo eval``.

folder → sets (``manifest.py``) → parts of each item (``scoring.py``) → one mean per metric. Every item
counts: one that fails is listed with its reason and scores as wrong.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Protocol

from .documents import Document
from .errors import OctavoError
from .manifest import Item, load_sets, validation_items
from .scoring import Outcome, Part, Reader, Score, plan

Split = Literal["all", "validation"]


class Service(Reader, Protocol):
    """A reader that opens files; ``model`` names the model and its weights."""

    @property
    def model(self) -> str: ...
    def open(self, path: Path, pages: list[int] | None = None) -> Document: ...


@dataclass(frozen=True)
class Failure:
    """An item or a page of one that gave no complete result."""

    id: str
    reason: str


@dataclass(frozen=True)
class ItemResult:
    """What came of one item."""

    id: str
    scores: tuple[Score, ...]
    failures: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True)
class SetScore:
    """The result of the items of one task in one set. ``errors`` counts items with at least one failure."""

    name: str
    task: str
    n: int
    errors: int
    metrics: dict[str, float]
    seconds_per_item: float
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """All sets, with the model and the program that gave the answers."""

    model: str
    version: str
    split: Split
    sets: tuple[SetScore, ...]

    def to_json(self) -> dict[str, Any]:
        """The record that ``octavo eval --json`` writes."""
        return asdict(self)


def evaluate_folder(
    service: Service,
    folder: str | Path,
    *,
    limit: int | None = None,
    split: Split = "all",
    transcribe: bool = True,
    on_item: Callable[[str, ItemResult], None] | None = None,
) -> Evaluation:
    """Score the set in ``folder``, or each set in its sub-folders.

    ``limit`` keeps the first items of each set by id, after ``split``; ``transcribe=False`` skips reading
    whole pages where an item has other labels; ``on_item`` hears the set's name and each result as it comes.
    Raises ``DocumentError`` when the folder or a manifest cannot be used; a single item never raises.
    """
    model = service.model  # waits for it: no item's time includes the loading, and no model is no evaluation
    sets: list[SetScore] = []
    for item_set in load_sets(Path(folder)):
        items = validation_items(item_set.items) if split == "validation" else list(item_set.items)
        results: dict[str, list[ItemResult]] = {}
        for item in items[:limit]:
            result = score_item(service, item, transcribe)
            results.setdefault(item.task, []).append(result)
            if on_item:
                on_item(item_set.name, result)
        sets.extend(summarise(item_set.name, task, of_task) for task, of_task in results.items())
    return Evaluation(model, version("octavo"), split, tuple(sets))


def score_item(service: Service, item: Item, transcribe: bool = True) -> ItemResult:
    """Open one item, ask what its labels allow, score; whatever goes wrong becomes a failure."""
    start = time.perf_counter()
    outcomes: list[Outcome] = []
    reasons: list[str] = []
    parts: list[Part] = []
    # A defect met on one item is reported there and must not cost the others: hence the broad handlers.
    try:
        parts = plan(item, transcribe)
        document = service.open(item.path, [item.page] if item.page else None)
        if not parts:
            reasons.append(f"no labels that task {item.task!r} can be scored by")
    except Exception as error:
        reasons.append(_reason(error))
        outcomes, parts = [Outcome(part.missed()) for part in parts], []
    for part in parts:
        try:
            outcomes.append(part.run(service, document))
        except Exception as error:
            reasons.append(_reason(error))
            outcomes.append(Outcome(part.missed()))
    troubles = [trouble for outcome in outcomes for trouble in outcome.troubles]
    reasons += [f"page {trouble.page}: {trouble.status}: {trouble.reason}" for trouble in troubles]
    return ItemResult(
        id=item.id,
        scores=tuple(score for outcome in outcomes for score in outcome.scores),
        failures=tuple(Failure(item.id, reason) for reason in dict.fromkeys(reasons)),
        seconds=time.perf_counter() - start,
    )


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, OctavoError) else f"{type(error).__name__}: {error}"


def summarise(name: str, task: str, results: Iterable[ItemResult]) -> SetScore:
    """Weighted mean of every metric over the items of one set and task."""
    results = list(results)
    total: defaultdict[str, float] = defaultdict(float)
    weight: defaultdict[str, float] = defaultdict(float)
    for score in (score for result in results for score in result.scores):
        total[score.metric] += score.value * score.weight
        weight[score.metric] += score.weight
    return SetScore(
        name=name,
        task=task,
        n=len(results),
        errors=sum(bool(result.failures) for result in results),
        metrics={metric: total[metric] / weight[metric] for metric in sorted(weight)},
        seconds_per_item=sum(result.seconds for result in results) / max(len(results), 1),
        failures=tuple(failure for result in results for failure in result.failures),
    )


def rows(evaluation: Evaluation) -> list[tuple[str, str, str, str, str]]:
    """The evaluation as table rows: set, task, what, value, "n items (errors)"; one row a metric."""
    table = []
    for entry in evaluation.sets:
        size = f"{entry.n} ({entry.errors} failed)" if entry.errors else str(entry.n)
        for metric, value in entry.metrics.items():
            table.append((entry.name, entry.task, metric, f"{value:.4f}", size))
        table.append((entry.name, entry.task, "seconds per item", f"{entry.seconds_per_item:.2f}", size))
    return table


def write_json(evaluation: Evaluation, path: str | Path) -> None:
    """Write the record in one step: a reader of ``path`` sees the old file or the whole new one."""
    path = Path(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
