"""Which patches of a tile the encoder looks at: blank paper is left out.

More than half of the patches of a receipt are bare paper, and each would go through every layer and be looked
at by all others. A patch is blank when its pixels differ by less than a span of levels in every channel.
A lattice of one patch in sixteen is looked at whatever is on it: where a tile is bare, that says how bare
paper looks here. The other blank patches share one learnt feature, and the decoder is told nothing of cells
that hold nothing else. That an encoder may be trained on some of
the patches alone is known from MAE (He et al., arXiv 2111.06377, §3); here the pixels choose which.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

LATTICE = 4  # patches between those that are always looked at, in both directions
PATCH_STEP = 16  # by which the number of patches of a tile that are looked at goes up


@dataclass(frozen=True)
class Chosen:
    """Some places of ``mask`` bool [N, T], and how many they are, known to the processor.

    The number is copied while a device goes on with what it has; only who asks for it at once waits.
    """

    mask: Tensor
    _number: Tensor
    _copied: torch.cuda.Event | None

    @classmethod
    def of(cls, mask: Tensor) -> "Chosen":
        """The true places of a mask."""
        number, copied = mask.sum().to("cpu", non_blocking=True), None
        if mask.is_cuda:
            copied = torch.cuda.Event()
            copied.record()
        return cls(mask, number, copied)

    @property
    def number(self) -> int:
        """How many places there are."""
        if self._copied is not None:
            self._copied.synchronize()
        return int(self._number)

    def index(self) -> Tensor:
        """The places in order, as int64 [number] into the flat mask."""
        return self.mask.flatten().byte().argsort(stable=True, descending=True)[: self.number]


@dataclass(frozen=True)
class Glance:
    """What is worth looking at in B pictures of one plan.

    ``patches`` [B × tiles, T]: what the encoder looks at; ``cells`` bool [B, N]: the visual tokens that the
    decoder is told, None for all.
    """

    patches: Chosen
    cells: Tensor | None


def printed_patches(tiles: Tensor, patch: int, span: float) -> Tensor:
    """``tiles`` [N, 3, S, S], 0–255; ``patch`` in px; ``span`` in levels → bool [N, T]."""
    grid = tiles.shape[-1] // patch
    cells = tiles[..., : grid * patch, : grid * patch].unflatten(3, (grid, patch))
    high, low = (
        edge(edge(cells, 4).unflatten(2, (grid, patch)), 3).flatten(2).float()
        for edge in (torch.amax, torch.amin)
    )
    return (high - low).amax(1) >= span


def look_order(printed: Tensor) -> tuple[Tensor, Tensor]:
    """The patches of every tile in the order of their worth, and how many of them are looked at.

    ``printed`` bool [N, T] → order int64 [N, T] (printed patches, then the lattice, then the other blank
    ones, each in reading order), counts int64 [N], whole steps of ``PATCH_STEP`` or all.
    """
    T = printed.shape[1]
    grid = math.isqrt(T)
    lattice = torch.zeros(grid, grid, dtype=torch.bool, device=printed.device)
    lattice[LATTICE // 2 :: LATTICE, LATTICE // 2 :: LATTICE] = True
    worth = printed.byte() * 2 + lattice.flatten().byte()
    counts = ((worth > 0).sum(1) + PATCH_STEP - 1) // PATCH_STEP * PATCH_STEP
    return worth.argsort(stable=True, dim=1, descending=True), counts.clamp(PATCH_STEP, T)


def looked_at(printed: Tensor) -> Chosen:
    """The patches of :func:`look_order` that are looked at."""
    order, counts = look_order(printed)
    first = torch.arange(printed.shape[1], device=printed.device) < counts[:, None]
    return Chosen.of(torch.zeros_like(printed).scatter(1, order, first))
