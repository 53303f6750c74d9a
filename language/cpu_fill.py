"""A page into the cache on a CPU that multiplies bytes: a quick twin of ``LanguageModel.fill``.

Half of that time is matrix products. ``QuickFill`` holds its own int8 copies of their weights, rounds
activations to eight bits as they come (once for all experts that read them) and keeps the residual stream in
float32. Of what a feed-forward layer has inside every row has a scale of its own: those of the first tokens
are a hundred times as large as the others. ``LanguageModel.fill`` is its readable twin;
``tests/language/test_cpu_fill.py`` pins the two together.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..kernels.attention import attention
from ..kernels.int8_linear.dynamic import Bytes, DynamicLinear, runs_here
from ..kernels.moe.reference import ROW_STEP
from .attention import MLA, KVCache, Rope
from .cpu_decode import QuickDecoder
from .model import Block, LanguageModel
from .moe import MoE, SwiGLU

PART = 8 * ROW_STEP  # rows of the wide layers at once: the hidden rows of a whole page are 75 MB


@dataclass(frozen=True)
class _FeedForward:
    """SwiGLU."""

    gate_up: DynamicLinear
    down: DynamicLinear

    @classmethod
    def of(cls, gate_up: Tensor, down: Tensor) -> "_FeedForward":
        return cls(_linear(gate_up), _linear(down))

    def __call__(self, x: Bytes) -> tuple[Tensor, Tensor]:
        """x [N, D] → float32 rows [N, D], and what each has to be multiplied with [N, 1]."""
        gate, up = self.gate_up(x).chunk(2, dim=1)
        hidden, most = Bytes.by_rows(F.silu(gate).mul_(up))
        return self.down(hidden), most


class _Layer:
    """``w_in`` gives queries, latent and rotary key at once; ``w_kv`` keys, then values, of the latent."""

    def __init__(self, block: Block) -> None:
        attn = block.attn
        assert isinstance(attn, MLA)
        self.norms = block.attn_norm.weight.detach().float(), block.mlp_norm.weight.detach().float()
        self.latent_norm = attn.kv_a_norm.weight.detach().float()
        self.w_in = _linear(torch.cat([attn.q_proj.weight, attn.kv_a_proj.weight]))
        self.w_kv = _linear(torch.cat([attn.w_uk.flatten(0, 1), attn.w_uv.flatten(0, 1)]))
        self.w_out = _linear(attn.o_proj.weight)
        self.moe = block.mlp if isinstance(block.mlp, MoE) else None
        always = block.mlp if self.moe is None else self.moe.shared
        self.always: _FeedForward | None = None
        if isinstance(always, SwiGLU):
            self.always = _FeedForward.of(always.gate_up_proj.weight, always.down_proj.weight)
        self.experts: list[_FeedForward] = []
        if self.moe is not None:
            self.experts = list(map(_FeedForward.of, self.moe.w_gate_up, self.moe.w_down))


class QuickFill:
    """One sequence into an empty cache. Only for MLA without query compression, on a CPU."""

    def __init__(self, lm: LanguageModel) -> None:
        self.lm, self.config, self.eps = lm, lm.config.attention, lm.config.rms_eps
        self.dtype = lm.embed_tokens.weight.dtype
        self.layers = [_Layer(block) for block in lm.layers]

    def __reduce__(self) -> tuple[type["QuickFill"], tuple[LanguageModel]]:
        """Copied and sent as the model it is made from: what oneDNN packed cannot be."""
        return QuickFill, (self.lm,)

    @staticmethod
    def supports(lm: LanguageModel) -> bool:
        """Whether this path can stand in for ``lm.fill`` here."""
        return QuickDecoder.supports(lm) and runs_here()

    def still_stands(self) -> bool:
        """Whether the model is where it was, as it was: models are moved and converted."""
        weight = self.lm.embed_tokens.weight
        return weight.device.type == "cpu" and weight.dtype == self.dtype

    def __call__(self, embeds: Tensor, cache: KVCache, positions: Tensor | None = None) -> None:
        """embeds [1, T, D] → T rows of an empty cache; ``positions`` [1, T], 0 to T − 1 if None."""
        T = embeds.shape[1]
        if positions is None:
            positions = torch.arange(T)[None]
        # Whole steps of rows: oneDNN builds a kernel for every new number. No row sees those behind it.
        more = -T % ROW_STEP
        x = F.pad(embeds[0].float(), (0, 0, 0, more))
        rope = Rope.at(F.pad(positions, (0, more)), self.config.qk_rope_head_dim, self.config.rope_theta)
        last = len(self.layers) - 1
        for number, layer in enumerate(self.layers):
            q, rows = self._project(Bytes.of(self._normed(x, layer.norms[0])), layer, rope)
            cache.rows[number][0, cache.length : cache.length + T] = rows[:T]
            if number < last:  # of the last layer only its rows are wanted
                layer.w_out.add_to(x, Bytes.of(self._attend(q, rows, layer)))
                self._feed_forward(x, layer)
        cache.length += T

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, weight.shape, weight, self.eps)

    def _project(self, x: Bytes, layer: _Layer, rope: Rope) -> tuple[Tensor, Tensor]:
        """x [T, D] → queries [T, H, nope + rope] and cache rows [T, R + rope]."""
        c = self.config
        H, R, d = c.num_heads, c.kv_lora_rank, c.qk_rope_head_dim
        q, latent, key = layer.w_in(x).split([H * c.qk_head_dim, R, d], dim=1)
        q = q.unflatten(1, (H, -1))
        turned = rope.rotate(torch.cat([q[..., -d:], key[:, None]], 1)[None], interleaved=True)[0]
        q = torch.cat([q[..., :-d], turned[:, :H]], -1)
        rows = torch.cat([self._normed(latent, layer.latent_norm), turned[:, H]], -1)
        return q.to(self.dtype), rows.to(self.dtype)

    def _attend(self, q: Tensor, rows: Tensor, layer: _Layer) -> Tensor:
        """→ float32 [T, H × v]; see :meth:`MLA.naive`."""
        c = self.config
        latent, rotary = rows.split([c.kv_lora_rank, c.qk_rope_head_dim], dim=1)
        both = layer.w_kv(Bytes.of(latent.float()), dtype=self.dtype)
        k, v = both.split([c.num_heads * c.qk_nope_head_dim, c.num_heads * c.v_head_dim], dim=1)
        keys = [k.unflatten(1, (c.num_heads, -1)), rotary[:, None].expand(-1, c.num_heads, -1)]
        parts = q, torch.cat(keys, -1), v.unflatten(1, (c.num_heads, -1))
        out = attention(*(part.transpose(0, 1)[None] for part in parts), is_causal=True)
        return out[0].transpose(0, 1).flatten(1).float()

    def _feed_forward(self, x: Tensor, layer: _Layer) -> None:
        """Adds to x [T, D]."""
        normed = self._normed(x, layer.norms[1])
        own = Bytes.of(normed)
        if layer.always is not None:
            for start in range(0, len(x), PART):
                part = slice(start, start + PART)
                x[part].addcmul_(*layer.always(Bytes(own.values[part], own.scale, own.zero)))
        if layer.moe is None:
            return
        routing = layer.moe.router(normed, layer.moe.max_active_experts)
        for number, expert in enumerate(layer.experts):
            token, slot = (routing.ids == number).nonzero(as_tuple=True)
            if not len(token):
                continue
            values = own.values[F.pad(token, (0, -len(token) % ROW_STEP))]
            out, most = (part[: len(token)] for part in expert(Bytes(values, own.scale, own.zero)))
            x.index_add_(0, token, out.mul_(most.mul_(routing.weights[token, slot, None])))


def _linear(weight: Tensor) -> DynamicLinear:
    return DynamicLinear.of(weight, torch.zeros(len(weight)), 16 * ROW_STEP)
