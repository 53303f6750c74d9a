"""Which patches of a tile the encoder looks at: blank paper is left out.

More than half of the patches of a receipt are bare paper, and each would go through every layer and be looked
at by all others. A patch is blank when its pixels differ by less than a span of levels in every channel.
A lattice of one patch in sixteen is looked at whatever is on it: where a tile is bare, that says how bare
paper looks here. The other blank patches share one learnt feature. That an encoder may be trained on some of
the patches alone is known from MAE (He et al., arXiv 2111.06377, §3); here the pixels choose which.
"""

import torch
from torch import Tensor

LATTICE = 4  # patches between those that are always looked at, in both directions
PATCH_STEP = 16  # by which the number of patches of a tile that are looked at goes up


def look_order(tiles: Tensor, patch: int, span: float) -> tuple[Tensor, Tensor]:
    """The patches of every tile in the order of their worth, and how many of them are to be looked at.

    ``tiles`` [N, 3, S, S], 0–255; ``patch`` in px; ``span`` in levels → order int64 [N, T] (printed patches,
    then the lattice, then the other blank ones, each in reading order), counts int64 [N].
    """
    grid = tiles.shape[-1] // patch
    cells = tiles[..., : grid * patch, : grid * patch].unflatten(3, (grid, patch))
    high, low = (
        edge(edge(cells, 4).unflatten(2, (grid, patch)), 3).flatten(2).float()
        for edge in (torch.amax, torch.amin)
    )
    printed = (high - low).amax(1) >= span  # [N, T]
    lattice = torch.zeros(grid, grid, dtype=torch.bool, device=tiles.device)
    lattice[LATTICE // 2 :: LATTICE, LATTICE // 2 :: LATTICE] = True
    worth = printed.byte() * 2 + lattice.flatten().byte()
    return worth.argsort(stable=True, dim=1, descending=True), (worth > 0).sum(1)


def look_size(count: int, most: int, step: int) -> int:
    """``count`` rounded up to a multiple of ``step``, to ``most`` at the most."""
    return min(most, max(step, -(-count // step) * step))


def groups(counts: list[int], most: int, step: int, least: int = 1) -> list[tuple[int, list[int]]]:
    """Tiles that go through the layers together: (patches looked at in each, which tiles), by size.

    Each count becomes a :func:`look_size`; a group of fewer than ``least`` tiles and its neighbour become
    one, of the larger size.
    """
    sizes = [look_size(count, most, step) for count in counts]
    found: list[tuple[int, list[int]]] = []
    for size in sorted(set(sizes)):
        own = [tile for tile, wanted in enumerate(sizes) if wanted == size]
        if found and min(len(own), len(found[-1][1])) < least:
            own = found.pop()[1] + own
        found.append((size, own))
    return found
