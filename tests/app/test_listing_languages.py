"""Copy in every language and tone: whole sentences from facts alone, and Chinese as Chinese is written."""

import json
import re

import pytest

from octavo.app.channels import PACKS, Content, Row
from octavo.app.channels.basics import PLACEHOLDERS, PROMOTION, UNPROVEN
from octavo.app.channels.text import any_phrase
from octavo.app.listing.copy import write
from octavo.app.listing.facts import Fact, FactEvidence, merge
from octavo.app.listing.seller import understand
from octavo.app.listing.taxonomy import categories, find_category
from octavo.app.listing.words import COLOURS, LABELS, LANGUAGES, TONES, VALUES, family, is_known, spoken

from .amazon_schema import faults
from .listing_samples import SHOP
from .shop_importers import ebay_import, google_import, shopify_import, woocommerce_import

SEEN = {"category": "Sports Shoes", "colour": "blue", "gender": "women"}
CHINESE = "[\u4e00-\u9fff]"


def content(language: str, tone: str = "plain", notes: str = "", **settings: str) -> Content:
    """What may be said of the shoe that a model saw, and of what the seller adds."""
    said = understand(notes, settings)
    seen = [Fact(name, value, "model", 0.999995, (FactEvidence("photo"),)) for name, value in SEEN.items()]
    facts, _ = merge([*seen, *said.facts])
    return write(facts, said, {}, ["a.jpg", "b.jpg"], language, tone)[0]


def errors(row: Row) -> list[str]:
    return [f"{found.field}: {found.message}" for found in row.findings if found.severity == "error"]


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_frame_makes_whole_sentences_in_every_tone(language, tone):
    made = content(language, tone, "material: cotton\nsize: M", brand="Acme", sku="S-1")
    texts = [part.text for part in (*made.title, *made.bullets, *made.sentences)]
    assert texts and not any("{" in text or "  " in text or text != text.strip() for text in texts)
    assert all(part.text.endswith("。" if language == "zh" else ".") for part in made.sentences)
    told = {name for part in made.sentences for name in part.facts}
    assert told == {"category", "colour", "gender", "material", "size", "brand"}
    assert {"category", "colour", "gender"} <= {name for part in made.title for name in part.facts}
    assert len(made.pictures) == 2 and len({picture.alt for picture in made.pictures}) == 2
    if language == "zh":
        assert not re.search("[a-z]", "".join(texts).replace("Acme", "")), "something stayed English"


def test_tones_in_chinese_differ_in_frame_and_not_in_facts():
    first = {tone: content("zh", tone).sentences[0].text for tone in TONES}
    assert first == {
        "plain": "女士蓝色运动鞋。", "friendly": "这是女士蓝色运动鞋。", "technical": "产品类型：运动鞋。"
    }  # fmt: skip
    assert content("zh").pictures[0].alt == "女士蓝色运动鞋，第1张图，共2张"


@pytest.mark.parametrize("tone", TONES)
def test_a_chinese_listing_is_taken_by_every_channel(tone):
    made = content("zh", tone, "材质：棉\n尺码：38\n含鞋带，鞋底为橡胶。很轻。", **SHOP)
    rows = {name: pack.row(made) for name, pack in PACKS.items()}
    assert {name: errors(row) for name, row in rows.items() if not row.is_valid} == {}
    files = {name: text for pack in PACKS.values() for name, text in pack.files([rows[pack.name]]).items()}
    feed = json.loads(files["amazon-feed.json"])
    assert faults(feed) == []
    (title,) = feed["messages"][0]["attributes"]["item_name"]
    assert title == {
        "value": "Acme 女士蓝色棉运动鞋（尺码：38）",
        "marketplace_id": "ATVPDKIKX0DER",
        "language_tag": "zh_CN",
    }
    shopify_import(files["shopify-products.csv"])
    google_import(files["google-feed.xml"])
    woocommerce_import(files["woocommerce-products.csv"])
    (item,) = ebay_import(files["ebay-inventory.json"])
    assert item["locale"] == "zh_HK" and item["product"]["aspects"]["颜色"] == ["蓝色"]
    assert rows["amazon"].fields["bullet_point"][0] == "产品类型：运动鞋；品牌：Acme"
    assert "含鞋带，鞋底为橡胶。很轻。" in rows["plain"].fields["description"]


def test_a_chinese_name_still_gives_shopify_a_handle():
    rows = [PACKS["shopify"].row(content("zh", sku=sku)) for sku in ("鞋一", "鞋二", "S-3")]
    products = shopify_import(PACKS["shopify"].files(rows)["shopify-products.csv"])
    assert len(products) == 3 and "s-3" in products


def test_what_chinese_buyers_may_not_be_told_is_left_out():
    made = content("zh", notes="全国包邮。含鞋带。", **SHOP)
    for pack in PACKS.values():
        assert "包邮" not in json.dumps(dict(pack.row(made).fields), ensure_ascii=False)
    assert "含鞋带。" in PACKS["ebay"].row(made).fields["description"]


def test_tables_say_nothing_in_chinese_that_channels_forbid():
    forbidden = any_phrase((*PROMOTION, *UNPROVEN, *PLACEHOLDERS))
    entries = [line.rsplit("|", 1)[1] for line in (COLOURS + VALUES).splitlines() if line]
    names = [category.names["zh"] for category in categories().values()]
    labels = [labels[-1] for labels in LABELS.values()]
    assert not [text for text in (*entries, *names, *labels) if forbidden.search(text)]
    assert all(re.fullmatch(f"{CHINESE}*", text) for text in (*entries, *labels))
    assert entries.count("") == 1


def test_every_category_has_a_name_in_every_language_and_a_chinese_one_of_its_own():
    unique = {id(category): category for category in categories().values()}.values()
    assert all(tuple(category.names) == LANGUAGES and all(category.names.values()) for category in unique)
    assert len({category.names["zh"] for category in unique}) == len(unique) == 127
    for category in unique:
        assert find_category(category.names["zh"]) is category
        assert re.fullmatch(f"(?:{CHINESE}|T恤)+", category.names["zh"])


def test_a_long_value_does_not_push_the_chinese_noun_out_of_a_title():
    made = content("zh", colour="像清晨海面一样的深蓝色和白色", sku="S-1")
    row = PACKS["plain"].row(made)
    assert row.fields["title"] == "女士运动鞋"
    assert "像清晨海面一样的深蓝色和白色" in row.fields["description"]


def test_a_value_without_a_sure_word_is_left_out_in_chinese():
    assert spoken("colour", "mushroom brown", "zh") == "" and spoken("colour", "mushroom brown", "de")
    assert spoken("colour", "藏青色", "en") == "navy blue" and family("藏青色") == "blue"
    assert family("") == "" and not is_known("colour", "")


def test_notes_in_chinese_become_facts_shop_data_and_sentences():
    said = understand("材质：棉\n颜色: 藏青色\n标题：海风\n很轻。含鞋带。", {})
    assert [(fact.name, fact.value) for fact in said.facts] == [("material", "棉"), ("colour", "藏青色")]
    assert said.title == "海风" and said.sentences == ("很轻。", "含鞋带。")
