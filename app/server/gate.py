"""Who may use the model when: one at a time, in the order of arrival, and not more waiting than there is
patience for. Long documents let others in between their pages."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from ..types import Delta
from .config import ApiError

Event = TypeVar("Event")
MAX_CALLERS = 10_000  # whose rates are remembered


class Gate:
    """A lock with a queue in front of it. It may be given back by another thread than the one that took
    it."""

    def __init__(self, waiting: int, wait_s: float) -> None:
        self._max_waiting, self._wait_s = waiting, wait_s
        self._turns: deque[object] = deque()  # the first one is at work
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changed:
            return max(0, len(self._turns) - 1)

    def enter(self, patient: bool = False) -> object:
        """Wait for a turn; what it gives is needed to leave. ``patient`` callers (jobs) may wait without a
        limit. Raises ApiError 429 when too many wait or it took too long."""
        turn = object()
        with self._changed:
            if not patient and len(self._turns) > self._max_waiting:
                raise ApiError(429, "the server is busy; try again in a moment", "busy", 2)
            self._turns.append(turn)
            limit = None if patient else self._wait_s
            if not self._changed.wait_for(lambda: self._turns[0] is turn, limit):
                self._turns.remove(turn)
                raise ApiError(429, f"the model was not free for {self._wait_s:g} s; try again", "busy", 5)
        return turn

    def leave(self, turn: object) -> None:
        """Give the turn to the next."""
        with self._changed:
            self._turns.remove(turn)
            self._changed.notify_all()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Enter and leave."""
        mine = self.enter()
        try:
            yield
        finally:
            self.leave(mine)

    def between_pages(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events of a job; after each page whoever waits comes first."""
        turn = self.enter(patient=True)
        try:
            for event in events:
                yield event
                if not isinstance(event, Delta):
                    self.leave(turn)
                    turn = self.enter(patient=True)
        finally:
            self.leave(turn)


class Rate:
    """So many requests a minute for each caller: a bucket that fills evenly and holds a minute's worth."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # caller → level, when
        self._lock = threading.Lock()

    def take(self, caller: str, now: float | None = None) -> None:
        """Count a request. Raises ApiError 429 when there were too many."""
        now = time.monotonic() if now is None else now
        with self._lock:
            level, before = self._buckets.get(caller, (self._size, now))
            level = min(self._size, level + (now - before) * self._size / 60)
            if level < 1:
                wait_s = int((1 - level) * 60 / self._size) + 1
                raise ApiError(429, f"too many requests; try again in {wait_s} s", "rate_limit", wait_s)
            self._buckets[caller] = level - 1, now
            self._buckets.move_to_end(caller)
            while len(self._buckets) > MAX_CALLERS:
                self._buckets.popitem(last=False)
