"""Product photos: what is packed, what is kept away, what is asked about them; training takes them."""

import json
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from octavo.app.prompts import DESCRIBE, NOT_FOUND
from octavo.language.initialize import new_model
from octavo.language.tokenizer import Tokenizer
from octavo.language.weights import PRETRAINED
from octavo.training import photo_maker
from octavo.training.buckets import BUCKETS
from octavo.training.conversations import IGNORED
from octavo.training.feed import Sources
from octavo.training.loader import Batch, BatchDataset, LoaderSpec, SyntheticSource
from octavo.training.loop import Run, train
from octavo.training.photo_maker import augment, make_photo
from octavo.training.photo_score import score_photos
from octavo.training.photo_sources import clothing_extra, first_sentences, product_sets
from octavo.training.photo_turns import DOCUMENT_ONLY, describe_answer, draw_turns
from octavo.training.photos import Photos, pack
from octavo.training.stages import Recipe, Stage
from octavo.vision.preprocess import cut_tiles
from octavo.vision.tiling import TilingConfig, plan_tiles

TOKENIZER = partial(Tokenizer.from_file, PRETRAINED / "nano" / "tokenizer.json")
LINES = 14  # of which the 7th and the 14th are for validation
PHOTO = replace(BUCKETS["photo"], batch_size=4)


def picture(seed: int) -> Image.Image:
    cells = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(cells).resize((288, 384), Image.Resampling.NEAREST)


def clothing_name(number: int) -> str:
    return f"{number:08}-aaaa-bbbb"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Myntra's third line is a copy of its seventh, which is held out."""
    data = tmp_path_factory.mktemp("data")
    facts = {
        "category": "Tshirts",
        "colour": "Navy Blue",
        "usage": "NA",
        "year": "2011",
        "material": ["A", "B"],
    }
    for place, (name, prefix) in enumerate((("fashion_myntra", "m_"), ("clothing_cc0", "cloth_"))):
        (data / name).mkdir()
        lines = []
        for n in range(LINES):
            copied = 6 if place == 0 and n == 2 else n
            picture(100 * place + copied).save(data / name / f"{n:02}.png")
            line = {"id": f"{prefix}{clothing_name(n)}", "image": f"{n:02}.png", "task": "product_attributes"}
            if name == "clothing_cc0":
                kind = ("hat", "shirt")[n % 2]
                line["attributes"] = {"category": kind, "label_full": kind.title(), "kids": False}
            else:
                line |= {"attributes": facts, "title": f"Plain Shirt {n}", "description": "Not for shirts."}
            lines.append(json.dumps(line))
        (data / name / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    return data


@pytest.fixture(scope="module")
def clothing_git(tmp_path_factory) -> Path:
    """A known photo, a held-out one by name, a held-out one by its looks, one of the test split too, a new
    one."""
    folder = tmp_path_factory.mktemp("clothing")
    shots = {"train/hat/0": 100, "train/hat/6": 555, "train/shirt/70": 113, "train/shirt/71": 901}
    shots |= {"train/hat/72": 902, "test/hat/73": 901, "validation/hat/74": 904}
    for path, seed in shots.items():
        file = folder / path
        file = file.with_name(f"{clothing_name(int(file.name))}-cccc-dddddddddddd.jpg")
        file.parent.mkdir(parents=True, exist_ok=True)
        picture(seed).save(file, quality=90)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "photos"]):
        own = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *own, *command], cwd=folder, check=True)
    return folder / ".git"


