"""Mixture-of-experts feed-forward over stacked expert weights. Routing is the caller's business."""

from typing import Literal, get_args

from torch import Tensor

from .grouped import moe_grouped
from .reference import moe_per_token, moe_reference

Backend = Literal["auto", "reference", "per_token", "grouped"]
_PER_TOKEN_LIMIT = 8  # routed (token, expert) pairs up to which plain vector products beat sorting


def moe_experts(
    x: Tensor,
    w_gate_up: Tensor,
    w_down: Tensor,
    topk_ids: Tensor,
    topk_weights: Tensor,
    *,
    backend: Backend = "auto",
) -> Tensor:
    """SwiGLU experts: x [T, H] · w_gate_up [E, 2I, H] · w_down [E, H, I] · ids, weights [T, K] → [T, H].

    ``reference``: loop over the experts that are hit, float32 accumulation (also the CPU path).
    ``per_token``: loop over (token, expert) pairs, for decoding.
    ``grouped``: sort, then torch ``grouped_mm``.
    Raises ``ValueError`` on a backend that is unknown.
    """
    if backend == "auto":
        few = topk_ids.numel() <= _PER_TOKEN_LIMIT
        backend = "grouped" if x.is_cuda else "per_token" if few else "reference"
    if backend == "grouped":
        return moe_grouped(x, w_gate_up, w_down, topk_ids, topk_weights)
    if backend == "per_token":
        return moe_per_token(x, w_gate_up, w_down, topk_ids, topk_weights)
    if backend == "reference":
        return moe_reference(x, w_gate_up, w_down, topk_ids, topk_weights)
    raise ValueError(f"unknown MoE backend {backend!r}; choose one of {', '.join(get_args(Backend))}")
