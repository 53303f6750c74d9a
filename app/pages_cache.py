"""Encoded pages that the next question finds again, within a bound of memory.

A page passes the encoder once. What it saw (its visual tokens, the glyph map) is all that choosing pages
needs; the decoder reads the tokens only of a page that is asked, and the cache then holds what it made of
them.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from ..language.vlm import PagePrefix, VisionLanguageModel
    from ..vision.glyphs import GlyphMap
    from ..vision.tiling import TilePlan


@dataclass(frozen=True)
class Looked:
    """A page that the encoder saw: ``tokens`` [1, N, D] are what the decoder will read of it."""

    plan: "TilePlan"
    tokens: Any
    glyphs: "GlyphMap | None"

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + _glyph_bytes(self.glyphs)


def look(model: "VisionLanguageModel", image: Image.Image) -> Looked:
    """Let the encoder see a page; the decoder is not asked."""
    import torch

    from ..vision.glyphs import GlyphMap
    from ..vision.preprocess import cut_tiles
    from ..vision.scale import plan_image

    tiling, head = model.config.vision.tiling, model.vision.glyph_head
    plan = plan_image(image, tiling)
    with torch.inference_mode():
        tiles = cut_tiles(image, plan, pad_value=tiling.pad_value)
        tower = getattr(model, "quick_vision", None) or model.vision  # as the model's own ``prefill`` does
        visual = tower(tiles[None].to(model.device), plan)
        glyphs = None
        if head is not None:
            logits = head(visual.patches[0])
            glyphs = GlyphMap.from_logits(logits, model.config.vision.encoder.patch_size)
    return Looked(plan, visual.tokens, glyphs)


def open_looked(model: "VisionLanguageModel", looked: Looked) -> "PagePrefix":
    """Let the decoder read a page that was seen; the same as ``model.open_page`` on it."""
    import torch

    from ..language.vlm import PagePrefix

    with torch.inference_mode():
        embeds = model.embed_prefix(looked.tokens).to(model.lm.embed_tokens.weight.dtype)
        cache = model.lm.new_cache(1, embeds.shape[1] + 256)
        model.lm(embeds, cache)
    return PagePrefix(looked.plan, looked.glyphs, cache, cache.length)


class EncodedPages:
    """The pages used last: at most ``max_pages``, of ``max_bytes`` in all, but always the last one."""

    def __init__(self, max_pages: int, max_bytes: int) -> None:
        self.max_pages, self.max_bytes = max_pages, max_bytes
        self._pages: OrderedDict[bytes, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pages)

    def values(self) -> list[Any]:
        """What is kept, the longest unused first."""
        return list(self._pages.values())

    @property
    def nbytes(self) -> int:
        """What the pages occupy."""
        return sum(_size(page) for page in self._pages.values())

    def get(self, key: bytes) -> Any:
        """What is kept of a page: a ``Looked``, a ``PagePrefix``, or None."""
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: bytes, page: Any) -> None:
        """Keep a page in place of what was kept of it, and let the longest unused ones go."""
        self._pages[key] = page
        self._pages.move_to_end(key)
        while len(self._pages) > 1 and (len(self._pages) > self.max_pages or self.nbytes > self.max_bytes):
            self._pages.popitem(last=False)


def _size(page: Any) -> int:
    if isinstance(page, Looked):
        return page.nbytes
    return sum(rows.nbytes for rows in page.cache.rows) + _glyph_bytes(page.glyphs)


def _glyph_bytes(glyphs: "GlyphMap | None") -> int:
    return 0 if glyphs is None else glyphs.ids.nbytes + glyphs.probs.nbytes
