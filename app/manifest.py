"""Folders of labelled documents: ``manifest.jsonl`` → items, and which of them are held out for validation.

One JSON object a line: ``id``, ``task``, ``image`` and/or ``pdf`` (paths inside the folder), ``page`` (from
1, when only one page of the PDF is meant), ``region`` (the image is a cut-out) and, by task, ``fields``,
``pairs``, ``text``, ``page_texts`` or ``attributes``.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DocumentError

MANIFEST = "manifest.jsonl"
VALIDATION_STRIDE = 7
_STOCK_NUMBER = re.compile(r"\(([A-Z]+\d+)\)$")


@dataclass(frozen=True)
class Item:
    """One labelled document. ``page`` counts from 1; ``None`` means all pages of ``path``."""

    id: str
    task: str
    path: Path
    page: int | None
    labels: Mapping[str, Any]  # the whole manifest line


@dataclass(frozen=True)
class ItemSet:
    """The items of one manifest, in the order of their ids."""

    name: str
    items: tuple[Item, ...]


def load_sets(folder: Path) -> list[ItemSet]:
    """The set in ``folder``, or one for each sub-folder that holds a manifest, by name.

    Raises :class:`DocumentError` when there is no manifest or a line of it cannot be used.
    """
    if not folder.is_dir():
        raise DocumentError.about(str(folder), "not a folder", f"give one that holds a {MANIFEST}")
    if (folder / MANIFEST).is_file():
        return [load_set(folder)]
    found = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise DocumentError.about(str(folder), f"no {MANIFEST} in it or in its sub-folders", "check the path")
    return [load_set(path) for path in found]


def load_set(folder: Path) -> ItemSet:
    """The items of ``folder/manifest.jsonl``; raises :class:`DocumentError` naming the line that is wrong."""
    items = []
    for number, line in enumerate((folder / MANIFEST).read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            items.append(_item(folder, line, f"{folder / MANIFEST}, line {number}"))
    return ItemSet(folder.resolve().name, tuple(sorted(items, key=lambda item: item.id)))


def _item(folder: Path, line: str, where: str) -> Item:
    try:
        labels = json.loads(line)
    except json.JSONDecodeError as error:
        raise DocumentError.about(where, f"not JSON ({error.msg})", "write one object a line") from None
    if not isinstance(labels, dict) or not isinstance(labels.get("id"), str):
        raise DocumentError.about(where, "no object with a text 'id'", "add it")
    # The PDF is what a user would hand in; the image stands for it only where it shows a part of a page.
    name = labels.get("pdf")
    if name is None or (labels.get("region") and labels.get("image")):
        name = labels.get("image")
    if not isinstance(name, str):
        raise DocumentError.about(where, "neither 'image' nor 'pdf'", "name the file")
    page = labels.get("page") if name == labels.get("pdf") else None
    return Item(labels["id"], str(labels.get("task", "unknown")), folder / name, page, labels)


def validation_items(items: Sequence[Item]) -> list[Item]:
    """The held-out part: of the items sorted by id, those at (counted from 0) 6, 13, 20, … .

    Several photos of one product stand or fall together, or training would see what validation asks: there
    the products take turns instead of the photos. A product is known by ``product_id`` or by the stock number
    in brackets that ends ``source``; an item without either is its own product.
    """
    ordered = sorted(items, key=lambda item: item.id)
    products = list(dict.fromkeys(product(item) for item in ordered))
    held_out = set(products[VALIDATION_STRIDE - 1 :: VALIDATION_STRIDE])
    return [item for item in ordered if product(item) in held_out]


def product(item: Item) -> str:
    """What ``item`` shows, for splitting: items with the same value are never parted."""
    if "product_id" in item.labels:
        return str(item.labels["product_id"])
    stock_number = _STOCK_NUMBER.search(str(item.labels.get("source", "")))
    return stock_number.group(1) if stock_number and item.task.startswith("product_") else item.id
