"""Questions over many pages: which are asked, when that is enough, what is said about the others."""

import itertools

import numpy as np
import pymupdf
import pytest

from octavo.app import DocumentService, FakeBackend, PageError, Settings
from octavo.app.backend import LocalBackend, Piece, page_key
from octavo.app.pages import EARLY, WINDOW, choose_answer
from octavo.app.pages_cache import EncodedPages
from octavo.app.pages_match import PrintedRows, find_words, printed_rows, score_pages, subject_of
from octavo.app.prompts import NOT_FOUND
from octavo.app.types import Answer, PageAnswer, PageSeen
from octavo.language.vlm import SeenPage
from octavo.vision.glyphs import BLANK, SLOTS, GlyphMap, glyph_id

PAGES = 60
HERE = "Boiler serial number: K-4471"


class Book:
    """A PDF whose print a fake encoder can see: the picture of each page tells which page it is."""

    def __init__(self, path, texts):
        self.path, self.texts = path, texts
        with pymupdf.open() as document:
            for number, text in enumerate(texts):
                page = document.new_page(width=200, height=200)
                page.insert_text((20, 40), text or "", fontsize=8)
                page.draw_rect((10, 150, 12 + number, 160), fill=(0, 0, 0))
            document.save(path)

    def texts_by_picture(self, service):
        document = service.open(self.path)
        return {page_key(document.page(number).image): text for number, text in enumerate(self.texts, 1)}


class Reader(FakeBackend):
    """Sees the print of a book; answers "K-4471" with ``sure`` where the page holds ``key``, else as told."""

    def __init__(self, key="serial number", sure=0.9):
        super().__init__()
        self.key, self.sure, self.book = key, sure, {}
        self.looked = set()
        self.rows = self._rows
        self.others = {}  # text of a page → (answer, probability)

    def _rows(self, image):
        text = self.book[page_key(image)]
        self.looked.add(text)
        rows = tuple("".join(line.casefold().split()) for line in text.splitlines())
        return PrintedRows(rows, sum(map(len, rows)))

    def stream(self, page, prompt, max_new_tokens):
        self.prompts.append(prompt)
        text = self.book[page_key(page)]
        reply, sure = self.others.get(text, ("K-4471", self.sure) if self.key in text else (NOT_FOUND, 0.9))
        yield Piece(reply, sure)
        yield Piece("", stop="eos")


@pytest.fixture
def open_book(tmp_path):
    """``open_book(texts, **reader options)`` → (service, document)."""
    services, names = [], itertools.count()

    def make(texts, settings=None, **options):
        reader = Reader(**options)
        chosen = Settings(isolate=False, page_px=40_000, **(settings or {}))
        service = DocumentService(chosen, reader)
        services.append(service)
        book = Book(tmp_path / f"{next(names)}.pdf", texts)
        reader.book |= book.texts_by_picture(service)
        return service, service.open(book.path)

    yield make
    for service in services:
        service.close()


def filler(number):
    return f"Chapter {number}\nThe heating of house {number} was checked in spring."


def with_answer(place):
    return [filler(number) if number != place else HERE for number in range(1, PAGES + 1)]


def test_the_page_with_the_answer_is_chosen_among_sixty(open_book):
    service, document = open_book(with_answer(41))
    *_, answer = service.stream_ask(document, "What is the serial number of the boiler?")
    assert (answer.answer, answer.found, answer.evidence[0].page) == ("K-4471", True, 41)
    assert answer.pages_read == ((document.file, 1), (document.file, 41))  # the first one not to wait for all
    assert len(answer.pages_seen) == PAGES - 2 and len(service.backend.looked) == PAGES
    record = answer.to_json()
    assert record["pages_read"] == [{"file": document.file, "pages": [1, 41]}]
    assert len(record["pages_seen"][0]["pages"]) == PAGES - 2


def test_a_follow_up_question_looks_at_no_page_again(open_book):
    service, document = open_book(with_answer(41))
    service.ask(document, "What is the serial number of the boiler?")
    service.backend.looked.clear()
    service.backend.opened.clear()
    again = service.ask(service.open(document.file), "Which serial number?")  # opened anew, the same bytes
    assert again.evidence[0].page == 41
    assert len(service.backend.looked) == 0 and len(service.backend.opened) == 1


