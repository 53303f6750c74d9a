"""Greedy decoding of many prompts at once over pages of one tile plan: what training's scoreboard needs.

The cache is laid out [page tokens][left padding][prompt][answer]; padding is masked and takes no position.
The continuous-batching engine is another matter; this is one padded batch from start to end.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..vision.tiling import TilePlan
from .vlm import VisionLanguageModel


@dataclass(frozen=True)
class BatchAnswer:
    """``confidence``: geometric mean of the tokens' probabilities; ``finished``: ended with eos."""

    text: str
    confidence: float
    finished: bool


@torch.inference_mode()
def answer_batch(
    model: VisionLanguageModel, tiles: Tensor, plan: TilePlan, prompts: list[str], *, max_new_tokens: int
) -> list[BatchAnswer]:
    """uint8 tiles [B, n, 3, S, S], one prompt each → B answers."""
    prefix, lm, tokenizer = model.prefill(tiles, plan), model.lm, model.tokenizer
    device, page, position = tiles.device, prefix.length, prefix.cache.position
    questions = [tokenizer.question(prompt) for prompt in prompts]
    longest = max(map(len, questions))
    ids = torch.tensor([[tokenizer.pad] * (longest - len(q)) + q for q in questions], device=device)
    valid = torch.tensor([[False] * (longest - len(q)) + [True] * len(q) for q in questions], device=device)
    room = model.config.language.max_positions - position - longest
    steps = min(max_new_tokens, room)
    prefix.cache.reserve(page + longest + steps)
    mask = torch.ones(len(prompts), page + longest + steps, dtype=torch.bool, device=device)
    mask[:, page : page + longest] = valid
    positions = position + (valid.cumsum(1) - 1).clamp_min(0)
    done = torch.zeros(len(prompts), dtype=torch.bool, device=device)
    produced, log_probs = [], []
    for step in range(steps):
        states = lm(lm.embed_tokens(ids), prefix.cache, positions, mask[:, : page + longest + step]).states[
            :, -1
        ]
        log_prob, token = lm.logits(states).float().log_softmax(-1).max(-1)
        token = token.masked_fill(done, tokenizer.eos)
        produced.append(token)
        log_probs.append(log_prob.masked_fill(done, 0.0))
        done = done | (token == tokenizer.eos)
        if step % 16 == 15 and bool(done.all()):
            break
        ids, positions = token[:, None], positions[:, -1:] + 1
    tokens, probs = torch.stack(produced, 1).tolist(), torch.stack(log_probs, 1).sum(1).tolist()
    answers = []
    for row, total in zip(tokens, probs, strict=True):
        finished = tokenizer.eos in row
        length = row.index(tokenizer.eos) if finished else len(row)
        confidence = float(torch.tensor(total / max(1, length + finished)).exp())
        answers.append(BatchAnswer(tokenizer.decode(row[:length]), confidence, finished))
    return answers
