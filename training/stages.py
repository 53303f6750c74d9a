"""The curriculum as data: glyphs → single tiles → pages → tasks (measured reasons: docs/training-log.md).

A recipe is a list of stages that share one learning-rate schedule. A stage says which pages it is fed with
and how its losses are weighed; everything else is common.
"""

from dataclasses import dataclass, replace

from .buckets import BUCKETS, CONVERSATION, GLYPHS, PHOTO, READ, REAL, Bucket, Weights


@dataclass(frozen=True)
class Stage:
    """``share``: part of the run's steps. ``strength``: how hard pages are degraded (0–1)."""

    name: str
    share: float
    buckets: tuple[Bucket, ...]
    text_weight: float = 1.0
    glyph_weight: float = 0.3
    strength: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """``steps`` per rank in all stages together; ``balance_weight``: α of the router's auxiliary loss;
    ``distinct_batches``: go round these many batches, the same in every stage (0: never see a page twice)."""

    preset: str
    steps: int
    stages: tuple[Stage, ...]
    lr: float = 2e-3
    warmup: int = 100
    decay_share: float = 0.45
    balance_weight: float = 0.02
    seed: int = 0
    distinct_batches: int = 0

    def __post_init__(self) -> None:
        if abs(sum(stage.share for stage in self.stages) - 1) > 1e-6:
            raise ValueError(f"the stages' shares add up to {sum(s.share for s in self.stages)}, not 1")

    def lr_at(self, progress: float, step: int) -> float:
        """Warm-up in steps, constant, then linear to 2 % over the last ``decay_share`` of the run."""
        warm = min(1.0, (step + 1) / self.warmup)
        left = (1 - progress) / self.decay_share
        return self.lr * warm * min(1.0, max(0.02, left))


def _bucket(name: str, weight: float, size: int, tasks: Weights, **changes: object) -> Bucket:
    return replace(BUCKETS[name], weight=weight, batch_size=size, tasks=tasks, **changes)  # type: ignore[arg-type]


_GLYPHS: Weights = ((GLYPHS, 1.0),)
_READ: Weights = ((READ, 1.0),)
_MIXED: Weights = ((READ, 0.4), (CONVERSATION, 0.6))

STAGES: dict[str, Stage] = {
    "glyphs": Stage(
        "glyphs",
        0.10,
        (_bucket("tile", 0.5, 288, _GLYPHS), _bucket("portrait", 0.5, 24, _GLYPHS)),
        text_weight=0.0,
        glyph_weight=1.0,
        strength=0.6,
    ),
    "tiles": Stage(
        "tiles",
        0.20,
        (_bucket("tile", 0.85, 288, _READ), _bucket("half", 0.15, 56, _READ)),
        strength=0.6,
    ),
    "pages": Stage(
        "pages",
        0.35,
        (
            _bucket("tile", 0.2, 288, (("read", 0.7), ("conversation", 0.3))),
            _bucket("half", 0.2, 56, _MIXED),
            _bucket("small", 0.1, 40, _MIXED),
            _bucket("portrait", 0.35, 24, (("read", 0.7), ("conversation", 0.3))),
            _bucket("receipt4", 0.15, 32, _MIXED),
        ),
    ),
    "tasks": Stage(
        "tasks",
        0.35,
        (
            _bucket("tile", 0.12, 288, _MIXED),
            _bucket("half", 0.12, 56, _MIXED),
            _bucket("small", 0.08, 40, _MIXED),
            _bucket("portrait", 0.42, 24, (("read", 0.5), ("conversation", 0.5))),
            _bucket("landscape", 0.06, 24, _MIXED),
            _bucket("receipt4", 0.10, 32, _MIXED),
            _bucket("receipt5", 0.05, 26, _MIXED),
            _bucket("receipt6", 0.05, 22, _MIXED),
        ),
    ),
}


def _shape(name: str, weight: float, kinds: Weights, tasks: Weights = _MIXED) -> Bucket:
    return replace(BUCKETS[name], weight=weight, kinds=kinds, tasks=tasks)


