"""Google Merchant Center: product data rules and an RSS 2.0 feed.

What the model wrote, or what was made from what it saw, goes into ``structured_title`` and
``structured_description`` with ``trained_algorithmic_media``; only a seller's own words go into ``title`` and
``description``.
"""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from .basics import (
    ADDRESS,
    GENDERS,
    PRICE,
    PROMOTION,
    claimed,
    copy_rules,
    exact,
    given,
    join,
    numbered,
    pick,
    pictures,
    plain,
)
from .pack import Files, Pack
from .rules import Composed, Content, FieldRules, Part, PhotoRules, Row, Rule, Source

CHECKED = "2026-11-24"
HELP = "https://support.google.com/merchants/answer/"
SPECIFICATION = Source(HELP + "7052112", CHECKED)
TITLE = Source(HELP + "6324415", CHECKED, since="2024-04-09")
DESCRIPTION = Source(HELP + "6324468", CHECKED, since="2024-04-09")
HIGHLIGHT = Source(HELP + "9216100", CHECKED)
CATEGORY = Source(HELP + "6324436", CHECKED)
IMAGE = Source(HELP + "6324350", CHECKED)
NAMESPACE = "http://base.google.com/ns/1.0"
MACHINE = "trained_algorithmic_media"
AGES = {"men": "adult", "women": "adult", "boys": "kids", "girls": "kids"}


def _title(name: str) -> FieldRules:
    rules = (*copy_rules(TITLE, PROMOTION), Rule("no_caps", None, TITLE), Rule("max_chars", 150, TITLE))
    return FieldRules(name, rules)


def _description(name: str) -> FieldRules:
    rules = copy_rules(DESCRIPTION, PROMOTION)
    return FieldRules(
        name, (*rules, Rule("no_caps", None, DESCRIPTION), Rule("max_chars", 5000, DESCRIPTION))
    )


def _text(name: str, limit: int, *more: Rule) -> FieldRules:
    return FieldRules(name, (*plain(SPECIFICATION), Rule("max_chars", limit, SPECIFICATION), *more))


def _values(name: str, allowed: tuple[str, ...], *more: Rule) -> FieldRules:
    return FieldRules(name, (*more, Rule("one_of", allowed, SPECIFICATION)))


