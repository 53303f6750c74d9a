"""Where product photos come from: labelled folders, and the training split of two public photo sets.

The folders' own samples of those two sets are small; the rest of their official training splits is read from
a git directory, without a checkout. What must not be trained on is known by name and by look (``dhash``).
"""

import csv
import io
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from ..app.manifest import Item, ItemSet, load_set, validation_items

SETS = ("fashion_myntra", "clothing_cc0", "grocery", "magento_luma", "demo_shops")
FASHION, CLOTHING, GROCERY = "fashion_myntra", "clothing_cc0", "grocery"
FASHION_SMALL = "fashion_small"  # thumbnails of the same shop
NOT_TRAINED = ("year",)  # nothing in a photo says it
UNKNOWN = ("", "NA")
TEXTS = ("title", "description")  # labels that are sentences; they may name the colour
ONE_SPELLING = {"Gray": "Grey"}  # of a colour: two names for one thing are two half-sure answers
TITLED = (FASHION, GROCERY, "magento_luma")  # elsewhere titles are slogans
DESCRIBED = ("magento_luma", "demo_shops", GROCERY)
MAX_DESCRIPTION = 240  # characters
UUID_LETTERS = 18  # of a clothing photo's name; the manifest's ids are cut there


@dataclass(frozen=True)
class Candidate:
    """One photo with its labels; ``blob`` is the file as it was found, ``shape`` the (width, height) to give
    to one that lost its own."""

    set: str
    id: str
    labels: Mapping[str, str]
    blob: bytes
    shape: tuple[int, int] | None = None


@dataclass(frozen=True)
class Extra:
    """More photos of the set named ``set``. ``candidates``: its training split; ``held_out``: the files of
    its official test and validation splits, which nobody may train on; ``reserved``: their ids, if known.

    ``by_look``: what may be one of those by its hash alone is left out; else only what is a copy.
    """

    set: str
    candidates: tuple[Candidate, ...]
    held_out: tuple[bytes, ...]
    reserved: frozenset[str] = frozenset()
    by_look: bool = True


def product_sets(data: Path) -> list[ItemSet]:
    """The product sets below ``data`` that are there."""
    return [load_set(data / name) for name in SETS if (data / name).is_dir()]


def own_candidates(items: ItemSet, *, validation: bool) -> Iterator[Candidate]:
    """The lines of one set that are for training, or those that are held out."""
    held_out = {item.id for item in validation_items(items.items)}
    for item in items.items:
        if (item.id in held_out) == validation:
            yield Candidate(items.name, item.id, labels_of(items.name, item), item.path.read_bytes())


def labels_of(name: str, item: Item) -> dict[str, str]:
    """The labels of a manifest line as texts, the keys as in the manifest; what nobody knows is left out."""
    labels: dict[str, str] = {}
    for key, value in (item.labels.get("attributes") or {}).items():
        text = _as_text(value)
        if key not in NOT_TRAINED and text not in UNKNOWN:
            labels[key] = ONE_SPELLING.get(text, text) if key == "colour" else text
    title = str(item.labels.get("title") or "").strip()
    if title and name in TITLED:
        labels["title"] = title
    description = first_sentences(str(item.labels.get("description") or ""), MAX_DESCRIPTION)
    if description and name in DESCRIBED:
        labels["description"] = description
    return labels


def with_colour(labels: Mapping[str, str], name: str) -> dict[str, str]:
    """The labels with another colour, without the texts, which speak of the one before."""
    return {key: text for key, text in labels.items() if key not in TEXTS} | {"colour": name}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(part).strip() for part in value)
    return "" if value is None else str(value).strip()


