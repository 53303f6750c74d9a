"""Receipts as a telephone takes them: the labelled ones of a set, a few degrees askew on a grey table.

    python benchmarks/askew.py OUT --data DATA [--limit N]

writes ``OUT/images`` and ``OUT/manifest.jsonl`` from the validation lines of ``DATA/train/sroie``; then
``octavo eval OUT --no-transcribe`` scores them, with the same labels as the receipts have that lie straight.
The same pictures come every time. Rotation and table only: no perspective, no curl.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from octavo.app.manifest import Item, load_set, validation_items

SEED = 5
LONGEST, LONGEST_PICTURE = 1500, 2000  # px of a receipt's longer side, and of the picture's
LEAST, MOST = 4.0, 8.0  # degrees, either way


def photographed(receipt: Image.Image, rng: np.random.Generator) -> tuple[Image.Image, float]:
    """A picture in which the receipt lies askew somewhere on a table; and by how much, counterclockwise."""
    receipt.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    angle = float(rng.uniform(LEAST, MOST) * rng.choice([-1, 1]))
    mask = Image.new("L", receipt.size, 255)
    paper, mask = (image.rotate(angle, Image.Resampling.BICUBIC, expand=True) for image in (receipt, mask))
    width = max(round(receipt.width / rng.uniform(0.55, 0.8)), paper.width) + 20
    height = max(round(receipt.height / rng.uniform(0.78, 0.92)), paper.height) + 20
    grain = rng.integers(70, 150) + rng.normal(0, 6, (height, width))
    picture = Image.fromarray(grain.clip(0, 255).astype(np.uint8)).convert("RGB")
    place = (int(rng.integers(0, width - paper.width)), int(rng.integers(0, height - paper.height)))
    picture.paste(paper, place, mask)
    picture.thumbnail((LONGEST_PICTURE, LONGEST_PICTURE), Image.Resampling.LANCZOS)
    return picture, angle


def write(items: list[Item], out: Path) -> None:
    """The pictures and the manifest of a set."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    with open(out / "manifest.jsonl", "w", encoding="utf-8") as manifest:
        for item in items:
            with Image.open(item.path) as image:
                picture, angle = photographed(image.convert("RGB"), rng)
            name = f"images/{item.id}.jpg"
            picture.save(out / name, quality=88)
            row = {"id": item.id, "task": item.task, "image": name, "angle": angle}
            manifest.write(json.dumps(row | {"fields": item.labels["fields"]}, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    items = validation_items(load_set(args.data / "train" / "sroie").items)[: args.limit]
    write(items, args.out)
    print(f"{len(items)} receipts in {args.out}")


if __name__ == "__main__":
    main()
