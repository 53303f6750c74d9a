"""Every attention backend against the float32 reference."""

import pytest
import torch

from octavo.kernels.attention import Packing, attention


def relative_rms(out, ref):
    return float((out.double() - ref.double()).norm() / ref.double().norm())


def make(B=2, H=3, T=70, D=16, E=16, dtype=torch.float32):
    return [torch.randn(B, H, T, d).to(dtype) for d in (D, D, E)]


@pytest.mark.parametrize("backend", ["fused", "blocked"])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("T", [1, 70, 600])  # one token; less than a block; more than a block of either kind
@pytest.mark.parametrize(("dtype", "limit"), [(torch.float32, 1e-5), (torch.bfloat16, 8e-3)])
def test_backends_match_the_reference(backend, is_causal, T, dtype, limit):
    q, k, v = make(T=T, dtype=dtype)
    wanted = attention(q.float(), k.float(), v.float(), is_causal=is_causal, backend="reference")
    assert relative_rms(attention(q, k, v, is_causal=is_causal, backend=backend), wanted) < limit


def test_values_may_be_wider_than_keys():
    q, k, v = make(E=24)
    assert attention(q, k, v, backend="blocked").shape == (2, 3, 70, 24)


@pytest.mark.parametrize("is_causal", [False, True])
def test_packed_sequences_see_themselves_alone(is_causal):
    counts = torch.tensor([5, 1, 40])
    packing = Packing.of(counts, 46, 40)
    assert packing.starts.tolist() == [0, 5, 6, 46] and packing.owner.bincount().tolist() == counts.tolist()
    q, k, v = make(B=1, T=46)
    found = attention(q, k, v, is_causal=is_causal, packing=packing)
    for first, end in ((0, 5), (5, 6), (6, 46)):
        alone = (part[:, :, first:end] for part in (q, k, v))
        wanted = attention(*alone, is_causal=is_causal, backend="reference")
        assert relative_rms(found[:, :, first:end], wanted) < 1e-5


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("is_causal", [False, True])
def test_packed_on_a_gpu_is_the_reference_and_so_are_its_gradients(is_causal):
    packing = Packing.of(torch.tensor([16, 576, 208, 1, 333], device="cuda"), 1134, 576)
    qkv = torch.randn(1, 1134, 3, 6, 64, device="cuda", dtype=torch.bfloat16)
    found = []
    for backend in ("auto", "reference"):
        own = qkv.clone().requires_grad_()
        out = attention(*own.permute(2, 0, 3, 1, 4), is_causal=is_causal, packing=packing, backend=backend)
        out.float().square().sum().backward()
        found.append((out, own.grad))
    for ours, wanted in zip(*found, strict=True):
        assert relative_rms(ours, wanted) < 1e-2


def test_unknown_backend_raises_with_the_choices():
    with pytest.raises(ValueError, match="blocked"):
        attention(*make(), backend="fast")
