"""Conversations with several pictures: as one page opened, whole or in chunks, and pages in groups."""

import pytest
import torch
from PIL import Image

from octavo.language.conversation import (
    PageGroup,
    answer,
    embed,
    group_pages,
    open_pages,
    prefill,
    processor_of,
    stream,
)
from octavo.language.official_tiny import SIZES, tiny_model
from octavo.language.processor import Message, Prompt, page_label

A4 = (1240, 1754)


@pytest.fixture(scope="module", params=SIZES)
def model(request):
    return tiny_model(request.param)


def picture(width, height):
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def ids_of(generation):
    return [token.id for token in generation.tokens]


def test_a_conversation_about_one_page_is_the_page_opened(model):
    image = picture(600, 250)
    opened = model.answer(model.open_page(image), "What is it?", max_new_tokens=6)
    whole = answer(model, [Message("user", "<image>\nWhat is it?")], [image], max_new_tokens=6)
    assert ids_of(whole) == ids_of(opened) and whole.stop == opened.stop
    first, second = (torch.tensor([token.prob for token in found.tokens]) for found in (whole, opened))
    assert (first - second).abs().max() < 1e-5


@torch.inference_mode()
def test_prefill_in_chunks_changes_nothing(model):
    prompt = processor_of(model).encode([Message("user", "<image> <image>")], [picture(90, 60)] * 2)
    embeds = embed(model, prompt)
    whole, chunked = prefill(model, embeds), prefill(model, embeds, chunk=100)
    assert whole.length == chunked.length == len(prompt) and len(prompt) % 100
    for a, b in zip(whole.rows, chunked.rows, strict=True):
        assert (a[:, : whole.length] - b[:, : whole.length]).abs().max() < 1e-4


def test_a_second_turn_continues_the_first(model):
    image = picture(90, 60)
    messages = [
        Message("user", "<image>\nWhat?"),
        Message("assistant", "A stamp."),
        Message("user", "Where?"),
    ]
    assert len(answer(model, messages, [image], max_new_tokens=3).tokens) == 3


def test_a_prompt_for_another_model_is_refused():
    model = tiny_model("small")
    prompt = processor_of(model).encode([Message("user", "<image>")], [picture(90, 60)])
    wrong = Prompt(prompt.ids[:-30], prompt.labels[:-30], prompt.plans, prompt.tiles)
    with pytest.raises(ValueError, match=r"421 visual tokens for \d+ image tokens"):
        embed(model, wrong)


def test_no_room_for_an_answer_is_an_error():
    model = tiny_model("small")
    prompt = processor_of(model).encode([Message("user", "a")])
    full = Prompt(prompt.ids.repeat(1000)[:4096], prompt.labels.repeat(1000)[:4096], (), ())
    with pytest.raises(ValueError, match="4096 tokens leave no room in 4096 positions"):
        next(iter(stream(model, full)))


# -- long documents ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_most", [1, 2, 3, 9, 50])
def test_groups_of_a_long_document_fit_and_hold_every_page_once(at_most):
    processor = processor_of(tiny_model("small"))
    groups = group_pages(processor, [A4] * 200, at_most=at_most)
    assert [number for group in groups for number in group.numbers] == list(range(1, 201))
    assert max(len(group.numbers) for group in groups) <= at_most
    for group in groups:
        plans = processor.plan([A4] * len(group.numbers))
        labels = sum(len(processor.tokenizer.encode("\n" + page_label(number))) for number in group.numbers)
        assert 3 + labels + processor.count_tokens(plans) + 512 <= 4096
        assert group.crop == (len(group.numbers) <= 2)


def test_two_tiled_pages_do_not_fit_beside_a_question_and_are_not_grouped():
    processor = processor_of(tiny_model("small"))
    assert group_pages(processor, [A4] * 3, at_most=2) == [PageGroup((n,), True) for n in (1, 2, 3)]
    assert group_pages(processor, [(384, 384)] * 3, at_most=2) == [
        PageGroup((1, 2), False),
        PageGroup((3,), False),
    ]


def test_a_page_that_never_fits_is_an_error():
    processor = processor_of(tiny_model("small"))
    with pytest.raises(ValueError, match=r"page 2 takes 20\d\d of 4096 positions, and 2100 are to stay free"):
        group_pages(processor, [(90, 60), A4], at_most=1, reserve=2100)


@torch.inference_mode()
def test_a_group_of_pages_answers_like_the_conversation_it_stands_for(model):
    pages = [(4, picture(90, 60)), (5, picture(600, 250)), (6, picture(60, 90))]
    group = open_pages(model, pages)
    found = model.answer(group, "On which page is it?", max_new_tokens=5)
    text = "Page 4: <image>\nPage 5: <image>\nPage 6: <image>\nOn which page is it?"
    whole = answer(model, [Message("user", text)], [image for _, image in pages], max_new_tokens=5)
    assert ids_of(found) == ids_of(whole)
    again = model.answer(group, "On which page is it?", max_new_tokens=5)  # the group serves any number
    assert ids_of(again) == ids_of(found)
    with pytest.raises(ValueError, match="ask fewer pages at once"):
        open_pages(model, [(number, picture(90, 60)) for number in range(10)])
