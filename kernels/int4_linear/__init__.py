"""Linear layers over int4 weight groups, for decoding: half the bytes of int8."""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from .reference import GROUP, int4_linear_reference, quantize_groups

Backend = Literal["auto", "reference", "packed"]


@dataclass(frozen=True)
class Int4Weight:
    """``values`` [N, K] uint8 in 0–15, ``scale`` [N, K/GROUP]; ``packed`` is torch's own order of them."""

    values: Tensor | None
    scale: Tensor
    packed: Tensor | None
    packed_scale: Tensor | None

    @classmethod
    def of(cls, weight: Tensor) -> "Int4Weight":
        """Quantise [N, K]; K divisible by ``GROUP``."""
        values, scale = quantize_groups(weight)
        if not hasattr(torch.ops.aten, "_weight_int4pack_mm_for_cpu") or weight.is_cuda or len(values) % 16:
            return cls(values, scale, None, None)
        packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(values.to(torch.int32), 1)
        zeros = torch.zeros_like(scale)
        pairs = torch.stack([scale, zeros], dim=-1).transpose(0, 1).contiguous().to(torch.bfloat16)
        return cls(values, scale, packed, pairs)  # [K/GROUP, N, 2]

    def slim(self) -> "Int4Weight":
        """Without the plain values, twice as large as those in torch's order, where that is there."""
        return self if self.packed is None else replace(self, values=None)

    @property
    def nbytes(self) -> int:
        """What one product reads."""
        return self.scale.numel() * (GROUP // 2 + 4)


def int4_linear(x: Tensor, weight: Int4Weight, *, backend: Backend = "auto") -> Tensor:
    """x [M, K] · weightᵀ → [M, N] in x's dtype.

    ``packed`` is torch's CPU kernel (bfloat16 activations); ``reference`` dequantises first. ``auto`` takes
    ``packed`` where it runs. Raises ``ValueError`` for a backend that cannot run, with the reason.
    """
    fits = weight.packed is not None and x.dtype == torch.bfloat16 and not x.is_cuda
    if backend == "reference" or (backend == "auto" and not fits):
        if weight.values is None:
            raise ValueError("the reference needs the plain values; they were left out (Int4Weight.slim)")
        return int4_linear_reference(x, weight.values, weight.scale)
    if not fits:
        raise ValueError(
            "the packed int4 kernel needs bfloat16 on a CPU and rows in sixteens, "
            f"not {x.dtype} on {x.device}, {len(weight.scale)} rows"
        )
    return torch.ops.aten._weight_int4pack_mm_for_cpu(x, weight.packed, GROUP, weight.packed_scale)
