"""Messages and pictures → what DeepSeek-VL2 reads: token ids, tiles, labels, padded batches.

Follows ``deepseek-ai/DeepSeek-VL2``, ``processing_deepseek_vl_v2.py`` (the ``deepseek`` template), and gives
its token ids for the same messages. ``<image>`` in a message stands for the next picture. What else is
special is limited to grounding marks: a role or an end token that somebody writes stays plain characters.
A page is cut into tiles only in conversations of at most ``crop_images_up_to`` (2) pictures, unless ``crop``
says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from PIL import Image
from torch import Tensor

from ..vision.config import VisionConfig
from ..vision.layout import num_visual_tokens
from ..vision.preprocess import cut_tiles
from ..vision.tiling import TilePlan, TilingConfig, plan_tiles
from .grounding import MARKUP
from .tokenizer import IMAGE, Tokenizer

IGNORED = -100  # labels that no loss counts
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One turn; ``content`` holds an ``<image>`` for every picture."""

    role: Role
    content: str


@dataclass(frozen=True)
class Prompt:
    """An encoded conversation: ``ids`` and ``labels`` [T], and of each picture its plan and uint8 tiles
    [n, 3, S, S]. ``ids`` holds the image token wherever a visual token will stand."""

    ids: Tensor
    labels: Tensor
    plans: tuple[TilePlan, ...]
    tiles: tuple[Tensor, ...]

    def __len__(self) -> int:
        return self.ids.shape[0]


@dataclass(frozen=True)
class PromptBatch:
    """Conversations side by side, padded on the left: ``ids``, ``labels``, ``mask`` (False = padding) [B, T].

    ``tiles`` uint8 [B, n, 3, S, S] and ``grids`` [B, m, 2] (columns, rows; 0 = no such picture) are padded
    behind; each picture's global view stands in front of its tiles.
    """

    ids: Tensor
    labels: Tensor
    mask: Tensor
    tiles: Tensor
    grids: Tensor


def page_label(number: int) -> str:
    """What stands before a page of a group, so that an answer can name it."""
    return f"Page {number}: "


def grid_plan(rows: int, cols: int, tiling: TilingConfig) -> TilePlan:
    """The plan of a picture of which only the grid is known: enough for the encoder, not for boxes."""
    canvas = (0, 0, cols * tiling.tile_size, rows * tiling.tile_size)
    single = rows == cols == 1 and not tiling.global_view_of_single
    return TilePlan(rows, cols, tiling.tile_size, canvas, global_view=not single)


