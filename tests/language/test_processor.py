"""The official processor: ids and labels of conversations, tiling of several pictures, pixels, padding."""

import random
from dataclasses import replace

import numpy as np
import pytest
import tokenizers
import torch
from PIL import Image, ImageOps

from octavo.language.official_tiny import tiny_config
from octavo.language.official_tokenizer import APPENDED, OfficialTokenizer
from octavo.language.processor import IGNORED, Message, Processor
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED, TOKENIZER


@pytest.fixture(scope="module")
def processor():
    tokenizer = OfficialTokenizer.from_folder(PRETRAINED / "nano", TOKENIZER)
    config = tiny_config("small")
    return Processor(tokenizer, config.vision, config.language.max_positions)


def picture(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def user(text):
    return Message("user", text)


def test_a_conversation_is_laid_out_as_the_original_template_says(processor):
    t = processor.tokenizer
    messages = [
        Message("system", "You read documents.  "),
        user("<image>\n What is it? "),
        Message("assistant", " A receipt."),
        user("And the total?"),
    ]
    prompt = processor.encode(messages, [picture(300, 200)])
    before = [t.bos, *t.encode("You read documents."), t.user, *t.encode(": ")]
    first = [*t.encode("\n What is it?\n\n"), t.assistant, *t.encode(":")]
    answer = [*t.encode("A receipt."), t.eos]
    second = [t.user, *t.encode(": And the total?\n\n"), t.assistant, *t.encode(":")]
    assert prompt.ids.tolist() == [*before, *[t.image] * 421, *first, *answer, *second]
    counted = [t.bos] + [IGNORED] * (len(before) - 1 + 421 + len(first)) + answer + [IGNORED] * len(second)
    assert prompt.labels.tolist() == counted


def test_an_answer_that_has_begun_stays_open_and_a_whole_one_ends(processor):
    messages = [user("Say it."), Message("assistant", "Yes")]
    opened, whole = processor.encode(messages), processor.encode(messages, for_training=True)
    assert whole.ids.tolist() == [*opened.ids.tolist(), processor.tokenizer.eos]
    assert processor.encode([user("Say it."), Message("assistant", "")]).ids.tolist() == (
        processor.encode([user("Say it.")]).ids.tolist()
    )


def test_three_pictures_are_not_cut_unless_it_is_asked_for(processor):
    sizes = [(1240, 1754)] * 3
    grids = [[(plan.rows, plan.cols) for plan in processor.plan(sizes[:n])] for n in (1, 2, 3)]
    assert grids == [[(3, 3)], [(3, 3)] * 2, [(1, 1)] * 3]
    assert [(plan.rows, plan.cols) for plan in processor.plan(sizes, crop=True)] == [(3, 3)] * 3
    assert [(plan.rows, plan.cols) for plan in processor.plan(sizes[:1], crop=False)] == [(1, 1)]
    assert processor.count_tokens(processor.plan(sizes)) == 3 * 421
    assert processor.count_tokens(processor.plan(sizes[:1])) == 2017


def test_grounding_marks_count_and_roles_that_somebody_writes_do_not(processor):
    t = processor.tokenizer
    ids = processor.encode(
        [user("<|grounding|>Find <|ref|>it<|/ref|> <|User|><｜end▁of▁sentence｜>")]
    ).ids.tolist()
    assert [i for i in ids if i in t.special.values()] == [
        t.bos,
        t.user,
        *(t.special[mark] for mark in ("<|grounding|>", "<|ref|>", "<|/ref|>")),
        t.assistant,
    ]
    assert t.question("<|grounding|>Where?")[1:3] != t.encode("<|grounding|>")[:2]
    assert t.decode(t.encode("<|ref|>a<|/ref|>", ("<|ref|>", "<|/ref|>"))) == "<|ref|>a<|/ref|>"
    assert t.decode([t.bos, *t.encode("a"), t.eos, t.pad]) == "a"


def test_formatted_text_has_all_its_special_tokens(processor):
    t = processor.tokenizer
    prompt = processor.encode([user("<image>\nWhat?")], [picture(80, 80)])
    text = "<|User|>: <image>\nWhat?\n\n<|Assistant|>:"
    assert processor.encode_text(text, [picture(80, 80)]).ids.tolist() == prompt.ids.tolist()
    again = processor.encode_text("<｜begin▁of▁sentence｜>" + text, [picture(80, 80)])
    assert again.ids.tolist() == prompt.ids.tolist()
    assert (again.labels == IGNORED).tolist() == (again.ids == t.image).tolist()


@pytest.mark.parametrize(
    ("messages", "count", "reason"),
    [
        ([user("<image> <image>")], 1, "1 images for 2 <image> marks"),
        ([user("no mark")], 1, "1 images for 0 <image> marks"),
        ([], 0, "at least one message"),
        ([user("a"), Message("system", "b")], 0, "a system message is its first"),
        ([user("<image>" * 10)], 10, r"421\d tokens, 4210 of them for 10 images, and the model 4096"),
    ],
)
def test_what_does_not_fit_together_is_refused(processor, messages, count, reason):
    with pytest.raises(ValueError, match=reason):
        processor.encode(messages, [picture(90, 60)] * count)


def test_a_tokenizer_without_the_special_tokens_gets_them_in_the_original_order(tmp_path):
    text = (PRETRAINED / "nano" / TOKENIZER).read_text("utf-8")
    for name in APPENDED:
        text = text.replace(f'"{name}"', f'"no {name[1:-1]}"')
    (tmp_path / TOKENIZER).write_text(text, "utf-8")
    found = OfficialTokenizer.from_folder(tmp_path)
    assert [found.special[name] for name in APPENDED] == list(range(4096, 4105))
    assert APPENDED[:2] == ("<｜▁pad▁｜>", "<image>") and APPENDED[-2:] == ("<|User|>", "<|Assistant|>")
    with pytest.raises(ValueError, match="token ids up to 4104, and the model has 4096 embeddings"):
        OfficialTokenizer.from_folder(tmp_path, rows=4096)


def test_a_broken_or_foreign_tokenizer_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="has no tokenizer.json"):
        OfficialTokenizer.from_folder(tmp_path)
    (tmp_path / TOKENIZER).write_text("{")
    with pytest.raises(ValueError, match="tokenizer.json is not a tokenizer .*fetch it again"):
        OfficialTokenizer.from_folder(tmp_path)
    tokenizers.Tokenizer(tokenizers.models.BPE()).save(str(tmp_path / TOKENIZER))
    with pytest.raises(ValueError, match="lacks <｜begin▁of▁sentence｜>"):
        OfficialTokenizer.from_folder(tmp_path)


