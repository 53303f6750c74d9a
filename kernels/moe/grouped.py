"""Sorted mixture-of-experts on torch's ``grouped_mm``: static shapes, no host sync, differentiable."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


class _Dispatch(torch.autograd.Function):
    """x [T, H] → rows in expert order [T*K, H]. The gradient is a gather, so no atomics and no noise."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, order: Tensor, inverse: Tensor, top_k: int) -> Tensor:  # type: ignore[override]
        ctx.save_for_backward(inverse)
        ctx.top_k = top_k
        return x[order // top_k]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:  # type: ignore[override]
        (inverse,) = ctx.saved_tensors
        return grad[inverse].unflatten(0, (-1, ctx.top_k)).sum(1), None, None, None


class _Collect(torch.autograd.Function):
    """Rows in expert order [T*K, H] → rows in token order, by the inverse permutation."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, order: Tensor, inverse: Tensor) -> Tensor:  # type: ignore[override]
        ctx.save_for_backward(order)
        return rows[inverse]

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        (order,) = ctx.saved_tensors
        return grad[order], None, None


def moe_grouped(
    x: Tensor, w_gate_up: Tensor, w_down: Tensor, topk_ids: Tensor, topk_weights: Tensor
) -> Tensor:
    """Same contract as ``reference.moe_reference``. Products run in bfloat16 on CUDA under autocast."""
    num_experts, top_k = w_gate_up.shape[0], topk_ids.shape[1]
    dtype = torch.get_autocast_dtype(x.device.type) if torch.is_autocast_enabled(x.device.type) else x.dtype
    flat = topk_ids.flatten()
    order = flat.argsort(stable=True)
    inverse = order.argsort()
    counts = (flat[:, None] == torch.arange(num_experts, device=flat.device)).sum(0)
    offsets = counts.cumsum(0).to(torch.int32)
    rows = _Dispatch.apply(x.to(dtype), order, inverse, top_k)
    gate, up = F.grouped_mm(rows, w_gate_up.to(dtype).transpose(1, 2), offs=offsets).chunk(2, dim=-1)
    out = F.grouped_mm(F.silu(gate) * up, w_down.to(dtype).transpose(1, 2), offs=offsets)
    out = _Collect.apply(out, order, inverse).unflatten(0, (-1, top_k))  # [T, K, H]
    return (out * topk_weights[..., None].to(dtype)).sum(1).to(x.dtype)
