"""Workers on a Ray cluster in place of processes on this machine: the same units, the same ledger.

Actors rather than Ray Data: an actor's death is told for the very page it was at, so that page alone is tried
again or becomes an error row, and each result is in the ledger before the next page is given out. The files,
and the backend's package, have to be at the same paths on every node.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import ModelError, OctavoError, UsageError
from .pool import MAX_BAD_STARTS, START_LIMIT_S, Take
from .records import Opened, Options, PageRow, Spec, Unit
from .worker import Fault, Ready, Unusable

ADDRESS = "RAY_ADDRESS"  # of a running cluster; without it Ray starts one on this machine


class Worker:
    """What runs in an actor: loads the model once, then does one unit after the other."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.service: Any = None

    def load(self) -> Ready | Unusable:
        """Load the model."""
        from ..service import DocumentService
        from .worker import load_backend

        try:
            self.service = DocumentService(self.spec.settings, load_backend(self.spec))
            model: str = self.service.model
            return Ready(model)
        except OctavoError as error:
            return Unusable(str(error))

    def work(self, unit: Unit) -> Any:
        """One unit."""
        from .worker import work

        return work(self.service, self.spec, unit)


@dataclass
class Running:
    """What an actor is at (None: loading) and when that is too late, in monotonic seconds."""

    actor: Any
    unit: Unit | None
    deadline: float
    started: float


class RayPool:
    """The same use as :class:`Pool`. Raises UsageError when Ray is not installed or the cluster not there."""

    def __init__(self, spec: Spec, options: Options) -> None:
        self.spec, self.options = spec, options
        try:
            import ray
        except ImportError:
            raise UsageError("batch: --engine ray needs Ray; pip install 'octavo[ray]'") from None
        self._ray = ray
        self._running: dict[Any, Running] = {}  # the reference of a call → what it is about
        self._backlog: deque[Unit] = deque()
        self._losses: dict[Unit, int] = {}
        self._idle: list[Any] = []
        self._bad_starts = 0
        self._owns_ray = False

    def __enter__(self) -> "RayPool":
        if not self._ray.is_initialized():
            try:
                self._ray.init(
                    address=os.environ.get(ADDRESS), log_to_driver=False, logging_level=logging.ERROR
                )
            except (ConnectionError, RuntimeError, ValueError) as error:
                problem = " ".join(str(error).split())[:200]
                raise UsageError(
                    f"batch: the Ray cluster cannot be used ({problem}); check {ADDRESS}"
                ) from None
            self._owns_ray = True
        return self

    def __exit__(self, *_: object) -> None:
        for actor in [*self._idle, *(running.actor for running in self._running.values())]:
            self._ray.kill(actor)
        if self._owns_ray:
            self._ray.shutdown()

    def run(self, take: Take) -> Iterator[Ready | Opened | PageRow]:
        """See :meth:`Pool.run`."""
        for _ in range(self.options.workers):
            self._start()
        while True:
            self._assign(take)
            if not self._running:
                return
            first = min(running.deadline for running in self._running.values())
            done, _ = self._ray.wait(list(self._running), timeout=max(0.0, first - time.monotonic()))
            for reference in done:
                yield from self._hear(reference)
            now = time.monotonic()
            for reference in [one for one, running in self._running.items() if running.deadline <= now]:
                yield from self._give_up(reference)

    def _start(self) -> None:
        # An actor is not restarted by Ray: what it was at has to be noted first.
        actor: Any = self._ray.remote(num_cpus=1, max_restarts=0)(Worker).remote(self.spec)
        now = time.monotonic()
        self._running[actor.load.remote()] = Running(actor, None, now + START_LIMIT_S, now)

    def _assign(self, take: Take) -> None:
        while self._idle:
            unit = self._backlog.popleft() if self._backlog else take()
            if unit is None:
                return
            actor, now = self._idle.pop(), time.monotonic()
            running = Running(actor, unit, now + self.options.time_limit_s, now)
            self._running[actor.work.remote(unit)] = running

    def _hear(self, reference: Any) -> Iterator[Ready | Opened | PageRow]:
        running = self._running.pop(reference)
        try:
            message = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            yield from self._lost(running, f"the worker died ({type(error).__name__})")
            return
        if isinstance(message, Unusable):
            raise ModelError(message.problem)
        self._bad_starts = 0
        self._idle.append(running.actor)
        if isinstance(message, Fault):
            yield from self._lost_unit(running, message.reason)
            return
        if running.unit is not None:
            self._losses.pop(running.unit, None)
        yield message

    def _give_up(self, reference: Any) -> Iterator[PageRow]:
        running = self._running.pop(reference)
        self._ray.kill(running.actor)
        limit = self.options.time_limit_s if running.unit else START_LIMIT_S
        yield from self._lost(running, f"it took longer than {limit:g} s; raise --time-limit")

    def _lost(self, running: Running, reason: str) -> Iterator[PageRow]:
        """An actor is gone: another takes its place."""
        if running.unit is None:
            self._bad_starts += 1
            if self._bad_starts >= MAX_BAD_STARTS:
                raise ModelError(f"the model cannot be loaded: {reason}; free some memory on the nodes")
        self._start()
        yield from self._lost_unit(running, reason)

    def _lost_unit(self, running: Running, reason: str) -> Iterator[PageRow]:
        if running.unit is None:
            return
        losses = self._losses[running.unit] = self._losses.get(running.unit, 0) + 1
        if losses <= self.options.retries:
            self._backlog.append(running.unit)
            return
        del self._losses[running.unit]
        tries = f" ({losses} tries)" if losses > 1 else ""
        seconds = time.monotonic() - running.started
        yield PageRow(running.unit.file_id, running.unit.page, "error", reason + tries, seconds)
