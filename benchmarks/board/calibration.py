"""How far a confidence can be believed, and what would make it honest.

A judgement is a pair (confidence, right or not). :func:`expected_calibration_error` is the score;
:func:`fit_isotonic` and :func:`fit_temperature` learn from judgements of validation lines a map from the
model's confidence to one that is right as often as it says. They are for analysis: what a release uses is
its own choice.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Judgement = tuple[float, bool]
BINS = 10
_EDGE = 1e-6  # how near to 0 and 1 a probability may come before its log-odds are taken


@dataclass(frozen=True)
class Bin:
    """Judgements of like confidence: their number, mean confidence and share that was right."""

    count: int
    confidence: float
    accuracy: float


def bins(judgements: Sequence[Judgement], number: int = BINS) -> list[Bin]:
    """Non-empty bins of equal width over 0..1, lowest first; 1.0 belongs to the last."""
    groups: list[list[Judgement]] = [[] for _ in range(number)]
    for confidence, right in judgements:
        groups[min(int(confidence * number), number - 1)].append((confidence, right))
    return [
        Bin(len(group), sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group))
        for group in groups
        if group
    ]


def expected_calibration_error(judgements: Sequence[Judgement], number: int = BINS) -> float | None:
    """Mean distance of confidence and accuracy over bins, weighted by count (Guo et al. 2017, equation 3)."""
    if not judgements:
        return None
    distances = (group.count * abs(group.confidence - group.accuracy) for group in bins(judgements, number))
    return sum(distances) / len(judgements)


@dataclass(frozen=True)
class Isotonic:
    """A rising step function: ``values[i]`` holds from ``starts[i]`` up to the next start."""

    starts: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, confidence: float) -> float:
        return self.values[max(bisect_right(self.starts, confidence) - 1, 0)]


def fit_isotonic(judgements: Sequence[Judgement]) -> Isotonic:
    """The rising function nearest to the outcomes in squares (pool adjacent violators, Ayer et al. 1955).

    Raises ``ValueError`` without judgements.
    """
    if not judgements:
        raise ValueError("isotonic calibration needs at least one judgement")
    tied: dict[float, list[float]] = {}
    for confidence, right in judgements:
        outcomes = tied.setdefault(confidence, [0.0, 0.0])
        outcomes[0] += right
        outcomes[1] += 1
    blocks: list[list[float]] = []  # [start, sum of outcomes, count]
    for confidence in sorted(tied):
        blocks.append([confidence, *tied[confidence]])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            _, total, count = blocks.pop()
            blocks[-1][1] += total
            blocks[-1][2] += count
    return Isotonic(tuple(b[0] for b in blocks), tuple(b[1] / b[2] for b in blocks))


@dataclass(frozen=True)
class Temperature:
    """Platt's map on log-odds: ``sigmoid(slope * logit(confidence) + shift)``; 1/slope is the temperature."""

    slope: float
    shift: float

    def __call__(self, confidence: float) -> float:
        return _sigmoid(self.slope * _logit(confidence) + self.shift)


def fit_temperature(judgements: Sequence[Judgement], steps: int = 50) -> Temperature:
    """Maximum likelihood by Newton's method with a little ridge; raises ``ValueError`` without judgements."""
    if not judgements:
        raise ValueError("temperature calibration needs at least one judgement")
    slope, shift, ridge = 1.0, 0.0, 1e-3
    points = [(_logit(confidence), float(right)) for confidence, right in judgements]
    for _ in range(steps):
        gradient_slope, gradient_shift = ridge * (slope - 1), ridge * shift
        a, b, c = ridge, 0.0, ridge  # the Hessian [[a, b], [b, c]]
        for x, y in points:
            p = _sigmoid(slope * x + shift)
            weight = p * (1 - p)
            gradient_slope += (p - y) * x
            gradient_shift += p - y
            a, b, c = a + weight * x * x, b + weight * x, c + weight
        determinant = a * c - b * b
        step_slope = (c * gradient_slope - b * gradient_shift) / determinant
        step_shift = (a * gradient_shift - b * gradient_slope) / determinant
        # A whole Newton step may overshoot where the sigmoid is flat; a bounded one gets there as well.
        scale = min(1.0, 2.0 / max(abs(step_slope), abs(step_shift), 1e-12))
        slope, shift = slope - scale * step_slope, shift - scale * step_shift
        if max(abs(step_slope), abs(step_shift)) < 1e-9:
            break
    return Temperature(slope, shift)


def cross_validated_error(
    judgements: Sequence[Judgement],
    fit: Callable[[Sequence[Judgement]], Callable[[float], float]],
    folds: int = 5,
) -> float | None:
    """The calibration error that a fitted map leaves on judgements that it has not seen; every fold once."""
    if len(judgements) < folds:
        return None
    mapped: list[Judgement] = []
    for fold in range(folds):
        learnt = fit([judgement for n, judgement in enumerate(judgements) if n % folds != fold])
        mapped += [(learnt(confidence), right) for confidence, right in judgements[fold::folds]]
    return expected_calibration_error(mapped)


def _logit(p: float) -> float:
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
