"""``octavo ask --model FOLDER`` with an official checkpoint: answers name their page, nothing overflows."""

import json
import shutil
from dataclasses import replace

import pymupdf
import pytest
from PIL import Image
from typer.testing import CliRunner

from octavo.app.backend import FakeBackend, LocalBackend, find_model
from octavo.app.cli import app
from octavo.app.errors import DocumentError, ModelError, UsageError
from octavo.app.official_prompts import official_prompt
from octavo.app.prompts import NOT_FOUND, READ, extract_prompt
from octavo.app.service import DocumentService
from octavo.app.settings import Settings
from octavo.app.types import PageAnswer
from octavo.language.initialize import initialize
from octavo.language.official_export import save_official
from octavo.language.official_hub import hub_folder
from octavo.language.official_tiny import tiny_config, write_tiny
from octavo.language.official_tokenizer import OfficialTokenizer
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED, TOKENIZER

SMALL_PAGE_PX = 140_000  # one tile: a page takes 421 tokens and tens of milliseconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("official")
    write_tiny(path, "small")
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """200 pages, each with its number."""
    document = pymupdf.open()
    for number in range(1, 201):
        document.new_page(width=200, height=200).insert_text((40, 100), f"Leaf {number}", fontsize=30)
    path = tmp_path_factory.mktemp("book") / "book.pdf"
    document.save(path)
    return path


@pytest.fixture(scope="module")
def quick_folder(tmp_path_factory):
    """As small as the form allows: 200 pages are many."""
    path, config = tmp_path_factory.mktemp("quick"), tiny_config("small")
    encoder = replace(config.vision.encoder, width=16, depth=1, num_heads=1, mlp_hidden=16)
    language = replace(config.language, hidden_size=32, num_layers=1)
    config = replace(config, vision=replace(config.vision, encoder=encoder), language=language)
    model = VisionLanguageModel(config, OfficialTokenizer.from_folder(PRETRAINED / "nano", TOKENIZER))
    initialize(model)
    save_official(model.state_dict(), config, path)
    shutil.copy(PRETRAINED / "nano" / TOKENIZER, path)
    return path


def service_of(folder, **settings):
    return DocumentService(Settings(model=str(folder), page_px=SMALL_PAGE_PX, **settings))


def test_ask_on_the_command_line_answers_with_its_page(folder, book, monkeypatch):
    monkeypatch.setenv("OCTAVO_ASK_TOKENS", "4")
    monkeypatch.setenv("OCTAVO_PAGE_PX", str(SMALL_PAGE_PX))
    words = ["ask", str(book), "Which leaf?", "--pages", "7", "--model", str(folder), "--json"]
    done = CliRunner().invoke(app, words)
    record = json.loads(done.stdout)
    assert done.exit_code == 1 and "page 7: truncated: the answer reached its length limit" in done.stderr
    assert record["answer"] and record["evidence"][0]["page"] == 7
    assert record["model"].startswith(f"{folder}@")


def test_two_hundred_pages_are_each_asked_and_none_overflows(quick_folder, book):
    with service_of(quick_folder, ask_tokens=2) as service:
        *pages, answer = service.stream_ask(service.open(book), "Which leaf?")
        found = [event for event in pages if isinstance(event, PageAnswer)]
        model = service.backend._load()
        assert all(
            page.length <= model.config.language.max_positions for page in service.backend._opened.values()
        )
        assert len(service.backend._opened) == service.settings.cached_pages  # pages are let go of again
    assert [page.page for page in found] == list(range(1, 201))
    assert all(page.status == "truncated" for page in found)  # and says so: random weights find no end
    best = max(found, key=lambda page: page.confidence)
    assert answer.evidence[0].page == best.page and answer.answer == best.answer
    assert [trouble.page for trouble in answer.troubles] == list(range(1, 201))


def test_more_pages_than_the_limit_are_refused(folder, book):
    with (
        service_of(folder, max_pages=150) as service,
        pytest.raises(DocumentError, match="more than 150 pages"),
    ):
        service.open(book)


