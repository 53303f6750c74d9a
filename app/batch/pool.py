"""Worker processes that may die: what one was at is tried again or becomes an error row, the others go on."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from typing import Any

from ..errors import ModelError
from .records import Opened, Options, PageRow, Spec, Unit
from .worker import Fault, Ready, Unusable, serve

START_LIMIT_S = 900.0  # for loading a model; a large one comes from a slow disk
MAX_BAD_STARTS = 3  # in a row; then it is not bad luck
Take = Callable[[], Unit | None]


@dataclass
class Worker:
    """A process, our end of its pipe, what it is at, and when that is too late (monotonic seconds)."""

    process: BaseProcess
    pipe: Any
    deadline: float
    is_ready: bool = False
    unit: Unit | None = None
    started: float = field(default_factory=time.monotonic)


class Pool:
    """Use as a context manager: leaving it ends every worker at once, whatever it is at."""

    def __init__(self, spec: Spec, options: Options) -> None:
        self.spec, self.options = spec, options
        self._workers: list[Worker] = []
        self._backlog: deque[Unit] = deque()
        self._losses: dict[Unit, int] = {}  # of units that were not finished yet
        self._bad_starts = 0
        self._was_ready = False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._end(worker)

    def run(self, take: Take) -> Iterator[Ready | Opened | PageRow]:
        """Do what ``take`` gives until it gives None and nothing is under way; results as they come.

        ``take`` may give more after an ``Opened`` was handled. At least one ``Ready`` comes before any work,
        also when there is none: the caller learns which model it is. Raises ModelError when none can
        start.
        """
        while True:
            self._grow(take)
            if self._was_ready:
                self._assign(take)
                if not self._backlog and all(worker.unit is None for worker in self._workers):
                    return
            for worker in self._wait():
                yield from self._hear(worker)

    def _grow(self, take: Take) -> None:
        """Start workers while there is more to do than the idle and the starting ones will take."""
        while len(self._workers) < self.options.workers:
            free = sum(worker.unit is None for worker in self._workers)
            if len(self._backlog) <= free:
                unit = take()
                if unit is None:
                    break
                self._backlog.append(unit)
            else:
                self._start()
        if not self._workers and not self._was_ready:
            self._start()

    def _assign(self, take: Take) -> None:
        for worker in self._workers:
            if worker.is_ready and worker.unit is None:
                unit = self._backlog.popleft() if self._backlog else take()
                if unit is None:
                    return
                worker.unit, worker.started = unit, time.monotonic()
                worker.deadline = worker.started + self.options.time_limit_s
                try:
                    worker.pipe.send(unit)
                except OSError:  # it died while idle; its pipe tells so next
                    pass

    def _wait(self) -> list[Worker]:
        """The workers that have said something, ended, or are late."""
        busy = [worker for worker in self._workers if worker.unit or not worker.is_ready]
        first = min((worker.deadline for worker in busy), default=0.0)
        ready = connection.wait([worker.pipe for worker in busy], max(0.0, first - time.monotonic()))
        now = time.monotonic()
        return [worker for worker in busy if worker.pipe in ready or worker.deadline <= now]

    def _hear(self, worker: Worker) -> Iterator[Ready | Opened | PageRow]:
        try:
            message = worker.pipe.recv() if worker.pipe.poll() else None
        except (EOFError, OSError):
            code = self._end(worker)
            yield from self._lost(worker, f"the worker process died (exit code {code})")
            return
        if message is None:  # nothing came: it is late
            self._end(worker)
            limit = self.options.time_limit_s if worker.is_ready else START_LIMIT_S
            yield from self._lost(worker, f"it took longer than {limit:g} s; raise --time-limit")
        elif isinstance(message, Unusable):
            raise ModelError(message.problem)
        elif isinstance(message, Ready):
            worker.is_ready = self._was_ready = True
            self._bad_starts = 0
            yield message
        elif isinstance(message, Fault):
            yield from self._lost(worker, message.reason)
        else:
            if worker.unit is not None:
                self._losses.pop(worker.unit, None)
            worker.unit = None
            yield message

    def _lost(self, worker: Worker, reason: str) -> Iterator[PageRow]:
        """A unit that was not finished goes to the next free worker, or becomes an error row."""
        unit, worker.unit = worker.unit, None
        if unit is None:
            self._bad_starts += not worker.is_ready
            if self._bad_starts >= MAX_BAD_STARTS:
                remedy = "free some memory or use fewer --workers"
                raise ModelError(f"the model cannot be loaded: {reason}; {remedy}")
            return
        losses = self._losses[unit] = self._losses.get(unit, 0) + 1
        if losses <= self.options.retries:
            self._backlog.append(unit)
            return
        del self._losses[unit]
        tries = f" ({losses} tries)" if losses > 1 else ""
        seconds = time.monotonic() - worker.started
        yield PageRow(unit.file_id, unit.page, "error", reason + tries, seconds)

    def _start(self) -> None:
        # spawn: a fork would copy threads' locks in whatever state they are, and torch does not survive it.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        threads = max(1, (os.cpu_count() or 1) // self.options.workers)
        arguments = (theirs, self.spec, threads)
        process = context.Process(target=serve, args=arguments, daemon=True, name="octavo-batch")
        process.start()
        theirs.close()  # so that the end of the process is the end of the pipe
        self._workers.append(Worker(process, ours, time.monotonic() + START_LIMIT_S))

    def _end(self, worker: Worker) -> int | None:
        """Kill a worker and the process that decodes for it; its exit code."""
        if hasattr(os, "killpg") and worker.process.pid:
            try:
                os.killpg(worker.process.pid, signal.SIGKILL)
            except OSError:  # it has no group yet, or no member of it is left
                pass
        if worker.pipe.closed is False:
            worker.pipe.close()
        if worker in self._workers:
            self._workers.remove(worker)
        worker.process.join(0.5)  # one that ended by itself keeps its own exit code
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        return worker.process.exitcode