def test_a_file_that_was_written_anew_is_looked_at_again(open_book, tmp_path):
    service, document = open_book(with_answer(41))
    service.ask(document, "Which serial number?")
    other = Book(tmp_path / "other.pdf", with_answer(7))
    service.backend.book |= other.texts_by_picture(service)
    other.path.replace(document.file)
    assert service.ask(service.open(document.file), "Which serial number?").evidence[0].page == 7


def test_the_first_answer_comes_while_most_pages_are_still_to_be_rendered(open_book):
    service, document = open_book(with_answer(3))
    events = service.stream_ask(document, "What is the serial number of the boiler?")
    first = next(event for event in events if isinstance(event, PageAnswer))
    assert (first.page, first.answer) == (3, "K-4471")
    assert len(service.backend.looked) == 3


def test_without_a_strong_match_the_best_of_the_first_pages_is_asked_early(open_book):
    texts = with_answer(50)
    texts[4] = "The boiler is new."
    service, document = open_book(texts)
    events = service.stream_ask(document, "What is the serial number of the boiler?")
    first = next(event for event in events if isinstance(event, PageAnswer))
    assert (first.page, first.found, len(service.backend.looked)) == (5, False, WINDOW)
    *_, answer = events
    assert answer.evidence[0].page == 50


def test_where_nothing_matches_the_first_answer_does_not_wait_for_the_whole_file_either(open_book):
    service, document = open_book(with_answer(50))
    events = service.stream_ask(document, "Wie lautet die Gerätekennung?")
    first = next(event for event in events if isinstance(event, PageAnswer))
    assert (first.page, first.found, len(service.backend.looked)) == (1, False, WINDOW)


def test_not_in_the_document_means_that_every_page_was_asked(open_book):
    service, document = open_book([filler(number) for number in range(1, 11)])
    answer = service.ask(document, "What is the serial number of the boiler?")
    assert not answer.found and answer.answer == NOT_FOUND
    assert answer.pages_read == tuple((document.file, number) for number in range(1, 11))
    assert answer.pages_seen == ()


def test_a_question_in_other_words_than_the_page_still_finds_it(open_book):
    service, document = open_book(with_answer(41)[30:45])
    answer = service.ask(document, "Wie lautet die Gerätekennung?")
    assert answer.evidence[0].page == 11 and answer.pages_seen == ()


def test_an_unsure_answer_does_not_end_the_search(open_book):
    texts = [*(filler(number) for number in range(1, 9)), "serial number: see chapter 3", HERE + " (boiler)"]
    texts[2] = "The type plate says K-4471"
    service, document = open_book(texts, key="type plate")
    service.backend.others = {texts[8]: ("see chapter 3", 0.3), texts[9]: (NOT_FOUND, 0.9)}
    answer = service.ask(document, "What is the serial number?")
    assert (answer.answer, answer.evidence[0].page) == ("K-4471", 3)
    assert [(item.answer, item.evidence.page) for item in answer.alternatives] == [("see chapter 3", 9)]


def test_pages_that_match_as_well_give_alternatives_and_their_number_is_bounded(open_book):
    texts = [f"House {number}\nserial number: A-{number}" for number in range(1, 21)]
    service, document = open_book(texts, settings={"ask_pages": 4})
    for number, text in enumerate(texts, 1):
        service.backend.others[text] = (f"A-{number}", 0.5 + number / 50)
    answer = service.ask(document, "What is the serial number?")
    assert len(answer.pages_read) == 4 and len(answer.pages_seen) == 16
    assert answer.answer == "A-4"  # the surest of those that were asked
    assert [item.answer for item in answer.alternatives] == ["A-3", "A-2", "A-1"]
    assert answer.to_json()["alternatives"][0] == {
        "answer": "A-3",
        "confidence": pytest.approx(0.56),
        "evidence": [{"file": document.file, "page": 3, "box": [0.0, 0.0, 1.0, 1.0]}],
    }


