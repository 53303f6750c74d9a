"""Colours that were chosen, other backgrounds, and what changes about a photo: the label stays true."""

import numpy as np
import pytest
from PIL import Image

from octavo.app.listing.colour import to_lab
from octavo.training import photo_maker
from octavo.training.photo_maker import augment
from octavo.training.photo_recolour import PALETTE, can_recolour, draw_colour, name_of, recolour, to_rgb
from octavo.training.photo_scene import on_other_ground, swatch

SHOE = {"sub_category": "Shoes", "colour": "Red", "category": "Heels", "title": "Red Heels"}


def thing(colour: tuple[int, int, int] = (175, 32, 60)) -> Image.Image:
    """A thing of one colour on white."""
    image = Image.new("RGB", (96, 128), "white")
    image.paste(colour, (24, 32, 72, 96))
    return image


def test_lab_and_back_is_the_same_colour():
    for rgb in ((255, 255, 255), (0, 0, 0), (175, 32, 60), (20, 80, 140)):
        assert np.abs(to_rgb(to_lab(np.array(rgb, np.uint8))) - rgb).max() < 1


def test_every_colour_that_is_drawn_goes_by_its_name_alone():
    rng = np.random.default_rng(0)
    drawn = [draw_colour(rng) for _ in range(600)]
    assert {name for name, _ in drawn} == set(PALETTE)
    right = [name_of(to_lab(rgb.round().astype(np.uint8))) == name for name, rgb in drawn]
    assert np.mean(right) > 0.97  # a screen cannot show all of them: these are moved to its edge


def test_a_thing_on_a_plain_background_is_painted_and_named_anew():
    seen = set()
    for seed in range(60):
        found = recolour(thing(), SHOE, np.random.default_rng(seed))
        assert found is not None
        painted, named = found
        seen.add(named["colour"])
        assert named["category"] == "Heels" and "title" not in named
        assert painted.getpixel((2, 2)) == (255, 255, 255)
        assert name_of(to_lab(np.asarray(painted)[64, 48])) == named["colour"]
    assert len(seen) > 15


def test_what_has_another_colour_than_the_thing_stays():
    image = thing()
    image.paste((30, 60, 200), (40, 50, 56, 66))
    found = recolour(image, SHOE, np.random.default_rng(1))
    assert found is not None and found[0].getpixel((48, 58)) == (30, 60, 200)


@pytest.mark.parametrize(
    "labels",
    [
        {"sub_category": "Jewellery", "colour": "Red"},
        {"sub_category": "Shoes", "colour": "Multi"},
        {"sub_category": "Shoes"},
        {"category": "hat"},
    ],
)
def test_what_has_no_one_colour_is_not_painted(labels):
    assert not can_recolour(labels)


def test_photos_that_contradict_their_label_or_show_skin_or_a_shop_are_not_painted():
    rng = np.random.default_rng(0)
    assert recolour(thing((30, 60, 200)), SHOE, rng) is None
    assert recolour(thing((205, 160, 138)), {"sub_category": "Topwear", "colour": "Peach"}, rng) is None
    assert recolour(thing((246, 246, 246)), {"sub_category": "Shoes", "colour": "White"}, rng) is None
    noise = np.random.default_rng(0).integers(0, 255, (128, 96, 3), np.uint8)
    assert recolour(Image.fromarray(noise), SHOE, rng) is None


def test_a_thing_keeps_its_pixels_on_another_background_even_where_it_is_white():
    image = thing()
    image.paste((255, 255, 255), (40, 50, 56, 66))
    grounds = set()
    for seed in range(20):
        moved = on_other_ground(image, np.random.default_rng(seed))
        assert moved is not None
        grounds.add(moved.getpixel((4, 4)))
        assert np.abs(np.array(moved.getpixel((32, 80))) - (175, 32, 60)).max() <= 2
        assert np.abs(np.array(moved.getpixel((48, 58))) - 255).max() <= 2
    assert len(grounds) > 12


def test_a_photo_without_a_plain_background_keeps_it():
    noise = np.random.default_rng(0).integers(0, 255, (128, 96, 3), np.uint8)
    assert on_other_ground(Image.fromarray(noise), np.random.default_rng(0)) is None
    assert on_other_ground(Image.new("RGB", (96, 128), "white"), np.random.default_rng(0)) is None


def test_a_swatch_shows_the_colour_that_it_is_labelled_with():
    for seed in range(40):
        image, labels = swatch((192, 224), np.random.default_rng(seed))
        assert image.size == (192, 224) and set(labels) == {"colour"}
        pixels = to_lab(np.asarray(image).reshape(-1, 3)[::7])
        kinds = PALETTE[labels["colour"]]
        away = [(((pixels - mean) / (np.array(spread) * 3)) ** 2).mean(1).min() for mean, spread in kinds]
        assert min(away) < 1


@pytest.mark.parametrize("share", ["TURNED", "TILTED", "SHRUNK"])
def test_however_a_photo_is_moved_its_middle_stays_on_the_canvas(monkeypatch, share):
    for name in ("TURNED", "TILTED", "SHRUNK", "ERASED", "AS_IT_IS"):
        monkeypatch.setattr(photo_maker, name, float(name == share))
    middles = []
    for seed in range(40):
        canvas, (x0, y0, x1, y1) = augment(thing(), np.random.default_rng(seed), (384, 384))
        content = canvas[y0:y1, x0:x1].astype(int)
        red = (content[..., 0] - content[..., 1] > 60).mean()
        assert 0.03 < red < 0.75, seed
        middles.append(content.shape)
    assert len(set(middles)) > 5
