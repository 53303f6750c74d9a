"""Clean grey canvases → what scanners, cameras, fax machines and thermal printers make of them, on the GPU.

``degrade`` runs after the batch has reached the device, so that CPU workers only typeset. Every operation
touches only the samples that drew it. All choices come from one seeded CPU generator: the same seed gives the
same picks on any device, and no step waits for the GPU. ``to_tiles`` then cuts the views that the encoder is
fed with.

Shape letters: B batch, H W canvas in px, S tile side.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ..vision.tiling import fit

PAD_VALUE = 127
TILE_SIZE = 384
CLEAN_SHARE = 0.35
TABLED_SHARE = 0.35  # of the pages that are moved
_LUMINANCE_STEPS = (  # ITU-T T.81 (JPEG), annex K, table K.1: quantiser steps at quality 50
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


class _Dice:
    """Per-sample draws on the CPU; amounts shrink with ``strength``, samples marked clean draw nothing."""

    def __init__(
        self, num_samples: int, seed: int, strength: float, device: torch.device, dtype: torch.dtype
    ) -> None:
        self.cpu = Generator().manual_seed(seed)
        self.device_generator = Generator(device).manual_seed(seed)
        self.device, self.dtype, self.strength = device, dtype, strength
        self.dirty = torch.rand(num_samples, generator=self.cpu) >= CLEAN_SHARE

    def pick(self, share: float) -> Tensor:
        """CPU indices of the samples that get an operation."""
        drawn = torch.rand(self.dirty.shape[0], generator=self.cpu) < share * min(1.0, self.strength)
        return torch.nonzero(drawn & self.dirty).flatten()

    def uniform(self, n: int, low: float, high: float) -> Tensor:
        """[n] on the CPU."""
        return low + (high - low) * torch.rand(n, generator=self.cpu)

    def amount(self, n: int, low: float, high: float) -> Tensor:
        """[n, 1, 1, 1] on the device, scaled by the strength; broadcasts over samples."""
        return self.send((self.uniform(n, low, high) * self.strength).view(n, 1, 1, 1))

    def send(self, tensor: Tensor) -> Tensor:
        """To the device in the dtype of the pixels, without blocking: a copy that waits stalls training."""
        return tensor.to(self.device, self.dtype, non_blocking=True)

    def noise_like(self, x: Tensor) -> Tensor:
        return torch.randn(x.shape, generator=self.device_generator, device=self.device, dtype=x.dtype)

    def field(self, n: int, rows: int, cols: int, size: Sequence[int]) -> Tensor:
        """Smooth random fields with values of about ±1: low-resolution noise scaled up, [n, 1, *size]."""
        low = torch.randn(
            n, 1, rows, cols, generator=self.device_generator, device=self.device, dtype=self.dtype
        )
        return F.interpolate(low, size=list(size), mode="bilinear", align_corners=False)


def degrade(canvas: Tensor, content: Tensor, theta: Tensor, seed: int, strength: float = 1.0) -> Tensor:
    """uint8 grey [B, H, W] → uint8 RGB [B, 3, H, W], warped and made worse; padding stays 127.

    ``content`` [B, 4] px and ``theta`` [B, 2, 3] (affine_grid, align_corners=False) are best left on the CPU:
    they decide what runs, and reading them back from a GPU waits for it. ``strength`` 0 only warps; 1 is what
    training uses. Sides must be multiples of 16. Deterministic for a seed on one kind of device.
    """
    B, H, W = canvas.shape
    if H % 16 or W % 16:
        raise ValueError(f"canvas {W}x{H} px: sides must be multiples of 16")
    device = canvas.device
    dtype = torch.float16 if device.type == "cuda" else torch.float32
    dice = _Dice(B, seed, strength, device, dtype)
    inside = _content_mask(content, H, W, device)
    host_theta = theta.cpu()
    moved = (host_theta - torch.eye(2, 3)).abs().amax(dim=(1, 2)) > 1e-6
    # A warp brings the scanner's lid or a table into view, not grey padding; without one the surroundings are
    # white, so that blur and block noise at the border see paper.
    backdrop = torch.where(torch.rand(B, generator=dice.cpu) < 0.6, 1.0, dice.uniform(B, 0.1, 0.9))
    backdrop = torch.where(moved, backdrop, 1.0).view(B, 1, 1, 1)
    x = torch.where(inside, canvas.unsqueeze(1).to(dtype) / 255, dice.send(backdrop))
    tabled = moved & (torch.rand(B, generator=dice.cpu) < TABLED_SHARE * min(1.0, strength))
    x = _warp(x, host_theta, torch.nonzero(moved).flatten())
    table = partial(_table, content=content.cpu()[tabled], theta=host_theta[tabled])
    _apply(x, torch.nonzero(tabled).flatten(), table, dice)
    if strength > 0:
        for share, operation in _PIPELINE:
            _apply(x, dice.pick(share), operation, dice)
    return _colour(x, inside, dice)


def to_tiles(rgb: Tensor, rows: int, cols: int, content: Tensor) -> Tensor:
    """Canvases uint8 [B, 3, rows*S, cols*S] → uint8 [B, n, 3, S, S] as ``vision.preprocess.cut_tiles`` would
    cut.

    The global view comes first: the content scaled to fit one tile (PIL's bicubic with antialiasing),
    centred, the rest 127; then local tiles row by row. A 1×1 grid has one view only, the canvas itself.
    """
    B, _, H, W = rgb.shape
    size = TILE_SIZE
    if (H, W) != (rows * size, cols * size):
        raise ValueError(f"canvas {W}x{H} px is not {rows}x{cols} tiles of {size} px")
    if rows == cols == 1:
        return rgb.unsqueeze(1)
    local = (
        rgb.view(B, 3, rows, size, cols, size)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(B, rows * cols, 3, size, size)
    )
    return torch.cat([_global_view(rgb, content).unsqueeze(1), local], dim=1)


def _content_mask(content: Tensor, H: int, W: int, device: torch.device) -> Tensor:
    """True inside the content rectangles, [B, 1, H, W]."""
    x0, y0, x1, y1 = (side.view(-1, 1, 1, 1) for side in content.to(device, non_blocking=True).unbind(1))
    across = torch.arange(W, device=device).view(1, 1, 1, W)
    down = torch.arange(H, device=device).view(1, 1, H, 1)
    return ((across >= x0) & (across < x1)) & ((down >= y0) & (down < y1))


def _warp(x: Tensor, theta: Tensor, moved: Tensor) -> Tensor:
    """grid_sample of the samples ``moved``; float32 throughout, as an fp16 grid is too coarse for pixels."""
    if len(moved):
        index = moved.to(x.device, non_blocking=True)
        grid = F.affine_grid(
            theta[moved].to(x.device, non_blocking=True), [len(moved), *x.shape[1:]], align_corners=False
        )
        warped = F.grid_sample(
            x[index].float(), grid, mode="bilinear", padding_mode="border", align_corners=False
        )
        x[index] = warped.to(x.dtype)
    return x


def _table(x: Tensor, dice: _Dice, *, content: Tensor, theta: Tensor) -> Tensor:
    """What a page that was moved lies on: a table with a grain, instead of its own edge drawn out."""
    n, _, H, W = x.shape
    grid = F.affine_grid(theta.to(x.device, non_blocking=True), [n, 1, H, W], align_corners=False)
    across, down = (grid[..., 0] + 1) * (W / 2), (grid[..., 1] + 1) * (H / 2)
    x0, y0, x1, y1 = content.to(x.device, non_blocking=True).view(n, 4, 1, 1).unbind(1)
    is_page = (across >= x0) & (across < x1) & (down >= y0) & (down < y1)
    base = dice.send(dice.uniform(n, 0.05, 0.95).view(n, 1, 1, 1))
    grain = (W // 16, 3) if float(dice.uniform(1, 0, 1)) < 0.5 else (3, H // 16)
    table = base + dice.amount(n, 0.0, 0.2) * dice.field(n, 3, 3, (H, W))
    table = table + dice.amount(n, 0.0, 0.12) * dice.field(n, *grain, (H, W))
    return torch.where(is_page.unsqueeze(1), x, table.clamp(0, 1))


def _apply(x: Tensor, picked: Tensor, operation: Callable[[Tensor, _Dice], Tensor], dice: _Dice) -> None:
    if len(picked):
        index = picked.to(x.device, non_blocking=True)
        x[index] = operation(x[index], dice).clamp_(0, 1)


def _colour(x: Tensor, inside: Tensor, dice: _Dice) -> Tensor:
    """Grey [B, 1, H, W] in 0..1 → uint8 RGB; some dirty samples get coloured paper or ink."""
    B = x.shape[0]
    paper, ink = torch.ones(B, 3), torch.zeros(B, 3)
    tinted = dice.pick(0.45)
    n = len(tinted)
    shade = dice.uniform(n, 0.82, 1.0)[:, None]
    hue = 1 - 0.16 * dice.strength * torch.rand(n, 3, generator=dice.cpu) ** 2
    paper[tinted] = 1 - dice.strength * (1 - shade * hue)
    inked = dice.pick(0.3)
    ink[inked] = 0.4 * dice.strength * torch.rand(len(inked), 3, generator=dice.cpu) ** 1.5
    paper = dice.send(paper.clamp(0.5, 1).view(B, 3, 1, 1))
    ink = dice.send(ink.clamp(0, 0.5).view(B, 3, 1, 1))
    rgb = torch.lerp(ink, paper, x).mul_(255).add_(0.5).clamp_(0, 255).to(torch.uint8)
    return rgb.masked_fill_(~inside, PAD_VALUE)


# Operations take [n, 1, H, W] in 0..1 and return the same, with a draw of their own for each sample.


def _bleed(x: Tensor, dice: _Dice) -> Tensor:
    """The print of the other side shines through, mirrored and soft."""
    back = F.avg_pool2d(x.roll(1, dims=0).flip(3), 5, stride=1, padding=2, count_include_pad=False)
    return x - dice.amount(len(x), 0.05, 0.18) * (1 - back) * x


def _thicken(x: Tensor, dice: _Dice) -> Tensor:
    return torch.lerp(x, -F.max_pool2d(-x, 3, stride=1, padding=1), dice.amount(len(x), 0.15, 0.5))


def _thin(x: Tensor, dice: _Dice) -> Tensor:
    return torch.lerp(x, F.max_pool2d(x, 3, stride=1, padding=1), dice.amount(len(x), 0.1, 0.3))


def _resample(x: Tensor, dice: _Dice) -> Tensor:
    """Scanned too coarsely and scaled up again; one factor per call, as sizes must agree within a call."""
    H, W = x.shape[2:]
    factor = 1 - min(1.0, dice.strength) * float(dice.uniform(1, 0.1, 0.32))
    small = (round(H * factor), round(W * factor))
    down = F.interpolate(x.float(), size=small, mode="bilinear", antialias=True)
    return F.interpolate(down, size=(H, W), mode="bicubic", align_corners=False).to(x.dtype)


def _copied(x: Tensor, dice: _Dice) -> Tensor:
    """Filed office paper: copied to black and white, stroke edges eaten, then scanned small and scaled up."""
    n, _, H, W = x.shape
    level = dice.send(dice.uniform(n, 0.35, 0.75).view(n, 1, 1, 1))
    level = level + 0.08 * dice.field(n, 6, 5, (H, W)) + dice.amount(n, 0.0, 0.12) * dice.noise_like(x)
    hard = torch.sigmoid((x - level) * dice.send(dice.uniform(n, 10, 40).view(n, 1, 1, 1)))
    factor = 1 - min(1.0, dice.strength) * float(dice.uniform(1, 0.22, 0.4))
    small = (round(H * factor), round(W * factor))
    down = F.interpolate(hard.float(), size=small, mode="bilinear", antialias=True)
    return F.interpolate(down, size=(H, W), mode="bicubic", align_corners=False).to(x.dtype)


def _blur(x: Tensor, dice: _Dice) -> Tensor:
    """A 5×5 Gaussian with its own two widths and angle for each sample: defocus and slight motion alike."""
    n = len(x)
    wide = dice.uniform(n, 0.3, 1.1) * min(1.0, dice.strength)
    narrow = wide * torch.where(torch.rand(n, generator=dice.cpu) < 0.3, 0.35, 1.0)
    angle = dice.uniform(n, 0, math.pi)
    ticks = torch.arange(-2.0, 3.0)
    down, across = torch.meshgrid(ticks, ticks, indexing="ij")
    cos, sin = angle.cos().view(n, 1, 1), angle.sin().view(n, 1, 1)
    along, beside = across * cos + down * sin, down * cos - across * sin
    wide, narrow = wide.clamp_min(0.2).view(n, 1, 1), narrow.clamp_min(0.2).view(n, 1, 1)
    kernel = torch.exp(-0.5 * ((along / wide) ** 2 + (beside / narrow) ** 2))
    kernel = dice.send((kernel / kernel.sum(dim=(1, 2), keepdim=True)).unsqueeze(1))
    padded = F.pad(x.transpose(0, 1), (2, 2, 2, 2), mode="replicate")
    return F.conv2d(padded, kernel, groups=n).transpose(0, 1)


def _contrast(x: Tensor, dice: _Dice) -> Tensor:
    """Gamma, lifted black, lowered white."""
    n = len(x)
    gamma = torch.exp(dice.amount(n, -0.4, 0.4))
    black, white = dice.amount(n, 0.0, 0.25), 1 - dice.amount(n, 0.0, 0.2)
    return black + (white - black) * x.clamp_min(1e-3) ** gamma


def _light(x: Tensor, dice: _Dice) -> Tensor:
    """Uneven light over the page: a field of a few control points."""
    return x * (1 + dice.amount(len(x), 0.04, 0.14) * dice.field(len(x), 3, 3, x.shape[2:]))


def _shadow(x: Tensor, dice: _Dice) -> Tensor:
    """The soft-edged shadow of a hand or a phone: a steep step over a smooth field."""
    shade = torch.sigmoid(6 * dice.field(len(x), 4, 3, x.shape[2:]) - 1)
    return x * (1 - dice.amount(len(x), 0.1, 0.35) * shade)


def _fading(x: Tensor, dice: _Dice) -> Tensor:
    """A worn thermal head: narrow columns of paler ink, and slow fading along the paper."""
    n, _, H, W = x.shape
    columns = F.interpolate(dice.field(n, 1, W // 8, (1, W // 2)), size=(1, W), mode="nearest")
    rows = dice.field(n, H // 96, 1, (H, 1))
    loss = (0.6 * columns + 0.6 * rows).clamp(0, 1) * dice.amount(n, 0.2, 0.55)
    return 1 - (1 - x) * (1 - loss)


def _texture(x: Tensor, dice: _Dice) -> Tensor:
    """Paper fibre: noise at half the resolution, stronger on paper than on ink."""
    H, W = x.shape[2:]
    return x * (1 + dice.amount(len(x), 0.008, 0.035) * dice.field(len(x), H // 2, W // 2, (H, W)))


def _crease(x: Tensor, dice: _Dice) -> Tensor:
    """One straight fold: a dark and a light flank about two pixels wide, so that text stays legible."""
    n, _, H, W = x.shape
    upright = torch.rand(n, generator=dice.cpu) < 0.5
    angle = dice.uniform(n, -0.08, 0.08) + torch.where(upright, 0.0, math.pi / 2)
    x0, y0 = dice.uniform(n, 0.1, 0.9) * W, dice.uniform(n, 0.1, 0.9) * H
    cos, sin = angle.cos().view(n, 1, 1, 1), angle.sin().view(n, 1, 1, 1)
    across = torch.arange(W).view(1, 1, 1, W) * cos
    down = (torch.arange(H) - y0.view(n, 1, 1, 1)).view(n, 1, H, 1) * sin - x0.view(n, 1, 1, 1) * cos
    across, down = across.to(x.device, non_blocking=True), down.to(x.device, non_blocking=True)
    distance = (across + down) / 1.5  # float32: positions beyond 1,000 px need it
    profile = (distance * torch.exp(-(distance**2))).to(x.dtype)  # odd: dark on one side
    return x + dice.amount(n, 0.15, 0.5) * profile


def _noise(x: Tensor, dice: _Dice) -> Tensor:
    return x + dice.amount(len(x), 0.008, 0.05) * dice.noise_like(x)


def _specks(x: Tensor, dice: _Dice) -> Tensor:
    """Dust and drop-outs: single pixels go dark or white."""
    chance = dice.amount(len(x), 0.0002, 0.0015).float()
    drawn = torch.rand(x.shape, generator=dice.device_generator, device=x.device, dtype=torch.float32)
    return torch.where(drawn < chance, 0.15, torch.where(drawn > 1 - chance, 1.0, x)).to(x.dtype)


def _jpeg(x: Tensor, dice: _Dice) -> Tensor:
    """8×8 DCT coefficients rounded as at a quality of 25–95: the loss of JPEG without its coding."""
    n, _, H, W = x.shape
    quality = 100 - dice.uniform(n, 5, 75) * min(1.0, dice.strength)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50).view(n, 1, 1)
    steps = (torch.tensor(_LUMINANCE_STEPS, dtype=torch.float32).view(1, 1, 64) * scale).clamp_min(1)
    steps = (steps / 255).to(x.device, non_blocking=True)
    basis = dice.send(_dct_basis())
    blocks = x.view(n, H // 8, 8, W // 8, 8).transpose(2, 3).reshape(n, -1, 64) - 0.5
    coefficients = ((blocks @ basis.T).float() / steps).round_() * steps
    blocks = coefficients.to(x.dtype) @ basis + 0.5
    return blocks.view(n, H // 8, W // 8, 8, 8).transpose(2, 3).reshape(n, 1, H, W)


_PIPELINE: tuple[tuple[float, Callable[[Tensor, _Dice], Tensor]], ...] = (
    (0.08, _bleed),
    (0.15, _thicken),
    (0.12, _thin),
    (0.10, _fading),
    (0.15, _contrast),
    (0.15, _texture),
    (0.06, _crease),
    (0.25, _light),
    (0.12, _shadow),
    (0.10, _resample),
    (0.10, _copied),
    (0.06, _copied),
    (0.10, _resample),  # a second group with a factor of its own
    (0.35, _blur),
    (0.30, _noise),
    (0.10, _specks),
    (0.35, _jpeg),
)


@lru_cache(maxsize=1)
def _dct_basis() -> Tensor:
    """The orthonormal 2-D DCT-II of 8×8 blocks as one [64, 64] matrix: coefficients = blocks @ basis.T."""
    k = torch.arange(8, dtype=torch.float64)
    rows = torch.cos(math.pi * (2 * k[None, :] + 1) * k[:, None] / 16) * math.sqrt(2 / 8)
    rows[0] /= math.sqrt(2)
    return torch.kron(rows, rows).float()


def _global_view(rgb: Tensor, content: Tensor) -> Tensor:
    """Content of every canvas scaled into one tile, [B, 3, S, S]: two products with per-sample weights."""
    H, W = rgb.shape[2:]
    host = content.cpu()
    target = torch.tensor(
        [fit((x1 - x0, y1 - y0), (TILE_SIZE, TILE_SIZE)) for x0, y0, x1, y1 in host.tolist()]
    )
    dtype = torch.float16 if rgb.is_cuda else torch.float32
    across = _resize_weights(host[:, [0, 2]], target[:, [0, 2]], W, rgb.device).to(dtype)  # [B, S, W]
    down = _resize_weights(host[:, [1, 3]], target[:, [1, 3]], H, rgb.device).to(dtype)  # [B, S, H]
    # Values are centred on the padding, so that target pixels without weights come out as padding.
    centred = rgb.to(dtype) - PAD_VALUE
    narrowed = centred @ across.transpose(1, 2).unsqueeze(1)
    narrowed.clamp_(-PAD_VALUE, 255 - PAD_VALUE)  # PIL's first pass ends in whole levels, overshoot cut off
    view = down.unsqueeze(1) @ narrowed
    return (view + (PAD_VALUE + 0.5)).clamp_(0, 255).to(torch.uint8)


def _resize_weights(source: Tensor, target: Tensor, length: int, device: torch.device) -> Tensor:
    """Bicubic weights (a = −0.5, widened when shrinking, as PIL) from ``length`` px to one tile, [B, S,
    length].

    ``source`` and ``target`` [B, 2] are the spans of the content before and after; rows outside the target
    are 0.
    """
    spans = torch.cat([source, target], dim=1).to(device, torch.float32, non_blocking=True)
    first, last, start, end = spans[:, :, None, None].unbind(1)
    scale = (last - first) / (end - start)
    out = torch.arange(TILE_SIZE, device=device).view(1, -1, 1)
    pixels = torch.arange(length, device=device).view(1, 1, -1)
    center = first + (out - start + 0.5) * scale
    distance = ((pixels + 0.5 - center) / scale.clamp_min(1)).abs()
    near = (1.5 * distance - 2.5) * distance * distance + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    weights = torch.where(distance < 1, near, torch.where(distance < 2, far, 0.0))
    weights = weights * ((pixels >= first) & (pixels < last))
    weights = weights / weights.sum(dim=2, keepdim=True)
    return torch.where((out >= start) & (out < end), weights, 0.0)
