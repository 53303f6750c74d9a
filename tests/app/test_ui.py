"""The Documents tab: handlers and views as plain functions, and that the page can be built."""

import gc
import json
import warnings
from base64 import b64decode

import gradio as gr
import pytest
from PIL import Image

from octavo.app import Answer, PageText, UsageError
from octavo.app.outcomes import ILLEGIBLE
from octavo.app.pages_match import PrintedRows
from octavo.app.prompts import READ
from octavo.app.types import Alternative, Evidence
from octavo.app.ui import cards, saving, view
from octavo.app.ui.app import CSS, MAX_WAITING, create_app, launch, theme
from octavo.app.ui.asking import ALL, DOCUMENT, PAGE, Asking
from octavo.app.ui.desk import Desk, Mark, Place, Shown, Turn, Upload
from octavo.app.ui.reading import Reading
from octavo.app.ui.viewer import Viewer, or_stay

REPLIES = {"Total?": "12.50 EUR", READ: "# Title\n\ntext"}
HOSTILE = '<img src=x onerror="alert(1)"> ${alert(2)} {{this}} [c](javascript:d)'


@pytest.fixture
def build_app():
    """Gradio leaves event loops behind when it builds examples: they are swept up here, unheard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield create_app
        gc.collect()


@pytest.fixture
def viewer(make_service, warned) -> Viewer:
    return Viewer(make_service(REPLIES))


@pytest.fixture
def asking(viewer) -> Asking:
    return Asking(viewer.service, viewer)


def opened(viewer, *paths, password="", desk=None, shown=None):
    """The last state after dropping files: desk, shown, picture, strip, position, message."""
    *_, last = viewer.open([str(path) for path in paths], password, desk or Desk(), shown, "en")
    first = next(iter(viewer.open([str(path) for path in paths], password, desk or Desk(), shown, "en")))
    return [one if isinstance(other, dict) else other for one, other in zip(first, last, strict=True)]


def event(**data) -> gr.EventData:
    return gr.EventData(None, data)


def test_dropped_files_show_their_first_page_and_small_pictures(viewer, make_pdf):
    first, second = make_pdf("a", "b"), make_pdf("c", name="other.pdf")
    desk, shown, image, strip, position, message = opened(viewer, first, second)
    assert [(upload.name, upload.count) for upload in desk.uploads] == [("made.pdf", 2), ("other.pdf", 1)]
    assert (shown.number, image.mode, message) == (1, "RGB", "")
    assert position == view.plain("Page 1 of 2 · made.pdf")
    assert strip.count("data:image/jpeg;base64,") == 3 and strip.count('aria-current="page"') == 1


def test_one_page_needs_no_strip_and_no_file_no_page(viewer, make_pdf):
    assert opened(viewer, make_pdf("a"))[3] == ""
    assert opened(viewer)[1:] == [None, None, "", "", ""]


def test_a_bad_file_is_a_sentence_without_the_servers_path_and_the_others_open(
    viewer, warned, tmp_path, make_pdf
):
    (tmp_path / "text.pdf").write_text("no PDF")
    desk, *_, message = opened(viewer, tmp_path / "text.pdf", make_pdf("a"))
    assert [upload.name for upload in desk.uploads] == ["made.pdf"]
    assert warned[0].startswith("text.pdf: is not a PDF") and "text.pdf: is not a PDF" in message
    assert str(tmp_path) not in message + warned[0] and 'role="alert"' in message


def test_an_encrypted_file_opens_with_its_password(viewer, warned, make_pdf):
    path = make_pdf("secret", password="right")
    assert opened(viewer, path)[0].uploads == ()
    assert warned[0].endswith("the PDF is encrypted; enter its password below the file")
    assert opened(viewer, path, password="right")[0].uploads[0].password == "right"


def test_another_dropped_file_is_shown_and_the_open_one_stays(viewer, make_pdf):
    first, second = make_pdf("a", "b"), make_pdf("c", name="other.pdf")
    desk, shown, *_ = opened(viewer, first)
    desk, shown, *_ = opened(viewer, first, second, desk=desk, shown=shown)
    assert shown == Shown(str(second)) and len(desk.uploads) == 2
    _, shown, *_ = opened(viewer, first, desk=desk, shown=Shown(str(first), 2))
    assert shown == Shown(str(first), 2)


def test_turning_goes_over_the_borders_of_documents_and_stops_at_the_ends(viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b"), make_pdf("c", name="other.pdf"))
    seen = []
    for _ in range(4):
        seen.append((desk.upload(shown.path).name, shown.number))
        shown = next(viewer.next(desk, shown, "en"))[0]
    assert seen == [("made.pdf", 1), ("made.pdf", 2), ("other.pdf", 1), ("other.pdf", 1)]
    assert next(viewer.previous(desk, shown, "en"))[0] == Shown(desk.uploads[0].path, 2)
    assert next(viewer.next(Desk(), None, "en")) == (None, None, "", "")


def test_a_small_picture_and_the_arrow_keys_turn_the_page(viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b", "c"))
    assert next(viewer.pick(desk, shown, "en", event(at=2)))[0].number == 3
    assert next(viewer.pick(desk, shown, "en", event(step=1)))[0].number == 2
    for nonsense in ({"at": 99}, {"at": "1"}, {"at": -5}, {"at": True}, {}, {"at": 10**9}):
        assert list(viewer.pick(desk, shown, "en", event(**nonsense))) == []


def test_the_shown_page_stays_where_an_event_has_none_to_show():
    def nothing(desk, language):
        """Yields no page."""
        yield from ()

    def something(desk, language):
        yield desk, None, language, ""

    kept = list(or_stay(nothing)("desk", "en"))
    assert kept == [(gr.skip(),) * 4] and or_stay(nothing).__doc__ == nothing.__doc__
    assert list(or_stay(something)("desk", "en")) == [("desk", None, "en", "")]


def test_an_answer_streams_and_turns_to_the_page_it_stands_on(asking, viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b", "c"))
    viewer.service.backend.boxes["12.50 EUR"] = (0.1, 0.1, 0.3, 0.2)
    steps = list(asking.ask(desk, Shown(shown.path, 3), (), "Total?", ALL, "en"))
    live = [step[0] for step in steps if isinstance(step[0], str) and step[0]]
    assert "getting ready" in live[0] and "12.50" in live[1] and "caret" in live[1]
    assert any("page 2 of made.pdf · 1 of 3 pages" in card for card in live)
    turns = next(step[1] for step in steps if isinstance(step[1], tuple))
    assert turns[0].answer == "12.50 EUR" and turns[0].places[0].page == 1
    there = next(asking.turn_to(desk, turns, "", "en"))
    assert there[0] == Shown(shown.path, 1, (Mark((0.1, 0.1, 0.3, 0.2)),))
    assert (
        list(asking.turn_to(desk, turns, "an error", "en")) == list(asking.turn_to(desk, (), "", "en")) == []
    )


def test_a_question_is_taken_at_once_and_only_one_at_a_time(asking):
    pending, live, box = asking.begin(None, "Total?", "en")
    assert pending == "Total?" and "waiting for the model" in live
    assert (box["value"], box["submit_btn"], box["stop_btn"]) == ("", False, "Stop")
    with pytest.raises(gr.Error, match="One question at a time"):
        asking.begin(pending, "Date?", "en")
    for pending, box in (asking.ready("zh"), asking.stop("zh")[1:]):
        assert pending is None and box["submit_btn"] == "提问" and "value" not in box


def test_the_scope_decides_which_pages_are_asked(asking, viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b"), make_pdf("c", name="other.pdf"))
    asked = {}
    for scope in (ALL, DOCUMENT, PAGE):
        viewer.service.backend.prompts.clear()
        list(asking.ask(desk, shown, (), "Total?", scope, "en"))
        asked[scope] = len(viewer.service.backend.prompts)
    assert asked == {ALL: 3, DOCUMENT: 2, PAGE: 1}


def test_a_pressed_place_shows_its_page_with_a_mark(asking, viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b"))
    places = (Place(shown.path, 2, (0.1, 0.1, 0.2, 0.2), "5", 0.9),)
    turn = Turn("q", "5", True, 0.9, 1.0, "m", places)
    seen = next(asking.show(desk, (turn,), "en", event(turn=0, place=0)))
    assert seen[0] == Shown(shown.path, 2, (Mark((0.1, 0.1, 0.2, 0.2)),))
    assert seen[1].getpixel((int(0.15 * seen[1].width), int(0.15 * seen[1].height))) == view.MARKER
    for wrong in ({"turn": 1, "place": 0}, {"turn": 0, "place": 1}, {"turn": -1, "place": -1}, {}):
        assert list(asking.show(desk, (turn,), "en", event(**wrong))) == []


@pytest.mark.parametrize(
    ("has_file", "text", "said"), [(False, "Total?", "No document is open"), (True, " ", "is empty")]
)
def test_asking_wrongly_is_a_sentence(asking, viewer, make_pdf, warned, has_file, text, said):
    desk, shown, *_ = opened(viewer, *([make_pdf("a")] if has_file else []))
    *_, last = asking.ask(desk, shown, (), text, ALL, "en")
    assert said in warned[0] and said in last[0] and 'role="alert"' in last[0]


def test_errors_are_said_in_chinese_too(asking, viewer, make_pdf, warned, tmp_path):
    desk, shown, *_ = opened(viewer, make_pdf("a"))
    *_, last = asking.ask(desk, shown, (), " ", ALL, "zh")
    assert "问题为空" in last[0]
    (tmp_path / "empty.pdf").write_bytes(b"")
    list(viewer.open([str(tmp_path / "empty.pdf")], "", Desk(), None, "zh"))
    assert warned[-1] == "empty.pdf：文件是空的，请重新复制或下载。"


def test_a_model_that_cannot_load_is_a_sentence_everywhere(asking, viewer, make_pdf, warned):
    from octavo.app import LocalBackend, Settings

    desk, shown, *_ = opened(viewer, make_pdf("a"))
    viewer.service.backend = LocalBackend(Settings(model="no-such"))
    assert "no-such" in list(asking.ask(desk, shown, (), "Total?", ALL, "en"))[-1][0]
    assert "no-such" in list(Reading(viewer.service).read(desk, shown, "en"))[-1][1].replace("\\", "")
    viewer.prepare(desk, shown)
    assert len(warned) == 2


def test_reading_streams_the_shown_page(viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a"))
    *growing, (text, state) = Reading(viewer.service).read(desk, shown, "en")
    assert growing[0] == ("#▌", "reading")
    assert text == "# Title\n\ntext" and state.startswith("page 1 · confidence 90%")
    assert list(Reading(viewer.service).read(Desk(), None, "en"))[0][0] == ""


def test_the_shown_page_is_encoded_ahead_of_the_first_question(viewer, make_pdf):
    desk, shown, *_ = opened(viewer, make_pdf("a"))
    viewer.prepare(desk, shown)
    assert len(viewer.service.backend.opened) == 1
    viewer.prepare(Desk(), None)


def make_turn(text="5", found=True) -> Turn:
    others = (Alternative("6", 0.4, Evidence("/x/a.pdf", 2)), Alternative(text, 0.3, Evidence("/x/a.pdf", 3)))
    seen = tuple(("/x/a.pdf", page) for page in range(4, 9))
    evidence = (Evidence("/x/a.pdf", 1, (0.1, 0.2, 0.3, 0.4)),) if found else ()
    read = (("/x/a.pdf", 1), ("/x/a.pdf", 2), ("/x/a.pdf", 3))
    return Turn.of(Answer("q?", text, found, 0.9, evidence, "m@1", 1.25, (), others, read, seen))


def test_a_turn_keeps_what_other_pages_say():
    turn = make_turn()
    assert [(place.page, place.text) for place in turn.places] == [(1, "5"), (2, "6")]
    shown = cards.conversation("en", (turn,))
    assert (
        "page 1 · a.pdf" in shown
        and "Other pages say" in shown
        and "3 pages asked, 5 others" in shown
        and "90%" in shown
        and "40%" in shown
    )


def test_text_of_a_document_is_never_markup():
    turn = Turn.of(Answer(HOSTILE, HOSTILE, True, 0.5, (Evidence("/x/<b>.pdf", 1),), "m", 1.0))
    shown = cards.conversation("en", (turn,)) + cards.writing("en", HOSTILE, HOSTILE, HOSTILE)
    shown += cards.note(HOSTILE, "error") + cards.strip("en", [(HOSTILE, 1, "")], [0], 0)
    assert "<img src=x" not in shown and 'onerror="' not in shown and "<b>.pdf" not in shown
    assert "![" not in view.plain("![a](http://x)") and "<" not in view.plain(HOSTILE)


def test_a_conversation_is_saved_as_markdown_and_json(warned):
    packed = json.loads(saving.conversation_json((make_turn(),), "en"))
    record = json.loads(b64decode(packed["data"]))[0]
    assert record["evidence"] == [
        {"file": "a.pdf", "page": 1, "box": [0.1, 0.2, 0.3, 0.4], "text": "5", "confidence": 0.9}
    ]
    assert record["others"][0]["text"] == "6" and "/x/" not in json.dumps(record)
    packed = json.loads(saving.conversation_markdown((make_turn(), make_turn("n", False)), "zh"))
    text = b64decode(packed["data"]).decode()
    assert (
        packed["name"] == "conversation.md"
        and "# 问答记录" in text
        and "**5**" in text
        and "文档中没有" in text
    )
    assert saving.conversation_json((), "en") == "" and warned == ["There is nothing to save yet."]


def test_where_no_page_could_be_read_the_headline_says_so_and_claims_nothing(
    asking, viewer, make_pdf, monkeypatch
):
    desk, shown, *_ = opened(viewer, make_pdf("a"))
    monkeypatch.setattr(viewer.service.backend, "look", lambda image: PrintedRows(("\ufffd" * 30,), 30))
    steps = list(asking.ask(desk, shown, (), "Something else?", ALL, "en"))
    turns, card = next(step[1:3] for step in steps if isinstance(step[1], tuple))
    assert '<p class="answer absent">No page could be read</p>' in card and f"page 1: {ILLEGIBLE}" in card
    assert "Not in the document" not in card and "confidence" not in card
    assert "页面无法读取" in cards.conversation("zh", turns)
    saved = b64decode(json.loads(saving.conversation_markdown(turns, "en"))["data"]).decode()
    assert "**No page could be read**" in saved and "confidence" not in saved


def test_what_is_on_no_page_that_could_be_read_may_be_on_the_others(asking, viewer, make_pdf, monkeypatch):
    desk, shown, *_ = opened(viewer, make_pdf("a", "b"))
    seen = iter([PrintedRows(("\ufffd" * 30,), 30), PrintedRows(("a" * 30,), 30)])
    monkeypatch.setattr(viewer.service.backend, "look", lambda image: next(seen))
    *_, (_, _, card, _) = asking.ask(desk, shown, (), "Something else?", ALL, "en")
    assert "Not on the pages that could be read" in card and f"page 1: {ILLEGIBLE}" in card
    assert "Not in the document" not in card and "confidence" not in card


def test_views_say_what_failed():
    page = PageText("a.pdf", 2, "", "error", "it is torn", 0.0, 0.1)
    assert view.page_state("en", page) == "page 2 · error: it is torn"


def test_the_page_is_built_with_named_endpoints(make_service, build_app):
    demo = build_app(make_service())
    names = {function.api_name for function in demo.fns.values()}
    assert {"open", "unlock", "previous", "next", "pick", "ask", "evidence", "read"} <= names
    assert demo.analytics_enabled is False
    assert demo.delete_cache == (600, 3600) and demo._queue.max_size == MAX_WAITING
    tasks = [function for function in demo.fns.values() if function.api_name in ("ask", "read")]
    assert [(task.concurrency_id, task.concurrency_limit) for task in tasks] == [("model", 1)] * 2


def test_it_is_served_to_this_computer_only(make_service, monkeypatch, build_app):
    seen = {}
    monkeypatch.setattr(gr.Blocks, "launch", lambda self, **options: seen.update(options))
    launch(make_service(), 7999)
    assert (seen["server_name"], seen["server_port"], seen["share"]) == ("127.0.0.1", 7999, False)
    assert (seen["max_file_size"], seen["auth"], seen["mcp_server"]) == ("256mb", None, False)
    assert "allowed_paths" not in seen


def test_a_port_that_is_none_or_taken_is_one_line(make_service, monkeypatch, build_app):
    with pytest.raises(UsageError, match="port 99999 is none"):
        launch(make_service(), 99_999)

    def refuse(self, **options):
        raise OSError("Cannot find empty port")

    monkeypatch.setattr(gr.Blocks, "launch", refuse)
    with pytest.raises(UsageError, match="port 7999 cannot be used"):
        launch(make_service(), 7999)


def test_nothing_is_fetched_for_the_looks():
    assert theme()._stylesheets == []
    assert "http" not in CSS and "@import" not in CSS


def test_places_are_marked_on_the_page_and_print_stays_legible():
    page = Image.new("RGB", (200, 100), "white")
    page.putpixel((60, 25), (0, 0, 0))
    shown = view.drawn(page, [Mark((0.25, 0.2, 0.5, 0.3)), Mark((0.6, 0.6, 0.9, 0.8), False)])
    assert shown.getpixel((70, 25)) == view.MARKER
    assert shown.getpixel((60, 25)) == (0, 0, 0)
    assert view.OUTLINE in {colour for _, colour in shown.getcolors(20_000)} and page.getpixel((70, 25)) == (
        255,
        255,
        255,
    )
    assert view.drawn(page, ()) is page and view.marked(page, (0.0, 0.0, 1.0, 1.0)) is page


def test_the_upload_of_another_is_not_shown(viewer, make_pdf):
    desk = Desk((Upload(str(make_pdf("a")), 1),))
    assert list(viewer.show(desk, Place("/etc/passwd", 1, (0, 0, 1, 1), "x", 1.0), "en")) == []
