"""Blank pages, repaired files and odd pictures: read as far as they go, and said to be what they are."""

import numpy as np
import pymupdf
import pytest
from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.documents import Documents
from octavo.app.outcomes import BLANK, ILLEGIBLE
from octavo.app.pages_match import UNREADABLE, PrintedRows, printed_rows
from octavo.app.prompts import NOT_FOUND, READ
from octavo.app.types import PageAnswer
from octavo.vision.glyphs import BLANK as NO_GLYPH
from octavo.vision.glyphs import SLOTS, UNKNOWN, GlyphMap, glyph_char, glyph_id

INVENTED = "Total 12.50"


def invent(_image, _prompt) -> str:
    """A model that sees something everywhere."""
    return INVENTED


@pytest.fixture
def blank(tmp_path):
    with pymupdf.open() as document:
        document.new_page()
        document.new_page().insert_text((72, 72), "Some print")
        document.save(tmp_path / "blank.pdf")
    return tmp_path / "blank.pdf"


def test_nothing_is_invented_on_a_blank_page(blank, make_service):
    service = make_service(invent)
    document = service.open(blank)
    empty, printed = service.read(document)
    assert (empty.text, empty.status, empty.reason) == ("", "ok", BLANK)
    assert printed.text == INVENTED
    first = service.open(blank, "1")
    answer = service.ask(first, "What is the total?")
    assert not answer.found and answer.confidence == 1.0
    fields = service.extract(first, ["total"])
    assert fields.values == {"total": None} and fields.notes == (f"page 1: {BLANK}",)
    assert service.backend.prompts == [READ]  # asked of the printed page only


def test_what_jpeg_does_to_a_single_colour_is_blank_and_faint_print_is_not(tmp_path, make_service):
    Image.new("RGB", (300, 300), (251, 249, 247)).save(tmp_path / "paper.jpg", quality=40)
    faint = np.full((300, 300), 255, np.uint8)
    faint[100:110, 50:250] = 240
    Image.fromarray(faint).save(tmp_path / "faint.png")
    service = make_service(invent)
    assert service.read(service.open(tmp_path / "paper.jpg"))[0].text == ""
    assert service.read(service.open(tmp_path / "faint.png"))[0].text == INVENTED


def test_nothing_is_made_up_where_the_letters_cannot_be_told(make_pdf, make_service, monkeypatch):
    service = make_service(invent)
    document = service.open(make_pdf("one", "two"))
    thumbnail = PrintedRows(("\ufffd" * 30, "total\ufffd\ufffd"), 37)
    seen = iter([thumbnail, PrintedRows(("\ufffd" * 3, "invoice4711", "total12.00"), 20)])
    monkeypatch.setattr(service.backend, "look", lambda image: next(seen))
    small, large = service.read(document)
    assert (small.text, small.status, small.reason, small.confidence) == ("", "error", ILLEGIBLE, 0.0)
    assert large.text == INVENTED and large.status == "ok"  # a foreign letter or two do not matter
    assert service.backend.prompts == [READ]  # asked of the second page only


def test_where_nobody_can_read_nothing_found_is_no_answer(make_pdf, make_service, monkeypatch):
    def refuse(_image, prompt) -> str:
        return NOT_FOUND if prompt.endswith("?") else '{"total": null}'

    document = make_service(refuse).open(make_pdf("one"))
    for rows, status in ((PrintedRows(("\ufffd" * 30,), 30), "error"), (PrintedRows(("a" * 30,), 30), "ok")):
        service = make_service(refuse)
        monkeypatch.setattr(service.backend, "look", lambda image, rows=rows: rows)
        events = list(service.stream_ask(document, "What is the total?"))
        pages = [event for event in events if isinstance(event, PageAnswer)]
        assert [(page.status, page.found) for page in pages] == [(status, False)]
        assert [page.reason for page in pages] == [ILLEGIBLE if status == "error" else ""]
        extracted = list(service.stream_page_fields(document, ["total"]))
        assert [(page.fields, page.status) for page in extracted] == [({}, status)]