class Processor:
    """See the module docstring. ``max_positions``: longer conversations are refused."""

    def __init__(self, tokenizer: Tokenizer, vision: VisionConfig, max_positions: int) -> None:
        self.tokenizer, self.vision, self.max_positions = tokenizer, vision, max_positions

    def encode(
        self,
        messages: Sequence[Message],
        images: Sequence[Image.Image] = (),
        *,
        crop: bool | None = None,
        for_training: bool = False,
    ) -> Prompt:
        """A conversation, ready for the next answer; ``for_training`` keeps the end token of the last one.

        Labels count the begin token and the assistant's turns with their end tokens, as in the reference.
        Raises ``ValueError`` when pictures and ``<image>`` marks differ in number, when a system message is
        not the first, or when the whole is longer than the model's positions.
        """
        if not messages or any(message.role == "system" for message in messages[1:]):
            raise ValueError("a conversation has at least one message, and a system message is its first")
        marks = sum(message.content.count(IMAGE) for message in messages if message.role == "user")
        plans, tokenizer = self._plans(images, marks, crop), self.tokenizer
        ids, labels, coming = [tokenizer.bos], [tokenizer.bos], iter(plans)
        for message in messages:
            content = message.content.strip()
            if message.role == "assistant":
                turn = [*tokenizer.encode(content, MARKUP), tokenizer.eos]
                labels += turn
            elif message.role == "user":
                turn = [tokenizer.user, *self._splice(f": {content}\n\n", coming, MARKUP)]
                turn += [tokenizer.assistant, *tokenizer.encode(tokenizer.turn_mark)]
                labels += [IGNORED] * len(turn)
            else:
                turn = tokenizer.encode(content, MARKUP)
                labels += [IGNORED] * len(turn)
            ids += turn
        if messages[-1].role == "assistant" and not for_training:
            del ids[-1], labels[-1]  # the answer may go on
        return self._prompt(ids, labels, images, plans)

    def encode_text(
        self, text: str, images: Sequence[Image.Image] = (), *, crop: bool | None = None
    ) -> Prompt:
        """A text that is formatted already: every special token in it counts. For texts of one's own.

        A begin token is put in front where there is none. Raises as :meth:`encode`.
        """
        plans = self._plans(images, text.count(IMAGE), crop)
        known = tuple(name for name in self.tokenizer.special if name != IMAGE)
        ids = self._splice(text, iter(plans), known)
        if ids[:1] != [self.tokenizer.bos]:
            ids = [self.tokenizer.bos, *ids]
        return self._prompt(ids, ids, images, plans)

    def encode_pages(self, pages: Sequence[tuple[int, Image.Image]]) -> Prompt:
        """The beginning of a user's turn: numbered pages, each behind its label, and no question yet.

        Raises ``ValueError`` when they are longer than the model's positions.
        """
        images = [image for _, image in pages]
        plans = self.plan([image.size for image in images])
        text = "\n".join(page_label(number) + IMAGE for number, _ in pages)
        ids = [self.tokenizer.bos, self.tokenizer.user, *self._splice(f": {text}", iter(plans), ())]
        return self._prompt(ids, [IGNORED] * len(ids), images, plans)

    def plan(self, sizes: Sequence[tuple[int, int]], crop: bool | None = None) -> tuple[TilePlan, ...]:
        """Tile plans of the pictures of one conversation, by (width, height).

        ``crop`` True: each is cut into tiles; False: none is; None: as the reference does, by their number.
        """
        tiling = self.vision.tiling
        if crop is not None:
            tiling = replace(tiling, crop_images_up_to=0, max_tiles=tiling.max_tiles if crop else 1)
        return tuple(plan_tiles(size, tiling, num_images=len(sizes)) for size in sizes)

    def count_tokens(self, plans: Iterable[TilePlan]) -> int:
        """Visual tokens that pictures of these plans take."""
        return sum(num_visual_tokens(plan, self.vision.cells) for plan in plans)

    def collate(self, prompts: Sequence[Prompt]) -> PromptBatch:
        """Prompts side by side, the shorter ones padded on the left."""
        longest, size = max(map(len, prompts)), self.vision.encoder.image_size
        ids = torch.full((len(prompts), longest), self.tokenizer.pad)
        labels = torch.full((len(prompts), longest), IGNORED)
        mask = torch.zeros(len(prompts), longest, dtype=torch.bool)
        most_tiles = max(sum(len(tiles) for tiles in prompt.tiles) for prompt in prompts)
        tiles = torch.zeros(len(prompts), most_tiles, 3, size, size, dtype=torch.uint8)
        grids = torch.zeros(len(prompts), max(len(prompt.plans) for prompt in prompts), 2, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            start = longest - len(prompt)
            ids[row, start:], labels[row, start:], mask[row, start:] = prompt.ids, prompt.labels, True
            if prompt.tiles:
                tiles[row, : sum(map(len, prompt.tiles))] = torch.cat(prompt.tiles)
            for place, plan in enumerate(prompt.plans):
                grids[row, place] = torch.tensor([plan.cols, plan.rows])
        return PromptBatch(ids, labels, mask, tiles, grids)

    def _plans(self, images: Sequence[Image.Image], marks: int, crop: bool | None) -> tuple[TilePlan, ...]:
        if marks != len(images):
            raise ValueError(f"{len(images)} images for {marks} {IMAGE} marks; write one mark for each image")
        return self.plan([image.size for image in images], crop)

    def _splice(self, text: str, plans: Iterator[TilePlan], special: Sequence[str]) -> list[int]:
        """Ids of a text; each ``<image>`` becomes as many image tokens as the next plan has visual tokens."""
        first, *rest = text.split(IMAGE)
        ids = self.tokenizer.encode(first, special)
        for part in rest:
            ids += [self.tokenizer.image] * self.count_tokens([next(plans)])
            ids += self.tokenizer.encode(part, special)
        return ids

    def _prompt(
        self, ids: list[int], labels: list[int], images: Sequence[Image.Image], plans: tuple[TilePlan, ...]
    ) -> Prompt:
        if len(ids) > self.max_positions:
            visual = self.count_tokens(plans)
            raise ValueError(
                f"the conversation has {len(ids)} tokens, {visual} of them for {len(images)} images, and the "
                f"model {self.max_positions} positions; ask fewer pages at once"
            )
        all_ids = torch.tensor(ids)
        all_labels = torch.tensor(labels).masked_fill(all_ids == self.tokenizer.image, IGNORED)
        pad = self.vision.tiling.pad_value
        tiles = (cut_tiles(image, plan, pad_value=pad) for image, plan in zip(images, plans, strict=True))
        return Prompt(all_ids, all_labels, plans, tuple(tiles))
