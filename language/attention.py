"""Attention: multi-head (MHA) and multi-head latent (MLA, DeepSeek-V2 paper §2.1), each with a row cache.

MLA has two forms over one set of weights. ``naive`` expands keys and values from the latent (training,
prefill); ``absorbed`` folds the expansions into queries and outputs and attends over the latent itself
(decoding). A test pins one to the other. Shapes: B batch, T new tokens, S all tokens, H heads, R latent rank.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.attention import Packing, attention
from .config import AttentionConfig, YarnConfig


@dataclass(frozen=True)
class Rope:
    """Rotary tables ``cos``, ``sin`` [T, d/2] or [B, T, d/2], float32."""

    cos: Tensor
    sin: Tensor

    @classmethod
    def at(cls, positions: Tensor, dim: int, theta: float, yarn: YarnConfig | None = None) -> "Rope":
        """Tables for integer ``positions`` [T] or [B, T]; ``yarn`` with a factor above 1 stretches them."""
        inverse = theta ** (-torch.arange(0, dim, 2, device=positions.device, dtype=torch.float32) / dim)
        if yarn is None or yarn.factor <= 1:
            angles = positions[..., None].float() * inverse
            return cls(angles.cos(), angles.sin())
        angles = positions[..., None].float() * (inverse * stretch(yarn, dim, theta).to(positions.device))
        return cls(angles.cos() * yarn.table_scale, angles.sin() * yarn.table_scale)

    def to(self, device: torch.device | str, non_blocking: bool = False) -> "Rope":
        """The tables on another device: a model spread over several moves what its layers are given."""
        return Rope(*(table.to(device, non_blocking=non_blocking) for table in (self.cos, self.sin)))

    def rotate(self, x: Tensor, *, interleaved: bool) -> Tensor:
        """x [B, T, H, d]: pairs are neighbours (DeepSeek MLA) or the two halves (Llama-style MHA)."""
        cos, sin = self.cos.unsqueeze(-2), self.sin.unsqueeze(-2)  # [.., T, 1, d/2]
        if interleaved:
            a, b = x.float().unflatten(-1, (-1, 2)).unbind(-1)
            return torch.stack([a * cos - b * sin, b * cos + a * sin], dim=-1).flatten(-2).to(x.dtype)
        a, b = x.float().chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1).to(x.dtype)


def stretch(yarn: YarnConfig, dim: int, theta: float) -> Tensor:
    """What YaRN multiplies each of the dim/2 frequencies by: 1 for fast ones, 1/factor for slow ones.

    Between the two, a ramp over the pairs that turn ``beta_fast`` to ``beta_slow`` times within the original
    positions; its ends are rounded outwards, as DeepSeek-V2 does.
    """

    def pair(turns: float) -> float:
        return dim * math.log(yarn.original_positions / (turns * 2 * math.pi)) / (2 * math.log(theta))

    first = max(math.floor(pair(yarn.beta_fast)), 0)
    last = min(math.ceil(pair(yarn.beta_slow)), dim - 1)
    slow = ((torch.arange(dim // 2) - first) / max(last - first, 0.001)).clamp(0, 1)
    return 1 - slow + slow / yarn.factor


class KVCache:
    """One row per token and layer: MLA keeps latent + rotary key, MHA keeps key + value.

    ``rows[layer]`` [B, capacity, row_dim]. ``length`` tokens are valid; setting it back rewinds the cache,
    which is how one page serves many questions. ``skipped``: positions before the next token that have no
    row, since nothing is there.
    """

    def __init__(self, num_layers: int, batch: int, capacity: int, row_dim: int, like: Tensor) -> None:
        self.rows = [like.new_zeros(batch, capacity, row_dim) for _ in range(num_layers)]
        self.length, self.skipped = 0, 0

    @property
    def position(self) -> int:
        """Of the next token."""
        return self.length + self.skipped

    @property
    def capacity(self) -> int:
        return self.rows[0].shape[1]

    def reserve(self, capacity: int) -> None:
        """Grow to at least ``capacity`` rows; what is there is kept."""
        if capacity > self.capacity:
            self._resize(capacity)

    def cut(self, length: int, capacity: int) -> None:
        """Go back to ``length`` tokens and at most ``capacity`` rows: the room for a reply is not kept."""
        self.length = length
        if capacity < self.capacity:
            self._resize(capacity)

    def _resize(self, capacity: int) -> None:
        for i, old in enumerate(self.rows):  # layer by layer: never twice the cache at once
            new = old.new_zeros(old.shape[0], capacity, old.shape[2])
            new[:, : self.length] = old[:, : self.length]
            self.rows[i] = new

    def append(self, layer: int, rows: Tensor) -> Tensor:
        """Writes rows [B, T, D] behind the valid ones and returns all [B, length + T, D]."""
        end = self.length + rows.shape[1]
        if end > self.capacity:
            raise ValueError(f"KV cache of {self.capacity} rows is full: {end} needed")
        self.rows[layer][:, self.length : end] = rows
        return self.rows[layer][:, :end]


@dataclass(frozen=True)
class CacheSlot:
    """One layer's share of a cache: a block need not know its own number (one compiled graph for all)."""

    cache: KVCache
    layer: int

    @property
    def length(self) -> int:
        return self.cache.length

    def append(self, rows: Tensor) -> Tensor:
        """See :meth:`KVCache.append`."""
        return self.cache.append(self.layer, rows)


