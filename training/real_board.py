"""The board of real documents on a GPU: what ``octavo eval`` measures, many questions at a time.

``python -m octavo.training.real_board DATA OUT`` packs the documents (first pages, small files);
``score_real`` asks and scores them. The scoring is that of ``app.scoring``: its parts run twice, first to
find out what they ask, then with the answers.
"""

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pymupdf
import torch
from PIL import Image, ImageOps

from ..app.documents import Document
from ..app.manifest import MANIFEST, Item, load_set, validation_items
from ..app.parsing import is_not_found, parse_fields
from ..app.prompts import READ, extract_prompt
from ..app.scoring import Part, TextPart, plan
from ..app.types import Answer, Fields, FieldValue, PageText
from ..language.batch import BatchAnswer, answer_batch
from ..language.vlm import VisionLanguageModel
from ..vision.preprocess import cut_tiles
from ..vision.scale import plan_image
from ..vision.tiling import TilePlan

# What is packed of each set: all of it where nothing of it is trained on, else its validation lines.
SETS = {
    "train/sroie": "validation",
    "dev/funsd": "all",
    "train/icdar2013_tables": "validation",
    "train/zugferd_invoices": "validation",
    "train/kleister_nda": "validation",
}
LONGEST_PX, QUALITY, PAGE_DPI = 1600, 60, 140
DOCUMENT = cast(Document, SimpleNamespace(numbers=(1,), file="packed"))


def pack(data: Path, out: Path) -> dict[str, int]:
    """Write a folder with a manifest for each set; how many documents by set."""
    counts = {}
    for name, which in SETS.items():
        items = load_set(data / name).items
        chosen = list(items) if which == "all" else validation_items(items)
        folder = out / Path(name).name
        (folder / "images").mkdir(parents=True, exist_ok=True)
        with (folder / MANIFEST).open("w", encoding="utf-8") as manifest:
            for item in chosen:
                manifest.write(json.dumps(_packed(item, folder), ensure_ascii=False) + "\n")
        counts[folder.name] = len(chosen)
    return counts


def _packed(item: Item, folder: Path) -> dict[str, Any]:
    """One manifest line for the document's first page, its picture written."""
    labels = dict(item.labels)
    image = _picture(item)
    image.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    labels["image"] = f"images/{item.id}.webp"
    image.save(folder / labels["image"], "WEBP", quality=QUALITY, method=4)
    if item.task == "contract_kie":
        labels = {"text": labels["page_texts"][0], **{k: labels[k] for k in ("id", "image", "task")}}
    for key in ("pdf", "page", "page_texts", "size"):
        labels.pop(key, None)
    if item.task == "invoice_kie":  # the issue asks for these four; the text of all pages is another matter
        four = {"invoice_number", "issue_date", "seller_name", "grand_total"}
        labels["fields"] = {k: v for k, v in labels["fields"].items() if k in four}
        labels.pop("text", None)
    return labels


def _picture(item: Item) -> Image.Image:
    if item.path.suffix.lower() != ".pdf":
        with Image.open(item.path) as opened:
            return ImageOps.exif_transpose(opened).convert("L")
    with pymupdf.open(item.path) as document:
        page = document[(item.page or 1) - 1]
        pixmap = page.get_pixmap(dpi=PAGE_DPI, colorspace=pymupdf.csGRAY, alpha=False)
        return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


