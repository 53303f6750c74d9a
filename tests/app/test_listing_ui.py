"""The Listings tab: handlers and views as plain functions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.channels import PACKS
from octavo.app.prompts import DESCRIBE
from octavo.app.ui import listing_view as look
from octavo.app.ui.listings import ListingHandlers

from .listing_samples import product_photo, save

REPLY = {
    "category": "Sports Shoes",
    "colour": "Blue",
    "gender": "Women",
    "material": "Mesh",
    "title": "Superb shoes",
}
NOTES = "price: 3.50\nseller_id: A1\ncountry_of_origin: CN\ndangerous_goods: not_applicable"


@pytest.fixture
def handlers(warned) -> ListingHandlers:
    backend = FakeBackend({DESCRIBE: json.dumps(REPLY)}, 0.999995)
    return ListingHandlers(DocumentService(Settings(isolate=False), backend))


@pytest.fixture
def photo(tmp_path) -> str:
    return save(product_photo(), tmp_path / "shoe.png")


@pytest.fixture
def draft(handlers, photo):
    return handlers.look([photo], NOTES, "Acme", "S-1", "en", "plain", "amazon")[0]


def test_photos_become_facts_with_evidence_and_a_preview(handlers, photo):
    draft, sheet, facts, message, title, bullets, description, *about = handlers.look(
        [photo], NOTES, "Acme", "S-1", "en", "plain", "amazon"
    )
    assert isinstance(sheet, Image.Image) and sheet.height == look.SHEET_PX
    assert facts[0] == ["category", "Sports Shoes", "model", "100%", "yes", "shoe.png"]
    assert ["material", "mesh", "model", "100%"] == facts[4][:4] and facts[4][4].startswith(
        "no: a photo does not"
    )
    assert "Superb shoes" in message and "no fact backs" in message
    assert title == "Acme Sports Shoes for Women in Blue" and "Color: Blue" in bullets and description
    assert about[0] == "35 of 75 characters"
    assert "✓ ready to export" in about[-1]


def test_the_language_may_be_chinese(handlers, photo):
    from octavo.app.ui.app import create_app

    title, *_ = handlers.look([photo], NOTES, "Acme", "S-1", "zh", "plain", "amazon")[4:]
    assert title == "Acme 女士蓝色运动鞋"
    demo = create_app(handlers.service)
    choices = [block.choices for block in demo.blocks.values() if getattr(block, "value", None) == "en"]
    assert any(("zh", "zh") in offered and ("fr", "fr") in offered for offered in choices)


def test_no_photo_and_a_bad_one_are_warnings_without_the_servers_path(handlers, warned, tmp_path):
    assert handlers.look(None, "", "", "", "en", "plain", "ebay")[0] is None
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    empty = handlers.look([str(tmp_path / "x.png")], "", "", "", "en", "plain", "ebay")
    assert empty[0] is None and len(empty) == 14
    assert "no photo was given" in warned[0] and "x.png" in warned[1] and str(tmp_path) not in warned[1]


def test_counts_and_findings_follow_what_is_typed(handlers, draft):
    changed, *about = handlers.edit_title(draft, "amazon", "Best seller " * 9)
    assert about[0] == "**107 of 75 characters: too long**"
    assert about[4][0] == ["✗", "item_name", about[4][0][2]]
    assert "held back" in about[-1]
    assert changed.row("amazon").parts["item_name"][0].writer == "seller"
    assert handlers.show(changed, "ebay")[0] == "Acme Sports Shoes for Women in Blue"  # other channels stay


def test_filling_a_box_is_no_edit(handlers, draft):
    title = handlers.show(draft, "amazon")[0]
    same, *_ = handlers.edit_title(draft, "amazon", title)
    assert same.edits == {}


def test_repairing_takes_away_what_is_forbidden(handlers, draft):
    _, title, bullets, _, *about = handlers.repair(
        draft, "amazon", "Shoes!! FREE SHIPPING", "color: blue.\nx", "Nice."
    )
    assert (title, bullets) == ("Shoes", "Color: blue")
    assert about[0] == "5 of 75 characters"


def test_corrected_facts_reach_every_channel(handlers, draft):
    rows = [["colour", "green"], ["gender", ""], ["size", "M"], ["", ""]]
    changed, title, *_ = handlers.correct(draft, rows, "plain")
    assert title == "Acme Sports Shoes in Green Size M"
    assert {fact.name: fact.source for fact in changed.product.facts}["colour"] == "seller"
    assert "gender" not in {fact.name for fact in changed.product.facts}


def test_files_are_written_for_ready_channels_and_the_others_named(handlers, draft):
    paths, told = handlers.export(draft, ["amazon", "google", "shopify"])
    assert [Path(path).name for path in paths] == [
        "amazon-feed.json",
        "amazon-flat.txt",
        "shopify-products.csv",
    ]
    assert "Google Merchant Center: held back" in told
    assert handlers.export(None, ["amazon"])[0] == [] and handlers.export(draft, [])[0] == []


def test_everything_is_quiet_without_a_draft(handlers):
    assert handlers.show(None, "ebay")[0] == ""
    assert handlers.correct(None, [], "ebay")[0] is None
    assert handlers.repair(None, "ebay", "", "", "")[0] is None
    assert len(handlers.edit_bullets(None, "ebay", "x")) == 8


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.name)
def test_every_channel_has_its_texts_under_known_fields(pack):
    names = {field.name for field in pack.fields}
    assert {name for name in look.ROLES[pack.name] if name} <= names
    assert look.counts(pack, look.ROLES[pack.name][0], "abc").startswith("3 of ")
    assert look.counts(pack, "", "") == "*this channel has no such field*"


def test_lists_are_counted_as_a_whole_and_by_their_longest():
    assert look.counts(PACKS["amazon"], "bullet_point", ["a" * 10, "b" * 300]) == (
        "2 of 5 entries · 310 of 999 characters in all · longest: **300 of 255 characters: too long**"
    )


def test_written_files_go_with_the_program_at_the_latest(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "listing.md").touch()
    program = "import sys, pathlib; from octavo.app.ui.listings import delete_later as d; " + (
        "d(pathlib.Path(sys.argv[1])); assert pathlib.Path(sys.argv[1]).exists()"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, timeout=120)
    assert not folder.exists()
