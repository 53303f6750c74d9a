"""Readable mixture-of-experts: the specification that the fast backends are tested against."""

import torch
import torch.nn.functional as F
from torch import Tensor

# A CPU library compiles and keeps a kernel for every number of rows it meets, 0.3 MB each: few numbers do.
ROW_STEP, SMALL_STEP = 64, 16  # a question's handful of rows is not worth 64


def swiglu(x: Tensor, w_gate_up: Tensor, w_down: Tensor) -> Tensor:
    """One expert: x [N, H], w_gate_up [2I, H] (gate first), w_down [H, I] → [N, H]."""
    gate, up = F.linear(x, w_gate_up).chunk(2, dim=-1)
    return F.linear(F.silu(gate) * up, w_down)


def moe_reference(
    x: Tensor, w_gate_up: Tensor, w_down: Tensor, topk_ids: Tensor, topk_weights: Tensor
) -> Tensor:
    """Loop over the experts that are hit; the weighted sum is kept in float32."""
    out = x.new_zeros(*topk_ids.shape, x.shape[1], dtype=torch.float32)  # [T, K, H]: every pair has its place
    for expert in topk_ids.unique().tolist():
        token, slot = (topk_ids == expert).nonzero(as_tuple=True)
        step = SMALL_STEP if len(token) < ROW_STEP else ROW_STEP
        rows = F.pad(x[token], (0, 0, 0, -len(token) % step)) if x.device.type == "cpu" else x[token]
        y = swiglu(rows, w_gate_up[expert], w_down[expert])
        out[token, slot] = y[: len(token)].float()
    return (out * topk_weights.float()[..., None]).sum(1).to(x.dtype)


def moe_per_token(
    x: Tensor, w_gate_up: Tensor, w_down: Tensor, topk_ids: Tensor, topk_weights: Tensor
) -> Tensor:
    """The same for a handful of tokens: no masks, no copies of weights, one product per (token, expert)."""
    rows = []
    for token, experts in enumerate(topk_ids.tolist()):
        row = x[token : token + 1]
        outs = [swiglu(row, w_gate_up[expert], w_down[expert]) for expert in experts]
        rows.append(topk_weights[token : token + 1].to(x.dtype) @ torch.cat(outs))
    return torch.cat(rows)