def test_strong_matches_asked_early_are_few(open_book):
    texts = [f"House {number}: serial number unknown" for number in range(1, 21)]
    service, document = open_book(texts)
    events = service.stream_ask(document, "What is the serial number?")
    before = [event for event in itertools.takewhile(lambda e: getattr(e, "seen", 0) < 20, events)]
    assert sum(isinstance(event, PageAnswer) for event in before) == EARLY


def test_several_documents_are_searched_as_one(open_book):
    service, first = open_book([filler(number) for number in range(1, 6)])
    book = Book(service_path(first, "second.pdf"), with_answer(4)[:6])
    service.backend.book |= book.texts_by_picture(service)
    answer = service.ask([first, service.open(book.path)], "Which serial number?")
    assert answer.evidence[0].file == str(book.path) and answer.evidence[0].page == 4
    assert {file for file, _ in answer.pages_seen} == {first.file, str(book.path)}


def service_path(document, name):
    from pathlib import Path

    return Path(document.file).with_name(name)


def test_a_page_that_cannot_be_rendered_is_a_trouble_and_was_not_read(open_book):
    service, document = open_book(with_answer(4)[:6])
    render = document.render

    def torn(number):
        if number == 2:
            raise PageError(document.file, 2, "it is torn")
        return render(number)

    object.__setattr__(document, "render", torn)
    answer = service.ask(document, "Which serial number?")
    assert answer.found and [(item.page, item.reason) for item in answer.troubles] == [(2, "it is torn")]
    assert (document.file, 2) not in answer.pages_read + answer.pages_seen


def test_progress_tells_every_page_that_was_looked_at(open_book):
    service, document = open_book(with_answer(4)[:6])
    *events, last = service.stream_ask(document, "Which serial number?")
    seen = [event for event in events if isinstance(event, PageSeen)]
    assert [(event.page, event.seen, event.total) for event in seen] == [(n, n, 6) for n in range(1, 7)]
    assert max(seen, key=lambda event: event.score).page == 4 and isinstance(last, Answer)


def test_confidence_on_a_page_that_does_not_match_counts_for_less():
    said = [PageAnswer("a", 1, "no", True, 0.9, "ok"), PageAnswer("a", 2, "yes", True, 0.7, "ok")]
    assert choose_answer("?", said, "m", 0.0).answer == "no"
    best = choose_answer("?", said, "m", 0.0, {("a", 1): 0.0, ("a", 2): 1.0})
    assert best.answer == "yes" and best.confidence == 0.7
    assert [item.answer for item in best.alternatives] == ["no"]
    same = [said[0], PageAnswer("a", 2, " No.", True, 0.7, "ok")]
    assert choose_answer("?", same, "m", 0.0).alternatives == ()


# How the print is matched


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the due date?", ("due", "date")),
        ("Wie hoch ist der Gesamtbetrag der Rechnung 4711?", ("hoch", "gesamtbetrag", "rechnung", "4711")),
        ("Who is it?", ("who", "is", "it")),
        ("the buyer's VAT-ID", ("buyer", "vat-id")),
        ("What is the Document ref?", ("document", "ref")),  # a capital says that it is printed so
        ("May I see it, I mean the Seat?", ("mean", "seat")),
        ("?", ()),
    ],
)
def test_fillers_of_a_question_are_left_out(question, words):
    assert subject_of(question).words == words


def test_labels_and_numbers_weigh_more_than_the_words_around_them():
    subject = subject_of("Kindly verify the Policy ref of car 4711, whichever")
    weights = dict(zip(subject.words, subject.weights, strict=True))
    assert min(weights[word] for word in ("policy", "ref", "4711")) > weights["whichever"]
    assert weights["ref"] < weights["policy"]  # short words stand in others by chance
    assert subject.phrase == "policyref4711"


def rows(*lines):
    return PrintedRows(lines, sum(map(len, lines)))


def scores(question, *pages):
    subject = subject_of(question)
    return score_pages(subject, [find_words(subject, page) for page in pages])


