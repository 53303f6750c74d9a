"""The composed vision-language model: page → tiles → ViT → projector → 2-D token layout → MoE decoder.

The only file of ``language`` that knows ``vision``. A conversation is laid out as DeepSeek-VL2 does it:
``<bos><|User|>: [visual tokens]\\n{prompt}\\n\\n<|Assistant|>: {answer}<eos>``.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from ..vision.cpu_encode import QuickTower
from ..vision.glyphs import GlyphMap
from ..vision.layout import num_visual_tokens
from ..vision.preprocess import cut_tiles
from ..vision.scale import plan_image
from ..vision.tiling import TilePlan
from ..vision.tower import VisionTower
from .attention import KVCache
from .config import ModelConfig
from .cpu_decode import QuickDecoder
from .draft import Drafter
from .generate import Generation, Sampler, Token, collect, generate
from .model import LanguageModel
from .official import load_official
from .official_config import is_official
from .official_tokenizer import OfficialTokenizer
from .tokenizer import Tokenizer
from .weights import (
    TOKENIZER,
    WEIGHTS,
    default_dtype,
    digest_of,
    load_state,
    read_config,
    read_weights,
    resolve,
)

REMEMBERED = 6  # replies whose words and form the next one is drafted from


@dataclass(frozen=True)
class SeenPage:
    """What the encoder made of a page: ``tokens`` [B, N, D] are what the decoder will read of it."""

    plan: TilePlan
    glyphs: GlyphMap | None
    tokens: Tensor

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + (self.glyphs.nbytes if self.glyphs else 0)


@dataclass(frozen=True)
class PagePrefix:
    """One page, encoded once: its plan, glyph map and the cache rows that every question on it shares.

    ``print``: the tokens of its rows of characters, from which replies are drafted.
    """

    plan: TilePlan
    glyphs: GlyphMap | None
    cache: KVCache
    length: int
    print: tuple[list[int], ...] = ()

    @property
    def nbytes(self) -> int:
        return sum(rows.nbytes for rows in self.cache.rows) + (self.glyphs.nbytes if self.glyphs else 0)


@dataclass(frozen=True)
class TrainOutput:
    """What the losses need.

    ``logits`` [B, T, vocab] at the text positions (position t predicts ids[t+1]; entry 0 comes from the last
    visual token and predicts ids[0]); ``glyph_logits`` [B, P, SLOTS, G] at the patches asked for; ``loads``
    [L, E].
    """

    logits: Tensor | None
    glyph_logits: Tensor | None
    balance_loss: Tensor
    loads: Tensor | None


class VisionLanguageModel(nn.Module):
    """See the module docstring. ``digest`` names the weights (first 12 hex digits of their SHA-256)."""

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.config, self.tokenizer = config, tokenizer
        self.vision = VisionTower(config.vision, config.language.hidden_size)
        self.lm = LanguageModel(config.language)
        self.digest = "untrained"
        self.last_stop = ""
        self.replies: deque[list[int]] = deque(maxlen=REMEMBERED)
        self.quick: QuickDecoder | None = None
        self.quick_vision: QuickTower | None = None

    @classmethod
    def from_pretrained(
        cls, name: str | Path, *, dtype: torch.dtype | None = None, device: str | torch.device = "cpu"
    ) -> "VisionLanguageModel":
        """``"nano"`` or a folder with ``config.json``, ``tokenizer.json`` and ``model.safetensors``.

        The folder may be an official DeepSeek-VL2 checkpoint: its ``config.json`` tells.
        Raises ``FileNotFoundError`` for a folder that is none, ``ValueError`` for files that do not fit.
        """
        folder = resolve(name)
        with torch.device("meta"):
            config = read_config(folder)
            if is_official(folder):
                rows = config.language.vocab_size
                model = cls(config, OfficialTokenizer.from_folder(folder, TOKENIZER, rows))
            else:
                model = cls(config, Tokenizer.from_file(folder / TOKENIZER))
        dtype, file = dtype or default_dtype(device), folder / WEIGHTS
        if is_official(folder):
            # no QuickDecoder: its int4 and int8 copies are not what the official weights compute
            model.digest = load_official(model, folder, dtype=dtype, device=device).digest
            return model.eval().requires_grad_(False)
        load_state(model, read_weights(file, dtype), dtype=dtype, device=device, where=str(file))
        model.digest = digest_of(file)
        model.eval().requires_grad_(False)
        if QuickDecoder.supports(model.lm):
            model.quick = QuickDecoder(model.lm)
        if QuickTower.supports(model.vision):
            model.quick_vision = QuickTower(model.vision)
        return model

    @property
    def device(self) -> torch.device:
        return self.lm.embed_tokens.weight.device

    # -- training --------------------------------------------------------------------------------------------

    def forward(
        self, tiles: Tensor, plan: TilePlan, ids: Tensor | None, glyph_index: Tensor | None = None
    ) -> TrainOutput:
        """uint8 tiles [B, n, 3, S, S] of one plan and the text after the image → what the losses need.

        ``ids`` [B, T]: that text; None for glyphs only.
        ``glyph_index`` [P]: the patches (row-major over the canvas) whose glyphs are wanted; None for none.
        """
        visual = self.vision(tiles, plan)
        head, glyph_logits = self.vision.glyph_head, None
        if glyph_index is not None and head is not None:
            glyph_logits = head(visual.patches.flatten(1, 2)[:, glyph_index])
        if ids is None:
            return TrainOutput(None, glyph_logits, visual.tokens.new_zeros(()), None)
        embeds = torch.cat(
            [self.embed_prefix(visual.tokens), self.lm.embed_tokens(ids).to(visual.tokens.dtype)], 1
        )
        before_text = ids.new_ones(embeds.shape[0], embeds.shape[1] - ids.shape[1], dtype=torch.bool)
        hidden = self.lm(embeds, counted=torch.cat([before_text, ids != self.tokenizer.pad], 1))
        states = hidden.states[:, -ids.shape[1] - 1 : -1]  # the state before each text token predicts it
        return TrainOutput(self.lm.logits(states), glyph_logits, hidden.balance_loss, hidden.loads)

    def embed_prefix(self, tokens: Tensor) -> Tensor:
        """Visual tokens [B, N, D] behind the embeddings of ``<bos><|User|>: ``."""
        before = torch.tensor(self.tokenizer.before_image, device=tokens.device)
        start = self.lm.embed_tokens(before).to(tokens.dtype).expand(tokens.shape[0], -1, -1)
        return torch.cat([start, tokens], dim=1)

    # -- inference -------------------------------------------------------------------------------------------

    def open_page(self, image: Image.Image) -> PagePrefix:
        """Encode one page or photo; the result serves any number of questions, one at a time."""
        return self.read(self.look(image))

    def prefill(self, tiles: Tensor, plan: TilePlan) -> PagePrefix:
        """uint8 tiles [B, n, 3, S, S] → a prefix for B pages with the same plan (glyph map of the first)."""
        return self.read(self.see(tiles, plan))

    def look(self, image: Image.Image) -> SeenPage:
        """Let the encoder see one page; the decoder is not asked."""
        plan = plan_image(image, self.config.vision.tiling)
        tiles = cut_tiles(image, plan, pad_value=self.config.vision.tiling.pad_value)
        return self.see(tiles[None].to(self.device), plan)

    @torch.inference_mode()
    def see(self, tiles: Tensor, plan: TilePlan) -> SeenPage:
        """uint8 tiles [B, n, 3, S, S] → what the encoder makes of B pages (glyph map of the first)."""
        # asked anew for every page: the model may have been moved or converted since it was loaded
        quick = self.quick_vision if QuickTower.supports(self.vision) else None
        visual = (quick or self.vision)(tiles, plan)
        glyphs, head = None, self.vision.glyph_head
        if head is not None:
            glyphs = GlyphMap.from_logits(head(visual.patches[0]), self.config.vision.encoder.patch_size)
        return SeenPage(plan, glyphs, visual.tokens)

    @torch.inference_mode()
    def read(self, seen: SeenPage) -> PagePrefix:
        """Let the decoder read what was seen; every question then starts from there."""
        embeds = self.embed_prefix(seen.tokens).to(self.lm.embed_tokens.weight.dtype)
        cache = self.lm.new_cache(embeds.shape[0], embeds.shape[1] + 256)
        self.lm(embeds, cache)
        rows = seen.glyphs.lines() if self.quick is not None and seen.glyphs is not None else []
        return PagePrefix(
            seen.plan, seen.glyphs, cache, cache.length, tuple(map(self.tokenizer.encode, rows))
        )

    def count_tokens(self, plan: TilePlan) -> int:
        """Tokens of the prefix that :meth:`open_page` makes for a plan."""
        return len(self.tokenizer.before_image) + num_visual_tokens(plan, self.config.vision.cells)

    def stream(
        self,
        prefix: PagePrefix,
        prompt: str,
        *,
        max_new_tokens: int = 256,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> Iterator[Token]:
        """Answer a prompt about a page, token by token; ``last_stop`` says afterwards why it ended.

        Raises ``ValueError`` when prompt and answer cannot fit the model's positions.
        """
        ids = self.tokenizer.question(prompt)
        room = self.config.language.max_positions - prefix.length - len(ids)
        if room < 1:
            raise ValueError(
                f"the page ({prefix.length} tokens) and the question ({len(ids)}) leave no room in "
                f"{self.config.language.max_positions} positions; shorten the question"
            )
        prefix.cache.length = prefix.length  # rewind: forget the previous question
        sampler, most = Sampler(temperature, top_p, seed), min(max_new_tokens, room)
        if self.quick is None:
            self.last_stop = yield from generate(self.lm, prefix.cache, ids, self.tokenizer, most, sampler)
            return
        draft = Drafter([*reversed(self.replies), *prefix.print])
        self.last_stop = yield from generate(
            self.lm, prefix.cache, ids, self.tokenizer, most, sampler, self.quick, draft
        )
        self.replies.append(draft.reply)

    def answer(self, prefix: PagePrefix, prompt: str, **options: float | int | None) -> Generation:
        """:meth:`stream`, collected."""
        tokens = collect(self.stream(prefix, prompt, **options))  # type: ignore[arg-type]
        return Generation("".join(t.text for t in tokens), tokens, self.last_stop)
