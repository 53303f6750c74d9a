"""Product photos for training: ``python -m octavo.training.photos DATA OUT`` packs them small.

Validation lines never enter, nor photos that look like one of them, nor anything from the official test and
validation splits of the public sets (``--extra-clothing``, ``--extra-grocery``: their git directories).
``--validation`` packs the held-out lines instead, for ``training.photo_score``. WebP takes half as much as
JPEG at the sizes in question.
"""

import argparse
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..app.manifest import ItemSet
from .photo_sources import (
    CLOTHING,
    GROCERY,
    Candidate,
    Extra,
    clothing_extra,
    dhash,
    grocery_extra,
    open_rgb,
    own_candidates,
    product_sets,
    thumbnail,
)

INDEX, PIXELS = "photos.jsonl", "photos.bin"
LONGEST_PX, EXTRA_LONGEST_PX = 384, 288  # one tile; the extras are many and have to travel
QUALITY, EXTRA_QUALITY, VALIDATION_QUALITY = 55, 40, 80
ALIKE = 2  # bits of 64 that the hashes of two photos of the same thing may differ in
SAME = 2.0  # grey levels that their thumbnails may differ by on average; the hash alone takes any shoe on
# white for any other, which cannot be afforded where photos are few

WEIGHTS = {"fashion_myntra": 0.45, CLOTHING: 0.22, GROCERY: 0.2, "magento_luma": 0.09, "demo_shops": 0.04}
BALANCED = {CLOTHING: "category", GROCERY: "product"}  # sets whose classes are drawn alike often


@dataclass(frozen=True)
class PhotoRecord:
    """One packed photo; ``start`` and ``length`` say where its file lies, in bytes."""

    set: str
    id: str
    labels: Mapping[str, str]
    start: int
    length: int


Counts = dict[str, dict[str, int]]
"""Set → what became of its photos → how many."""


def pack(data: Path, out: Path, extras: Sequence[Extra] = (), *, validation: bool = False) -> Counts:
    """Write ``photos.jsonl`` and ``photos.bin``; the training lines, or the held-out ones."""
    out.mkdir(parents=True, exist_ok=True)
    counts: Counts = defaultdict(lambda: defaultdict(int))
    sets = product_sets(data)
    quality = VALIDATION_QUALITY if validation else QUALITY
    forbidden = Forbidden.of(sets, [] if validation else extras)
    with (out / INDEX).open("w", encoding="utf-8") as index, (out / PIXELS).open("wb") as pixels:

        def add(candidate: Candidate, image: Image.Image, longest: int, quality: int) -> None:
            image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            file = io.BytesIO()
            image.save(file, "WEBP", quality=quality, method=6)
            place = (pixels.tell(), pixels.write(file.getvalue()))
            record = PhotoRecord(candidate.set, candidate.id, candidate.labels, *place)
            index.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")

        for items in sets:
            for candidate in own_candidates(items, validation=validation):
                image = open_rgb(candidate.blob)
                if not validation and forbidden.is_copy(image):
                    counts[candidate.set]["copy of a held-out one"] += 1
                    continue
                add(candidate, image, LONGEST_PX, quality)
                counts[candidate.set]["packed"] += 1
        for extra in extras:
            for candidate in extra.candidates:
                image = open_rgb(candidate.blob)
                fate = forbidden.fate(candidate, image)
                counts[candidate.set][fate] += 1
                if fate == "packed extra":
                    add(candidate, image, EXTRA_LONGEST_PX, EXTRA_QUALITY)
    return {name: dict(fates) for name, fates in counts.items()}