_PAGES_AND_REAL: Weights = (("any", 0.84), ("office", 0.1), (REAL, 0.06))
_RECEIPTS_AND_REAL: Weights = (("receipt", 0.6), ("any", 0.12), (REAL, 0.28))
_CUTTINGS: Weights = (("table", 0.5), ("any", 0.44), (REAL, 0.06))
ILLEGIBLE_SHARE = 0.015
_MORE = (  # glyphs first, because the decoder's graphs compile meanwhile; then everything, with more tiles
    replace(STAGES["glyphs"], share=0.08, strength=1.0),
    replace(
        STAGES["tasks"],
        share=0.92,
        buckets=(
            replace(BUCKETS["photo"], weight=0.25, batch_size=256),
            _bucket("tile", 0.13, 288, (("read", 0.6), ("conversation", 0.4))),
            _bucket("half", 0.08, 56, _MIXED, kinds=_PAGES_AND_REAL),
            _bucket("small", 0.06, 40, _MIXED, kinds=_PAGES_AND_REAL),
            _bucket("portrait", 0.35, 24, (("read", 0.42), ("conversation", 0.58)), kinds=_PAGES_AND_REAL),
            _bucket("landscape", 0.06, 24, _MIXED, kinds=_CUTTINGS),
            _bucket("receipt3", 0.08, 42, _MIXED, kinds=_RECEIPTS_AND_REAL),
            _bucket("receipt4", 0.12, 32, _MIXED, kinds=_RECEIPTS_AND_REAL),
            _bucket("receipt5", 0.04, 26, _MIXED, kinds=_RECEIPTS_AND_REAL),
            _bucket("receipt6", 0.02, 22, _MIXED, kinds=_RECEIPTS_AND_REAL),
            _shape("square", 0.03, _PAGES_AND_REAL),
            _shape("wide", 0.03, _CUTTINGS),
            _shape("broad", 0.03, _CUTTINGS),
            _shape("strip", 0.015, _CUTTINGS),
            _shape("band", 0.01, _CUTTINGS),
            _shape("pair", 0.01, _CUTTINGS),
            _shape("slip", 0.02, _RECEIPTS_AND_REAL),
        ),
    ),
)


def _with_illegible(stage: Stage) -> Stage:
    """Some of the pages of print shrunk until nobody can read them."""
    buckets = (
        replace(b, illegible_share=0.0 if PHOTO in dict(b.kinds) else ILLEGIBLE_SHARE) for b in stage.buckets
    )
    return replace(stage, buckets=tuple(buckets))


def _debug_stage(name: str) -> Stage:
    """A handful of pages, small enough for a CPU; the loader's seed makes them the same ones every time."""
    tasks = _GLYPHS if name == "glyphs" else ((CONVERSATION, 1.0),) if name == "tasks" else _READ
    weight = 0.0 if name == "glyphs" else 1.0
    buckets = (replace(BUCKETS["tile"], batch_size=4, tasks=tasks, warp_share=0.0, max_text_tokens=128),)
    return Stage(name, 0.25, buckets, text_weight=weight, glyph_weight=1.0 - 0.7 * weight, strength=0.0)


RECIPES: dict[str, Recipe] = {
    "nano": Recipe("nano", 10_000, tuple(STAGES.values())),
    # goes on from trained weights (--init); another seed, so that no page comes twice
    "nano-more": Recipe(
        "nano", 8_000, tuple(map(_with_illegible, _MORE)), lr=4e-4, warmup=50, decay_share=0.95, seed=17
    ),
    "debug": Recipe(
        "debug", 200, tuple(_debug_stage(n) for n in STAGES), lr=4e-3, warmup=5, distinct_batches=1
    ),
}


def scaled(recipe: Recipe, factor: float) -> Recipe:
    """The same recipe with ``factor`` times the pages in every batch (at least one)."""

    def smaller(bucket: Bucket) -> Bucket:
        return replace(bucket, batch_size=max(1, round(bucket.batch_size * factor)))

    stages = tuple(replace(s, buckets=tuple(map(smaller, s.buckets))) for s in recipe.stages)
    return replace(recipe, stages=stages)
