"""The router: every way of selecting, weighing and balancing."""

import pytest
import torch

from octavo.kernels.attention import Packing
from octavo.language.config import MoEConfig
from octavo.language.moe import MoE, Router


def router(**changes):
    torch.manual_seed(0)
    made = Router(MoEConfig(**{"num_routed": 8, "top_k": 2, **changes}), 16)
    torch.nn.init.normal_(made.weight)
    return made


def test_greedy_softmax_takes_the_largest_and_normalises():
    r, x = router(), torch.randn(5, 16)
    routing = r(x)
    probs = (x @ r.weight.T).softmax(-1)
    assert torch.equal(routing.ids, probs.topk(2).indices)
    torch.testing.assert_close(routing.weights.sum(-1), torch.ones(5))


def test_without_normalisation_weights_are_the_scores_times_scale():
    r, x = router(norm_top_k=False, scale=2.0), torch.randn(5, 16)
    torch.testing.assert_close(r(x).weights, 2 * (x @ r.weight.T).softmax(-1).topk(2).values)


def test_bias_moves_the_choice_but_not_the_weight():
    r, x = router(selection="noaux_tc", scoring="sigmoid", norm_top_k=False), torch.randn(5, 16)
    r.bias[3] = 10.0
    routing = r(x)
    assert (routing.ids == 3).any(1).all()
    scores = (x @ r.weight.T).sigmoid()
    torch.testing.assert_close(routing.weights, scores.gather(1, routing.ids))


@pytest.mark.parametrize("selection", ["group_limited_greedy", "noaux_tc"])
def test_groups_limit_the_choice(selection):
    r = router(selection=selection, num_groups=4, top_k_groups=1)
    groups = r(torch.randn(50, 16)).ids // 2
    assert (groups[:, 0] == groups[:, 1]).all()


def test_balance_loss_is_least_when_balanced_and_reports_the_load():
    r = router(num_routed=4, top_k=1)
    with torch.no_grad():
        r.weight.copy_(torch.eye(4, 16) * 20)
    even, skewed = torch.eye(4, 16), torch.eye(4, 16)[[0, 0, 0, 1]]
    loss_even, load_even = r.balance_loss(r(even))
    loss_skewed, load_skewed = r.balance_loss(r(skewed))
    torch.testing.assert_close(load_even, torch.ones(4))
    torch.testing.assert_close(load_skewed, torch.tensor([3.0, 1.0, 0.0, 0.0]))
    assert loss_even < 1.001 and loss_skewed > 2


def test_every_sequence_is_balanced_by_itself_and_weighs_the_same():
    r = router(num_routed=4, top_k=1)
    with torch.no_grad():
        r.weight.copy_(torch.eye(4, 16) * 20)
    one_sided = torch.eye(4, 16)[[0, 0, 1, 1, 2, 2, 3, 3]]  # together even, each half skewed
    loss_whole, _ = r.balance_loss(r(one_sided))
    loss_halves, load = r.balance_loss(r(one_sided), Packing.of(torch.tensor([4, 4]), 8, 4))
    torch.testing.assert_close(load, torch.ones(4))
    assert loss_whole < 1.001 and loss_halves > 1.9

    uneven = Packing.of(torch.tensor([5, 3]), 8, 5)
    loss, load = r.balance_loss(r(torch.eye(4, 16)[[0, 0, 1, 1, 2, 3, 3, 3]]), uneven)
    torch.testing.assert_close(load, torch.tensor([1.0, 1.0, 0.5, 1.5]))
    assert loss.item() == pytest.approx((4 * (0.4**2 + 0.4**2 + 0.2**2) + 4) / 2, rel=1e-3)


def test_bias_update_relieves_the_busy_expert():
    r = router(selection="noaux_tc", num_routed=4)
    r.update_bias(torch.tensor([3.0, 1.0, 0.0, 0.0]), speed=0.1)
    torch.testing.assert_close(r.bias, torch.tensor([-0.1, 0.0, 0.1, 0.1]))


def test_balance_loss_trains_a_skewed_router_even():
    r = router(num_routed=4, top_k=1)
    x = torch.randn(256, 16) + 2 * torch.ones(16)
    optimizer = torch.optim.Adam(r.parameters(), 0.05)
    before = r.balance_loss(r(x))[1].max()
    for _ in range(100):
        optimizer.zero_grad()
        r.balance_loss(r(x))[0].backward()
        optimizer.step()
    after = r.balance_loss(r(x))[1].max()
    assert before > 1.6 > after


def test_fewer_active_experts_is_a_dial():
    torch.manual_seed(0)
    moe = MoE(MoEConfig(num_routed=4, top_k=3, intermediate_size=8), 16).eval()
    for weight in moe.parameters():
        torch.nn.init.normal_(weight)
    x = torch.randn(1, 6, 16)
    full = moe(x)[0]
    moe.max_active_experts = 1
    assert not torch.allclose(moe(x)[0], full)
    assert moe.router(x[0], 1).ids.shape == (6, 1)
