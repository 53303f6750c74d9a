"""The Transformers skin: what people call on a model works, and computes what our own model computes."""

import json
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor

from octavo.language import hf
from octavo.language.attention import Rope
from octavo.language.conversation import answer, embed, processor_of
from octavo.language.official_tiny import SIZES, write_tiny
from octavo.language.processor import Message
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import save_pretrained

VERSION = tuple(int(part) for part in transformers.__version__.split(".")[:2])
TEXT_CHAT = [{"role": "user", "content": "Hello there, how are you?"}]
LORA = r"lm\..*\.(q_proj|k_proj|kv_a_proj|o_proj|gate_up_proj|down_proj)"


def picture(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def chat_about(*images, text="What is it?"):
    parts = [{"type": "image", "image": image} for image in images]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": text}]}]


@pytest.fixture(scope="module", params=[*SIZES, "octavo"])
def folder(request, tmp_path_factory):
    """An official checkpoint of each size, and one of our own."""
    hf.register()
    path = tmp_path_factory.mktemp(request.param)
    if request.param == "octavo":
        from octavo.language.initialize import new_model
        from octavo.language.tokenizer import Tokenizer
        from octavo.language.weights import PRETRAINED, TOKENIZER

        save_pretrained(new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / TOKENIZER)), path)
    else:
        write_tiny(path, request.param)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return AutoModelForImageTextToText.from_pretrained(folder, dtype="float32")


@pytest.fixture(scope="module")
def processor(folder):
    return AutoProcessor.from_pretrained(folder)


@pytest.fixture(scope="module")
def ours(folder):
    return VisionLanguageModel.from_pretrained(folder, dtype=torch.float32)


@pytest.fixture(scope="module")
def two(processor):
    """A batch of a picture and a short text: much padding."""
    return processor.apply_chat_template([chat_about(picture(300, 200)), TEXT_CHAT], tokenize=True)


def new_ids(output, count):
    return output[:, -count:].tolist()


def test_the_auto_classes_know_both_kinds(folder, model, processor, ours):
    config = AutoConfig.from_pretrained(folder)
    kind = "Octavo" if config.model_type == "octavo" else "DeepseekVLV2"
    assert type(config).__name__ == f"{kind}Config" and config.octavo == ours.config
    assert type(model).__name__ == f"{kind}ForConditionalGeneration" and not model.training
    assert type(processor).__name__ == f"{kind}Processor"
    assert type(AutoModelForCausalLM.from_pretrained(folder)) is type(model)
    assert config.get_text_config().num_hidden_layers == ours.config.language.num_layers
    assert model.generation_config.eos_token_id == ours.tokenizer.eos == processor.tokenizer.eos_token_id


@torch.inference_mode()
def test_logits_are_those_of_our_own_model(model, processor, ours):
    images = [picture(600, 250), picture(90, 140)]
    inputs = processor.apply_chat_template(chat_about(*images), tokenize=True)
    prompt = processor_of(ours).encode([Message("user", "<image>\n<image>\nWhat is it?")], images)
    assert inputs["input_ids"][0].tolist() == prompt.ids.tolist()
    expected = ours.lm.logits(ours.lm(embed(ours, prompt)).states)
    assert (model(**inputs).logits - expected).abs().max() < 1e-5
    kept = model(**inputs, logits_to_keep=3).logits
    assert kept.shape[1] == 3 and (kept - expected[:, -3:]).abs().max() < 1e-5


def test_greedy_generation_is_our_own(model, processor, ours):
    image = picture(300, 200)
    inputs = processor.apply_chat_template(chat_about(image), tokenize=True)
    found = new_ids(model.generate(**inputs, max_new_tokens=6), 6)[0]
    own = answer(ours, [Message("user", "<image>\nWhat is it?")], [image], max_new_tokens=6)
    assert found == [token.id for token in own.tokens]
    without_cache = model.generate(**inputs, max_new_tokens=6, use_cache=False)
    assert new_ids(without_cache, 6)[0] == found


