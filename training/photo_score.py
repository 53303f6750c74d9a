"""Score a model on packed validation photos, many at once: the fast twin of ``octavo eval`` for a GPU.

Folders come from ``python -m octavo.training.photos DATA OUT --validation``. Every question is asked on its
own, in the words of ``octavo eval`` (``app.scoring.AttributesPart``), and scored as there.
"""

from collections import defaultdict
from pathlib import Path

import torch

from ..app.metrics import field_match
from ..app.prompts import NOT_FOUND, label_question
from ..app.scoring import spoken
from ..language.batch import answer_batch
from ..language.vlm import VisionLanguageModel
from ..vision.preprocess import cut_tiles
from ..vision.tiling import TilePlan, fit
from .photos import PhotoRecord, Photos

ASKED = ("category", "sub_category", "colour", "product")
MAX_NEW_TOKENS = 24
PER_BATCH = 256


@torch.compiler.set_stance("force_eager")  # the training graphs know neither caches nor inference shapes
@torch.no_grad()
def score_photos(
    model: VisionLanguageModel, folder: Path, limit: int | None = None, *, examples: int = 0
) -> dict[str, float]:
    """Share of right answers by set and attribute ("grocery.product"), and of photos said to show nothing.

    ``limit``: photos of a set at most, spread evenly over it. ``examples``: answers to print.
    """
    model.eval()
    photos = Photos(Path(folder))
    hits: dict[str, list[bool]] = defaultdict(list)
    jobs = [(record, key) for record in _some(photos, limit) for key in ASKED if key in record.labels]
    for start in range(0, len(jobs), PER_BATCH):
        group = jobs[start : start + PER_BATCH]
        tiles, plan = _tiles(model, photos, [record for record, _ in group])
        prompts = [label_question(spoken(key)) for _, key in group]
        answers = answer_batch(model, tiles, plan, prompts, max_new_tokens=MAX_NEW_TOKENS)
        for (record, key), answer in zip(group, answers, strict=True):
            said = answer.text.strip()
            if examples > 0:
                examples -= 1
                print(f"  {record.id}: {key} -> {said!r}, {record.labels[key]!r}")
            found = None if said == NOT_FOUND else said
            hits[f"{record.set}.{key}"].append(field_match(found, record.labels[key]))
            hits["photos.refused"].append(found is None)
    return {name: sum(values) / len(values) for name, values in sorted(hits.items())}


def _some(photos: Photos, limit: int | None) -> list[PhotoRecord]:
    sets: dict[str, list[PhotoRecord]] = defaultdict(list)
    for record in photos.records:
        sets[record.set].append(record)
    chosen = []
    for own in sets.values():
        number = len(own) if limit is None else min(limit, len(own))
        chosen += [own[place * len(own) // number] for place in range(number)]
    return chosen


def _tiles(
    model: VisionLanguageModel, photos: Photos, records: list[PhotoRecord]
) -> tuple[torch.Tensor, TilePlan]:
    """uint8 [B, 1, 3, S, S] on the model's device, as ``cut_tiles`` cuts a photo of one tile."""
    tiling = model.config.vision.tiling
    size = tiling.tile_size
    tiles = []
    for record in records:
        image = photos.image(record)
        plan = TilePlan(1, 1, size, fit(image.size, (size, size)), global_view=tiling.global_view_of_single)
        tiles.append(cut_tiles(image, plan, pad_value=tiling.pad_value))
    return torch.stack(tiles).to(model.device), plan
