"""Training state on disk: everything that makes a resumed run bit-equal to one that was never stopped."""

from pathlib import Path

import torch

from ..language.vlm import VisionLanguageModel
from .optim import MuonAdamW

STATE = "state.pt"


def save_state(folder: Path, model: VisionLanguageModel, optimizer: MuonAdamW, step: int) -> None:
    """Written beside the old one and then renamed, so a kill leaves one of the two."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{STATE}.partial"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, partial)
    partial.replace(folder / STATE)


def load_state(folder: Path, model: VisionLanguageModel, optimizer: MuonAdamW) -> int:
    """Restores both and returns the step to go on from; 0 when there is nothing to resume."""
    path = folder / STATE
    if not path.is_file():
        return 0
    state = torch.load(path, map_location=model.device, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
