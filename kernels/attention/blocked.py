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
                future = torch.ones(end - start, end - start, dtype=torch.bool, device=q.device).triu(1)
                scores[:, :, start:].masked_fill_(future, float("-inf"))
            out[image, :, start:end] = scores.softmax(-1) @ v[image, :, :seen]
    return out