@dataclass
class Replay:
    """The ``Reader`` of one document: notes what it is asked, and answers once ``replies`` are there."""

    replies: dict[str, BatchAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def _reply(self, prompt: str) -> BatchAnswer:
        if prompt not in self.replies:
            self.asked.append(prompt)
        return self.replies.get(prompt, BatchAnswer("", 0.0, True))

    def ask(self, document: Document, question: str) -> Answer:
        reply = self._reply(question)
        text = reply.text.strip()
        return Answer(question, text, not is_not_found(text), reply.confidence, (), "", 0.0, ())

    def extract(self, document: Document, names: list[str]) -> Fields:
        reply = self._reply(extract_prompt(names))
        found = parse_fields(reply.text, names).values
        values = {n: FieldValue(found[n].value if n in found else None, reply.confidence) for n in names}
        return Fields("packed", values, "", 0.0, (), ())

    def read(self, document: Document) -> list[PageText]:
        reply = self._reply(READ)
        return [PageText("packed", 1, reply.text, "ok", "", reply.confidence, 0.0)]


@dataclass(frozen=True)
class _Sheet:
    """A packed document on the GPU's doorstep."""

    set: str
    id: str
    tiles: torch.Tensor
    plan: TilePlan
    parts: list[Part]
    replay: Replay


def load_sheets(folder: Path, model: VisionLanguageModel) -> list[_Sheet]:
    """Every document below ``folder``, with what is asked about it."""
    sheets = []
    for place in sorted(path.parent for path in folder.glob(f"*/{MANIFEST}")):
        for item in load_set(place).items:
            with Image.open(item.path) as image:
                layout = plan_image(image, model.config.vision.tiling)
                tiles = cut_tiles(image, layout, pad_value=model.config.vision.tiling.pad_value)
            sheet = _Sheet(place.name, item.id, tiles, layout, plan(item), Replay())
            for part in sheet.parts:
                part.run(sheet.replay, DOCUMENT)
            sheets.append(sheet)
    return sheets


@torch.compiler.set_stance("force_eager")
@torch.no_grad()
def score_real(
    model: VisionLanguageModel,
    sheets: list[_Sheet],
    answers: Path | None = None,
    *,
    tiles_per_batch: int = 512,
) -> dict[str, float]:
    """Mean of every metric by set, as ``set.metric``; every answer is written to ``answers`` (JSON lines)."""
    model.eval()
    jobs = [(sheet, prompt) for sheet in sheets for prompt in dict.fromkeys(sheet.replay.asked)]
    groups: dict[tuple[int, int, int], list[tuple[_Sheet, str]]] = defaultdict(list)
    for sheet, prompt in jobs:
        limit = 1600 if prompt == READ else 256 if prompt.startswith("Extract") else 96
        groups[sheet.plan.rows, sheet.plan.cols, limit].append((sheet, prompt))
    for (_, _, limit), members in sorted(groups.items(), key=lambda group: group[0]):
        size = max(1, tiles_per_batch // members[0][0].plan.num_tiles)
        for start in range(0, len(members), size):
            few = members[start : start + size]
            tiles = torch.stack([sheet.tiles for sheet, _ in few]).to(model.device)
            replies = answer_batch(
                model, tiles, few[0][0].plan, [prompt for _, prompt in few], max_new_tokens=limit
            )
            for (sheet, prompt), reply in zip(few, replies, strict=True):
                sheet.replay.replies[prompt] = reply
    if answers is not None:
        _write_answers(answers, sheets)
    return _board(sheets)


def _board(sheets: list[_Sheet]) -> dict[str, float]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for sheet in sheets:
        for part in sheet.parts:
            loose = isinstance(part, TextPart) and part.is_loose
            for score in part.run(sheet.replay, DOCUMENT).scores:
                if isinstance(part, TextPart) and score.metric != ("cer_loose" if loose else "cer"):
                    continue
                total = sums[f"{sheet.set}.{score.metric}"]
                total[0] += score.value * score.weight
                total[1] += score.weight
    return {name: value / max(weight, 1e-9) for name, (value, weight) in sorted(sums.items())}


def _write_answers(path: Path, sheets: list[_Sheet]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for sheet in sheets:
            for prompt, reply in sheet.replay.replies.items():
                row: dict[str, Any] = {"set": sheet.set, "id": sheet.id}
                row |= {"prompt": prompt, "answer": reply.text}
                row |= {"confidence": round(reply.confidence, 4), "finished": reply.finished}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with train/ and dev/")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    print(pack(args.data, args.out))


if __name__ == "__main__":
    main()