def causal_mask(T: int, S: int, device: torch.device, key_mask: Tensor | None) -> Tensor | None:
    """True = may attend; [T, S], or [B, 1, T, S] with a key mask [B, S].

    ``None`` when one token sees everything.
    """
    if T == 1:
        return None if key_mask is None else key_mask[:, None, None, :]
    causal = torch.ones(T, S, dtype=torch.bool, device=device).tril(S - T)
    return causal if key_mask is None else causal & key_mask[:, None, None, :]


class MHA(nn.Module):
    """Multi-head attention with rotary positions on the whole head (Llama's form, as in VL2-tiny)."""

    def __init__(self, config: AttentionConfig, hidden_size: int, rms_eps: float) -> None:
        super().__init__()
        self.config = config
        H = config.num_heads
        self.q_proj = nn.Linear(hidden_size, H * config.qk_head_dim, bias=False)
        self.k_proj = nn.Linear(hidden_size, H * config.qk_head_dim, bias=False)
        self.v_proj = nn.Linear(hidden_size, H * config.v_head_dim, bias=False)
        self.o_proj = nn.Linear(H * config.v_head_dim, hidden_size, bias=False)

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        slot: CacheSlot | None = None,
        key_mask: Tensor | None = None,
        packing: Packing | None = None,
    ) -> Tensor:
        """x [B, T, D] → [B, T, D]."""
        c, T = self.config, x.shape[1]
        q = rope.rotate(self.q_proj(x).unflatten(-1, (c.num_heads, -1)), interleaved=False)
        rows = self.rows(x, rope)
        if slot is not None:
            rows = slot.append(rows)
        k, v = rows.split([c.num_heads * c.qk_head_dim, c.num_heads * c.v_head_dim], dim=-1)
        k, v = k.unflatten(-1, (c.num_heads, -1)), v.unflatten(-1, (c.num_heads, -1))
        mask = (
            causal_mask(T, k.shape[1], x.device, key_mask)
            if k.shape[1] != T or key_mask is not None
            else None
        )
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        if mask is None:
            out = attention(q, k, v, is_causal=T > 1, packing=packing)
        else:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.o_proj(out.transpose(1, 2).flatten(2))

    def rows(self, x: Tensor, rope: Rope) -> Tensor:
        """x [B, T, D] → cache rows [B, T, H × (qk + v)]."""
        k = rope.rotate(self.k_proj(x).unflatten(-1, (self.config.num_heads, -1)), interleaved=False)
        return torch.cat([k.flatten(2), self.v_proj(x)], dim=-1)


