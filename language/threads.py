"""How many threads a small step should use, found out by trying.

Two threads halve the time of a step on an idle machine. Beside other work they multiply it, because each
waits for the other to get a core. No load figure tells the two apart as well as the steps themselves do.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import torch

Result = TypeVar("Result")
WARM_UP = 2  # steps after prefill find cold caches: they say nothing about threads
TRIALS = 3  # steps for each of the two candidates, taken in turn
PERIOD = 128  # steps between trials


class ThreadTuner:
    """Runs steps on one thread or on all of torch's, whichever was faster in the last trial."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.all = torch.get_num_threads()
        self.chosen = self.all
        self._clock, self._step = clock, 0
        self._best: dict[int, float] = {}

    def run(self, step: Callable[[], Result], *, is_alike: bool = True) -> Result:
        """Call ``step``; torch's number of threads is afterwards what it was before.

        ``is_alike``: as much work as other steps, so that its time may be compared with theirs.
        """
        if self.all == 1:
            return step()
        trial = self._step % PERIOD - WARM_UP
        on_trial = is_alike and 0 <= trial < 2 * TRIALS
        threads = self.chosen if not on_trial else self.all if trial % 2 == 0 else 1
        torch.set_num_threads(threads)
        started = self._clock()
        try:
            return step()
        finally:
            if on_trial:
                self._best[threads] = min(self._best.get(threads, float("inf")), self._clock() - started)
            if on_trial and trial == 2 * TRIALS - 1:
                self.chosen = min(self._best, key=lambda count: self._best[count])
                self._best = {}
            self._step += is_alike
            torch.set_num_threads(self.all)
