"""The specification: dequantise, then multiply in float32."""

import torch
from torch import Tensor


def int8_linear_reference(x: Tensor, values: Tensor, scale: Tensor) -> Tensor:
    """See ``int8_linear``."""
    weight = values.float() * scale[:, None].float()
    return (x.float() @ weight.T).to(x.dtype)


def quantize_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[..., N, K] → int8 of the same shape and bfloat16 scales [..., N], symmetric round-to-nearest."""
    weight = weight.float()
    scale = (weight.abs().amax(-1) / 127).clamp_min(1e-7).to(torch.bfloat16)
    return (weight / scale[..., None].float()).round().clamp(-127, 127).to(torch.int8), scale
