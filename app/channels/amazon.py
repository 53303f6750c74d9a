"""Amazon: rules for titles, bullets, description and search terms; JSON listings feed and a flat file.

The feed follows ``listings-feed-schema-v2.json``, its attributes the public PRODUCT definition (JSON Schema
2019-09 with Amazon's vocabulary), both in ``amzn/selling-partner-api-models``. Nothing here sets a price or
stock: ``LISTING_PRODUCT_ONLY`` sends product facts, the offer stays the seller's.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import amazon_variations as variations
from . import text as measure
from .basics import (
    ADDRESS,
    COUNTRY,
    GENDERS,
    PLACEHOLDERS,
    PROMOTION,
    UNPROVEN,
    claimed,
    copy_rules,
    given,
    join,
    numbered,
    pick,
    pictures,
    plain,
)
from .gtin import kind_of
from .pack import Files, Pack, csv_text, json_text, list_of, text_of
from .rules import Composed, Content, FieldRules, Part, PhotoRules, Row, Rule, Source

CHECKED = "2026-11-24"
TITLES = Source("https://sellercentral-europe.amazon.com/help/hub/reference/external/201100890", CHECKED)
TITLE_75 = Source(
    "https://sellercentral.amazon.com/seller-forums/discussions/t/145b6d0f-999c-4555-896c-c694bda2e470",
    CHECKED,
    since="2026-07-27",
    quality="reported",  # read as told by dev.to/toolmaxo and mcpservers.org: the forum wants a login
)
REPEATS = Source(
    "https://sellercentral.amazon.com/seller-forums/discussions/t/b2b15728-0d43-453e-974f-59eb63f73059",
    CHECKED,
    since="2025-01-21",
    quality="reported",
)
PAGES = Source("https://sellercentral.amazon.com/gp/help/external/help.html?itemID=200390640", CHECKED)
BULLETS = Source(
    "https://goatconsulting.com/amazon-policy/amazon-product-detail-page-rules-violation-policy-compliance",
    CHECKED,
    since="2024-08-15",
    quality="reported",
)
LENGTHS = Source("https://viral-launch.com/?p=1954", CHECKED, quality="reported")
TERMS = Source("https://sellercentral.amazon.com/gp/help/external/help.html?itemID=23501", CHECKED)
SCHEMA = Source(
    "https://github.com/amzn/selling-partner-api-models/blob/main/schemas/definitions/Product.json", CHECKED
)
PHOTOS = Source(
    "https://sellercentral.amazon.com/help/hub/reference/external/G1881", CHECKED, quality="reported"
)
# Its list of locales has zh_CN; of language_tag the definitions demand only that it is text.
LOCALES = Source(
    "https://github.com/amzn/selling-partner-api-models/blob/main/models/product-type-definitions-api-model"
    "/definitionsProductTypes_2020-09-01.json",
    variations.CHECKED,
)
SUBJECTIVE = ("amazing", "effective", "fastest", "least", "most", "new", "current", "latest", "today")
MARKETPLACES = {
    "en": ("ATVPDKIKX0DER", "en_US"),
    "de": ("A1PA6795UKMFR9", "de_DE"),
    "fr": ("A13V1IB3VIYZZH", "fr_FR"),
    "es": ("A1RKKUPIHCS9HS", "es_ES"),
    # No marketplace that sellers abroad can use is Chinese; zh_CN is a language of Amazon's definitions, and
    # one that amazon.com can be shown in. Whether it shows a seller's Chinese text is not documented.
    "zh": ("ATVPDKIKX0DER", "zh_CN"),
}
OTHER_PICTURES = 8


def _text(name: str, limit: int, *more: Rule) -> FieldRules:
    return FieldRules(name, (*plain(SCHEMA), Rule("max_chars", limit, SCHEMA), *more))


FIELDS = (
    FieldRules(
        "sku",
        (
            Rule("required", "give your number (sku)", SCHEMA),
            Rule("pattern", r"\S(?:.{0,38}\S)?", SCHEMA),
            *plain(SCHEMA),
        ),
    ),
    FieldRules(
        "seller_id", (Rule("required", "set seller_id, the merchant account", SCHEMA), *plain(SCHEMA))
    ),
    FieldRules(
        "product_type",
        (Rule("required", "set product_type", SCHEMA), Rule("pattern", r"[A-Z][A-Z0-9_]{1,60}", SCHEMA)),
    ),
    FieldRules("marketplace_id", (Rule("pattern", r"[A-Z0-9]{10,16}", SCHEMA),)),
    FieldRules("language_tag", (Rule("pattern", r"[a-z]{2}_[A-Z]{2}", LOCALES),)),
    FieldRules(
        "item_name",
        (
            Rule("required", "no product was recognised: give a title", TITLES),
            *copy_rules(TITLES, PROMOTION),
            Rule("banned_chars", "!$?_{}^¬¦~#<>*", TITLES),
            Rule("banned_chars", "™®©€†‡¢£¥±;|", TITLES),
            Rule("repeat_words", 2, REPEATS),
            Rule("no_caps", None, TITLES),
            Rule("max_chars", 75, TITLE_75),
        ),
    ),
    FieldRules(
        "bullet_point",
        (
            Rule("required", "no fact is sure enough for one: say more in the notes", SCHEMA),
            Rule("max_items", 5, BULLETS),
            Rule("min_items", 3, BULLETS, "warning"),
            Rule("max_total", 999, BULLETS),
            Rule("unique", None, BULLETS),
            *copy_rules(BULLETS, (*PROMOTION, *UNPROVEN, *PLACEHOLDERS)),
            Rule("banned_chars", "™®€…†‡¢£¥©±~â!?*<>{}^¬¦_#$|", BULLETS),
            Rule("no_caps", None, PAGES),
            Rule("no_end_mark", None, BULLETS),
            Rule("start_capital", None, BULLETS),
            Rule("min_chars", 10, BULLETS),
            Rule("max_chars", 255, BULLETS),
        ),
        is_list=True,
    ),
    FieldRules(
        "product_description",
        (
            Rule("required", "no fact is sure enough for one: say more in the notes", SCHEMA),
            *copy_rules(PAGES, PROMOTION),
            Rule("banned_chars", "™®€†‡¢£¥©<>{}^¬¦", PAGES),
            Rule("no_caps", None, PAGES),
            Rule("max_bytes", 2000, LENGTHS),
        ),
    ),
    FieldRules(
        "generic_keyword",
        (
            *copy_rules(TERMS, (*PROMOTION, *SUBJECTIVE)),
            Rule("pattern", r"[^\W_]+(?: [^\W_]+)*", TERMS),
            Rule("repeat_words", 1, TERMS),
            Rule("max_bytes", 249, TERMS),
        ),
    ),
    _text("brand", 100, Rule("required", "give the brand; one without has Generic", SCHEMA)),
    _text("item_type_keyword", 200, Rule("required", "set item_type_keyword", SCHEMA)),
    _text("color", 100, Rule("required", "the colour was not recognised: write it in the notes", SCHEMA)),
    FieldRules(
        "country_of_origin",
        (
            Rule("required", "set country_of_origin, like CN", SCHEMA),
            Rule("pattern", COUNTRY, SCHEMA, example="CN"),
        ),
    ),
    FieldRules(
        "supplier_declared_dg_hz_regulation",
        (
            Rule("required", "set dangerous_goods; for most goods it is not_applicable", SCHEMA),
            Rule(
                "one_of",
                ("ghs", "not_applicable", "other", "storage", "transportation", "unknown", "waste"),
                SCHEMA,
            ),
        ),
    ),
    FieldRules("gtin", (Rule("gtin", None, SCHEMA),)),
    FieldRules("target_gender", (Rule("one_of", ("male", "female", "unisex"), SCHEMA),)),
    _text("material", 200),
    _text("pattern", 100),
    _text("size", 50),
    FieldRules(
        "images",
        (Rule("max_items", 1 + OTHER_PICTURES, PHOTOS), Rule("pattern", ADDRESS, PHOTOS)),
        is_list=True,
    ),
    *variations.FIELDS,
)


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    marketplace, tag = MARKETPLACES.get(content.language, MARKETPLACES["en"])
    filled = given(
        content,
        {
            "sku": "sku",
            "seller_id": "seller_id",
            "product_type": "product_type",
            "brand": "brand",
            "item_type_keyword": "item_type_keyword",
            "country_of_origin": "country_of_origin",
            "supplier_declared_dg_hz_regulation": "dangerous_goods",
        },
        fields,
    )
    filled.setdefault("product_type", Composed(content.category.get("amazon", "PRODUCT")))
    if keyword := content.category.get("keyword"):
        filled.setdefault("item_type_keyword", Composed(keyword, (Part(keyword, "rule", ("category",)),)))
    filled["marketplace_id"] = Composed(content.seller.get("marketplace_id", marketplace))
    filled["language_tag"] = Composed(content.seller.get("language_tag", tag))
    filled["item_name"] = join(fields["item_name"], content.title)
    filled["bullet_point"] = pick(fields["bullet_point"], content.bullets)
    filled["product_description"] = join(fields["product_description"], content.sentences)
    filled["generic_keyword"] = join(fields["generic_keyword"], _terms(content), " ")
    names = {"color": "colour", "material": "material", "pattern": "pattern", "size": "size"}
    filled |= claimed(content, names, fields)
    if gender := GENDERS.get(content.category.get("gender", "")):
        filled["target_gender"] = Composed(gender, (Part(gender, "rule", ("gender",)),))
    filled |= numbered(content, "gtin", fields)
    filled["images"] = pick(fields["images"], pictures(content)[: 1 + OTHER_PICTURES])
    return filled


def _terms(content: Content) -> list[Part]:
    """Single words in lower case, without brands: those belong to their own field."""
    brand = set(measure.words(content.seller.get("brand") or content.attributes.get("brand", "")))
    return [
        Part(word, part.writer, part.facts)
        for part in content.keywords
        for word in re.findall(r"[^\W_]+", part.text.lower())
        if word not in brand and word not in measure.SMALL_WORDS
    ]


def _attributes(row: Row) -> dict[str, Any]:
    """The row as Amazon's attributes: a list of objects with marketplace and, for text, language."""
    market = {"marketplace_id": text_of(row, "marketplace_id")}
    spoken = market | {"language_tag": text_of(row, "language_tag")}
    attributes: dict[str, Any] = {}
    for name in (
        "item_name",
        "brand",
        "product_description",
        "generic_keyword",
        "color",
        "material",
        "pattern",
        "size",
    ):
        if value := text_of(row, name):
            attributes[name] = [{"value": value} | spoken]
    attributes["bullet_point"] = [{"value": value} | spoken for value in list_of(row, "bullet_point")]
    for name in (
        "item_type_keyword",
        "country_of_origin",
        "supplier_declared_dg_hz_regulation",
        "target_gender",
    ):
        if value := text_of(row, name):
            attributes[name] = [{"value": value} | market]
    if gtin := text_of(row, "gtin"):
        kind = {"upc": "upc", "ean": "ean"}.get(kind_of(gtin), "gtin")
        attributes["externally_assigned_product_identifier"] = [{"type": kind, "value": gtin} | market]
    for index, url in enumerate(list_of(row, "images")):
        name = f"other_product_image_locator_{index}" if index else "main_product_image_locator"
        attributes[name] = [{"media_location": url} | market]
    return attributes | variations.attributes_of(row, market)


