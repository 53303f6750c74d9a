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

from ..kernels.attention import Packing
from ..vision.blank import Chosen, Glance
from ..vision.cpu_encode import QuickTower
from ..vision.glyphs import GlyphMap
from ..vision.layout import canvas_of, num_visual_tokens
from ..vision.preprocess import cut_tiles
from ..vision.printed import Print, printed
from ..vision.scale import plan_image
from ..vision.tiling import TilePlan
from ..vision.tower import VisionTower
from .attention import KVCache
from .config import ModelConfig
from .cpu_decode import QuickDecoder
from .cpu_fill import QuickFill
from .draft import Drafter
from .generate import Generation, Sampler, Token, collect, generate
from .memory import give_back
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
    laid_out,
    load_state,
    read_config,
    read_weights,
    resolve,
)

SPARE = 256  # rows of a page's cache for a question and a short reply
REMEMBERED = 6  # replies whose words and form the next one is drafted from


@dataclass(frozen=True)
class SeenPage:
    """What the encoder made of a page: ``tokens`` [B, N, D] are what the decoder will read of it.

    ``places`` [B, N]: which of the plan's tokens they are; None for all. ``print``: what replies are drafted
    from, where they are.
    """

    plan: TilePlan
    glyphs: GlyphMap | None
    tokens: Tensor
    places: Tensor | None = None
    print: Print | None = None

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + (self.glyphs.nbytes if self.glyphs else 0)


@dataclass(frozen=True)
class PagePrefix:
    """One page, encoded once: its plan, glyph map and the cache rows that every question on it shares.

    ``print``: see :class:`SeenPage`.
    """

    plan: TilePlan
    glyphs: GlyphMap | None
    cache: KVCache
    length: int
    print: Print | None = None

    @property
    def nbytes(self) -> int:
        return sum(rows.nbytes for rows in self.cache.rows) + (self.glyphs.nbytes if self.glyphs else 0)


@dataclass(frozen=True)
class TrainOutput:
    """What the losses need.

    ``logits`` [n, vocab] of all tokens of text, each from the token before it; ``text`` [n]: their places in
    the flat ids; ``glyph_logits`` [B, P, SLOTS, G] at the patches asked for; ``loads`` [L, E]; ``tokens``:
    how many the decoder was given.
    """

    logits: Tensor | None
    text: Tensor | None
    glyph_logits: Tensor | None
    balance_loss: Tensor
    loads: Tensor | None
    tokens: int = 0


@dataclass(frozen=True)
class Layout:
    """What of a batch goes through the model.

    ``sequence`` [B, L]: what the decoder gets of each row of page and text; ``text`` [B, T]: the text of it.
    None where there is none.
    """

    glance: Glance | None
    sequence: Chosen | None
    text: Chosen | None


