"""Batches: where pages lie, what belongs together, determinism, resuming, failures."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

import octavo.language
from octavo.language.tokenizer import Tokenizer
from octavo.training.buckets import BUCKETS
from octavo.training.conversations import IGNORED
from octavo.training.labels import glyph_ids
from octavo.training.loader import (
    Batch,
    BatchDataset,
    Bucket,
    LoaderSpec,
    SyntheticSource,
    draw_content,
    make_loader,
)
from octavo.training.synth.page import Field, Question, SyntheticPage
from octavo.vision.tiling import plan_tiles

TOKENIZER = partial(
    Tokenizer.from_file, Path(octavo.language.__file__).parent / "pretrained" / "nano" / "tokenizer.json"
)
TENSORS = ("canvas", "content", "theta", "glyphs", "ids", "labels")


class FakeMaker:
    """Pages of one random word over the whole page; fails where it is told to."""

    def __init__(self, failing: frozenset[int] = frozenset()) -> None:
        self.calls = 0
        self.failing = failing

    def __call__(self, rng: np.random.Generator, kind: str, size_px: tuple[int, int]) -> SyntheticPage:
        self.calls += 1
        if self.calls in self.failing:
            raise ArithmeticError("no room for the table")
        width, height = size_px
        word = "".join(rng.choice(list("abcdefgh"), int(rng.integers(5, 60))))
        edges = np.linspace(0.2, 0.8, len(word) + 1)
        boxes = np.stack([edges[:-1], np.full(len(word), 0.5), edges[1:], np.full(len(word), 0.51)], axis=1)
        pixels = np.full((height, width), 255, np.uint8)
        pixels[height // 2 : height // 2 + 8, width // 5 : -width // 5] = 0
        fields = (Field("Word", "word", word, (0.2, 0.5, 0.8, 0.51)),)
        questions = (Question("What is the word?", word, None, "label"),)
        return SyntheticPage(pixels, word, boxes.astype(np.float32), word, fields, questions, kind, "en", 12)


def spec(*buckets: Bucket, num_batches: int = 6, seed: int = 0) -> LoaderSpec:
    return LoaderSpec("test", buckets, num_batches, seed)


def dataset(the_spec: LoaderSpec, maker: FakeMaker | None = None, world_size: int = 1) -> BatchDataset:
    return BatchDataset(the_spec, lambda: maker or FakeMaker(), TOKENIZER, world_size)


def equal(a: Batch, b: Batch) -> bool:
    return all(torch.equal(getattr(a, name), getattr(b, name)) for name in TENSORS) and a.kinds == b.kinds


@pytest.mark.parametrize("name", BUCKETS)
def test_pages_of_every_bucket_lie_where_the_application_would_put_them(name):
    bucket, tiling = BUCKETS[name], spec().tiling
    rng = np.random.default_rng(0)
    for _ in range(50):
        x0, y0, x1, y1 = draw_content(bucket, tiling, rng)
        plan = plan_tiles((x1 - x0, y1 - y0), tiling)
        assert (plan.rows, plan.cols, plan.content) == (bucket.rows, bucket.cols, (x0, y0, x1, y1))


def test_aspects_that_cannot_give_the_grid_raise():
    with pytest.raises(ValueError, match="4x3 tiles"):
        draw_content(Bucket(4, 3, 1, ((2.0, 2.1),)), spec().tiling, np.random.default_rng(0))


def test_batch_has_consistent_shapes_and_padding():
    bucket = replace(BUCKETS["half"], batch_size=5, tasks=(("read", 1.0), ("conversation", 1.0)))
    batch = dataset(spec(bucket))[0]
    assert batch.canvas.shape == (5, 768, 768)
    assert batch.glyphs.shape == (5, 48, 48, 4)
    assert batch.theta.shape == (5, 2, 3)
    assert batch.ids.shape == batch.labels.shape
    assert (batch.rows, batch.cols, batch.failures) == (2, 2, 0)
    assert len(batch.kinds) == len(batch.tasks) == 5
    supervised = batch.labels != IGNORED
    assert torch.equal(batch.labels[supervised], batch.ids[supervised])
    assert supervised.any(dim=1).all()
    assert supervised[:, -1].any()  # no longer than the longest
    for canvas, (x0, y0, x1, y1) in zip(batch.canvas, batch.content.tolist(), strict=True):
        outside = torch.ones_like(canvas, dtype=torch.bool)
        outside[y0:y1, x0:x1] = False
        assert (canvas[outside] == 127).all()
        assert (canvas[y0:y1, x0:x1] == 0).any()


def test_glyph_labels_follow_the_page_and_its_warp():
    bucket = replace(BUCKETS["half"], batch_size=6, warp_share=0.5, max_text_tokens=400)
    batch = dataset(spec(bucket))[0]
    tokenizer = TOKENIZER()
    moved = (batch.theta - torch.eye(2, 3)).abs().amax(dim=(1, 2)) > 0
    assert 0 < moved.sum() < 6
    for ids, labels, glyphs in zip(batch.ids, batch.labels, batch.glyphs, strict=True):
        answer = tokenizer.decode(ids[labels != IGNORED].tolist())
        assert sorted(glyphs[glyphs > 0].tolist()) == sorted(glyph_ids(answer).tolist())


def test_glyph_stage_has_no_text():
    batch = dataset(spec(replace(BUCKETS["tile"], batch_size=3, tasks=(("glyphs", 1.0),))))[0]
    assert batch.ids.shape == batch.labels.shape == (3, 0)
    assert batch.tasks == ["glyphs"] * 3


def test_batches_depend_on_seed_and_index_only():
    small = spec(replace(BUCKETS["tile"], batch_size=2), replace(BUCKETS["half"], batch_size=2))
    there = [dataset(small)[i] for i in range(4)]
    back = dataset(small)
    assert all(equal(back[i], there[i]) for i in reversed(range(4)))
    assert not equal(there[0], there[1])
    assert not equal(there[0], dataset(replace(small, seed=1))[0])


def test_start_resumes_and_ranks_share_the_bucket_of_a_step():
    small = spec(replace(BUCKETS["tile"], batch_size=2), replace(BUCKETS["half"], batch_size=2))
    whole = [batch.index for batch in make_loader(small, FakeMaker, TOKENIZER, workers=0)]
    assert whole == list(range(6))
    resumed = list(make_loader(small, FakeMaker, TOKENIZER, workers=0, start=4))
    assert [batch.index for batch in resumed] == [4, 5]
    assert equal(resumed[0], dataset(small)[4])
    ranks = [list(make_loader(small, FakeMaker, TOKENIZER, workers=0, rank=r, world_size=2)) for r in (0, 1)]
    assert [batch.index for batch in ranks[1]] == [1, 3, 5, 7, 9, 11]
    for first, second in zip(*ranks, strict=True):
        assert (first.rows, first.cols) == (second.rows, second.cols)
        assert not torch.equal(first.glyphs, second.glyphs)


def test_a_failing_page_is_replaced_and_counted():
    bucket = replace(BUCKETS["tile"], batch_size=4)
    batch = dataset(spec(bucket), FakeMaker(failing=frozenset({2})))[0]
    assert batch.failures == 1
    assert batch.canvas.shape[0] == 4


def test_many_failures_stop_the_run_with_the_reason():
    bucket = replace(BUCKETS["tile"], batch_size=4)
    with pytest.raises(RuntimeError, match="batch 0: 2 of 4 pages failed") as caught:
        dataset(spec(bucket), FakeMaker(failing=frozenset({2, 3})))[0]
    assert isinstance(caught.value.__cause__, ArithmeticError)


def test_unknown_task_is_an_error():
    with pytest.raises(ValueError, match="sing"):
        dataset(spec(replace(BUCKETS["tile"], tasks=(("sing", 1.0),))))


def test_a_source_that_cannot_open_is_not_taken_for_a_failing_page():
    def source():
        raise FileNotFoundError("no fonts here")

    with pytest.raises(FileNotFoundError, match="no fonts here"):
        BatchDataset(spec(BUCKETS["tile"]), source, TOKENIZER)[0]


def test_to_device_keeps_what_the_degradation_reads_on_the_cpu():
    batch = dataset(spec(replace(BUCKETS["tile"], batch_size=2)))[0].to("meta")
    assert batch.canvas.device.type == batch.ids.device.type == "meta"
    assert batch.theta.device.type == batch.content.device.type == "cpu"


def test_workers_make_the_same_batches_in_the_same_order():
    small = spec(
        replace(BUCKETS["tile"], batch_size=2), replace(BUCKETS["receipt4"], batch_size=1), num_batches=3
    )
    alone = list(make_loader(small, SyntheticSource(), TOKENIZER, workers=0))
    shared = list(make_loader(small, SyntheticSource(), TOKENIZER, workers=2, prefetch=1))
    assert len(alone) == len(shared) == 3
    assert all(equal(a, b) for a, b in zip(alone, shared, strict=True))
