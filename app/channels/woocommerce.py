"""WooCommerce: the CSV of the built-in product importer; variants become a variable product and variations.

Rows arrive as drafts (``Published`` = -1).
"""

import html
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
SCHEMA = Source("https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema", CHECKED)
ATTRIBUTES = (
    ("colour", {"en": "Color", "de": "Farbe", "fr": "Couleur", "es": "Color", "zh": "颜色"}),
    ("size", {"en": "Size", "de": "Größe", "fr": "Taille", "es": "Talla", "zh": "尺码"}),
    ("gender", {"en": "Department", "de": "Zielgruppe", "fr": "Public", "es": "Público", "zh": "适用人群"}),
    ("material", {"en": "Material", "de": "Material", "fr": "Matière", "es": "Material", "zh": "材质"}),
    ("pattern", {"en": "Pattern", "de": "Muster", "fr": "Motif", "es": "Estampado", "zh": "图案"}),
)
COLUMNS = (
    "ID|Type|SKU|GTIN, UPC, EAN, or ISBN|Name|Published|Is featured?|Visibility in catalog|Short description"
    "|Description|In stock?|Stock|Regular price|Categories|Tags|Images|Parent|Position"
).split("|")

FIELDS = (
    FieldRules(
        "name",
        (
            Rule("required", "no product was recognised: give a title", SCHEMA),
            *copy_rules(SCHEMA, PROMOTION),
            Rule("no_caps", None, OWN),
            Rule("max_chars", 200, OWN),
        ),
    ),
    FieldRules("sku", (*plain(SCHEMA), Rule("max_chars", 100, SCHEMA))),
    FieldRules("short_description", (*copy_rules(SCHEMA, PROMOTION), Rule("max_chars", 400, OWN))),
    FieldRules("description", (*copy_rules(SCHEMA, PROMOTION, lines=True), Rule("max_chars", 60_000, OWN))),
    FieldRules(
        "bullets",
        (
            *copy_rules(SCHEMA, PROMOTION),
            Rule("no_end_mark", None, OWN),
            Rule("max_items", 10, OWN),
            Rule("max_chars", 255, OWN),
        ),
        is_list=True,
    ),
    FieldRules("price", (Rule("pattern", PRICE, SCHEMA, example="12.50"),)),
    FieldRules("quantity", (Rule("pattern", r"\d{1,7}", SCHEMA, example="3"),)),
    FieldRules("categories", (*plain(SCHEMA), Rule("max_chars", 750, SCHEMA))),
    FieldRules(
        "tags",
        (
            *copy_rules(SCHEMA, PROMOTION),
            Rule("banned_chars", ",\\", SCHEMA),
            Rule("unique", None, OWN),
            Rule("max_chars", 200, OWN),
        ),
        is_list=True,
    ),
    FieldRules("gtin", (Rule("gtin", None, SCHEMA),)),
    FieldRules("images", (Rule("pattern", ADDRESS.replace(r"\"", r"\","), SCHEMA),), is_list=True),
    *(
        FieldRules(name, (*plain(SCHEMA), Rule("banned_chars", ",\\|", SCHEMA), Rule("max_chars", 200, OWN)))
        for name, _ in ATTRIBUTES
    ),
    FieldRules("group", (*plain(SCHEMA), Rule("max_chars", 90, SCHEMA))),
    FieldRules("language", (Rule("one_of", ("en", "de", "fr", "es", "zh"), OWN),)),
)


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    filled = given(content, ("sku", "price", "quantity", "group"), fields)
    filled["language"] = Composed(content.language)
    filled["name"] = join(fields["name"], content.title)
    filled["short_description"] = join(fields["short_description"], content.sentences[:1])
    filled["description"] = join(fields["description"], content.sentences)
    filled["bullets"] = pick(fields["bullets"], content.bullets)
    filled["tags"] = pick(fields["tags"], content.keywords)
    filled |= claimed(content, {name: name for name, _ in ATTRIBUTES}, fields)
    if path := content.category.get("google"):
        filled["categories"] = Composed(path.replace(",", ""), (Part(path, "rule", ("category",)),))
    filled |= numbered(content, "gtin", fields)
    filled["images"] = pick(fields["images"], pictures(content))
    return filled


