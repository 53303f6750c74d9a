"""Product photos for training: ``python -m octavo.training.photos DATA OUT`` packs them small.

Validation lines never enter, nor photos that look like one of them, nor anything from the official test and
validation splits of the public sets (``--extra-clothing``, ``--extra-grocery``: their git directories), nor
what stands in the repositories named by ``--tested``. ``--validation`` packs the held-out lines instead, for
``training.photo_score``. WebP takes half as much as JPEG at the sizes in question; the index is compressed.
"""

import argparse
import gzip
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..app.manifest import ItemSet
from .photo_fashion import fashion_extras
from .photo_sources import (
    CLOTHING,
    FASHION,
    FASHION_SMALL,
    GROCERY,
    Candidate,
    Extra,
    clothing_extra,
    clothing_full_extra,
    dhash,
    grocery_extra,
    open_rgb,
    own_candidates,
    product_sets,
    thumbnail,
    with_colour,
)

INDEX, PIXELS = "photos.jsonl.gz", "photos.bin"
OPINIONS = "opinions.json.gz"  # of training.second_opinion, if it was asked
LONGEST_PX, VALIDATION_LONGEST_PX = 320, 384  # 384 is one tile; what is trained on has to travel
QUALITY, VALIDATION_QUALITY = 45, 80
EXTRA_LONGEST_PX = {FASHION: 272, FASHION_SMALL: 80, CLOTHING: 240, GROCERY: 264}
EXTRA_QUALITY = {FASHION: 32, FASHION_SMALL: 45, CLOTHING: 32, GROCERY: 32}
ALIKE = 2  # bits of 64 that the hashes of two photos of the same thing may differ in
SAME = 2.0  # grey levels that their thumbnails may differ by on average; the hash alone takes any shoe on
# white for any other, which cannot be afforded where photos are few
COPY_ALIKE, COPY_SAME = 14, 5.0  # the same for copies of another size: measured at up to 11 bits and 4.8

WEIGHTS = {
    FASHION: 0.36,
    FASHION_SMALL: 0.3,
    CLOTHING: 0.14,
    GROCERY: 0.15,
    "magento_luma": 0.03,
    "demo_shops": 0.02,
}
BALANCED = {  # labels whose values are drawn more alike than they are common, and how much: 1 is wholly alike
    # Colours stay as common as they are: a reader that is unsure names the usual one.
    FASHION: (("category", 0.1),),
    FASHION_SMALL: (("category", 0.1),),
    CLOTHING: (("category", 0.9),),
    GROCERY: (("product", 0.9),),
}
SHOP_SHARE = 0.5  # of draws in which the shop's name of a colour is believed, if there are other opinions
MOST_OFTEN = 8.0  # times the mean that a photo may be drawn at most: the rarest would be learnt by heart


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
    longest = VALIDATION_LONGEST_PX if validation else LONGEST_PX
    quality = VALIDATION_QUALITY if validation else QUALITY
    forbidden = Forbidden.of(sets, [] if validation else extras)
    lines: list[str] = []
    packed: set[str] = set()
    with (out / PIXELS).open("wb") as pixels:

        def add(candidate: Candidate, image: Image.Image, longest: int, quality: int) -> None:
            if candidate.shape and candidate.shape != image.size:
                image = image.resize(candidate.shape, Image.Resampling.LANCZOS)
            image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            file = io.BytesIO()
            image.save(file, "WEBP", quality=quality, method=4)
            place = (pixels.tell(), pixels.write(file.getvalue()))
            record = PhotoRecord(candidate.set, candidate.id, candidate.labels, *place)
            lines.append(json.dumps(asdict(record), ensure_ascii=False) + "\n")
            packed.add(candidate.id)

        for items in sets:
            for candidate in own_candidates(items, validation=validation):
                image = open_rgb(candidate.blob)
                if not validation and forbidden.is_copy(image):
                    counts[candidate.set]["copy of a held-out one"] += 1
                    continue
                add(candidate, image, longest, quality)
                counts[candidate.set]["packed"] += 1
        for extra in extras:
            for candidate in extra.candidates:
                image = open_rgb(candidate.blob)
                fate = "known already" if candidate.id in packed else forbidden.fate(candidate, image, extra)
                counts[candidate.set][fate] += 1
                if fate == "packed extra":
                    add(candidate, image, EXTRA_LONGEST_PX[extra.set], EXTRA_QUALITY[extra.set])
    (out / INDEX).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
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
        """The validation lines of ``sets``, and what ``extras`` hold out."""
        sets = list(sets)
        held_out = [c for items in sets for c in own_candidates(items, validation=True)]
        blobs = [c.blob for c in held_out] + [blob for extra in extras for blob in extra.held_out]
        looks = [(dhash(image), thumbnail(image)) for image in map(open_rgb, blobs)]
        hashes = np.array([look for look, _ in looks], np.uint64)
        thumbnails = np.array([small for _, small in looks], np.float32)
        known = frozenset(item.id for items in sets for item in items.items)
        return Forbidden(frozenset(c.id for c in held_out), known, hashes, thumbnails)

    def looks_like(self, image: Image.Image, bits: int = ALIKE) -> np.ndarray:
        """bool [N]: which of those that are held out the photo may be, by its hash."""
        return np.bitwise_count(self.hashes ^ np.uint64(dhash(image))) <= bits

    def is_copy(self, image: Image.Image, bits: int = ALIKE, levels: float = SAME) -> bool:
        """Whether it is one of them by its colours too."""
        near = self.thumbnails[self.looks_like(image, bits)]
        return bool((np.abs(near - thumbnail(image)).mean((1, 2, 3)) <= levels).any()) if len(near) else False

    def fate(self, candidate: Candidate, image: Image.Image, extra: Extra) -> str:
        """What becomes of a photo from outside: a key of the counts."""
        if candidate.id in self.held_out or candidate.id in extra.reserved:
            return "held out by name"
        if candidate.id in self.known:
            return "known already"
        if extra.by_look:
            return "looks held out" if self.looks_like(image).any() else "packed extra"
        return "copy of a held-out one" if self.is_copy(image, COPY_ALIKE, COPY_SAME) else "packed extra"


