"""Official DeepSeek checkpoints on disk: (sharded) safetensors → our state.

Reading looks at the headers of all shards first, so a checkpoint that does not fit is refused with the whole
list before any weight is read. Then tensors are copied one at a time straight into the (stacked) tensors of
the model: beside the weights, no more than one tensor is held. Names are in ``official_rules``,
the way back in ``official_export``.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import torch
from torch import Tensor, nn

from .model import LanguageModel
from .official_config import OfficialConfig, read_official
from .official_rules import Piece, Shape, plan, unused
from .weights import laid_out

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
_SHARD = re.compile(r"model-(\d+)-of-(\d+)\.safetensors")
_DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_SAMPLE = 2048  # elements of each tensor that go into the digest
MAX_LISTED = 20


@dataclass(frozen=True)
class LoadReport:
    """``loaded`` official tensors, the names of those ``skipped``, and a ``digest`` that names the weights.

    The digest covers name, type, shape and the first elements of every tensor that is used, whatever the
    shards: reading all bytes of a large checkpoint once more would take longer than loading it.
    """

    loaded: int
    skipped: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class _Stored:
    """Where an official tensor lies, and what it is."""

    file: Path
    dtype: str
    shape: Shape


def shard_files(folder: Path) -> tuple[Path, ...]:
    """The weight files of a folder: those of the index, else numbered shards, else the single file.

    Raises ``FileNotFoundError`` naming the files that are missing, ``ValueError`` for a broken index.
    """
    index = folder / INDEX
    if index.is_file():
        try:
            names = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
            if any(Path(name).name != name for name in names):
                raise ValueError("a shard outside the folder")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{index} is not an index of shards ({error!r}); fetch it again") from error
    else:
        found = sorted(path.name for path in folder.glob("model-*.safetensors"))
        numbered = [match for name in found if (match := _SHARD.fullmatch(name))]
        names = {match.group(0) for match in numbered} or {SINGLE}
        for match in numbered[:1]:  # without an index, the numbers say how many there are
            width, total = len(match.group(1)), match.group(2)
            names |= {
                f"model-{number:0{width}}-of-{total}.safetensors" for number in range(1, int(total) + 1)
            }
    missing = sorted(name for name in names if not (folder / name).is_file())
    if missing:
        raise FileNotFoundError(f"the model folder {folder} lacks {', '.join(missing)}; fetch them again")
    return tuple(folder / name for name in sorted(names))


def load_official(
    model: nn.Module,
    folder: Path,
    *,
    dtype: torch.dtype | None = None,
    device: str | torch.device | Callable[[str], str | torch.device] = "cpu",
) -> LoadReport:
    """Fill a model on the meta device (``VisionLanguageModel`` or ``LanguageModel``) from a checkpoint.

    ``dtype`` None keeps the stored types. The router's selection bias always keeps its own: rounding it
    changes which experts are chosen. ``device`` may be a function of our tensor's name. Raises
    ``FileNotFoundError`` for missing shards and ``ValueError``, with a list, for files that are incomplete or
    tensors that are missing, unexpected or of the wrong shape.
    """
    config = read_official(folder)
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    pieces = plan(shapes, text_only=config.model is None)
    stored, skipped = _survey(shard_files(folder), pieces, config, folder)
    kinds = _types(pieces, stored, dtype)
    place = device if callable(device) else lambda _: device
    state = {
        name: torch.empty(shape, dtype=kinds[name], device=place(name)) for name, shape in shapes.items()
    }
    digests = {}
    for name, tensor in _stream(stored):
        for part in pieces[name].parts:
            part.of_ours(state).copy_(part.of_official(tensor))
        digests[name] = _digest(tensor)
    model.load_state_dict(state, assign=True)
    total = hashlib.sha256("".join(f"{name} {digests[name]}\n" for name in sorted(digests)).encode())
    return LoadReport(len(digests), skipped, total.hexdigest()[:12])


def load_language_model(
    folder: str | Path, *, dtype: torch.dtype | None = None, device: str | torch.device = "cpu"
) -> LanguageModel:
    """A text-only DeepSeek-V2 or V3 checkpoint. Raises as :func:`load_official`."""
    config = read_official(Path(folder))
    if config.model is not None:
        raise ValueError(f"{folder} reads images too: load it with VisionLanguageModel.from_pretrained")
    with laid_out():
        model = LanguageModel(config.language)
    load_official(model, Path(folder), dtype=dtype, device=device)
    return model.eval().requires_grad_(False)


def _survey(
    files: tuple[Path, ...], pieces: Mapping[str, Piece], config: OfficialConfig, folder: Path
) -> tuple[dict[str, _Stored], tuple[str, ...]]:
    """Headers of all files → where each wanted tensor lies, and what is skipped."""
    skip = unused(config)
    stored: dict[str, _Stored] = {}
    skipped, problems = [], []
    for file in files:
        for name, dtype, shape in _header(file):
            if name in stored:
                problems.append(f"twice: {name}, in {stored[name].file.name} and {file.name}")
            elif name in pieces:
                stored[name] = _Stored(file, dtype, shape)
                if shape != pieces[name].shape:
                    problems.append(f"shape of {name}: {shape}, expected {pieces[name].shape}")
                elif dtype not in _DTYPES:
                    problems.append(f"type of {name}: {dtype}, expected one of {', '.join(_DTYPES)}")
            elif skip.fullmatch(name):
                skipped.append(name)
            else:
                problems.append(f"unexpected: {name}")
    problems = [f"missing: {name}" for name in sorted(pieces.keys() - stored.keys())] + problems
    if problems:
        listed = "; ".join(problems[:MAX_LISTED]) + ("; …" if len(problems) > MAX_LISTED else "")
        raise ValueError(
            f"the weights in {folder} do not fit the config ({len(problems)} problems): {listed}"
        )
    return stored, tuple(skipped)


def _header(file: Path) -> Iterator[tuple[str, str, Shape]]:
    """(name, type, shape) of every tensor of a file."""
    try:
        with safetensors.safe_open(file, "pt") as opened:
            for name in opened.keys():  # noqa: SIM118 — not a dict
                entry = opened.get_slice(name)
                yield name, entry.get_dtype(), tuple(entry.get_shape())
    except safetensors.SafetensorError as error:
        raise ValueError(f"{file} is not a complete safetensors file ({error}); fetch it again") from error


def _stream(stored: Mapping[str, _Stored]) -> Iterator[tuple[str, Tensor]]:
    """All tensors, file by file: one file is open at a time."""
    by_file: dict[Path, list[str]] = {}
    for name, entry in stored.items():
        by_file.setdefault(entry.file, []).append(name)
    for file, names in by_file.items():
        with safetensors.safe_open(file, "pt") as opened:
            for name in names:
                yield name, opened.get_tensor(name)


def _types(
    pieces: Mapping[str, Piece], stored: Mapping[str, _Stored], dtype: torch.dtype | None
) -> dict[str, torch.dtype]:
    """Our name → the type that it is to have."""
    kinds: dict[str, torch.dtype] = {}
    for name, piece in pieces.items():
        kind = _DTYPES[stored[name].dtype]
        for part in piece.parts:
            if dtype is not None and not part.ours.endswith("router.bias"):
                kinds[part.ours] = dtype
            else:
                kinds[part.ours] = torch.promote_types(kinds.get(part.ours, kind), kind)
    return kinds


def _digest(tensor: Tensor) -> str:
    head = tensor.flatten()[:_SAMPLE].contiguous().view(torch.uint8).numpy().tobytes()
    return hashlib.sha256(f"{tensor.dtype} {tuple(tensor.shape)} ".encode() + head).hexdigest()
