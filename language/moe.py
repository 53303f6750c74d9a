"""Feed-forward layers: dense SwiGLU, the ``Router``, and the mixture of experts.

Routing follows DeepSeek-V2 (softmax, greedy or group-limited) and DeepSeek-V3 (sigmoid, ``noaux_tc``):
selection uses score + bias, the weight of a chosen expert uses the score alone (V3 report §2.1.2).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.attention import Packing
from ..kernels.moe import Backend, moe_experts
from .config import MoEConfig


@dataclass(frozen=True)
class Routing:
    """``ids``, ``weights`` [T, K]; ``scores`` [T, E] before selection, float32."""

    ids: Tensor
    weights: Tensor
    scores: Tensor


class SwiGLU(nn.Module):
    """down(silu(gate(x)) * up(x)); gate and up are stacked in one weight."""

    def __init__(self, hidden_size: int, intermediate_size: int) -> None:
        super().__init__()
        self.gate_up_proj = nn.Linear(hidden_size, 2 * intermediate_size, bias=False)
        self.down_proj = nn.Linear(intermediate_size, hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        return self.down_proj(F.silu(gate) * up)


class Router(nn.Module):
    """Token → experts. ``bias`` steers selection under ``noaux_tc`` and is moved by :meth:`update_bias`."""

    def __init__(self, config: MoEConfig, hidden_size: int) -> None:
        super().__init__()
        self.config = config
        self.weight = nn.Parameter(torch.empty(config.num_routed, hidden_size))
        if config.selection == "noaux_tc":
            self.register_buffer("bias", torch.zeros(config.num_routed))

    def forward(self, x: Tensor, top_k: int | None = None) -> Routing:
        """x [T, H]. ``top_k`` below the config's is the quality/speed dial."""
        return self.route(self.logits(x), top_k)

    def logits(self, x: Tensor) -> Tensor:
        """x [T, H] → float32 [T, E]."""
        with torch.autocast(x.device.type, enabled=False):
            return F.linear(x.float(), self.weight.float())

    def route(self, logits: Tensor, top_k: int | None = None) -> Routing:
        """Logits [T, E] → the experts of each token; ``top_k`` as in :meth:`forward`."""
        c = self.config
        scores = logits.softmax(-1) if c.scoring == "softmax" else logits.sigmoid()
        ids = self.select(scores, top_k or c.top_k)
        weights = scores.gather(1, ids)
        if c.norm_top_k:
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-20)
        return Routing(ids, weights * c.scale, scores)

    def select(self, scores: Tensor, top_k: int) -> Tensor:
        """Expert ids [T, K] by the configured method."""
        c = self.config
        choice = scores + self.bias if c.selection == "noaux_tc" else scores
        if c.selection != "greedy" and c.num_groups > 1:
            groups = choice.unflatten(1, (c.num_groups, -1))
            if c.selection == "noaux_tc":
                group_scores = groups.topk(2, dim=-1).values.sum(-1)
            else:
                group_scores = groups.amax(-1)
            kept = group_scores.topk(c.top_k_groups, dim=-1).indices
            mask = torch.zeros_like(group_scores, dtype=torch.bool).scatter_(1, kept, True)
            choice = groups.masked_fill(~mask[..., None], float("-inf")).flatten(1)
        return choice.topk(top_k, dim=-1).indices

    def balance_loss(self, routing: Routing, packing: Packing | None = None) -> tuple[Tensor, Tensor]:
        """The auxiliary loss, and the load [E] over all tokens.

        The loss is that of the V2 paper §2.2.3, taken over every sequence of ``packing`` by itself and
        averaged (``seq_aux`` of the reference code): a page balanced by itself stays so whatever it is mixed
        with. None takes all tokens as one sequence. α is left to the caller. ``load`` is the share of
        assignments times E: 1 everywhere when balanced.
        """
        E = self.config.num_routed
        hits = (routing.ids[..., None] == torch.arange(E, device=routing.ids.device)).sum(1).float()  # [T, E]
        hits = hits * (E / routing.ids.shape[1])
        shares = routing.scores / routing.scores.sum(-1, keepdim=True)
        if packing is None:
            return (hits.detach().mean(0) * shares.mean(0)).sum(), hits.mean(0)
        lengths = packing.starts.diff()[:, None]
        by_sequence, shares = (
            part.new_zeros(len(lengths), E).index_add(0, packing.owner, part) / lengths
            for part in (hits, shares.float())
        )
        return (by_sequence.detach() * shares).sum(1).mean(), hits.mean(0)

    @torch.no_grad()
    def update_bias(self, load: Tensor, speed: float) -> None:
        """V3's auxiliary-loss-free step (§2.1.2): busy experts down, idle ones up, by a fixed ``speed``."""
        self.bias -= speed * torch.sign(load - load.mean())


class MoE(nn.Module):
    """Routed experts (stacked weights) plus shared ones that every token passes."""

    def __init__(self, config: MoEConfig, hidden_size: int) -> None:
        super().__init__()
        E, inner = config.num_routed, config.intermediate_size
        self.router = Router(config, hidden_size)
        self.w_gate_up = nn.Parameter(torch.empty(E, 2 * inner, hidden_size))
        self.w_down = nn.Parameter(torch.empty(E, hidden_size, inner))
        self.shared = SwiGLU(hidden_size, inner * config.num_shared) if config.num_shared else None
        self.backend: Backend = "auto"
        self.max_active_experts: int | None = None

    def forward(self, x: Tensor, packing: Packing | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """x [B, T, H] → (output, balance loss, load [E]); the last two are cheap and zero at inference."""
        flat = x.flatten(0, -2)
        routing = self.router(flat, self.max_active_experts)
        y = moe_experts(flat, self.w_gate_up, self.w_down, routing.ids, routing.weights, backend=self.backend)
        y = y.view_as(x)
        if self.shared is not None:
            y = y + self.shared(x)
        if self.training:
            return (y, *self.router.balance_loss(routing, packing))
        zero = x.new_zeros(())
        return y, zero, zero
