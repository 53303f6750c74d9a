"""The user interface: handlers and views as plain functions, and that the page can be built."""

import gc
import warnings

import gradio as gr
import pytest
from PIL import Image

from octavo.app import Answer, Evidence, Fields, FieldValue, PageText
from octavo.app.prompts import READ, extract_prompt
from octavo.app.ui import view
from octavo.app.ui.app import CSS, create_app, launch, theme
from octavo.app.ui.handlers import ALL_PAGES, SHOWN_PAGE, Handlers, Opened

FIELDS = ["invoice number", "total"]
REPLIES = {
    "Total?": "12.50 EUR",
    READ: "# Title\n\ntext",
    extract_prompt(FIELDS): '{"invoice number": "A7", "total": null}',
}


@pytest.fixture
def warned(monkeypatch) -> list[str]:
    """What the user was warned of."""
    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", said.append)
    return said


@pytest.fixture
def build_app():
    """Gradio leaves event loops behind when it builds examples: they are swept up here, unheard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield create_app
        gc.collect()


@pytest.fixture
def handlers(make_service, warned) -> Handlers:
    return Handlers(make_service(REPLIES))


@pytest.fixture
def opened(handlers, make_pdf) -> Opened:
    return handlers.open(str(make_pdf("a", "b", "c")), "")[0]


def test_a_dropped_file_shows_its_first_page(handlers, make_pdf):
    opened, image, position, message = handlers.open(str(make_pdf("a", "b")), "")
    assert (opened.count, opened.number, position, message) == (2, 1, "Page 1 of 2", "")
    assert image.mode == "RGB"


def test_a_removed_file_clears_the_page(handlers):
    assert handlers.open(None, "") == (None, None, "", "")


def test_a_bad_file_is_a_warning_without_the_servers_path(handlers, warned, tmp_path):
    (tmp_path / "text.pdf").write_text("no PDF")
    opened, image, position, message = handlers.open(str(tmp_path / "text.pdf"), "")
    assert (opened, image, position) == (None, None, "")
    assert warned and warned[0].startswith("text.pdf: is not a PDF")
    assert str(tmp_path) not in message + warned[0]


def test_an_encrypted_file_opens_with_its_password(handlers, warned, make_pdf):
    path = str(make_pdf("secret", password="right"))
    assert handlers.open(path, "")[0] is None
    assert "encrypted" in warned[0]
    assert handlers.open(path, "right")[0].password == "right"


def test_turning_stops_at_the_ends(handlers, opened):
    assert handlers.previous(opened)[0].number == 1
    second = handlers.next(opened)[0]
    third = handlers.next(second)[0]
    assert (second.number, third.number, handlers.next(third)[0].number) == (2, 3, 3)
    assert handlers.next(third)[2] == "Page 3 of 3"
    assert handlers.next(None) == (None, None, "")


def test_an_answer_streams_and_ends_with_its_evidence(handlers, opened):
    *growing, last = handlers.ask(opened, "Total?", SHOWN_PAGE)
    assert [step[0] for step in growing] == ["### 12.50▌", "### 12.50 EUR▌"]
    assert last[0] == "### 12.50 EUR"
    assert last[1].startswith("page 1 of made.pdf · confidence 90% · ")


def test_an_answer_turns_to_the_page_it_comes_from(handlers, opened):
    third = handlers.next(handlers.next(opened)[0])[0]
    *_, last = handlers.ask(third, "Total?", ALL_PAGES)
    assert last[2].number == 1 and last[4] == "Page 1 of 3"


@pytest.mark.parametrize(
    ("state", "question", "said"),
    [
        (None, "Total?", "No document is open"),
        ("opened", " ", "question is empty"),
    ],
)
def test_asking_wrongly_is_a_warning(handlers, opened, warned, state, question, said):
    steps = list(handlers.ask(opened if state else None, question, ALL_PAGES))
    assert len(steps) == 1 and said in warned[0] and said in steps[0][0]


def test_a_model_that_cannot_load_is_a_warning_everywhere(handlers, opened, warned):
    from octavo.app import LocalBackend, Settings

    handlers.service.backend = LocalBackend(Settings(model="no-such"))
    assert "no-such" in list(handlers.ask(opened, "Total?", ALL_PAGES))[0][0].replace("\\", "")
    assert "no-such" in list(handlers.read(opened))[0][1].replace("\\", "")
    assert "no-such" in list(handlers.extract(opened, "total", ALL_PAGES))[0][2].replace("\\", "")
    assert len(warned) == 3


def test_reading_streams_the_shown_page(handlers, opened):
    *growing, (text, state) = handlers.read(opened)
    assert growing[0] == ("#▌", "reading")
    assert text == "# Title\n\ntext" and state.startswith("page 1 · confidence 90%")
    assert list(handlers.read(None))[0][0] == ""


def test_extracting_gives_rows_and_json(handlers, opened):
    *_, (rows, record, message) = handlers.extract(opened, "invoice number, total", SHOWN_PAGE)
    assert rows == [["invoice number", "A7", "90%", "1"], ["total", "–", "", ""]]
    assert '"file": "made.pdf"' in record and opened.path not in record
    assert message == ""
    assert list(handlers.extract(opened, " ", ALL_PAGES))[0][0] == []


def test_text_of_a_document_is_never_markup():
    hostile = "<img src=x onerror=alert(1)> ![a](http://x/y.png) **b** [c](javascript:d) `e`\n# f"
    shown = view.plain(hostile)
    assert "<img" not in shown and "](" not in shown and "**" not in shown and "\n" not in shown
    assert "\\!\\[a\\]\\(" in shown


def test_views_say_what_failed():
    answer = Answer("q", "", False, 0.0, (), "m", 1.0)
    assert (view.answer(answer), view.evidence(answer)) == ("### –", "on no page · confidence 0% · 1.0 s")
    page = PageText("a.pdf", 2, "", "error", "it is torn", 0.0, 0.1)
    assert view.page_state(page) == "page 2 · error: it is torn"
    fields = Fields("a.pdf", {"total": FieldValue("5", 0.5, (Evidence("a.pdf", 3),))}, "m", 1.0)
    assert view.field_rows(fields) == [["total", "5", "50%", "3"]]


def test_the_page_is_built_with_named_endpoints(make_service, build_app):
    demo = build_app(make_service())
    names = {function.api_name for function in demo.fns.values()}
    assert {"open", "unlock", "previous", "next", "ask", "read", "extract"} <= names
    assert demo.analytics_enabled is False
    assert demo.delete_cache is not None
    tasks = [function for function in demo.fns.values() if function.api_name in ("ask", "read", "extract")]
    assert [(task.concurrency_id, task.concurrency_limit) for task in tasks] == [("model", 1)] * 3


def test_it_is_served_to_this_computer_only(make_service, monkeypatch, build_app):
    seen = {}
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, **options: seen.update(options))
    launch(make_service(), 7999)
    assert (seen["server_name"], seen["server_port"], seen["share"]) == ("127.0.0.1", 7999, False)
    assert seen["max_file_size"] == "256mb"
    assert "allowed_paths" not in seen


def test_nothing_is_fetched_for_the_looks():
    assert theme()._stylesheets == []
    assert "http" not in CSS and "@import" not in CSS


def test_the_place_of_an_answer_is_marked_on_the_page():
    page = Image.new("RGB", (200, 100), "white")
    page.putpixel((60, 25), (0, 0, 0))
    shown = view.marked(page, (0.25, 0.2, 0.5, 0.3))
    assert shown.getpixel((70, 25)) == view.MARKER
    assert shown.getpixel((60, 25)) == (0, 0, 0)  # print stays legible under it
    assert shown.getpixel((150, 80)) == page.getpixel((70, 25)) == (255, 255, 255)
    assert view.marked(page, (0.0, 0.0, 1.0, 1.0)) is page
