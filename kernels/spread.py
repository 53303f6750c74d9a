"""Independent pieces of work on all of torch's threads, each thread with a piece of its own.

Two threads that share every product of a tile wait for each other at each of them; two that have a tile each
wait once, at the end, and beside other work none is held up by the other.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import torch

Piece = TypeVar("Piece")


def spread(work: Callable[[Piece], None], pieces: Iterable[Piece]) -> None:
    """Call ``work`` on every piece, in any order; the longest should come first.

    Gradients are not followed. What ``work`` raises is raised here.
    """
    todo, threads = list(pieces), torch.get_num_threads()
    if min(threads, len(todo)) < 2:
        for piece in todo:
            work(piece)
        return

    def alone(piece: Piece) -> None:
        with torch.inference_mode():
            work(piece)

    try:
        list(_pool(threads, os.getpid()).map(alone, todo))
    finally:
        torch.set_num_threads(threads)  # what a worker sets for itself is also what new threads begin with


@lru_cache(maxsize=4)
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    """One for each process: threads do not survive a fork."""
    return ThreadPoolExecutor(threads, "octavo-spread", initializer=_compute_alone)


def _compute_alone() -> None:
    torch.get_num_threads()  # a new thread takes over the common number when it first asks: now, not later
    torch.set_num_threads(1)
