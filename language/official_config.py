"""The ``config.json`` of official DeepSeek checkpoints → our configuration.

DeepSeek-VL2 (``model_type`` ``deepseek_vl_v2``: tiny, small, base) and text-only DeepSeek-V2 and V3
(``deepseek_v2``, ``deepseek_v3``). The files omit most keys: what they leave out is the default of the class
that reads them in ``deepseek-ai/DeepSeek-VL2`` (``configuration_deepseek.py``,
``modeling_deepseek_vl_v2.py``) and in ``transformers`` (``DeepseekV3Config``). A key that is neither used nor
known to be without effect on inference is an error: a model that is almost right answers nonsense fluently.
"""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .config import PRESETS, AttentionConfig, LanguageConfig, ModelConfig, MoEConfig, YarnConfig

CONFIG = "config.json"
VISION_LANGUAGE = "deepseek_vl_v2"
TEXT_ONLY = ("deepseek_v2", "deepseek_v3")

# Keys without effect on inference here: names of classes, token ids (the tokenizer knows them), training.
_NO_EFFECT = frozenset(
    "architectures auto_map model_type torch_dtype dtype transformers_version use_cache initializer_range "
    "attention_dropout aux_loss_alpha seq_aux ep_size pretraining_tp output_router_logits lm_head rm_head "
    "bos_token_id eos_token_id pad_token_id image_token_id head_dim qk_head_dim".split()
)
_VISION_NO_EFFECT = _NO_EFFECT | frozenset(
    "model_name global_pool use_checkpoint weight_init deterministic num_recomputing_layers".split()
)
_V3_DEFAULTS: dict[str, Any] = {
    "vocab_size": 129_280,
    "hidden_size": 7168,
    "intermediate_size": 18_432,
    "moe_intermediate_size": 2048,
    "num_hidden_layers": 61,
    "num_attention_heads": 128,
    "n_shared_experts": 1,
    "n_routed_experts": 256,
    "routed_scaling_factor": 2.5,
    "n_group": 8,
    "topk_group": 4,
    "num_experts_per_tok": 8,
    "first_k_dense_replace": 3,
    "norm_topk_prob": True,
    "scoring_func": "sigmoid",
    "topk_method": "noaux_tc",
    "max_position_embeddings": 4096,
}


@dataclass(frozen=True)
class OfficialConfig:
    """What a config.json says. ``model`` is None for a text-only checkpoint.

    ``extra_layers``: multi-token-prediction layers behind the last one, which are stored and not used.
    """

    language: LanguageConfig
    model: ModelConfig | None
    extra_layers: int = 0


class _Section:
    """One object of the file. Look-ups note what is wrong instead of stopping at the first fault."""

    def __init__(self, data: Any, where: str, problems: list[str]) -> None:
        if not isinstance(data, dict):
            problems.append(f"{where or 'the file'} is not an object")
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.where, self.problems, self.seen = where, problems, {"model_type"}

    def get(self, key: str, default: Any) -> Any:
        """The value as it stands, or the class default."""
        self.seen.add(key)
        return self.data.get(key, default)

    def wrong(self, key: str, value: Any, wanted: str) -> None:
        """Note a value that will not do."""
        place = f"{self.where}.{key}" if self.where else key
        self.problems.append(f"{place} is {_brief(value)}, expected {wanted}")

    def integer(self, key: str, default: int | None, minimum: int = 1) -> int:
        """A whole number; ``null`` counts as 0."""
        value = self.get(key, default)
        value = 0 if value is None else value
        if type(value) is not int or value < minimum:
            self.wrong(key, value, f"a whole number of at least {minimum}")
            return max(minimum, 1)
        return value

    def number(self, key: str, default: float) -> float:
        """A finite number that is not negative."""
        value = self.get(key, default)
        if type(value) not in (int, float) or not 0 <= value < math.inf:
            self.wrong(key, value, "a number")
            return default
        return float(value)

    def one_of(self, key: str, default: Any, *allowed: Any) -> Any:
        """A value out of a few; the first stands for one that will not do."""
        value = self.get(key, default)
        if not any(type(value) is type(choice) and value == choice for choice in allowed):
            self.wrong(key, value, " or ".join(map(repr, allowed)))
            return allowed[0]
        return value

    def finish(self, no_effect: frozenset[str]) -> None:
        """Note every key that nobody asked for."""
        for key in sorted(self.data.keys() - self.seen - no_effect):
            if not key.startswith("_"):
                place = f"{self.where}.{key}" if self.where else key
                self.problems.append(f"unknown key {place} ({_brief(self.data[key])})")


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def model_type(folder: Path) -> str:
    """``model_type`` of the folder's config.json; empty where there is none to read."""
    try:
        data = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(data.get("model_type", "")) if isinstance(data, dict) else ""


def is_official(folder: Path) -> bool:
    """Whether a folder holds a DeepSeek-VL2 checkpoint in its official form."""
    return model_type(folder) == VISION_LANGUAGE