@dataclass(frozen=True)
class Forbidden:
    """What must not be packed for training: by id, and by the hash of what it looks like."""

    held_out: frozenset[str]
    known: frozenset[str]  # ids of all lines: what is not held out is packed already
    hashes: np.ndarray  # uint64 [N]
    thumbnails: np.ndarray  # float32 [N, 16, 16, 3], 0–255

    @staticmethod
    def of(sets: Iterable[ItemSet], extras: Iterable[Extra]) -> "Forbidden":
        """The validation lines of ``sets`` and the official test splits of ``extras``."""
        sets = list(sets)
        held_out = [c for items in sets for c in own_candidates(items, validation=True)]
        blobs = [c.blob for c in held_out] + [blob for extra in extras for blob in extra.held_out]
        looks = [(dhash(image), thumbnail(image)) for image in map(open_rgb, blobs)]
        hashes = np.array([look for look, _ in looks], np.uint64)
        thumbnails = np.array([small for _, small in looks], np.float32)
        known = frozenset(item.id for items in sets for item in items.items)
        return Forbidden(frozenset(c.id for c in held_out), known, hashes, thumbnails)

    def looks_like(self, image: Image.Image) -> bool:
        """Whether the photo may be, by its hash, one of those that are held out."""
        return bool(self._alike(image).any())

    def is_copy(self, image: Image.Image) -> bool:
        """Whether it is one of them by its colours too."""
        near = self.thumbnails[self._alike(image)]
        return bool((np.abs(near - thumbnail(image)).mean((1, 2, 3)) <= SAME).any()) if len(near) else False

    def _alike(self, image: Image.Image) -> np.ndarray:
        return np.bitwise_count(self.hashes ^ np.uint64(dhash(image))) <= ALIKE

    def fate(self, candidate: Candidate, image: Image.Image) -> str:
        """What becomes of a photo from outside: a key of the counts."""
        if candidate.id in self.held_out:
            return "held out by name"
        if candidate.id in self.known:
            return "known already"
        return "looks held out" if self.looks_like(image) else "packed extra"


@dataclass(frozen=True)
class Photos:
    """A packed folder."""

    folder: Path

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder}

    @cached_property
    def records(self) -> tuple[PhotoRecord, ...]:
        """All photos, in the order in which they were packed. Raises ValueError when there are none."""
        lines = (self.folder / INDEX).read_text("utf-8").splitlines()
        if not lines:
            raise ValueError(f"{self.folder} holds no photos: pack them with octavo.training.photos")
        return tuple(PhotoRecord(**json.loads(line)) for line in lines)

    @cached_property
    def _classes(self) -> dict[str, list[list[PhotoRecord]]]:
        """Set → its classes → their photos; a set that needs no balance is one class."""
        classes: dict[str, dict[str, list[PhotoRecord]]] = defaultdict(lambda: defaultdict(list))
        for record in self.records:
            name = record.labels.get(BALANCED.get(record.set, ""), "")
            classes[record.set][name].append(record)
        return {name: list(own.values()) for name, own in classes.items()}

    def pick(self, rng: np.random.Generator) -> PhotoRecord:
        """A set by its weight, one of its classes, one of their photos."""
        names = [name for name in WEIGHTS if name in self._classes]
        chances = np.array([WEIGHTS[name] for name in names])
        classes = self._classes[names[int(rng.choice(len(names), p=chances / chances.sum()))]]
        photos = classes[int(rng.integers(len(classes)))]
        return photos[int(rng.integers(len(photos)))]

    def image(self, record: PhotoRecord) -> Image.Image:
        """The photo as RGB, its longest side at most 384 px."""
        with (self.folder / PIXELS).open("rb") as file:
            file.seek(record.start)
            return open_rgb(file.read(record.length))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.photos", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled folders")
    parser.add_argument("out", type=Path)
    parser.add_argument("--extra-clothing", type=Path, metavar="GITDIR", help="clothing-dataset-small")
    parser.add_argument("--extra-grocery", type=Path, metavar="GITDIR", help="GroceryStoreDataset")
    parser.add_argument("--validation", action="store_true", help="pack what is held out instead")
    args = parser.parse_args()
    sets = {items.name: items for items in product_sets(args.data)}
    extras = []
    if args.extra_clothing and not args.validation:
        extras.append(clothing_extra(args.extra_clothing, sets[CLOTHING]))
    if args.extra_grocery and not args.validation:
        extras.append(grocery_extra(args.extra_grocery, sets[GROCERY]))
    for name, fates in pack(args.data, args.out, extras, validation=args.validation).items():
        print(f"{name}: " + ", ".join(f"{number} {fate}" for fate, number in fates.items()))
    print(f"{sum((args.out / name).stat().st_size for name in (INDEX, PIXELS)) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
