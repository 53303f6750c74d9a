"""Batches of synthetic pages, made on the fly by worker processes.

Item i of ``BatchDataset`` is the whole batch i. Everything in it follows from (seed, stage, i), so the order
is the same for any number of workers and a run resumes by starting at a later index. Ranks of a data-parallel
run take batches of the same bucket at the same step, so that none waits for a larger canvas of another.
"""

import logging
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..vision.tiling import TilingConfig
from .buckets import CONVERSATION, GLYPHS, PHOTO, READ, REAL, Bucket, Weights, draw_content
from .conversations import IGNORED, ChatTokenizer, Sample, conversation_sample, read_sample
from .illegible import illegible
from .labels import glyph_labels, place_boxes, random_theta, warp_boxes
from .photo_maker import PhotoPage
from .photo_turns import photo_sample
from .synth.page import SyntheticPage

logger = logging.getLogger(__name__)

MAX_FAILED_SHARE = 0.05


@dataclass(frozen=True)
class LoaderSpec:
    """What a stage is fed with; ``num_batches`` counts the steps of one rank."""

    stage: str
    buckets: tuple[Bucket, ...]
    num_batches: int
    seed: int = 0
    tiling: TilingConfig = field(default_factory=lambda: TilingConfig(global_view_of_single=False))


@dataclass(frozen=True)
class Batch:
    """CPU tensors of one step. Glyph labels are those of the canvas after the warp ``theta``; pixels are not
    warped.

    ``canvas`` uint8 [B, H, W] grey, or [B, H, W, 3] RGB that nothing is to be done to (``is_rgb``); 127
    outside ``content`` int32 [B, 4] (x0, y0, x1, y1 px); ``theta``
    float32 [B, 2, 3] for ``affine_grid`` over the canvas (align_corners=False); ``glyphs`` [B, H//16, W//16,
    SLOTS], −100 where nobody knows; ``ids`` and ``labels`` int32 [B, T]: the text after the image, right
    padded, −100 where not supervised.
    """

    canvas: Tensor
    content: Tensor
    theta: Tensor
    glyphs: Tensor
    ids: Tensor
    labels: Tensor
    kinds: list[str]
    tasks: list[str]
    rows: int
    cols: int
    index: int
    failures: int  # pages that could not be made and were replaced

    @property
    def is_rgb(self) -> bool:
        """Photos, degraded already, rather than grey pages."""
        return self.canvas.ndim == 4

    def pin_memory(self) -> "Batch":
        return self._map(Tensor.pin_memory)

    def to(self, device: torch.device | str) -> "Batch":
        """Everything but ``content`` and ``theta``, which the degradation wants on the CPU."""
        moved = self._map(lambda tensor: tensor.to(device, non_blocking=True))
        return replace(moved, content=self.content, theta=self.theta)

    def _map(self, change: Callable[[Tensor], Tensor]) -> "Batch":
        values: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        tensors: dict[str, Any] = {name: change(v) for name, v in values.items() if isinstance(v, Tensor)}
        return replace(self, **tensors)


class PageMaker(Protocol):
    """Makes a page of ``size_px`` (width, height); ``kind`` "any" or one that the maker knows. Asked for a
    "photo" it gives a :class:`PhotoPage` whose canvas has that size."""

    def __call__(
        self, rng: np.random.Generator, kind: str, size_px: tuple[int, int]
    ) -> SyntheticPage | PhotoPage: ...


@dataclass(frozen=True)
class SyntheticSource:
    """Calling it loads a world of ``training.synth`` and returns a maker; None is the built-in world.

    ``real``: a folder of ``training.real``; its pages answer to the kind "real", for which any synthetic page
    stands in when there are none of the size. ``photos``: a folder of ``training.photos`` for the kind
    "photo"; without it such a page raises ValueError.
    """

    assets: str | None = None
    real: str | None = None
    photos: str | None = None

    def __call__(self) -> PageMaker:
        from .photo_maker import make_photo
        from .photos import Photos
        from .real import RealPages
        from .synth import World, make_page, make_tile

        world = World.builtin() if self.assets is None else World.load(self.assets)
        real = RealPages(Path(self.real), world) if self.real else None
        photos = Photos(Path(self.photos)) if self.photos else None

        def make(rng: np.random.Generator, kind: str, size_px: tuple[int, int]) -> SyntheticPage | PhotoPage:
            if kind == PHOTO:
                if photos is None:
                    raise ValueError("no photos: give a folder packed by octavo.training.photos")
                return make_photo(rng, photos, size_px)
            if kind == "tile":
                return make_tile(rng, world)
            if kind == REAL:
                found = real.pick(rng, size_px) if real else None
                if found is not None:
                    return found
                kind = "any"
            return make_page(rng, world, kind=None if kind == "any" else kind, size_px=size_px)

        return make


