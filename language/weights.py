"""Weights on disk: ``config.json`` + ``tokenizer.json`` + ``model.safetensors`` in one folder.

A quantised tensor ``w`` is stored as ``w.int8`` or ``w.int4`` beside ``w.scale``. Loading ends with one
report: whatever is missing, unexpected or of the wrong shape raises, by name.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

import safetensors
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from .config import ModelConfig
from .official_config import is_official, read_official
from .quantize import GROUP, dequantize_int4, dequantize_int8, quantize_int4, quantize_int8
from .tokenizer import Tokenizer

PRETRAINED = Path(__file__).parent / "pretrained"
CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
MODEL_TYPE = "octavo"  # by which Transformers knows our own config.json
_FOR_TRANSFORMERS = frozenset(
    ["model_type", "architectures", "image_token_id", "transformers_version", "dtype"]
)
Scheme = Literal["int4", "int8", "none"]


def resolve(name: str | Path) -> Path:
    """The folder of a shipped model's name or of a path.

    Raises ``FileNotFoundError`` naming what would do.
    """
    folder = Path(name)
    if not folder.is_dir() and (PRETRAINED / str(name)).is_dir():
        folder = PRETRAINED / str(name)
    if not folder.is_dir():
        shipped = ", ".join(sorted(p.name for p in PRETRAINED.glob("*") if p.is_dir()))
        raise FileNotFoundError(f"no model {str(name)!r}: give a folder with {WEIGHTS}, or one of: {shipped}")
    # an official checkpoint may be in shards; its own loader says which are missing
    for file in (CONFIG, TOKENIZER) if is_official(folder) else (CONFIG, TOKENIZER, WEIGHTS):
        if not (folder / file).is_file():
            raise FileNotFoundError(f"the model folder {folder} has no {file}")
    return folder


def default_dtype(device: str | torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it, else float32."""
    if torch.device(device).type != "cpu":
        return torch.bfloat16
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if native else torch.float32


class _WithoutDraws(TorchFunctionMode):
    """Leaves tensors as they are where modules would fill them from a normal distribution."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func is nn.init.normal_:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


@contextmanager
def laid_out() -> Iterator[None]:
    """Modules that are made inside have shapes and no memory; their weights come later.

    Nothing random is drawn for them either: torch does that by its compiler where there is no memory, whose
    import takes a second and 100 MB.
    """
    with torch.device("meta"), _WithoutDraws():
        yield


def read_config(folder: Path) -> ModelConfig:
    """The configuration of a model folder, ours or an official one.

    Raises ``ValueError`` naming the file and its fault.
    """
    if is_official(folder) and (official := read_official(folder).model) is not None:
        return official
    try:
        data = json.loads((folder / CONFIG).read_text("utf-8"))
        if isinstance(data, dict):
            data = {key: value for key, value in data.items() if key not in _FOR_TRANSFORMERS}
        return ModelConfig.from_dict(data)
    except (json.JSONDecodeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG}: {error}") from error


def digest_of(path: Path) -> str:
    """The name of a weights file: the first 12 hex digits of its SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def load_state(
    model: nn.Module, state: dict[str, Tensor], *, dtype: torch.dtype, device: str | torch.device, where: str
) -> None:
    """Assign a complete state. Raises ``ValueError`` listing missing, unexpected and misshapen tensors."""
    wanted = {k: tuple(v.shape) for k, v in model.state_dict().items()}
    problems = [f"missing: {k}" for k in sorted(wanted.keys() - state.keys())]
    problems += [f"unexpected: {k}" for k in sorted(state.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & state.keys()):
        if wanted[key] != tuple(state[key].shape):
            problems.append(f"shape of {key}: {tuple(state[key].shape)}, expected {wanted[key]}")
    if problems:
        raise ValueError(
            f"{where} does not fit the model ({len(problems)} problems): " + "; ".join(problems[:20])
        )
    # the assigned tensors are parameters of the meta model: dtype and device come from here
    model.load_state_dict({k: v.to(device=device, dtype=dtype) for k, v in state.items()}, assign=True)


def read_weights(path: Path, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """All tensors of a file, dequantised to ``dtype`` where they are stored as integers.

    One by one: the whole model in float32 would be the most memory that a reader ever takes.
    """
    try:
        stored = load_file(path)
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is not a complete safetensors file ({error}); fetch it again") from error
    state: dict[str, Tensor] = {}
    for key, value in stored.items():
        name, _, kind = key.rpartition(".")
        if kind == "int8":
            state[name] = dequantize_int8(value, stored[f"{name}.scale"]).to(dtype)
        elif kind == "int4":
            state[name] = dequantize_int4(value, stored[f"{name}.scale"]).to(dtype)
        elif kind != "scale":
            state[key] = value.clone()  # a view would keep the whole file in memory
    return state


def scheme_of(name: str, weight: Tensor) -> Scheme:
    """The shipped recipe: routed experts int4, other matrices int8, everything small as it is."""
    if weight.ndim == 3 and name.endswith(("w_gate_up", "w_down")) and weight.shape[-1] % GROUP == 0:
        return "int4"
    return "int8" if weight.ndim >= 2 and weight.shape[-1] >= 64 and "pos_embed" not in name else "none"


class Saveable(Protocol):
    """A model with what its folder needs."""

    config: ModelConfig
    tokenizer: Tokenizer

    def state_dict(self) -> dict[str, Tensor]: ...


def save_pretrained(
    model: Saveable,
    folder: Path,
    *,
    quantized: bool = False,
    packed: Mapping[str, tuple[Tensor, Tensor]] | None = None,
) -> None:
    """Write the three files. ``quantized`` uses :func:`scheme_of`; otherwise bfloat16 throughout.

    ``packed``: weights that were rounded to int4 with more care than here, values and scales by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = {"model_type": MODEL_TYPE} | model.config.to_dict()
    (folder / CONFIG).write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    model.tokenizer.inner.save(str(folder / TOKENIZER))
    out: dict[str, Tensor] = {}
    for name, weight in model.state_dict().items():
        scheme = scheme_of(name, weight) if quantized else "none"
        if scheme == "none":
            out[name] = weight.to(torch.bfloat16).cpu().contiguous()
        else:
            # where the weight is: on a GPU that is training, a CPU would hold it up for seconds
            ready = (packed or {}).get(name) if scheme == "int4" else None
            values, scale = ready or (quantize_int4 if scheme == "int4" else quantize_int8)(weight)
            out[f"{name}.{scheme}"], out[f"{name}.scale"] = (
                values.cpu().contiguous(),
                scale.cpu().contiguous(),
            )
    save_file(out, folder / WEIGHTS, metadata={"format": "octavo"})
