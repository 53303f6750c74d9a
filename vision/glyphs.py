"""The glyph map: which characters stand in which patch, read in the one pass that the encoder makes anyway.

Every patch predicts, in reading order, up to ``SLOTS`` characters whose centres lie inside it. The map gives
an answer its box and lets the reader check its own words; ``training`` uses it as the dense loss that teaches
the encoder its letters.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

BLANK, UNKNOWN, SLOTS = 0, 1, 4
PART = 256  # patches whose logits are made at once
_ASCII = "".join(chr(c) for c in range(33, 127))
_LATIN = (
    "¡¢£¥§©ª«®°±²³µ¶·¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžȘșȚț"
)
_SIGNS = "–—‘’‚“”„†‡•…‰‹›€™−√≈≠≤≥→←■□▪●○☐☑☒✓✗№"
ALPHABET = _ASCII + _LATIN + _SIGNS
NUM_GLYPHS = len(ALPHABET) + 2
_IDS = {character: index + 2 for index, character in enumerate(ALPHABET)}


def glyph_id(character: str) -> int:
    """The class of a printed character; ``UNKNOWN`` outside the alphabet."""
    return _IDS.get(character, UNKNOWN)


def glyph_char(index: int) -> str:
    """The character of a class: empty for ``BLANK``, U+FFFD for ``UNKNOWN``."""
    return "" if index == BLANK else "\ufffd" if index == UNKNOWN else ALPHABET[index - 2]


class GlyphHead(nn.Module):
    """Patch features [..., W] → glyph logits [..., SLOTS, NUM_GLYPHS]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.proj = nn.Linear(width, SLOTS * NUM_GLYPHS)

    def forward(self, patches: Tensor) -> Tensor:
        return self.proj(self.norm(patches)).unflatten(-1, (SLOTS, NUM_GLYPHS))


@dataclass(frozen=True)
class GlyphMap:
    """``ids`` and ``probs`` [rows, cols, SLOTS] over the patches of a canvas; ``patch`` in canvas pixels."""

    ids: np.ndarray
    probs: np.ndarray
    patch: int

    @classmethod
    def read(cls, head: nn.Module, patches: Tensor, patch: int, looked: Tensor | None = None) -> "GlyphMap":
        """What a :class:`GlyphHead` makes of a patch map [rows, cols, ...]; only of those that are ``looked``
        at, bool [rows, cols]: others are blank."""
        rows, cols = patches.shape[:2]
        chosen = patches.flatten(0, 1) if looked is None else patches[looked]
        # part by part: all of a page in float32, twice, is 70 MB
        best = [torch.softmax(head(part).float(), dim=-1).max(dim=-1) for part in chosen.split(PART)]
        probs = torch.ones(rows, cols, SLOTS)
        ids = torch.full((rows, cols, SLOTS), BLANK, dtype=torch.int16)
        where = slice(None) if looked is None else looked.flatten().cpu()
        probs.flatten(0, 1)[where] = torch.cat([part.values for part in best]).cpu()
        ids.flatten(0, 1)[where] = torch.cat([part.indices for part in best]).to(torch.int16).cpu()
        return cls(ids.numpy(), probs.numpy(), patch)

    @property
    def nbytes(self) -> int:
        return self.ids.nbytes + self.probs.nbytes

    def row_text(self, row: int) -> str:
        """The characters of one row of patches, left to right."""
        return "".join(glyph_char(int(i)) for i in self.ids[row].ravel())
