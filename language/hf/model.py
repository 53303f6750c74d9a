"""Our modules as Transformers models, so that ``generate``, ``device_map`` and PEFT work as people expect.

Inputs are those of the original code: ``pixel_values`` [B, n, 3, S, S], normalised to -1…1, each picture's
global view before its tiles, padded behind; ``images_spatial_crop`` [B, m, 2] its columns and rows of tiles.
Image tokens in ``input_ids`` mark where visual tokens go.
"""

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import DynamicCache, GenerationMixin, PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import CausalLMOutputWithPast

from ..attention import MLA
from ..model import Block, Hidden
from ..moe import MoE, Router
from ..processor import grid_plan
from ..vlm import VisionLanguageModel
from .cache import CacheView, RowsOnly
from .config import DeepseekVLV2Config, OctavoConfig, SkinConfig
from .loading import FromFolder

# Transformers called it ``past_key_values`` up to 5.23 and ``cache`` from 5.24 on; both call ``forward``.
CACHE = "cache" if "cache" in CausalLMOutputWithPast.__dataclass_fields__ else "past_key_values"


class CheckpointedBlock(GradientCheckpointingLayer, Block):
    """A decoder block that Transformers can be told to compute again in the backward pass."""


class SkinModel(FromFolder, PreTrainedModel, GenerationMixin):
    """Base of both models. ``vision`` and ``lm`` are ``VisionLanguageModel``'s, under the same names."""

    config_class: type[SkinConfig] = SkinConfig
    base_model_prefix = ""
    main_input_name = "input_ids"
    input_modalities = ("image", "text")
    supports_gradient_checkpointing = True
    _no_split_modules = ["CheckpointedBlock", "VisionTower"]
    _preloaded = ["VisionTower"]
    _skip_keys_device_placement = ["past_key_values", "cache"]
    prefill_chunk: int | None = None  # tokens of a prompt that go through the decoder at once; None: all
    _supports_sdpa = True  # accepted; which kernel runs is chosen by kernels/attention

    def __init__(self, config: SkinConfig) -> None:
        super().__init__(config)
        whole = VisionLanguageModel(config.octavo, None)  # type: ignore[arg-type]  # words are the processor's
        self.vision, self.lm = whole.vision, whole.lm
        for block in self.lm.layers:
            block.__class__ = CheckpointedBlock
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.lm.embed_tokens

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.lm.embed_tokens = value

    def get_output_embeddings(self) -> nn.Module | None:
        return self.lm.lm_head

    def set_output_embeddings(self, new_embeddings: nn.Module) -> None:
        self.lm.lm_head = new_embeddings

    def embed(
        self,
        input_ids: Tensor,
        pixel_values: Tensor | None = None,
        images_spatial_crop: Tensor | None = None,
        images_seq_mask: Tensor | None = None,
    ) -> Tensor:
        """Token embeddings [B, T, D] with visual tokens in the place of image tokens.

        ``images_seq_mask`` [B, T] says where they go; by default wherever ``image_token_id`` stands. Raises
        ``ValueError`` when places and visual tokens differ in number.
        """
        embeds = self.lm.embed_tokens(input_ids)
        if pixel_values is None or images_spatial_crop is None or not bool(images_spatial_crop.any()):
            return embeds
        if images_seq_mask is None:
            if self.config.image_token_id is None:
                raise ValueError("config.image_token_id is not set: pass images_seq_mask")
            images_seq_mask = input_ids == self.config.image_token_id
        visual = list(self._visual_tokens(pixel_values, images_spatial_crop))
        found, places = sum(map(len, visual)), int(images_seq_mask.sum())
        if found != places:
            raise ValueError(
                f"{found} visual tokens for {places} image tokens: use this model's own processor"
            )
        tokens = torch.cat(visual).to(embeds.device, embeds.dtype)
        return embeds.masked_scatter(images_seq_mask.to(embeds.device).bool()[..., None], tokens)

    def _visual_tokens(self, pixel_values: Tensor, grids: Tensor) -> Iterator[Tensor]:
        """[N, D] for each picture, row by row of the batch."""
        size = self.config.octavo.vision.tiling
        pixels = pixel_values if pixel_values.dtype == torch.uint8 else (pixel_values.float() + 1) * 127.5
        for tiles, row in zip(pixels, grids.tolist(), strict=True):
            start = 0
            for cols, rows in row:
                if cols and rows:
                    plan = grid_plan(rows, cols, size)
                    own = tiles[None, start : start + plan.num_tiles]
                    yield self.vision(own, plan, self.vision.glance(own, plan)).tokens[0]
                    start += plan.num_tiles

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        inputs_embeds: Tensor | None = None,
        pixel_values: Tensor | None = None,
        images_spatial_crop: Tensor | None = None,
        images_seq_mask: Tensor | None = None,
        labels: Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int | Tensor = 0,
        cache: Any = None,
        **kwargs: Any,
    ) -> CausalLMOutputWithPast:
        """Logits [B, T, vocab], and the loss where there are ``labels`` [B, T] (-100 = not counted).

        ``attention_mask`` [B, S] covers the cache too, 0 = padding. ``position_ids`` follow from it.
        ``cache`` and ``past_key_values`` are the new and the old name of the same thing.
        """
        if kwargs.get("output_hidden_states") or kwargs.get("output_attentions"):
            raise ValueError("hidden states and attentions are not given out: register forward hooks instead")
        if inputs_embeds is None:
            if input_ids is None:
                raise ValueError("give input_ids or inputs_embeds")
            inputs_embeds = self.embed(input_ids, pixel_values, images_spatial_crop, images_seq_mask)
        if use_cache is None:
            use_cache = not self.training
        cache = past_key_values if cache is None else cache
        if cache is None and use_cache:
            cache = DynamicCache()
        hidden = self._decode(inputs_embeds, attention_mask, cache)
        keep = slice(-logits_to_keep, None) if isinstance(logits_to_keep, int) else logits_to_keep
        states = hidden.states[:, keep]
        head = self.lm.lm_head
        logits = head(states) if head is not None else F.linear(states, self.lm.embed_tokens.weight)
        loss = None
        if labels is not None:
            loss = self.loss_function(logits, labels, vocab_size=logits.shape[-1])
            if self.training:
                loss = loss + self.balance_weight * hidden.balance_loss.to(loss.device)
        return CausalLMOutputWithPast(loss=loss, logits=logits, **{CACHE: cache})

    @property
    def balance_weight(self) -> float:
        """What the experts' balance loss counts in training (``aux_loss_alpha`` of the official config)."""
        return 0.001

    def _decode(self, embeds: Tensor, mask: Tensor | None, cache: Any) -> Hidden:
        """Through all layers, padding left out: with a mask, several tokens of a row run by themselves."""
        view = CacheView(cache) if cache is not None else None
        past = view.length if view is not None else 0
        if mask is not None and mask.ndim != 2:
            raise ValueError(f"attention_mask has {mask.ndim} dimensions; give [batch, positions]")
        if mask is None or bool(mask[:, : past + embeds.shape[1]].all()):
            return self._run(embeds, view)
        if mask.shape[1] < past + embeds.shape[1]:
            raise ValueError(f"attention_mask covers {mask.shape[1]} of {past + embeds.shape[1]} positions")
        keep = mask[:, : past + embeds.shape[1]].bool().to(embeds.device)
        if embeds.shape[1] == 1 and view is not None:
            positions = (keep.sum(1, keepdim=True) - 1).clamp_min(0)
            return self.lm(embeds, view, positions, keep)
        return self._row_by_row(embeds, keep, view)

    def _run(self, embeds: Tensor, cache: CacheView | RowsOnly | None) -> Hidden:
        """Without padding, in chunks where that is wanted: the original's incremental prefill."""
        if self.prefill_chunk is None or cache is None or embeds.shape[1] <= self.prefill_chunk:
            return self.lm(embeds, cache)
        parts = [self.lm(chunk, cache) for chunk in embeds.split(self.prefill_chunk, dim=1)]
        return Hidden(torch.cat([part.states for part in parts], dim=1), parts[-1].balance_loss)

    def _row_by_row(self, embeds: Tensor, keep: Tensor, view: CacheView | None) -> Hidden:
        """Each row of a padded batch alone: its result does not depend on what it is padded to."""
        past, length = keep.shape[1] - embeds.shape[1], embeds.shape[1]
        states, losses, rows_of = torch.zeros_like(embeds), [], []
        for row in range(embeds.shape[0]):
            new, old = keep[row, past:], keep[row, :past]
            before = (
                []
                if view is None or past == 0
                else [
                    layer.keys[row : row + 1, 0][:, old.to(layer.keys.device)] for layer in view.cache.layers
                ]
            )
            alone = RowsOnly(before, int(old.sum()))
            if new.any():
                hidden = self._run(embeds[row : row + 1, new], alone if view is not None else None)
                states = states.index_put(
                    (torch.tensor(row, device=new.device), new.nonzero()[:, 0]), hidden.states[0]
                )
                losses.append(hidden.balance_loss)
            rows_of.append([rows[:, int(old.sum()) :] for rows in alone.rows] if new.any() else [])
        for layer in range(len(self.lm.layers) if view is not None else 0):
            some = next(rows[layer] for rows in rows_of if rows)
            block = some.new_zeros(embeds.shape[0], length, some.shape[-1])
            for row, rows in enumerate(rows_of):
                if rows:
                    block[row, keep[row, past:]] = rows[layer][0]
            view.append(layer, block)  # type: ignore[union-attr]
        return Hidden(states, torch.stack(losses).mean() if losses else states.new_zeros(()))

    def prepare_inputs_for_generation(
        self, input_ids: Tensor, *args: Any, inputs_embeds: Tensor | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Pictures go in once, with the prompt. (Transformers looks for ``inputs_embeds`` by name.)"""
        kwargs["inputs_embeds"] = inputs_embeds
        inputs = super().prepare_inputs_for_generation(input_ids, *args, **kwargs)
        cache = inputs.get(CACHE)
        if cache is not None and cache.get_seq_length() > 0:
            for name in ("pixel_values", "images_spatial_crop", "images_seq_mask"):
                inputs.pop(name, None)
        return inputs

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        """Normal with 1/sqrt(fan-in) for every matrix: what a model made of a config alone starts from.

        It is not ``initialize``: outputs into the residual stream are not scaled, and matrices that modules
        draw on their own (the ViT of vision/vit.py as timm does, the seams as zeros) are drawn again.
        Convolutions and positions stay as those modules made them.
        """
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=module.weight.shape[-1] ** -0.5)
            if getattr(module, "bias", None) is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.RMSNorm | nn.LayerNorm):
            nn.init.ones_(module.weight)
        elif isinstance(module, MLA | MoE | Router):
            for weight in module.parameters(recurse=False):
                nn.init.normal_(weight, std=weight.shape[-1] ** -0.5)


class DeepseekVLV2ForConditionalGeneration(SkinModel):
    """DeepSeek-VL2, tiny, small and base; reads and writes the official files."""

    config_class = DeepseekVLV2Config

    @property
    def balance_weight(self) -> float:
        return float(self.config.language_config.get("aux_loss_alpha", 0.001))


class OctavoForConditionalGeneration(SkinModel):
    """Our own models, ``nano`` among them."""

    config_class = OctavoConfig
