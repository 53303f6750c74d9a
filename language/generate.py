"""KV-cached decoding of one sequence: greedy or sampled, streamed, with a guard against loops.

A loop is taken back to the end of its first round, and decoding goes on with another token in its place: on
long pages most loops begin at one misread place, and what follows it on the page can still be read.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from .attention import KVCache
from .cpu_decode import QuickDecoder
from .model import LanguageModel
from .tokenizer import StreamDecoder, Tokenizer

MAX_PERIOD, LOOP_TOKENS, LOOP_REPEATS = 96, 48, 4
FEW = 48  # tokens that ``quick`` takes at once; more are the business of ``lm``
CHECK_EVERY = 16  # tokens; looking for loops costs about as much as a layer
MAX_ESCAPES = 4  # loops of one answer that are taken back; then it is hopeless


@dataclass(frozen=True)
class Token:
    """One generated token.

    ``prob``: the model's probability of it. ``text`` may be empty inside a multi-byte character. ``retract``:
    how many of the tokens before this one were a loop and are taken back.
    """

    id: int
    text: str
    prob: float
    retract: int = 0


@dataclass(frozen=True)
class Generation:
    """``stop``: "eos", "length" (cut off) or "loop" (the guard ended it)."""

    text: str
    tokens: tuple[Token, ...]
    stop: str


@dataclass
class Sampler:
    """Greedy at ``temperature`` 0; otherwise nucleus sampling, reproducible for a ``seed``."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    _generator: torch.Generator | None = field(default=None, repr=False)

    def pick(self, logits: Tensor) -> tuple[int, float]:
        """logits [vocab] → (token id, its probability under the untempered model)."""
        logits = logits.float()
        if self.temperature <= 0:
            value, index = logits.max(0)
            return int(index), float((value - logits.logsumexp(0)).exp())
        if self._generator is None:
            self._generator = torch.Generator(logits.device)
            if self.seed is not None:
                self._generator.manual_seed(self.seed)
        probs = (logits / self.temperature).softmax(0)
        ordered, order = probs.sort(descending=True)
        ordered[ordered.cumsum(0) - ordered >= self.top_p] = 0.0  # keeps the token that crosses top_p
        index = order[int(torch.multinomial(ordered, 1, generator=self._generator))]
        return int(index), float(logits.softmax(0)[index])


def loop_period(ids: list[int]) -> int:
    """The length of the cycle that ``ids`` ends in, or 0.

    A cycle counts once it has run at least ``LOOP_REPEATS`` times and over ``LOOP_TOKENS`` tokens.
    """
    for period in range(1, min(MAX_PERIOD, len(ids) // LOOP_REPEATS) + 1):
        span = max(LOOP_TOKENS, period * LOOP_REPEATS)
        if len(ids) >= span and ids[-span:-period] == ids[period - span :]:
            return period
    return 0


def first_round(ids: list[int], period: int) -> int:
    """How many of ``ids``, which end in a cycle of ``period``, there are up to the end of its first round."""
    start = len(ids) - period
    while start > 0 and ids[start - 1] == ids[start - 1 + period]:
        start -= 1
    return start + period


def collect(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """What is left of a stream when everything that was taken back is gone."""
    kept: list[Token] = []
    for token in tokens:
        if token.retract:
            del kept[-token.retract :]
        kept.append(token)
    return tuple(kept)


@torch.inference_mode()
def generate(
    lm: LanguageModel,
    cache: KVCache,
    ids: list[int],
    tokenizer: Tokenizer,
    max_new_tokens: int,
    sampler: Sampler,
    quick: QuickDecoder | None = None,
    draft: Callable[[list[int]], list[int]] | None = None,
) -> Generator[Token, None, str]:
    """Feed ``ids`` behind what the cache holds, then decode; returns why it stopped.

    The cache is a batch of one; ``quick`` decodes in place of ``lm``. ``draft``: guesses at the tokens after
    the reply so far, which ``quick`` checks; they save time and change nothing. A loop is retracted at most
    ``MAX_ESCAPES`` times; the next one ends the answer.
    """
    cache.reserve(cache.length + len(ids) + max_new_tokens)
    base = cache.length + len(ids)  # rows before the first generated token
    decoder = StreamDecoder(tokenizer)
    generated: list[int] = []
    feed, stop = ids, "length"
    barred: dict[int, list[int]] = {}  # place → tokens that began a loop there
    retract = 0
    while len(generated) < max_new_tokens:
        hoped: list[int] = []
        if quick is not None and len(feed) <= FEW:
            if draft is not None:
                spare = quick.spare(cache, len(feed))
                hoped = draft(generated)[: min(spare, max_new_tokens - len(generated) - 1)]
            rows = quick.feed([*feed, *hoped], cache, wanted=len(hoped) + 1)
        else:
            embeds = lm.embed_tokens(torch.tensor([feed], device=cache.rows[0].device))
            rows = lm.logits(lm(embeds, cache).states[:, -1])
        period = 0
        for logits, guess in zip(rows, [*hoped, None], strict=True):
            if len(generated) in barred:
                logits[barred[len(generated)]] = float("-inf")
            token, prob = sampler.pick(logits)
            if token == tokenizer.eos:
                stop = "eos"
                break
            generated.append(token)
            yield Token(token, decoder.push(token), prob, retract)
            retract = 0
            if len(generated) % CHECK_EVERY == 0:
                period = loop_period(generated)
            if token != guess or period:
                break
        if stop == "eos":
            cache.length = base + len(generated)
            break
        cache.length, feed = base + len(generated) - 1, generated[-1:]
        if period:
            if sum(map(len, barred.values())) == MAX_ESCAPES:
                stop = "loop"
                break
            kept = first_round(generated, period)
            barred.setdefault(kept, []).append(generated[kept])
            retract = len(generated) - kept
            del generated[kept:]
            cache.length, feed = base + kept - 1, generated[-1:]
            decoder = StreamDecoder(tokenizer)
    if retract:
        yield Token(tokenizer.pad, "", 1.0, retract)
    if rest := decoder.flush():
        yield Token(tokenizer.pad, rest, 1.0)
    return stop