def read_official(folder: Path) -> OfficialConfig:
    """The configuration of an official checkpoint's folder.

    Raises ``ValueError`` with the list of values and keys that are not supported, ``FileNotFoundError``
    without a config.json.
    """
    file = folder / CONFIG
    if not file.is_file():
        raise FileNotFoundError(f"the model folder {folder} has no {CONFIG}")
    try:
        data = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON ({error}); fetch it again") from error
    problems: list[str] = []
    config = parse(data, problems)
    if problems:
        listed = "; ".join(problems)
        raise ValueError(
            f"{file} describes a model that is not supported ({len(problems)} problems): {listed}"
        )
    return config


def parse(data: Any, problems: list[str]) -> OfficialConfig:
    """A config.json's content; what is wrong with it is appended to ``problems``."""
    top = _Section(data, "", problems)
    kind = top.one_of("model_type", None, VISION_LANGUAGE, *TEXT_ONLY)
    if kind != VISION_LANGUAGE:
        extra = top.integer("num_nextn_predict_layers", top.get("num_mtp_layers", 0), 0)
        return OfficialConfig(_language(top, kind), None, extra)
    section = _Section(top.get("language_config", None), "language_config", problems)
    language = _language(section, "deepseek_v2")
    model = _model(top, language)
    top.one_of("tie_word_embeddings", False, False)
    top.finish(_NO_EFFECT)
    same = [name for name, preset in PRESETS.items() if replace(preset, name=model.name) == model]
    return OfficialConfig(language, replace(model, name=same[0]) if same else model)


def _model(top: _Section, language: LanguageConfig) -> ModelConfig:
    """The vision side, on top of what all three sizes have in common."""
    vision = _Section(top.get("vision_config", {}), "vision_config", top.problems)
    width = vision.integer("width", 1024)
    size = vision.integer("image_size", 384)
    encoder = replace(
        PRESETS["vl2"].vision.encoder,
        image_size=size,
        patch_size=vision.integer("patch_size", 16),
        width=width,
        depth=vision.integer("layers", 24),
        num_heads=vision.integer("heads", 16),
        mlp_hidden=int(width * vision.number("mlp_ratio", 4)),
    )
    if width % encoder.num_heads:
        vision.wrong("heads", encoder.num_heads, f"a divisor of width {width}")
    vision.one_of("class_token", False, False)
    vision.one_of("ignore_head", True, True)
    vision.one_of("num_classes", 0, 0)
    vision.finish(_VISION_NO_EFFECT)

    part = _Section(top.get("projector_config", {}), "projector_config", top.problems)
    projector = replace(
        PRESETS["vl2"].vision.projector,
        downsample=part.integer("downsample_ratio", 2),
        depth=max(part.integer("depth", 2), 2),  # the class builds two layers for 1 as well
    )
    part.one_of("projector_type", "downsample_mlp_gelu", "downsample_mlp_gelu")
    part.one_of("input_dim", 1152, width)
    part.one_of("n_embed", 2048, language.hidden_size)
    part.one_of("mlp_ratio", 1, 1)
    part.one_of("token_pooling", False, False)
    part.finish(_NO_EFFECT)

    top.one_of("tile_tag", "tile_tag", "2D")
    top.one_of("global_view_pos", "head", "head")
    tiling = replace(PRESETS["vl2"].vision.tiling, tile_size=size, max_tiles=_max_tiles(top, size))
    preset = replace(PRESETS["vl2"].vision, encoder=encoder, projector=projector, tiling=tiling)
    return ModelConfig("deepseek-vl2", preset, language)


def _max_tiles(top: _Section, size: int) -> int:
    """``candidate_resolutions`` are all canvases (width, height) of at most so many tiles."""
    value = top.get("candidate_resolutions", [[384, 384]])
    try:
        found = {(int(width), int(height)) for width, height in value}
        most = max(width * height for width, height in found) // size**2
    except (TypeError, ValueError, OverflowError):
        found, most = set(), 1
    if most > len(found):  # there is a canvas for every number of tiles, at least
        found, most = set(), 1
    tiles = range(1, most + 1)
    if found != {(a * size, b * size) for a in tiles for b in tiles if a * b <= most}:
        top.wrong("candidate_resolutions", value, f"all canvases of up to n tiles of {size} px")
    return most


def _language(section: _Section, kind: str) -> LanguageConfig:
    """The language model; ``kind`` chooses the class whose defaults fill the gaps."""
    v3 = _V3_DEFAULTS if kind == "deepseek_v3" else {}
    hidden = section.integer("hidden_size", v3.get("hidden_size", 4096))
    config = LanguageConfig(
        vocab_size=section.integer("vocab_size", v3.get("vocab_size", 102_400)),
        hidden_size=hidden,
        num_layers=section.integer("num_hidden_layers", v3.get("num_hidden_layers", 30)),
        intermediate_size=section.integer("intermediate_size", v3.get("intermediate_size", 11_008)),
        attention=_attention(section, hidden, v3),
        moe=_moe(section, v3),
        rms_eps=section.number("rms_norm_eps", 1e-6),
        max_positions=section.integer("max_position_embeddings", v3.get("max_position_embeddings", 2048)),
        tie_embeddings=section.one_of("tie_word_embeddings", False, False, True),
    )
    section.one_of("attention_bias", False, False)
    section.one_of("mlp_bias", False, False)
    section.one_of("hidden_act", "silu", "silu")
    section.one_of("moe_layer_freq", 1, 1)
    section.one_of("rope_interleave", True, True)
    section.one_of("model_type", kind, kind)
    section.finish(_NO_EFFECT)
    return config


