"""The format of int4 groups and the product over them: dequantise, then multiply in float32."""

import torch
from torch import Tensor

GROUP = 64
# 0.875 = 7/8 finds the scale of weights again that were quantised before and whose extreme is −8
_CLIPS = (1.0, 0.95, 0.9, 0.875, 0.85, 0.8, 0.75, 0.7)


def quantize_groups(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., K] → uint8 values 0–15 of the same shape, float16 scales [..., K/GROUP].

    weight ≈ (value − 8) · scale. Symmetric round-to-nearest; of a few clip ratios a group keeps the one with
    the least squared error. Raises ``ValueError`` when K is not divisible by ``GROUP``.
    """
    if weight.shape[-1] % GROUP:
        raise ValueError(f"{weight.shape[-1]} inputs cannot be cut into groups of {GROUP}")
    values, scale = round_group(weight.unflatten(-1, (-1, GROUP)))
    return values.flatten(-2), scale.squeeze(-1)


def round_group(group: Tensor) -> tuple[Tensor, Tensor]:
    """Weights [..., n] of one scale each → uint8 values 0–15 [..., n], float16 scales [..., 1]."""
    group = group.float()
    peak = group.abs().amax(-1, keepdim=True)
    best = torch.full_like(peak, float("inf"))
    chosen = torch.ones_like(peak)
    for clip in _CLIPS:
        scale = (peak * (clip / 7)).clamp_min(1e-7).to(torch.float16).float()
        error = ((group / scale).round().clamp(-8, 7) * scale - group).square().sum(-1, keepdim=True)
        better = error < best
        best, chosen = torch.where(better, error, best), torch.where(better, scale, chosen)
    values = ((group / chosen).round().clamp(-8, 7) + 8).to(torch.uint8)
    return values, chosen.to(torch.float16)


def dequantize_groups(values: Tensor, scale: Tensor) -> Tensor:
    """The float32 weight."""
    groups = (values.float() - 8).unflatten(-1, (-1, GROUP))
    return (groups * scale[..., None].float()).flatten(-2)


def int4_linear_reference(x: Tensor, values: Tensor, scale: Tensor) -> Tensor:
    """See ``int4_linear``."""
    return (x.float() @ dequantize_groups(values, scale).T).to(x.dtype)
