"""What colour others would say a photo has: ``python -m octavo.training.second_opinion PHOTOS`` asks a jury.

Shops name colours carelessly. A reader that is shown the same wrong names often enough learns them by heart
and is no better on other photos. So a small network of its own is trained on all folds of the photos but one
and asked about that one (cross-fitting, as in confident learning, Northcutt et al., arXiv 1911.00068); what
it says, a probability for each name, lies beside the photos (``opinions.json.gz``), and training draws from
it (``photos.Photos.labels``). ``--part`` with less than all of them shows what more photos would bring.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from .photo_maker import MAX_CAST, MAX_CONTRAST, MAX_GAMMA, MAX_SHIFT, STEADY_LIGHT
from .photos import OPINIONS, PhotoRecord, Photos

SETS = ("fashion_myntra", "fashion_small")  # of one shop, whose names are asked for
HEIGHT = 64  # px; three quarters of it wide
WIDTH = 24  # channels of the first block; each of the next three has twice as many as the one before
READERS = 8  # threads that open photos
BATCH, RATE, DECAY, WARM = 128, 2e-3, 0.05, 0.15  # the rate is that of such batches
SMOOTHED, BESIDE = 0.1, 0.3  # of the colour's labels; weight of naming the category, which helps
CROPPED, ASPECT = (0.7, 1.05), (0.9, 1.1)
LEAST = 0.02  # probability of a name that is worth a line
SAID_OF = "colour"


@dataclass(frozen=True)
class Examples:
    """``pixels`` uint8 [N, 3, H, W]; ``colours`` and ``categories`` int64 [N], -1 for names unknown here."""

    ids: tuple[str, ...]
    pixels: Tensor
    colours: Tensor
    categories: Tensor

    def __len__(self) -> int:
        return len(self.ids)

    def to(self, device: str) -> "Examples":
        """The same on a device."""
        return Examples(self.ids, self.pixels.to(device), self.colours.to(device), self.categories.to(device))

    def some(self, chosen: np.ndarray) -> "Examples":
        """Those where ``chosen`` bool [N] is true."""
        at = torch.from_numpy(np.flatnonzero(chosen)).to(self.pixels.device)
        ids = tuple(self.ids[i] for i in at.tolist())
        return Examples(ids, self.pixels[at], self.colours[at], self.categories[at])


def coloured(photos: Photos) -> list[PhotoRecord]:
    """The shop's photos whose colour is named."""
    return [record for record in photos.records if record.set in SETS and SAID_OF in record.labels]


def examples(
    photos: Photos, colours: Sequence[str], categories: Sequence[str], height: int = HEIGHT
) -> Examples:
    """All coloured photos of a packed folder, ``height`` px high and three quarters of it wide."""
    records, size = coloured(photos), (height * 3 // 4, height)

    def small(record: PhotoRecord) -> np.ndarray:
        return np.asarray(photos.image(record).resize(size, Image.Resampling.BILINEAR))

    with ThreadPoolExecutor(READERS) as pool:
        pixels = list(pool.map(small, records))

    def numbers(names: Sequence[str], label: str) -> Tensor:
        known = {name: number for number, name in enumerate(names)}
        return torch.tensor([known.get(record.labels.get(label, ""), -1) for record in records])

    return Examples(
        tuple(record.id for record in records),
        torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).contiguous(),
        numbers(colours, SAID_OF),
        numbers(categories, "category"),
    )