def test_a_batch_says_what_each_says_alone(model, processor, two):
    together = new_ids(model.generate(**two, max_new_tokens=6), 6)
    for row, chat in enumerate((chat_about(picture(300, 200)), TEXT_CHAT)):
        alone = processor.apply_chat_template(chat, tokenize=True)
        assert new_ids(model.generate(**alone, max_new_tokens=6), 6)[0] == together[row]


def test_beams_of_a_padded_batch_are_those_of_each_alone(model, processor, two):
    options = dict(num_beams=3, num_return_sequences=2, max_new_tokens=5, return_dict_in_generate=True)
    together = model.generate(**two, **options, output_scores=True)
    alone = processor.apply_chat_template(TEXT_CHAT, tokenize=True)
    single = model.generate(**alone, **options, output_scores=True)
    assert new_ids(together.sequences, 5)[2:] == new_ids(single.sequences, 5)
    assert (together.sequences_scores[2:] - single.sequences_scores).abs().max() < 1e-4
    greedy = new_ids(model.generate(**alone, max_new_tokens=5), 5)[0]
    assert single.sequences_scores[0] >= score(model, alone, greedy) - 1e-4  # beams find no worse


def score(model, inputs, ids):
    """Mean log probability of a continuation: what beam search ranks by."""
    whole = torch.cat([inputs["input_ids"], torch.tensor([ids])], dim=1)
    with torch.inference_mode():
        log_probs = model(whole).logits.log_softmax(-1)[0, -len(ids) - 1 : -1]
    return log_probs.gather(1, torch.tensor(ids)[:, None]).mean()


def test_sampling_is_reproducible_and_samples(model, two):
    options = dict(max_new_tokens=8, do_sample=True, top_p=0.95, temperature=1.2)
    runs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        runs.append(new_ids(model.generate(**two, **options), 8))
    assert runs[0] == runs[1] != runs[2]


def test_a_streamer_gets_the_text_as_it_comes(model, processor):
    inputs = processor.apply_chat_template(TEXT_CHAT, tokenize=True)
    streamer = transformers.TextIteratorStreamer(processor.tokenizer, skip_prompt=True, timeout=60)
    thread = threading.Thread(
        target=model.generate, kwargs=dict(**inputs, max_new_tokens=6, streamer=streamer)
    )
    thread.start()
    text = "".join(streamer)
    thread.join()
    whole = model.generate(**inputs, max_new_tokens=6)[0, inputs["input_ids"].shape[1] :]
    assert text == processor.decode(whole) and text


@pytest.mark.parametrize("chunk", [7, 100])
def test_prefill_in_chunks_says_the_same(model, two, chunk):
    whole = model.generate(**two, max_new_tokens=5)
    model.prefill_chunk = chunk
    try:
        assert torch.equal(model.generate(**two, max_new_tokens=5), whole)
    finally:
        model.prefill_chunk = None


@pytest.mark.skipif(VERSION < (5, 17), reason="older ones make no cache for it")
def test_transformers_own_chunks_of_a_padded_text_say_the_same(model, processor):
    """The first chunk of the shorter text is nothing but padding."""
    inputs = processor.apply_chat_template([TEXT_CHAT, [{"role": "user", "content": "Hi"}]], tokenize=True)
    whole = model.generate(**inputs, max_new_tokens=5)
    assert torch.equal(model.generate(**inputs, max_new_tokens=5, prefill_chunk_size=3), whole)


def test_the_pipeline_answers(model, processor):
    pipe = transformers.pipeline("image-text-to-text", model=model, processor=processor)
    (found,) = pipe(text=chat_about(picture(300, 200)), max_new_tokens=4)
    assert found["generated_text"][-1]["role"] == "assistant" and found["generated_text"][-1]["content"]


# -- files ---------------------------------------------------------------------------------------------------


