"""Confidence curves: fitted, kept beside the weights, applied by kind of reply, refused when broken."""

from pathlib import Path

import numpy as np
import pytest

from octavo.app.calibration import FILE, Calibration, Curve, bins, expected_calibration_error
from octavo.app.errors import ModelError
from octavo.training.calibrate import Judgement, calibration_error, fit, fit_curve


def too_sure(count: int, seed: int = 0) -> list[Judgement]:
    """Replies whose probability p is right in p² of the cases."""
    rng = np.random.default_rng(seed)
    drawn = rng.uniform(0.3, 0.999, count)
    return [Judgement("answer", float(p), bool(rng.random() < p * p), str(i)) for i, p in enumerate(drawn)]


def test_a_fitted_curve_takes_away_most_of_the_error() -> None:
    calibration = fit(too_sure(2000))
    fresh = too_sure(2000, seed=1)
    before, after = calibration_error(fresh, Calibration()), calibration_error(fresh, calibration)
    assert before > 0.1 and after < 0.05


def test_a_curve_keeps_the_order_of_confidences() -> None:
    curve = fit_curve([0.1, 0.5, 0.9, 0.99], [True, False, True, False])
    shown = [curve(p) for p in (0.0, 0.2, 0.6, 0.95, 1.0)]
    assert shown == sorted(shown) and 0 < shown[0] < shown[-1] < 1


def test_kinds_without_judgements_have_no_curve_and_keep_their_probability() -> None:
    calibration = fit(too_sure(100))
    assert calibration.answer is not None and calibration.field is None
    assert calibration("field", 0.7) == 0.7 and calibration("answer", 0.7) != 0.7


def test_curves_survive_the_way_to_disk_and_a_folder_without_them_has_none(tmp_path: Path) -> None:
    assert Calibration.load(tmp_path) == Calibration()
    calibration = Calibration(Curve(0.5, -0.2), None, Curve(1.5, 0.1))
    calibration.save(tmp_path)
    assert Calibration.load(tmp_path) == calibration


@pytest.mark.parametrize(
    "text", ["{", "[1]", '{"answer": {"slope": -1}}', '{"other": {"slope": 1}}', '{"answer": 3}']
)
def test_a_broken_file_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ModelError, match="calibration"):
        Calibration.load(tmp_path)


def test_error_is_the_weighted_distance_of_confidence_and_accuracy() -> None:
    judgements = [(0.95, True), (0.95, False), (0.15, False), (1.0, True)]
    top, low = abs((0.95 + 0.95 + 1.0) / 3 - 2 / 3), 0.15
    assert expected_calibration_error(judgements) == pytest.approx((3 * top + low) / 4)
    assert expected_calibration_error([]) is None


def test_bins_hold_every_judgement_once() -> None:
    groups = bins([(0.0, False), (0.1, False), (0.999, True), (1.0, True)])
    assert [group.count for group in groups] == [1, 1, 2]
