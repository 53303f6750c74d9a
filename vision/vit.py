"""A plain pre-norm vision transformer (Dosovitskiy et al., arXiv 2010.11929).

Its parameters have timm's names, which DeepSeek-VL2 checkpoints share. Written out, though timm has it: timm
brings torchvision and torch's compiler along, two seconds and 190 MB of every process that only wants to read
a page. ``tests/vision/test_vit.py`` holds it against timm's.
"""

from functools import partial

import torch
from torch import Tensor, nn

from ..kernels.attention import Packing, attention

EPS = 1e-6
INIT_STD = 0.02
ACTIVATIONS = {"gelu": nn.GELU, "gelu_tanh": partial(nn.GELU, approximate="tanh")}


class PatchEmbed(nn.Module):
    """Pixels [N, 3, S, S] → patches [N, T, width], in reading order."""

    def __init__(self, patch_size: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch_size, patch_size)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.proj(pixels).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    """Every patch looks at all patches of its tile."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads, self.head_dim = num_heads, width // num_heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor, packing: Packing | None = None) -> Tensor:
        """x [N, T, width] → [N, T, width]; with a ``packing`` [1, T, width], a tile behind the other."""
        qkv = self.qkv(x).unflatten(-1, (3, self.num_heads, self.head_dim))
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(attention(q, k, v, packing=packing).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    """Two layers with ``hidden`` units between them."""

    def __init__(self, width: int, hidden: int, act: str) -> None:
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(width, hidden), ACTIVATIONS[act](), nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    """Attention and feed-forward, each behind a norm and beside the residual stream."""

    def __init__(self, width: int, num_heads: int, hidden: int, act: str = "gelu_tanh") -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, EPS), nn.LayerNorm(width, EPS)
        self.attn, self.mlp = Attention(width, num_heads), Mlp(width, hidden, act)

    def forward(self, x: Tensor, packing: Packing | None = None) -> Tensor:
        """See :class:`Attention`."""
        x = x + self.attn(self.norm1(x), packing)
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """Learned positions; no class token, no pooling, no head.

    Raises ValueError for a width that the heads do not divide and for an activation that is not known.
    """

    def __init__(
        self, image_size: int, patch_size: int, width: int, depth: int, num_heads: int, hidden: int, act: str
    ) -> None:
        super().__init__()
        if width % num_heads:
            raise ValueError(f"{num_heads} heads do not divide a width of {width}")
        if act not in ACTIVATIONS:
            raise ValueError(f"activation {act!r} is not known: {', '.join(ACTIVATIONS)}")
        self.patch_embed = PatchEmbed(patch_size, width)
        self.pos_embed = nn.Parameter(torch.zeros(1, (image_size // patch_size) ** 2, width))
        self.blocks = nn.ModuleList(Block(width, num_heads, hidden, act) for _ in range(depth))
        self.norm = nn.LayerNorm(width, EPS)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self) -> None:
        """timm's scheme: truncated normal of 0.02 for matrices and positions, no biases."""
        nn.init.trunc_normal_(self.pos_embed, std=INIT_STD)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=INIT_STD)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Conv2d | nn.LayerNorm):
                module.reset_parameters()

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels [N, 3, S, S] → features [N, T, width]."""
        x = self.patch_embed(pixels) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
