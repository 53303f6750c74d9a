"""Pages to look at: ``python -m octavo.training.synth OUT --n 20`` writes PNGs with boxes, texts and
questions.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .generate import KINDS, make_page, make_tile
from .page import SyntheticPage
from .world import World


def picture(page: SyntheticPage, boxes: bool) -> Image.Image:
    image = Image.fromarray(page.pixels).convert("RGB")
    if boxes:
        draw = ImageDraw.Draw(image)
        height, width = page.pixels.shape
        for x0, y0, x1, y1 in page.boxes * np.array([width, height, width, height]):
            draw.rectangle((x0, y0, x1, y1), outline=(255, 90, 90))
        for item in page.fields:
            x0, y0, x1, y1 = item.box
            draw.rectangle((x0 * width, y0 * height, x1 * width, y1 * height), outline=(0, 120, 255), width=2)
    return image


def report(page: SyntheticPage) -> str:
    fields = "\n".join(f"  {f.label!r} [{f.key}] = {f.value!r}" for f in page.fields)
    asked = "\n".join(f"  {q.kind}: {q.question} -> {q.answer}" for q in page.questions)
    head = f"{page.kind} {page.language} em {page.text_px:.1f}"
    return f"{head}\n\n{page.text}\n\nfields\n{fields}\nquestions\n{asked}\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.synth", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--n", type=int, default=20)
    parser.add_argument("--kind", choices=(*KINDS, "tile"))
    parser.add_argument(
        "--assets", type=Path, help="folder made by octavo.training.assets; built-in fonts without it"
    )
    parser.add_argument("--size", default="1086x1536")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--boxes", action="store_true")
    options = parser.parse_args()
    world = World.load(options.assets) if options.assets else World.builtin()
    width, height = (int(part) for part in options.size.split("x"))
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    for number in range(options.n):
        start = time.perf_counter()
        if options.kind == "tile":
            page = make_tile(rng, world)
        else:
            page = make_page(rng, world, kind=options.kind, size_px=(width, height))
        milliseconds = (time.perf_counter() - start) * 1000
        name = f"{number:03d}_{page.kind}"
        picture(page, options.boxes).save(options.out / f"{name}.png")
        (options.out / f"{name}.txt").write_text(report(page), "utf-8")
        print(f"{name}: {len(page.chars)} characters, {len(page.questions)} questions, {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
