"""Replies and their confidence, the test double, and our own model behind the protocol."""

import threading
from types import SimpleNamespace

import pytest
from PIL import Image

from octavo.app import FakeBackend, LocalBackend, ModelError, Settings, UsageError
from octavo.app.backend import Piece, Reply, page_key
from octavo.app.prompts import NOT_FOUND


def page(colour: str = "white") -> Image.Image:
    return Image.new("RGB", (60, 80), colour)


def test_confidence_is_the_geometric_mean_of_the_tokens():
    reply = Reply((Piece("ab", 0.9), Piece("cd", 0.4), Piece("ef", 1.0), Piece("", stop="eos")))
    assert (reply.text, reply.stop) == ("abcdef", "eos")
    assert reply.confidence() == pytest.approx((0.9 * 0.4) ** (1 / 3))
    assert reply.confidence(2, 4) == pytest.approx(0.4)  # the tokens that overlap the characters
    assert reply.confidence(1, 3) == pytest.approx(0.6)
    assert reply.confidence(6, 9) == 0.0
    assert Reply(()).confidence() == 0.0


def test_the_fake_answers_from_its_table_and_remembers_what_it_was_asked():
    backend = FakeBackend({"Total?": "12.50 EUR in all"})
    pieces = list(backend.stream(backend.open_page(page()), "Total?", 50))
    assert [piece.text for piece in pieces] == ["12.50", " EUR", " in", " all", ""]
    assert pieces[-1].stop == "eos"
    assert "".join(piece.text for piece in backend.stream(page(), "Other?", 50)) == NOT_FOUND
    assert backend.prompts == ["Total?", "Other?"]
    assert list(backend.stream(page(), "Total?", 2))[-1].stop == "length"


def test_pages_are_known_by_their_pixels():
    assert page_key(page()) == page_key(page())
    turned = Image.new("RGB", (80, 60), "white")
    assert len({page_key(page()), page_key(page("black")), page_key(turned)}) == 3
    pages = [page(colour) for colour in ("red", "green", "blue") * 3]
    keys = [page_key(each) for each in pages]
    assert [page_key(each) for each in pages] == keys and len(set(keys)) == 3  # kept ones and forgotten ones


@pytest.fixture
def model_folder(tmp_path, tiny_model):
    from octavo.language.weights import save_pretrained

    save_pretrained(tiny_model, tmp_path / "tiny")
    return tmp_path / "tiny"


def test_our_model_answers_and_a_page_is_encoded_once(model_folder, monkeypatch):
    backend = LocalBackend(Settings(model=str(model_folder), cached_pages=2))
    backend.warm_up()
    assert len(backend.digest) == 12
    first = backend.open_page(page())
    assert backend.open_page(page()) is first
    other = backend.open_page(page("black"))
    assert backend.open_page(page()) is first  # used last, so it stays
    backend.open_page(page("red"))
    assert backend.open_page(page()) is first
    assert backend.open_page(page("black")) is not other  # it had to make room
    pieces = list(backend.stream(first, "What is the total?", 5))
    assert pieces[-1].stop in ("eos", "length", "loop")
    assert all(0 <= piece.probability <= 1 for piece in pieces)
    again = list(backend.stream(backend.open_page(page()), "What is the total?", 5))
    assert [piece.text for piece in again] == [piece.text for piece in pieces]


def test_a_transcript_of_a_page_without_a_glyph_map_is_left_alone():
    backend = LocalBackend(Settings(model="no-such"))
    said = "| Total | 12.50 |\n| Made up | 99.99 |"
    assert backend.without_tail(SimpleNamespace(glyphs=None), said) == said


def test_a_question_that_cannot_fit_is_the_callers_error(model_folder):
    backend = LocalBackend(Settings(model=str(model_folder)))
    with pytest.raises(UsageError, match="shorten the question"):
        list(backend.stream(backend.open_page(page()), "total " * 20_000, 5))


def test_a_missing_or_broken_model_is_a_model_error(tmp_path, model_folder):
    with pytest.raises(ModelError, match="no-such: there is no such model; give a folder"):
        LocalBackend(Settings(model="no-such")).open_page(page())
    (model_folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelError, match="cannot be loaded"):
        _ = LocalBackend(Settings(model=str(model_folder))).digest


def test_a_failed_warm_up_is_told_by_the_call_that_needs_the_model():
    backend = LocalBackend(Settings(model="no-such"))
    backend.warm_up()
    for thread in threading.enumerate():
        if thread.name == "octavo-load":
            thread.join(10)
    with pytest.raises(ModelError, match="no-such"):
        _ = backend.digest
