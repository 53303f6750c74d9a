"""Weight-only quantisation of the shipped file: int8 rows and int4 groups, dequantised on load.

Symmetric round-to-nearest. int8 has one scale a row; int4 packs two values a byte with one scale for every
``GROUP`` inputs, the scale chosen from a few clip ratios by squared error.
"""

import torch
from torch import Tensor

GROUP = 64
_CLIPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)


def quantize_int8(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., N, K] → int8 of the same shape, float16 scales [..., N, 1]."""
    weight = weight.float()
    scale = (weight.abs().amax(-1, keepdim=True) / 127).clamp_min(1e-7).to(torch.float16)
    return (weight / scale.float()).round().clamp(-127, 127).to(torch.int8), scale


def dequantize_int8(values: Tensor, scale: Tensor) -> Tensor:
    """The float32 weight."""
    return values.float() * scale.float()


def quantize_int4(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., K] → uint8 [..., K/2] (low nibble first), float16 scales [..., K/GROUP].

    K must be divisible by ``GROUP``.
    """
    groups = weight.float().unflatten(-1, (-1, GROUP))
    peak = groups.abs().amax(-1, keepdim=True)
    best = torch.full_like(peak, float("inf"))
    chosen = torch.ones_like(peak)
    for clip in _CLIPS:
        scale = (peak * (clip / 7)).clamp_min(1e-7).to(torch.float16).float()
        error = ((groups / scale).round().clamp(-8, 7) * scale - groups).square().sum(-1, keepdim=True)
        better = error < best
        best, chosen = torch.where(better, error, best), torch.where(better, scale, chosen)
    values = ((groups / chosen).round().clamp(-8, 7) + 8).to(torch.uint8).flatten(-2)
    return values[..., ::2] | (values[..., 1::2] << 4), chosen.squeeze(-1).to(torch.float16)


def dequantize_int4(packed: Tensor, scale: Tensor) -> Tensor:
    """The float32 weight."""
    values = torch.stack([packed & 15, packed >> 4], dim=-1).flatten(-2).float() - 8
    return (values.unflatten(-1, (-1, GROUP)) * scale[..., None].float()).flatten(-2)
