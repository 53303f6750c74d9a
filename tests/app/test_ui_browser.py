"""What a person does in the browser, in a real one: skipped where there is none."""

import csv
import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .served_ui import served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()  # fmt: skip
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SLOW_MS = 60_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine"),
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestWarning"
    ),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A served interface. Its batches answer from pixels, slowly enough to be stopped."""
    patch = pytest.MonkeyPatch()
    patch.setenv("OCTAVO_BATCH_BACKEND", "batch_backend:make")
    patch.setenv("PYTHONPATH", str(Path(__file__).parent))
    patch.setenv("OCTAVO_ISOLATE", "0")
    patch.setenv("OCTAVO_PAGE_PX", "4000")
    patch.setenv("FAKE_DELAY", "0.5")
    patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("batches")))
    with served() as url:
        yield url
    patch.undo()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        yield play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@pytest.fixture
def open_page(browser, address):
    """``open_page(viewport, **options)`` → a fresh page whose failures end the test."""
    contexts, failures = [], []

    def make(viewport=DESKTOP, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert failures == []


def expect(thing):
    from playwright.sync_api import expect

    return expect(thing)


def drop(page, *paths) -> None:
    page.locator("#files input[type=file]").set_input_files([str(path) for path in paths])
    page.locator("#page img").wait_for(timeout=SLOW_MS)


def ask(page, question: str) -> None:
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#talk .turn .asked").first).to_have_text(question, timeout=SLOW_MS)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_a_dropped_file_to_a_resumed_batch(open_page, make_pdf, tmp_path, viewport):
    page = open_page(viewport)
    drop(page, make_pdf("a", "b", "c"))
    unmarked = page.locator("#page img").get_attribute("src")

    ask(page, "What is the total?")
    expect(page.locator("#talk .answer").first).to_have_text("12.50 EUR")
    expect(page.locator("#page img")).not_to_have_attribute("src", unmarked)  # its page, with its place
    expect(page.locator("#talk .badge").first).to_contain_text("90%")
    page.get_by_role("button", name="page 3 of made.pdf").click()
    expect(page.locator("#position")).to_contain_text("Page 3 of 3")
    before = page.locator("#page img").get_attribute("src")
    page.get_by_role("button", name="page 1 · made.pdf", exact=True).first.click()
    expect(page.locator("#position")).to_contain_text("Page 1 of 3")
    expect(page.locator("#page img")).not_to_have_attribute("src", before)
    expect(page.locator("#page img")).to_be_in_viewport()

    page.get_by_role("tab", name="Extract").click()
    page.locator("#extract").click()
    expect(page.locator("#facts-table")).to_contain_text("A-7", timeout=SLOW_MS)
    page.locator("#facts-table button.place").first.click()
    expect(page.locator("#facts-table tr.chosen")).to_contain_text("invoice number")
    with page.expect_download() as download:
        page.locator("#save-csv").click()
    download.value.save_as(tmp_path / "saved.csv")
    rows = {
        row["field"]: row
        for row in csv.DictReader(io.StringIO((tmp_path / "saved.csv").read_text("utf-8-sig")))
    }
    assert download.value.suggested_filename == "made.csv"
    assert (rows["due_date"]["value"], rows["total"]["printed"]) == ("2025-04-13", "12.50")

    make_pdf(*[f"page {number}" for number in range(6)], name="many.pdf")
    with zipfile.ZipFile(tmp_path / "batch.zip", "w") as archive:
        archive.write(tmp_path / "many.pdf", "in/many.pdf")
        archive.writestr("../../evil.txt", "x")
    page.get_by_role("tab", name="Batch").click()
    page.locator("#batch-files input[type=file]").set_input_files(tmp_path / "batch.zip")
    page.locator("#batch-files").get_by_text("batch.zip").wait_for()
    page.get_by_label("read as Markdown").check()
    page.locator("#batch-start").click()
    expect(page.locator("#batch-rows tr").nth(2)).to_be_visible(timeout=SLOW_MS)
    page.locator("#batch-stop").click()
    page.locator("[data-state=stopped]").wait_for(timeout=SLOW_MS)
    assert page.locator("#batch-rows tr").count() < 7
    page.reload()
    page.get_by_role("tab", name="Batch").click()
    page.locator("[data-state=stopped]").wait_for(timeout=SLOW_MS)
    page.locator("#batch-resume").click()
    page.locator("[data-state=done]").wait_for(timeout=SLOW_MS)
    expect(page.locator("#batch-rows tr")).to_have_count(7)
    expect(page.locator("#batch-progress")).to_contain_text("left out: evil.txt")
    page.locator("#batch-rows button.place").nth(3).click()
    expect(page.locator("#batch-page img")).to_be_visible()
    with page.expect_download() as download:
        page.locator("#batch-results a").first.click()
    assert download.value.suggested_filename == "results.csv"
    page.locator("#batch-delete").click()
    expect(page.locator("#batch-progress")).to_contain_text("No batch yet")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], "the page is wider than the screen"


def test_several_documents_their_conversation_and_how_it_is_saved(open_page, make_pdf, tmp_path):
    page = open_page()
    drop(page, make_pdf("a"), make_pdf("b", name="other.pdf"))
    expect(page.locator("#strip .thumb")).to_have_count(2)
    ask(page, "What is the total?")
    ask(page, "What is the due date?")
    expect(page.locator("#talk .turn")).to_have_count(2)
    page.get_by_role("button", name="Save the conversation").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON", exact=True).click()
    download.value.save_as(tmp_path / "talk.json")
    talk = json.loads((tmp_path / "talk.json").read_text())
    assert [turn["answer"] for turn in talk] == ["12.50 EUR", "13 April 2025"]
    page.get_by_role("button", name="Clear the conversation").click()
    expect(page.locator("#talk .turn")).to_have_count(0)
    page.locator("#forget").click()
    expect(page.locator("#strip .thumb")).to_have_count(0)
    ask_again = page.locator("#question textarea")
    ask_again.fill("What is the total?")
    ask_again.press("Enter")
    expect(page.locator("#live [role=alert]")).to_contain_text("No document is open")


def test_the_page_stays_when_nothing_is_found(open_page, make_pdf):
    page = open_page()
    drop(page, make_pdf("a", "b"))
    before = page.locator("#page img").get_attribute("src")
    ask(page, "What is the shoe size?")
    expect(page.locator("#talk .turn")).to_have_count(1)
    ask(page, "What is the total?")  # turns to the page: by then the first event is over
    expect(page.locator("#position")).to_contain_text("Page 1 of 2")
    ask(page, "What is the hat size?")
    page.wait_for_timeout(1500)
    expect(page.locator("#position")).to_contain_text("Page 1 of 2")
    assert before and page.locator("#page img").count() == 1


def test_samples_can_be_tried_and_uploads_are_gone_when_the_page_is_closed(open_page, make_pdf):
    from gradio.utils import get_upload_folder

    def kept() -> list[Path]:
        return list(Path(get_upload_folder()).glob("*/just-here.pdf"))

    page = open_page()
    for _ in range(2):
        page.get_by_role("button", name="invoice.pdf", exact=True).click()
        expect(page.locator("#position")).to_contain_text("Page 1 of 1 · invoice.pdf", timeout=SLOW_MS)
        page.locator("#forget").click()
        expect(page.locator("#position")).not_to_contain_text("invoice.pdf")
    drop(page, make_pdf("only in this test", name="just-here.pdf"))
    assert len(kept()) == 1
    page.close()
    deadline = time.monotonic() + 20
    while kept() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kept() == []


def test_what_a_model_or_a_file_says_is_never_run(open_page, make_pdf):
    page = open_page()
    drop(page, make_pdf("a"), make_pdf("b", name="<img src=x onerror=window.hacked=4>.pdf"))
    ask(page, "Who?")
    expect(page.locator("#talk .answer").first).to_contain_text(
        "<script>window.hacked=2</script>${window.hacked=3}{{this}}"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#talk img, #strip script").count() == 0


def test_without_a_mouse(open_page, make_pdf):
    page = open_page()
    drop(page, make_pdf("a", "b"))
    page.locator("#position").click()
    page.keyboard.press("/")
    page.keyboard.type("What is the total?")
    page.keyboard.press("Enter")
    expect(page.locator("#talk .answer").first).to_have_text("12.50 EUR", timeout=SLOW_MS)
    expect(page.locator("#talk .place").first).to_be_visible()
    for _ in range(5):  # the answer's own page is opened a moment after it is there, and undoes a turn
        page.locator("#strip .thumb").first.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(1000)
        if "Page 2 of 2" in page.locator("#position").inner_text():
            break
    expect(page.locator("#position")).to_contain_text("Page 2 of 2")
    page.locator("#talk .place").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#position")).to_contain_text("Page 1 of 2")


def test_in_chinese_as_the_browser_asks_and_by_hand(open_page, make_pdf):
    page = open_page(PHONE, locale="zh-CN", color_scheme="dark")
    expect(page.get_by_role("tab", name="提问")).to_be_visible()
    drop(page, make_pdf("a"))
    ask(page, "What is the total?")
    expect(page.locator("#talk .badge").first).to_have_text("可信度 90%")
    assert page.locator("body.dark").count() == 1
    page.locator("#language").get_by_text("English").click()
    expect(page.get_by_role("tab", name="Ask")).to_be_visible()
    expect(page.locator("#talk .badge").first).to_have_text("confidence 90%")
    page.locator("#shade").click()
    assert page.locator("body.dark").count() == 0


def test_errors_are_sentences(open_page, tmp_path):
    (tmp_path / "broken.pdf").write_text("no PDF")
    page = open_page()
    page.locator("#files input[type=file]").set_input_files(tmp_path / "broken.pdf")
    alert = page.locator("#drop [role=alert]")
    expect(alert).to_contain_text("broken.pdf: is not a PDF, whatever its name says")
    assert str(tmp_path) not in page.content() and "Traceback" not in page.content()


def test_nothing_is_asked_of_another_host_and_nothing_is_kept_in_the_browser(browser, address, make_pdf):
    context = browser.new_context(viewport=DESKTOP)
    page, hosts = context.new_page(), set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else ""))
    page.goto(address)
    drop(page, make_pdf("a"))
    ask(page, "What is the total?")
    assert {host for host in hosts if host and not host.startswith("127.0.0.1")} == set()
    assert "12.50" not in page.evaluate("JSON.stringify({...localStorage})")
    context.close()
