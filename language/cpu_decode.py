"""The CPU decoding path: int8 weights for a few tokens at a time, the full ones for prefill.

A token reads every active weight once, so bytes are time. ``prepare`` gives the decoder's matrices an int8
twin (one byte a weight instead of two) that serves inputs of at most ``FEW_TOKENS`` tokens; longer inputs
keep using the full weights. Nothing else of the model changes, and ``tests/language/test_cpu_decode.py`` pins
the two together.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.int8_linear import int8_linear
from ..kernels.int8_linear.reference import quantize_rows
from .model import LanguageModel
from .moe import FEW_TOKENS, MoE


class Int8Twin(nn.Linear):
    """An ``nn.Linear`` without bias whose small inputs go through int8."""

    values: Tensor
    scale: Tensor

    @classmethod
    def of(cls, linear: nn.Linear) -> "Int8Twin":
        """Shares the weight of ``linear``."""
        with torch.device("meta"):
            twin = cls(linear.in_features, linear.out_features, bias=False)
        twin.weight = linear.weight
        twin.in_features, twin.out_features = linear.weight.shape[1], linear.weight.shape[0]
        values, scale = quantize_rows(linear.weight.detach())
        twin.register_buffer("values", values, persistent=False)
        twin.register_buffer("scale", scale, persistent=False)
        return twin

    def forward(self, input: Tensor) -> Tensor:
        if input.shape[:-1].numel() > FEW_TOKENS:
            return F.linear(input, self.weight)
        return int8_linear(input.flatten(0, -2), self.values, self.scale).unflatten(0, input.shape[:-1])


class Int8Experts(nn.Module):
    """The routed experts of one layer for a few tokens: a loop over (token, expert) pairs."""

    def __init__(self, moe: MoE) -> None:
        super().__init__()
        self.gate_up = [quantize_rows(w) for w in moe.w_gate_up.detach()]
        self.down = [quantize_rows(w) for w in moe.w_down.detach()]

    def forward(self, x: Tensor, ids: Tensor, weights: Tensor) -> Tensor:
        """x [T, H], ids and weights [T, K] → [T, H]."""
        out = []
        for row, experts, share in zip(x.split(1), ids.tolist(), weights.to(x.dtype), strict=True):
            parts = []
            for expert in experts:
                gate, up = int8_linear(row, *self.gate_up[expert]).chunk(2, dim=-1)
                parts.append(int8_linear(F.silu(gate) * up, *self.down[expert]))
            out.append(share[None] @ torch.cat(parts))
        return torch.cat(out)


def prepare(lm: LanguageModel) -> None:
    """Add the int8 twins in place. Only for bfloat16 on the CPU; call it after loading."""
    for module in list(lm.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear and child.bias is None:
                setattr(module, name, Int8Twin.of(child))
        if isinstance(module, MoE):
            module.few_experts = Int8Experts(module)
    if lm.lm_head is None:
        tied = nn.Linear(1, 1, bias=False)
        tied.weight = lm.embed_tokens.weight
        lm.quick_logits = Int8Twin.of(
            tied
        ).forward  # a bound method: the shared weight is not registered twice
