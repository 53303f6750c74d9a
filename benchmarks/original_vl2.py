"""DeepSeek-VL2's own code over a checkpoint: token ids and logits, for ``official_parity``, which calls this.

    python benchmarks/original_vl2.py CLONE CHECKPOINT CASES OUT

CLONE is a clone of github.com/deepseek-ai/DeepSeek-VL2; none of its code is in this repository, and it is not
changed on disk. What current PyTorch and Transformers no longer have is put in its place before the import:
names that only unused branches need, xformers' attention (torch's), and the call that Llama's attention takes
now. A process of its own, because it registers the same model type as ours.
"""

import importlib
import json
import sys
import types
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers.models.llama import modeling_llama


def attention_of_xformers(q: Tensor, k: Tensor, v: Tensor, p: float = 0.0) -> Tensor:
    """[B, N, H, D] each, as ``xformers.ops.memory_efficient_attention``."""
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, dropout_p=p).transpose(1, 2)


class LlamaAttentionAsItWas(modeling_llama.LlamaAttention):
    """Today's Llama attention behind the call of Transformers 4.38: it made its rotary tables itself."""

    def __init__(self, config: Any, layer_idx: int) -> None:
        super().__init__(config, layer_idx)
        width = config.hidden_size // config.num_attention_heads
        inverse = config.rope_theta ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
        self.register_buffer("inverse", inverse, persistent=False)

    def forward(self, hidden_states: Tensor, attention_mask: Tensor, position_ids: Tensor, **_: Any) -> Any:
        """→ (output, no weights, no cache)."""
        angles = position_ids[..., None].float() * self.inverse
        table = torch.cat([angles, angles], dim=-1)
        out = super().forward(hidden_states, (table.cos(), table.sin()), attention_mask)
        return out[0], None, None


def module(name: str, **contents: Any) -> None:
    """Put a module in the place of one that is not installed."""
    made = types.ModuleType(name)
    made.__dict__.update(contents)
    sys.modules[name] = made


def prepare() -> None:
    """All that stands in for what is gone."""

    def no(*_: Any, **__: Any) -> bool:
        return False

    def same(*_: Any, **__: Any) -> Any:
        return lambda decorated: decorated

    module("attrdict", AttrDict=dict)
    module("xformers")
    module("xformers.ops", memory_efficient_attention=attention_of_xformers)
    for owner, names in {
        transformers.utils.import_utils: {"is_torch_fx_available": no},
        transformers.modeling_utils: {"is_flash_attn_2_available": no},
        transformers.utils: {
            "is_flash_attn_2_available": no,
            "is_flash_attn_greater_or_equal_2_10": no,
            "add_start_docstrings": same,
            "add_start_docstrings_to_model_forward": same,
            "replace_return_docstrings": same,
        },
        transformers.pytorch_utils: {
            "ALL_LAYERNORM_LAYERS": [],
            "is_torch_greater_or_equal_than_1_13": True,
        },
        modeling_llama: {"LlamaAttention": LlamaAttentionAsItWas, "LlamaFlashAttention2": None},
    }.items():
        for name, value in names.items():
            if not hasattr(owner, name) or owner is modeling_llama:
                setattr(owner, name, value)


def causal_mask(mask: Tensor | None, shape: tuple[int, int], embeds: Tensor, past: int) -> Tensor:
    """[B, 1, T, S] of zeros and very negative numbers: Transformers' helper, should it be gone."""
    length = shape[1]
    keep = torch.ones(length, past + length, dtype=torch.bool, device=embeds.device).tril(past)[None, None]
    if mask is not None:
        keep = keep & mask[:, None, None, :].bool()
    return torch.zeros(keep.shape, dtype=embeds.dtype).masked_fill(~keep, torch.finfo(embeds.dtype).min)


def load(clone: Path, checkpoint: Path) -> tuple[Any, Any]:
    """(model, processor) of the original, every tensor of the checkpoint assigned and none left over."""
    prepare()
    if importlib.util.find_spec("transformers.modeling_attn_mask_utils") is None:
        module("transformers.modeling_attn_mask_utils", _prepare_4d_causal_attention_mask=causal_mask)
    sys.path.insert(0, str(clone))
    language = importlib.import_module("deepseek_vl2.models.modeling_deepseek")
    original = importlib.import_module("deepseek_vl2.models.modeling_deepseek_vl_v2")
    processing = importlib.import_module("deepseek_vl2.models.processing_deepseek_vl_v2")
    language.DeepseekV2ForCausalLM._tied_weights_keys = {}  # nothing is tied; lists are refused now
    data = json.loads((checkpoint / "config.json").read_text())
    config = original.DeepseekVLV2Config(**data)
    config._attn_implementation = config.language_config._attn_implementation = "eager"
    # Transformers 5 turns null into an object, which the original takes for a kind of scaling
    given = data["language_config"]
    config.language_config.rope_scaling = given.get("rope_scaling")
    config.language_config.rope_theta = given.get("rope_theta", 10_000.0)
    model = original.DeepseekVLV2ForCausalLM(config)
    state = {}
    for file in sorted(checkpoint.glob("*.safetensors")):
        state |= {name: tensor.float() for name, tensor in load_file(file).items()}
    model.load_state_dict(state, strict=True, assign=True)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(checkpoint / "tokenizer.json"),
        bos_token="<｜begin▁of▁sentence｜>",
        eos_token="<｜end▁of▁sentence｜>",
    )
    vision = data["vision_config"]
    processor = processing.DeepseekVLV2Processor(
        tokenizer,
        candidate_resolutions=data["candidate_resolutions"],
        patch_size=vision["patch_size"],
        downsample_ratio=data["projector_config"]["downsample_ratio"],
    )
    return model.eval(), processor


@torch.no_grad()
def main() -> None:
    """The command line."""
    clone, checkpoint, cases, out = map(Path, sys.argv[1:])
    model, processor = load(clone, checkpoint)
    results = {}
    prepared = []
    for number, case in enumerate(json.loads(cases.read_text())):
        images = [Image.open(path).convert("RGB") for path in case["images"]]
        one = processor.process_one(conversations=case["messages"], images=images, inference_mode=True)
        prepared.append(one)
        results |= run(model, processor.batchify([one]), f"{number}.")
    results |= run(model, processor.batchify(prepared[:2]), "batch.")
    save_file({name: tensor.contiguous() for name, tensor in results.items()}, out)


def run(model: Any, batch: Any, prefix: str) -> dict[str, Tensor]:
    """Token ids, labels and logits of a batch."""
    output = model(
        input_ids=batch.input_ids,
        attention_mask=batch.attention_mask,
        images=batch.images,
        images_seq_mask=batch.images_seq_mask.bool(),  # the tokenizer pads with numbers
        images_spatial_crop=batch.images_spatial_crop,
        use_cache=False,
        output_attentions=False,
        output_hidden_states=False,
        return_dict=True,
    )
    return {
        f"{prefix}ids": batch.input_ids,
        f"{prefix}labels": batch.labels,
        f"{prefix}mask": batch.attention_mask,
        f"{prefix}images": batch.images,
        f"{prefix}logits": output.logits,
    }


if __name__ == "__main__":
    main()