def test_a_page_and_a_question_that_are_too_long_say_so(folder, book):
    with service_of(folder) as service:
        document = service.open(book, "1")
        with pytest.raises(
            UsageError, match=r"the page \(425 tokens\) and the question \(\d+\) leave no room in 4096"
        ):
            service.ask(document, "why " * 4000)


def test_an_answer_ends_where_the_positions_end(folder, book):
    """A question that leaves a few places gets as many tokens and a status, not an overflow."""
    with service_of(folder, ask_tokens=100) as service:
        page = service.backend.open_page(Image.new("RGB", (300, 300), "white"))
        tokenizer = service.backend._load().tokenizer
        taken = page.length + len(tokenizer.question(official_prompt("a")))
        question = "a" + " b" * ((4096 - 5 - taken) // len(tokenizer.encode(" b")))
        room = 4096 - page.length - len(tokenizer.question(official_prompt(question)))
        pieces = list(service.backend.stream(page, question, 100))
    assert 0 < room < 10 and len(pieces) == room + 1 and pieces[-1].stop == "length"


def test_of_two_hundred_pages_the_answer_names_the_one_that_has_it(book):
    """The same with a model that reads: the last leaf but one knows, the others say that they do not."""

    def reply(image, prompt):
        return "leaf 199" if image.getbbox() and reply.page == 199 else NOT_FOUND

    class Reader(FakeBackend):
        def open_page(self, image):
            reply.page += 1
            return super().open_page(image)

    reply.page = 0
    with DocumentService(Settings(page_px=SMALL_PAGE_PX), Reader(reply)) as service:
        answer = service.ask(service.open(book), "Which leaf?")
    assert (answer.answer, answer.evidence[0].page, answer.troubles) == ("leaf 199", 199, ())


def test_official_models_are_asked_in_full_sentences(folder, monkeypatch):
    backend = LocalBackend(Settings(model=str(folder)))
    asked = []
    model = backend._load()
    monkeypatch.setattr(model, "stream", lambda page, prompt, **_: asked.append(prompt) or iter(()))
    for prompt in (
        READ,
        "What is the total?",
        extract_prompt(["invoice number", "total"]),
        "<|grounding|>Where?",
    ):
        list(backend.stream(None, prompt, 1))
    assert asked[0].startswith("Transcribe this page to Markdown")
    assert asked[1] == f"What is the total?\nIf the page does not answer this, reply only: {NOT_FOUND}"
    assert '"invoice number", "total"' in asked[2] and "one JSON object" in asked[2]
    assert asked[3] == "<|grounding|>Where?"
    ours = LocalBackend(Settings())
    assert ours._phrase(READ) == READ


def test_boxes_that_an_official_model_writes_are_the_evidence(folder):
    backend = LocalBackend(Settings(model=str(folder)))
    page = backend.open_page(Image.new("RGB", (300, 300), "white"))
    text = "<|ref|>the total<|/ref|><|det|>[[0, 0, 999, 333]]<|/det|>"
    assert backend.locate(page, Image.new("RGB", (300, 300)), text, "") == (0.0, 0.0, 1.0, 333 / 999)
    assert backend.locate(page, Image.new("RGB", (300, 300)), "12.50", "") is None


def test_a_hub_name_that_is_not_here_says_what_to_do():
    with pytest.raises(
        ModelError, match="deepseek-vl2-tiny: not on this machine, and the hub cannot be reached"
    ):
        find_model("deepseek-ai/deepseek-vl2-tiny")
    with pytest.raises(ModelError, match="models/mistyped: there is no such model"):
        find_model("models/mistyped")
    with pytest.raises(FileNotFoundError, match="give a folder, or a hub name like owner/name"):
        hub_folder("../elsewhere")


def test_a_wrong_checkpoint_is_one_line_on_the_command_line(folder, book, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    gone = sorted(tmp_path.glob("*.safetensors"))[1]
    gone.unlink()
    done = CliRunner().invoke(app, ["ask", str(book), "Which?", "--pages", "1", "--model", str(tmp_path)])
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert f"lacks {gone.name}" in done.stderr
