"""The composed model: prefixes, streaming, batches and training see the same thing."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from octavo.language.attention import KVCache
from octavo.language.batch import answer_batch
from octavo.language.generate import (
    MAX_ESCAPES,
    Sampler,
    Token,
    collect,
    first_round,
    generate,
    loop_period,
)
from octavo.language.initialize import new_model
from octavo.language.model import LanguageModel
from octavo.language.tokenizer import StreamDecoder, Tokenizer
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED
from octavo.vision.preprocess import cut_tiles
from octavo.vision.tiling import plan_tiles


@pytest.fixture(scope="module")
def model():
    made = new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / "tokenizer.json"), seed=3)
    return made.eval().requires_grad_(False)


def picture(seed=0, size=(384, 384)):
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_streamed_decoding_equals_the_uncached_greedy_loop(model):
    image = picture()
    prefix = model.open_page(image)
    streamed = [token.id for token in model.stream(prefix, "What?", max_new_tokens=8)]
    plan = plan_tiles(image.size, model.config.vision.tiling)
    tiles, ids = cut_tiles(image, plan)[None], model.tokenizer.question("What?")
    start = len(ids)
    for _ in range(8):
        more = torch.tensor([[*ids, 5]])  # logits[t] predicts ids[t]: the last entry predicts what follows
        ids.append(int(model(tiles, plan, more).logits[-1].argmax()))
    assert streamed == ids[start:]


@pytest.mark.parametrize("kind", ["mla", "mha"])
@torch.inference_mode()
def test_filling_the_cache_leaves_what_a_forward_pass_does(model, kind):
    config = replace(model.config.language, attention=replace(model.config.language.attention, kind=kind))
    lm = LanguageModel(config)
    [torch.nn.init.normal_(weight, std=0.1) for weight in lm.parameters()]
    caches = [lm.new_cache(2, 20) for _ in range(2)]
    for embeds in torch.randn(2, 2, 8, config.hidden_size):
        lm(embeds, caches[0])
        lm.fill(embeds, caches[1])
    assert caches[0].length == caches[1].length == 16
    assert all(torch.equal(a, b) for a, b in zip(caches[0].rows, caches[1].rows, strict=True))


def note(seed):
    """Two tiles of paper with a little print on it, more on some than on others."""
    pixels = np.full((384, 768, 3), 240, np.uint8)
    pixels[40 : 80 + 60 * seed, 30 : 200 + 150 * seed] = np.random.default_rng(seed).integers(0, 255)
    pixels[40 : 80 + 60 * seed : 9] = 0
    return Image.fromarray(pixels)


@torch.inference_mode()
def test_what_is_trained_on_is_what_is_asked(model):
    """Pages of unlike fill with texts of unlike length, packed, against each by itself through the cache."""
    plan = plan_tiles((768, 384), model.config.vision.tiling)
    assert plan.num_tiles == 3
    tiles = torch.stack([cut_tiles(note(seed), plan) for seed in range(3)])
    rows = [model.tokenizer.encode(text) for text in ("Total", "a longer text than the other", "x")]
    pad, longest = model.tokenizer.pad, max(map(len, rows))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    out = model(tiles, plan, ids)
    assert out.text.tolist() == [b * longest + t for b, row in enumerate(rows) for t in range(len(row))]
    start, lengths = 0, []
    for one, row in zip(tiles, rows, strict=True):
        prefix = model.prefill(one[None], plan)
        lengths.append(prefix.length)
        assert prefix.length + prefix.cache.skipped == model.count_tokens(plan)
        states = model.lm(model.lm.embed_tokens(torch.tensor([row])), prefix.cache).states[0, :-1]
        own = out.logits[start + 1 : start + len(row)]
        torch.testing.assert_close(own, model.lm.logits(states), atol=1e-4, rtol=1e-4)
        start += len(row)
    assert len(set(lengths)) == 3 and max(lengths) < model.count_tokens(plan)
    assert out.tokens == sum(lengths) + sum(map(len, rows))


@torch.inference_mode()
def test_pages_of_unlike_fill_are_answered_in_a_batch(model):
    plan = plan_tiles((768, 384), model.config.vision.tiling)
    tiles = torch.stack([cut_tiles(note(seed), plan) for seed in (2, 2)])
    alone, both = model.prefill(tiles[:1], plan), model.prefill(tiles, plan)
    torch.testing.assert_close(both.cache.rows[-1][1, : both.length], alone.cache.rows[-1][0, : alone.length])
    mixed = torch.stack([cut_tiles(note(seed), plan) for seed in (0, 2)])
    assert model.see(mixed, plan).places.shape[1] == model.see(mixed[1:], plan).places.shape[1]
    assert len(answer_batch(model, mixed, plan, ["Total?", "What is the date?"], max_new_tokens=3)) == 2


def test_a_second_question_is_not_disturbed_by_the_first(model):
    prefix = model.open_page(picture())
    alone = model.answer(prefix, "What is the date?", max_new_tokens=6).text
    model.answer(prefix, "Something much longer than the other question?", max_new_tokens=9)
    assert model.answer(prefix, "What is the date?", max_new_tokens=6).text == alone


def test_the_room_for_a_long_reply_is_given_back(model):
    prefix = model.open_page(picture())
    alone = model.answer(prefix, "What is the date?", max_new_tokens=6).text
    given_up = model.stream(prefix, "What is the total?", max_new_tokens=900)
    next(given_up)
    assert prefix.cache.capacity > prefix.length + 900
    stream = model.stream(prefix, "What is the date?", max_new_tokens=6)
    begin = next(stream).text
    given_up.close()  # late, and without harm
    assert begin + "".join(token.text for token in stream) == alone
    assert prefix.cache.capacity == prefix.length + 256 and prefix.cache.length == prefix.length


def test_a_batch_answers_as_one_by_one(model):
    images, prompts = [picture(s) for s in range(3)], ["a", "a longer question", "What is the total?"]
    plan = plan_tiles(images[0].size, model.config.vision.tiling)
    tiles = torch.stack([cut_tiles(image, plan) for image in images])
    together = answer_batch(model, tiles, plan, prompts, max_new_tokens=6)
    for image, prompt, answer in zip(images, prompts, together, strict=True):
        assert model.answer(model.open_page(image), prompt, max_new_tokens=6).text == answer.text


def test_different_pages_give_different_states(model):
    a, b = (model.open_page(picture(s)).cache.rows[0] for s in (1, 2))
    assert not torch.allclose(a[:, :160], b[:, :160])


def test_text_pieces_concatenate_and_special_tokens_cannot_be_typed(model):
    tokenizer = model.tokenizer
    text = "naïve – 日本 <image> <|User|> €5"
    ids = tokenizer.encode(text)
    decoder = StreamDecoder(tokenizer)
    assert "".join(map(decoder.push, ids)) + decoder.flush() == text
    assert not set(ids) & set(tokenizer.special.values())


def test_sampling_is_reproducible_and_top_p_keeps_the_head():
    logits = torch.tensor([3.0, 2.0, 1.0, -5.0])
    draws = [[Sampler(1.0, 0.9, seed=s).pick(logits)[0] for s in range(40)] for _ in range(2)]
    assert draws[0] == draws[1] and set(draws[0]) == {0, 1}
    token, prob = Sampler().pick(logits)
    assert token == 0 and prob == pytest.approx(float(logits.softmax(0)[0]))


def test_loops_are_found_and_tables_are_not_loops():
    assert loop_period([1, 2, 3] * 16) == 3
    assert loop_period([7] * 48) == 1
    assert loop_period([7] * 20) == 0
    assert loop_period(list(range(200))) == 0


def test_the_first_round_of_a_loop_is_kept():
    ids = [5, 9, *[1, 2, 3] * 16]
    assert first_round(ids, 3) == 5 and first_round([7] * 48, 1) == 1
    tokens = [Token(1, "a", 0.9), Token(2, "b", 0.9), Token(2, "b", 0.9), Token(3, "c", 0.9, retract=2)]
    assert "".join(token.text for token in collect(tokens)) == "ac"


class Chain:
    """A language model that only looks at the last token: ``after[token]`` are its choices, best first."""

    def __init__(self, first, after, vocab=4096):
        self.first, self.after, self.vocab = first, after, vocab
        self.embed_tokens = lambda ids: ids

    def _prefer(self, *tokens):
        logits = torch.zeros(self.vocab)
        for rank, token in enumerate(tokens):
            logits[token] = 20.0 - rank
        return logits

    def __call__(self, ids, cache):  # the prompt
        cache.length += ids.shape[1]
        return SimpleNamespace(states=torch.zeros(1, 1, 1))

    def logits(self, states):
        return self._prefer(self.first)[None]

    def spare(self, cache, taken):
        return -(cache.length + taken) % 7

    def feed(self, tokens, cache, wanted):  # the prompt, or one token of the reply; and what is drafted
        drafted = wanted - 1
        assert drafted <= self.spare(cache, len(tokens) - drafted)
        cache.length += len(tokens)
        follows = [self.after.get(token, (self.first,)) for token in tokens[-wanted:]]
        return torch.stack([self._prefer(*one) for one in follows])


def run(chain, tokenizer, limit=1000, draft=None):
    cache = KVCache(1, 1, 16, 1, torch.zeros(1))
    generation, tokens = generate(chain, cache, [1, 2, 3], tokenizer, limit, Sampler(), chain, draft), []
    while True:
        try:
            tokens.append(next(generation))
        except StopIteration as end:
            return [token.id for token in collect(tokens)], end.value, cache.length


def test_a_loop_is_taken_back_and_reading_goes_on(model):
    eos = model.tokenizer.eos
    chain = Chain(100, {100: (101,), 101: (102,), 102: (101, 103), 103: (104,), 104: (eos,)})
    assert run(chain, model.tokenizer) == ([100, 101, 102, 103, 104], "eos", 3 + 5)


def test_an_answer_that_only_loops_ends(model):
    loops = {token: (token, token + 1) for token in range(100, 100 + MAX_ESCAPES + 1)}
    ids, stop, _ = run(Chain(100, loops), model.tokenizer)
    assert stop == "loop" and ids[: MAX_ESCAPES + 1] == list(loops)
    ids, stop, _ = run(Chain(100, {100: (100, model.tokenizer.eos)}), model.tokenizer)
    assert (ids[0], stop) == (100, "eos") and len(ids) <= 2  # the last one carries what is taken back


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(100, 109), max_size=8), min_size=1, max_size=40), st.integers(0, 150))
def test_a_draft_changes_nothing_but_the_number_of_rounds(model, drafts, limit):
    loops = {token: (token + 1, token) for token in range(100, 106)} | {106: (100, 107), 107: (108,)}
    chain = Chain(100, loops | {108: (model.tokenizer.eos,)})
    plain = run(chain, model.tokenizer, limit)
    asked = iter(drafts * 200)
    assert run(chain, model.tokenizer, limit, lambda reply: next(asked)) == plain


def test_what_was_answered_before_changes_no_answer():
    shipped = VisionLanguageModel.from_pretrained("nano")
    page = shipped.open_page(picture(size=(380, 380)))
    questions = ["Read the page.", "What is the total?", "Read the page.", 'Extract as JSON: "total", "date"']
    after_others = [shipped.answer(page, question, max_new_tokens=40) for question in questions]
    assert len(shipped.replies) == len(questions)
    for question, answer in zip(questions, after_others, strict=True):
        shipped.replies.clear()
        assert shipped.answer(page, question, max_new_tokens=40) == answer


def test_a_prompt_without_room_is_refused(model):
    prefix = model.open_page(picture())
    with pytest.raises(ValueError, match="no room"):
        list(model.stream(prefix, "word " * 5000))


def test_the_glyph_map_covers_the_canvas(model):
    prefix = model.open_page(picture(size=(700, 300)))
    assert prefix.glyphs.ids.shape == (prefix.plan.height // 16, prefix.plan.width // 16, 4)
