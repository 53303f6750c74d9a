"""KV-cached decoding of one sequence: greedy or sampled, streamed, with a guard against loops."""

from collections.abc import Generator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from .attention import KVCache
from .cpu_decode import QuickDecoder
from .model import LanguageModel
from .tokenizer import StreamDecoder, Tokenizer

MAX_PERIOD, LOOP_TOKENS, LOOP_REPEATS = 96, 48, 4
CHECK_EVERY = 16  # tokens; looking for loops costs about as much as a layer


@dataclass(frozen=True)
class Token:
    """One generated token.

    ``prob``: the model's probability of it. ``text`` may be empty inside a multi-byte character.
    """

    id: int
    text: str
    prob: float


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


@torch.inference_mode()
def generate(
    lm: LanguageModel,
    cache: KVCache,
    ids: list[int],
    tokenizer: Tokenizer,
    max_new_tokens: int,
    sampler: Sampler,
    quick: QuickDecoder | None = None,
) -> Generator[Token, None, str]:
    """Feed ``ids`` behind what the cache holds, then decode; returns why it stopped.

    The cache is a batch of one; ``quick`` decodes single tokens in place of ``lm``.
    """
    cache.reserve(cache.length + len(ids) + max_new_tokens)
    decoder, generated = StreamDecoder(tokenizer), []
    feed, stop = ids, "length"
    for _ in range(max_new_tokens):
        if quick is not None and len(feed) == 1:
            logits = quick.step(feed[0], cache)
        else:
            embeds = lm.embed_tokens(torch.tensor([feed], device=cache.rows[0].device))
            logits = lm.logits(lm(embeds, cache).states[:, -1])[0]
        token, prob = sampler.pick(logits)
        if token == tokenizer.eos:
            stop = "eos"
            break
        generated.append(token)
        yield Token(token, decoder.push(token), prob)
        if len(generated) % CHECK_EVERY == 0 and loop_period(generated):
            stop = "loop"
            break
        feed = [token]
    if rest := decoder.flush():
        yield Token(tokenizer.pad, rest, 1.0)
    return stop
