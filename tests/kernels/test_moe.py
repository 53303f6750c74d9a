"""Every backend of the experts against the float32 reference; gradients too."""

import pytest
import torch

from octavo.kernels.moe import moe_experts


def make(T, E=4, K=2, H=64, inner=32, dtype=torch.float32, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(T, H, generator=g)
    w1, w2 = (
        torch.randn(E, 2 * inner, H, generator=g) * H**-0.5,
        torch.randn(E, H, inner, generator=g) * inner**-0.5,
    )
    ids = torch.stack([torch.randperm(E, generator=g)[:K] for _ in range(T)])
    weights = torch.rand(T, K, generator=g)
    return x.to(dtype), w1.to(dtype), w2.to(dtype), ids, weights


def relative_rms(out, ref):
    return float((out.double() - ref.double()).norm() / ref.double().norm())


@pytest.mark.parametrize("backend", ["grouped", "per_token"])
@pytest.mark.parametrize("T", [1, 7, 97])  # one token, fewer than experts × top-k, odd
def test_backends_match_the_reference_in_bfloat16(backend, T):
    args = make(T, dtype=torch.bfloat16)
    reference = moe_experts(*[a.float() if a.is_floating_point() else a for a in args], backend="reference")
    assert relative_rms(moe_experts(*args, backend=backend), reference) < 8e-3


@pytest.mark.parametrize("K", [1, 4])  # top-1; every expert
def test_reference_is_the_weighted_sum_of_experts(K):
    x, w1, w2, ids, weights = make(5, K=K)
    wanted = torch.zeros_like(x)
    for t in range(5):
        for k in range(K):
            gate, up = (w1[ids[t, k]] @ x[t]).chunk(2)
            wanted[t] += weights[t, k] * (w2[ids[t, k]] @ (torch.nn.functional.silu(gate) * up))
    assert relative_rms(moe_experts(x, w1, w2, ids, weights, backend="reference"), wanted) < 1e-5


def test_grouped_survives_empty_experts_and_one_that_takes_all():
    x, w1, w2, ids, weights = make(16, K=1, dtype=torch.bfloat16)
    ids = torch.full_like(ids, 2)
    reference = moe_experts(x.float(), w1.float(), w2.float(), ids, weights, backend="reference")
    assert relative_rms(moe_experts(x, w1, w2, ids, weights, backend="grouped"), reference) < 8e-3


def test_gradients_of_grouped_match_the_reference():
    grads = {}
    for backend in ("reference", "grouped"):
        x, w1, w2, ids, weights = make(33, dtype=torch.bfloat16)
        leaves = [t.requires_grad_() for t in (x, w1, w2, weights)]
        moe_experts(x, w1, w2, ids, weights, backend=backend).float().square().sum().backward()
        grads[backend] = [leaf.grad for leaf in leaves]
    for fast, slow in zip(grads["grouped"], grads["reference"], strict=True):
        assert relative_rms(fast, slow) < 2e-2


def test_unknown_backend_raises_with_the_choices():
    with pytest.raises(ValueError, match="grouped"):
        moe_experts(*make(2), backend="fast")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("T", [1, 97, 4096])
def test_grouped_matches_the_reference_on_a_gpu(T):
    args = [a.cuda() for a in make(T, E=8, H=512, inner=384, dtype=torch.bfloat16)]
    reference = moe_experts(*[a.float() if a.is_floating_point() else a for a in args], backend="reference")
    assert relative_rms(moe_experts(*args, backend="grouped"), reference) < 8e-3
