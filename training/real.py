"""Real documents among the synthetic ones: ``python -m octavo.training.real DATA OUT`` packs them small.

From labelled folders (``app/manifest.py``) come receipts with their fields, tables with their Markdown, and
PDFs whose text layer says which character stands where. Validation lines never enter. A few hundred pages are
soon known by heart, so they stay a small share of the pages, scaled, warped and degraded like the rest.
"""

import argparse
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pymupdf
from PIL import Image, ImageOps

from ..app.manifest import MANIFEST, Item, load_set, validation_items
from .real_invoices import LONGEST_PX, invoice_pages, jpeg
from .real_questions import real_questions
from .real_retype import retype
from .synth.page import Field, SyntheticPage
from .synth.world import World

INDEX, PIXELS = "real.jsonl", "real.bin"
TASKS = {
    "receipt_kie": "receipt",
    "table_to_markdown": "table",
    "contract_kie": "contract",
    "invoice_kie": "invoice",
}
MAX_STRETCH = 0.12  # of the aspect, either way: about what a hurried photo does
MIN_CHARS = 80  # a PDF page with less is a scan or a cover
WHOLE = (0.0, 0.0, 1.0, 1.0)
RETYPED = 0.6


def pack(data: Path, out: Path) -> dict[str, int]:
    """Write the training lines of every set below ``data`` that has labels to learn from; pages by kind."""
    out.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with (out / INDEX).open("w", encoding="utf-8") as index, (out / PIXELS).open("wb") as pixels:
        for folder in sorted(manifest.parent for manifest in data.glob(f"*/{MANIFEST}")):
            items = load_set(folder).items
            held_out = {item.id for item in validation_items(items)}
            for item in items:
                if item.task not in TASKS or item.id in held_out:
                    continue
                for records, blob in _records(item):
                    place = {"kind": TASKS[item.task], "start": pixels.tell(), "length": len(blob)}
                    pixels.write(blob)
                    for record in records:
                        index.write(json.dumps(record | place, ensure_ascii=False) + "\n")
                        counts[TASKS[item.task]] = counts.get(TASKS[item.task], 0) + 1
    return counts


def _records(item: Item) -> list[tuple[list[dict[str, Any]], bytes]]:
    """What is kept of one labelled document: records of pages, each with the file that they are in."""
    if item.task == "contract_kie":
        return [(_pdf_records(item.path), item.path.read_bytes())]
    if item.task == "invoice_kie":
        return [([record], blob) for record, blob in invoice_pages(item)]
    with Image.open(item.path) as opened:
        image = ImageOps.exif_transpose(opened).convert("L")
    wide = image.width
    image.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    fields = {k: v for k, v in (item.labels.get("fields") or {}).items() if isinstance(v, str) and v.strip()}
    record = {"size": image.size, "text": item.labels["text"], "fields": fields}
    if item.task == "receipt_kie":
        factor = image.width / wide
        record["lines"] = [
            [*(round(v * factor, 1) for v in line["box"]), line["text"]]
            for line in item.labels.get("lines") or ()
        ]
    return [([record], jpeg(image))]


def _pdf_records(path: Path) -> list[dict[str, Any]]:
    """One record a page that has a text layer."""
    with pymupdf.open(path) as document:
        sizes = {n: page.rect for n, page in enumerate(document) if len(page.get_text()) >= MIN_CHARS}
    return [{"size": (round(r.width), round(r.height)), "pdf_page": n} for n, r in sizes.items()]


@dataclass(frozen=True)
class RealPages:
    """A packed folder; ``pick`` gives a page of about the aspect that is asked for.

    With a ``world`` to take type from, RETYPED of the receipts get other words (``training.real_retype``).
    """

    folder: Path
    world: World | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "world": self.world}

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / INDEX).read_text("utf-8").splitlines()]

    @cached_property
    def _aspects(self) -> np.ndarray:
        return np.log([record["size"][0] / record["size"][1] for record in self._records])

    def pick(self, rng: np.random.Generator, size_px: tuple[int, int]) -> SyntheticPage | None:
        """A random page whose aspect is about that of ``size_px`` (width, height); None if there is none."""
        near = np.abs(self._aspects - np.log(size_px[0] / size_px[1])) <= MAX_STRETCH
        chosen = np.flatnonzero(near)
        if not len(chosen):
            return None
        record = self._records[int(rng.choice(chosen))]
        with (self.folder / PIXELS).open("rb") as file:
            file.seek(record["start"])
            blob = file.read(record["length"])
        if "pdf_page" in record:
            return _pdf_page(blob, record["pdf_page"], size_px)
        dice = Random(int(rng.integers(2**62)))
        return _image_page(record, blob, size_px, self.world, dice)


def _image_page(
    record: dict[str, Any], blob: bytes, size_px: tuple[int, int], world: World | None, dice: Random
) -> SyntheticPage:
    """A scan with its transcript and fields; where its characters stand is not known."""
    text, values = record["text"], record["fields"]
    with Image.open(io.BytesIO(blob)) as opened:
        image = opened.convert("L")
    new = None
    if world is not None and record.get("lines") and dice.random() < RETYPED:
        new = retype(np.asarray(image), record, world, dice)
    if new is not None:
        image, text, values = Image.fromarray(new[0]), new[1], new[2]
    pixels = np.asarray(image.resize(size_px, Image.Resampling.BICUBIC))
    fields = tuple(Field("", key, value, WHOLE) for key, value in values.items())
    boxes, kind, language = np.zeros((0, 4), np.float32), record["kind"], record.get("language", "en")
    questions = real_questions(fields, text, kind, language, world, dice) if fields else ()
    return SyntheticPage(pixels, "", boxes, text, fields, questions, kind, language, 12.0, has_glyphs=False)


def _pdf_page(blob: bytes, number: int, size_px: tuple[int, int]) -> SyntheticPage:
    """A page of print with the place of every character, from its text layer."""
    chars: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    blocks: list[str] = []
    with pymupdf.open(stream=blob, filetype="pdf") as document:
        page = document[number]
        width, height = page.rect.width, page.rect.height
        scale = pymupdf.Matrix(size_px[0] / width, size_px[1] / height)
        pixmap = page.get_pixmap(matrix=scale, colorspace=pymupdf.csGRAY, alpha=False)
        for block in page.get_text("rawdict")["blocks"]:
            lines = []
            for line in block.get("lines", ()):
                drawn = [char for span in line["spans"] for char in span["chars"]]
                lines.append("".join(char["c"] for char in drawn).strip())
                for char in drawn:
                    if not char["c"].isspace():
                        chars.append(char["c"])
                        x0, y0, x1, y1 = char["bbox"]
                        boxes.append((x0 / width, y0 / height, x1 / width, y1 / height))
            if any(lines):
                blocks.append("\n".join(line for line in lines if line))
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    if pixels.shape != size_px[::-1]:  # pymupdf rounds outwards
        pixels = np.asarray(Image.fromarray(pixels).resize(size_px, Image.Resampling.BICUBIC))
    placed = np.array(boxes, np.float32).reshape(-1, 4)
    return SyntheticPage(pixels, "".join(chars), placed, "\n\n".join(blocks), (), (), "contract", "en", 12.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled folders")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    counts = pack(args.data, args.out)
    size = sum(file.stat().st_size for file in args.out.iterdir())
    print(", ".join(f"{n} {kind} pages" for kind, n in counts.items()), f"{size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
