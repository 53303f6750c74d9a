"""The generator's truth: boxes, transcription, questions and determinism, on the built-in world."""

import re
from multiprocessing.reduction import ForkingPickler
from random import Random

import numpy as np
import pytest

from octavo.training.heldout_layouts import FRESH_QUESTIONS
from octavo.training.heldout_layouts import QUESTIONS as held_out_questions
from octavo.training.synth import KINDS, SyntheticPage, World, generate, make_page, make_tile
from octavo.training.synth.labels import UNLABELLED, keys
from octavo.training.synth.phrasings import BY_LABEL
from octavo.training.synth.vain import hard_label
from octavo.training.synth.values import LANGUAGES
from octavo.training.synth.wordings import wording

A4 = (1086, 1536)


@pytest.fixture(scope="module")
def world() -> World:
    return World.builtin()


def pages(
    world: World, kind: str, count: int, seed: int = 3, size: tuple[int, int] = A4
) -> list[SyntheticPage]:
    rng = np.random.default_rng(seed)
    return [make_page(rng, world, kind=kind, size_px=size) for _ in range(count)]


def printed(text: str) -> str:
    """The characters of a transcription without its markup and spaces."""
    out = []
    for line in text.splitlines():
        if re.fullmatch(r"\|(---\|)+", line):
            continue
        if line.startswith("| "):
            line = re.sub(r"(?<!\\)\|", " ", line).replace("\\|", "|")
        line = re.sub(r"^#{1,2} ", "", line)
        out.append(re.sub(r"\[[x ]\]", "", line))
    return "".join("".join(out).split())