def feed(rows: Sequence[Row]) -> dict[str, Any]:
    """The document of a JSON_LISTINGS_FEED; all rows are of one seller."""
    first = rows[0]
    messages = [
        {
            "messageId": number,
            "sku": text_of(row, "sku"),
            "operationType": "UPDATE",
            "productType": text_of(row, "product_type"),
            "requirements": "LISTING_PRODUCT_ONLY",
            "attributes": _attributes(row),
        }
        for number, row in enumerate(rows, start=1)
    ]
    header = {
        "sellerId": text_of(first, "seller_id"),
        "version": "2.0",
        "issueLocale": text_of(first, "language_tag"),
    }
    return {"header": header, "messages": messages}


FLAT = {
    "feed_product_type": "product_type",
    "item_sku": "sku",
    "brand_name": "brand",
    "item_name": "item_name",
    "external_product_id": "gtin",
    "item_type": "item_type_keyword",
    "product_description": "product_description",
    "generic_keywords": "generic_keyword",
    "color_name": "color",
    "material_type": "material",
    "pattern_name": "pattern",
    "size_name": "size",
    "target_gender": "target_gender",
    "country_of_origin": "country_of_origin",
    "supplier_declared_dg_hz_regulation1": "supplier_declared_dg_hz_regulation",
}
FLAT_KINDS = {"upc": "UPC", "ean": "EAN", "gtin8": "EAN", "gtin14": "GTIN"}


