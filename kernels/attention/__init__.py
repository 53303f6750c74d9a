"""Softmax attention over whole sequences (encoder, prefill, training)."""

from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

from .blocked import attention_blocked
from .reference import attention_reference

Backend = Literal["auto", "reference", "fused", "blocked"]


def attention(
    q: Tensor, k: Tensor, v: Tensor, *, is_causal: bool = False, backend: Backend = "auto"
) -> Tensor:
    """q, k [B, H, T, D], v [B, H, T, E] → [B, H, T, E], scaled by 1/sqrt(D).

    ``fused`` is torch's ``scaled_dot_product_attention``; ``blocked`` is plain matrix products over blocks
    that fit the cache, on a CPU in bfloat16 about three times as fast. Raises ``ValueError`` for an unknown
    backend.
    """
    if backend == "auto":
        slow_cpu = q.device.type == "cpu" and q.dtype == torch.bfloat16 and not torch.is_grad_enabled()
        backend = "blocked" if slow_cpu else "fused"
    if backend == "fused":
        return F.scaled_dot_product_attention(q, k, v, is_causal=is_causal and q.shape[2] > 1)
    if backend == "blocked":
        return attention_blocked(q, k, v, is_causal=is_causal)
    if backend == "reference":
        return attention_reference(q, k, v, is_causal=is_causal)
    raise ValueError(f"unknown attention backend {backend!r}; choose one of {', '.join(get_args(Backend))}")
