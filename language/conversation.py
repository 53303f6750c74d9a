"""Conversations with several pictures, encoded by ``processor``, through the model.

For one page and one question ``VisionLanguageModel.open_page`` is enough. Here are prompts of any make-up,
prefill in chunks (DeepSeek-VL2's ``incremental_prefilling``), and pages in groups that fit the positions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from .attention import KVCache
from .generate import Generation, Sampler, Token, collect, generate
from .processor import Message, Processor, Prompt, page_label
from .vlm import PagePrefix, VisionLanguageModel


def processor_of(model: VisionLanguageModel) -> Processor:
    """The processor that goes with a model."""
    return Processor(model.tokenizer, model.config.vision, model.config.language.max_positions)


def embed(model: VisionLanguageModel, prompt: Prompt) -> Tensor:
    """A prompt → embeddings [1, T, D]: of its tokens, and visual tokens in the place of image tokens.

    Raises ``ValueError`` when there are not as many places as visual tokens.
    """
    weight = model.lm.embed_tokens.weight
    ids = prompt.ids.to(weight.device)
    out = model.lm.embed_tokens(ids)
    visual = []
    for each, plan in zip(prompt.tiles, prompt.plans, strict=True):
        tiles = each[None].to(weight.device)
        visual.append(model.vision(tiles, plan, model.vision.glance(tiles, plan)).tokens[0])
    places = ids == model.tokenizer.image
    found, wanted = sum(map(len, visual)), int(places.sum())
    if found != wanted:
        raise ValueError(
            f"{found} visual tokens for {wanted} image tokens: was the prompt made for this model?"
        )
    if visual:
        out = out.masked_scatter(places[:, None], torch.cat(visual).to(out.dtype))
    return out[None]


def prefill(model: VisionLanguageModel, embeds: Tensor, *, chunk: int | None = None) -> KVCache:
    """Run embeddings [1, T, D] through the decoder, ``chunk`` tokens at a time: attention's memory grows with
    the chunk instead of with the prompt. The result does not depend on it."""
    cache = model.lm.new_cache(1, embeds.shape[1] + 256)
    ends = range(0, embeds.shape[1], chunk or embeds.shape[1])
    for start, end in pairwise([*ends, embeds.shape[1]]):
        model.lm.fill(embeds[:, start:end], cache)
    return cache


@torch.inference_mode()
def stream(
    model: VisionLanguageModel,
    prompt: Prompt,
    *,
    max_new_tokens: int = 256,
    sampler: Sampler | None = None,
    chunk: int | None = None,
) -> Iterator[Token]:
    """The next turn, token by token; ``model.last_stop`` says afterwards why it ended."""
    room = model.config.language.max_positions - len(prompt)
    if room < 1:
        raise ValueError(
            f"{len(prompt)} tokens leave no room in {len(prompt) + room} positions for an answer"
        )
    cache = prefill(model, embed(model, prompt)[:, :-1], chunk=chunk)
    last, steps = prompt.ids[-1:].tolist(), min(max_new_tokens, room)
    model.last_stop = yield from generate(
        model.lm, cache, last, model.tokenizer, steps, sampler or Sampler(), model.quick
    )


def answer(
    model: VisionLanguageModel,
    messages: Sequence[Message],
    images: Sequence[Image.Image] = (),
    **options: Any,
) -> Generation:
    """The next turn of a conversation, whole. ``options`` as for :func:`stream`."""
    tokens = collect(stream(model, processor_of(model).encode(messages, images), **options))
    return Generation("".join(token.text for token in tokens), tokens, model.last_stop)


@dataclass(frozen=True)
class PageGroup:
    """Pages that are asked together: their ``numbers``, and whether they are cut into tiles."""

    numbers: tuple[int, ...]
    crop: bool


def group_pages(
    processor: Processor, sizes: Sequence[tuple[int, int]], *, at_most: int, reserve: int = 512
) -> list[PageGroup]:
    """Pages 1, 2, … of (width, height) → consecutive groups that fit the model's positions.

    ``at_most`` pages a group; ``reserve`` positions stay free for question and answer. As many pages as the
    reference cuts into tiles (2) are cut, if they fit; more are seen in one small view each. Raises
    ``ValueError`` when a single page does not fit.
    """
    groups: list[PageGroup] = []
    start = 0
    while start < len(sizes):
        for count in range(min(at_most, len(sizes) - start), 0, -1):
            plans = processor.plan(sizes[start : start + count])
            labels = sum(len(processor.tokenizer.encode(page_label(start + i + 1))) for i in range(count))
            tokens = len(processor.tokenizer.before_image) + labels + processor.count_tokens(plans)
            if tokens + reserve <= processor.max_positions:
                numbers = tuple(range(start + 1, start + count + 1))
                groups.append(PageGroup(numbers, any(plan.rows * plan.cols > 1 for plan in plans)))
                break
        else:
            raise ValueError(
                f"page {start + 1} takes {tokens} of {processor.max_positions} positions, and {reserve} are "
                "to stay free; lower the reserve"
            )
        start += count
    return groups


@torch.inference_mode()
def open_pages(
    model: VisionLanguageModel, pages: Sequence[tuple[int, Image.Image]], *, chunk: int | None = None
) -> PagePrefix:
    """Encode numbered pages as one group; ``model.stream`` and ``model.answer`` ask it like a single page.

    Pages are encoded one after the other. Raises ``ValueError`` when they do not fit the positions.
    """
    prompt = processor_of(model).encode_pages(pages)
    cache = prefill(model, embed(model, prompt), chunk=chunk)
    return PagePrefix(prompt.plans[0], None, cache, cache.length)