def table(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Simple products, and for each group of variants a variable product with its variations below it."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(text_of(row, "group") or f"\0{len(groups)}", []).append(row)
    taken = {text_of(row, "sku") for row in rows}
    lines = []
    for name, members in groups.items():
        differing = [
            fact
            for fact, _ in ATTRIBUTES[:2]
            if len({text_of(row, fact) for row in members}) > 1 and all(text_of(row, fact) for row in members)
        ]
        looks = {tuple(text_of(row, fact) for fact in differing) for row in members}
        if len(members) == 1 or len(looks) < len(members):  # of two alike a buyer could choose one only
            lines += [_line(row, "simple") for row in members]
        else:
            lines += _variable(name, members, differing, taken)
    return lines


def _variable(
    group: str, members: Sequence[Row], differing: Sequence[str], taken: set[str]
) -> list[dict[str, str]]:
    while group in taken:  # the importer takes no number twice
        group += "-parent"
    taken.add(group)
    parent = _line(members[0], "variable")
    parent |= {"SKU": group, "Regular price": "", "Stock": "", "GTIN, UPC, EAN, or ISBN": ""}
    parent["Images"] = ", ".join(dict.fromkeys(url for row in members for url in list_of(row, "images")))
    for column, fact in _attribute_columns(members[0]).items():
        if fact in differing:
            values = dict.fromkeys(text_of(row, fact) for row in members)
            parent[f"{column} value(s)"] = ", ".join(values)
    lines = [parent]
    for position, row in enumerate(members, start=1):
        line = _line(row, "variation")
        for column, fact in _attribute_columns(row).items():
            if fact not in differing:
                for suffix in ("name", "value(s)", "visible", "global"):
                    line.pop(f"{column} {suffix}", None)
        line |= {"Parent": group, "Position": str(position), "Categories": "", "Tags": ""}
        line |= {"Description": "", "Short description": ""}
        lines.append(line)
    return lines


def _line(row: Row, kind: str) -> dict[str, str]:
    line = {
        "Type": kind,
        "SKU": text_of(row, "sku"),
        "GTIN, UPC, EAN, or ISBN": text_of(row, "gtin"),
        "Name": text_of(row, "name"),
        "Published": "-1",
        "Is featured?": "0",
        "Visibility in catalog": "visible",
        "Short description": html.escape(text_of(row, "short_description")),
        "Description": html_body(row),
        "In stock?": "1",
        "Stock": text_of(row, "quantity"),
        "Regular price": text_of(row, "price"),
        "Categories": text_of(row, "categories"),
        "Tags": ", ".join(list_of(row, "tags")),
        "Images": ", ".join(list_of(row, "images")),
    }
    names = dict(ATTRIBUTES)
    language = text_of(row, "language") or "en"
    for column, fact in _attribute_columns(row).items():
        line |= {
            f"{column} name": names[fact][language],
            f"{column} value(s)": text_of(row, fact),
            f"{column} visible": "1",
            f"{column} global": "0",
        }
    return line


def _attribute_columns(row: Row) -> dict[str, str]:
    """Column prefix → fact. A fact always has the same number, so that variations match their parent."""
    return {f"Attribute {n}": name for n, (name, _) in enumerate(ATTRIBUTES, start=1) if text_of(row, name)}


def _files(rows: Sequence[Row]) -> Files:
    numbers = range(1, len(ATTRIBUTES) + 1)
    columns = [
        f"Attribute {n} {suffix}" for n in numbers for suffix in ("name", "value(s)", "visible", "global")
    ]
    return {"woocommerce-products.csv": csv_text([*COLUMNS, *columns], table(rows))}


PACK = Pack(
    "woocommerce",
    "WooCommerce",
    CHECKED,
    FIELDS,
    PhotoRules(max_count=100, good_longest=800, source=SCHEMA),
    _fill,
    _files,
    ("woocommerce-products.csv",),
)
