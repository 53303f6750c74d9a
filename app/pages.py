"""A question over many pages: which are asked, in which order, when that is enough, which answer wins.

The encoder looks at every page (its print is remembered for the next question); pages whose print has most
of the question are asked first. An answer ends the search once the best matching pages were asked. Where none
of them gives one, all the others are asked too, best first: "not in the document" is said only after every
page was. A page that matches strongly is asked at once: the first answer need not wait for a long file.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .documents import Document
from .errors import PageError
from .pages_match import Hits, PrintedRows, find_words, score_pages, subject_of
from .prompts import NOT_FOUND
from .types import Alternative, Answer, Delta, Evidence, Page, PageAnswer, PageSeen, Trouble

FEW = 2  # pages that are all asked, in their order, without being looked at first
EARLY = 3  # strong matches that are asked while other pages are still looked at
WINDOW = 8  # pages, looked at for the first time, after which the best so far is asked when none was
NEAR = 0.75  # of the best score: pages from here up are asked even when one of them has answered
SURE = 0.5  # the confidence of an answer that ends the search
MAX_ALTERNATIVES = 5
KEPT_ROWS = 4096  # pages whose print is remembered, some kB each
Ask = Callable[[Document, int, str, Page | None], Generator[Delta, None, PageAnswer]]
Look = Callable[[Page], PrintedRows | None]
Event = Delta | PageSeen | PageAnswer | Answer


@dataclass(frozen=True)
class Place:
    """A page of one of the documents."""

    document: Document
    number: int

    @property
    def key(self) -> tuple[str, int]:
        return self.document.file, self.number


class Rows:
    """The print of pages that were looked at, so that a follow-up question chooses among them at once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._kept: OrderedDict[tuple[str, int], PrintedRows] = OrderedDict()

    def of(self, place: Place) -> tuple[PrintedRows | None, Page | None]:
        """``(print, page)``: the print is None where a model cannot tell or the page is blank; the page is
        None where it need not be rendered. Raises PageError."""
        if kept := self._remembered(place):
            return kept, None
        page = place.document.page(place.number)
        return (None if page.is_blank else self.on(place, page)), page

    def on(self, place: Place, page: Page) -> PrintedRows | None:
        """The print of a page that was rendered already and is not blank."""
        if kept := self._remembered(place):
            return kept
        rows = self._look(page)
        if rows is not None and place.document.stamp:
            self._kept[place.document.stamp, place.number] = rows
            while len(self._kept) > KEPT_ROWS:
                self._kept.popitem(last=False)
        return rows

    def illegible(self, place: Place, page: Page) -> bool:
        """Whether there is print on a page and nobody can tell its letters."""
        rows = self.on(place, page)
        return rows is not None and rows.is_illegible

    def _remembered(self, place: Place) -> PrintedRows | None:
        key = (place.document.stamp, place.number)
        if not place.document.stamp or key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]


