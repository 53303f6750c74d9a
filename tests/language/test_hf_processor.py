"""The processor behind Transformers' interface: every form of text, pictures and chats gives the same ids."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoProcessor, AutoTokenizer

from octavo.language import hf
from octavo.language.official_tiny import write_tiny

TEXT = "<|User|>: <image>\nWhat is it?\n\n<|Assistant|>:"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    hf.register()
    path = tmp_path_factory.mktemp("small")
    write_tiny(path, "small")
    return path


@pytest.fixture(scope="module")
def processor(folder):
    return AutoProcessor.from_pretrained(folder)


def picture(width=90, height=60):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def chat(*turns):
    return [{"role": role, "content": content} for role, content in turns]


def test_all_forms_of_one_conversation_are_the_same(processor, tmp_path):
    file = tmp_path / "picture.png"
    picture().save(file)
    parts = [{"type": "image", "path": str(file)}, {"type": "text", "text": "What is it?"}]
    forms = [
        processor(images=picture(), text=TEXT),
        processor(images=[picture()], text=[TEXT]),
        processor(images=[[str(file)]], text=[TEXT]),
        processor.apply_chat_template(chat(("user", parts)), tokenize=True),
        processor.apply_chat_template(chat(("<|User|>", "<image>\nWhat is it?")), [picture()], tokenize=True),
        processor.apply_chat_template(
            chat(("<|User|>", "<image>\nWhat is it?"), ("<|Assistant|>", "")), [picture()], tokenize=True
        ),
    ]
    for form in forms:
        assert (
            all(torch.equal(form[key], forms[0][key]) for key in forms[0]) and form.keys() == forms[0].keys()
        )
    assert forms[0]["pixel_values"].shape == (1, 2, 3, 384, 384)
    assert forms[0]["pixel_values"].min() >= -1 and forms[0]["pixel_values"].max() <= 1
    assert forms[0]["images_spatial_crop"].tolist() == [[[1, 1]]]


def test_a_chat_as_text_is_what_its_ids_say(processor):
    turns = chat(("user", "<image>\nWhat is it?"), ("assistant", "A stamp."), ("user", "Where?"))
    text = processor.apply_chat_template(turns)
    assert text == f"{TEXT}A stamp.<｜end▁of▁sentence｜><|User|>: Where?\n\n<|Assistant|>:"
    ids = processor.apply_chat_template(turns, [picture()], tokenize=True)["input_ids"]
    assert torch.equal(processor(images=picture(), text=text)["input_ids"], ids)


def test_pictures_of_a_batch_are_dealt_out_by_the_marks(processor):
    texts = [TEXT, "<|User|>: Hi\n\n<|Assistant|>:", TEXT.replace("<image>", "<image> <image>")]
    images = [picture(90, 60), picture(700, 300), picture(60, 90)]
    batch = processor(images=images, text=texts)
    assert batch["images_spatial_crop"].tolist() == [[[1, 1], [0, 0]], [[0, 0], [0, 0]], [[2, 1], [1, 1]]]
    assert torch.equal(
        batch["input_ids"], processor(images=[images[:1], [], images[1:]], text=texts)["input_ids"]
    )


def test_cropping_is_an_option(processor):
    three = TEXT.replace("<image>", "<image><image><image>")
    images = [picture(700, 300)] * 3
    assert processor(images=images, text=three)["images_spatial_crop"].tolist() == [[[1, 1]] * 3]
    assert processor(images=images, text=three, crop=True)["images_spatial_crop"].tolist() == [[[2, 1]] * 3]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (dict(text=TEXT), "0 images for 1 <image> marks"),
        (dict(text="Hi", images=[Image.new("RGB", (9, 9))]), "1 images for 0 <image> marks"),
        (
            dict(text=[TEXT, TEXT], images=[[Image.new("RGB", (9, 9))]]),
            "pictures for 1 texts, and there are 2",
        ),
        (dict(images=Image.new("RGB", (9, 9))), "give a text"),
        (dict(text="Hi", return_tensors="np"), "return_tensors 'np' is not supported"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:20],
)
def test_what_does_not_fit_is_refused(processor, call, reason):
    with pytest.raises(ValueError, match=reason):
        processor(**call)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ({"role": "tool", "content": "x"}, "unknown role 'tool'"),
        ({"role": "user", "content": [{"type": "video", "url": "x"}]}, "a part of type 'video'"),
        ({"role": "user", "content": [{"type": "image"}]}, "none of the keys image, url, path"),
    ],
    ids=["role", "type", "source"],
)
def test_a_wrong_turn_is_refused(processor, turn, reason):
    with pytest.raises(ValueError, match=reason):
        processor.apply_chat_template([turn], tokenize=True)


def test_boxes_are_read_from_decoded_answers(processor):
    text = "<|ref|>the stamp<|/ref|><|det|>[[0, 0, 999, 500]]<|/det|>"
    ids = processor.tokenizer.encode(text, add_special_tokens=False)
    assert processor.tokenizer.convert_tokens_to_ids("<|ref|>") == ids[0]
    (found,) = processor.post_process_grounding(processor.decode(ids))
    assert found.label == "the stamp" and found.in_pixels((100, 200)) == ((0, 0, 100, 100),)


def test_the_files_that_official_folders_have_lead_to_our_processor(folder, processor, tmp_path):
    """They name a class that Transformers does not have, and a tokenizer class that would split otherwise."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    official = {"processor_class": "DeepseekVLV2Processor", "patch_size": 14, "sft_format": "deepseek"}
    (tmp_path / "processor_config.json").write_text(json.dumps(official))
    settings = {"tokenizer_class": "LlamaTokenizerFast", "legacy": True}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    found = AutoProcessor.from_pretrained(tmp_path)
    assert type(found) is type(processor)
    text = TEXT.replace("What is it?", "Straße  12, 3.50 €\n\n<|ref|>x<|/ref|>")
    ours, theirs = (some(images=picture(), text=text)["input_ids"] for some in (processor, found))
    assert torch.equal(ours, theirs)


def test_the_tokenizer_is_the_processors(folder, processor):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.get_vocab() == processor.tokenizer.get_vocab()
    assert processor.tokenizer.padding_side == "left" and processor.image_token == "<image>"