def test_what_is_saved_is_loaded_again(folder, model, processor, ours, tmp_path):
    model.save_pretrained(tmp_path, max_shard_size="700KB")
    processor.save_pretrained(tmp_path)
    again = AutoModelForImageTextToText.from_pretrained(tmp_path)
    assert again.dtype == torch.float32 and again.config.octavo == model.config.octavo
    assert all(torch.equal(tensor, again.state_dict()[name]) for name, tensor in model.state_dict().items())
    inputs = [
        some.apply_chat_template(chat_about(picture(90, 60)), tokenize=True)
        for some in (processor, AutoProcessor.from_pretrained(tmp_path))
    ]
    assert all(torch.equal(inputs[0][key], inputs[1][key]) for key in inputs[0])
    assert VisionLanguageModel.from_pretrained(tmp_path, dtype=torch.float32).config == ours.config
    model.save_pretrained(tmp_path)  # fewer shards than before: the others are gone
    AutoModelForImageTextToText.from_pretrained(tmp_path)


def test_a_processor_saved_alone_is_enough_for_itself(processor, tmp_path):
    processor.save_pretrained(tmp_path)
    again = type(processor).from_pretrained(tmp_path)
    assert again.model_config == processor.model_config


def test_types_and_devices(folder):
    stored = AutoModelForImageTextToText.from_pretrained(folder, dtype="auto")
    half = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.bfloat16, device_map="cpu")
    assert half.dtype == torch.bfloat16 and half.config.dtype == torch.bfloat16
    assert stored.dtype == (torch.float32 if stored.config.model_type == "octavo" else torch.bfloat16)
    layers = {f"lm.layers.{i}": "cpu" for i in range(len(half.lm.layers))}
    parts = {"vision": "cpu", "lm.embed_tokens": "cpu", "lm.norm": "cpu", "lm.lm_head": "cpu"}
    spread = AutoModelForImageTextToText.from_pretrained(folder, device_map=parts | layers)
    assert spread.hf_device_map == parts | layers
    assert AutoModelForImageTextToText.from_pretrained(folder, device_map="auto").device.type == "cpu"
    with pytest.raises(ValueError, match="device_map has no device for vision"):
        AutoModelForImageTextToText.from_pretrained(folder, device_map={"lm": "cpu"})


def test_what_layers_are_given_follows_them_to_another_device():
    """The hooks of ``device_map`` move tensors, and of other things those that know how."""
    from accelerate.utils import send_to_device

    rope = send_to_device(Rope.at(torch.arange(4), 8, 1e4), "meta")
    assert rope.cos.device.type == rope.sin.device.type == "meta"


@torch.inference_mode()
def test_weights_that_are_kept_elsewhere_come_when_their_layer_runs(folder, model, two):
    """Offloading, as ``device_map`` does it where a GPU is too small: here from the CPU to the CPU."""
    import accelerate

    if model.lm.lm_head is None:
        pytest.skip("a model with tied embeddings is small: it is not offloaded")
    expected = model(**two).logits
    away = AutoModelForImageTextToText.from_pretrained(folder, dtype="float32")
    accelerate.cpu_offload(away, execution_device="cpu", preload_module_classes=away._preloaded)
    assert {weight.device.type for weight in away.parameters()} == {"meta"}
    assert torch.equal(away(**two).logits, expected)


def test_a_model_is_made_from_its_config_alone(folder):
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForImageTextToText.from_config(config)
    assert all(weight.isfinite().all() and weight.abs().max() < 100 for weight in model.parameters())
    vit = model.vision.encoder.vit.state_dict()
    matrices = [w for name, w in vit.items() if w.ndim == 2 and w.numel() >= 1000]
    assert matrices and all(float(w.std()) == pytest.approx(w.shape[1] ** -0.5, rel=0.2) for w in matrices)
    assert float(vit["pos_embed"].std()) == pytest.approx(0.02, rel=0.2)


# -- training ------------------------------------------------------------------------------------------------


@pytest.fixture
def training_batch(processor):
    first = [*chat_about(picture(90, 60)), {"role": "assistant", "content": "A stamp."}]
    second = [*TEXT_CHAT, {"role": "assistant", "content": "Fine, thank you."}]
    return processor.apply_chat_template([first, second], tokenize=True, return_labels=True)


