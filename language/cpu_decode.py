"""Decoding a few tokens on a CPU: weights in int8 and int4, arithmetic in as few operations as it takes.

A token reads every active weight once, so bytes are time, and at this size every call of an operation is
time too. ``QuickDecoder`` therefore holds its own small copies (experts in int4, as they are shipped,
everything else in int8), folds MLA's up-projections into their neighbours (``absorbed`` form: queries
straight from the hidden state to the latent space, outputs straight back) and runs each block as a flat list
of calls. Several tokens at once, drafted ones or a question, share them; every kernel here gives a row the
same bits whatever rows are beside it, so a draft changes nothing but time.
``LanguageModel.forward`` is its readable twin; prefill keeps using that one.
``tests/language/test_cpu_decode.py`` pins the two together.
"""

import math
from collections import Counter
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..kernels.int4_linear import Int4Weight, int4_linear
from ..kernels.int4_linear.reference import GROUP
from ..kernels.int8_linear import int8_linear
from ..kernels.int8_linear.reference import quantize_rows
from .attention import MLA, KVCache
from .model import Block, LanguageModel
from .moe import MoE, SwiGLU
from .threads import ThreadTuner

ROW_STEP = 64
Matrix = tuple[Tensor, Tensor]  # int8 values [N, K], bfloat16 scales [N]


@dataclass(frozen=True)
class _Expert:
    """SwiGLU of a routed expert in int4, the form in which experts are shipped."""

    gate_up: Int4Weight
    down: Int4Weight

    @property
    def nbytes(self) -> int:
        return self.gate_up.nbytes + self.down.nbytes

    def widened(self, x: Tensor) -> Tensor:
        """x [n, D] → gates and what they let through, [n, 2 × hidden]."""
        return int4_linear(x, self.gate_up)

    def back(self, hidden: Tensor) -> Tensor:
        """[n, hidden] → [n, D]."""
        return int4_linear(hidden, self.down)


@dataclass(frozen=True)
class _FeedForward:
    """SwiGLU in int8."""

    gate_up: Matrix
    down: Matrix

    @property
    def nbytes(self) -> int:
        return _bytes(self.gate_up) + _bytes(self.down)

    def widened(self, x: Tensor) -> Tensor:
        """See :class:`_Expert`."""
        return int8_linear(x, *self.gate_up)

    def back(self, hidden: Tensor) -> Tensor:
        """See :class:`_Expert`."""
        return int8_linear(hidden, *self.down)

    def __call__(self, x: Tensor) -> Tensor:
        return self.back(_gated(self.widened(x)))


@dataclass(frozen=True)
class _Layer:
    """``w_in`` gives, in this order: latent queries (heads × R), rotary queries, rotary key, latent."""

    attn_norm: Tensor
    kv_norm: Tensor
    mlp_norm: Tensor
    w_in: Matrix
    w_out: Matrix
    always: _FeedForward | None  # the dense layer, or the shared experts
    experts: tuple[_Expert | _FeedForward, ...]
    moe: MoE | None
    router: Tensor  # float32 [experts, D]


