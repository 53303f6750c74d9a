"""Folders and hub names → models on their devices, and back. The official files are read by our own loader,
tensor by tensor into the stacked weights, so that Transformers' version does not matter."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import GenerationConfig

from ..official import load_official
from ..official_config import is_official, read_official
from ..official_export import save_official
from ..official_hub import hub_folder
from ..official_tokenizer import OfficialTokenizer
from ..tokenizer import Tokenizer
from ..weights import CONFIG, MODEL_TYPE, TOKENIZER, WEIGHTS, laid_out, load_state, read_weights

Placement = Callable[[str], torch.device | str]
HUB_OPTIONS = ("cache_dir", "revision", "token", "local_files_only", "force_download")
# What callers and the Auto classes pass on that changes nothing here.
NO_EFFECT = frozenset(
    "adapter_kwargs attn_implementation low_cpu_mem_usage state_dict trust_remote_code use_safetensors "
    "weights_only".split()
)


def folder_of(name: str | os.PathLike[str], options: dict[str, Any]) -> Path:
    """A folder as it is; a hub name from the local cache or the hub. Takes its options out of ``options``."""
    hub = {key: options.pop(key) for key in HUB_OPTIONS if key in options}
    return Path(name) if Path(name).is_dir() else hub_folder(str(name), **hub)


def read_tokenizer(folder: Path) -> Tokenizer | None:
    """The tokenizer that lies beside the weights, if any."""
    if not (folder / TOKENIZER).is_file():
        return None
    if is_official(folder):
        return OfficialTokenizer.from_folder(folder, TOKENIZER)
    return Tokenizer.from_file(folder / TOKENIZER)


class FromFolder:
    """``from_pretrained`` and ``save_pretrained`` of the skin models."""

    _preloaded: list[str] = []  # modules whose weights come all at once where weights are kept elsewhere

    @classmethod
    def from_pretrained(
        cls,
        pretrained_model_name_or_path: str | os.PathLike[str],
        *args: Any,
        config: Any = None,
        dtype: torch.dtype | str | None = None,
        torch_dtype: torch.dtype | str | None = None,
        device_map: Any = None,
        max_memory: dict[Any, Any] | None = None,
        generation_config: GenerationConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """A model in evaluation mode. ``dtype`` None or "auto" keeps the stored types.

        ``device_map``: a device, a dict of module names, or "auto", "balanced", "sequential" (these need
        ``accelerate``). Raises ``ValueError`` listing what is wrong with the files or not supported, and
        ``FileNotFoundError`` naming what is missing.
        """
        folder = folder_of(pretrained_model_name_or_path, kwargs)
        kwargs = {
            key: value for key, value in kwargs.items() if not key.startswith("_") and key not in NO_EFFECT
        }
        if kwargs.pop("quantization_config", None) is not None:
            raise ValueError("quantization_config is not supported here: load in bfloat16")
        dtype = dtype if dtype is not None else torch_dtype
        official = is_official(folder)
        if official:
            read_official(folder)  # names unknown keys, which Transformers' own reader lets pass
        if config is None:
            config = cls.config_class.from_pretrained(folder)  # type: ignore[attr-defined]
        for key in [key for key in kwargs if hasattr(config, key)]:
            setattr(config, key, kwargs.pop(key))
        if kwargs:
            raise ValueError(f"unknown arguments: {', '.join(sorted(kwargs))}")
        tokenizer = read_tokenizer(folder)
        if config.image_token_id is None and tokenizer is not None:
            config.image_token_id = tokenizer.image
        with laid_out():
            model = cls(config)  # type: ignore[call-arg]
        kind = None if dtype in (None, "auto") else getattr(torch, dtype) if isinstance(dtype, str) else dtype
        devices = plan_devices(model, device_map, max_memory, kind)
        place = placement(devices)
        if official:
            load_official(model, folder, dtype=kind, device=place)  # type: ignore[arg-type]
        else:
            file = folder / WEIGHTS
            # dequantised weights are float32, which is what they are when nothing else is asked for
            load_state(model, read_weights(file), dtype=kind or torch.float32, device="cpu", where=str(file))
            for name, tensor in [*model.named_parameters(), *model.named_buffers()]:  # type: ignore[attr-defined]
                tensor.data = tensor.data.to(place(name))
        config.dtype = next(model.parameters()).dtype  # type: ignore[attr-defined]
        model.name_or_path = str(pretrained_model_name_or_path)  # type: ignore[attr-defined]
        model.generation_config = generation_config or read_generation_config(folder, tokenizer)  # type: ignore[attr-defined]
        if device_map is not None:
            model.hf_device_map = devices  # type: ignore[attr-defined]
        if len(set(devices.values())) > 1:
            from accelerate import dispatch_model

            # the encoder is entered below its top, where the hooks of its parts would not be called
            dispatch_model(model, device_map=devices, preload_module_classes=model._preloaded)
        return model.eval()  # type: ignore[attr-defined]

    def save_pretrained(
        self,
        save_directory: str | os.PathLike[str],
        *,
        is_main_process: bool = True,
        state_dict: dict[str, torch.Tensor] | None = None,
        max_shard_size: int | str = "5GB",
        **kwargs: Any,
    ) -> None:
        """Write config, weights and generation settings; ``deepseek_vl_v2`` in the official form.

        The pooling head of the official files, which nothing uses, is not kept. Raises ``ValueError`` for a
        push to a hub.
        """
        if kwargs.get("push_to_hub"):
            raise ValueError("save first, then upload the folder")
        if not is_main_process:
            return
        folder, config = Path(save_directory), self.config  # type: ignore[attr-defined]
        folder.mkdir(parents=True, exist_ok=True)
        state = state_dict if state_dict is not None else self.state_dict()  # type: ignore[attr-defined]
        if config.model_type == MODEL_TYPE:
            data = {"model_type": MODEL_TYPE} | config.octavo.to_dict()
            owned = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in state.items()}
            save_file(owned, folder / WEIGHTS, metadata={"format": "octavo"})
        else:
            for stale in folder.glob("model*.safetensors"):
                stale.unlink()  # shards of an earlier, longer save would be read as well
            save_official(state, config.octavo, folder, max_shard_bytes=bytes_of(max_shard_size))
            data = json.loads((folder / CONFIG).read_text("utf-8"))
        data |= {"architectures": [type(self).__name__], "image_token_id": config.image_token_id}
        (folder / CONFIG).write_text(json.dumps(data, indent=2) + "\n", "utf-8")
        self.generation_config.save_pretrained(folder)  # type: ignore[attr-defined]


def plan_devices(
    model: Any, device_map: Any, max_memory: dict[Any, Any] | None, dtype: torch.dtype | None
) -> dict[str, Any]:
    """Module name → device; "" stands for the whole. Raises ``ValueError`` for offloading to disk."""
    if device_map is None:
        return {"": torch.device("cpu")}
    if isinstance(device_map, str) and device_map in ("auto", "balanced", "balanced_low_0", "sequential"):
        from accelerate import infer_auto_device_map
        from accelerate.utils import get_balanced_memory

        options = {"no_split_module_classes": list(model._no_split_modules), "dtype": dtype or torch.bfloat16}
        if device_map != "sequential":
            low = device_map == "balanced_low_0"
            max_memory = get_balanced_memory(model, max_memory, low_zero=low, **options)
        device_map = infer_auto_device_map(model, max_memory, **options)
    devices = dict(device_map) if isinstance(device_map, dict) else {"": device_map}
    if "disk" in devices.values():
        raise ValueError(
            "the model does not fit the devices' memory, and offloading to disk is not supported"
        )
    return devices


def placement(devices: dict[str, Any]) -> Placement:
    """Tensor name → device, by the longest module name that it begins with."""

    def place(name: str) -> torch.device | str:
        fitting = [key for key in devices if key == "" or name == key or name.startswith(key + ".")]
        if not fitting:
            raise ValueError(f"device_map has no device for {name}")
        device = devices[max(fitting, key=len)]
        return torch.device("cuda", device) if isinstance(device, int) else device

    return place


def read_generation_config(folder: Path, tokenizer: Tokenizer | None) -> GenerationConfig:
    """The folder's ``generation_config.json``, or greedy decoding that ends with the end token."""
    if (folder / "generation_config.json").is_file():
        return GenerationConfig.from_pretrained(folder)
    if tokenizer is None:
        return GenerationConfig()
    return GenerationConfig(
        bos_token_id=tokenizer.bos, eos_token_id=tokenizer.eos, pad_token_id=tokenizer.pad, do_sample=False
    )


def bytes_of(size: int | str) -> int:
    """``"5GB"``, ``"200MB"`` or a number of bytes."""
    if isinstance(size, int):
        return size
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size.upper().endswith(unit):
            return int(float(size[: -len(unit)]) * factor)
    raise ValueError(f"max_shard_size {size!r} is neither a number of bytes nor like '5GB'")
