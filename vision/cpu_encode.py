"""The vision tower on a CPU that multiplies bytes: a quick twin of ``VisionTower``.

Four fifths of a page's time are the encoder's products. ``QuickTower`` holds its own int8 copies of their
weights, rounds activations to eight bits tile by tile (so a tile's features do not depend on its
neighbours), keeps the residual stream in float32 and adds to it in place. A thread takes one tile at a time
through all of the encoder's layers: what it needs stays in the cache. The modules are its readable twin;
``tests/vision/test_cpu_encode.py`` pins the two together.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.int8_linear.dynamic import Bytes, DynamicLinear, quantize_weight, runs_here
from ..kernels.spread import spread
from .blank import Chosen, Glance
from .projector import SeamBlock
from .tiling import TilePlan
from .tower import VisionTower, VisualTokens
from .vit import Block


@dataclass(frozen=True)
class _Norm:
    """A layer norm in float32."""

    weight: Tensor
    bias: Tensor
    eps: float

    @classmethod
    def of(cls, norm: nn.LayerNorm) -> "_Norm":
        return cls(norm.weight.detach().float(), norm.bias.detach().float(), norm.eps)

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class _Block:
    """A pre-norm ViT block over one tile; the softmax scale is folded into the queries."""

    def __init__(self, block: Block, rows: int, dtype: torch.dtype) -> None:
        attn, mlp = block.attn, block.mlp
        self.heads, self.width, self.dtype = attn.num_heads, attn.qkv.in_features, dtype
        scale = torch.ones(3 * self.width)
        scale[: self.width] = attn.head_dim**-0.5
        self.norms = _Norm.of(block.norm1), _Norm.of(block.norm2)
        self.qkv = DynamicLinear.of(
            attn.qkv.weight.detach().float() * scale[:, None], attn.qkv.bias.detach().float() * scale, rows
        )
        self.proj = DynamicLinear.of(attn.proj.weight, attn.proj.bias, rows)
        self.up = DynamicLinear.of(mlp.fc1.weight, mlp.fc1.bias, rows)
        self.down = DynamicLinear.of(mlp.fc2.weight, mlp.fc2.bias, rows)

    def run(self, x: Tensor) -> None:
        """x [T, width] float32, changed in place."""
        qkv = self.qkv(Bytes.of(self.norms[0](x)), dtype=self.dtype)
        self.proj.add_to(x, Bytes.of(self._attend(qkv).float()))
        hidden = self.up(Bytes.of(self.norms[1](x)), gelu=True)
        self.down.add_to(x, Bytes.of(hidden))

    def _attend(self, qkv: Tensor) -> Tensor:
        """qkv [T, 3 × width] → [T, width]. Head by head: the scores of one head stay in the inner cache."""
        T, d = qkv.shape[0], self.width // self.heads
        out, scores = qkv.new_empty(T, self.width), qkv.new_empty(T, T)
        for head in range(self.heads):
            q, k, v = (qkv[:, start : start + d] for start in range(head * d, 3 * self.width, self.width))
            torch.mm(q, k.t(), out=scores)
            torch.softmax(scores, -1, out=scores)
            torch.mm(scores, v, out=out[:, head * d : (head + 1) * d])
        return out


class _Seam:
    """A seam's convolution as a linear layer over the 3×3 neighbourhood of every patch."""

    def __init__(self, seam: SeamBlock, rows: int) -> None:
        weight = seam.conv.weight.detach().permute(0, 2, 3, 1).flatten(1)  # neighbour-major, then channel
        self.norm = _Norm.of(seam.norm)
        self.conv = DynamicLinear.of(weight, seam.conv.bias, rows)
        self.proj = DynamicLinear.of(seam.proj.weight, seam.proj.bias, rows)

    def __call__(self, grid: Tensor, band: int) -> Tensor:
        """[H, W, V] float32 → the same shape, ``band`` rows of patches at a time.

        All threads share a band: a band each is half as slow again, whose neighbourhoods crowd the cache.
        """
        out, normed = grid.clone(), Bytes.of(self.norm(grid))
        padded = F.pad(normed.values, (0, 0, 1, 1, 1, 1), value=normed.zero)
        for start in range(0, grid.shape[0], band):
            rows = padded[start : start + band + 2]
            around = rows.unfold(0, 3, 1).unfold(1, 3, 1).permute(0, 1, 3, 4, 2)  # [h, W, 3, 3, V]
            cells = Bytes(around.reshape(-1, 9 * grid.shape[2]), normed.scale, normed.zero)
            hidden = self.conv(cells, gelu=True)
            self.proj.add_to(out[start : start + band].flatten(0, 1), Bytes.of(hidden))
        return out