class MLA(nn.Module):
    """Multi-head latent attention.

    ``w_uk`` [H, nope, R] and ``w_uv`` [H, v, R] are the halves of ``kv_b_proj``.
    """

    def __init__(self, config: AttentionConfig, hidden_size: int, rms_eps: float) -> None:
        super().__init__()
        self.config = config
        H, R = config.num_heads, config.kv_lora_rank
        if config.q_lora_rank is None:
            self.q_proj = nn.Linear(hidden_size, H * config.qk_head_dim, bias=False)
        else:
            self.q_a_proj = nn.Linear(hidden_size, config.q_lora_rank, bias=False)
            self.q_a_norm = nn.RMSNorm(config.q_lora_rank, eps=rms_eps)
            self.q_b_proj = nn.Linear(config.q_lora_rank, H * config.qk_head_dim, bias=False)
        self.kv_a_proj = nn.Linear(hidden_size, R + config.qk_rope_head_dim, bias=False)
        self.kv_a_norm = nn.RMSNorm(R, eps=rms_eps)
        self.w_uk = nn.Parameter(torch.empty(H, config.qk_nope_head_dim, R))
        self.w_uv = nn.Parameter(torch.empty(H, config.v_head_dim, R))
        self.o_proj = nn.Linear(H * config.v_head_dim, hidden_size, bias=False)

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        slot: CacheSlot | None = None,
        key_mask: Tensor | None = None,
        packing: Packing | None = None,
    ) -> Tensor:
        """x [B, T, D] → [B, T, D]. With tokens in the cache the absorbed form runs, else the naive one."""
        q_nope, q_rope, rows = self.project(x, rope)
        past = slot.length if slot is not None else 0
        if slot is not None:
            rows = slot.append(rows)
        if past == 0 and key_mask is None:
            out = self.naive(q_nope, q_rope, rows, packing)
        else:
            out = self.absorbed(q_nope, q_rope, rows, key_mask)
        return self.o_proj(out.flatten(2))

    def project(self, x: Tensor, rope: Rope) -> tuple[Tensor, Tensor, Tensor]:
        """→ q_nope [B, T, H, nope], q_rope [B, T, H, rope], cache rows [B, T, R + rope]."""
        c = self.config
        q = self.q_proj(x) if c.q_lora_rank is None else self.q_b_proj(self.q_a_norm(self.q_a_proj(x)))
        if c.yarn.factor > 1:
            q = q * c.yarn.softmax_scale  # here, so that both forms keep the plain 1/sqrt(d)
        q_nope, q_rope = q.unflatten(-1, (c.num_heads, -1)).split(
            [c.qk_nope_head_dim, c.qk_rope_head_dim], -1
        )
        return q_nope, rope.rotate(q_rope, interleaved=True), self.rows(x, rope)

    def rows(self, x: Tensor, rope: Rope) -> Tensor:
        """x [B, T, D] → cache rows [B, T, R + rope]."""
        c = self.config
        latent, k_rope = self.kv_a_proj(x).split([c.kv_lora_rank, c.qk_rope_head_dim], dim=-1)
        k_rope = rope.rotate(k_rope.unsqueeze(2), interleaved=True).squeeze(2)
        return torch.cat([self.kv_a_norm(latent).to(k_rope.dtype), k_rope], dim=-1)

    def naive(self, q_nope: Tensor, q_rope: Tensor, rows: Tensor, packing: Packing | None = None) -> Tensor:
        """Causal attention over expanded keys and values; as many queries as rows. → [B, T, H, v]."""
        c = self.config
        latent, k_rope = rows.split([c.kv_lora_rank, c.qk_rope_head_dim], dim=-1)
        k_nope = F.linear(latent, self.w_uk.flatten(0, 1)).unflatten(-1, (c.num_heads, -1))
        v = F.linear(latent, self.w_uv.flatten(0, 1)).unflatten(-1, (c.num_heads, -1))
        k = torch.cat([k_nope, k_rope.unsqueeze(2).expand(-1, -1, c.num_heads, -1)], dim=-1)
        q = torch.cat([q_nope, q_rope], dim=-1)
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        out = attention(q, k, v, is_causal=True, packing=packing)
        return out.transpose(1, 2)

    def absorbed(
        self, q_nope: Tensor, q_rope: Tensor, rows: Tensor, key_mask: Tensor | None = None
    ) -> Tensor:
        """Attention over the latent rows [B, S, R + rope] themselves; T queries are the last T rows."""
        c, T = self.config, q_nope.shape[1]
        q_latent = torch.einsum("bthn,hnr->bhtr", q_nope, self.w_uk.to(q_nope.dtype))
        q = torch.cat([q_latent, q_rope.transpose(1, 2)], dim=-1)  # [B, H, T, R + rope]
        scores = q.flatten(1, 2) @ rows.transpose(1, 2)  # [B, H*T, S]: every head sees the same keys
        scores = scores.float().unflatten(1, (c.num_heads, T)) * c.qk_head_dim**-0.5
        mask = causal_mask(T, rows.shape[1], rows.device, key_mask)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        probs = scores.softmax(dim=-1).to(rows.dtype).flatten(1, 2)
        out = (probs @ rows[..., : c.kv_lora_rank]).unflatten(1, (c.num_heads, T))  # [B, H, T, R]
        return torch.einsum("bhtr,hvr->bthv", out, self.w_uv.to(out.dtype))