class Block(nn.Module):
    """Two convolutions and a short cut (He et al., arXiv 1512.03385), half the size."""

    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inner, outer, 3, 2, 1, bias=False)
        self.second = nn.Conv2d(outer, outer, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList((nn.BatchNorm2d(outer), nn.BatchNorm2d(outer)))
        self.short = nn.Conv2d(inner, outer, 1, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, inner, H, W] → [B, outer, H/2, W/2]."""
        inside = F.relu(self.norms[0](self.first(x)))
        return F.relu(self.short(x) + self.norms[1](self.second(inside)))


class Juror(nn.Module):
    """uint8 photos [B, 3, H, W] → logits of colours [B, C] and of categories [B, K]."""

    def __init__(self, colours: int, categories: int, width: int = WIDTH) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 3, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            *(Block(width << n, width << n + 1) for n in range(3)),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(0.3),
        )
        self.colour, self.category = nn.Linear(width << 3, colours), nn.Linear(width << 3, categories)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels uint8, or float in -1..1."""
        x = pixels.float() / 127.5 - 1 if pixels.dtype == torch.uint8 else pixels
        features = self.body(x.contiguous(memory_format=torch.channels_last))
        return self.colour(features), self.category(features)


@dataclass(frozen=True)
class Plan:
    """How a juror is trained; larger ``batch``es suit a GPU."""

    epochs: int = 20
    batch: int = BATCH
    device: str = "cpu"
    width: int = WIDTH


def train_juror(known: Examples, colours: int, categories: int, plan: Plan, seed: int) -> Juror:
    """A juror that has seen ``known`` ``plan.epochs`` times, cropped, mirrored and in slightly other light.

    Raises ValueError for fewer photos than a batch has.
    """
    if len(known) < plan.batch:
        raise ValueError(f"{len(known)} photos are too few to learn colours from: {plan.batch} at least")
    torch.manual_seed(seed)
    known = known.to(plan.device)
    juror = Juror(colours, categories, plan.width).to(plan.device)
    steps, rate = plan.epochs * (len(known) // plan.batch), RATE * (plan.batch / BATCH) ** 0.5
    optimizer = torch.optim.AdamW(juror.parameters(), rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=WARM)
    for chosen in _batches(len(known), plan):
        chosen = chosen.to(plan.device)
        with torch.autocast("cuda", torch.bfloat16, enabled=plan.device.startswith("cuda")):
            said, kind = juror(_varied(known.pixels[chosen]))
        loss = F.cross_entropy(said.float(), known.colours[chosen], label_smoothing=SMOOTHED)
        loss += BESIDE * F.cross_entropy(kind.float(), known.categories[chosen], ignore_index=-1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    return juror.eval()


def _batches(count: int, plan: Plan) -> Iterator[Tensor]:
    for _ in range(plan.epochs):
        yield from torch.randperm(count)[: count // plan.batch * plan.batch].split(plan.batch)


def _varied(pixels: Tensor) -> Tensor:
    """uint8 [B, 3, H, W] → float in -1..1: cropped, half of them mirrored, the light a little changed."""

    def between(low: float, high: float, *shape: int) -> Tensor:
        return torch.empty(count, *shape, device=pixels.device).uniform_(low, high)

    def light(most: float, channels: int = 1) -> Tensor:
        return between(-most * STEADY_LIGHT, most * STEADY_LIGHT, channels, 1, 1)

    count, x = len(pixels), pixels.float() / 255
    level = x.clamp_min(1e-4) ** light(MAX_GAMMA).exp()
    level = (level - 0.5) * (1 + light(MAX_CONTRAST)) + 0.5
    cast = 1 + light(MAX_CAST, 3)
    level = ((level + light(MAX_SHIFT)) * cast).clamp(0, 1)
    theta, size = torch.zeros(count, 2, 3, device=pixels.device), between(*CROPPED)
    theta[:, 0, 0] = size * (between(-1, 1) > 0).float().mul(2).sub(1)
    theta[:, 1, 1] = size * between(*ASPECT)
    theta[:, :, 2] = between(-1, 1, 2) * (1 - size).clamp_min(0)[:, None]
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(level * 2 - 1, grid, padding_mode="border", align_corners=False)


@torch.no_grad()
def opinion(juror: Juror, asked: Examples) -> Tensor:
    """float32 [N, C]: the probability of each name, the mean over the photo and its mirror image."""
    device = next(juror.parameters()).device
    parts = []
    for pixels in asked.pixels.split(512):
        views = (pixels.to(device), pixels.flip(3).to(device))
        parts.append(sum(juror(view)[0].softmax(1) for view in views).cpu() / len(views))
    return torch.cat(parts)


def accuracy(probabilities: Tensor, asked: Examples) -> float:
    """Share of photos whose likeliest name is the shop's."""
    return float((probabilities.argmax(1) == asked.colours).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.second_opinion", description=__doc__)
    parser.add_argument("photos", type=Path, help="folder of octavo.training.photos")
    parser.add_argument("--judge", type=Path, help="photos that were held out, to say how good the jury is")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=BATCH, help="photos a step; 512 suit a GPU")
    parser.add_argument("--width", type=int, default=WIDTH, help="channels; 64 suit a GPU")
    parser.add_argument("--height", type=int, default=HEIGHT, help="px of a photo; 96 suit a GPU")
    parser.add_argument(
        "--part", type=float, default=1.0, help="of the photos to learn from; less: write none"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    photos = Photos(args.photos)
    labels = [record.labels for record in coloured(photos)]
    colours, categories = (
        sorted({known[key] for known in labels if key in known}) for key in (SAID_OF, "category")
    )
    known = examples(photos, colours, categories, args.height)
    judged = examples(Photos(args.judge), colours, categories, args.height) if args.judge else None
    lots = np.array([crc32(name.encode()) for name in known.ids])
    plan = Plan(args.epochs, args.batch, args.device, args.width)
    said = torch.zeros(len(known), len(colours))
    heard: list[Tensor] = []
    for fold in range(args.folds if args.part >= 1 else 1):
        is_other = lots % args.folds == fold
        others = known.some(is_other)
        seen = known.some(~is_other & (lots // args.folds % 1000 < args.part * 1000))
        juror = train_juror(seen, len(colours), len(categories), plan, fold)
        own = opinion(juror, others)
        said[torch.from_numpy(is_other)] = own
        row = {"fold": fold, "photos": len(seen), "learnt": accuracy(opinion(juror, seen), seen)}
        row["others"] = accuracy(own, others)
        if judged:
            heard.append(opinion(juror, judged))
            row["held out"] = accuracy(torch.stack(heard).mean(0), judged)
        print(json.dumps({key: round(value, 4) for key, value in row.items()}), flush=True)
    if args.part >= 1:
        print(json.dumps({"photos": len(known), "jury and shop agree": round(accuracy(said, known), 4)}))
        save(args.photos, known.ids, colours, said)


def save(folder: Path, ids: Sequence[str], colours: Sequence[str], said: Tensor) -> None:
    """Write ``opinions.json.gz``: id → name → probability, those of at least ``LEAST``."""
    rows = {
        name: {colours[i]: round(float(row[i]), 3) for i in (row >= LEAST).nonzero().flatten().tolist()}
        for name, row in zip(ids, said, strict=True)
    }
    (folder / OPINIONS).write_bytes(gzip.compress(json.dumps(rows).encode(), mtime=0))


if __name__ == "__main__":
    main()
