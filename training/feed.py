"""Batches of whichever stage a run is in; the next stage's workers start before they are needed."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch

from ..language.tokenizer import Tokenizer
from ..language.weights import PRETRAINED, TOKENIZER
from .conversations import ChatTokenizer
from .loader import Batch, LoaderSpec, PageMaker, make_loader
from .stages import Recipe, Stage

read_tokenizer = partial(Tokenizer.from_file, PRETRAINED / "nano" / TOKENIZER)  # of the shipped reader
ENDLESS = 1_000_000  # batches; more than any run takes


@dataclass(frozen=True)
class Sources:
    """What batches are made of: both are called once in every worker process, so they must pickle."""

    pages: Callable[[], PageMaker]
    tokenizer: Callable[[], ChatTokenizer]


class Feed:
    """``start``: how many steps were done before, so that a resumed run sees the pages that come next."""

    def __init__(
        self,
        recipe: Recipe,
        stages: list[Stage],
        sources: Sources,
        *,
        workers: int = 0,
        start: int = 0,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self.recipe, self.stages, self.sources = recipe, stages, sources
        self.workers, self.start, self.rank, self.world_size = workers, start, rank, world_size
        self._iterators: dict[int, Iterator[Batch]] = {}

    def prestart(self, number: int) -> None:
        """Begin to make batches of stage ``number``."""
        if number in self._iterators:
            return
        stage, few = self.stages[number], self.recipe.distinct_batches
        spec = LoaderSpec("few" if few else stage.name, stage.buckets, few or ENDLESS, self.recipe.seed)
        loader = make_loader(
            spec,
            self.sources.pages,
            self.sources.tokenizer,
            workers=self.workers,
            start=0 if few else self.start,
            rank=self.rank,
            world_size=self.world_size,
            pin_memory=torch.cuda.is_available(),
            prefetch=2,
        )
        self._iterators[number] = around(list(loader), self.start) if few else iter(loader)

    def next(self, number: int) -> Batch:
        """The next batch of stage ``number``; the workers of earlier stages are let go."""
        self.prestart(number)
        for earlier in [n for n in self._iterators if n < number]:
            del self._iterators[earlier]
        return next(self._iterators[number])


def around(batches: list[Batch], start: int) -> Iterator[Batch]:
    """The same few batches for ever, from the place where a stopped run was."""
    for step in itertools.count(start):
        yield batches[step % len(batches)]
