"""The files: read back by importers that know only the channels' documentation."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from fnmatch import fnmatch

import pytest

from octavo.app import UsageError
from octavo.app.channels import PACKS, Content, Part, Picture, Row, write_files

from .amazon_schema import faults
from .listing_samples import SHOP
from .shop_importers import Rejected, ebay_import, google_import, shopify_import, woocommerce_import

AWKWARD = 'Coat "Rain & Shine", 5 < 6; größe'


def content(
    sku: str = "S-1",
    colour: str = "blue",
    size: str = "",
    group: str = "",
    title: str = "Sports Shoes",
    gtin: str = "4006381333931",
) -> Content:
    attributes = {"category": "Sports shoes", "colour": colour, "brand": "Acme", "gtin": gtin}
    shop = (
        SHOP | {"sku": sku, "ebay_category": "15709", "quantity": "3"} | ({"group": group} if group else {})
    )
    return Content(
        title=(
            Part("Acme", "seller", ("brand",)),
            Part(title, "rule", ("category",)),
            Part(f"in {colour}", "rule", ("colour",)),
        ),
        bullets=tuple(
            Part(text, "rule", ("colour",)) for text in (f"Color: {colour}", "Brand: Acme", "Sole: rubber")
        ),
        sentences=(
            Part(f"Sports shoes in {colour}.", "rule", ("category",)),
            Part(f"{AWKWARD}.", "seller", ("notes",)),
        ),
        keywords=(Part("sports shoes", "rule", ("category",)), Part(colour, "rule", ("colour",))),
        attributes=attributes | ({"size": size} if size else {}),
        seller=shop,
        pictures=(Picture(f"{sku}.jpg", f"https://shop.example/{sku}.jpg", f"Sports shoes in {colour}"),),
        category={
            "google": "Apparel & Accessories > Shoes",
            "amazon": "SHOES",
            "keyword": "sports-shoes",
            "gender": "men",
        },
    )


def row(channel: str, **changes: str) -> Row:
    made = PACKS[channel].row(content(**changes))
    assert made.is_valid, [finding for finding in made.findings if finding.severity == "error"]
    return made


def test_amazons_feed_is_valid_json_schema_2019_09():
    feed = json.loads(PACKS["amazon"].files([row("amazon"), row("amazon", sku="S-2")])["amazon-feed.json"])
    assert faults(feed) == []
    attributes = feed["messages"][0]["attributes"]
    assert attributes["externally_assigned_product_identifier"][0]["type"] == "ean"
    assert attributes["main_product_image_locator"][0]["media_location"] == "https://shop.example/S-1.jpg"


def test_the_judge_of_amazons_feed_is_not_asleep():
    feed = json.loads(PACKS["amazon"].files([row("amazon")])["amazon-feed.json"])
    broken = json.loads(json.dumps(feed))
    broken["messages"][0]["attributes"]["item_name"][0]["value"] = "Blue " * 20
    broken["messages"][0]["attributes"]["generic_keyword"][0]["value"] = "ä" * 130
    broken["messages"][0]["attributes"]["brand"] *= 2
    assert len(faults(broken)) >= 4


def test_amazons_flat_file_has_the_same_values():
    lines = list(
        csv.DictReader(io.StringIO(PACKS["amazon"].files([row("amazon")])["amazon-flat.txt"]), delimiter="\t")
    )
    assert lines[0]["item_sku"] == "S-1" and lines[0]["bullet_point1"] == "Color: blue"
    assert lines[0]["external_product_id_type"] == "EAN"


def test_shopify_groups_variants_below_one_title():
    rows = [row("shopify", sku=f"S-1-{c}", colour=c, group="S-1") for c in ("blue", "red")]
    products = shopify_import(PACKS["shopify"].files(rows)["shopify-products.csv"])
    assert list(products) == ["s-1"]
    assert [variant["options"] for variant in products["s-1"]["variants"]] == [
        ("blue", "", ""),
        ("red", "", ""),
    ]
    assert len(products["s-1"]["images"]) == 2


def test_shopify_parts_what_nothing_tells_apart():
    rows = [row("shopify", sku=f"S-{n}", group="G") for n in (1, 2)]
    assert len(shopify_import(PACKS["shopify"].files(rows)["shopify-products.csv"])) == 2


def test_woocommerce_makes_a_variable_product_with_variations():
    rows = [row("woocommerce", sku=f"S-1-{c}", colour=c, group="S-1") for c in ("blue", "red")]
    rows.append(row("woocommerce", sku="T-1"))
    products = woocommerce_import(PACKS["woocommerce"].files(rows)["woocommerce-products.csv"])
    assert [product["type"] for product in products] == ["variable", "variation", "variation", "simple"]
    assert products[0]["attributes"]["Color"] == ["blue", "red"]


def test_googles_feed_has_labelled_text_and_escaped_markup():
    text = PACKS["google"].files([row("google"), row("google", sku="S-2", group="S")])["google-feed.xml"]
    items = google_import(text)
    assert items[0]["structured_title"] == ["Acme Sports Shoes in blue"]
    assert "&amp; Shine" in text and AWKWARD.replace("<", "<") in items[0]["structured_description"][0]
    assert items[1]["item_group_id"] == ["S"]
    assert ET.fromstring(text.encode()).tag == "rss"


def test_ebay_splits_bulk_calls_and_writes_drafts_for_known_categories():
    rows = [row("ebay", sku=f"S-{n}") for n in range(30)]
    files = PACKS["ebay"].files(rows)
    assert [len(ebay_import(files[f"ebay-inventory-00{n}.json"])) for n in (1, 2)] == [25, 5]
    info, header, first = files["ebay-drafts.csv"].split("\r\n")[:3]
    assert info.startswith("#INFO,Version=0.0.2,Template= eBay-draft-listings-template_US")
    assert header.startswith(
        "Action(SiteID=US|Country=US|Currency=USD|Version=1193|CC=UTF-8),Custom label (SKU)"
    )
    assert first.startswith("Draft,S-0,15709,")


def test_ebay_groups_variants_that_an_aspect_tells_apart():
    def member(number: int, colour: str) -> Row:
        made = row("ebay", sku=f"G-{number}", colour=colour, group="G")
        fields = dict(made.fields) | {"aspects": {"Brand": ["Acme"], "Color": [colour]}}
        return replace(made, fields=fields)

    files = PACKS["ebay"].files([member(1, "blue"), member(2, "red")])
    (group,) = json.loads(files["ebay-groups.json"])["groups"]
    assert group["inventoryItemGroupKey"] == "G" and group["variantSKUs"] == ["G-1", "G-2"]
    assert group["variesBy"] == {"specifications": [{"name": "Color", "values": ["blue", "red"]}]}
    assert group["aspects"] == {"Brand": ["Acme"]}
    assert "ebay-groups.json" not in PACKS["ebay"].files([member(1, "blue"), member(2, "blue")])


def test_plain_markdown_escapes_what_would_be_markup():
    text = PACKS["plain"].files([row("plain", title="Shoes_of *stars* [x]")])["listing.md"]
    assert text.startswith("# Acme Shoes\\_of \\*stars\\* \\[x\\] in blue\n")


def test_rows_with_errors_are_not_written(tmp_path):
    good = row("ebay")
    bad = PACKS["ebay"].row(replace(content(), title=()))
    assert not bad.is_valid
    assert write_files(PACKS["ebay"], [bad], tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
    (inventory, _) = write_files(PACKS["ebay"], [good, bad], tmp_path / "one")
    assert len(ebay_import(inventory.read_text("utf-8"))) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("Acme Sports Shoes in blue", "", 1),
        lambda text: text.replace("draft", "perhaps"),
        lambda text: text.replace("<p>", "<script>", 1),
        lambda text: text.replace("Option1 value", "Option one value", 1),
    ],
)
def test_the_shopify_importer_is_not_asleep(spoil):
    with pytest.raises(Rejected):
        shopify_import(spoil(PACKS["shopify"].files([row("shopify")])["shopify-products.csv"]))


def test_numbers_that_leave_the_same_letters_are_different_products_at_shopify():
    skus = {"A.1": "red", "A-1": "blue", "鞋-1": "green", "裤-1": "black"}
    rows = [row("shopify", sku=sku, colour=colour) for sku, colour in skus.items()]
    products = shopify_import(PACKS["shopify"].files(rows)["shopify-products.csv"])
    assert [[v["sku"] for v in product["variants"]] for product in products.values()] == [[s] for s in skus]


def test_a_product_that_has_the_number_of_a_group_stays_apart_from_it():
    def files(channel: str) -> str:
        members = [row(channel, sku=f"M-{c}", colour=c, group="M") for c in ("red", "blue")]
        (text,) = PACKS[channel].files([row(channel, sku="M", colour="green"), *members]).values()
        return text

    single, group = shopify_import(files("shopify")).values()
    assert len(single["variants"]) == 1 and len(group["variants"]) == 2
    assert [p["sku"] for p in woocommerce_import(files("woocommerce"))] == [
        "M",
        "M-parent",
        "M-red",
        "M-blue",
    ]


def test_products_of_a_group_that_are_alike_are_no_variations_at_woocommerce():
    sizes = {"T-1": "S", "T-2": "S", "T-3": "M"}
    rows = [row("woocommerce", sku=sku, size=size, group="T") for sku, size in sizes.items()]
    products = woocommerce_import(PACKS["woocommerce"].files(rows)["woocommerce-products.csv"])
    assert [product["type"] for product in products] == ["simple"] * 3


def test_every_file_has_a_name_that_its_channel_announces():
    for name, pack in PACKS.items():
        made = [row(name, sku=f"S-{n}", colour=c, group="S") for n, c in enumerate(("red", "blue") * 13)]
        for file in pack.files(made):
            assert any(fnmatch(file, pattern) for pattern in pack.outputs), file


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written.*--out"):
        write_files(PACKS["plain"], [row("plain")], tmp_path / "file")


@pytest.mark.parametrize("said", ["NEW", "new", "New"])
def test_a_condition_is_said_once_and_written_as_each_channel_does(said):
    made = content()
    made = replace(made, seller={**made.seller, "condition": said, "availability": "in stock"})
    found = {name: PACKS[name].row(made) for name in ("google", "ebay")}
    assert all(one.is_valid for one in found.values())
    assert [one.fields["condition"] for one in found.values()] == ["new", "NEW"]


def test_a_price_in_another_form_is_told_with_the_right_one():
    made = content()
    made = replace(made, seller={**made.seller, "price": "12,50"})
    (problem,) = [f.message for f in PACKS["shopify"].row(made).findings if f.severity == "error"]
    assert problem.endswith("write it like 12.50")


def test_ebay_gets_no_number_of_a_box_of_several():
    item = row("ebay", gtin="14006381333938")
    files = PACKS["ebay"].files([item])
    (entry,) = json.loads(files["ebay-inventory.json"])["requests"]
    assert not {"ean", "upc"} & set(entry["product"])
    assert "14006381333938" not in files.get("ebay-drafts.csv", "")