class QuickTower:
    """Only for plain ViTs with biases and GELU in its tanh form, without gradients; with VNNI or AVX2."""

    def __init__(self, tower: VisionTower) -> None:
        self.tower, encoder = tower, tower.encoder
        config, vit = encoder.config, encoder.vit
        self.grid, self.patch = config.grid, config.patch_size
        self.dtype, rows = tower.newline.dtype, config.grid**2
        # Pixels are bytes already: x / 127.5 − 1 is a scale, and a shift that the bias takes up.
        weight = vit.patch_embed.proj.weight.detach().float().flatten(1)
        self.embed = DynamicLinear.of(weight, vit.patch_embed.proj.bias, rows)
        values, scale = quantize_weight(weight)
        self.positions = vit.pos_embed.detach().float()[0] - values.float().sum(1) * scale
        self.blocks = [_Block(block, rows, self.dtype) for block in vit.blocks]
        self.norm, self.blank = _Norm.of(vit.norm), encoder.blank
        self.seams = [_Seam(seam, rows) for seam in tower.seams]

    def __reduce__(self) -> tuple[type["QuickTower"], tuple[VisionTower]]:
        """Copied and sent as the tower it is made from: what oneDNN packed cannot be."""
        return QuickTower, (self.tower,)

    @staticmethod
    def supports(tower: VisionTower) -> bool:
        """Whether this path can stand in for ``tower`` here."""
        weight, config = tower.newline, tower.encoder.config
        return (
            config.act == "gelu_tanh"
            and weight.device.type == "cpu"
            and weight.dtype in (torch.bfloat16, torch.float32)
            and runs_here()
        )

    def still_stands(self) -> bool:
        """Whether the tower is where it was, as it was: models are moved and converted."""
        weight = self.tower.newline
        return weight.device.type == "cpu" and weight.dtype == self.dtype

    def __call__(self, tiles: Tensor, plan: TilePlan, glance: Glance | None = None) -> VisualTokens:
        """See :meth:`VisionTower.forward`."""
        features = self.encode(tiles.flatten(0, 1), None if glance is None else glance.patches)
        features = features.unflatten(0, (tiles.shape[0], -1))
        return self.tower.join(features, plan, self._seam)

    def encode(self, tiles: Tensor, looked: Chosen | None = None) -> Tensor:
        """uint8 tiles [N, 3, S, S] → [N, grid*grid, width], as :class:`VisionEncoder`."""
        side, p, T = self.grid * self.patch, self.patch, self.grid**2
        out = self.tower.newline.new_empty(len(tiles), T, self.positions.shape[1])
        looks: list[Tensor | None] = [None] * len(tiles)  # None: at all of it
        if looked is not None:
            looks = [None if own.all() else own.nonzero().squeeze(1) for own in looked.mask]

        def encode_tile(number: int) -> None:
            patches = tiles[number, :, :side, :side].unflatten(2, (-1, p)).unflatten(1, (-1, p))
            pixels, positions = patches.permute(1, 3, 0, 2, 4).reshape(T, -1), self.positions
            look = looks[number]
            if look is not None:
                pixels, positions = pixels[look], positions[look]
            x = self.embed(Bytes(pixels, 1 / 127.5, 0)).add_(positions)
            for block in self.blocks:
                block.run(x)
            if look is None:
                out[number] = self.norm(x)
            else:
                assert self.blank is not None, "for models that leave out patches"
                out[number] = self.blank
                out[number, look] = self.norm(x).to(out.dtype)

        sizes = [T if look is None else len(look) for look in looks]
        spread(encode_tile, sorted(range(len(tiles)), key=lambda number: -sizes[number]))
        return out

    def _seam(self, grid: Tensor) -> Tensor:
        """[B, H, W, V] → the same shape."""
        maps = []
        for each in grid.float():
            for seam in self.seams:
                each = seam(each, self.grid)
            maps.append(each)
        return torch.stack(maps).to(self.dtype)
