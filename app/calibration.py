"""Confidence that means what it says: of answers given with 0.8, eight in ten are right.

The model's own probabilities rank its answers well and are too sure of themselves. A curve for each kind of
reply, fitted on documents that training never saw (``training.calibrate``), lies beside the weights.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import ModelError

FILE = "calibration.json"
EDGE = 1e-4  # nothing is certain
BINS = 10
Judged = tuple[float, bool]
"""A confidence, and whether the reply was right."""


@dataclass(frozen=True)
class Curve:
    """Platt scaling (Platt 1999) of a probability: ``sigmoid(slope · logit(p) + offset)``."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probability: float) -> float:
        """A probability in 0..1 → the share of such replies that is right."""
        return 1.0 / (1.0 + math.exp(-(self.slope * logit(probability) + self.offset)))


def logit(probability: float) -> float:
    """Log odds, with the ends of 0..1 drawn in by ``EDGE``."""
    kept = min(max(probability, EDGE), 1.0 - EDGE)
    return math.log(kept / (1.0 - kept))


@dataclass(frozen=True)
class Calibration:
    """Curves for answers to questions about pages and about photos, for extracted fields, and for "not in
    the document"."""

    answer: Curve | None = None
    photo: Curve | None = None
    field: Curve | None = None
    refusal: Curve | None = None

    def __call__(self, kind: str, probability: float) -> float:
        """The calibrated confidence of a reply of a ``kind``; as it came where there is no curve for it."""
        curve: Curve | None = getattr(self, kind)
        return probability if curve is None else curve(probability)

    def save(self, folder: Path) -> None:
        """Write the curves beside the weights in ``folder``."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Calibration":
        """The curves in a model's folder, none where there is no file; raises ModelError for a broken one."""
        path = folder / FILE
        if not path.is_file():
            return cls()
        try:
            data = json.loads(path.read_text("utf-8"))
            return cls(**{kind: _curve(value) for kind, value in data.items() if value is not None})
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(f"{path}: not a calibration ({error}); fit it again or delete it") from None


def _curve(value: Mapping[str, float]) -> Curve:
    curve = Curve(**{name: float(number) for name, number in value.items()})
    if not (math.isfinite(curve.slope) and math.isfinite(curve.offset) and curve.slope > 0):
        raise ValueError("a curve needs a positive slope")
    return curve


@dataclass(frozen=True)
class Bin:
    """Judgements of like confidence: their number, mean confidence and share that was right."""

    count: int
    confidence: float
    accuracy: float


def bins(judgements: Sequence[Judged], number: int = BINS) -> list[Bin]:
    """Non-empty bins of equal width over 0..1, lowest first; 1.0 belongs to the last."""
    groups: list[list[Judged]] = [[] for _ in range(number)]
    for confidence, right in judgements:
        groups[min(int(confidence * number), number - 1)].append((confidence, right))
    return [
        Bin(len(group), sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group))
        for group in groups
        if group
    ]


def expected_calibration_error(judgements: Sequence[Judged], number: int = BINS) -> float | None:
    """Mean distance of confidence and accuracy over bins, weighted by count (Guo et al. 2017, equation 3)."""
    if not judgements:
        return None
    distances = (group.count * abs(group.confidence - group.accuracy) for group in bins(judgements, number))
    return sum(distances) / len(judgements)
