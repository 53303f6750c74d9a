"""Every file of a folder of hostile and odd documents: does it come out as its manifest says?

``python benchmarks/robustness.py FOLDER``: every page is opened and rendered. ``--model nano``: the first
page of each file is rendered, asked about and transcribed by the shipped model; ``--blank``: only of files
that hold nothing to read. Prints each deviation, the slowest page and the peak memory of this process; the
exit code is 1 when fewer than 97 % come out as expected.
"""

import argparse
import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from octavo.app import Document, DocumentError, DocumentService, FakeBackend, PageError, Settings
from octavo.app.backend import LocalBackend

ENOUGH = 0.97
PAGE_LIMIT_S = 60.0
REPLY_LIMIT_S = 50.0  # unless given; the rest is for encoding the page
QUESTION = "What is the total?"
UNSURE = 0.5  # an answer below this confidence tells its reader to doubt it
ERRORS = {  # words of the expected outcome → what the error has to say
    "too large": "too large",
    "encrypted": "encrypted",
    "empty file": "empty",
    "not a PDF": "damaged|not a PDF|cut off|no pages",
    "no pages": "no pages|cut off|damaged",
    "unsupported image": "damaged|neither a PDF nor a known image|cannot be rendered",
}


@dataclass(frozen=True)
class Outcome:
    """What happened with a file. ``sizes``: width and height of each rendered page, None where it failed."""

    error: str
    page_count: int
    sizes: tuple[tuple[int, int] | None, ...]
    note: str
    texts: tuple[tuple[str, float, float], ...]  # what a model said, its confidence, seconds
    slowest_s: float


def process(service: DocumentService, path: Path, asks: bool, password: str | None = None) -> Outcome:
    """Open a file, render every page, ask the model about the first one if ``asks``."""
    started, slowest, sizes = time.perf_counter(), 0.0, []
    texts: tuple[tuple[str, float, float], ...] = ()
    try:
        document = service.open(path, password=password)
    except DocumentError as error:
        return Outcome(str(error), 0, (), "", (), time.perf_counter() - started)
    for number in document.numbers[:1] if asks else document.numbers:
        started = time.perf_counter()
        try:
            sizes.append(document.page(number).image.size)
        except PageError:
            sizes.append(None)
        slowest = max(slowest, time.perf_counter() - started)
    if asks:
        texts = tuple(replies(service, service.open(path, [1], password)))
        slowest = max(slowest, *(seconds for _, _, seconds in texts))
    return Outcome("", document.page_count, tuple(sizes), document.note, texts, slowest)


def replies(service: DocumentService, document: Document) -> Iterator[tuple[str, float, float]]:
    """What is said about a page, confidence and seconds; an answer that it holds none is empty."""
    answer = service.ask(document, QUESTION)
    yield (answer.answer if answer.found else ""), answer.confidence, answer.seconds
    for page in service.read(document):
        yield page.text, page.confidence, page.seconds


def deviation(expected: str, category: str, outcome: Outcome) -> str:
    """What is not as the manifest says; empty when all is."""
    if outcome.slowest_s > PAGE_LIMIT_S:
        return f"took {outcome.slowest_s:.0f} s"
    if expected.startswith("clear error"):
        wanted = next(said for words, said in ERRORS.items() if words in expected)
        return "" if re.search(wanted, outcome.error) else f"expected an error with {wanted}"
    if re.match("repairable or clear error|must not hang|MuPDF sees 0 pages", expected):
        return ""  # either outcome will do; that it ended in time was seen above
    if outcome.error:
        return "was expected to open"
    if "cannot be rendered" in expected:
        return "" if outcome.sizes == (None,) else "expected an error of its page"
    return _deviation_of_opened(expected, category, outcome)


def _deviation_of_opened(expected: str, category: str, outcome: Outcome) -> str:
    count = re.search(r"opens: (\d+) (?:page|image)", expected)
    several = re.search(r"(\d+) frames", expected)
    counts = {int(match[1]) for match in (count, several) if match}
    if counts and outcome.page_count not in counts:
        return f"has {outcome.page_count} pages"
    if several and outcome.page_count == 1 and several[1] + " " not in outcome.note:
        return "does not say which frames are read"
    size = re.search(r"image (\d+)x(\d+)", expected)
    if size and outcome.sizes[0]:
        width, height = outcome.sizes[0]
        if abs(width / height / (int(size[1]) / int(size[2])) - 1) > 0.02:
            return f"has another shape: {width}x{height}"
    if "unreadable pages reported" in expected and len(outcome.sizes) > 1:
        return "" if set(map(bool, outcome.sizes)) == {True, False} else "expected good and bad pages"
    if "repairable" in expected and not outcome.note:
        return "no warning that it was repaired"
    if None in outcome.sizes and "partial or clear error" not in expected:
        return f"{outcome.sizes.count(None)} pages cannot be rendered"
    if holds_nothing(expected) and any(text and confidence > UNSURE for text, confidence, _ in outcome.texts):
        return f"something was invented: {outcome.texts}"
    return ""


def holds_nothing(expected: str) -> bool:
    """Whether there is nothing to read, by the manifest."""
    return "invent nothing" in expected or "nothing readable" in expected


def password_of(expected: str) -> str | None:
    """The password that the manifest gives away."""
    match = re.search(r"opens with password '([^']+)': (\d+) pages", expected)
    return match[1] if match else None


def peak_mb() -> int:
    """The most memory that this process had so far, without the one that decodes files."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", help="a shipped model or a folder; without one files are only rendered")
    parser.add_argument("--blank", action="store_true", help="only the files that hold nothing to read")
    parser.add_argument("--reply-limit", type=float, default=REPLY_LIMIT_S, help="seconds for each reply")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many files")
    parser.add_argument("--names", nargs="*", help="only files whose names hold one of these")
    parser.add_argument("--verbose", action="store_true", help="a line for each file on stderr")
    args = parser.parse_args()
    lines = [json.loads(line) for line in (args.folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    if args.blank:
        lines = [line for line in lines if holds_nothing(line["expected"])]
    if args.names:
        lines = [line for line in lines if any(name in line["file"] for name in args.names)]
    lines = lines[args.skip :]
    settings = Settings.load(model=args.model, reply_timeout_s=args.reply_limit)
    backend = LocalBackend(settings) if args.model else FakeBackend()
    good, slowest = 0, (0.0, "")
    with DocumentService(settings, backend) as service:
        for line in lines:
            path, expected = args.folder / line["file"], line["expected"]
            outcome = process(service, path, bool(args.model))
            if args.verbose:
                print(f"{peak_mb()} MB, {outcome.slowest_s:.1f} s: {path.name}", file=sys.stderr, flush=True)
            problem = deviation(expected, line["category"], outcome)
            password = password_of(expected)
            if not problem and password and process(service, path, bool(args.model), password).error:
                problem = f"does not open with its password {password}"
            good += not problem
            slowest = max(slowest, (outcome.slowest_s, path.name))
            if problem:
                print(f"{path.name}: {problem}; expected {expected!r}; {outcome.error}", flush=True)
    print(f"{good} of {len(lines)} as expected ({good / len(lines):.1%}); backend {service.backend.name}")
    print(f"slowest page {slowest[0]:.1f} s ({slowest[1]}); peak memory of this process {peak_mb()} MB")
    return 0 if good >= ENOUGH * len(lines) else 1


if __name__ == "__main__":
    sys.exit(main())