def test_words_that_stand_together_beat_words_apart_and_a_label_beats_a_mention():
    subject = subject_of("due date")
    assert find_words(subject, rows("duedate:13april2025")).is_strong
    assert not find_words(subject, rows("thedatein1999", "x", "x", "x", "x", "overdue")).is_strong
    apart = rows("thedatein1999", "x", "x", "x", "x", "overdue")
    mention, label = rows("aftertheduedatewewrite"), rows("duedate:13april2025")
    low, middle, high = scores("What is the due date?", apart, mention, label)
    assert 0 < low < middle < high


def test_rare_words_beat_common_ones():
    pages = [rows("invoice", "total") for _ in range(9)] + [rows("invoice", "deposit")]
    found = scores("the deposit of the invoice", *pages)
    assert found.index(max(found)) == 9


def test_a_misread_letter_does_not_hide_a_word():
    assert find_words(subject_of("deposit"), rows("yourdepos1tis12.00")).best[0] >= 0.8
    assert find_words(subject_of("tax"), rows("tex")).best[0] == 0  # a short word is there or not


def test_a_question_that_matches_nothing_scores_nothing_and_so_does_an_empty_page():
    assert scores("zebra", rows("horse", "cow"), rows()) == [0, 0]
    assert scores("?", rows("horse"), rows()) == [0, 0]
    assert score_pages(subject_of("zebra"), []) == []


def glyph_map(*lines):
    """Patches with a character each."""
    ids = np.full((len(lines), max(map(len, lines)), SLOTS), BLANK, np.int16)
    for row, line in enumerate(lines):
        for col, char in enumerate(line):
            ids[row, col, 0] = BLANK if char == " " else glyph_id(char)
    return GlyphMap(ids, np.ones(ids.shape, np.float32), 16)


def test_rows_of_the_glyph_map_and_of_a_slanted_line():
    printed = printed_rows(glyph_map("Due date", "", "Tot     ", "   al: 5"))
    assert printed.rows == ("duedate", "tot", "total:5", "al:5")
    assert printed.size == 14


# What is kept of encoded pages


def test_a_page_that_was_looked_at_is_not_encoded_twice_and_answers_the_same(tmp_path, tiny_model):
    from PIL import Image

    from octavo.language.weights import save_pretrained

    save_pretrained(tiny_model, tmp_path / "tiny")
    backend = LocalBackend(Settings(model=str(tmp_path / "tiny")))
    image = Image.linear_gradient("L").convert("RGB").resize((500, 300))
    model = backend._load()
    direct = model.open_page(image)
    seen = model.look(image)
    opened = model.read(seen)
    assert opened.length == direct.length
    assert all(a.equal(b) for a, b in zip(opened.cache.rows, direct.cache.rows, strict=True))
    held = 0 if opened.glyphs is None else opened.glyphs.ids.nbytes + opened.glyphs.probs.nbytes
    assert opened.nbytes == held + sum(rows.nbytes for rows in opened.cache.rows)
    assert seen.nbytes == held + seen.tokens.nbytes
    if model.vision.glyph_head is not None:
        assert (seen.glyphs.ids == direct.glyphs.ids).all()
        assert backend.look(image) == printed_rows(direct.glyphs)
        assert isinstance(backend._opened.get(page_key(image)), SeenPage)
    backend.open_page(image)
    assert not isinstance(backend._opened.get(page_key(image)), SeenPage)
    assert len(backend._opened) == 1


class Kept:
    """Stands for a page prefix of so many bytes."""

    def __init__(self, nbytes):
        self.nbytes = nbytes


def test_encoded_pages_stay_within_their_memory():
    pages = EncodedPages(max_pages=10, max_bytes=1000)
    for name in b"abc":
        pages.put(bytes([name]), Kept(400))
    assert len(pages) == 2 and pages.nbytes == 800 and pages.get(b"a") is None
    pages.get(b"b")
    pages.put(b"d", Kept(500))
    assert pages.get(b"c") is None and pages.get(b"b") is not None
    pages.put(b"e", Kept(5000))
    assert len(pages) == 1 and pages.get(b"e") is not None  # the one in use stays, whatever its size
    few = EncodedPages(max_pages=1, max_bytes=1000)
    few.put(b"a", Kept(1))
    few.put(b"b", Kept(1))
    assert len(few) == 1 and len(few.values()) == 1