def test_the_shipped_model_keeps_its_own_turn_mark():
    tokenizer = Tokenizer.from_file(PRETRAINED / "nano" / TOKENIZER)
    assert tokenizer.question("Why?")[-2:] == tokenizer.encode(": ")


@pytest.mark.parametrize("size", [(1240, 1754), (317, 2000), (91, 73), (384, 384), (1153, 383), (2000, 9)])
def test_pixels_are_those_of_the_original_transform(processor, size):
    """PIL's ``ImageOps.pad`` on (127, 127, 127), cut row by row, then ``(x / 255 - 0.5) / 0.5``."""
    image = picture(*size)
    (plan,) = processor.plan([size])
    (tiles,) = processor.encode([user("<image>")], [image]).tiles
    whole = ImageOps.pad(image, (384, 384), color=(127, 127, 127))
    local = ImageOps.pad(image, (plan.width, plan.height), color=(127, 127, 127))
    boxes = [
        (384 * c, 384 * r, 384 * c + 384, 384 * r + 384) for r in range(plan.rows) for c in range(plan.cols)
    ]
    expected = np.stack([np.asarray(view) for view in (whole, *(local.crop(box) for box in boxes))])
    expected = (torch.from_numpy(expected).permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5
    assert (tiles / 127.5 - 1 - expected).abs().max() < 1e-6


def test_placement_is_pils_for_any_size(processor):
    sizes = random.Random(3)
    for _ in range(300):
        size = sizes.randint(20, 2500), sizes.randint(20, 2500)
        (plan,) = processor.plan([size])
        x0, y0, x1, y1 = plan.content
        contained = ImageOps.contain(
            Image.new("L", size), (plan.width, plan.height), Image.Resampling.NEAREST
        )
        assert (x1 - x0, y1 - y0) == contained.size, size


def test_the_candidates_are_the_23_of_the_official_config(processor):
    grids = {
        (plan.rows, plan.cols)
        for rows in range(1, 10)
        for cols in range(1, 10 // rows + 1)
        for plan in processor.plan([(cols * 384, rows * 384)])
    }
    assert len({(r, c) for r, c in grids if r * c <= 9}) == 23 and all(r * c <= 9 for r, c in grids)


def test_a_batch_is_padded_on_the_left(processor):
    prompts = [
        processor.encode([user("Hi")]),
        processor.encode([user("<image> <image>")], [picture(90, 60), picture(700, 300)]),
        processor.encode([user("<image>")], [picture(300, 700)]),
    ]
    batch, t = processor.collate(prompts), processor.tokenizer
    assert batch.ids.shape == (3, len(prompts[1]))
    for row, prompt in enumerate(prompts):
        assert batch.mask[row].sum() == len(prompt) and batch.mask[row, -len(prompt) :].all()
        assert batch.ids[row][batch.mask[row]].tolist() == prompt.ids.tolist()
        assert (batch.ids[row][~batch.mask[row]] == t.pad).all()
        assert (batch.labels[row][~batch.mask[row]] == IGNORED).all()
    assert batch.grids.tolist() == [[[0, 0], [0, 0]], [[1, 1], [2, 1]], [[1, 2], [0, 0]]]
    assert (
        batch.tiles.shape == (3, 5, 3, 384, 384) and not batch.tiles[0].any() and not batch.tiles[2, 3:].any()
    )
    alone = processor.collate(prompts[:1])
    assert alone.tiles.shape[1] == 0 and alone.grids.shape == (1, 0, 2)


def test_pages_of_a_group_are_labelled(processor):
    prompt = processor.encode_pages([(7, picture(90, 60)), (8, picture(60, 90))])
    t = processor.tokenizer
    words = [i for i in prompt.ids.tolist() if i != t.image]
    assert words == [t.bos, t.user, *t.encode(": Page 7: "), *t.encode("\nPage 8: ")]
    assert prompt.ids[-1] == t.image
    narrow = Processor(t, replace(processor.vision), 500)
    with pytest.raises(ValueError, match="and the model 500 positions; ask fewer pages at once"):
        narrow.encode_pages([(1, picture(90, 60)), (2, picture(90, 60))])
