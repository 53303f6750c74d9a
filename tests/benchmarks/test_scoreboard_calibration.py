"""The calibration score and the maps that would repair a confidence."""

import random
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def calibration(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("board.calibration")


def overconfident(number: int = 4000) -> list[tuple[float, bool]]:
    """Answers that are right with a probability of the square of their confidence."""
    draw = random.Random(3)
    return [(c, draw.random() < c * c) for c in (draw.random() for _ in range(number))]


def test_error_is_the_weighted_distance_of_confidence_and_accuracy(calibration):
    judgements = [(0.95, True), (0.95, False), (0.15, False), (1.0, True)]
    top, low = abs((0.95 + 0.95 + 1.0) / 3 - 2 / 3), 0.15
    assert calibration.expected_calibration_error(judgements) == pytest.approx((3 * top + low) / 4)
    assert calibration.expected_calibration_error([]) is None


def test_bins_hold_every_judgement_once(calibration):
    groups = calibration.bins([(0.0, False), (0.1, False), (0.999, True), (1.0, True)])
    assert [group.count for group in groups] == [1, 1, 2]


def test_isotonic_map_rises_and_pools_what_is_out_of_order(calibration):
    fitted = calibration.fit_isotonic([(0.1, False), (0.4, True), (0.6, False), (0.6, True), (0.9, True)])
    assert [fitted(c) for c in (0.0, 0.1, 0.5, 0.7, 0.95)] == pytest.approx([0, 0, 2 / 3, 2 / 3, 1])


def test_temperature_map_finds_the_map_that_made_the_outcomes(calibration):
    made, draw = calibration.Temperature(0.5, -0.3), random.Random(5)
    judgements = [(c, draw.random() < made(c)) for c in (draw.random() for _ in range(20_000))]
    fitted = calibration.fit_temperature(judgements)
    assert fitted.slope == pytest.approx(0.5, abs=0.05) and fitted.shift == pytest.approx(-0.3, abs=0.06)


def test_temperature_fit_bears_outcomes_that_are_all_alike(calibration):
    fitted = calibration.fit_temperature([(0.9, True)] * 20)
    assert 0.9 < fitted(0.9) <= 1.0


@pytest.mark.parametrize("name", ["fit_isotonic", "fit_temperature"])
def test_fitted_maps_repair_answers_that_they_were_not_fitted_on(calibration, name):
    judgements = overconfident()
    before = calibration.expected_calibration_error(judgements)
    after = calibration.cross_validated_error(judgements, getattr(calibration, name))
    assert before > 0.12 and after < 0.05


@pytest.mark.parametrize("name", ["fit_isotonic", "fit_temperature"])
def test_nothing_can_be_fitted_to_no_judgements(calibration, name):
    with pytest.raises(ValueError, match="at least one"):
        getattr(calibration, name)([])
    assert calibration.cross_validated_error([], getattr(calibration, name)) is None
