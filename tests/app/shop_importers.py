"""Importers for the tests, written from the channels' documentation only; they raise ``Rejected``.

Shopify: help.shopify.com "Using CSV files to import and export products". WooCommerce: the wiki's "Product
CSV Import Schema". Google: Merchant Center's product data specification. eBay: the Inventory API's reference.
Nothing here is imported from the code under test.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any

G = "{http://base.google.com/ns/1.0}"
ADDRESS = re.compile(r"https?://[^\s\"<>]+")
BAD = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
PROMOTION = re.compile(r"(?i)\b(free shipping|best seller|buy now|click here|guaranteed?|discount|on sale)\b")


# eBay's LocaleEnum.
LOCALES = set(
    "en_US en_CA fr_CA en_GB en_AU en_IN de_AT fr_BE fr_FR de_DE it_IT nl_BE nl_NL es_ES de_CH fi_FI zh_HK "
    "hu_HU en_PH pl_PL pt_PT ru_RU en_SG en_IE en_MY".split()
)


class Rejected(Exception):
    """The shop would not take the file."""


def need(holds: Any, why: str) -> None:
    if not holds:
        raise Rejected(why)


class Markup(HTMLParser):
    """Paragraphs and lists only, closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        need(tag in ("p", "ul", "li") and not attrs, f"<{tag}> in a description")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        need(self.open and self.open.pop() == tag, f"</{tag}> closes nothing")


def check_html(text: str) -> None:
    parser = Markup()
    parser.feed(text)
    parser.close()
    need(not parser.open, "unclosed tags")
    need(not BAD.search(text), "control characters")


def table(text: str, known: set[str]) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(text)))
    need(rows, "no header")
    need(set(rows[0]) <= known, f"unknown columns {set(rows[0]) - known}")
    need(len(set(rows[0])) == len(rows[0]), "a column twice")
    need(all(len(row) == len(rows[0]) for row in rows), "a row with too many or too few cells")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


SHOPIFY = set(
    "Title|URL handle|Description|Vendor|Product category|Type|Tags|Published on online store|Status|SKU"
    "|Barcode|Option1 name|Option1 value|Option2 name|Option2 value|Option3 name|Option3 value|Price"
    "|Compare-at price"
    "|Cost per item|Charge tax|Tax code|Unit price total measure|Unit price total measure unit"
    "|Unit price base measure|Unit price base measure unit|Inventory tracker|Inventory quantity"
    "|Continue selling when out of stock|Weight value (grams)|Weight unit for display|Requires shipping"
    "|Fulfillment service|Product image URL|Image position|Image alt text|Variant image URL|Gift card"
    "|SEO title|SEO description".split("|")
)


def shopify_import(text: str) -> dict[str, dict[str, Any]]:
    """Handle → product with variants and images."""
    products: dict[str, dict[str, Any]] = {}
    last = ""
    for row in table(text, SHOPIFY):
        handle = row["URL handle"]
        need(re.fullmatch(r"[a-z0-9-]{1,255}", handle), f"handle {handle!r}")
        need(handle == last or handle not in products, "rows of one product are not together")
        last = handle
        if handle not in products:
            need(0 < len(row["Title"]) <= 255, "a new product needs a title")
            need(row["Status"] in ("active", "draft", "archived", "unlisted"), "status")
            need(row["Published on online store"] in ("TRUE", "FALSE"), "published")
            need(len(row["SEO title"]) <= 70 and len(row["SEO description"]) <= 320, "SEO length")
            need(not row["Vendor"] or len(row["Vendor"]) >= 2, "vendor")
            need(all(len(tag) <= 255 for tag in row["Tags"].split(", ")), "tag")
            need(not PROMOTION.search(row["Title"]), "promotion")
            check_html(row["Description"])
            products[handle] = {"title": row["Title"], "variants": [], "images": []}
        product = products[handle]
        need(not any(BAD.search(cell) for cell in row.values()), "control characters")
        if row["Option1 name"] or row["Option1 value"]:
            names = [row[f"Option{n} name"] for n in (1, 2, 3)]
            values = tuple(row[f"Option{n} value"] for n in (1, 2, 3))
            need(
                all(bool(name) == bool(value) for name, value in zip(names, values, strict=True)),
                "option without a value",
            )
            need(
                values not in [variant["options"] for variant in product["variants"]],
                "two variants with equal options",
            )
            need(not row["Barcode"] or re.fullmatch(r"\d{8}|\d{12,14}", row["Barcode"]), "barcode")
            need(not row["Price"] or re.fullmatch(r"\d+(\.\d+)?", row["Price"]), "price")
            product["variants"].append({"options": values, "sku": row["SKU"], "barcode": row["Barcode"]})
        if row["Product image URL"]:
            need(ADDRESS.fullmatch(row["Product image URL"]), "image address")
            need(row["Image position"].isdigit() and len(row["Image alt text"]) <= 512, "image")
            product["images"].append(row["Product image URL"])
    need(all(product["variants"] for product in products.values()), "a product without a variant")
    return products


WOO = set(
    "ID|Type|SKU|GTIN, UPC, EAN, or ISBN|Name|Published|Is featured?|Visibility in catalog|Short description"
    "|Description|In stock?|Stock|Regular price|Categories|Tags|Images|Parent|Position".split("|")
) | {f"Attribute {n} {part}" for n in range(1, 10) for part in ("name", "value(s)", "visible", "global")}


