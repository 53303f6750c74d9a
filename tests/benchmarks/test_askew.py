"""Receipts askew on a table: the same every time, whole, and as far from level as is said."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks import askew
from octavo.app.frame import skew
from octavo.app.manifest import load_set


def receipt() -> Image.Image:
    """White paper with black lines of print."""
    pixels = np.full((900, 400, 3), 255, np.uint8)
    for y in range(60, 850, 24):
        pixels[y : y + 10, 40:360:3] = 0
    return Image.fromarray(pixels)


def test_a_receipt_lies_whole_on_its_table_and_as_askew_as_is_said() -> None:
    for seed in range(6):
        picture, angle = askew.photographed(receipt(), np.random.default_rng(seed))
        assert askew.LEAST <= abs(angle) <= askew.MOST
        assert abs(skew(picture) + angle) < 0.5  # one is clockwise, the other is not
        light, white = ((np.asarray(image.convert("L")) > 200).sum() for image in (picture, receipt()))
        assert 0.85 * white < light < 1.15 * white  # nothing of it is cut off
        assert light < 0.8 * picture.width * picture.height


def test_the_set_is_the_same_every_time(tmp_path: Path) -> None:
    source = tmp_path / "sroie"
    (source / "images").mkdir(parents=True)
    receipt().save(source / "images" / "a.png")
    row = {"id": "a", "task": "receipt_kie", "image": "images/a.png", "fields": {"total": "12.00"}}
    (source / "manifest.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    items = list(load_set(source).items)
    for name in ("one", "two"):
        askew.write(items, tmp_path / name)
    first, second = (load_set(tmp_path / name).items for name in ("one", "two"))
    assert first[0].labels["fields"] == {"total": "12.00"}
    assert first[0].path.read_bytes() == second[0].path.read_bytes()
