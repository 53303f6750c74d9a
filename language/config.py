"""Configuration of the language model and of the whole; presets by released name.

Hyper-parameters of the ``vl2`` presets are those of the official ``config.json`` files of DeepSeek-VL2
(tiny, small, base) with the class defaults that the files omit.
"""

import math
import types
import typing
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal

from ..vision.config import EncoderConfig, ProjectorConfig, VisionConfig
from ..vision.tiling import TilingConfig


@dataclass(frozen=True)
class YarnConfig:
    """Rotary frequencies stretched for long contexts (YaRN, arXiv:2309.00071 §3.1–3.4, in the form of
    DeepSeek-V2's ``rope_scaling``); ``factor`` 1 leaves them as they are."""

    factor: float = 1.0
    original_positions: int = 4096
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    mscale: float = 1.0
    mscale_all_dim: float = 0.0

    @property
    def table_scale(self) -> float:
        """What the cosines and sines are multiplied by."""
        return self._mscale(self.mscale) / self._mscale(self.mscale_all_dim)

    @property
    def softmax_scale(self) -> float:
        """What the usual 1/sqrt(d) of the scores is multiplied by."""
        return self._mscale(self.mscale_all_dim) ** 2

    def _mscale(self, weight: float) -> float:
        return 1.0 + 0.1 * weight * math.log(self.factor) if self.factor > 1 else 1.0


@dataclass(frozen=True)
class AttentionConfig:
    """``mla``: latent attention (DeepSeek-V2 paper, §2.1); ``mha``: heads of ``qk_nope_head_dim`` +
    ``qk_rope_head_dim`` with rotary positions on all of it."""

    kind: Literal["mla", "mha"] = "mla"
    num_heads: int = 8
    q_lora_rank: int | None = None
    kv_lora_rank: int = 128
    qk_nope_head_dim: int = 32
    qk_rope_head_dim: int = 32
    v_head_dim: int = 64
    rope_theta: float = 10_000.0
    yarn: YarnConfig = field(default_factory=YarnConfig)

    @property
    def qk_head_dim(self) -> int:
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    @property
    def row_dim(self) -> int:
        """Numbers that one token leaves in the cache of one layer."""
        if self.kind == "mla":
            return self.kv_lora_rank + self.qk_rope_head_dim
        return self.num_heads * (self.qk_head_dim + self.v_head_dim)


@dataclass(frozen=True)
class MoEConfig:
    """Routing as in DeepSeek-V2/V3.

    Scores, optional selection bias (``noaux_tc``), groups, normalisation, scale.
    """

    num_routed: int = 8
    num_shared: int = 1
    top_k: int = 2
    intermediate_size: int = 384
    first_dense: int = 1
    num_groups: int = 1
    top_k_groups: int = 1
    scoring: Literal["softmax", "sigmoid"] = "softmax"
    selection: Literal["greedy", "group_limited_greedy", "noaux_tc"] = "greedy"
    norm_top_k: bool = True
    scale: float = 1.0


@dataclass(frozen=True)
class LanguageConfig:
    vocab_size: int = 4096
    hidden_size: int = 512
    num_layers: int = 8
    intermediate_size: int = 1536
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    moe: MoEConfig = field(default_factory=MoEConfig)
    rms_eps: float = 1e-6
    max_positions: int = 4096
    tie_embeddings: bool = True

    def kv_bytes_per_token(self, element_size: int = 2) -> int:
        """Bytes that one token occupies in the cache of all layers. VL2-small, bf16: 31,104."""
        return self.num_layers * self.attention.row_dim * element_size


@dataclass(frozen=True)
class ModelConfig:
    name: str = "nano"
    vision: VisionConfig = field(default_factory=VisionConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ModelConfig":
        """Raises ``ValueError`` naming keys that are unknown or values of the wrong shape."""
        return _build(cls, data, "config")


def _build(cls: type, data: Any, where: str) -> Any:
    """A nested dataclass from plain JSON; unknown keys raise."""
    if not isinstance(data, dict):
        raise ValueError(f"{where}: expected an object, found {type(data).__name__}")
    hints = typing.get_type_hints(cls)
    unknown = sorted(set(data) - {f.name for f in fields(cls)})
    if unknown:
        raise ValueError(f"{where}: unknown keys {', '.join(unknown)}; is this folder from a newer version?")
    values = {}
    for name, value in data.items():
        hint = hints[name]
        if is_dataclass(hint):
            values[name] = _build(typing.cast(type, hint), value, f"{where}.{name}")
        else:
            values[name] = _scalar(hint, value, f"{where}.{name}")
    return cls(**values)


def _scalar(hint: Any, value: Any, where: str) -> Any:
    allowed = typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)
    for option in allowed:
        if typing.get_origin(option) is Literal:
            if value in typing.get_args(option):
                return value
        elif option is float and type(value) in (int, float):
            return float(value)
        elif type(value) is option:
            return value
    raise ValueError(f"{where}: {value!r} is not a {hint}")


_SIGLIP = EncoderConfig(384, 14, 1152, 27, 16, 4304)
_VL2_VISION = VisionConfig(_SIGLIP, ProjectorConfig(), TilingConfig(384, 9, crop_images_up_to=2))
_VL2_MLA = AttentionConfig("mla", 16, None, 512, 128, 64, 128)

NANO = ModelConfig(
    "nano",
    VisionConfig(
        EncoderConfig(384, 16, 384, 12, 6, 1536, blank_span=16),
        ProjectorConfig(seam_depth=2, max_cells=160, leave_out_blank=True),
        TilingConfig(384, 12, global_view_of_single=False, enlarge_small_print=True),
        glyph_head=True,
    ),
)

PRESETS: dict[str, ModelConfig] = {
    "debug": ModelConfig(
        "debug",
        VisionConfig(
            EncoderConfig(384, 16, 64, 2, 2, 128, blank_span=16),
            ProjectorConfig(seam_depth=1, max_cells=160, leave_out_blank=True),
            TilingConfig(384, 12, global_view_of_single=False),
            glyph_head=True,
        ),
        LanguageConfig(
            hidden_size=128,
            num_layers=2,
            intermediate_size=256,
            attention=AttentionConfig("mla", 4, None, 48, 16, 16, 32),
            moe=MoEConfig(num_routed=4, intermediate_size=64),
        ),
    ),
    "nano": NANO,
    "vl2-tiny": ModelConfig(
        "vl2-tiny",
        _VL2_VISION,
        LanguageConfig(
            vocab_size=129_280,
            hidden_size=1280,
            num_layers=12,
            intermediate_size=6848,
            attention=AttentionConfig("mha", 10, None, 0, 0, 128, 128),
            moe=MoEConfig(64, 2, 6, 896, norm_top_k=False),
            tie_embeddings=False,
        ),
    ),
    "vl2-small": ModelConfig(
        "vl2-small",
        _VL2_VISION,
        LanguageConfig(
            vocab_size=102_400,
            hidden_size=2048,
            num_layers=27,
            intermediate_size=10_944,
            attention=_VL2_MLA,
            moe=MoEConfig(64, 2, 6, 1408, norm_top_k=False),
            tie_embeddings=False,
        ),
    ),
    "vl2": ModelConfig(
        "vl2",
        _VL2_VISION,
        LanguageConfig(
            vocab_size=129_280,
            hidden_size=2560,
            num_layers=30,
            intermediate_size=12_288,
            attention=replace(_VL2_MLA, num_heads=32),
            moe=MoEConfig(72, 2, 6, 1536, scoring="sigmoid", selection="noaux_tc", scale=2.0),
            tie_embeddings=False,
        ),
    ),
}