@dataclass(frozen=True)
class Photos:
    """A packed folder."""

    folder: Path

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder}

    @cached_property
    def records(self) -> tuple[PhotoRecord, ...]:
        """All photos, in the order in which they were packed. Raises ValueError when there are none."""
        lines = gzip.decompress((self.folder / INDEX).read_bytes()).decode().splitlines()
        if not lines:
            raise ValueError(f"{self.folder} holds no photos: pack them with octavo.training.photos")
        return tuple(PhotoRecord(**json.loads(line)) for line in lines)

    @cached_property
    def _sets(self) -> dict[str, tuple[list[PhotoRecord], np.ndarray]]:
        """Set → its photos, and the sums of their chances from the first to each."""
        sets: dict[str, list[PhotoRecord]] = defaultdict(list)
        for record in self.records:
            sets[record.set].append(record)
        return {name: (own, np.cumsum(chances(own, BALANCED.get(name, ())))) for name, own in sets.items()}

    def pick(self, rng: np.random.Generator) -> PhotoRecord:
        """A set by its weight, one of its photos by its chance."""
        names = [name for name in WEIGHTS if name in self._sets]
        weights = np.cumsum([WEIGHTS[name] for name in names])
        photos, sums = self._sets[names[int(np.searchsorted(weights, rng.random() * weights[-1]))]]
        return photos[int(np.searchsorted(sums, rng.random() * sums[-1]))]

    @cached_property
    def _opinions(self) -> Mapping[str, Mapping[str, float]]:
        """Photo → name of a colour → how likely others would give it that name."""
        file = self.folder / OPINIONS
        return json.loads(gzip.decompress(file.read_bytes())) if file.is_file() else {}

    def labels(self, record: PhotoRecord, rng: np.random.Generator) -> Mapping[str, str]:
        """The photo's labels, the colour the shop's or, as often as others would say so, another one; with
        it go the texts, which may name the first."""
        opinion = self._opinions.get(record.id)
        if not opinion or rng.random() < SHOP_SHARE:
            return record.labels
        names = list(opinion)
        chances = np.cumsum([opinion[name] for name in names])
        name = names[int(np.searchsorted(chances, rng.random() * chances[-1]))]
        if name == record.labels["colour"]:
            return record.labels
        return with_colour(record.labels, name)

    def image(self, record: PhotoRecord) -> Image.Image:
        """The photo as RGB, its longest side at most 384 px."""
        with (self.folder / PIXELS).open("rb") as file:
            file.seek(record.start)
            return open_rgb(file.read(record.length))


def chances(photos: Sequence[PhotoRecord], balanced: Iterable[tuple[str, float]]) -> np.ndarray:
    """float64 [N], mean about 1: how often each photo is drawn. A value that n photos share counts n^-p."""
    weights = np.ones(len(photos))
    for label, power in balanced:
        values = [photo.labels.get(label, "") for photo in photos]
        common = Counter(values)
        weights *= np.array([common[value] ** -power for value in values])
    return np.minimum(weights / weights.mean(), MOST_OFTEN)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.photos", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of labelled folders")
    parser.add_argument("out", type=Path)
    parser.add_argument("--extra-clothing", type=Path, metavar="GITDIR", help="clothing-dataset-small")
    parser.add_argument("--extra-clothing-full", type=Path, metavar="GITDIR", help="clothing-dataset")
    parser.add_argument("--extra-grocery", type=Path, metavar="GITDIR", help="GroceryStoreDataset")
    parser.add_argument(
        "--extra-fashion",
        type=Path,
        nargs="+",
        default=[],
        metavar="GITDIR",
        help="copies of Myntra's photos",
    )
    parser.add_argument("--titles", type=Path, metavar="CSV", help="labels for --extra-fashion")
    parser.add_argument(
        "--tested", type=Path, nargs="+", default=[], metavar="GITDIR", help="never to be trained on"
    )
    parser.add_argument("--validation", action="store_true", help="pack what is held out instead")
    args = parser.parse_args()
    if args.extra_fashion and not args.titles:
        parser.error("--extra-fashion has no labels: give --titles product_titles_fashion.csv")
    if args.extra_clothing_full and not args.extra_clothing:
        parser.error("--extra-clothing-full needs --extra-clothing, which says what is tested on")
    extras = [] if args.validation else _extras(args)
    for name, fates in pack(args.data, args.out, extras, validation=args.validation).items():
        print(f"{name}: " + ", ".join(f"{number} {fate}" for fate, number in fates.items()))
    print(f"{sum((args.out / name).stat().st_size for name in (INDEX, PIXELS)) / 1e6:.1f} MB")


def _extras(args: argparse.Namespace) -> list[Extra]:
    sets = {items.name: items for items in product_sets(args.data)}
    extras: list[Extra] = []
    if args.extra_clothing:
        extras.append(clothing_extra(args.extra_clothing, sets[CLOTHING]))
    if args.extra_clothing_full:
        extras.append(clothing_full_extra(args.extra_clothing_full, extras[0], sets[CLOTHING]))
    if args.extra_grocery:
        extras.append(grocery_extra(args.extra_grocery, sets[GROCERY]))
    if args.extra_fashion:
        extras += fashion_extras(args.extra_fashion, args.titles, sets[FASHION], args.tested)
    return extras


if __name__ == "__main__":
    main()
