"""Attention as plain matrix products, one image and one block of queries at a time.

A block's scores stay in the cache between the two products, and both run on the CPU's matrix units; torch's
flash kernel for CPUs does not use those well for heads of 64.
"""

import torch
from torch import Tensor

BLOCK = 576  # queries; the scores of 8 heads × 576 × 2,000 keys are 18 MB in bfloat16
CAUSAL_BLOCK = 256  # smaller: a block looks at all keys up to its last query


def attention_blocked(q: Tensor, k: Tensor, v: Tensor, *, is_causal: bool = False) -> Tensor:
    """See ``attention``."""
    B, H, T, _ = q.shape
    out = q.new_empty(B, H, T, v.shape[-1])
    q, keys = q * q.shape[-1] ** -0.5, k.transpose(-2, -1)
    block = CAUSAL_BLOCK if is_causal else BLOCK
    for image in range(B):
        for start in range(0, T, block):
            end = min(start + block, T)
            seen = end if is_causal else T
            scores = q[image, :, start:end] @ keys[image, :, :, :seen]  # [H, block, seen]
            if is_causal:
                # adding −∞ takes a third of the time of filling in
                scores[:, :, start:] += scores.new_full((end - start, end - start), float("-inf")).triu(1)
            # in place where nothing is to be differentiated: what is in the cache is not fetched again
            probs = scores.softmax(-1) if scores.requires_grad else torch.softmax(scores, -1, out=scores)
            out[image, :, start:end] = probs @ v[image, :, :seen]
    return out
