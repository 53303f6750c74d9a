"""The benchmark of listings runs from end to end on two drawn products, and counts what it says it counts."""

import json
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def listings(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import listings

    return listings


@pytest.fixture
def data(tmp_path) -> Path:
    """Seven labelled photos, of which the seventh is held out."""
    folder = tmp_path / "data" / "fashion_myntra"
    folder.mkdir(parents=True)
    lines = []
    for number in range(7):
        image = Image.new("RGB", (300, 400), "white")
        ImageDraw.Draw(image).rectangle((60, 80, 240, 350), fill="red" if number % 2 else "blue")
        image.save(folder / f"{number}.png")
        labels = {"category": "Tshirts", "colour": "Blue", "gender": "Men"}
        lines.append(
            {"id": f"p{number}", "image": f"{number}.png", "task": "product_attributes", "attributes": labels}
        )
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path / "data"


def test_right_answers_give_rows_that_every_channel_takes(listings, data, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(
        sys, "argv", ["listings.py", str(data), "--labels", "--json", str(tmp_path / "out.json")]
    )
    listings.main()
    record = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert record == json.loads(capsys.readouterr().out)
    assert record["products"] == 1 and record["exported"] == record["accepted"] == dict.fromkeys(
        listings.CHANNELS, 1
    )
    assert record["claims_without_evidence"] == record["words_without_a_fact"] == 0
    assert record["share_wrong"] == 0.0


def test_a_claim_against_its_label_is_counted(listings, data, monkeypatch):
    backend = listings.FakeBackend({listings.DESCRIBE: '{"category": "Handbags", "gender": "Men"}'}, 0.999995)
    with listings.DocumentService(listings.Settings(isolate=False), backend) as service:
        tally = listings.run(service, data, None, data)
    assert tally.wrong == {"category": 1} and tally.judged["gender"] == 1
