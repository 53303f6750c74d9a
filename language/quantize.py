"""Weight-only quantisation of the shipped file: int8 rows and int4 groups, dequantised on load.

int8 has one scale a row; int4 packs two values a byte, with one scale for every ``GROUP`` inputs.
"""

import torch
from torch import Tensor

from ..kernels.int4_linear.reference import GROUP as GROUP
from ..kernels.int4_linear.reference import dequantize_groups, quantize_groups


def quantize_int8(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., N, K] → int8 of the same shape, float16 scales [..., N, 1]; symmetric round-to-nearest."""
    weight = weight.float()
    scale = (weight.abs().amax(-1, keepdim=True) / 127).clamp_min(1e-7).to(torch.float16)
    return (weight / scale.float()).round().clamp(-127, 127).to(torch.int8), scale


def dequantize_int8(values: Tensor, scale: Tensor) -> Tensor:
    """The float32 weight."""
    return values.float() * scale.float()


def quantize_int4(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., K], K divisible by ``GROUP`` → uint8 [..., K/2], low nibble first; scales [..., K/GROUP]."""
    return pack_int4(*quantize_groups(weight))


def pack_int4(values: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """Values 0–15 [..., K] → two a byte [..., K/2], low nibble first; the scales as they are."""
    return values[..., ::2] | (values[..., 1::2] << 4), scale


def dequantize_int4(packed: Tensor, scale: Tensor) -> Tensor:
    """The float32 weight."""
    return dequantize_groups(torch.stack([packed & 15, packed >> 4], dim=-1).flatten(-2), scale)
