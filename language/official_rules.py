"""Which official tensor is which part of ours: one table, read in both directions.

Official names and layouts are those of ``deepseek-ai/DeepSeek-VL2`` (the language part is DeepSeek-V2's and
V3's). They keep every expert, and the gate and up projections, as tensors of their own; we stack them. They
keep ``kv_b_proj`` whole; we keep its two halves (see ``attention.MLA``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from .official_config import OfficialConfig

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """``ours`` matches one of our names; ``official`` are the tensors that it is made of.

    ``{0}``, ``{1}`` stand for the match's groups. ``rows``: the official tensors one below the other; names
    with ``{expert}`` stand for a leading dimension of ours. ``keys``, ``values``: that half of ``kv_b_proj``.
    """

    ours: str
    official: tuple[str, ...]
    layout: Literal["rows", "keys", "values"] = "rows"


_LAYER, _OFFICIAL_LAYER = r"lm\.layers\.(\d+)\.", "language.model.layers.{0}."
_ATTN, _MLP = _OFFICIAL_LAYER + "self_attn.", _OFFICIAL_LAYER + "mlp."
RULES = (
    Rule(r"vision\.encoder\.vit\.(.+)", ("vision.{0}",)),  # a fork of timm's ViT: the same names
    Rule(r"vision\.projector\.layers\.(.+)", ("projector.layers.{0}",)),
    Rule(r"vision\.newline", ("image_newline",)),
    Rule(r"vision\.separator", ("view_seperator",)),  # so spelt in the checkpoints
    Rule(r"lm\.embed_tokens\.weight", ("language.model.embed_tokens.weight",)),
    Rule(r"lm\.norm\.weight", ("language.model.norm.weight",)),
    Rule(r"lm\.lm_head\.weight", ("language.lm_head.weight",)),
    Rule(_LAYER + r"attn_norm\.weight", (_OFFICIAL_LAYER + "input_layernorm.weight",)),
    Rule(_LAYER + r"mlp_norm\.weight", (_OFFICIAL_LAYER + "post_attention_layernorm.weight",)),
    Rule(_LAYER + r"attn\.(q_proj|k_proj|v_proj|o_proj|q_a_proj|q_b_proj)\.weight", (_ATTN + "{1}.weight",)),
    Rule(_LAYER + r"attn\.(q_a|kv_a)_norm\.weight", (_ATTN + "{1}_layernorm.weight",)),
    Rule(_LAYER + r"attn\.kv_a_proj\.weight", (_ATTN + "kv_a_proj_with_mqa.weight",)),
    Rule(_LAYER + r"attn\.w_uk", (_ATTN + "kv_b_proj.weight",), "keys"),
    Rule(_LAYER + r"attn\.w_uv", (_ATTN + "kv_b_proj.weight",), "values"),
    Rule(_LAYER + r"mlp\.gate_up_proj\.weight", (_MLP + "gate_proj.weight", _MLP + "up_proj.weight")),
    Rule(_LAYER + r"mlp\.down_proj\.weight", (_MLP + "down_proj.weight",)),
    Rule(_LAYER + r"mlp\.router\.weight", (_MLP + "gate.weight",)),
    Rule(_LAYER + r"mlp\.router\.bias", (_MLP + "gate.e_score_correction_bias",)),
    Rule(
        _LAYER + r"mlp\.w_gate_up",
        (_MLP + "experts.{expert}.gate_proj.weight", _MLP + "experts.{expert}.up_proj.weight"),
    ),
    Rule(_LAYER + r"mlp\.w_down", (_MLP + "experts.{expert}.down_proj.weight",)),
    Rule(
        _LAYER + r"mlp\.shared\.gate_up_proj\.weight",
        (_MLP + "shared_experts.gate_proj.weight", _MLP + "shared_experts.up_proj.weight"),
    ),
    Rule(_LAYER + r"mlp\.shared\.down_proj\.weight", (_MLP + "shared_experts.down_proj.weight",)),
)


@dataclass(frozen=True)
class Part:
    """``ours[index]`` is ``official.view(view)[take]``."""

    ours: str
    index: tuple[int | slice, ...]
    view: Shape
    take: tuple[slice, ...] = ()

    def of_ours(self, state: Mapping[str, Tensor]) -> Tensor:
        """The view of our tensor that this part fills."""
        return state[self.ours][self.index]

    def of_official(self, tensor: Tensor) -> Tensor:
        """The view of the official tensor that this part is."""
        return tensor.view(self.view)[self.take]


@dataclass(frozen=True)
class Piece:
    """An official tensor: its ``shape``, and what it is to us."""

    shape: Shape
    parts: tuple[Part, ...]


def plan(shapes: Mapping[str, Shape], *, text_only: bool) -> dict[str, Piece]:
    """Official name → piece, for a model whose state has these ``shapes``.

    ``text_only``: our names without ``lm.``, the official ones without ``language.``. Raises ``ValueError``
    with the list of our tensors that no official name exists for.
    """
    if text_only:
        whole = plan({f"lm.{name}": shape for name, shape in shapes.items()}, text_only=False)
        return {name.removeprefix("language."): _bare(piece) for name, piece in whole.items()}
    pieces: dict[str, Piece] = {}
    nameless = []
    for ours in shapes:
        for rule in RULES:
            if match := re.fullmatch(rule.ours, ours):
                for name, piece in _expand(rule, match.groups(), ours, shapes):
                    known = pieces[name].parts if name in pieces else ()
                    pieces[name] = Piece(piece.shape, known + piece.parts)
                break
        else:
            nameless.append(ours)
    if nameless:
        raise ValueError(f"no official name for {len(nameless)} tensors: {', '.join(sorted(nameless)[:20])}")
    return pieces


def _expand(
    rule: Rule, groups: tuple[str, ...], ours: str, shapes: Mapping[str, Shape]
) -> Iterator[tuple[str, Piece]]:
    """All (official name, piece) that one of our tensors is made of."""
    shape = shapes[ours]
    if rule.layout != "rows":
        layer = ours.rpartition(".")[0]
        (heads, nope, rank), (_, value, _) = shapes[f"{layer}.w_uk"], shapes[f"{layer}.w_uv"]
        of_head = slice(0, nope) if rule.layout == "keys" else slice(nope, nope + value)
        part = Part(ours, (), (heads, nope + value, rank), (slice(None), of_head))
        yield rule.official[0].format(*groups), Piece((heads * (nope + value), rank), (part,))
        return
    stacked = "{expert}" in rule.official[0]
    own = shape[1:] if stacked else shape
    count = len(rule.official)
    for expert in range(shape[0] if stacked else 1):
        for place, template in enumerate(rule.official):
            piece_shape = (own[0] // count, *own[1:]) if count > 1 else own
            index: tuple[int | slice, ...] = (expert,) if stacked else ()
            if count > 1:
                index += (slice(place * piece_shape[0], (place + 1) * piece_shape[0]),)
            name = template.format(*groups, expert=expert)
            yield name, Piece(piece_shape, (Part(ours, index, piece_shape),))


def _bare(piece: Piece) -> Piece:
    parts = (Part(part.ours.removeprefix("lm."), part.index, part.view, part.take) for part in piece.parts)
    return Piece(piece.shape, tuple(parts))


def unused(config: OfficialConfig) -> re.Pattern[str]:
    """Official tensors that this model does not use: they are skipped by name, and by no other reason.

    The ViT's pooling head (VL2 reads patches, ``ignore_head``), rotary tables (computed), the output matrix
    where it is the embedding, and multi-token-prediction layers behind the last one.
    """
    names = [r"vision\.attn_pool\..+", r".+\.rotary_emb\.inv_freq"]
    if config.language.tie_embeddings:
        names.append(r"(language\.)?lm_head\.weight")
    first = config.language.num_layers
    names += [rf"model\.layers\.{layer}\..+" for layer in range(first, first + config.extra_layers)]
    return re.compile("|".join(names))
