"""The decoder: pre-norm blocks of attention and feed-forward (dense first, then mixture of experts)."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.attention import Packing
from .attention import MHA, MLA, CacheSlot, KVCache, Rope
from .config import LanguageConfig
from .moe import MoE, SwiGLU


@dataclass(frozen=True)
class Hidden:
    """``states`` [B, T, D] after the final norm, and what the MoE layers report.

    ``balance_loss`` is summed over the MoE layers; ``loads`` [L, E] has one row for each.
    """

    states: Tensor
    balance_loss: Tensor
    loads: Tensor | None = None


class Block(nn.Module):
    def __init__(self, config: LanguageConfig, layer: int) -> None:
        super().__init__()
        self.attn_norm = nn.RMSNorm(config.hidden_size, eps=config.rms_eps)
        attention = MLA if config.attention.kind == "mla" else MHA
        self.attn = attention(config.attention, config.hidden_size, config.rms_eps)
        self.mlp_norm = nn.RMSNorm(config.hidden_size, eps=config.rms_eps)
        self.is_moe = layer >= config.moe.first_dense and config.moe.num_routed > 0
        self.mlp: nn.Module
        if self.is_moe:
            self.mlp = MoE(config.moe, config.hidden_size)
        else:
            self.mlp = SwiGLU(config.hidden_size, config.intermediate_size)

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        slot: CacheSlot | None = None,
        key_mask: Tensor | None = None,
        packing: Packing | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """→ (x, balance loss, load); the last two are zeros for a dense block."""
        x = x + self.attn(self.attn_norm(x), rope, slot, key_mask, packing)
        if self.is_moe:
            y, loss, load = self.mlp(self.mlp_norm(x), packing)
            return x + y, loss, load
        zero = x.new_zeros(())
        return x + self.mlp(self.mlp_norm(x)), zero, zero


class LanguageModel(nn.Module):
    """Token embeddings in, hidden states out; ``logits`` is separate: only needed positions pay for it."""

    def __init__(self, config: LanguageConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Block(config, i) for i in range(config.num_layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_eps)
        self.lm_head: nn.Linear | None = None
        if not config.tie_embeddings:
            self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)

    def new_cache(self, batch: int, capacity: int) -> KVCache:
        """An empty cache in the weights' dtype."""
        c = self.config
        return KVCache(c.num_layers, batch, capacity, c.attention.row_dim, self.embed_tokens.weight.detach())

    def forward(
        self,
        embeds: Tensor,
        cache: KVCache | None = None,
        positions: Tensor | None = None,
        key_mask: Tensor | None = None,
        packing: Packing | None = None,
    ) -> Hidden:
        """Run embeds [B, T, D] through all layers.

        ``positions`` [T] or [B, T] default to what follows the cache; ``key_mask`` [B, S];
        ``packing``: sequences one behind the other, B = 1 and no cache.
        """
        T = embeds.shape[1]
        rope, x, losses, loads = self._rope(embeds, cache, positions), embeds, [], []
        for layer, block in enumerate(self.layers):
            slot = CacheSlot(cache, layer) if cache is not None else None
            x, loss, load = block(x, rope, slot, key_mask, packing)
            if self.training and block.is_moe:
                losses.append(loss)
                loads.append(load)
        if cache is not None:
            cache.length += T
        total = torch.stack(losses).sum() if losses else x.new_zeros(())
        return Hidden(self.norm(x), total, torch.stack(loads) if loads else None)

    def fill(self, embeds: Tensor, cache: KVCache, positions: Tensor | None = None) -> None:
        """What :meth:`forward` leaves in the cache, and nothing else: of the last layer only its rows."""
        rope, x, last = self._rope(embeds, cache, positions), embeds, len(self.layers) - 1
        for layer, block in enumerate(self.layers[:last]):
            x, _, _ = block(x, rope, CacheSlot(cache, layer))
        block = self.layers[last]
        assert isinstance(block, Block)
        CacheSlot(cache, last).append(block.attn.rows(block.attn_norm(x), rope))
        cache.length += embeds.shape[1]

    def _rope(self, embeds: Tensor, cache: KVCache | None, positions: Tensor | None) -> Rope:
        if positions is None:
            past = cache.position if cache is not None else 0
            positions = torch.arange(past, past + embeds.shape[1], device=embeds.device)
        a = self.config.attention
        dim = a.qk_rope_head_dim if a.kind == "mla" else a.qk_head_dim
        return Rope.at(positions, dim, a.rope_theta, a.yarn)

    def logits(self, states: Tensor) -> Tensor:
        """[..., D] → [..., vocab]."""
        weight = self.embed_tokens.weight if self.lm_head is None else self.lm_head.weight
        return F.linear(states, weight)
