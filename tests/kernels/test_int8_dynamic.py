"""Products of bytes against their float32 reference, and what eight bits cost."""

import pytest
import torch
import torch.nn.functional as F

from octavo.kernels.int8_linear.dynamic import (
    LEVELS,
    Bytes,
    DynamicLinear,
    dynamic_linear_reference,
    runs_here,
)

needs_vnni = pytest.mark.skipif(not runs_here(), reason="this processor does not multiply bytes (VNNI)")


def relative_rms(out, ref):
    return float((out.double() - ref.double()).norm() / ref.double().norm())


@pytest.mark.parametrize(
    "x",
    [
        torch.linspace(-3, 5, 999),
        torch.linspace(2, 5, 100),
        -torch.rand(50) - 1,
        torch.tensor([-0.17, 300.0]),
        torch.tensor([-1e4, 1e-4]),
    ],
)
def test_rounding_stays_within_half_a_step(x):
    rounded = Bytes.of(x)
    assert 0 <= rounded.zero <= LEVELS
    assert (rounded.floats() - x).abs().max() <= rounded.scale * 0.501


def test_nothing_but_zeros_stays_zero():
    assert torch.equal(Bytes.of(torch.zeros(3, 4)).floats(), torch.zeros(3, 4))


def test_the_reference_is_a_linear_layer_but_for_eight_bits():
    x, weight, bias = torch.randn(50, 96), torch.randn(64, 96), torch.randn(64)
    out = dynamic_linear_reference(Bytes.of(x), weight, bias)
    assert relative_rms(out, F.linear(x, weight, bias)) < 0.02


@needs_vnni
@pytest.mark.parametrize("gelu", [False, True])
@pytest.mark.parametrize("shape", [(576, 384, 1152), (7, 32, 48), (1, 64, 16)])
@pytest.mark.parametrize(("dtype", "limit"), [(torch.float32, 1e-5), (torch.bfloat16, 4e-3)])
def test_products_match_the_reference(gelu, shape, dtype, limit):
    rows, inputs, outputs = shape
    x = Bytes.of(torch.randn(rows, inputs) + 0.5)
    weight, bias = torch.randn(outputs, inputs), torch.randn(outputs)
    out = DynamicLinear.of(weight, bias, rows)(x, gelu=gelu, dtype=dtype)
    assert out.dtype == dtype
    assert relative_rms(out, dynamic_linear_reference(x, weight, bias, gelu=gelu)) < limit


@needs_vnni
def test_a_layer_is_added_to_a_total_in_place():
    x, weight, bias, total = (
        Bytes.of(torch.randn(9, 32)),
        torch.randn(24, 32),
        torch.randn(24),
        torch.ones(9, 24),
    )
    wanted = total + dynamic_linear_reference(x, weight, bias)
    DynamicLinear.of(weight, bias, 9).add_to(total, x)
    assert relative_rms(total, wanted) < 1e-5
