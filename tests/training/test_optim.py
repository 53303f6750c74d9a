"""The optimiser: Muon's updates are orthogonal, its other half is AdamW."""

import torch
from torch import nn

from octavo.training.optim import MuonAdamW, as_matrices, is_muon, orthogonalize


def test_orthogonalize_pushes_singular_values_towards_one():
    values = torch.linalg.svdvals(orthogonalize(torch.randn(3, 24, 40)))
    assert values.shape == (3, 24)
    assert values.min() > 0.5 and values.max() < 1.4  # the quintic iteration oscillates around 1


def test_tall_matrices_are_orthogonalised_too():
    values = torch.linalg.svdvals(orthogonalize(torch.randn(1, 40, 24))[0])
    assert values.min() > 0.5 and values.max() < 1.4


def test_fused_projections_are_taken_apart():
    assert as_matrices("blocks.0.attn.qkv.weight", torch.zeros(36, 12)).shape == (3, 12, 12)
    assert as_matrices("mlp.w_gate_up", torch.zeros(4, 20, 8)).shape == (8, 10, 8)
    assert as_matrices("seams.0.conv.weight", torch.zeros(6, 6, 3, 3)).shape == (1, 6, 54)


def test_embeddings_norms_and_routers_are_left_to_adamw():
    assert is_muon("lm.layers.0.attn.q_proj.weight", torch.zeros(2, 2))
    assert not is_muon("lm.embed_tokens.weight", torch.zeros(2, 2))
    assert not is_muon("lm.layers.1.mlp.router.weight", torch.zeros(2, 2))
    assert not is_muon("lm.norm.weight", torch.zeros(2))


def test_adamw_half_equals_torch():
    ours, theirs = nn.Parameter(torch.randn(5, 3)), None
    theirs = nn.Parameter(ours.detach().clone())
    optimizer = MuonAdamW([("embed", ours)], 1e-2, weight_decay=0.1, betas=(0.9, 0.95))
    reference = torch.optim.AdamW([theirs], 1e-2, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
    for _ in range(5):
        grad = torch.randn(5, 3)
        ours.grad, theirs.grad = grad.clone(), grad.clone()
        optimizer.step()
        reference.step()
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)


def test_muon_solves_a_least_squares_problem():
    weight, target, x = nn.Parameter(torch.zeros(8, 8)), torch.randn(8, 8), torch.randn(64, 8)
    optimizer = MuonAdamW([("w", weight)], 0.05, weight_decay=0.0)
    first = None
    for _ in range(200):
        loss = (x @ (weight - target).T).square().mean()
        first = first or loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.05 * first


def test_a_resumed_run_has_the_masters_that_were_saved():
    """In bfloat16 a master that is rounded would lose the small steps that it is there to keep."""
    torch.manual_seed(0)
    weight, norm = (
        nn.Parameter(torch.randn(8, 8, dtype=torch.bfloat16)),
        nn.Parameter(torch.ones(8).bfloat16()),
    )
    named = [("layer.weight", weight), ("norm.weight", norm)]
    one, two = MuonAdamW(named, lr=1e-3), MuonAdamW(named, lr=1e-3)
    for parameter in (weight, norm):
        parameter.grad = torch.randn_like(parameter)
    one.step()
    two.load_state_dict(one.state_dict())
    for parameter in (weight, norm):
        assert one.state[parameter].keys() == two.state[parameter].keys()
        for name, value in one.state[parameter].items():
            if isinstance(value, torch.Tensor):
                assert two.state[parameter][name].dtype == value.dtype == torch.float32
                assert torch.equal(two.state[parameter][name], value), name