def check_truth(page: SyntheticPage) -> None:
    assert page.pixels.dtype == np.uint8
    assert page.boxes.shape == (len(page.chars), 4)
    assert not re.search(r"\s", page.chars)
    assert printed(page.text) == page.chars
    if len(page.chars):
        assert page.boxes.min() >= 0 and page.boxes.max() <= 1
        assert (page.boxes[:, 2] >= page.boxes[:, 0]).all() and (page.boxes[:, 3] > page.boxes[:, 1]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_consistent_truth(world: World, kind: str) -> None:
    size = (512, 1200) if kind == "receipt" else A4
    found = pages(world, kind, 6, size=size)
    for page in found:
        assert page.pixels.shape == (size[1], size[0])
        assert page.kind == kind
        check_truth(page)
    if kind != "blank":
        assert np.mean([len(p.chars) for p in found]) > 60
        assert any(p.questions for p in found)


@pytest.mark.parametrize("kind", ["paragraph", "pairs", "random", "table"])
def test_tiles_have_a_consistent_truth(world: World, kind: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(12):
        page = make_tile(rng, world, 384, kind=kind)
        assert page.pixels.shape == (384, 384)
        assert page.chars
        check_truth(page)


def test_boxes_hold_ink(world: World) -> None:
    """A letter's box holds both ink and paper."""
    rng = np.random.default_rng(11)
    held = total = 0
    for _ in range(25):
        page = make_tile(rng, world, 384)
        height, width = page.pixels.shape
        for character, (x0, y0, x1, y1) in zip(page.chars, page.boxes, strict=True):
            if not character.isalnum():
                continue
            patch = page.pixels[
                int(y0 * height) : int(y1 * height) + 1, int(x0 * width) : int(np.ceil(x1 * width))
            ]
            held += int(patch.max()) - int(patch.min()) > 40
            total += 1
    assert total > 1500
    assert held / total > 0.995


def test_ink_lies_inside_the_boxes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a page of plain text nearly all dark pixels belong to some box."""
    monkeypatch.setattr(generate, "_MARKED", 0.0)
    rng = np.random.default_rng(2)
    for _ in range(6):
        page = make_tile(rng, world, 384, kind="paragraph")
        mask = np.zeros(page.pixels.shape, bool)
        for x0, y0, x1, y1 in page.boxes * 384:
            mask[max(int(y0) - 3, 0) : int(y1) + 4, max(int(x0) - 2, 0) : int(x1) + 3] = True
        dark = page.pixels < int(page.pixels.max()) - 90
        assert dark[~mask].sum() <= 0.002 * max(dark.sum(), 1)


def test_marks_are_ink_but_neither_text_nor_over_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = 0
    for seed in range(25):
        made = []
        for share in (0.0, 1.0):
            monkeypatch.setattr(generate, "_MARKED", share)
            made.append(make_tile(np.random.default_rng(seed), world, 384))
        plain, marked = made
        assert (plain.text, plain.chars) == (marked.text, marked.chars)
        assert np.array_equal(plain.boxes, marked.boxes)
        differs = plain.pixels != marked.pixels
        changed += differs.any()
        dark = plain.pixels < int(plain.pixels.max()) - 120  # letters stay as dark as they were
        assert (marked.pixels[dark] <= plain.pixels[dark].astype(int) + 40).mean() > 0.99
    assert changed > 12


def test_records_hold_many_pairs_and_ask_for_labels_nearly_printed(world: World) -> None:
    found = pages(world, "record", 30, seed=29)
    assert np.mean([len(page.fields) for page in found]) > 6
    squeezed = ["".join(page.text.split()) for page in found]
    for page, text in zip(found, squeezed, strict=True):
        for item in page.fields:
            assert "".join(item.label.split()).rstrip(":.") in text
            assert all("".join(part.split()) in text for part in item.value.split(", "))
    labels = [" ".join(f.label.casefold() for f in page.fields) for page in found]
    printed = [{word for word in text.split() if len(word) > 3} for text in labels]
    near = sum(
        any(word in q.question.casefold() for word in words)
        for page, words in zip(found, printed, strict=True)
        for q in page.questions
        if q.answer is None
    )
    assert near >= 10


def test_same_seed_same_page(world: World) -> None:
    for kind in ("invoice", "form", "article"):
        one, two = (make_page(np.random.default_rng(9), world, kind=kind) for _ in range(2))
        assert np.array_equal(one.pixels, two.pixels)
        assert (one.text, one.questions, one.fields) == (two.text, two.questions, two.fields)
    other = make_page(np.random.default_rng(10), world, kind="form")
    assert other.text != make_page(np.random.default_rng(9), world, kind="form").text


def test_answers_are_printed_and_missing_labels_are_not(world: World) -> None:
    missing = answered = 0
    for kind in ("invoice", "receipt", "form", "record", "label", "table", "letter", "contract"):
        for page in pages(world, kind, 8, seed=17):
            squeezed = "".join(page.text.split())
            for item in page.questions:
                if item.answer is None:
                    missing += 1
                    assert item.kind == "unanswerable"
                elif item.kind == "check":
                    assert item.answer in ("Yes", "No", "checked", "unchecked")
                elif item.kind == "count":
                    tables = [part for part in page.text.split("\n\n") if part.startswith("|")]
                    assert [int(item.answer)] == [table.count("\n") - 1 for table in tables]
                else:
                    answered += 1
                    for part in re.split(r", | ", item.answer):
                        assert "".join(part.split()) in squeezed.replace("|", ""), (kind, item)
    assert 0.17 < missing / (missing + answered) < 0.33


def test_unanswerable_questions_name_no_label_of_the_page(world: World) -> None:
    for page in pages(world, "form", 25, seed=23):
        labels = {f.label.casefold().strip(" .:?") for f in page.fields if f.label}
        present = {f.key for f in page.fields}
        for item in page.questions:
            if item.answer is None:
                for name in present & keys().keys():
                    asked = item.question.casefold()
                    assert not re.search(
                        rf"(^|what is the |find the ){re.escape(name.casefold())}[?.:]?$", asked
                    )
                assert item.question.casefold().strip(" .:?¿") not in labels


def test_receipts_hold_the_four_fields(world: World) -> None:
    found = pages(world, "receipt", 40, size=(480, 1100))
    for name in ("company", "address", "date", "total"):
        assert sum(any(f.key == name for f in p.fields) for p in found) >= 34
    for page in found:
        values = {name: {f.value for f in page.fields if f.key == name} for name in ("date", "total")}
        assert len(values["date"]) <= 1, "one day, however often it is printed"
        for total in values["total"]:
            assert re.fullmatch(r"-?[\d.,' ]+", total), "the bare number, without its currency"


def test_receipt_on_a_sheet_is_a_narrow_slip(world: World) -> None:
    narrow = 0
    for page in pages(world, "receipt", 20, seed=8):
        check_truth(page)
        width = page.boxes[:, 2].max() - page.boxes[:, 0].min()
        narrow += int(width < 0.65)
    assert narrow >= 15


def test_empty_form_fields_are_asked_for_in_vain(world: World) -> None:
    blanks = asked = 0
    for page in pages(world, "form", 25, seed=31):
        labels = {f.label for f in page.fields}
        blanks += len(page.blanks)
        for label in page.blanks:
            assert "".join(label.split()) in "".join(page.text.split())
            assert label not in labels
            folded = label.casefold().rstrip(".:?")
            hits = [q for q in page.questions if folded in q.question.casefold() and q.answer is None]
            asked += len(hits)
    assert blanks > 20 and asked > 10


def test_open_pages_are_not_asked_for_what_needs_no_label(world: World) -> None:
    for kind in ("letter", "article", "contract", "report"):
        for page in pages(world, kind, 12, seed=41):
            words = {form for name in UNLABELLED for form in keys()[name].labels[page.language]}
            forms = [form for language in ("en", page.language) for form in BY_LABEL[language]]
            unfair = {form.format(l=word).casefold() for form in forms for word in {*words, *UNLABELLED}}
            for item in page.questions:
                assert item.answer is not None or item.question.casefold() not in unfair, item.question


def test_ticked_options_say_so(world: World) -> None:
    seen = 0
    for page in pages(world, "form", 40, seed=5):
        for item in page.fields:
            if item.type == "check":
                seen += 1
                sign = "[x]" if item.value == "checked" else "[ ]"
                assert f"{sign} {item.label}" in page.text
    assert seen > 5


def test_agreements_state_party_and_date_word_by_word(world: World) -> None:
    found = pages(world, "contract", 30, seed=12)
    for page in found:
        for item in page.fields:
            assert item.value in page.text.replace("\n", " "), item
    for name in ("party", "effective date", "governing law", "term"):
        assert sum(any(f.key == name for f in page.fields) for page in found) >= 4, name


def test_english_labels_are_asked_for_in_many_ways() -> None:
    assert len(set(BY_LABEL["en"])) >= 12
    for language in LANGUAGES:
        assert len(BY_LABEL[language]) >= 10
        assert all(form.count("{l}") == 1 for form in BY_LABEL[language])


def test_wordings_are_many_and_none_is_held_out() -> None:
    made = [wording(Random(seed)) for seed in range(4000)]
    assert all(text.count("{l}") == 1 for text in made) and len(set(made)) > 2500
    plain = {"What is the {l}?", "{l}?"}  # there is no other way to say these
    fixed = {form for forms in BY_LABEL.values() for form in forms}
    taught = {form.casefold().strip(".?") for form in {*made, *fixed}}
    own = {form.casefold().strip(".?") for form in set(held_out_questions) - plain}
    assert len(own) == 9 and not own & taught
    fresh = {form.casefold().strip(".?") for form in FRESH_QUESTIONS}
    assert len(fresh) == 20 and not fresh & taught and not fresh & own
    for stem in (
        "spreadsheet",
        "colleague",
        "mind checking",
        "extract field",
        "please to",
        "going by",
        "off this form",
        "wondering",
    ):
        assert not any(stem in form for form in taught), stem


def test_vocabulary_is_wide_and_complete() -> None:
    table = keys()
    assert 60 <= len(table) <= 110
    needed = {
        "invoice number",
        "invoice date",
        "due date",
        "seller",
        "buyer",
        "order number",
        "customer number",
        "VAT number",
        "IBAN",
        "subtotal",
        "tax",
        "total",
        "currency",
    }
    assert needed <= table.keys()
    for key in table.values():
        assert set(key.labels) == set(LANGUAGES), key.name


def test_world_travels_as_a_path(world: World) -> None:
    make_tile(np.random.default_rng(0), world)
    data = bytes(ForkingPickler.dumps(world))  # as it is sent to a worker process
    assert len(data) < 500
    again = make_tile(np.random.default_rng(4), ForkingPickler.loads(data))
    assert np.array_equal(again.pixels, make_tile(np.random.default_rng(4), world).pixels)


def test_bad_calls_say_what_is_wrong(world: World, tmp_path) -> None:
    with pytest.raises(ValueError, match="poster"):
        make_page(np.random.default_rng(0), world, kind="poster")
    with pytest.raises(ValueError, match="100x100"):
        make_page(np.random.default_rng(0), world, size_px=(100, 100))
    with pytest.raises(FileNotFoundError, match="octavo.training.assets"):
        World.load(tmp_path)


@pytest.mark.parametrize("size", [(384, 768), (768, 768), (1152, 384), (480, 1400), (1536, 1086), (300, 300)])
def test_other_page_sizes(world: World, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(6)
    for _ in range(12):
        page = make_page(rng, world, size_px=size)
        assert page.pixels.shape == (size[1], size[0])
        check_truth(page)


def test_hard_questions_in_vain_ask_for_what_no_word_of_is_printed(world: World) -> None:
    made = {hard_label(Random(seed), "the pilot's name and the date of the wedding") for seed in range(3000)}
    assert "" in made and len(made) > 250
    assert not any("pilot" in label or "wedding" in label for label in made)
    asked = [
        question.question.casefold()
        for page in pages(world, "receipt", 40, size=(512, 1200))
        for question in page.questions
        if question.answer is None
    ]
    assert any(label.endswith("of the agreement") for label in made)
    assert "effective date of the agreement" not in made  # the scoreboard's own
    hard = [label.casefold() for label in made if len(label) > 8]
    assert any(label in question for question in asked for label in hard)