class Inquiry:
    """One question over all chosen pages of ``documents``. ``ask_pages``: how many matching pages are asked
    though one of them has answered."""

    def __init__(
        self, question: str, documents: Sequence[Document], ask: Ask, rows: Rows, ask_pages: int
    ) -> None:
        self.question, self.ask_pages = question, ask_pages
        self._ask, self._rows = ask, rows
        self._subject = subject_of(question)
        self._places = [Place(document, number) for document in documents for number in document.numbers]
        self._hits: dict[tuple[str, int], Hits] = {}
        self._answers: dict[tuple[str, int], PageAnswer] = {}

    def run(self, model: str) -> Iterator[Event]:
        """What happens, and last the answer over all pages."""
        started = time.perf_counter()
        if len(self._places) <= FEW:
            for place in self._places:
                yield from self._ask_page(place)
        else:
            yield from self._look_at_all()
            yield from self._ask_the_best()
        answers = [self._answers[place.key] for place in self._places if place.key in self._answers]
        best = choose_answer(self.question, answers, model, time.perf_counter() - started, self._scores())
        seen = tuple(place.key for place in self._places if place.key not in self._answers)
        yield replace(best, pages_seen=seen)

    def _look_at_all(self) -> Iterator[Event]:
        """Look at each page; ask at once those that match strongly, and those that cannot be looked at."""
        for count, place in enumerate(self._places, 1):
            try:
                rows, page = self._rows.of(place)
            except PageError as error:
                failed = PageAnswer(*place.key, "", False, 0.0, "error", error.reason)
                self._answers[place.key] = failed
                yield failed
                continue
            if rows is None:  # blank, or a model that sees nothing until it is asked
                yield from self._ask_page(place, page)
                continue
            hits = self._hits[place.key] = find_words(self._subject, rows)
            total = len(self._places)
            yield PageSeen(*place.key, hits.score(self._subject.weights), count, total)
            asked = [key for key in self._answers if key in self._hits]
            if hits.is_strong and len(asked) < min(EARLY, self.ask_pages):
                yield from self._ask_page(place, page)
            elif WINDOW <= count < total and not asked and page is not None:
                yield from self._ask_page(self._ranked()[0])

    def _ask_the_best(self) -> Iterator[Event]:
        """Ask page after page, best first, until it is enough."""
        scores, ranked = self._scores(), self._ranked()
        top = scores[ranked[0].key] if ranked else 0.0
        # Where nothing matches no page is better than another: all are asked, and the surest one wins.
        near = sum(scores[place.key] >= NEAR * top for place in ranked)
        first = min(near, self.ask_pages) if top else len(ranked)
        for count, place in enumerate(ranked):
            if count >= first and self._is_answered():
                return
            if place.key not in self._answers:
                yield from self._ask_page(place)

    def _ask_page(self, place: Place, page: Page | None = None) -> Iterator[Event]:
        answer = yield from self._ask(place.document, place.number, self.question, page)
        self._answers[place.key] = answer
        yield answer

    def _is_answered(self) -> bool:
        return any(
            answer.found and answer.status == "ok" and answer.confidence >= SURE
            for answer in self._answers.values()
        )

    def _scores(self) -> dict[tuple[str, int], float]:
        return dict(zip(self._hits, score_pages(self._subject, list(self._hits.values())), strict=True))

    def _ranked(self) -> list[Place]:
        """The pages that were looked at, best first, equal ones in their order."""
        scores = self._scores()
        looked = [place for place in self._places if place.key in scores]
        return sorted(looked, key=lambda place: -scores[place.key])


def choose_answer(
    question: str,
    answers: Sequence[PageAnswer],
    model: str,
    seconds: float,
    scores: Mapping[tuple[str, int], float] | None = None,
) -> Answer:
    """The most confident found answer, complete ones before any cut off; else "not in the document", or
    nothing where no page could be read.

    ``scores``: how well pages match the question; confidence on a page that does not match counts for less.
    """
    troubles = tuple(
        Trouble(item.file, item.page, item.status, item.reason) for item in answers if item.status != "ok"
    )
    read = tuple((answer.file, answer.page) for answer in answers if answer.status != "error")

    def rank(answer: PageAnswer) -> tuple[bool, float]:
        match = 1 + (scores or {}).get((answer.file, answer.page), 0.0)
        return answer.status == "ok", answer.confidence * match

    found = sorted((answer for answer in answers if answer.found), key=rank, reverse=True)
    if not found:
        # It is in none of the pages only if every one of them is right about that: the least sure decides.
        confidence = min((answer.confidence for answer in answers), default=0.0)
        text = NOT_FOUND if read else ""
        return Answer(question, text, False, confidence, (), model, seconds, troubles, pages_read=read)
    best = found[0]
    others: dict[str, Alternative] = {}
    for answer in found[1:]:
        if (said := _letters(answer.answer)) != _letters(best.answer):
            place = Evidence(answer.file, answer.page, answer.box)
            others.setdefault(said, Alternative(answer.answer, answer.confidence, place))
    return Answer(
        question,
        best.answer,
        True,
        best.confidence,
        (Evidence(best.file, best.page, best.box),),
        model,
        seconds,
        troubles,
        tuple(others.values())[:MAX_ALTERNATIVES],
        read,
    )


def gaps(documents: Iterable[Document]) -> list[Trouble]:
    """That pages may be lacking, said of each such file as a whole."""
    return [
        Trouble(document.file, 0, "truncated", document.note)
        for document in documents
        if not document.is_complete
    ]


def _letters(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum()) or text
