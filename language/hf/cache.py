"""Transformers' caches as our row cache. A row (MLA: latent and rotary key) is kept as the key of one head
with values of no width, so that cropping, reordering for beams and repeating work as they do anywhere."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import Cache


class CacheView:
    """A :class:`transformers.Cache` behind the interface of ``attention.KVCache``."""

    def __init__(self, cache: Cache) -> None:
        self.cache, self.length = cache, int(cache.get_seq_length())

    @property
    def position(self) -> int:
        """Of the next token."""
        return self.length

    def append(self, layer: int, rows: Tensor) -> Tensor:
        """Writes rows [B, T, D] behind the valid ones and returns all [B, S, D]."""
        keys, _ = self.cache.update(rows[:, None], rows[:, None, :, :0], layer)
        return keys[:, 0]


class RowsOnly:
    """The cache of one sequence while it runs by itself: ``rows`` [1, S, D] of each layer, or none."""

    def __init__(self, rows: Sequence[Tensor], length: int) -> None:
        self.rows, self.length = list(rows), length

    @property
    def position(self) -> int:
        """Of the next token."""
        return self.length

    def append(self, layer: int, rows: Tensor) -> Tensor:
        """As :meth:`CacheView.append`."""
        if layer == len(self.rows):
            self.rows.append(rows)
        else:
            self.rows[layer] = torch.cat([self.rows[layer], rows], dim=1)
        return self.rows[layer]
