"""Linear layers over int8 weight rows: for decoding, where reading the weights is all the cost."""

from typing import Literal

import torch
from torch import Tensor

from .reference import int8_linear_reference

Backend = Literal["auto", "reference", "packed"]


def int8_linear(x: Tensor, values: Tensor, scale: Tensor, *, backend: Backend = "auto") -> Tensor:
    """x [M, K] · (values [N, K] int8 × scale [N])ᵀ → [M, N] in x's dtype.

    ``packed`` is torch's CPU kernel (bfloat16 activations); ``reference`` dequantises first. ``auto`` takes
    ``packed`` where it runs. Raises ``ValueError`` for a backend that cannot run, with the reason.
    """
    fits = not x.is_cuda and x.dtype == torch.bfloat16 and hasattr(torch, "_weight_int8pack_mm")
    if backend == "reference" or (backend == "auto" and not fits):
        return int8_linear_reference(x, values, scale)
    if not fits:
        raise ValueError(f"the packed int8 kernel needs bfloat16 on a CPU, not {x.dtype} on {x.device}")
    return torch._weight_int8pack_mm(x, values, scale)
