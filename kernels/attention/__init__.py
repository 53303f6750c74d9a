"""Softmax attention over whole sequences (encoder, prefill, training)."""

from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

from .blocked import attention_blocked
from .packed import Packing, attention_packed
from .reference import attention_reference

Backend = Literal["auto", "reference", "fused", "blocked"]


def attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    is_causal: bool = False,
    packing: Packing | None = None,
    backend: Backend = "auto",
) -> Tensor:
    """q, k [B, H, T, D], v [B, H, T, E] → [B, H, T, E], scaled by 1/sqrt(D).

    ``fused`` is torch's ``scaled_dot_product_attention``; ``blocked`` is plain matrix products over blocks
    that fit the cache, on a CPU in bfloat16 about three times as fast. With a ``packing``, T rows (B = 1) are
    sequences that do not see one another, on a GPU without padding. Raises ``ValueError`` for an unknown
    backend.
    """
    if packing is not None:
        if q.is_cuda and backend == "auto":
            return attention_packed(q, k, v, packing, is_causal=is_causal)
        parts = zip(*map(packing.split, (q, k, v)), strict=True)
        return torch.cat([attention(*part, is_causal=is_causal, backend=backend) for part in parts], dim=2)
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