FIELDS = (
    _text("id", 50, Rule("required", "give your number (sku)", SPECIFICATION)),
    _title("title"),
    _title("structured_title"),
    _description("description"),
    _description("structured_description"),
    FieldRules(
        "link",
        (
            Rule("required", "set link, the product's page in your shop", SPECIFICATION),
            Rule("pattern", ADDRESS, SPECIFICATION),
        ),
    ),
    FieldRules(
        "image_link",
        (
            Rule("required", "set image_base_url, where the photos can be fetched", SPECIFICATION),
            Rule("pattern", ADDRESS, SPECIFICATION),
        ),
    ),
    FieldRules(
        "additional_image_link",
        (Rule("max_items", 10, SPECIFICATION), Rule("pattern", ADDRESS, SPECIFICATION)),
        is_list=True,
    ),
    _values(
        "availability",
        ("in_stock", "out_of_stock", "preorder", "backorder"),
        Rule("required", "set availability", SPECIFICATION),
    ),
    FieldRules(
        "price",
        (
            Rule("required", "set price, like 12.50, and currency, like EUR", SPECIFICATION),
            Rule("pattern", PRICE + " [A-Z]{3}", SPECIFICATION, example="12.50 EUR"),
        ),
    ),
    _text(
        "brand", 70, Rule("required", "give the brand; for a product without one set your own", SPECIFICATION)
    ),
    FieldRules("gtin", (Rule("gtin", None, SPECIFICATION),)),
    _text("mpn", 70),
    _values("identifier_exists", ("yes", "no")),
    _values("condition", ("new", "refurbished", "used")),
    FieldRules("google_product_category", (*plain(CATEGORY), Rule("max_chars", 750, CATEGORY))),
    _text("product_type", 750),
    _text("color", 40),
    _values("gender", ("male", "female", "unisex")),
    _values("age_group", ("newborn", "infant", "toddler", "kids", "adult")),
    _text("material", 200),
    _text("pattern", 100),
    _text("size", 100),
    _text("item_group_id", 50),
    FieldRules(
        "product_highlight",
        (
            Rule("min_items", 2, HIGHLIGHT),
            Rule("max_items", 100, HIGHLIGHT),
            Rule("unique", None, HIGHLIGHT),
            *copy_rules(HIGHLIGHT, PROMOTION),
            Rule("no_caps", None, HIGHLIGHT),
            Rule("max_chars", 150, HIGHLIGHT),
        ),
        is_list=True,
    ),
)


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    names = ("link", "availability", "brand", "mpn", "condition", "size", "identifier_exists")
    filled = given(content, {"id": "sku", "item_group_id": "group"} | {n: n for n in names}, fields)
    if price := content.seller.get("price"):
        text = f"{price} {content.seller.get('currency', '')}".strip()
        filled["price"] = exact(fields["price"], Part(text, "seller", ("price", "currency")))
    for name, parts in (("title", content.title), ("description", content.sentences)):
        filled |= _written(fields, name, parts)
    filled["product_highlight"] = pick(fields["product_highlight"], content.bullets)
    filled |= claimed(
        content,
        {"color": "colour", "material": "material", "pattern": "pattern", "product_type": "category"},
        fields,
    )
    if "size" in content.attributes:
        filled |= claimed(content, {"size": "size"}, fields)
    if path := content.category.get("google"):
        filled["google_product_category"] = Composed(path, (Part(path, "rule", ("category",)),))
    for name, table in (("gender", GENDERS), ("age_group", AGES)):
        if value := table.get(content.category.get("gender", "")):
            filled[name] = Composed(value, (Part(value, "rule", ("gender",)),))
    filled |= numbered(content, "gtin", fields)
    addresses = pictures(content)
    if addresses:
        filled["image_link"] = exact(fields["image_link"], addresses[0])
        filled["additional_image_link"] = pick(fields["additional_image_link"], addresses[1:11])
    return filled


def _written(fields: Mapping[str, FieldRules], name: str, parts: Sequence[Part]) -> dict[str, Composed]:
    """The text under the name that says who wrote it: a part that is not the seller's makes it structured."""
    text = join(fields[name], parts)
    is_sellers = bool(text.parts) and all(part.writer == "seller" for part in text.parts)
    return {name if is_sellers else f"structured_{name}": text}


def feed(rows: Sequence[Row]) -> str:
    """An RSS 2.0 document with one item a row."""
    ET.register_namespace("g", NAMESPACE)
    rss = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(rss, "channel")
    ET.SubElement(channel, "title").text = "Products"
    ET.SubElement(channel, "link").text = str(rows[0].fields["link"])
    ET.SubElement(channel, "description").text = "Product data"
    for row in rows:
        item = ET.SubElement(channel, "item")
        for name, value in row.fields.items():
            for text in [value] if isinstance(value, str) else list(value):
                _add(item, name, text)
    ET.indent(rss)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(rss, encoding="unicode") + "\n"


def _add(item: ET.Element, name: str, text: str) -> None:
    element = ET.SubElement(item, f"{{{NAMESPACE}}}{name}")
    if not name.startswith("structured_"):
        element.text = text
        return
    ET.SubElement(element, f"{{{NAMESPACE}}}digital_source_type").text = MACHINE
    ET.SubElement(element, f"{{{NAMESPACE}}}content").text = text


def _files(rows: Sequence[Row]) -> Files:
    return {"google-feed.xml": feed(rows)}


PACK = Pack(
    "google",
    "Google Merchant Center",
    CHECKED,
    FIELDS,
    PhotoRules(max_count=11, min_shortest=250, good_longest=800, max_megapixels=64, source=IMAGE),
    _fill,
    _files,
    ("google-feed.xml",),
    either=(
        (("title", "structured_title"), "no product was recognised: give a title", TITLE),
        (("description", "structured_description"), "no fact is sure enough: say more", DESCRIPTION),
    ),
)
