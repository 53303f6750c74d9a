"""Fashion photos from outside: labelled by the table, of their own shape, never what may be tested on."""

import csv
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from octavo.app.manifest import load_set
from octavo.training.photo_fashion import SHAPE, fashion_extras
from octavo.training.photo_sources import clothing_extra, clothing_full_extra
from octavo.training.photos import PhotoRecord, Photos, chances, pack

HEADER = (
    "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName".split(
        ","
    )
)
KNOWN = range(100, 114)  # of which 106 and 113 are held out


def picture(seed: int, size: tuple[int, int] = (225, 300)) -> Image.Image:
    cells = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)


def repository(folder: Path, files: dict[str, Image.Image | str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            (folder / name).write_text(content, "utf-8")
        else:
            content.save(folder / name, quality=92)
    own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "photos"]):
        subprocess.run(["git", *own, *command], cwd=folder, check=True)
    return folder / ".git"


@pytest.fixture
def data(tmp_path) -> Path:
    (tmp_path / "data" / "fashion_myntra").mkdir(parents=True)
    lines = []
    for n in KNOWN:
        picture(n).save(tmp_path / "data" / "fashion_myntra" / f"{n}.png")
        facts = {"category": "Tshirts", "colour": "Red"}
        lines.append(json.dumps({"id": f"myntra_{n}", "image": f"{n}.png", "attributes": facts}))
    (tmp_path / "data" / "fashion_myntra" / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path / "data"


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "titles.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for n in (*KNOWN, *range(200, 300)):
            writer.writerow(
                [n, "Men", "Apparel", "Topwear", "Shirts", "Blue", "Fall", 2011, "NA", f"Shirt {n}"]
            )
    return path


def test_only_labelled_photos_that_no_test_may_hold_are_packed(tmp_path, data, table):
    sharp = {f"images/{n}.jpg": picture(n, (224, 224)) for n in (100, 106, 200, 201, 900)}
    sharp["images/202.jpg"] = picture(113, (224, 224))  # under another number what is held out
    sharp["images/203.jpg"] = picture(555, (224, 224))  # and what a test may hold
    small = {f"{n}.jpg": picture(n, (60, 80)) for n in (200, 210, 211)}
    tested = {"static/211.jpg": picture(211), "static/290.jpg": picture(555), "static/101.jpg": picture(101)}
    git = [repository(tmp_path / name, files) for name, files in (("a", sharp), ("b", small), ("c", tested))]
    extras = fashion_extras(git[:2], table, load_set(data / "fashion_myntra"), git[2:])
    counts = pack(data, tmp_path / "out", extras)
    assert counts["fashion_myntra"] == {
        "packed": 12,
        "packed extra": 2,
        "known already": 1,
        "held out by name": 1,
        "copy of a held-out one": 2,
    }
    assert counts["fashion_small"] == {"packed extra": 1}
    photos = Photos(tmp_path / "out")
    new = {r.id: r for r in photos.records if r.id.startswith("myntra_2")}
    assert set(new) == {"myntra_200", "myntra_201", "myntra_210"}
    assert new["myntra_200"].labels == {
        "category": "Shirts",
        "master_category": "Apparel",
        "sub_category": "Topwear",
        "colour": "Blue",
        "gender": "Men",
        "season": "Fall",
        "title": "Shirt 200",
    }
    assert photos.image(new["myntra_200"]).size == SHAPE
    assert photos.image(new["myntra_210"]).size == (60, 80)


def test_the_whole_clothing_set_brings_what_its_part_lacks_but_for_its_test_photos(tmp_path):
    (tmp_path / "clothing_cc0").mkdir()
    line = {"id": "cloth_x", "image": "x.png", "attributes": {"category": "hat", "label_full": "Hat"}}
    (tmp_path / "clothing_cc0" / "manifest.jsonl").write_text(json.dumps(line), "utf-8")
    picture(1).save(tmp_path / "clothing_cc0" / "x.png")
    known = load_set(tmp_path / "clothing_cc0")
    names = [f"{n:08}-aaaa-bbbb-cccc-dddddddddddd" for n in range(4)]
    part = repository(
        tmp_path / "part",
        {
            f"train/hat/{names[0]}.jpg": picture(0),
            f"test/hat/{names[1]}.jpg": picture(1),
            f"validation/hat/{'e' * 36}.jpg": picture(2),
        },
    )
    rows = [f"{names[0]},1,Hat,False", f"{names[1]},1,Hat,True", f"{names[2]},1,Hat,True"]
    rows += [f"{names[3]},1,Not sure,False"]
    files: dict[str, Image.Image | str] = {f"images/{name}.jpg": picture(9) for name in names}
    files["images.csv"] = "\n".join(["image,sender_id,label,kids", *rows])
    small = clothing_extra(part, known)
    full = clothing_full_extra(repository(tmp_path / "full", files), small, known)
    assert [candidate.id for candidate in full.candidates] == [f"cloth_{name[:18]}" for name in names[0:3:2]]
    assert full.candidates[1].labels == {"category": "hat", "label_full": "Hat", "kids": "yes"}


def test_rare_colours_are_drawn_more_often_than_they_are_common_but_not_alone():
    records = [PhotoRecord("fashion_myntra", str(n), {"colour": "Black"}, 0, 0) for n in range(900)]
    records += [PhotoRecord("fashion_myntra", str(n), {"colour": "Teal"}, 0, 0) for n in range(9)]
    weights = chances(records, (("colour", 0.5),))
    share = weights[900:].sum() / weights.sum()
    assert 9 / 909 < 0.05 < share < 0.12
    assert weights.max() / np.median(weights) < 11