class VisionLanguageModel(nn.Module):
    """See the module docstring. ``digest`` names the weights (first 12 hex digits of their SHA-256)."""

    def __init__(self, config: ModelConfig, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.config, self.tokenizer = config, tokenizer
        self.vision = VisionTower(config.vision, config.language.hidden_size)
        self.lm = LanguageModel(config.language)
        self.digest = "untrained"
        self.last_stop = ""
        self._latest: Sampler | None = None  # of the newest reply
        self.replies: deque[tuple[str, list[int]]] = deque(maxlen=REMEMBERED)  # each behind its prompt
        self.quick: QuickDecoder | None = None
        self.quick_fill: QuickFill | None = None
        self.quick_vision: QuickTower | None = None

    @classmethod
    def from_pretrained(
        cls, name: str | Path, *, dtype: torch.dtype | None = None, device: str | torch.device = "cpu"
    ) -> "VisionLanguageModel":
        """``"nano"`` or a folder with ``config.json``, ``tokenizer.json`` and ``model.safetensors``.

        The folder may be an official DeepSeek-VL2 checkpoint: its ``config.json`` tells.
        On a CPU quick twins of encoder and decoder with rounded weights stand in, unless float32 is asked
        for by name. Raises ``FileNotFoundError`` for a folder that is none, ``ValueError`` for files that do
        not fit.
        """
        folder = resolve(name)
        with laid_out():
            config = read_config(folder)
            if is_official(folder):
                rows = config.language.vocab_size
                model = cls(config, OfficialTokenizer.from_folder(folder, TOKENIZER, rows))
            else:
                model = cls(config, Tokenizer.from_file(folder / TOKENIZER))
        is_exact, file = dtype == torch.float32, folder / WEIGHTS
        dtype = dtype or default_dtype(device)
        if is_official(folder):
            # no QuickDecoder: its int4 and int8 copies are not what the official weights compute
            model.digest = load_official(model, folder, dtype=dtype, device=device).digest
            return model.eval().requires_grad_(False)
        load_state(model, read_weights(file, dtype), dtype=dtype, device=device, where=str(file))
        model.digest = digest_of(file)
        model.eval().requires_grad_(False)
        if is_exact:
            return model
        # each leaves behind what it was made from; together that would be more than a page ever takes
        if QuickDecoder.supports(model.lm):
            model.quick = QuickDecoder(model.lm)
            give_back()
        if QuickFill.supports(model.lm):
            model.quick_fill = QuickFill(model.lm)
            give_back()
        if QuickTower.supports(model.vision):
            model.quick_vision = QuickTower(model.vision)
            give_back()
        return model

    @property
    def device(self) -> torch.device:
        return self.lm.embed_tokens.weight.device

    # -- training --------------------------------------------------------------------------------------------

    def lay_out(self, tiles: Tensor, plan: TilePlan, ids: Tensor | None) -> Layout:
        """What of a batch is looked at, told to the decoder, and text: see :meth:`forward` for the shapes.

        Made a while before :meth:`forward`, its numbers are there when that asks for them.
        """
        glance = self.vision.glance(tiles, plan)
        if ids is None:
            return Layout(glance, None, None)
        B, text = len(ids), ids != self.tokenizer.pad
        start = text.new_ones(B, len(self.tokenizer.before_image))
        cells = None if glance is None else glance.cells
        if cells is None:
            cells = text.new_ones(B, num_visual_tokens(plan, self.config.vision.cells))
        return Layout(glance, Chosen.of(torch.cat([start, cells, text], 1)), Chosen.of(text))

    def forward(
        self,
        tiles: Tensor,
        plan: TilePlan,
        ids: Tensor | None,
        glyph_index: Tensor | None = None,
        layout: Layout | None = None,
    ) -> TrainOutput:
        """uint8 tiles [B, n, 3, S, S] of one plan and the text after the image → what the losses need.

        ``ids`` [B, T]: that text, right padded; None for glyphs only.
        ``glyph_index`` [P]: the patches (row-major over the canvas) whose glyphs are wanted; None for none.
        ``layout``: of :meth:`lay_out`. The decoder gets the pages one behind the other, without padding and
        without cells that are left out.
        """
        layout = layout or self.lay_out(tiles, plan, ids)
        visual = self.vision(tiles, plan, layout.glance)
        head, glyph_logits = self.vision.glyph_head, None
        if glyph_index is not None and head is not None:
            glyph_logits = head(visual.patches.flatten(1, 2)[:, glyph_index])
        if ids is None or layout.sequence is None or layout.text is None:
            return TrainOutput(None, None, glyph_logits, visual.tokens.new_zeros(()), None)
        embeds = torch.cat(
            [self.embed_prefix(visual.tokens), self.lm.embed_tokens(ids).to(visual.tokens.dtype)], 1
        )
        mask, T = layout.sequence.mask, ids.shape[1]
        L = mask.shape[1]
        index = layout.sequence.index()
        packing = Packing.of(mask.sum(1), len(index), L)
        packed = embeds.flatten(0, 1).index_select(0, index).unsqueeze(0)
        hidden = self.lm(packed, positions=index % L, packing=packing)
        text = layout.text.index()
        place = (mask.flatten().cumsum(0) - 1).index_select(0, text // T * L + L - T + text % T)
        states = hidden.states[0].index_select(0, place - 1)  # the state before each text token predicts it
        logits = self.lm.logits(states)
        return TrainOutput(logits, text, glyph_logits, hidden.balance_loss, hidden.loads, len(index))

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
        quick, glance = self.quick_vision, self.vision.glance(tiles, plan)
        tower = quick if quick is not None and quick.still_stands() else self.vision
        visual = tower(tiles, plan, glance)
        tokens, places, glyphs, head = visual.tokens, None, None, self.vision.glyph_head
        if glance is not None and glance.cells is not None:
            # pages of a batch keep as many as the fullest of them
            most = int(glance.cells.sum(1).max())
            order = glance.cells.byte().argsort(stable=True, dim=1, descending=True)
            places = order[:, :most].sort(dim=1).values
            tokens = tokens.gather(1, places[..., None].expand(-1, -1, tokens.shape[2]))
        if head is not None:
            looked = None if glance is None else self.vision.looked_map(glance, plan)
            glyphs = GlyphMap.read(head, visual.patches[0], self.config.vision.encoder.patch_size, looked)
        page = None
        if self.quick is not None and glyphs is not None:
            page = printed(glyphs, canvas_of(tiles[0, :, 1], plan).numpy())  # green is grey enough
        return SeenPage(plan, glyphs, tokens, places, page)

    @torch.inference_mode()
    def read(self, seen: SeenPage) -> PagePrefix:
        """Let the decoder read what was seen; every question then starts from there."""
        embeds = self.embed_prefix(seen.tokens).to(self.lm.embed_tokens.weight.dtype)
        cache, positions = self.lm.new_cache(embeds.shape[0], embeds.shape[1] + SPARE), None
        if seen.places is not None:
            start = len(self.tokenizer.before_image)
            before = torch.arange(start, device=embeds.device).expand(len(embeds), -1)
            positions = torch.cat([before, seen.places + start], 1)
        quick = self.quick_fill if len(embeds) == 1 else None
        (quick if quick is not None and quick.still_stands() else self.lm.fill)(embeds, cache, positions)
        cache.skipped = self.count_tokens(seen.plan) - cache.length
        return PagePrefix(seen.plan, seen.glyphs, cache, cache.length, seen.print)

    def count_tokens(self, plan: TilePlan) -> int:
        """Positions of the prefix that :meth:`open_page` makes for a plan."""
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
        prefix.cache.length = prefix.length  # rewind: forget the previous question
        start = prefix.cache.position
        room = self.config.language.max_positions - start - len(ids)
        if room < 1:
            raise ValueError(
                f"the page ({start} tokens) and the question ({len(ids)}) leave no room in "
                f"{self.config.language.max_positions} positions; shorten the question"
            )
        sampler, most = Sampler(temperature, top_p, seed), min(max_new_tokens, room)
        draft = None
        if self.quick is not None:
            page = prefix.print or Print("", ())
            latest = list(reversed(self.replies))
            alike = sorted(latest, key=lambda kept: kept[0] != prompt)  # those to this prompt first
            texts, forms = ([reply for _, reply in kept] for kept in (latest, alike))
            draft = Drafter(self.tokenizer, texts, page.characters, page.before, forms)
        self._latest = sampler
        try:
            self.last_stop = yield from generate(
                self.lm, prefix.cache, ids, self.tokenizer, most, sampler, self.quick, draft
            )
        finally:
            if self._latest is sampler:  # a reply that was given up may be closed after the next has begun
                prefix.cache.cut(prefix.length, prefix.length + SPARE)
        if draft is not None:
            self.replies.append((prompt, draft.reply))

    def answer(self, prefix: PagePrefix, prompt: str, **options: float | int | None) -> Generation:
        """:meth:`stream`, collected."""
        tokens = collect(self.stream(prefix, prompt, **options))  # type: ignore[arg-type]
        return Generation("".join(t.text for t in tokens), tokens, self.last_stop)
