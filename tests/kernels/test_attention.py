"""Every attention backend against the float32 reference; and the ViT block against timm's own."""

import pytest
import torch
from timm.models.vision_transformer import Block

from octavo.kernels.attention import attention
from octavo.vision.encoder import TileBlock


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


def test_unknown_backend_raises_with_the_choices():
    with pytest.raises(ValueError, match="blocked"):
        attention(*make(), backend="fast")


def test_our_vit_block_is_timms_with_the_same_weights():
    theirs, ours = Block(64, 4, qkv_bias=True), TileBlock(64, 4, qkv_bias=True)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 9, 64)
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-5, rtol=1e-4)