def flat_file(rows: Sequence[Row]) -> str:
    """Tab-separated, with the field names that category templates have in their third line."""
    lines = []
    for row in rows:
        line = {column: text_of(row, name) for column, name in FLAT.items()}
        line["update_delete"] = "Update"
        if gtin := text_of(row, "gtin"):
            line["external_product_id_type"] = FLAT_KINDS[kind_of(gtin)]
        line |= {f"bullet_point{n}": text for n, text in enumerate(list_of(row, "bullet_point"), start=1)}
        for index, url in enumerate(list_of(row, "images")):
            line[f"other_image_url{index}" if index else "main_image_url"] = url
        lines.append(line | variations.columns_of(row))
    header = [*FLAT, "external_product_id_type", "update_delete", *variations.FLAT_COLUMNS]
    header += [f"bullet_point{n}" for n in range(1, 6)]
    header += ["main_image_url", *(f"other_image_url{n}" for n in range(1, OTHER_PICTURES + 1))]
    return csv_text(header, lines, delimiter="\t")


def _files(rows: Sequence[Row]) -> Files:
    rows = variations.with_families(rows, FIELDS)
    return {"amazon-feed.json": json_text(feed(rows)), "amazon-flat.txt": flat_file(rows)}


PACK = Pack(
    "amazon",
    "Amazon",
    variations.CHECKED,
    FIELDS,
    PhotoRules(
        max_count=9,
        min_longest=500,
        good_longest=1000,
        max_side=10_000,
        white_background=True,
        min_fill=0.85,
        source=PHOTOS,
    ),
    _fill,
    _files,
    ("amazon-feed.json", "amazon-flat.txt"),
)
