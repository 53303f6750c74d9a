"""Photos of the fashion set from outside: git directories of ``<number>.jpg``, labelled by a table of titles.

The table (``product_titles_fashion.csv``) lacks what is tested on; photos that it does not name are left out.
So is every photo that stands in one of the repositories from which tests may be drawn, unless it is a
training line of our own.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from ..app.manifest import ItemSet
from .photo_sources import FASHION, FASHION_SMALL, UNKNOWN, Candidate, Extra, archive, own_candidates

ID_PREFIX = "myntra_"
COLUMNS = {  # of the table → label
    "articleType": "category",
    "masterCategory": "master_category",
    "subCategory": "sub_category",
    "baseColour": "colour",
    "gender": "gender",
    "season": "season",
    "usage": "usage",
    "productDisplayName": "title",
}
SHARP_PX = 150  # width from which a photo is more than a thumbnail
SHAPE, SMALL_SHAPE = (204, 272), (60, 80)  # all photos of the set are 3:4; some copies were squashed to 1:1
NUMBERED = re.compile(r"(\d+)\.jpg")


def read_titles(table: Path) -> dict[str, dict[str, str]]:
    """Number → labels as texts; what nobody knows is left out."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["id"]: _labels(row) for row in rows}


def _labels(row: Mapping[str, str]) -> dict[str, str]:
    texts = {label: (row[column] or "").strip() for column, label in COLUMNS.items()}
    return {label: text for label, text in texts.items() if text not in UNKNOWN}


def fashion_extras(
    git_dirs: Sequence[Path], table: Path, known: ItemSet, tested: Sequence[Path]
) -> list[Extra]:
    """Sharp photos and thumbnails as two sets. ``git_dirs``: the best first, a number is taken once.

    ``tested``: repositories from which tests may be drawn; their photos, but for ``known``'s training lines,
    are held out by number and by look.
    """
    titles = read_titles(table)
    own = {item.id for item in own_candidates(known, validation=False)}
    reserved, held_out = set(), []
    for git_dir in tested:
        for number, blob in _numbered(git_dir):
            if ID_PREFIX + number not in own:
                reserved.add(ID_PREFIX + number)
                held_out.append(blob)
    found: dict[str, Candidate] = {}
    for git_dir in git_dirs:
        for number, blob in _numbered(git_dir):
            name = ID_PREFIX + number
            if number in titles and name not in reserved and name not in found:
                is_sharp = Image.open(io.BytesIO(blob)).width >= SHARP_PX
                kind, shape = (FASHION, SHAPE) if is_sharp else (FASHION_SMALL, SMALL_SHAPE)
                found[name] = Candidate(kind, name, titles[number], blob, shape)
    sharp = [candidate for candidate in found.values() if candidate.set == FASHION]
    small = [candidate for candidate in found.values() if candidate.set == FASHION_SMALL]
    return [
        Extra(FASHION, tuple(sharp), tuple(held_out), frozenset(reserved), by_look=False),
        Extra(FASHION_SMALL, tuple(small), (), frozenset(reserved), by_look=False),
    ]


def _numbered(git_dir: Path) -> list[tuple[str, bytes]]:
    """(number, file) of every photo in the newest commit that has a number for a name."""
    files = archive(git_dir, "*.jpg")
    return [(path.stem, blob) for path, blob in files if NUMBERED.fullmatch(path.name)]
