"""Amazon's families: parent and children in the feed and in the flat file, and what is no family."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octavo.app.channels import PACKS, Part, Row
from octavo.app.channels.amazon_variations import AGREED, OF_CHILDREN, theme_of
from octavo.app.listing.copy import write
from octavo.app.listing.facts import Fact, FactEvidence, merge
from octavo.app.listing.seller import understand
from octavo.app.listing.words import LANGUAGES, TONES

from .amazon_schema import faults
from .listing_samples import SHOP
from .test_channels_property import EXAMPLES

PACK = PACKS["amazon"]
CATEGORIES = ("Sports Shoes", "T-shirts", "Handbags")


def row(sku: str, colour: str = "", size: str = "", language: str = "en", **settings: str) -> Row:
    """A product of group G as the command makes it; ``tone``, ``notes`` and ``category`` are no settings."""
    tone, notes = settings.pop("tone", "plain"), settings.pop("notes", "")
    seen = {"category": settings.pop("category", "Sports Shoes"), "gender": "women"}
    given_too = {"colour": colour, "size": size} if size else {"colour": colour}
    shop = SHOP | {"sku": sku, "group": "G"} | given_too | settings
    said = understand(notes, {name: value for name, value in shop.items() if value})
    facts = [Fact(name, value, "model", 0.999995, (FactEvidence("photo"),)) for name, value in seen.items()]
    content, _ = write(merge([*facts, *said.facts])[0], said, {}, [f"{sku}.jpg", "all.jpg"], language, tone)
    return PACK.row(content)


def messages(*rows: Row) -> list[dict]:
    """The messages of a feed that the independent judge takes."""
    assert all(item.is_valid for item in rows), [item.findings for item in rows]
    feed = json.loads(PACK.files(rows)["amazon-feed.json"])
    assert faults(feed) == []
    return feed["messages"]


def flat(*rows: Row) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(PACK.files(rows)["amazon-flat.txt"]), delimiter="\t"))


def value(message: dict, name: str, key: str = "value") -> str:
    return message["attributes"].get(name, [{key: ""}])[0].get(key, "")


@pytest.mark.parametrize(
    ("looks", "theme"),
    [
        ([("blue", ""), ("red", "")], "COLOR"),
        ([("blue", "M"), ("blue", "L")], "SIZE"),
        ([("blue", "M"), ("blue", "L"), ("red", "M")], "SIZE/COLOR"),
        ([("blue", "M"), ("red", "")], "COLOR"),  # a size that one of them lacks tells nobody apart
    ],
)
def test_variants_become_children_of_a_parent(looks, theme):
    children = [row(f"S-{n}", *look, gtin=f"400638133393{n}") for n, look in enumerate(looks)]
    parent, *others = messages(*children)
    assert parent["sku"] == "G" and value(parent, "parentage_level") == "parent"
    assert parent["attributes"]["child_parent_sku_relationship"] == [
        {"child_relationship_type": "variation", "marketplace_id": "ATVPDKIKX0DER"}
    ]
    assert {value(message, "variation_theme", "name") for message in (parent, *others)} == {theme}
    assert [message["sku"] for message in others] == [child.sku for child in children]
    assert {value(message, "child_parent_sku_relationship", "parent_sku") for message in others} == {"G"}
    assert not {"color", "size", "externally_assigned_product_identifier"} & set(parent["attributes"])


def test_a_parent_says_what_all_children_share_and_nothing_else():
    parent, *_ = messages(
        row("S-1", "blue", "M", notes="material: mesh\nWith laces. For rain."),
        row("S-2", "red", "M", notes="material: mesh\nWith laces. For snow."),
    )
    assert value(parent, "item_name") == "Acme Sports Shoes for Women made of Mesh Size M"
    assert value(parent, "product_description") == "With laces. Brand: Acme. Material: Mesh. Size: M."
    said = json.dumps(parent["attributes"])
    assert not re.search(r"(?i)\b(?:blue|red|rain|snow|S-1|S-2)\b", said)
    assert value(parent, "material") == "mesh" and value(parent, "target_gender") == "female"
    assert value(parent, "main_product_image_locator", "media_location").endswith("/all.jpg")


def test_a_sentence_about_what_children_differ_in_stays_with_them():
    blue = Part("Blue as the sea.", "model", ("colour",))  # the word is true of navy and of light blue
    rows = [row("S-1", "navy blue"), row("S-2", "light blue")]
    said = [{"product_description": (blue, *made.parts["product_description"])} for made in rows]
    rows = [replace(made, parts={**made.parts, **own}) for made, own in zip(rows, said, strict=True)]
    parent, *_ = messages(*rows)
    assert "Blue" not in value(parent, "product_description")


def test_the_flat_file_has_the_same_family():
    parent, first, second = flat(row("S-1", "blue", "M"), row("S-2", "red", "L"))
    columns = ("item_sku", "parent_child", "parent_sku", "relationship_type", "variation_theme", "color_name")
    assert [parent[name] for name in columns] == ["G", "parent", "", "", "SizeColor", ""]
    assert [first[name] for name in columns] == ["S-1", "child", "G", "Variation", "SizeColor", "blue"]
    assert second["size_name"] == "L" and parent["size_name"] == parent["external_product_id"] == ""
    (single,) = flat(row("S-1", "blue"))
    assert {single[name] for name in columns[1:5]} == {""}


@pytest.mark.parametrize(
    "rows",
    [
        lambda: [row("S-1", "blue")],
        lambda: [row("S-1", "blue"), row("S-2", "Blue")],
        lambda: [row("S-1", "blue"), row("S-2", "blue"), row("S-3", "red")],
        lambda: [row("S-1", "blue", "M"), row("S-2", "blue")],
        lambda: [row("S-1", "blue", "M"), row("S-2", "blue", "m")],
        lambda: [row("S-1", "blue"), row("S-2", "red", group="H")],
        lambda: [row("S-1", "blue"), row("S-2", "red", product_type="BOOT")],
        lambda: [row("S-1", "blue"), row("S-2", "red", brand="Other")],
        lambda: [row("S-1", "blue"), row("S-2", "red", language="de")],
        lambda: [row("S-1", "blue"), row("S-2", "red", marketplace_id="A1F83G8C2ARO7P")],
        lambda: [row("S-1", "blue", country_of_origin="CN"), row("S-2", "red", country_of_origin="VN")],
        lambda: [row("S-1", "blue", group="g" * 41), row("S-2", "red", group="g" * 41)],
        lambda: [row("G", "blue"), row("G-parent", "red")],
    ],
    ids=(
        "one same alike no-size size-in-capitals groups types brands languages marketplaces origins "
        "long-name number-in-use"
    ).split(),
)
def test_what_is_no_family_stays_single_products(rows):
    assert not any("parentage_level" in message["attributes"] for message in messages(*rows()))


def test_a_parent_takes_a_number_of_its_own():
    assert [message["sku"] for message in messages(row("G", "blue"), row("S-2", "red"))] == [
        "G-parent", "G", "S-2"
    ]  # fmt: skip


def test_families_and_single_products_share_a_file():
    rows = [row("A", "blue", group=""), row("S-1", "blue"), row("B", "red", group="B-1"), row("S-2", "red")]
    assert [message["sku"] for message in messages(*rows)] == ["A", "G", "S-1", "S-2", "B"]


def test_the_same_number_twice_is_no_family():
    twin = row("S-1", "blue")
    assert theme_of([twin, replace(twin, fields={**twin.fields, "color": "red"})]) == ""


def test_who_says_so_is_known_and_dated():
    for source in (*AGREED.values(), *OF_CHILDREN.values()):
        assert source.url and source.checked >= "2026-11-24" and source.quality


@pytest.mark.parametrize(
    "spoil",
    [
        lambda feed: feed["messages"].pop(0),
        lambda feed: feed["messages"].reverse(),
        lambda feed: feed["messages"].pop(2),
        lambda feed: feed["messages"][1]["attributes"].pop("variation_theme"),
        lambda feed: feed["messages"][1]["attributes"].pop("child_parent_sku_relationship"),
        lambda feed: feed["messages"][1]["attributes"]["child_parent_sku_relationship"][0].pop("parent_sku"),
        lambda feed: feed["messages"][0]["attributes"]["child_parent_sku_relationship"][0].update(
            parent_sku="S-1"
        ),
        lambda feed: feed["messages"][0]["attributes"].update(
            color=feed["messages"][1]["attributes"]["color"]
        ),
        lambda feed: feed["messages"][1]["attributes"].pop("color"),
        lambda feed: feed["messages"][1]["attributes"]["variation_theme"][0].update(name="COLOR/NAME"),
        lambda feed: feed["messages"][1]["attributes"]["variation_theme"][0].update(name="SIZE"),
        lambda feed: feed["messages"][2]["attributes"].update(
            color=feed["messages"][1]["attributes"]["color"]
        ),
        lambda feed: feed["messages"][2].update(productType="BOOT"),
        lambda feed: feed["messages"][2].update(sku="S-1"),
    ],
)
def test_the_judge_of_families_is_not_asleep(spoil):
    feed = json.loads(PACK.files([row("S-1", "blue"), row("S-2", "red")])["amazon-feed.json"])
    assert faults(feed) == []
    spoil(feed)
    assert faults(feed)


LOOKS = st.tuples(
    st.sampled_from(["blue", "Blue", "navy blue", "红色", "Ocean; 5 < 6", "<b>red</b>", "x" * 120, ""]),
    st.sampled_from(["", "M", "L", "m", "尺码 38", "one size\u200b", "S" * 60]),
    st.sampled_from(["", "", "With laces.", "Free shipping.", "蓝色。", "material: mesh"]),
    st.sampled_from(CATEGORIES[:1] * 4 + CATEGORIES),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    looks=st.lists(LOOKS, min_size=1, max_size=6),
    group=st.sampled_from(["G", "S-0", "G 1", "g" * 41, " ", "组", "=G", "<b>", ""]),
    language=st.sampled_from(LANGUAGES),
    tone=st.sampled_from(TONES),
    brand=st.sampled_from(["Acme", "3M", "品牌", "A" * 90]),
)
def test_any_group_is_a_family_that_amazon_takes_or_single_products(looks, group, language, tone, brand):
    of_all = {"tone": tone, "group": group, "brand": brand}
    made = [
        row(f"S-{n}", colour, size, language, notes=notes, category=category, **of_all)
        for n, (colour, size, notes, category) in enumerate(looks)
    ]
    rows = [item for item in made if item.is_valid]
    if not rows:
        return
    listed = messages(*rows)
    parents = [item for item in listed if value(item, "parentage_level") == "parent"]
    children = [item for item in listed if value(item, "parentage_level") == "child"]
    assert len(parents) <= 1 and len(listed) == len(rows) + len(parents)
    assert [item["sku"] for item in listed if item not in parents] == [item.sku for item in rows]
    for parent in parents:
        assert len(children) == len(rows) > 1
        for name in ("item_name", "product_description", "generic_keyword"):
            for child in children:  # nothing that a child does not say, in the same order
                said = iter(value(child, name).replace(" ", ""))
                assert all(char in said for char in value(parent, name).replace(" ", "")), name
    assert len(flat(*rows)) == len(listed)