@dataclass(frozen=True)
class _Item:
    """One page, ready to be stacked."""

    canvas: np.ndarray
    content: tuple[int, int, int, int]
    theta: np.ndarray
    glyphs: np.ndarray
    sample: Sample
    kind: str
    task: str


class BatchDataset(Dataset[Batch]):
    """Batch i by index, for any i: ``__getitem__`` needs no state but the spec.

    ``source`` and ``tokenizer`` are called once in each process that makes batches; they must pickle. Index i
    is step i // world_size of rank i % world_size. Raises RuntimeError when more than 5 % of a batch had to
    be replaced (a single page always may).
    """

    def __init__(
        self,
        spec: LoaderSpec,
        source: Callable[[], PageMaker],
        tokenizer: Callable[[], ChatTokenizer],
        world_size: int = 1,
    ) -> None:
        if not spec.buckets or min(bucket.weight for bucket in spec.buckets) < 0:
            raise ValueError(f"stage {spec.stage!r} needs buckets with weights ≥ 0")
        known = {GLYPHS, READ, CONVERSATION, PHOTO}
        unknown = {task for bucket in spec.buckets for task, _ in bucket.tasks} - known
        if unknown:
            raise ValueError(f"stage {spec.stage!r}: unknown tasks {sorted(unknown)}")
        for bucket in spec.buckets:
            names = {name for name, _ in (*bucket.kinds, *bucket.tasks)}
            if PHOTO in names and (len(names) > 1 or bucket.rows * bucket.cols > 1):
                raise ValueError(f"stage {spec.stage!r}: photos need a bucket of 1x1 tiles to themselves")
        self.spec, self.source, self.tokenizer, self.world_size = spec, source, tokenizer, world_size

    def __len__(self) -> int:
        return self.spec.num_batches * self.world_size

    def __getitem__(self, index: int) -> Batch:
        bucket = self.bucket_of(index)
        maker = self._maker
        items: list[_Item] = []
        failures, wanted = 0, bucket.batch_size
        while len(items) < wanted:
            rng = np.random.default_rng([*self._seed, 1, index, len(items) + failures])
            content = draw_content(bucket, self.spec.tiling, rng)
            try:
                items.append(self._make_item(bucket, content, maker, rng))
            except Exception as error:
                failures += 1
                logger.warning("stage %s, batch %d: a page failed: %r", self.spec.stage, index, error)
                if failures > max(1, MAX_FAILED_SHARE * wanted):
                    where = f"stage {self.spec.stage!r}, batch {index}"
                    raise RuntimeError(f"{where}: {failures} of {wanted} pages failed") from error
        return self._stack(items, bucket, index, failures)

    def bucket_of(self, index: int) -> Bucket:
        """The same for all ranks of a step."""
        weights = np.array([bucket.weight for bucket in self.spec.buckets])
        rng = np.random.default_rng([*self._seed, 0, index // self.world_size])
        return self.spec.buckets[int(rng.choice(len(weights), p=weights / weights.sum()))]

    @cached_property
    def _maker(self) -> PageMaker:
        return self.source()

    @cached_property
    def _chat(self) -> ChatTokenizer:
        return self.tokenizer()

    @property
    def _seed(self) -> tuple[int, int]:
        return self.spec.seed, crc32(self.spec.stage.encode())

    def __getstate__(self) -> dict[str, Any]:
        """Without the opened world and tokenizer: each process opens its own."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_maker", "_chat")}

    def _make_item(
        self, bucket: Bucket, content: tuple[int, int, int, int], maker: PageMaker, rng: np.random.Generator
    ) -> _Item:
        height, width = bucket.rows * self.spec.tiling.tile_size, bucket.cols * self.spec.tiling.tile_size
        x0, y0, x1, y1 = content
        page = maker(rng, _draw(bucket.kinds, rng), (x1 - x0, y1 - y0))
        if isinstance(page, PhotoPage):
            return self._make_photo(page, bucket, rng)
        if rng.random() < bucket.illegible_share:
            page = illegible(page, rng)
        if page.pixels.shape != (y1 - y0, x1 - x0):
            raise ValueError(f"asked for a page of {x1 - x0}x{y1 - y0} px, got {page.pixels.shape[::-1]}")
        canvas = np.full((height, width), self.spec.tiling.pad_value, dtype=np.uint8)
        canvas[y0:y1, x0:x1] = page.pixels
        boxes = place_boxes(page.boxes, content)
        theta = np.eye(2, 3, dtype=np.float32)
        chars = page.chars
        if rng.random() < bucket.warp_share:
            theta = random_theta(rng, height, width, (x1 - x0, y1 - y0))
            boxes = warp_boxes(boxes, theta, height, width)
            chars, boxes = _inside(chars, boxes, content)
        glyphs = glyph_labels(chars, boxes, height, width)
        if not page.has_glyphs:
            glyphs[:] = IGNORED
        task, sample = self._make_text(page, _draw(bucket.tasks, rng), rng, bucket.max_text_tokens)
        return _Item(canvas, content, theta, glyphs, sample, page.kind, task)

    def _make_photo(self, page: PhotoPage, bucket: Bucket, rng: np.random.Generator) -> _Item:
        """A photo fills its canvas; of its characters nothing is known."""
        height, width = page.canvas.shape[:2]
        glyphs = glyph_labels("", np.zeros((0, 4), np.float32), height, width)
        glyphs[:] = IGNORED
        sample = photo_sample(page.labels, rng, self._chat, bucket.max_text_tokens)
        theta = np.eye(2, 3, dtype=np.float32)
        return _Item(page.canvas, page.content, theta, glyphs, sample, PHOTO, PHOTO)

    def _make_text(
        self, page: SyntheticPage, task: str, rng: np.random.Generator, max_tokens: int
    ) -> tuple[str, Sample]:
        """A page without anything to ask about is read instead; the task that was done is returned too."""
        if task == GLYPHS:
            return task, Sample([], [])
        if task == CONVERSATION:
            sample = conversation_sample(page, rng, self._chat, max_tokens)
            if sample is not None:
                return task, sample
        return READ, read_sample(page, self._chat, max_tokens)

    def _stack(self, items: list[_Item], bucket: Bucket, index: int, failures: int) -> Batch:
        length = max(len(item.sample.ids) for item in items)
        pad = self._chat.pad if length else 0
        return Batch(
            canvas=torch.from_numpy(np.stack([item.canvas for item in items])),
            content=torch.tensor([item.content for item in items], dtype=torch.int32),
            theta=torch.from_numpy(np.stack([item.theta for item in items])),
            glyphs=torch.from_numpy(np.stack([item.glyphs for item in items])),
            ids=_padded([item.sample.ids for item in items], length, pad),
            labels=_padded([item.sample.labels for item in items], length, IGNORED),
            kinds=[item.kind for item in items],
            tasks=[item.task for item in items],
            rows=bucket.rows,
            cols=bucket.cols,
            index=index,
            failures=failures,
        )


def make_loader(
    spec: LoaderSpec,
    source: Callable[[], PageMaker],
    tokenizer: Callable[[], ChatTokenizer],
    *,
    workers: int,
    start: int = 0,
    rank: int = 0,
    world_size: int = 1,
    pin_memory: bool = False,
    prefetch: int = 4,
) -> DataLoader[Batch]:
    """Batches ``start`` … ``num_batches`` of one rank, in order. ``workers`` 0 makes them in this process."""
    dataset = BatchDataset(spec, source, tokenizer, world_size)
    indices = range(start * world_size + rank, len(dataset), world_size)
    if workers == 0:
        return DataLoader(dataset, batch_size=None, sampler=indices, pin_memory=pin_memory)
    # Not fork: the parent holds CUDA and threads. A fork server imports torch once and hands it to every
    # worker.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return DataLoader(
        dataset,
        batch_size=None,
        sampler=indices,
        num_workers=workers,
        pin_memory=pin_memory,
        prefetch_factor=prefetch,
        persistent_workers=True,
        multiprocessing_context=context,
        worker_init_fn=_init_worker,
    )


def _init_worker(worker: int) -> None:
    """A worker is one core: threads of its own would only fight the other workers."""
    torch.set_num_threads(1)


def _draw(weights: Weights, rng: np.random.Generator) -> str:
    chances = np.array([weight for _, weight in weights], dtype=np.float64)
    return weights[int(rng.choice(len(weights), p=chances / chances.sum()))][0]


def _inside(chars: str, boxes: np.ndarray, content: tuple[int, int, int, int]) -> tuple[str, np.ndarray]:
    """Only the characters that the warp left inside the content: the rest is painted over with padding."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    x0, y0, x1, y1 = content
    kept = np.flatnonzero((x >= x0) & (x < x1) & (y >= y0) & (y < y1))
    return (chars, boxes) if len(kept) == len(boxes) else ("".join(chars[i] for i in kept), boxes[kept])


def _padded(rows: Sequence[Sequence[int]], length: int, fill: int) -> Tensor:
    out = torch.full((len(rows), length), fill, dtype=torch.int32)
    for number, row in enumerate(rows):
        out[number, : len(row)] = torch.tensor(row, dtype=torch.int32)
    return out