def woocommerce_import(text: str) -> list[dict[str, Any]]:
    """Products in order; variations know their parent."""
    products: list[dict[str, Any]] = []
    by_sku: dict[str, dict[str, Any]] = {}
    for row in table(text, WOO):
        kind = row["Type"]
        need(kind in ("simple", "variable", "variation"), f"type {kind!r}")
        need(row["Name"], "name")
        need(row["Published"] in ("1", "0", "-1"), "published")
        need(row["Visibility in catalog"] in ("visible", "catalog", "search", "hidden"), "visibility")
        need(not row["Regular price"] or re.fullmatch(r"\d+(\.\d+)?", row["Regular price"]), "price")
        need(all(ADDRESS.fullmatch(url) for url in row["Images"].split(", ") if row["Images"]), "images")
        need(not any(BAD.search(cell) for cell in row.values()), "control characters")
        check_html(row["Description"])
        check_html(row["Short description"])
        attributes = {}
        for n in range(1, 10):
            if row.get(f"Attribute {n} name"):
                need(row[f"Attribute {n} value(s)"], "an attribute without a value")
                attributes[row[f"Attribute {n} name"]] = row[f"Attribute {n} value(s)"].split(", ")
        product = {"type": kind, "sku": row["SKU"], "name": row["Name"], "attributes": attributes}
        if kind == "variation":
            parent = by_sku.get(row["Parent"])
            need(parent and parent["type"] == "variable", "a variation without its parent before it")
            for name, values in attributes.items():
                need(set(values) <= set(parent["attributes"].get(name, [])), "a value that the parent lacks")
        if row["SKU"]:
            need(row["SKU"] not in by_sku, "a SKU twice")
            by_sku[row["SKU"]] = product
        products.append(product)
    return products


def google_import(text: str) -> list[dict[str, list[str]]]:
    """Items as name → values; structured texts as "type: content"."""
    need(not BAD.search(text), "control characters")
    items = []
    for item in ET.fromstring(text.encode()).iter("item"):
        values: dict[str, list[str]] = {}
        for element in item:
            need(element.tag.startswith(G), f"{element.tag} has no namespace")
            name, said = element.tag[len(G) :], element.text or ""
            if name.startswith("structured_"):
                source, content = element.find(G + "digital_source_type"), element.find(G + "content")
                need(source is not None and source.text == "trained_algorithmic_media", "digital source type")
                need(content is not None and content.text, "content")
                said = content.text
            values.setdefault(name, []).append(said)
        items.append(values)
        need(("title" in values) != ("structured_title" in values), "one title, plain or structured")
        need(("description" in values) != ("structured_description" in values), "one description")
        title = (values.get("title") or values["structured_title"])[0]
        need(0 < len(title) <= 150 and not PROMOTION.search(title), "title")
        need(not re.search(r"\b[A-ZÄÖÜ]{4,}\b", title), "capitals")
        need(len((values.get("description") or values["structured_description"])[0]) <= 5000, "description")
        for name in ("id", "link", "image_link", "price", "availability", "brand"):
            need(values.get(name, [""])[0], f"{name} is missing")
        need(len(values["id"][0]) <= 50 and len(values["brand"][0]) <= 70, "id or brand")
        need(re.fullmatch(r"\d+(\.\d+)? [A-Z]{3}", values["price"][0]), "price")
        need(
            values["availability"][0] in ("in_stock", "out_of_stock", "preorder", "backorder"), "availability"
        )
        need(all(ADDRESS.fullmatch(url) for n in ("link", "image_link") for url in values[n]), "address")
        highlights = values.get("product_highlight", [])
        need(not highlights or 2 <= len(highlights) <= 100, "number of highlights")
        need(all(0 < len(text) <= 150 for text in highlights), "highlight")
        need(values.get("gender", ["male"])[0] in ("male", "female", "unisex"), "gender")
        for name, limit in (("color", 100), ("material", 200), ("pattern", 100), ("size", 100)):
            need(all(len(text) <= limit for text in values.get(name, [])), name)
        need(
            all(
                len(v) == 1
                for n, v in values.items()
                if n not in ("product_highlight", "additional_image_link")
            ),
            "twice",
        )
    return items


def ebay_import(text: str) -> list[dict[str, Any]]:
    """The requests of a bulk call."""
    requests = json.loads(text)["requests"]
    need(0 < len(requests) <= 25, "at most 25 items a call")
    for item in requests:
        product = item["product"]
        need(0 < len(item["sku"]) <= 50, "sku")
        need(item["locale"] in LOCALES, "locale")
        need(0 < len(product["title"]) <= 80 and not BAD.search(product["title"]), "title")
        need(len(product.get("description", "")) <= 4000, "description")
        for name, values in product.get("aspects", {}).items():
            need(0 < len(name) <= 40 and values, "aspect name")
            need(all(0 < len(value) <= 50 and not BAD.search(value) for value in values), "aspect value")
        need(len(product.get("imageUrls", [])) <= 24, "images")
        need(all(url.startswith("https://") for url in product.get("imageUrls", [])), "eBay takes https only")
    return requests
