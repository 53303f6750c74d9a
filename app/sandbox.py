"""The parent's side of the process that decodes files: time and memory limits, a restart after a crash, and a
fresh process every so many requests, since what leaks in C code adds up over ten thousand files.

Nothing that comes back is trusted beyond its form: replies are bounded JSON, pixels are plain bytes.
"""

import json
import math
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass
from typing import Any

from PIL import Image

from .decode import MAX_SIDE_PX, READY, Decoder
from .settings import Settings

MAX_REPLY = 4096
START_LIMIT_S = 60.0  # until the child has started; a busy machine takes its time
NONSENSE = "the decoding process gave a reply that makes no sense"


class SandboxError(Exception):
    """The request failed: ``problem`` says why, ``remedy`` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True)
class OpenedFile:
    """What the child says of a file. ``note``: what is unusual; ``is_complete``: it is not cut off."""

    page_count: int
    note: str
    is_complete: bool


class Sandbox:
    """Runs :class:`Decoder` in a child process, or here when ``settings.isolate`` is off. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = 0  # that the present child has had
        self._is_ready = False  # whether it has started
        self._decoder = None if settings.isolate else Decoder()

    def start(self) -> None:
        """Start the child now, so that its start-up overlaps with other work."""
        with self._lock:
            if self._decoder is None and (self._process is None or self._process.poll() is not None):
                self._spawn()

    def open(self, path: str, kind: str, password: str | None) -> OpenedFile:
        """Open a file and count its pages. Raises SandboxError."""
        reply, _ = self._ask(self._request("open", path, kind, password))
        note, is_complete = str(reply.get("note", ""))[:300], reply.get("complete") is True
        return OpenedFile(_integer(reply, "pages", 10_000_000), note, is_complete)

    def render(self, path: str, kind: str, password: str | None, number: int) -> Image.Image:
        """Page ``number`` (from 1) as upright RGB. Raises SandboxError."""
        reply, pixels = self._ask(self._request("render", path, kind, password) | {"page": number})
        return Image.frombytes("RGB", _size(reply), pixels)

    def inspect(self, path: str, kind: str) -> tuple[int, int, str]:
        """Width and height of an image as it is stored, and its Pillow mode. Raises SandboxError."""
        reply, _ = self._ask(self._request("inspect", path, kind, None))
        limit = max(self.settings.max_image_px, MAX_SIDE_PX)
        return _integer(reply, "width", limit), _integer(reply, "height", limit), str(reply.get("mode"))[:16]

    def close(self) -> None:
        """End the child. A later request starts a new one."""
        with self._lock:
            if self._decoder is not None:
                self._decoder.close()
            self._stop()

    def _request(self, do: str, path: str, kind: str, password: str | None) -> dict[str, Any]:
        return {
            "do": do,
            "path": path,
            "kind": kind,
            "password": password,
            "page_px": self.settings.page_px,
            "max_image_px": self.settings.max_image_px,
        }

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            answer = self._decoder.handle(request) if self._decoder else self._exchange(request)
        reply, _ = answer
        if "problem" in reply:
            raise SandboxError(str(reply["problem"])[:300], str(reply.get("remedy", ""))[:300])
        return answer

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """One request to the child under the time limit; one that hangs or dies is replaced at the next."""
        is_worn = self._requests >= self.settings.recycle_after
        if self._process is None or self._process.poll() is not None or is_worn:
            self._spawn()
        self._requests += 1
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(START_LIMIT_S, end)
        timer.start()
        try:
            if not self._is_ready and process.stdout.readline(MAX_REPLY) != READY:
                raise EOFError
            self._is_ready = True
            timer.cancel()
            timer = threading.Timer(self.settings.page_timeout_s, end)
            timer.start()
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline(MAX_REPLY)
            reply = _object(line) if line else None
            has_pixels = reply is not None and "width" in reply and request["do"] == "render"
            count = 3 * math.prod(_size(reply)) if reply and has_pixels else 0
            pixels = process.stdout.read(count)
            if reply is None or len(pixels) < count:
                raise EOFError
            return reply, pixels
        except (OSError, EOFError):
            self._stop()
            raise _failure(late.is_set(), process.returncode, self.settings) from None
        except SandboxError:
            self._stop()  # what else it may have sent must not be taken for the next reply
            raise
        finally:
            timer.cancel()

    def _spawn(self) -> None:
        self._stop()
        # -P keeps the working folder, which may hold a stranger's files, off the child's import path.
        program = "from octavo.app.decode import main; main()"
        limits = [str(self.settings.memory_mb), str(self.settings.page_timeout_s)]
        command = [sys.executable, "-P", "-c", program, *limits]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._requests, self._is_ready = 0, False
        self._finalizer = weakref.finalize(self, _kill, self._process)  # also at interpreter exit

    def _stop(self) -> None:
        if self._process is not None:
            self._finalizer()  # once: of a child that is gone nothing may be kept
            self._process = None


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except OSError:  # a request that the dead child never read
            pass


def _object(line: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        reply = None
    if not isinstance(reply, dict):
        raise SandboxError(NONSENSE, "export the file again")
    return reply


def _size(reply: dict[str, Any]) -> tuple[int, int]:
    return _integer(reply, "width", MAX_SIDE_PX + 1), _integer(reply, "height", MAX_SIDE_PX + 1)


def _integer(reply: dict[str, Any], name: str, limit: int) -> int:
    value = reply.get(name)
    if type(value) is not int or not 0 < value <= limit:
        raise SandboxError(NONSENSE, "export the file again")
    return value


def _failure(is_late: bool, code: int | None, settings: Settings) -> SandboxError:
    if is_late:
        problem = f"decoding took longer than {settings.page_timeout_s:g} s"
        return SandboxError(problem, "raise OCTAVO_PAGE_TIMEOUT_S or export it again")
    return SandboxError(
        f"decoding crashed or ran out of memory (code {code})",
        "raise OCTAVO_MEMORY_MB or export the file again",
    )
