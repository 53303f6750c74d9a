"""Configurations for Transformers. They hold what the ``config.json`` holds, as plain objects; our own
``ModelConfig`` is made from that each time it is asked for, so a changed value takes effect."""

from typing import Any

from transformers import PreTrainedConfig

from ..config import ModelConfig
from ..official_config import VISION_LANGUAGE, parse
from ..official_export import write_official
from ..weights import MODEL_TYPE


class TextConfig(PreTrainedConfig):
    """What ``generate`` and caches ask about the language model."""

    model_type = "octavo_text"


class SkinConfig(PreTrainedConfig):
    """Base of both: a view on a :class:`ModelConfig`."""

    @property
    def octavo(self) -> ModelConfig:
        """Our configuration. Raises ``ValueError`` listing what is not supported."""
        raise NotImplementedError

    def get_text_config(self, *args: Any, **kwargs: Any) -> TextConfig:
        """The language model's sizes; a copy, made anew."""
        try:
            language = self.octavo.language
        except ValueError:  # an empty config, as Transformers makes to see the defaults
            return TextConfig()
        return TextConfig(
            vocab_size=language.vocab_size,
            hidden_size=language.hidden_size,
            num_hidden_layers=language.num_layers,
            num_attention_heads=language.attention.num_heads,
            num_key_value_heads=language.attention.num_heads,
            max_position_embeddings=language.max_positions,
            tie_word_embeddings=language.tie_embeddings,
        )


class DeepseekVLV2Config(SkinConfig):
    """The official ``config.json``; its ``language_config``, ``vision_config`` and the like are dicts."""

    model_type = VISION_LANGUAGE

    def __init__(
        self,
        language_config: dict[str, Any] | None = None,
        vision_config: dict[str, Any] | None = None,
        projector_config: dict[str, Any] | None = None,
        candidate_resolutions: list[list[int]] | None = None,
        tile_tag: str = "2D",
        global_view_pos: str = "head",
        image_token_id: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.language_config = language_config or {}
        self.vision_config = vision_config or {}
        self.projector_config = projector_config or {}
        self.candidate_resolutions = candidate_resolutions or [[384, 384]]
        self.tile_tag, self.global_view_pos = tile_tag, global_view_pos
        self.image_token_id = image_token_id
        super().__init__(**{"tie_word_embeddings": False} | kwargs)

    @classmethod
    def from_octavo(cls, config: ModelConfig, **kwargs: Any) -> "DeepseekVLV2Config":
        """The official form of a configuration."""
        data = write_official(config)
        del data["model_type"]
        return cls(**data, **kwargs)

    @property
    def octavo(self) -> ModelConfig:
        names = ("language_config", "vision_config", "projector_config", "candidate_resolutions")
        data = {name: getattr(self, name) for name in (*names, "tile_tag", "global_view_pos")}
        problems: list[str] = []
        config = parse({"model_type": VISION_LANGUAGE} | data, problems).model
        if problems or config is None:
            raise ValueError(f"the configuration is not supported: {'; '.join(problems)}")
        return config


class OctavoConfig(SkinConfig):
    """Our own ``config.json``: ``name``, ``vision`` and ``language``."""

    model_type = MODEL_TYPE

    def __init__(
        self,
        name: str = "octavo",
        vision: dict[str, Any] | None = None,
        language: dict[str, Any] | None = None,
        image_token_id: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.name, self.vision, self.language = name, vision or {}, language or {}
        self.image_token_id = image_token_id
        super().__init__(**{"tie_word_embeddings": False} | kwargs)

    @classmethod
    def from_octavo(cls, config: ModelConfig, **kwargs: Any) -> "OctavoConfig":
        """The same configuration as a view."""
        return cls(**config.to_dict(), **kwargs)

    @property
    def octavo(self) -> ModelConfig:
        return ModelConfig.from_dict({"name": self.name, "vision": self.vision, "language": self.language})
