"""A question about a long document: is the right page chosen, and what does it cost beside asking every page?

``python benchmarks/many_pages.py``: a PDF of held-out pages (forms with labels among pages of running text)
and questions by label, each of which one page alone answers, and some that none does. Each is put to the
service as it is, which looks at all pages and asks the best, and to one that cannot look and asks every
page. Both keep encoded pages within the same memory.

``--choice 12``: only how twelve such documents' pages are ranked for each question that one page answers, the
print being known letter by letter; no model is needed.
"""

import argparse
import io
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pymupdf
from PIL import Image

from octavo.app import Answer, DocumentService, LocalBackend, Settings
from octavo.app.pages_match import PrintedRows, find_words, score_pages, subject_of
from octavo.app.types import PageAnswer
from octavo.training.heldout import HeldoutWorld, held_out_ask, held_out_page
from octavo.training.synth import SyntheticPage

DPI = 131
Pair = dict[str, str | None]


@dataclass(frozen=True)
class Wanted:
    """A question and the page that answers it; page 0: none does."""

    question: str
    page: int
    answer: str


@dataclass
class Score:
    """What came out of all questions, one entry each."""

    pages: list[bool] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)
    refusals: list[bool] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)  # until the first page answered
    cpu: list[float] = field(default_factory=list)  # what other work on the machine does not change

    def report(self, name: str) -> str:
        found = f"{sum(self.pages)} of {len(self.pages)} right pages, {sum(self.answers)} right answers"
        none = f"{sum(self.refusals)} of {len(self.refusals)} absences recognised"
        rest = sorted(self.seconds[1:])
        times = f"first question {self.seconds[0]:.0f} s (a page's answer after {self.first[0]:.0f} s)"
        times += f", of the CPU {self.cpu[0]:.0f} s"
        more = sorted(self.cpu[1:])
        times += f"; further ones {rest[len(rest) // 2]:.1f} s (median), {rest[-1]:.1f} s (longest)"
        times += f", of the CPU {more[len(more) // 2]:.1f} and {more[-1]:.1f} s"
        return f"{name}: {found}; {none}; {sum(self.asked) / len(self.asked):.1f} pages asked; {times}"


class EveryPage(LocalBackend):
    """Our model without a look at the pages: each has to be asked."""

    def look(self, image: Image.Image) -> None:
        return None


def draw_pages(pages: int, forms: int, seed: int, dice: Random) -> Iterator[tuple[SyntheticPage, list[Pair]]]:
    """Pages of running text, and forms among them with what may be asked about each."""
    world = HeldoutWorld(seed)
    places = dice.sample(range(pages), forms)
    for place in range(pages):
        yield held_out_ask(dice, world) if place in places else (held_out_page(dice, world), [])


def rank_pages(documents: int, pages: int, forms: int, seed: int) -> str:
    """How high the page stands that answers a question, over all questions that only one page was asked."""
    places: list[int] = []
    for number in range(documents):
        rows, pairs = [], []
        for place, (page, asked) in enumerate(draw_pages(pages, forms, seed + number, Random(seed + number))):
            lines = ("".join(line.casefold().split()) for line in page.text.replace("|", "").splitlines())
            rows.append(PrintedRows(tuple(line for line in lines if line), len(page.text)))
            pairs += [(place, pair) for pair in asked]
        often = Counter(str(pair["question"]) for _, pair in pairs)
        for place, pair in pairs:
            if pair["answer"] and often[str(pair["question"])] == 1:
                subject = subject_of(str(pair["question"]))
                scores = score_pages(subject, [find_words(subject, row) for row in rows])
                places.append(sum(score > scores[place] for score in scores))
    shares = [f"{sum(place < most for place in places) / len(places):.1%} {most}" for most in (1, 3, 12)]
    return f"{len(places)} questions about {pages} pages: the right one among the first {', '.join(shares)}"


def make_document(path: Path, pages: int, forms: int, questions: int, seed: int) -> list[Wanted]:
    """Write the PDF; what may be asked about it."""
    dice = Random(seed)
    pairs: list[tuple[int, Pair]] = []
    texts: list[str] = []
    with pymupdf.open() as document:
        for number, (page, asked) in enumerate(draw_pages(pages, forms, seed, dice), 1):
            pairs += [(number, pair) for pair in asked]
            texts.append(page.text.casefold())
            height, width = page.pixels.shape[:2]
            stream = io.BytesIO()
            Image.fromarray(page.pixels).save(stream, "PNG")
            sheet = document.new_page(width=width * 72 / DPI, height=height * 72 / DPI)
            sheet.insert_image(sheet.rect, stream=stream.getvalue())
        document.save(path)
    there, absent = [], []
    for number, pair in pairs:
        count = sum(str(pair["label"]).casefold() in text for text in texts)
        if pair["answer"] and count == 1:
            there.append(Wanted(str(pair["question"]), number, pair["answer"]))
        elif not pair["answer"] and not count:
            absent.append(Wanted(str(pair["question"]), 0, ""))
    few = max(1, questions // 6)
    return dice.sample(there, min(questions - few, len(there))) + dice.sample(absent, min(few, len(absent)))


def ask_all(service: DocumentService, path: Path, questions: list[Wanted]) -> Score:
    """Put each question to the service."""
    score = Score()
    for wanted in questions:
        started, first, cpu = time.perf_counter(), 0.0, time.process_time()
        for event in events(service, path, wanted.question):
            if isinstance(event, PageAnswer) and not first:
                first = time.perf_counter() - started
            if isinstance(event, Answer):
                answer = event
        score.seconds.append(time.perf_counter() - started)
        score.first.append(first)
        score.cpu.append(time.process_time() - cpu)
        score.asked.append(len(answer.pages_read))
        if wanted.page:
            score.pages.append(answer.found and answer.evidence[0].page == wanted.page)
            score.answers.append(answer.found and letters(answer.answer) == letters(wanted.answer))
        else:
            score.refusals.append(not answer.found)
    return score


def events(service: DocumentService, path: Path, question: str) -> Iterator[object]:
    return service.stream_ask(service.open(path), question)


def letters(text: str) -> str:
    """Case, spaces and punctuation do not count."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--forms", type=int, default=10, help="so many of them have labels")
    parser.add_argument("--questions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--cache-mb", type=int, default=Settings.cache_mb)
    parser.add_argument("--choice", type=int, default=0, help="only rank pages, of so many documents")
    parser.add_argument("--search-only", action="store_true", help="leave out asking every page")
    args = parser.parse_args()
    if args.choice:
        print(rank_pages(args.choice, args.pages, args.forms, args.seed))
        return
    with tempfile.TemporaryDirectory(prefix="octavo-bench-") as folder:
        path = Path(folder) / "long.pdf"
        questions = make_document(path, args.pages, args.forms, args.questions, args.seed)
        settings = Settings.load(model=args.model, cache_mb=args.cache_mb)
        for name, kind in (("look, then ask the best", LocalBackend), ("ask every page", EveryPage)):
            if kind is EveryPage and args.search_only:
                continue
            with DocumentService(settings, kind(settings)) as service:
                print(f"{service.model}, {args.pages} pages, {len(questions)} questions", flush=True)
                print(ask_all(service, path, questions).report(name), flush=True)


if __name__ == "__main__":
    main()
