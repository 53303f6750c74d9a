"""What others would call a photo's colour: asked of networks that never saw the photo, and drawn from."""

import gzip
import io
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from octavo.training import photos as packing
from octavo.training import second_opinion
from octavo.training.photos import INDEX, OPINIONS, PIXELS, PhotoRecord, Photos
from octavo.training.second_opinion import HEIGHT, Plan, coloured, examples, opinion, save, train_juror

SHADES = {"Red": (200, 40, 40), "Blue": (40, 60, 200)}
WRONG = 10  # every so many photos one has the other colour's name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng, rows = np.random.default_rng(0), []
    with (tmp_path / PIXELS).open("wb") as file:
        for number in range(240):
            true = ("Red", "Blue")[number % 2]
            pixels = np.clip(np.array(SHADES[true]) + rng.normal(0, 25, (HEIGHT, HEIGHT * 3 // 4, 3)), 0, 255)
            blob = io.BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(blob, "WEBP", quality=60)
            said = {"Red": "Blue", "Blue": "Red"}[true] if number % WRONG == 0 else true
            labels = {"category": "Bags", "colour": said, "title": f"{said} bag"}
            record = PhotoRecord("fashion_small", f"p{number}", labels, file.tell(), len(blob.getvalue()))
            file.write(blob.getvalue())
            rows.append(json.dumps(vars(record)) + "\n")
    (tmp_path / INDEX).write_bytes(gzip.compress("".join(rows).encode()))
    return tmp_path


def ask(monkeypatch, folder: Path, *arguments: str) -> None:
    small = ("--batch", "16", "--device", "cpu")
    monkeypatch.setattr(sys, "argv", ["second_opinion", str(folder), *arguments, *small])
    second_opinion.main()


def test_the_jury_sees_through_wrong_names(folder, monkeypatch, capsys) -> None:
    ask(monkeypatch, folder, "--judge", str(folder), "--folds", "2", "--epochs", "4")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row.get("fold") for row in printed] == [0, 1, None] and printed[-1]["photos"] == 240
    said = json.loads(gzip.decompress((folder / OPINIONS).read_bytes()))
    likeliest = {name: max(chances, key=chances.get) for name, chances in said.items()}
    right = [likeliest[f"p{n}"] == ("Red", "Blue")[n % 2] for n in range(0, 240, WRONG)]
    assert np.mean(right) > 0.9
    assert 0.85 < printed[-1]["jury and shop agree"] < 0.95


def test_a_part_of_the_photos_is_only_judged(folder, monkeypatch, capsys) -> None:
    ask(monkeypatch, folder, "--folds", "2", "--epochs", "1", "--part", "0.5")
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 30 < row["photos"] < 90 and not (folder / OPINIONS).exists()


def test_a_colour_is_drawn_as_often_as_others_say_it_and_takes_the_texts_with_it(folder) -> None:
    photos, rng = Photos(folder), np.random.default_rng(0)
    record = photos.records[1]
    assert photos.labels(record, rng) == record.labels == {
        "category": "Bags", "colour": "Blue", "title": "Blue bag",
    }  # fmt: skip
    save(folder, ["p1"], ["Blue", "Green", "Red"], torch.tensor([[0.2, 0.001, 0.6]]))
    photos = Photos(folder)
    drawn = [photos.labels(record, rng) for _ in range(800)]
    counts = Counter(labels["colour"] for labels in drawn)
    shop = packing.SHOP_SHARE
    assert counts["Blue"] / 800 == pytest.approx(shop + (1 - shop) * 0.25, abs=0.06)
    assert counts["Blue"] + counts["Red"] == 800
    assert all(("title" in labels) == (labels["colour"] == "Blue") for labels in drawn)
    assert photos.labels(photos.records[3], rng) == photos.records[3].labels


def test_too_few_photos_are_refused_and_an_opinion_is_a_distribution(folder) -> None:
    known = examples(Photos(folder), ["Blue", "Red"], ["Bags"])
    assert len(known) == len(coloured(Photos(folder))) == 240
    with pytest.raises(ValueError, match="too few"):
        train_juror(known.some(np.arange(240) < 9), 2, 1, Plan(1, 16), 0)
    said = opinion(train_juror(known, 2, 1, Plan(1, 16), 0), known)
    assert said.shape == (240, 2) and torch.allclose(said.sum(1), torch.ones(240), atol=1e-5)