def test_lora_learns_and_checkpointing_changes_no_gradient(folder, training_batch, tmp_path):
    import peft

    fresh = AutoModelForImageTextToText.from_pretrained(folder, dtype="float32")
    torch.manual_seed(0)
    model = peft.get_peft_model(fresh, peft.LoraConfig(r=4, target_modules=LORA)).train()
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert trained and all(".lm." in name for name in trained)

    def gradients():
        model.zero_grad()
        loss = model(**training_batch).loss
        loss.backward()
        grads = {
            name: weight.grad.clone() for name, weight in model.named_parameters() if weight.requires_grad
        }
        return loss.item(), grads

    loss, plain = gradients()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Transformers has begun to rename it
        model.gradient_checkpointing_enable()
        model.enable_input_require_grads()
    assert all(block.gradient_checkpointing for block in fresh.lm.layers)
    again, checkpointed = gradients()
    assert again == pytest.approx(loss) and plain.keys() == checkpointed.keys()
    assert all((plain[name] - checkpointed[name]).abs().max() < 1e-6 for name in plain)

    optimizer = torch.optim.AdamW((weight for weight in model.parameters() if weight.requires_grad), 0.02)
    for _ in range(8):
        optimizer.zero_grad()
        model(**training_batch).loss.backward()
        optimizer.step()
    model.eval()
    with torch.inference_mode():
        after = model(**training_batch)
        assert after.loss < loss - 1
        model.save_pretrained(tmp_path)
        base = AutoModelForImageTextToText.from_pretrained(folder, dtype="float32")
        loaded = peft.PeftModel.from_pretrained(base, tmp_path).merge_and_unload().eval()
        assert (loaded(**training_batch).logits - after.logits).abs().max() < 1e-3


@torch.no_grad()
def test_the_loss_counts_the_answers_only(model, training_batch):
    out = model(**training_batch)
    labels = training_batch["labels"][:, 1:]
    expected = torch.nn.functional.cross_entropy(out.logits[:, :-1].flatten(0, 1), labels.flatten())
    assert out.loss == pytest.approx(expected.item(), rel=1e-5)


# -- what is wrong -------------------------------------------------------------------------------------------


def test_unknown_keys_and_arguments_are_named(tmp_path):
    hf.register()
    write_tiny(tmp_path, "small")
    with pytest.raises(ValueError, match="unknown arguments: surprise"):
        AutoModelForImageTextToText.from_pretrained(tmp_path, surprise=1)
    with pytest.raises(ValueError, match="quantization_config is not supported"):
        AutoModelForImageTextToText.from_pretrained(tmp_path, quantization_config={"load_in_4bit": True})
    data = json.loads((tmp_path / "config.json").read_text())
    data["language_config"]["sliding_window"] = 128
    (tmp_path / "config.json").write_text(json.dumps(data))
    with pytest.raises(ValueError, match="unknown key language_config.sliding_window"):
        AutoModelForImageTextToText.from_pretrained(tmp_path)


def test_inputs_that_do_not_fit_are_named(model, processor, two):
    with pytest.raises(ValueError, match="hidden states and attentions are not given out"):
        model(**two, output_hidden_states=True)
    with pytest.raises(ValueError, match="give input_ids or inputs_embeds"):
        model()
    wrong = dict(two) | {
        "input_ids": two["input_ids"][:, 10:],
        "attention_mask": two["attention_mask"][:, 10:],
    }
    wrong["input_ids"] = wrong["input_ids"].masked_fill(wrong["input_ids"] == processor.image_token_id, 7)
    with pytest.raises(ValueError, match="visual tokens for 0 image tokens"):
        model(**wrong)
    with pytest.raises(ValueError, match="attention_mask covers 2 of"):
        model(input_ids=two["input_ids"][:, -8:], attention_mask=torch.tensor([[0, 1], [1, 1]]))


APART = """
import sys
from octavo.language import hf
from octavo.language.attention import Rope
hf.register()
from transformers import AutoConfig
assert type(AutoConfig.from_pretrained(sys.argv[1])) is hf.DeepseekVLV2Config
assert not [name for name in sys.modules if name.startswith("octavo.app")]
"""


def test_the_skin_works_without_the_application(tmp_path):
    write_tiny(tmp_path, "small")
    subprocess.run([sys.executable, "-c", APART, str(tmp_path)], check=True, timeout=120)
