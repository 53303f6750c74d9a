"""Pages shrunk until nobody can read them, and the truth about them."""

from dataclasses import replace

import numpy as np
import pytest

from octavo.training.conversations import read_sample
from octavo.training.illegible import TALLEST, illegible
from octavo.training.labels import glyph_ids
from octavo.training.stages import RECIPES
from octavo.training.synth import SyntheticPage, World, make_page
from octavo.vision.glyphs import UNKNOWN


@pytest.fixture(scope="module")
def page() -> SyntheticPage:
    return make_page(np.random.default_rng(5), World.builtin(), kind="receipt", size_px=(512, 1200))


def test_nothing_is_said_of_what_cannot_be_read(page: SyntheticPage) -> None:
    assert page.fields and any(question.answer for question in page.questions)
    small = illegible(page, np.random.default_rng(0))
    assert small.text == "" and not small.fields and not small.blanks
    assert small.questions and all(question.answer is None for question in small.questions)
    assert (glyph_ids(small.chars) == UNKNOWN).all()
    assert small.boxes is page.boxes and len(small.chars) == len(page.chars)  # print is still seen there


def test_the_picture_has_lost_its_letters_but_not_its_lines(page: SyntheticPage) -> None:
    small = illegible(page, np.random.default_rng(0))
    assert small.pixels.shape == page.pixels.shape and small.pixels.dtype == np.uint8
    fine = np.abs(np.diff(small.pixels.astype(int), axis=1)).mean()
    assert 0 < fine < 0.25 * np.abs(np.diff(page.pixels.astype(int), axis=1)).mean()
    tallest = (page.boxes[:, 3] - page.boxes[:, 1]).max() * page.pixels.shape[0]
    assert tallest > 3 * TALLEST[1]  # it was legible before


def test_pages_without_print_or_known_places_stay_as_they_are(page: SyntheticPage) -> None:
    for other in (replace(page, has_glyphs=False), replace(page, chars="", boxes=page.boxes[:0])):
        assert illegible(other, np.random.default_rng(0)) is other


def test_what_is_taught_is_to_end_at_once(page: SyntheticPage) -> None:
    class Chat:
        eos, pad = 7, 0

        def encode(self, text: str) -> list[int]:
            return [ord(c) for c in text]

        def question(self, prompt: str) -> list[int]:
            return [1, 2]

        next_question = question

    sample = read_sample(illegible(page, np.random.default_rng(0)), Chat(), 50)
    assert sample.ids == [1, 2, 7] and sample.labels[-1] == 7


def test_every_stage_of_the_longer_recipe_has_some_but_for_photos() -> None:
    for stage in RECIPES["nano-more"].stages:
        for bucket in stage.buckets:
            assert (bucket.illegible_share > 0) == (bucket.kinds[0][0] != "photo"), bucket
