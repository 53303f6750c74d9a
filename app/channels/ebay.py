"""eBay: the bodies of ``bulkCreateOrReplaceInventoryItem`` and, for variants, of
``createOrReplaceInventoryItemGroup``; and the draft template of Seller Hub Reports.

Neither puts an article on sale: an inventory item needs an offer, a draft is finished in Seller Hub.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .basics import ADDRESS, PRICE, PROMOTION, copy_rules, given, join, numbered, pick, pictures, plain
from .gtin import kind_of
from .pack import Files, Pack, csv_text, json_text, list_of, text_of
from .rules import Composed, Content, FieldRules, Part, PhotoRules, Row, Rule, Source

CHECKED = "2026-11-24"
VERSION = "2026-11-27"  # the day on which the newest of the rules was read
API = "https://developer.ebay.com/api-docs/"
PRODUCT = Source(API + "sell/inventory/types/slr:Product", CHECKED)
BULK = Source(
    API + "sell/inventory/resources/inventory_item/methods/bulkCreateOrReplaceInventoryItem", CHECKED
)
TITLE = Source(API + "user-guides/static/trading-user-guide/listing-title.html", CHECKED)
SPECIFICS = Source(API + "user-guides/static/trading-user-guide/item-specifics-names-values.html", CHECKED)
PICTURES = Source(
    "https://www.ebay.com/help/policies/listing-policies/picture-policy?id=4370", CHECKED, quality="reported"
)
TEMPLATE = Source("https://www.ebay.com/sh/reports", CHECKED, since="2026-07-08", quality="reported")
LOCALES = Source(API + "sell/inventory/types/slr:LocaleEnum", VERSION)
AT_ONCE = 25  # inventory items a call takes
CONDITIONS = (
    "NEW",
    "LIKE_NEW",
    "NEW_OTHER",
    "NEW_WITH_DEFECTS",
    "USED_EXCELLENT",
    "USED_VERY_GOOD",
    "USED_GOOD",
    "USED_ACCEPTABLE",
)
# Language → site, country, currency, version of the template, locale. zh_HK is the only Chinese locale that
# eBay has; its readers are used to traditional characters, ours are simplified.
SITES = {
    "en": ("US", "US", "USD", "US", "en_US"),
    "de": ("Germany", "DE", "EUR", "DE", "de_DE"),
    "fr": ("France", "FR", "EUR", "FR", "fr_FR"),
    "es": ("Spain", "ES", "EUR", "ES", "es_ES"),
    "zh": ("HongKong", "HK", "HKD", "HK", "zh_HK"),
}
ASPECTS = {
    "en": {
        "brand": "Brand",
        "category": "Type",
        "colour": "Color",
        "gender": "Department",
        "material": "Material",
        "pattern": "Pattern",
        "size": "Size",
        "season": "Season",
        "usage": "Occasion",
    },
    "de": {
        "brand": "Marke",
        "category": "Produktart",
        "colour": "Farbe",
        "gender": "Abteilung",
        "material": "Material",
        "pattern": "Muster",
        "size": "Größe",
        "season": "Jahreszeit",
        "usage": "Anlass",
    },
    "fr": {
        "brand": "Marque",
        "category": "Type",
        "colour": "Couleur",
        "gender": "Département",
        "material": "Matière",
        "pattern": "Motif",
        "size": "Taille",
        "season": "Saison",
        "usage": "Occasion",
    },
    "es": {
        "brand": "Marca",
        "category": "Tipo",
        "colour": "Color",
        "gender": "Departamento",
        "material": "Material",
        "pattern": "Estampado",
        "size": "Talla",
        "season": "Temporada",
        "usage": "Ocasión",
    },
    "zh": {
        "brand": "品牌",
        "category": "类型",
        "colour": "颜色",
        "gender": "适用人群",
        "material": "材质",
        "pattern": "图案",
        "size": "尺码",
        "season": "季节",
        "usage": "场合",
    },
}

FIELDS = (
    FieldRules(
        "sku",
        (
            Rule("required", "give your number (sku)", BULK),
            Rule("pattern", r"\S(?:.{0,48}\S)?", BULK),
            *plain(BULK),
        ),
    ),
    FieldRules("locale", (Rule("one_of", tuple(site[4] for site in SITES.values()), LOCALES),)),
    FieldRules(
        "title",
        (
            Rule("required", "no product was recognised: give a title", TITLE),
            *copy_rules(TITLE, PROMOTION),
            Rule("no_caps", None, TITLE),
            Rule("max_chars", 80, TITLE),
        ),
    ),
    FieldRules("description", (*copy_rules(PRODUCT, PROMOTION), Rule("max_chars", 4000, PRODUCT))),
    FieldRules("aspects", (*copy_rules(SPECIFICS, PROMOTION), Rule("max_chars", 50, SPECIFICS))),
    FieldRules("brand", (*plain(PRODUCT), Rule("max_chars", 65, PRODUCT))),
    FieldRules("mpn", (*plain(PRODUCT), Rule("max_chars", 65, PRODUCT))),
    FieldRules("gtin", (Rule("gtin", None, PRODUCT),)),
    FieldRules("condition", (Rule("one_of", CONDITIONS, BULK),)),
    FieldRules("quantity", (Rule("pattern", r"\d{1,7}", BULK, example="3"),)),
    FieldRules("price", (Rule("pattern", PRICE, TEMPLATE, example="12.50"),)),
    FieldRules("category_id", (Rule("pattern", r"\d{1,10}", TEMPLATE),)),
    FieldRules("group", (Rule("max_chars", 50, BULK), *plain(BULK))),
    FieldRules(
        "images",
        (
            Rule("max_items", 24, PRODUCT),
            Rule("pattern", ADDRESS.replace("https?", "https"), PRODUCT),
            Rule("required", "set image_base_url before the offer is published", PRODUCT, "warning"),
        ),
        is_list=True,
    ),
)


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    names = {n: n for n in ("sku", "brand", "mpn", "condition", "quantity", "price", "group")}
    filled = given(content, names | {"category_id": "ebay_category"}, fields)
    filled["locale"] = Composed(SITES.get(content.language, SITES["en"])[4])
    filled["title"] = join(fields["title"], content.title)
    filled["description"] = join(fields["description"], content.sentences)
    filled["aspects"] = _aspects(fields["aspects"], content)
    filled |= numbered(content, "gtin", fields)
    filled["images"] = pick(fields["images"], pictures(content)[:24])
    return filled


def _aspects(field: FieldRules, content: Content) -> Composed:
    names = ASPECTS.get(content.language, ASPECTS["en"])
    facts = dict(content.attributes) | {k: v for k, v in content.seller.items() if k == "brand"}
    values: dict[str, list[str]] = {}
    parts: list[Part] = []
    for fact, name in names.items():
        entry = pick(field, [Part(facts[fact], "rule", (fact,))]) if facts.get(fact) else Composed([])
        if isinstance(entry.value, list) and entry.value:
            values[name] = entry.value
            parts += entry.parts
    return Composed(values, tuple(parts))


def _number(row: Row) -> str:
    """The GTIN; none for a box of several (GTIN-14), for which eBay has no field."""
    gtin = text_of(row, "gtin")
    return "" if gtin and kind_of(gtin) == "gtin14" else gtin


def inventory_item(row: Row) -> dict[str, Any]:
    """One entry of the bulk request."""
    product: dict[str, Any] = {"title": text_of(row, "title")}
    for name in ("description", "brand", "mpn"):
        if text_of(row, name):
            product[name] = text_of(row, name)
    if row.fields.get("aspects"):
        product["aspects"] = row.fields["aspects"]
    if gtin := _number(row):
        product["upc" if kind_of(gtin) == "upc" else "ean"] = [gtin]
    if images := list_of(row, "images"):
        product["imageUrls"] = images
    item: dict[str, Any] = {"sku": text_of(row, "sku"), "locale": text_of(row, "locale"), "product": product}
    if condition := text_of(row, "condition"):
        item["condition"] = condition
    if quantity := text_of(row, "quantity"):
        item["availability"] = {"shipToLocationAvailability": {"quantity": int(quantity)}}
    return item


def item_groups(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Variants of one product, each group under its key; only where an aspect tells every variant apart."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        if text_of(row, "group"):
            members.setdefault(text_of(row, "group"), []).append(row)
    groups = []
    for key, own in members.items():
        aspects = [_dict_of(row) for row in own]
        names = [name for name in aspects[0] if all(name in entry for entry in aspects)]
        varying = [name for name in names if len({tuple(entry[name]) for entry in aspects}) > 1]
        looks = {tuple(entry[name][0] for name in varying) for entry in aspects}
        if len(own) < 2 or len(looks) < len(own):
            continue
        values = [{"name": n, "values": list(dict.fromkeys(e[n][0] for e in aspects))} for n in varying]
        group = {
            "inventoryItemGroupKey": key,
            "title": text_of(own[0], "title"),
            "description": text_of(own[0], "description"),
            "aspects": {name: aspects[0][name] for name in names if name not in varying},
            "variantSKUs": [text_of(row, "sku") for row in own],
            "variesBy": {"specifications": values},
            "imageUrls": list(dict.fromkeys(url for row in own for url in list_of(row, "images")))[:24],
        }
        groups.append({name: value for name, value in group.items() if value})
    return groups


def drafts(rows: Sequence[Row]) -> str:
    """The draft template for rows that have a category; the template wants Action and Category ID."""
    site, country, currency, version, _ = SITES.get(text_of(rows[0], "locale")[:2], SITES["en"])
    action = f"Action(SiteID={site}|Country={country}|Currency={currency}|Version=1193|CC=UTF-8)"
    header = [
        action,
        "Custom label (SKU)",
        "Category ID",
        "Title",
        "UPC",
        "Price",
        "Quantity",
        "Item photo URL",
        "Condition ID",
        "Description",
        "Format",
    ]
    specifics = list(dict.fromkeys(name for row in rows for name in _dict_of(row)))
    lines = []
    for row in rows:
        line = {
            action: "Draft",
            "Custom label (SKU)": text_of(row, "sku"),
            "Category ID": text_of(row, "category_id"),
            "Title": text_of(row, "title"),
            "UPC": _number(row),
            "Price": text_of(row, "price"),
            "Quantity": text_of(row, "quantity"),
            "Item photo URL": "|".join(list_of(row, "images")),
            "Condition ID": text_of(row, "condition"),
            "Description": text_of(row, "description"),
            "Format": "FixedPrice",
        }
        lines.append(line | {f"C:{name}": "|".join(values) for name, values in _dict_of(row).items()})
    info = f"#INFO,Version=0.0.2,Template= eBay-draft-listings-template_{version}" + "," * (len(header) - 3)
    return info + "\r\n" + csv_text([*header, *(f"C:{name}" for name in specifics)], lines)


def _dict_of(row: Row) -> dict[str, list[str]]:
    value = row.fields.get("aspects", {})
    return value if isinstance(value, dict) else {}


def _files(rows: Sequence[Row]) -> Files:
    files = {}
    for start in range(0, len(rows), AT_ONCE):
        number = "" if len(rows) <= AT_ONCE else f"-{start // AT_ONCE + 1:03}"
        requests = [inventory_item(row) for row in rows[start : start + AT_ONCE]]
        files[f"ebay-inventory{number}.json"] = json_text({"requests": requests})
    if groups := item_groups(rows):
        files["ebay-groups.json"] = json_text({"groups": groups})
    with_category = [row for row in rows if text_of(row, "category_id")]
    if with_category:
        files["ebay-drafts.csv"] = drafts(with_category)
    return files


PACK = Pack(
    "ebay",
    "eBay",
    VERSION,
    FIELDS,
    PhotoRules(max_count=24, min_longest=500, good_longest=1600, source=PICTURES),
    _fill,
    _files,
    ("ebay-inventory.json", "ebay-inventory-[0-9][0-9][0-9]*.json", "ebay-groups.json", "ebay-drafts.csv"),
)
