"""Attention over sequences that lie one behind the other, without padding.

On a GPU the flash kernel for sequences of unequal length, as ``torch.nn.attention.varlen`` calls it; behind
an operator of our own, so that compiled code sees neither its lengths nor its choice of a kernel.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Packing:
    """Where the sequences along a packed axis of ``total`` rows lie.

    ``starts`` int32 [S + 1]: the first row of each, and ``total``; ``owner`` int64 [total]: whose a row is;
    ``longest`` int64 []: a bound of their lengths, on the CPU.
    """

    starts: Tensor
    owner: Tensor
    longest: Tensor

    @classmethod
    def of(cls, counts: Tensor, total: int, longest: int) -> "Packing":
        """Sequences of ``counts`` [S] rows, which are ``total`` together; nothing waits for the device."""
        starts = F.pad(counts.cumsum(0), (1, 0)).int()
        owner = torch.arange(len(counts), device=counts.device)
        owner = owner.repeat_interleave(counts, output_size=total)
        return cls(starts, owner, torch.tensor(longest))

    def split(self, rows: Tensor) -> tuple[Tensor, ...]:
        """rows [1, H, total, D] → the rows of each sequence. Waits for the device."""
        return rows.split(self.starts.diff().tolist(), dim=2)


def attention_packed(q: Tensor, k: Tensor, v: Tensor, packing: Packing, *, is_causal: bool = False) -> Tensor:
    """q, k [1, H, total, D], v [1, H, total, E] on a GPU → [1, H, total, E]."""
    rows = (part.squeeze(0).transpose(0, 1) for part in (q, k, v))  # [total, H, D], the kernel's order
    out, _ = _flash(*rows, packing.starts, packing.longest, is_causal)
    return out.transpose(0, 1).unsqueeze(0)


@torch.library.custom_op("octavo::flash_packed", mutates_args=())
def _flash(
    q: Tensor, k: Tensor, v: Tensor, starts: Tensor, longest: Tensor, is_causal: bool
) -> tuple[Tensor, Tensor]:
    """q, k, v [total, H, D] → output, and what the way back needs."""
    most = int(longest)
    out, lse, *_ = torch.ops.aten._flash_attention_forward(
        q, k, v, starts, starts, most, most, 0.0, is_causal, False
    )
    return out, lse


@_flash.register_fake
def _(q: Tensor, *_: Any) -> tuple[Tensor, Tensor]:
    return torch.empty_like(q), q.new_empty(q.shape[1], q.shape[0], dtype=torch.float32)


@torch.library.custom_op("octavo::flash_packed_backward", mutates_args=())
def _flash_backward(
    grad: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    out: Tensor,
    lse: Tensor,
    starts: Tensor,
    longest: Tensor,
    is_causal: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    most, dropout = int(longest), q.new_zeros(2, dtype=torch.uint64)  # a state of random numbers: none
    found: tuple[Tensor, Tensor, Tensor] = torch.ops.aten._flash_attention_backward(
        grad, q, k, v, out, lse, starts, starts, most, most, 0.0, is_causal, dropout, dropout
    )
    return found


@_flash_backward.register_fake
def _(grad: Tensor, q: Tensor, k: Tensor, v: Tensor, *_: Any) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    q, k, v, starts, longest, ctx.is_causal = inputs
    ctx.save_for_backward(q, k, v, starts, longest, *output)


@partial(_flash.register_autograd, setup_context=_keep)
def _back(ctx: Any, grad: Tensor, *_: Any) -> tuple[Any, ...]:
    q, k, v, starts, longest, out, lse = ctx.saved_tensors
    found = _flash_backward(grad.contiguous(), q, k, v, out, lse, starts, longest, ctx.is_causal)
    return (*found, None, None, None)
