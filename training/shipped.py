"""Weights as they are shipped, for training to get used to (quantisation-aware training).

Rounding the experts to four bits after a run cost a point and a half of the questions in run 6. A run's last
part therefore computes with what the file will hold.
"""

from torch import Tensor

from ..language.quantize import dequantize_int4, dequantize_int8, quantize_int4, quantize_int8
from ..language.weights import scheme_of


def as_shipped(name: str, weight: Tensor) -> Tensor:
    """float32, what a reader of the shipped file gets for the parameter ``name``; the same shape."""
    scheme = scheme_of(name, weight)
    if scheme == "int4":
        return dequantize_int4(*quantize_int4(weight))
    return dequantize_int8(*quantize_int8(weight)) if scheme == "int8" else weight
