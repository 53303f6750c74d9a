"""Twenty users at once on ``octavo serve``: what do they get, how long does it take, does memory grow?

``python benchmarks/serve_load.py --seconds 180``: starts a server on the loopback in a process of its own;
each user asks about one of ``examples``' pages, half of them with streaming, and asks again when the reply
is there. A user who is told to come later waits as long as the server says. Exit code 1 when anything but
200 and 429 came.
"""

import argparse
import base64
import io
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import numpy as np

from octavo.app import DocumentService, FakeBackend

EXAMPLES = Path(__file__).parents[1] / "examples"
QUESTIONS = ("What is the invoice number?", "What is the total?", "What is the date?", "Who is the author?")
START_S = 120.0


def pages() -> list[str]:
    """The example pages as ``data:`` URLs."""
    found = []
    with DocumentService(backend=FakeBackend()) as service:
        for name in ("invoice.pdf", "report.pdf"):
            document = service.open(EXAMPLES / name)
            for number in document.numbers:
                stream = io.BytesIO()
                document.page(number).image.save(stream, "PNG")
                found.append("data:image/png;base64," + base64.b64encode(stream.getvalue()).decode())
    return found


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            if pid in (int(path.parent.name), int(fields[1])):
                total += int(fields[21]) * 4096
        except OSError:  # it has just ended
            continue
    return total / 2**20


class User(threading.Thread):
    """Asks until the time is over."""

    def __init__(self, number: int, address: str, model: str, urls: list[str], until: float) -> None:
        super().__init__()
        self.number, self.address, self.model, self.urls, self.until = number, address, model, urls, until
        self.seconds: list[float] = []
        self.statuses: Counter[str] = Counter()

    def run(self) -> None:
        """One request after the other."""
        turn = self.number
        with httpx.Client(timeout=300) as client:
            while time.monotonic() < self.until:
                turn += 1
                parts = [
                    {"type": "image_url", "image_url": {"url": self.urls[turn % len(self.urls)]}},
                    {"type": "text", "text": QUESTIONS[turn % len(QUESTIONS)]},
                ]
                body = {"model": self.model, "messages": [{"role": "user", "content": parts}]}
                started = time.monotonic()
                try:
                    answer = client.post(
                        f"{self.address}/v1/chat/completions", json=body | {"stream": self.number % 2 == 0}
                    )
                except httpx.HTTPError as error:
                    self.statuses[type(error).__name__] += 1
                    continue
                self.statuses[str(answer.status_code)] += 1
                if answer.status_code == 200:
                    self.seconds.append(time.monotonic() - started)
                else:
                    time.sleep(float(answer.headers.get("retry-after", 1)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=180)
    args = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "from octavo.app.cli import main; main()"
    words = ["serve", "--port", str(port), "--rate", "100000", "--model", args.model]
    server = subprocess.Popen([sys.executable, "-c", program, *words])
    address, urls = f"http://127.0.0.1:{port}", pages()
    try:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{address}/healthz")
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        warm = User(0, address, args.model, urls, time.monotonic() + 20)
        warm.start()
        warm.join()
        before, until = memory_mb(server.pid), time.monotonic() + args.seconds
        users = [User(number, address, args.model, urls, until) for number in range(args.users)]
        for user in users:
            user.start()
        for user in users:
            user.join()
        after = memory_mb(server.pid)
    finally:
        server.terminate()
        server.wait(30)
    statuses = sum((user.statuses for user in users), Counter())
    seconds = np.array([value for user in users for value in user.seconds])
    rate = len(seconds) / args.seconds
    print(f"{args.users} users for {args.seconds:g} s: {dict(statuses)}, {rate:.2f} answers/s")
    p50, p95 = np.percentile(seconds, [50, 95])
    print(f"time to an answer: p50 {p50:.1f} s, p95 {p95:.1f} s; memory {before:.0f} → {after:.0f} MB")
    return 0 if set(statuses) <= {"200", "429"} else 1


if __name__ == "__main__":
    sys.exit(main())