def _attention(section: _Section, hidden: int, v3: dict[str, Any]) -> AttentionConfig:
    heads = section.integer("num_attention_heads", v3.get("num_attention_heads", 32))
    # V2's class default of 32 is for its 32 heads; MLA has no separate key heads and never reads the number
    key_heads = section.get("num_key_value_heads", heads)
    mla = section.one_of("use_mla", True, True, False)
    names = ("kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
    theta, yarn = _rope(section)
    if mla:
        query = section.get("q_lora_rank", 1536)
        rank, nope, rope, value = (
            section.integer(name, default) for name, default in zip(names, (512, 128, 64, 128), strict=True)
        )
        if query is not None:
            query = section.integer("q_lora_rank", 1536)
        return AttentionConfig("mla", heads, query, rank, nope, rope, value, theta, yarn)
    for name in (*names, "q_lora_rank"):
        section.get(name, None)  # left over: 0 or null in tiny's file
    if key_heads not in (None, heads):
        section.wrong("num_key_value_heads", key_heads, f"one for each of the {heads} heads")
    if hidden % heads:
        section.wrong("num_attention_heads", heads, f"a divisor of hidden_size {hidden}")
    if yarn.factor > 1:
        section.wrong("rope_scaling", yarn.factor, "none beside use_mla false")
    return AttentionConfig("mha", heads, None, 0, 0, hidden // heads, hidden // heads, theta, yarn)


def _rope(section: _Section) -> tuple[float, YarnConfig]:
    """Base and stretching, from ``rope_theta`` + ``rope_scaling`` or Transformers 5's ``rope_parameters``."""
    theta = section.number("rope_theta", 10_000.0)
    scaling, newer = section.get("rope_scaling", None), section.get("rope_parameters", None)
    data = newer if newer is not None else scaling
    if data is None:
        return theta, YarnConfig()
    where = "rope_parameters" if newer is not None else "rope_scaling"
    rope = _Section(data, f"{section.where}.{where}" if section.where else where, section.problems)
    kind = rope.get("rope_type", rope.get("type", "default"))
    theta = rope.number("rope_theta", theta)
    yarn = YarnConfig()
    if kind == "yarn":
        yarn = YarnConfig(
            rope.number("factor", 1.0),
            rope.integer("original_max_position_embeddings", 4096),
            rope.number("beta_fast", 32.0),
            rope.number("beta_slow", 1.0),
            rope.number("mscale", 1.0),
            rope.number("mscale_all_dim", 0.0),
        )
    elif kind != "default":
        rope.wrong("type", kind, "'yarn' or none")
    rope.finish(frozenset())
    return theta, yarn


def _moe(section: _Section, v3: dict[str, Any]) -> MoEConfig:
    routed = section.integer("n_routed_experts", v3.get("n_routed_experts"), 0)
    shared = section.integer("n_shared_experts", v3.get("n_shared_experts"), 0)
    top_k = section.integer("num_experts_per_tok", v3.get("num_experts_per_tok"), 1 if routed else 0)
    groups = max(section.integer("n_group", v3.get("n_group"), 0), 1)  # null and 1 both mean: not grouped
    kept = max(section.integer("topk_group", v3.get("topk_group"), 0), 1)
    method = section.one_of(
        "topk_method", v3.get("topk_method", "gready"), "greedy", "group_limited_greedy", "noaux_tc", "gready"
    )
    method = "greedy" if method == "gready" else method  # the class default is spelt so
    normalised = section.one_of("norm_topk_prob", v3.get("norm_topk_prob", False), False, True)
    moe = MoEConfig(
        num_routed=routed,
        num_shared=shared,
        top_k=max(top_k, 1),
        intermediate_size=section.integer("moe_intermediate_size", v3.get("moe_intermediate_size", 1407)),
        first_dense=section.integer("first_k_dense_replace", v3.get("first_k_dense_replace", 0), 0),
        num_groups=groups,
        top_k_groups=kept,
        scoring=section.one_of("scoring_func", v3.get("scoring_func", "softmax"), "softmax", "sigmoid"),
        selection=method,
        norm_top_k=normalised and top_k > 1,  # a single expert's weight is not divided by itself
        scale=section.number("routed_scaling_factor", v3.get("routed_scaling_factor", 1.0)),
    )
    if not routed:
        return moe
    in_reach = routed
    if groups > 1 and method != "greedy":
        in_reach = routed // groups * kept
        if routed % groups or kept > groups or (method == "noaux_tc" and routed // groups < 2):
            section.wrong("n_group", groups, f"equal groups of the {routed} experts, {kept} of them kept")
    if top_k > in_reach:
        section.wrong("num_experts_per_tok", top_k, f"at most the {in_reach} experts to choose from")
    return moe