def test_a_photo_that_shows_its_colour_may_carry_small_print(make_pdf, make_service, monkeypatch):
    service = make_service(lambda _image, _prompt: "red")
    monkeypatch.setattr(service.backend, "look", lambda image: PrintedRows(("\ufffd" * 30,), 30))
    answer = service.ask(service.open(make_pdf("one")), "What is the colour?")
    assert (answer.answer, answer.found, answer.troubles) == ("red", True, ())


def test_the_sign_for_what_cannot_be_told_is_that_of_the_glyph_map():
    assert UNREADABLE == glyph_char(UNKNOWN)


@pytest.mark.parametrize(
    ("rows", "illegible"),
    [((), False), (("\ufffd" * 19,), False), (("\ufffd" * 20,), True), (("\ufffd" * 20 + "a" * 20,), False)],
)
def test_what_counts_as_illegible(rows, illegible):
    assert PrintedRows(rows, 0).is_illegible is illegible


@pytest.mark.parametrize(
    ("characters", "sure", "illegible"),
    [(200, 0.5, True), (199, 0.5, False), (900, 0.93, False), (900, 0.6, True)],
)
def test_print_of_which_no_letter_is_sure_is_illegible_too(characters, sure, illegible):
    """A script that training never had: every sign looks a little like some letter."""
    ids = np.full((1, characters, SLOTS), NO_GLYPH, np.int16)
    ids[0, :, 0] = glyph_id("R")
    probs = np.where(ids == NO_GLYPH, 1.0, sure).astype(np.float32)
    assert printed_rows(GlyphMap(ids, probs, 16)).is_illegible is illegible


def test_a_repaired_pdf_is_read_and_said_to_be_repaired(make_pdf, make_service):
    path = make_pdf("one")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"startxref", b"startxxxx"))
    service = make_service(invent)
    document = service.open(path)
    assert "repaired" in document.note and document.is_complete
    assert service.read(document)[0].reason == document.note
    assert service.ask(document, "Total?").troubles == ()


def test_a_cut_off_pdf_is_read_as_one_with_a_trouble(make_pdf, make_service):
    path = make_pdf("one", "two")
    path.write_bytes(path.read_bytes().partition(b"xref\n")[0])
    service = make_service(invent)
    document = service.open(path)
    assert document.page_count == 2 and not document.is_complete
    answer = service.ask(document, "Total?")
    assert answer.found
    assert [(trouble.page, trouble.status) for trouble in answer.troubles] == [(0, "truncated")]
    assert service.extract(document, ["total"]).troubles == answer.troubles


@pytest.mark.parametrize(
    ("name", "note"),
    [("small.png", "70 x 140 pixels"), ("moving.gif", "of its 3 frames the first"), ("usual.png", "")],
)
def test_odd_pictures_are_named(tmp_path, make_service, name, note):
    picture = Image.linear_gradient("L").convert("P")
    picture.save(tmp_path / "usual.png")
    picture.resize((70, 140)).save(tmp_path / "small.png")
    turned = [picture.rotate(90), picture.rotate(180)]
    picture.save(tmp_path / "moving.gif", save_all=True, append_images=turned)
    document = make_service(invent).open(tmp_path / name)
    assert note in document.note and bool(document.note) == bool(note)
    assert document.page_count == 1


def test_the_decoding_process_is_replaced_after_so_many_requests(make_pdf):
    documents = Documents(Settings(recycle_after=2))
    path, pids = make_pdf("one", "two"), []
    for _ in range(4):
        documents.open(path)
        pids.append(documents.sandbox._process.pid)
    assert pids[0] == pids[1] != pids[2] == pids[3]
    documents.sandbox.close()


def test_the_first_answer_comes_before_the_second_page_is_rendered(make_pdf):
    with DocumentService(Settings(isolate=False), FakeBackend(invent)) as service:
        events = service.stream_ask(service.open(make_pdf("one", "two", "three")), "Total?")
        assert next(events).text == "Total"
        assert len(service.backend.opened) == 1
