"""How exactly printed values are found on a page by the shipped model's glyph map.

``python benchmarks/evidence.py``: synthetic invoices, forms and records on which the place of every value is
known; each is looked for by its text and its label. Prints the share with IoU ≥ 0.5 and the time it takes.
"""

import argparse
import time

import numpy as np
from PIL import Image

from octavo.language.vlm import VisionLanguageModel
from octavo.training.synth import World, make_page
from octavo.vision.locate import locate

KINDS = ("invoice", "form", "record")


def iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1)."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inside = max(width, 0.0) * max(height, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return inside / (sum(areas) - inside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--assets", help="training fonts and texts; the built-in ones without it")
    args = parser.parse_args()
    model = VisionLanguageModel.from_pretrained(args.model)
    world = World.load(args.assets) if args.assets else World.builtin()
    rng, overlaps, seconds, missing = np.random.default_rng(args.seed), [], 0.0, 0
    for number in range(args.pages):
        page = make_page(rng, world, kind=KINDS[number % len(KINDS)])
        opened = model.open_page(Image.fromarray(page.pixels).convert("RGB"))
        for field in page.fields:
            if field.type == "check" or opened.glyphs is None:
                continue
            start = time.perf_counter()
            found = locate(
                opened.glyphs, opened.plan.content, field.value, field.label or field.key, page.pixels
            )
            seconds += time.perf_counter() - start
            missing += found is None
            overlaps.append(iou(found.box, field.box) if found else 0.0)
    right = float(np.mean(np.array(overlaps) >= 0.5))
    print(f"{model.config.name}@{model.digest}: {len(overlaps)} values on {args.pages} pages")
    print(f"IoU ≥ 0.5: {right:.1%}; not found: {missing}; {1000 * seconds / len(overlaps):.1f} ms a value")


if __name__ == "__main__":
    main()
