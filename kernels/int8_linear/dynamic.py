"""Linear layers over many rows on a CPU: weights in int8, activations rounded to eight bits as they come.

Where a processor multiplies bytes, a product takes half the time of one in bfloat16 (VNNI) or float32 (AVX2),
and oneDNN adds bias, GELU or a running total before the result leaves the registers. The reference beside it
says what is computed; ``tests/kernels/test_int8_dynamic.py`` pins the two together.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LEVELS = 254  # one less than a byte has: a rounded zero point cannot push the largest value over 255


@dataclass(frozen=True)
class Bytes:
    """x ≈ (values − zero) · scale with uint8 ``values``; zero itself is always one of the levels."""

    values: Tensor
    scale: float
    zero: int

    @classmethod
    def of(cls, x: Tensor) -> "Bytes":
        """One scale for all of a float32 tensor, from its smallest and largest value."""
        low, high = (edge.item() for edge in torch.aminmax(x))
        low, high = min(low, 0.0), max(high, 0.0)
        scale = max(high - low, 1e-20) / LEVELS
        zero = round(-low / scale)
        return cls(_rounded(torch.add(torch.tensor(zero - 128.0), x, alpha=1 / scale)), scale, zero)

    @classmethod
    def by_rows(cls, x: Tensor) -> tuple["Bytes", Tensor]:
        """x [M, K] float32 → bytes of its rows, each divided by its largest value, and those values [M, 1]:
        a row that is a hundred times as large as the others takes nothing from them."""
        most = x.abs().amax(1, keepdim=True).clamp_(min=1e-20)  # ten times as quick as the norm of that name
        zero = LEVELS // 2
        return cls(_rounded(torch.addcmul(torch.tensor(zero - 128.0), x, zero / most)), 1 / zero, zero), most

    def floats(self) -> Tensor:
        """What the bytes stand for, in float32."""
        return (self.values.float() - self.zero) * self.scale


def _rounded(centred: Tensor) -> Tensor:
    """float32 −128 to 127, which is lost → uint8, 128 more; by way of int8 and a flipped top bit, since torch
    converts to uint8 ten times as slowly."""
    return centred.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(128)


def quantize_weight(weight: Tensor) -> tuple[Tensor, Tensor]:
    """[N, K] → int8 of the same shape, float32 scales [N]; symmetric round-to-nearest.

    Seven bits of the eight where there is no VNNI: AVX2 adds two products at a time in sixteen bits, and
    2 · 255 · 127 would not fit those.
    """
    weight = weight.detach().float()
    scale = (weight.abs().amax(1) / (127 if _supported("vnni") else 63)).clamp_min(1e-10)
    return (weight / scale[:, None]).round().to(torch.int8), scale


def dynamic_linear_reference(x: Bytes, weight: Tensor, bias: Tensor, *, gelu: bool = False) -> Tensor:
    """The specification of :class:`DynamicLinear` for weight [N, K], bias [N]: float32 [M, N]."""
    values, scale = quantize_weight(weight)
    out = F.linear(x.floats(), values.float() * scale[:, None], bias.float())
    return F.gelu(out, approximate="tanh") if gelu else out


def _gelu(x: Tensor) -> Tensor:
    """GELU in its tanh form, in place of x. In AVX2 oneDNN's own and torch's take as long as the product
    before them, for the tanh; with a sigmoid in its place it is a third of that."""
    inner = torch.mul(x, x).mul_(0.044715).add_(1.0).mul_(x)
    return x.mul_(inner.mul_(2 * (2 / torch.pi) ** 0.5).sigmoid_())


def runs_here() -> bool:
    """Whether this processor and this torch have what :class:`DynamicLinear` needs."""
    has_kernel = hasattr(torch.ops.onednn, "qlinear_pointwise") and hasattr(
        torch.ops.onednn, "qlinear_prepack"
    )
    multiplies = _supported("vnni") or _supported("avx2")
    return bool(has_kernel and torch.backends.mkldnn.is_available() and multiplies)


def _supported(feature: str) -> bool:
    return bool(getattr(torch.cpu, f"_is_{feature}_supported", lambda: False)())


@dataclass(frozen=True)
class DynamicLinear:
    """One layer's weight in oneDNN's own order, scales and bias [N] in float32."""

    packed: Tensor
    scale: Tensor
    zeros: Tensor
    bias: Tensor

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor, rows: int) -> "DynamicLinear":
        """Quantise weight [N, K]; ``rows``: the number of rows that the order is chosen for."""
        values, scale = quantize_weight(weight)
        packed = torch.ops.onednn.qlinear_prepack(values, [rows, weight.shape[1]])
        zeros = torch.zeros(len(scale), dtype=torch.int32)
        return cls(packed, scale, zeros, bias.detach().float().clone())

    def __call__(self, x: Bytes, *, gelu: bool = False, dtype: torch.dtype = torch.float32) -> Tensor:
        """x [M, K] → [M, N], through GELU in its tanh form if asked."""
        fused = gelu and _supported("vnni")
        after = ("gelu", [], "tanh") if fused else ("none", [], "")
        out: Tensor = torch.ops.onednn.qlinear_pointwise(
            x.values, x.scale, x.zero, self.packed, self.scale, self.zeros, self.bias, 1.0, 0, dtype, *after
        )
        return _gelu(out) if gelu and not fused else out

    def add_to(self, total: Tensor, x: Bytes) -> None:
        """Adds the layer of x [M, K] to a float32 ``total`` [M, N], in place."""
        torch.ops.onednn.qlinear_pointwise.binary(
            *(x.values, x.scale, x.zero, self.packed, self.scale, self.zeros, total, self.bias),
            *(1.0, 0, torch.float32, 1.0, 0, "sum", 1.0, "none", [], ""),
        )
