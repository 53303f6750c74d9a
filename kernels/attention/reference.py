"""The specification: scores, mask, softmax, sum, in float32."""

import torch
from torch import Tensor


def attention_reference(q: Tensor, k: Tensor, v: Tensor, *, is_causal: bool = False) -> Tensor:
    """See ``attention``."""
    scores = q.float() @ k.float().transpose(-2, -1) * q.shape[-1] ** -0.5
    if is_causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    return (scores.softmax(-1) @ v.float()).to(q.dtype)
