"""Where a field is unsure the page is read again in a frame, and the surer of two values stays."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.backend import Piece
from octavo.app.pages_match import PrintedRows
from octavo.app.prompts import NOT_FOUND
from octavo.app.second_look import DOUBTFUL, PRINT, UNSURE, WORTH_IT, band, framed
from octavo.app.types import Answer, Delta

KEYS = ["company", "date", "total", "due date"]


class TwoLooks(FakeBackend):
    """Says one thing of a page and another of the same page in a frame: key → (value, probability)."""

    looks_twice = True

    def __init__(self, first: dict, second: dict) -> None:
        super().__init__()
        self.first, self.second, self.size = first, second, None

    def stream(self, page, prompt, max_new_tokens):
        self.prompts.append(prompt)
        self.size = self.size or page.size
        said = self.first if page.size == self.size else self.second
        for number, (key, (value, probability)) in enumerate(said.items()):
            yield Piece(("{" if number == 0 else ", ") + json.dumps(key) + ": ", 1.0)
            yield Piece(json.dumps(value), probability)
        yield Piece("}", 1.0)
        yield Piece("", stop="eos")


class TwoAnswers(FakeBackend):
    """Answers a question about a page, and otherwise about the same page in a frame: (text, probability)."""

    looks_twice = True

    def __init__(self, first: tuple[str, float], second: tuple[str, float]) -> None:
        super().__init__()
        self.said, self.sizes = (first, second), []

    def stream(self, page, prompt, max_new_tokens):
        self.sizes.append(page.size)
        text, probability = self.said[page.size != self.sizes[0]]
        yield Piece(text, probability)
        yield Piece("", stop="eos")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    image = Image.new("L", (400, 600), 250)
    ImageDraw.Draw(image).text((40, 40), "ACME 12.00", fill=0)
    image.save(tmp_path / "page.png")
    return tmp_path / "page.png"


def values(page: Path, backend: FakeBackend, **settings) -> dict:
    with DocumentService(Settings(isolate=False, **settings), backend) as service:
        return service.extract(service.open(page), KEYS).values


FIRST = {
    "company": ("ACNE", 0.4),
    "date": ("1.2.2026", 0.99),
    "total": ("12.00", 0.6),
    "due date": (None, 0.3),
}
SECOND = {
    "company": ("ACME", 0.8),
    "date": ("7.2.2026", 1.0),
    "total": ("72.00", 0.5),
    "due date": ("no", 1.0),
}


def test_the_surer_value_stays_and_only_unsure_ones_are_looked_at(page: Path) -> None:
    backend = TwoLooks(FIRST, SECOND)
    assert values(page, backend) == {
        "company": "ACME",
        "date": "1.2.2026",
        "total": "12.00",
        "due date": None,
    }
    first, again = backend.prompts
    assert all(key in first for key in KEYS)
    assert '"company", "total"' in again and "date" not in again


def test_a_refusal_among_the_fields_is_no_value(page: Path) -> None:
    said = {"company": ("ACME", 0.99), "total": (NOT_FOUND, 0.9), "date": ("", 0.9)}
    found = values(page, TwoLooks(said, said))
    assert found["company"] == "ACME" and found["total"] is None and found["date"] is None


def test_a_sure_page_is_read_once(page: Path) -> None:
    sure = {key: (value, max(p, UNSURE)) for key, (value, p) in FIRST.items() if value}
    backend = TwoLooks(sure | {"due date": (None, 0.1)}, SECOND)
    assert values(page, backend)["company"] == "ACNE" and len(backend.prompts) == 1


def test_what_cannot_be_a_value_of_its_name_is_looked_at_again(page: Path) -> None:
    sure = {"company": ("ACME", 0.99), "date": ("1.2.2026", 0.99), "due date": (None, 0.3)}
    wrong = sure | {"total": ("20.11.2018", 0.99)}
    backend = TwoLooks(wrong, SECOND)  # less sure of it, but a number
    assert values(page, backend)["total"] == "72.00" and '"total"' in backend.prompts[1]
    assert "company" not in backend.prompts[1]
    backend = TwoLooks(wrong, SECOND | {"total": ("21.11.2018", 0.2)})
    assert values(page, backend)["total"] == "20.11.2018"  # what is alone is kept


@pytest.mark.parametrize(
    ("said", "given", "looks"),
    [
        ("Acme Ltd (Co. Reg. No: 945402-P)", "Acme Ltd", 1),  # what is cut off is no reason to doubt the rest
        ("Acme GmbH · Hauptstr. 5 · 10115 Berlin", "Acme GmbH", 1),
        ("Hauptstr. 5", "ACME", 2),
    ],
)
def test_a_party_is_judged_by_what_will_be_given(page: Path, said: str, given: str, looks: int) -> None:
    sure = {"date": ("1.2.2026", 0.99), "total": ("12.00", 0.99), "due date": (None, 0.3)}
    backend = TwoLooks(sure | {"company": (said, 0.99)}, SECOND)
    assert values(page, backend)["company"] == given and len(backend.prompts) == looks


def test_a_little_doubt_is_not_worth_another_look_by_itself(page: Path) -> None:
    sure = {"date": ("1.2.2026", 0.99), "total": ("12.00", 0.99), "due date": (None, 0.3)}
    doubt = sure | {"company": ("ACNE", (WORTH_IT + UNSURE) / 2)}
    backend = TwoLooks(doubt, SECOND)
    assert values(page, backend)["company"] == "ACNE" and len(backend.prompts) == 1
    backend = TwoLooks(doubt | {"total": ("12.00", WORTH_IT - 0.01)}, SECOND)
    assert values(page, backend)["company"] == "ACME" and '"total", "company"' in backend.prompts[1]


def seen(backend: FakeBackend, *rows: str) -> FakeBackend:
    """The backend, with a glyph map that has these rows."""
    backend.rows = lambda image: PrintedRows(rows, sum(map(len, rows)))
    return backend


def test_numbers_that_the_glyph_map_lacks_are_looked_at_again_and_printed_ones_stay(page: Path) -> None:
    sure = {key: (value, 0.99) for key, (value, _) in FIRST.items()} | {"total": ("343.95", 0.99)}
    misread = sure | {"total": ("340.95", UNSURE - 0.01)}
    lower = {"date": ("7.2.2026", 1.0), "total": ("343.95", UNSURE - 0.1)}
    backend = seen(TwoLooks(misread, lower), "1.2.2026", "total343.95")
    assert values(page, backend)["total"] == "343.95" and len(backend.prompts) == 2
    assert '"total"' in backend.prompts[1] and "date" not in backend.prompts[1]
    backend = seen(TwoLooks(misread, lower | {"total": ("348.95", 1.0)}), "1.2.2026", "total343.95")
    assert values(page, backend)["total"] == "348.95"  # neither is printed: the surer one
    backend = seen(TwoLooks(sure, lower), "1.2.2026", "total343.95")
    assert values(page, backend)["total"] == "343.95" and len(backend.prompts) == 1
    backend = seen(TwoLooks(misread | {"total": ("340.95", 0.98)}, lower), "1.2.2026", "total343.95")
    assert (
        values(page, backend)["total"] == "340.95" and len(backend.prompts) == 2
    )  # sure, and the other is not
    backend = TwoLooks(misread, lower)  # nobody knows what is printed
    assert values(page, backend)["total"] == "340.95" and len(backend.prompts) == 1


def test_an_answer_with_a_number_that_is_not_printed_is_asked_for_again(page: Path) -> None:
    def answer(first: tuple[str, float], second: tuple[str, float]) -> tuple[str, int]:
        backend = seen(TwoAnswers(first, second), "x" * PRINT, "invoice20180417")
        with DocumentService(Settings(isolate=False), backend) as service:
            return service.ask(service.open(page), "What is the number?").answer, len(backend.sizes)

    assert answer(("20180411", DOUBTFUL - 0.01), ("20180417", 0.7)) == ("20180417", 2)
    assert answer(("20180411", DOUBTFUL - 0.01), (NOT_FOUND, 0.7)) == ("20180411", 2)  # that has no number
    assert answer(("20180411", DOUBTFUL - 0.01), (NOT_FOUND, 0.95)) == (NOT_FOUND, 2)
    assert answer(("20180411", 0.98), ("20180417", 0.99)) == ("20180417", 2)
    assert answer(("20180411", 0.99), ("20180417", 0.98)) == ("20180411", 2)
    assert answer(("20180417", 0.99), ("20180411", 1.0)) == ("20180417", 1)
    assert answer(("20180411", 0.99), ("20180477", 0.7)) == ("20180411", 2)


def test_the_second_look_at_a_slip_is_at_the_band_in_which_the_unsure_values_stand(page: Path) -> None:
    def looked_at(unsure: dict, boxes: dict, width: int = 380) -> tuple[int, int]:
        Image.open(page).crop((0, 0, width, 600)).save(page)
        backend = TwoLooks({key: (None, 0.3) for key in KEYS} | unsure, SECOND)
        backend.boxes, sizes, opened = boxes, [], backend.open_page
        backend.open_page = lambda image: sizes.append(image.size) or opened(image)
        values(page, backend)
        assert len(sizes) == 2 and sizes[0] == (width, 600)
        return sizes[1]

    date = {"date": ("1.2.2026", 0.4)}
    name = {"company": ("ACNE", 0.4)}
    low, high = {"1.2.2026": (0.1, 0.5, 0.4, 0.55)}, {"ACNE": (0.1, 0.1, 0.4, 0.15)}
    whole = (388, 614)  # the slip and its frame
    assert looked_at(date, low) == (388, 92)  # 0.45 to 0.6 of 600 rows, framed
    assert looked_at(name, high) == (388, 122)  # from the top
    assert looked_at(name | date, low | high) == (388, 368)
    assert looked_at(name, {}) == whole  # it is printed nowhere
    assert looked_at(name | date, low) == whole
    assert looked_at(name | date, low | {"ACNE": (0.1, 0.9, 0.4, 0.95)}) == (388, 338)
    assert looked_at(name | date, high | {"1.2.2026": (0.1, 0.7, 0.4, 0.75)}) == whole  # nearly all of it
    total = {"total": ("12.00", 0.4)}
    assert looked_at(total, {"12.00": (0.1, 0.5, 0.4, 0.55)}) == whole  # the other sums tell which it is
    assert looked_at(date | total, low | {"12.00": (0.1, 0.5, 0.4, 0.55)}) == whole
    assert looked_at(date, low, 400) == (408, 614)  # a page: what tells may stand anywhere


def test_a_band_is_as_wide_as_the_page() -> None:
    image = Image.fromarray(np.arange(200, dtype=np.uint8)[:, None].repeat(50, 1))
    found = np.asarray(band(image, [(0.4, 0.5, 0.6, 0.6), (0.0, 0.3, 0.1, 0.35)]))
    assert found.shape == (80, 50) and found[0, 0] == 50 and found[-1, 0] == 129
    assert np.asarray(band(image, [(0.4, 0.9, 0.6, 1.0)]))[-1, 0] == 199
    assert band(image.resize((1, 3)), [(0.0, 0.5, 1.0, 0.5)]).size == (1, 1)
    assert band(image, []) is image and band(image, [None, (0.4, 0.5, 0.6, 0.6)]) is image


@pytest.mark.parametrize("way", ["setting", "backend"])
def test_it_can_be_left_out(page: Path, way: str) -> None:
    backend = TwoLooks(FIRST, SECOND)
    backend.looks_twice = way == "setting"
    assert values(page, backend, second_look=way == "backend")["company"] == "ACNE"
    assert len(backend.prompts) == 1


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_frame_has_the_colour_of_the_paper(mode: str) -> None:
    paper = Image.new("RGB", (300, 200), (240, 230, 210))
    ImageDraw.Draw(paper).rectangle((20, 20, 90, 60), fill=(0, 0, 0))
    image = paper.convert(mode)
    wide = framed(image)
    assert wide.size == (318, 212) and wide.mode == "RGB"
    wanted = np.asarray(image.convert("RGB"))
    assert np.array_equal(np.asarray(wide)[6:-6, 9:-9], wanted)
    assert np.abs(np.asarray(wide)[0, 0].astype(int) - wanted[150, 200]).max() <= 12


def test_a_tiny_picture_gets_a_frame_too() -> None:
    assert framed(Image.new("L", (1, 1))).size == (3, 3)


@pytest.mark.parametrize(
    ("first", "second", "kept", "looks"),
    [
        (("ACNE", 0.6), ("ACME", 0.8), "ACME", 2),
        (("ACNE", 0.6), ("ACME", 0.5), "ACNE", 2),
        (("ACNE", DOUBTFUL), ("ACME", 1.0), "ACNE", 1),
        (("ACNE", 0.6), (NOT_FOUND, 0.8), NOT_FOUND, 2),
        ((NOT_FOUND, 0.6), ("ACME", 0.8), "ACME", 2),
    ],
)
def test_of_two_answers_the_surer_one_is_given_and_only_it_is_shown(page, first, second, kept, looks) -> None:
    backend = TwoAnswers(first, second)
    with DocumentService(Settings(isolate=False), backend) as service:
        events = list(service.stream_ask(service.open(page), "What is the company?"))
    assert "".join(event.text for event in events if isinstance(event, Delta)) == kept
    assert isinstance(events[-1], Answer) and (events[-1].answer == kept) and len(backend.sizes) == looks
    assert events[-1].found == (kept != NOT_FOUND)


@pytest.mark.parametrize(
    ("characters", "said", "kept"),
    [
        (0, [("Grey", 0.7), ("Black", 0.5), ("black", 0.4)], "Black"),
        (0, [("Grey", 0.7), ("Black", 0.3), ("Black", 0.3)], "Grey"),
        (0, [("Grey", 0.5), ("Black", 0.6), ("White", 0.7)], "White"),
        (PRINT, [("Grey", 0.4), ("Black", 0.5)], "Black"),
    ],
)
def test_a_photo_is_looked_at_mirrored_too_and_the_looks_vote(page, characters, said, kept) -> None:
    backend = FakeBackend()
    backend.looks_twice, backend.rows = True, lambda image: PrintedRows((), characters)
    answers = iter(said)

    def stream(view, prompt, max_new_tokens):
        text, probability = next(answers)
        yield Piece(text, probability)
        yield Piece("", stop="eos")

    backend.stream = stream
    with DocumentService(Settings(isolate=False), backend) as service:
        assert service.ask(service.open(page), "What is the colour?").answer == kept
    assert next(answers, None) is None
    mirrored = np.asarray(backend.opened[1])[:, ::-1]
    assert np.array_equal(mirrored, np.asarray(backend.opened[0])) == (characters < PRINT)


def test_a_model_that_does_not_look_twice_streams(page: Path) -> None:
    backend = TwoAnswers(("ACNE", 0.6), ("ACME", 0.8))
    backend.looks_twice = False
    with DocumentService(Settings(isolate=False), backend) as service:
        assert service.ask(service.open(page), "What is the company?").answer == "ACNE"
    assert len(backend.sizes) == 1