class QuickDecoder:
    """One sequence, a few tokens at a time. Only for MLA without query compression, on a CPU."""

    def __init__(self, lm: LanguageModel) -> None:
        config = lm.config
        self.threads = ThreadTuner()
        self.attention, self.eps, self.hidden = config.attention, config.rms_eps, config.hidden_size
        self.layers = [_prepare(block) for block in lm.layers]
        self.norm = lm.norm.weight.detach().float()
        self.embed = lm.embed_tokens.weight.detach()
        self.head = quantize_rows(self.embed if lm.lm_head is None else lm.lm_head.weight.detach())
        dim = self.attention.qk_rope_head_dim
        inverse = self.attention.rope_theta ** (-torch.arange(0, dim, 2, dtype=torch.float32) / dim)
        angles = torch.arange(config.max_positions, dtype=torch.float32)[:, None] * inverse
        self.rope = torch.polar(torch.ones_like(angles), angles)  # complex [positions, rope/2]
        self.zero = torch.zeros(())

    @staticmethod
    def supports(lm: LanguageModel) -> bool:
        """Whether this path can stand in for ``lm``."""
        weight, attention = lm.embed_tokens.weight, lm.config.attention
        return (
            attention.kind == "mla"
            and attention.q_lora_rank is None
            and attention.yarn.factor <= 1
            and weight.device.type == "cpu"
            and weight.dtype in (torch.bfloat16, torch.float32)
        )

    def active_bytes(self) -> int:
        """Bytes of weights that one token reads; of the routed experts, the chosen ones."""
        total = _bytes(self.head)
        for layer in self.layers:
            total += _bytes(layer.w_in) + _bytes(layer.w_out)
            total += layer.always.nbytes if layer.always is not None else 0
            if layer.moe is not None:
                total += layer.moe.router.weight.nbytes
                total += layer.moe.router.config.top_k * layer.experts[0].nbytes
        return total

    def step(self, token: int, cache: KVCache) -> Tensor:
        """Feed one token behind what the cache (batch of one) holds → logits [vocab] for the next.

        Raises ``ValueError`` when the cache is full.
        """
        return self.feed([token], cache)[0]

    def feed(self, tokens: list[int], cache: KVCache, wanted: int | None = None) -> Tensor:
        """Feed tokens behind what the cache (batch of one) holds → logits [k, vocab] for what follows each of
        the last ``wanted``, or of all.

        They are, bit for bit, those of as many steps, if the last token is within :meth:`spare` of the first.
        Raises ``ValueError`` when the cache has no room.
        """
        if cache.length + len(tokens) > cache.capacity:
            raise ValueError(
                f"KV cache of {cache.capacity} rows is full: {cache.length} taken, {len(tokens)} to come"
            )
        last = len(tokens) if wanted is None else wanted
        return self.threads.run(lambda: self._feed(tokens, cache, last), is_alike=len(tokens) == 1)

    def spare(self, cache: KVCache, taken: int) -> int:
        """How many tokens may be fed behind ``taken`` ones so that all see no more rows of the cache than
        these alone: where there are more to be added up, even zeros, the sums are made in another order.
        """
        return -(cache.length + taken) % ROW_STEP

    def _feed(self, tokens: list[int], cache: KVCache, wanted: int) -> Tensor:
        x = self.embed[tokens].float()
        # Whole steps of rows: oneDNN builds a kernel for every new shape, which takes ten times its run.
        # At the end of the cache: what is there.
        seen = min(-(-(cache.length + len(tokens)) // ROW_STEP) * ROW_STEP, cache.capacity)
        unseen = torch.ones(len(tokens), seen - cache.length, dtype=torch.bool).triu_(1)
        unseen = unseen.repeat_interleave(self.attention.num_heads, 0)
        for number, layer in enumerate(self.layers):
            normed = self._normed(x, layer.attn_norm).bfloat16()
            x += self._attend(normed, layer, cache.rows[number][0, :seen], unseen, cache.position)
            if layer is self.layers[-1]:
                x = x[-wanted:]  # the others have left their rows
            x += self._feed_forward(self._normed(x, layer.mlp_norm).bfloat16(), layer)
        cache.length += len(tokens)
        return int8_linear(self._normed(x, self.norm).bfloat16(), *self.head)

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        """RMS norm of float32 rows [k, D]; a dot product is the quickest sum of squares."""
        width = len(weight)
        scales = [(torch.dot(row, row).item() / width + self.eps) ** -0.5 for row in x.unbind()]
        if len(scales) == 1:  # one call, and no number that torch has to make a tensor of
            return torch.addcmul(self.zero, x, weight, value=scales[0])
        return (x * torch.tensor(scales)[:, None]).mul_(weight)

    def _attend(self, x: Tensor, layer: _Layer, rows: Tensor, unseen: Tensor, position: int) -> Tensor:
        """x [k, D], cache rows [S, R + rope] → [k, D].

        ``unseen`` bool [k × H, n]: which of the last n rows a token does not see, heads innermost; the first
        of these is that of the first token, whose place is ``position``.
        """
        a, k, start = self.attention, len(x), len(rows) - unseen.shape[1]
        H, R, d = a.num_heads, a.kv_lora_rank, a.qk_rope_head_dim
        latent_q, rotary, latent = int8_linear(x, *layer.w_in).split([H * R, (H + 1) * d, R], dim=1)
        turns = self.rope.narrow(0, position, k).unsqueeze(1)
        pairs = torch.view_as_complex(rotary.float().view(k, H + 1, d // 2, 2)) * turns
        rotated = torch.view_as_real(pairs).flatten(2).to(rows.dtype)  # [k, H + 1, rope]
        own_rows = rows.narrow(0, start, k)
        own_rows.narrow(1, 0, R).copy_(self._normed(latent.float(), layer.kv_norm))
        own_rows.narrow(1, R, d).copy_(rotated.select(1, H))
        q = torch.cat([latent_q.view(k, H, R), rotated.narrow(1, 0, H)], dim=2).view(k * H, R + d)
        scores = torch.mm(q.to(rows.dtype), rows.t())
        scores.narrow(1, start, unseen.shape[1]).masked_fill_(unseen, float("-inf"))
        probs = scores.softmax(-1)  # sums in float32 inside
        out = torch.mm(probs, rows.narrow(1, 0, R)).view(k, H * R)
        return int8_linear(out.to(torch.bfloat16), *layer.w_out)

    def _feed_forward(self, x: Tensor, layer: _Layer) -> Tensor:
        """x [k, D] → float32 [k, D]; tokens of one expert go through it together."""
        out = layer.always(x).float() if layer.always is not None else torch.zeros(len(x), self.hidden)
        if layer.moe is None:
            return out
        # row by row: one of many is on some processors summed up in another order than one alone
        logits = torch.stack([torch.mv(layer.router, row) for row in x.float().unbind()])
        chosen = _chosen(logits, layer.moe)
        if len(x) == 1:  # the same sums without sorting rows
            own = [layer.experts[expert] for expert, _ in chosen[0]]
            wide = _gated(torch.cat([expert.widened(x) for expert in own]))
            for expert, part, (_, weight) in zip(own, wide.split(1), chosen[0], strict=True):
                out.add_(expert.back(part), alpha=weight)
            return out
        members = sorted(
            (expert, row, weight) for row, pairs in enumerate(chosen) for expert, weight in pairs
        )
        counts = Counter(expert for expert, _, _ in members)  # in the order of experts
        experts = [layer.experts[expert] for expert in counts]
        own = x[[row for _, row, _ in members]].split(list(counts.values()))
        # what is done to each number by itself is done once for all experts
        wide = _gated(torch.cat([expert.widened(part) for expert, part in zip(experts, own, strict=True)]))
        own = wide.split(list(counts.values()))
        found = torch.cat([expert.back(part) for expert, part in zip(experts, own, strict=True)]).float()
        weights = torch.tensor([weight for _, _, weight in members])[:, None]
        # for all tokens the first of their experts, then the next
        order = sorted(range(len(members)), key=lambda place: members[place][1])
        for turn in torch.tensor(order).view(len(x), -1).unbind(1):
            out.addcmul_(found[turn], weights[turn])
        return out


def _gated(wide: Tensor) -> Tensor:
    """Gates and what they let through [n, 2 × hidden] → [n, hidden]."""
    gate, up = wide.chunk(2, dim=-1)
    return F.silu(gate).mul_(up)


def _chosen(logits: Tensor, moe: MoE) -> list[list[tuple[int, float]]]:
    """Router logits [k, experts] → experts and weights of each row, in the order of experts.

    What the shipped models do, a softmax of a few numbers, is a tenth of the time in plain Python.
    """
    c, count = moe.router.config, moe.max_active_experts or moe.router.config.top_k
    if c.scoring != "softmax" or c.selection != "greedy":
        routing = moe.router.route(logits, count)
        rows = zip(routing.ids.tolist(), routing.weights.tolist(), strict=True)
        return [sorted(zip(ids, weights, strict=True)) for ids, weights in rows]
    found = []
    for row in logits.tolist():
        most = max(row)
        parts = [math.exp(logit - most) for logit in row]
        ids = sorted(sorted(range(len(row)), key=row.__getitem__)[-count:])
        total = sum(parts[expert] for expert in ids) if c.norm_top_k else sum(parts)
        found.append([(expert, parts[expert] / total * c.scale) for expert in ids])
    return found


def _bytes(matrix: Matrix) -> int:
    return sum(part.nbytes for part in matrix)


def _prepare(block: Block) -> _Layer:
    attn = block.attn
    assert isinstance(attn, MLA)
    moe = block.mlp if isinstance(block.mlp, MoE) else None
    always = moe.shared if moe is not None else block.mlp
    experts: tuple[_Expert | _FeedForward, ...] = ()
    if moe is not None:
        experts = tuple(map(_expert, moe.w_gate_up.detach(), moe.w_down.detach()))
    return _Layer(
        block.attn_norm.weight.detach().float(),
        attn.kv_a_norm.weight.detach().float(),
        block.mlp_norm.weight.detach().float(),
        quantize_rows(_fold_in(attn)),
        quantize_rows(_fold_out(attn)),
        _swiglu(always) if isinstance(always, SwiGLU) else None,
        experts,
        moe,
        torch.empty(0) if moe is None else moe.router.weight.detach().float(),
    )


def _expert(gate_up: Tensor, down: Tensor) -> _Expert | _FeedForward:
    """int4 where the widths allow it."""
    if gate_up.shape[1] % GROUP or down.shape[1] % GROUP:
        return _FeedForward(quantize_rows(gate_up), quantize_rows(down))
    return _Expert(Int4Weight.of(gate_up).slim(), Int4Weight.of(down).slim())


def _swiglu(module: SwiGLU) -> _FeedForward:
    weights = module.gate_up_proj.weight.detach(), module.down_proj.weight.detach()
    return _FeedForward(*map(quantize_rows, weights))


def _fold_in(attn: MLA) -> Tensor:
    """One matrix for all that attention makes of the hidden state; the softmax scale is folded in too."""
    c = attn.config
    q = attn.q_proj.weight.detach().float().unflatten(0, (c.num_heads, c.qk_head_dim))
    q = q * c.qk_head_dim**-0.5
    nope, rope = q.split([c.qk_nope_head_dim, c.qk_rope_head_dim], dim=1)
    latent_q = torch.einsum("hnr,hnd->hrd", attn.w_uk.detach().float(), nope)
    latent, k_rope = attn.kv_a_proj.weight.detach().float().split([c.kv_lora_rank, c.qk_rope_head_dim])
    return torch.cat([latent_q.flatten(0, 1), rope.flatten(0, 1), k_rope, latent])


def _fold_out(attn: MLA) -> Tensor:
    """From the heads' latent outputs [H × R] back to the hidden state."""
    c = attn.config
    out = attn.o_proj.weight.detach().float().unflatten(1, (c.num_heads, c.v_head_dim))
    return torch.einsum("dhv,hvr->dhr", out, attn.w_uv.detach().float()).flatten(1)
