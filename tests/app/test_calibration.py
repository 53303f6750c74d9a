"""Confidence curves: fitted, kept beside the weights, applied by kind of reply, refused when broken."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.calibration import FILE, Calibration, Curve, bins, expected_calibration_error
from octavo.app.errors import ModelError
from octavo.app.manifest import Item
from octavo.app.pages_match import PrintedRows
from octavo.app.prompts import NOT_FOUND
from octavo.app.scoring import PairsPart, plan
from octavo.app.second_look import PRINT
from octavo.training.calibrate import (
    Judge,
    Judgement,
    calibration_error,
    fit,
    fit_curve,
    questions_in_vain,
)


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
    calibration = Calibration(Curve(0.5, -0.2), Curve(0.7, 0.3), None, Curve(1.5, 0.1))
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


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.effect_noise((90, 120), 60).save(path)
    return path


@pytest.mark.parametrize(
    ("characters", "said", "kind"),
    [(0, "Grey", "photo"), (PRINT, "Grey", "answer"), (0, NOT_FOUND, "refusal")],
)
def test_answers_about_photos_have_a_curve_of_their_own(picture, characters, said, kind) -> None:
    backend = FakeBackend(lambda page, prompt: said)
    backend.rows = lambda image: PrintedRows((), characters)
    backend.calibration = Calibration(**{kind: Curve(1.0, -3.0)})
    with DocumentService(Settings(isolate=False), backend) as service:
        assert service.ask(service.open(picture), "What is the colour?").confidence < 0.5
        backend.calibration = Calibration(field=Curve(1.0, -3.0))
        assert service.ask(service.open(picture), "What is the colour?").confidence == 0.9


def test_forms_are_asked_in_vain_for_what_other_forms_have(picture) -> None:
    def form(name: str, label: str, printed: str) -> Item:
        pairs = [{"question": f"{label}:", "answer": "7"}, {"question": "Total:", "answer": "12"}]
        return Item(name, "form_kie", picture, None, {"pairs": pairs, "lines": [{"text": printed}]})

    forms = [form("a", "Weight", "Weight: 7 Total: 12"), form("b", "Reference", "Reference: 7 Total: 12")]
    service = DocumentService(Settings(isolate=False), FakeBackend(lambda page, prompt: NOT_FOUND))
    judge = Judge(service)
    with judge.service:
        judge.items(forms)
    kinds = [(j.document, j.kind, j.right) for j in judge.judgements]
    assert sorted(kinds) == [(name, "refusal", right) for name in "ab" for right in (False, False, True)]


def test_nothing_is_asked_in_vain_where_the_print_is_not_known(picture) -> None:
    item = Item("a", "form_kie", picture, None, {"pairs": [{"question": "Weight:", "answer": "7"}]})
    parts = plan(item, transcribe=False)
    assert questions_in_vain(item, parts, ["What is the Reference?"]) == []
    known = replace(item, labels={**item.labels, "text": "Weight: 7, the reference"})
    assert questions_in_vain(known, parts, ["What is the Reference?"]) == []
    assert questions_in_vain(known, parts, ["What is the Colour?"]) == [
        PairsPart({"What is the Colour?": None})
    ]


def test_photos_are_judged_by_what_they_are_asked_for(picture) -> None:
    labels = {"attributes": {"colour": "Grey", "category": "Bags", "season": "Summer"}}
    item = Item("m_1", "product_attributes", picture, None, labels)
    judge = Judge(DocumentService(Settings(isolate=False), FakeBackend(lambda page, prompt: "Grey")))
    with judge.service:
        judge.items([item])
    assert judge.judgements == [Judgement("photo", 0.9, False, "m_1"), Judgement("photo", 0.9, True, "m_1")]