def first_sentences(text: str, most: int) -> str:
    """As many whole sentences from the start as fit into ``most`` characters; "" when not even one does."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    ends = [text.rfind(mark, 0, most) for mark in (". ", "! ", "? ")]
    return text[: max(ends) + 1]


def clothing_extra(git_dir: Path, known: ItemSet) -> Extra:
    """``clothing-dataset-small`` (CC0): ``split/class/uuid.jpg``; labels as the manifest gives to the class.

    Whether a photo shows children's clothes is not known there.
    """
    names: dict[str, Counter[str]] = {}
    for item in known.items:
        labels = labels_of(CLOTHING, item)
        names.setdefault(labels["category"], Counter())[labels["label_full"]] += 1
    candidates, held_out, reserved = [], [], set()
    for path, blob in archive(git_dir, "train", "test", "validation"):
        split, category = path.parts[0], path.parts[1]
        name = f"cloth_{path.stem[:UUID_LETTERS]}"
        if split != "train":
            held_out.append(blob)
            reserved.add(name)
        elif category in names:
            labels = {"category": category, "label_full": names[category].most_common(1)[0][0]}
            candidates.append(Candidate(CLOTHING, name, labels, blob))
    return Extra(CLOTHING, tuple(candidates), tuple(held_out), frozenset(reserved))


def clothing_full_extra(git_dir: Path, small: Extra, known: ItemSet) -> Extra:
    """``clothing-dataset`` (CC0), of which ``small`` is a part: ``images/uuid.jpg``, named in ``images.csv``.

    Only what is labelled as one of ``known``'s classes; the test and validation photos of ``small`` stay out.
    """
    classes = {labels_of(CLOTHING, item)["category"] for item in known.items}
    rows = csv.DictReader(next(archive(git_dir, "images.csv"))[1].decode().splitlines())
    named = {row["image"]: row for row in rows if row["label"].lower() in classes}
    candidates = []
    for path, blob in archive(git_dir, "images"):
        row, name = named.get(path.stem), f"cloth_{path.stem[:UUID_LETTERS]}"
        if row and name not in small.reserved:
            labels = {"category": row["label"].lower(), "label_full": row["label"]}
            labels["kids"] = "yes" if row["kids"] == "True" else "no"
            candidates.append(Candidate(CLOTHING, name, labels, blob))
    return Extra(CLOTHING, tuple(candidates), (), small.reserved)


def grocery_extra(git_dir: Path, known: ItemSet) -> Extra:
    """``GroceryStoreDataset`` (MIT): ``dataset/split/department/…/product/name.jpg``, listed in
    ``train.txt``; every label belongs to the product."""
    by_product = {labels["product"]: labels for labels in (labels_of(GROCERY, item) for item in known.items)}
    files = dict(archive(git_dir, "dataset"))
    root = PurePosixPath("dataset")
    listed = files[root / "train.txt"].decode().splitlines()
    train = {root / line.split(",")[0].strip() for line in listed if line.strip()}
    candidates, held_out = [], []
    for path, blob in files.items():
        if path.suffix != ".jpg" or path.parts[1] not in ("train", "test", "val"):
            continue
        product = path.parent.name.replace("-", " ")
        if path.parts[1] != "train":
            held_out.append(blob)
        elif path in train and product in by_product:
            candidates.append(Candidate(GROCERY, f"groc_train_{path.stem}", by_product[product], blob))
    return Extra(GROCERY, tuple(candidates), tuple(held_out))


def archive(git_dir: Path, *folders: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every file of the newest commit below ``folders`` or as these patterns say. Raises CalledProcessError
    when git cannot."""
    command = ["git", f"--git-dir={git_dir}", "archive", "--format=tar", "HEAD", *folders]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        for member in tar:
            opened = tar.extractfile(member) if member.isfile() else None
            if opened is not None:
                yield PurePosixPath(member.name), opened.read()


def open_rgb(blob: bytes) -> Image.Image:
    """The photo upright; what is transparent becomes white."""
    with Image.open(io.BytesIO(blob)) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.mode in ("RGBA", "LA", "P"):
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
        return image.convert("RGB")


def dhash(image: Image.Image) -> int:
    """64 bits: whether each cell of a 9 × 8 thumbnail is darker than its right neighbour (dHash)."""
    small = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    return int.from_bytes(np.packbits(small[:, :-1] < small[:, 1:]).tobytes(), "big")


def thumbnail(image: Image.Image) -> np.ndarray:
    """float32 [16, 16, 3], 0–255: enough to tell copies from lookalikes."""
    return np.asarray(image.resize((16, 16), Image.Resampling.BOX), np.float32)
