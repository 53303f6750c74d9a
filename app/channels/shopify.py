"""Shopify: the product CSV with the column names of 2025 and later.

Only ``Title`` is required for a new product; variants share a ``URL handle`` and their first row has the
product's texts. Products arrive as drafts that are not published: going live stays the seller's step.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from .basics import (
    ADDRESS,
    OWN,
    PRICE,
    PROMOTION,
    claimed,
    copy_rules,
    given,
    join,
    numbered,
    pick,
    pictures,
    plain,
)
from .pack import Files, Pack, csv_text, html_body, list_of, text_of
from .rules import Composed, Content, FieldRules, Part, PhotoRules, Row, Rule, Source

CHECKED = "2026-11-24"
CSV = Source("https://help.shopify.com/en/manual/products/import-export/using-csv", CHECKED)
SEO = Source(
    "https://help.shopify.com/en/manual/promoting-marketing/seo/adding-keywords", CHECKED, quality="reported"
)
MEDIA = Source(
    "https://help.shopify.com/en/manual/products/product-media/product-media-types",
    CHECKED,
    quality="reported",
)
HANDLE = r"[a-z0-9]+(?:-[a-z0-9]+)*"
COLUMNS = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,"
    "Barcode,Option1 name,Option1 value,Option2 name,Option2 value,Option3 name,Option3 value,Price,"
    "Compare-at price,Cost per item,Charge tax,Tax code,Unit price total measure,"
    "Unit price total measure unit,Unit price base measure,Unit price base measure unit,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),Weight unit for display,"
    "Requires shipping,Fulfillment service,Product image URL,Image position,Image alt text,"
    "Variant image URL,Gift card,SEO title,SEO description"
).split(",")
NAMES = {"colour": "Color", "size": "Size"}

FIELDS = (
    FieldRules(
        "title",
        (
            Rule("required", "no product was recognised: give a title", CSV),
            *copy_rules(CSV, PROMOTION),
            Rule("no_caps", None, OWN),
            Rule("max_chars", 255, CSV),
        ),
    ),
    FieldRules("handle", (Rule("pattern", HANDLE, CSV), Rule("max_chars", 255, CSV))),
    FieldRules("description", (*copy_rules(CSV, PROMOTION, lines=True), Rule("max_chars", 60_000, OWN))),
    FieldRules(
        "bullets",
        (
            *copy_rules(CSV, PROMOTION),
            Rule("no_end_mark", None, OWN),
            Rule("max_items", 10, OWN),
            Rule("max_chars", 255, OWN),
        ),
        is_list=True,
    ),
    FieldRules("vendor", (*plain(CSV), Rule("min_chars", 2, CSV), Rule("max_chars", 255, CSV))),
    FieldRules("product_category", (*plain(CSV), Rule("max_chars", 750, CSV))),
    FieldRules("type", (*plain(CSV), Rule("max_chars", 255, CSV))),
    FieldRules(
        "tags",
        (
            *copy_rules(CSV, PROMOTION),
            Rule("banned_chars", ",", CSV),
            Rule("max_items", 250, CSV),
            Rule("unique", None, OWN),
            Rule("max_chars", 255, CSV),
        ),
        is_list=True,
    ),
    FieldRules("sku", (*plain(CSV), Rule("max_chars", 255, CSV))),
    FieldRules("barcode", (Rule("gtin", None, CSV),)),
    FieldRules("price", (Rule("pattern", PRICE, CSV, example="12.50"),)),
    FieldRules("colour", (*plain(CSV), Rule("max_chars", 255, CSV))),
    FieldRules("size", (*plain(CSV), Rule("max_chars", 255, CSV))),
    FieldRules("images", (Rule("pattern", ADDRESS, CSV), Rule("max_items", 250, CSV)), is_list=True),
    FieldRules("alt_text", (*copy_rules(CSV, PROMOTION), Rule("max_chars", 512, MEDIA)), is_list=True),
    FieldRules("seo_title", (*copy_rules(SEO, PROMOTION), Rule("max_chars", 70, SEO))),
    FieldRules("seo_description", (*copy_rules(SEO, PROMOTION), Rule("max_chars", 320, SEO))),
)


def slug(text: str) -> str:
    """Letters a–z, digits and single hyphens; "" when nothing of the text is left."""
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain_text).strip("-")[:200].strip("-")


def handle_of(*names: str) -> str:
    """The slug of the first name that leaves something of itself; of names in Chinese a number."""
    found = next(filter(None, map(slug, names)), "")
    rest = "".join(names)
    return found or (f"p-{hashlib.sha256(rest.encode()).hexdigest()[:12]}" if rest else "")


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    filled = given(content, {"sku": "sku", "vendor": "brand", "price": "price"}, fields)
    filled["title"] = join(fields["title"], content.title)
    named = content.seller.get("group", "") or content.seller.get("sku", "")
    handle = handle_of(named, str(filled["title"].value))
    filled["handle"] = Composed(handle, (Part(handle, "rule", ("sku",)),))
    filled["description"] = join(fields["description"], content.sentences)
    filled["bullets"] = pick(fields["bullets"], content.bullets)
    filled["tags"] = pick(fields["tags"], content.keywords)
    filled |= claimed(content, {"type": "category", "colour": "colour", "size": "size"}, fields)
    if path := content.category.get("google"):
        filled["product_category"] = Composed(path, (Part(path, "rule", ("category",)),))
    filled |= numbered(content, "barcode", fields)
    addresses = pictures(content)
    filled["images"] = pick(fields["images"], addresses)
    alternatives = [Part(p.alt, "rule", ("category", "colour")) for p in content.pictures if p.url and p.alt]
    if len(alternatives) == len(addresses):
        filled["alt_text"] = pick(fields["alt_text"], alternatives)
    filled["seo_title"] = join(fields["seo_title"], content.title)
    filled["seo_description"] = join(fields["seo_description"], content.sentences)
    return filled


def table(rows: Sequence[Row]) -> list[dict[str, str]]:
    """The lines of the CSV: variants one below the other, more photos than variants in lines of their own."""
    groups: dict[str, list[Row]] = {}
    for number, row in enumerate(rows):  # not by handle: "A.1" and "A-1" leave the same letters
        groups.setdefault(row.group or f"\0{number}", []).append(row)
    lines, taken = [], set[str]()
    for members in groups.values():
        options = _options(members)
        if len(members) == 1 or options:
            lines += _product(_own_handle(text_of(members[0], "handle"), taken), members, options)
        else:  # nothing tells them apart: they are products of their own
            for row in members:
                handle = slug(text_of(row, "sku")) or text_of(row, "handle")
                lines += _product(_own_handle(handle, taken), [row], [])
    return lines


def _own_handle(handle: str, taken: set[str]) -> str:
    """The handle, with a number behind it where another product of the file has it: rows that share one are
    a single product to Shopify."""
    own, number = handle, 1
    while own in taken:
        number += 1
        own = f"{handle}-{number}"
    taken.add(own)
    return own


def _options(rows: Sequence[Row]) -> list[str]:
    """The facts that tell variants apart; none when a variant lacks one or two are the same."""
    options = [name for name in NAMES if len({text_of(row, name) for row in rows}) > 1]
    values = [tuple(text_of(row, name) for name in options) for row in rows]
    return options if len(set(values)) == len(rows) and all(all(value) for value in values) else []


def _product(handle: str, variants: Sequence[Row], options: Sequence[str]) -> list[dict[str, str]]:
    first, lines = variants[0], []
    for row in variants:
        line = {
            "URL handle": handle,
            "SKU": text_of(row, "sku"),
            "Barcode": text_of(row, "barcode"),
            "Price": text_of(row, "price"),
            "Requires shipping": "TRUE",
            "Charge tax": "TRUE",
        }
        pairs = [(NAMES[name], text_of(row, name)) for name in options] or [("Title", "Default Title")]
        for number, (name, value) in enumerate(pairs, start=1):
            line |= {f"Option{number} name": name, f"Option{number} value": value}
        if len(variants) > 1 and list_of(row, "images"):
            line["Variant image URL"] = list_of(row, "images")[0]
        lines.append(line)
    lines[0] |= {
        "Title": text_of(first, "title"),
        "Description": html_body(first),
        "Vendor": text_of(first, "vendor"),
        "Product category": text_of(first, "product_category"),
        "Type": text_of(first, "type"),
        "Tags": ", ".join(list_of(first, "tags")),
        "Published on online store": "FALSE",
        "Status": "draft",
        "SEO title": text_of(first, "seo_title"),
        "SEO description": text_of(first, "seo_description"),
        "Gift card": "FALSE",
    }
    return _with_photos(handle, variants, lines)


def _with_photos(handle: str, variants: Sequence[Row], lines: list[dict[str, str]]) -> list[dict[str, str]]:
    photos = []
    for row in variants:
        alternatives = list_of(row, "alt_text")
        for index, url in enumerate(list_of(row, "images")):
            photos.append((url, alternatives[index] if index < len(alternatives) else ""))
    for number, (url, alt) in enumerate(dict(photos).items(), start=1):
        if number > len(lines):
            lines.append({"URL handle": handle})
        lines[number - 1] |= {"Product image URL": url, "Image position": str(number), "Image alt text": alt}
    return lines


def _files(rows: Sequence[Row]) -> Files:
    return {"shopify-products.csv": csv_text(COLUMNS, table(rows))}


PACK = Pack(
    "shopify",
    "Shopify",
    CHECKED,
    FIELDS,
    PhotoRules(max_count=250, good_longest=800, max_side=5000, max_megapixels=25, source=MEDIA),
    _fill,
    _files,
    ("shopify-products.csv",),
)
