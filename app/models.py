"""Which models there are, what they need, and which one fits a machine and a need.

Sizes are counted on the configurations themselves; memory is that of the weights as they are loaded, plus
what reading a page takes on top.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..language.config import PRESETS, ModelConfig
from ..language.official_hub import OFFICIAL_NAMES, hub_folder
from .backend import PRETRAINED
from .remote import is_remote

Fit = Literal["yes", "slow", "memory", "kind"]
GB = 1e9
WORKING_GB = 1.0  # the program, a page's activations, the pages that are kept
HEADROOM = 0.8  # of the memory of a machine: the rest is for everything else
NAMES = ("vl2-tiny", "vl2-small", "vl2")  # presets of the official names, in their order


@dataclass(frozen=True)
class Machine:
    """What a model may run on. ``gpu``: its name, empty where there is none; gigabytes are 10⁹ bytes."""

    cores: int
    memory_gb: float
    gpu: str = ""
    gpu_gb: float = 0.0
    has_bfloat16: bool = False  # the processor multiplies it itself

    @property
    def precision(self) -> str:
        """In which weights are loaded."""
        return "bfloat16" if self.gpu or self.has_bfloat16 else "float32"

    @property
    def room_gb(self) -> float:
        """What a model may take, as a first guess."""
        return (self.gpu_gb if self.gpu else self.memory_gb) * HEADROOM


@dataclass(frozen=True)
class KnownModel:
    """``name`` as ``--model`` takes it. ``total`` and ``active`` count parameters, ``active`` those that one
    token uses. ``reads_more`` than Latin print: photos, charts, handwriting, Chinese."""

    name: str
    total: int
    active: int
    reads_more: bool
    is_installed: bool
    in_use: bool = False

    def memory_gb(self, machine: Machine) -> float:
        """Weights in the precision in which they are loaded there, and what reading takes."""
        size = 2 if machine.precision == "bfloat16" else 4
        return self.total * size / GB + WORKING_GB


@dataclass(frozen=True)
class Need:
    """What somebody wants. ``room_gb``: memory for the model; ``wants_best``: rather the best answers than
    speed; ``may_leave``: pages may go to a server of their own."""

    reads_more: bool = False
    room_gb: float = 4.0
    wants_best: bool = False
    may_leave: bool = False


@dataclass(frozen=True)
class Advice:
    """``model`` is None where none fits; then ``use_server`` says whether one elsewhere is the way."""

    model: KnownModel | None
    use_server: bool = False


def known_models(in_use: str) -> list[KnownModel]:
    """The shipped reader and the official models, the smallest first; ``in_use``: the present one's name."""
    shipped = [path.parent.name for path in sorted(PRETRAINED.glob("*/config.json"))]
    models = [
        KnownModel(name, *sizes(name), False, True, name == in_use) for name in shipped if name in PRESETS
    ]
    for name, preset in zip(OFFICIAL_NAMES, NAMES, strict=True):
        models.append(KnownModel(name, *sizes(preset), True, is_here(name), name == in_use))
    return sorted(models, key=lambda model: model.total)


def is_elsewhere(name: str) -> bool:
    """Whether a model's name is the address of a server."""
    return is_remote(name)


def fit(model: KnownModel, need: Need, machine: Machine) -> Fit:
    """Whether a model fits, or the first reason why not."""
    if need.reads_more and not model.reads_more:
        return "kind"
    if model.memory_gb(machine) > need.room_gb:
        return "memory"
    return "slow" if model.reads_more and not machine.gpu else "yes"


def advise(models: Sequence[KnownModel], need: Need, machine: Machine) -> Advice:
    """The smallest or, for the best answers, the largest that fits; of models that work, one that is not slow
    rather than one that is, unless only slow ones read what is wanted."""
    fits = {model.name: fit(model, need, machine) for model in models}
    for wanted in (("yes", "slow"),) if need.wants_best else (("yes",), ("slow",)):
        usable = [model for model in models if fits[model.name] in wanted]
        if usable:
            order = max if need.wants_best else min
            return Advice(order(usable, key=lambda model: model.total))
    return Advice(None, need.may_leave)


def is_here(name: str) -> bool:
    """Whether an official model was downloaded; nothing is fetched to find out."""
    try:
        hub_folder(name, local_files_only=True)
    except FileNotFoundError:
        return False
    return True


@lru_cache
def sizes(preset: str) -> tuple[int, int]:
    """``(all parameters, those that one token uses)`` of a preset, counted without making any."""
    from ..language.model import LanguageModel
    from ..language.weights import laid_out
    from ..vision.tower import VisionTower

    config = PRESETS[preset]
    with laid_out():
        parts = VisionTower(config.vision, config.language.hidden_size), LanguageModel(config.language)
    total = sum(weight.numel() for part in parts for weight in part.parameters())
    return total, total - _idle(config)


def _idle(config: ModelConfig) -> int:
    """Parameters of the experts that one token does not go through."""
    language, moe = config.language, config.language.moe
    layers = language.num_layers - moe.first_dense
    return layers * (moe.num_routed - moe.top_k) * 3 * language.hidden_size * moe.intermediate_size


def this_machine() -> Machine:
    """What this program runs on."""
    import torch

    cores, memory = os.cpu_count() or 1, _memory_gb()
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return Machine(cores, memory, properties.name, properties.total_memory / GB, True)
    from ..language.weights import default_dtype

    return Machine(cores, memory, has_bfloat16=default_dtype("cpu") == torch.bfloat16)


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    except (AttributeError, ValueError, OSError):  # a system that does not tell
        return 8.0