@pytest.fixture(scope="module")
def packed(data, clothing_git, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("packed")
    known = next(items for items in product_sets(data) if items.name == "clothing_cc0")
    counts = pack(data, out, [clothing_extra(clothing_git, known)])
    assert counts["fashion_myntra"] == {"packed": LINES - 3, "copy of a held-out one": 1}
    assert counts["clothing_cc0"] == {
        "packed": LINES - 2,
        "known already": 1,
        "held out by name": 1,
        "looks held out": 2,
        "packed extra": 1,
    }
    return out


@pytest.fixture(scope="module")
def held_out(data, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("held_out")
    pack(data, out, validation=True)
    return out


def test_validation_lines_are_never_packed_for_training_and_are_all_packed_for_scoring(packed, held_out):
    trained = {record.id for record in Photos(packed).records}
    scored = {record.id for record in Photos(held_out).records}
    assert scored == {p + clothing_name(n) for p in ("m_", "cloth_") for n in (6, 13)}
    assert not trained & scored
    assert f"cloth_{clothing_name(72)}" in trained


def test_labels_are_texts_and_what_nobody_knows_is_left_out(packed):
    by_id = {record.id: record.labels for record in Photos(packed).records}
    assert by_id[f"m_{clothing_name(0)}"] == {
        "category": "Tshirts",
        "colour": "Navy Blue",
        "material": "A, B",
        "title": "Plain Shirt 0",
    }
    assert by_id[f"cloth_{clothing_name(1)}"] == {"category": "shirt", "label_full": "Shirt", "kids": "no"}
    assert by_id[f"cloth_{clothing_name(72)}"] == {"category": "hat", "label_full": "Hat"}


def test_descriptions_end_with_a_sentence():
    assert first_sentences("One two. Three four. Five.", 24) == "One two. Three four."
    assert first_sentences("Short\n enough", 24) == "Short enough"
    assert first_sentences("No end within so few letters.", 10) == ""


def test_a_photo_left_as_it_is_is_cut_as_the_application_cuts_it(monkeypatch):
    monkeypatch.setattr(photo_maker, "AS_IT_IS", 1.0)
    image = picture(3).resize((200, 150))
    canvas, content = augment(image, np.random.default_rng(0), (384, 384), may_mirror=False)
    plan = plan_tiles(image.size, TilingConfig(global_view_of_single=False))
    assert content == plan.content
    assert torch.equal(torch.from_numpy(canvas).permute(2, 0, 1), cut_tiles(image, plan)[0])


def test_every_photo_keeps_its_hue_and_lies_on_grey():
    red = Image.new("RGB", (300, 400), (190, 40, 40))
    for seed in range(60):
        canvas, (x0, y0, x1, y1) = augment(red, np.random.default_rng(seed), (384, 384))
        assert canvas.shape == (384, 384, 3) and (x1 - x0 == 384 or y1 - y0 == 384)
        outside = np.ones((384, 384), bool)
        outside[y0:y1, x0:x1] = False
        assert (canvas[outside] == 127).all()
        r, g, b = canvas[(y0 + y1) // 2 - 40 :, (x0 + x1) // 2 - 40 :][:80, :80].reshape(-1, 3).mean(0)
        assert r > 1.5 * max(g, b) and abs(g - b) < 12


def test_in_steady_light_neighbouring_colours_stay_apart():
    grey = Image.new("RGB", (64, 64), (90, 90, 90))

    def spread(light: float) -> float:
        shades = [
            np.median(
                augment(grey, np.random.default_rng(seed), (384, 384), light=light)[0][180:204, 180:204]
            )
            for seed in range(40)
        ]
        return float(np.subtract(*np.quantile(shades, (0.75, 0.25))))

    assert spread(0.25) < 0.5 * spread(1.0)


def test_photos_of_a_set_come_by_class_and_sets_by_weight(packed):
    rng, photos = np.random.default_rng(0), Photos(packed)
    drawn = [photos.pick(rng) for _ in range(600)]
    clothing = [record for record in drawn if record.set == "clothing_cc0"]
    assert 0.28 < len(clothing) / len(drawn) < 0.43  # 0.19 of 0.53
    hats = sum(record.labels["category"] == "hat" for record in clothing)
    assert 0.4 < hats / len(clothing) < 0.6


def test_a_description_has_the_known_keys_in_a_fixed_order():
    labels = {"title": "Crème", "kids": "no", "colour": "Red", "category": "Tops", "description": "So red."}
    assert describe_answer(labels) == '{"category": "Tops", "colour": "Red", "title": "Crème"}'


def test_questions_are_those_of_the_evaluation_and_no_answer_is_given_twice():
    labels = {"category": "Zucchini", "product": "Zucchini", "sub_category": "Squash", "colour": "Green"}
    labels |= {"title": "Zucchini", "description": "Green and long."}
    rng = np.random.default_rng(0)
    samples = [draw_turns(labels, rng) for _ in range(900)]
    asked = [turn for turns in samples for turn in turns]
    answers = {turn.prompt: turn.answer for turn in asked}
    assert answers["What is the sub category?"] == "Squash"
    assert answers["What is the colour?"] == answers["Which colour is it?"] == "Green"
    assert answers["What is shown in the photo?"] == "Zucchini"
    assert answers["Write a description of the product."] == "Green and long."
    assert json.loads(answers[DESCRIBE])["product"] == "Zucchini"
    for turns in samples:
        given = [turn.answer for turn in turns]
        assert len(set(given)) == len(given) > 0
    absent = [turn for turn in asked if turn.answer == NOT_FOUND]
    assert {turn.prompt for turn in absent} == set(DOCUMENT_ONLY)
    assert 0.02 < len(absent) / len(asked) < 0.1


def batches(packed: Path, seed: int = 0) -> list[Batch]:
    dataset = BatchDataset(
        LoaderSpec("test", (PHOTO,), 2, seed), SyntheticSource(photos=str(packed)), TOKENIZER
    )
    return [dataset[0], dataset[1]]


def test_batches_are_rgb_know_no_glyphs_and_follow_from_the_seed(packed):
    first, second = batches(packed)
    assert first.is_rgb and first.canvas.shape == (4, 384, 384, 3) and first.canvas.dtype == torch.uint8
    assert (first.glyphs == IGNORED).all() and first.glyphs.shape[:3] == (4, 24, 24)
    assert (first.labels != IGNORED).any(1).all() and first.ids.shape[1] <= 192
    assert first.kinds == first.tasks == ["photo"] * 4
    again, other = batches(packed)[0], batches(packed, seed=1)[0]
    assert torch.equal(first.canvas, again.canvas) and torch.equal(first.ids, again.ids)
    assert not torch.equal(first.canvas, second.canvas) and not torch.equal(first.canvas, other.canvas)


def test_photos_need_a_bucket_to_themselves_and_a_folder():
    mixed = replace(PHOTO, kinds=(("photo", 0.5), ("any", 0.5)))
    with pytest.raises(ValueError, match="to themselves"):
        BatchDataset(LoaderSpec("test", (mixed,), 1), SyntheticSource(), TOKENIZER)
    with pytest.raises(RuntimeError) as caught:
        BatchDataset(LoaderSpec("test", (PHOTO,), 1), SyntheticSource(), TOKENIZER)[0]
    assert "octavo.training.photos" in str(caught.value.__cause__)


def test_a_batch_of_256_is_made_right(packed):
    """Every photo whole, answered in few tokens, and short answers far more often than descriptions."""
    whole = replace(BUCKETS["photo"], batch_size=256)
    source = SyntheticSource(photos=str(packed))
    batch = BatchDataset(LoaderSpec("test", (whole,), 1), source, TOKENIZER)[0]
    assert batch.canvas.shape == (256, 384, 384, 3) and batch.failures == 0
    assert len({canvas.numpy().tobytes() for canvas in batch.canvas}) > 220  # of 24 photos
    taught = (batch.labels != IGNORED).sum(1)
    assert (taught > 0).all() and taught.float().median() < 24
    inside = batch.content.float()
    assert ((inside[:, 2:] - inside[:, :2]).amax(1) == 384).all()
    assert (batch.canvas.float().std((1, 2, 3)) > 3).all()


def test_training_alternates_photos_and_pages_without_nan(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("octavo.training.loop.LOG_EVERY", 6)
    tiles = replace(BUCKETS["tile"], batch_size=2, max_text_tokens=64)
    stage = Stage("mixed", 1.0, (replace(PHOTO, batch_size=2), tiles), strength=0.0)
    model = new_model("debug", TOKENIZER())
    run = Run(tmp_path, Sources(SyntheticSource(photos=str(packed)), TOKENIZER))
    train(model, Recipe("debug", 6, (stage,), warmup=2), run)
    row = run.log[-1]
    assert row["text.photo"] > 0 and row["glyph.photo"] == 0 and row["text.1x1"] > 0
    assert all(bool(parameter.isfinite().all()) for parameter in model.parameters())


def test_scores_are_by_set_and_attribute(held_out):
    board = score_photos(new_model("debug", TOKENIZER()), held_out, limit=1)
    assert set(board) == {
        "clothing_cc0.category",
        "fashion_myntra.category",
        "fashion_myntra.colour",
        "photos.refused",
    }
    assert all(0 <= value <= 1 for value in board.values())


def test_a_photo_is_made_of_its_own_labels(packed, monkeypatch):
    monkeypatch.setattr(photo_maker, "SWATCHES", 0.0)
    page = make_photo(np.random.default_rng(0), Photos(packed), (384, 384))
    assert page.kind == "photo" and page.labels in [record.labels for record in Photos(packed).records]
