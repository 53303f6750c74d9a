"""Random weights for a model that will be trained: one seeded pass over all parameters."""

import math
from dataclasses import replace

import torch
from torch import nn

from .attention import MLA
from .config import PRESETS
from .moe import MoE
from .tokenizer import Tokenizer
from .vlm import VisionLanguageModel


def new_model(preset: str, tokenizer: Tokenizer, seed: int = 0) -> VisionLanguageModel:
    """A freshly initialised model of a preset, in float32, its vocabulary sized to the tokenizer."""
    config = PRESETS[preset]
    language = replace(config.language, vocab_size=-(-len(tokenizer) // 64) * 64)
    torch.manual_seed(seed)  # the modules' own draws too: every rank of a run starts from the same weights
    model = VisionLanguageModel(replace(config, language=language), tokenizer)
    initialize(model, seed)
    return model


@torch.no_grad()
def initialize(model: VisionLanguageModel, seed: int = 0) -> None:
    """Normal with 1/sqrt(fan-in); residual outputs scaled by 1/sqrt(2 × depth).

    The ViT keeps its own scheme, redrawn from the seed.
    """
    torch.manual_seed(seed)
    model.vision.encoder.vit.init_weights()
    depth = model.config.language.num_layers
    for module in model.lm.modules():
        if isinstance(module, nn.Linear):
            _normal(module.weight, module.in_features)
        elif isinstance(module, MLA):
            _normal(module.w_uk, module.w_uk.shape[-1])
            _normal(module.w_uv, module.w_uv.shape[-1])
        elif isinstance(module, MoE):
            _normal(module.router.weight, module.router.weight.shape[-1])
            _normal(module.w_gate_up, module.w_gate_up.shape[-1])
            _normal(module.w_down, module.w_down.shape[-1])
            module.w_down /= math.sqrt(2 * depth)
    for name, weight in model.lm.named_parameters():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            weight /= math.sqrt(2 * depth)
    nn.init.normal_(model.lm.embed_tokens.weight, std=model.config.language.hidden_size**-0.5)


def _normal(weight: torch.Tensor, fan_in: int) -> None:
    nn.init.normal_(weight, std=fan_in**-0.5)
