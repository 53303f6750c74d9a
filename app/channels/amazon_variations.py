"""Amazon's variations: children that differ in colour or size, below a parent that says what all share.

The parent is a row like any other: composed anew, within the same rules, from the parts that every child has.
It is not for sale, so it has no offer, no GTIN and none of the attributes that children differ in. A group of
which no such family can be made stays single products.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .basics import OWN
from .check import check_fields
from .compose import join, pick
from .pack import list_of, text_of
from .rules import Composed, FieldRules, Part, Row, Rule, Source, Value

CHECKED = "2026-11-27"
# Names, shapes and conditions of child_parent_sku_relationship, parentage_level and variation_theme.
DEFINITION = Source(
    "https://github.com/amzn/selling-partner-api-models/blob/36d37106f8c74728b171f4eadbbf4f26ac6374c1"
    "/schemas/definitions/Product.json",
    CHECKED,
)
# One product type for parent and children; no price and no quantity for a parent.
RELATIONS = Source("https://sellercentral.amazon.com/gp/help/external/G202135320?locale=en-US", CHECKED)
# "Parent products have no variation theme attributes."
PARENTS = Source("https://sellercentral.amazon.com.au/gp/help/external/8841", CHECKED)
# What a parent leaves empty; the columns parent_child, parent_sku, relationship_type and variation_theme.
COLUMNS = Source(
    "https://help.lengow.com/hc/en-us/articles/9374999371164-Amazon-Attributes-Variations",
    CHECKED,
    quality="reported",
)
# Names of the PRODUCT definition. The forms with _NAME are there too, and deprecated in newer definitions.
THEMES = {("color",): "COLOR", ("size",): "SIZE", ("size", "color"): "SIZE/COLOR"}
# As category templates write them, "SizeColor" in Amazon's own example; a template's valid values decide.
FLAT_THEMES = {"COLOR": "Color", "SIZE": "Size", "SIZE/COLOR": "SizeColor"}
FLAT_COLUMNS = ("parent_child", "parent_sku", "relationship_type", "variation_theme")
# Fields that a parent does not have, and fields that all of a family have to agree in, each with who says so.
OF_CHILDREN = {"color": PARENTS, "size": PARENTS, "gtin": COLUMNS}
AGREED = {
    "product_type": RELATIONS,
    "brand": OWN,
    "seller_id": OWN,
    "marketplace_id": OWN,
    "language_tag": OWN,
}
TEXTS = ("item_name", "bullet_point", "product_description", "generic_keyword")
MARK = "-parent"  # for a parent's number where the group's name is the number of a product

FIELDS = (
    FieldRules("parentage_level", (Rule("one_of", ("child", "parent"), DEFINITION),)),
    FieldRules("parent_sku", (Rule("pattern", r"\S(?:.{0,38}\S)?", DEFINITION),)),
    FieldRules("variation_theme", (Rule("one_of", tuple(THEMES.values()), DEFINITION),)),
)


def with_families(rows: Sequence[Row], fields: Sequence[FieldRules]) -> list[Row]:
    """The rows with a parent before the children of each family; ``fields`` are the channel's rules."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.group:
            groups.setdefault(row.group, []).append(row)
    taken = {row.sku for row in rows}
    families = {}
    for name, members in groups.items():
        if family := family_of(name, members, fields, taken):
            families[name] = family
            taken.add(family[0].sku)
    done: list[Row] = []
    placed: set[str] = set()
    for row in rows:
        if row.group not in families:
            done.append(row)
        elif row.group not in placed:  # where its first child stood; the parent has to come first
            placed.add(row.group)
            done += families[row.group]
    return done


def family_of(name: str, members: Sequence[Row], fields: Sequence[FieldRules], taken: set[str]) -> list[Row]:
    """Parent and children; empty where the group is none for Amazon. ``taken``: numbers that are in use."""
    theme = theme_of(members)
    alike = all(len({text_of(row, field) for row in members}) == 1 for field in AGREED)
    sku = next((sku for sku in (name, name + MARK) if sku not in taken), "")
    if not theme or not alike or not sku:
        return []
    parent = parent_of(sku, theme, members, fields)
    if not parent.is_valid:
        return []
    own: dict[str, Value] = {"parentage_level": "child", "parent_sku": sku, "variation_theme": theme}
    return [parent, *(replace(row, fields={**row.fields, **own}) for row in members)]


def theme_of(members: Sequence[Row]) -> str:
    """The theme that tells all members apart, each by a value of its own; "" if there is none."""
    if len({row.sku for row in members}) < len(members):
        return ""
    values = {name: [text_of(row, name).casefold() for row in members] for name in ("size", "color")}
    differing = tuple(name for name, own in values.items() if all(own) and len(set(own)) > 1)
    looks = set(zip(*(values[name] for name in differing), strict=True))
    return THEMES[differing] if differing and len(looks) == len(members) else ""


def parent_of(sku: str, theme: str, members: Sequence[Row], fields: Sequence[FieldRules]) -> Row:
    """The row that says what all members share, with every finding about it."""
    of_parent = {field.name: field for field in fields if field.name not in OF_CHILDREN}
    varying = {"colour" if name == "color" else name for name in theme.lower().split("/")}
    composed: dict[str, Composed] = {}
    for name, field in of_parent.items():
        if name in TEXTS:
            parts = [part for part in _shared(name, members) if not varying & set(part.facts)]
            separator = " " if name == "generic_keyword" else None
            composed[name] = pick(field, parts) if field.is_list else join(field, parts, separator)
        elif field.is_list:
            entries = [list_of(row, name) for row in members]
            kept = [text for text in entries[0] if all(text in others for others in entries)]
            composed[name] = Composed(kept, tuple(Part(text, "seller") for text in kept))
        elif len({text_of(row, name) for row in members}) == 1:
            composed[name] = Composed(text_of(members[0], name), members[0].parts.get(name, ()))
    composed |= {
        "sku": Composed(sku, (Part(sku, "seller", ("group",)),)),
        "parentage_level": Composed("parent"),
        "variation_theme": Composed(theme),
    }
    values: dict[str, Value] = {name: item.value for name, item in composed.items() if item.value}
    first = members[0]
    return Row(
        first.channel,
        sku,
        values,
        {name: composed[name].parts for name in values},
        check_fields(first.channel, of_parent.values(), values),
        first.group,
    )


def attributes_of(row: Row, market: Mapping[str, str]) -> dict[str, Any]:
    """What the feed says of a row's place in a family; nothing for a single product."""
    if not (level := text_of(row, "parentage_level")):
        return {}
    relation = {"child_relationship_type": "variation", **market}
    if parent := text_of(row, "parent_sku"):
        relation["parent_sku"] = parent
    return {
        "parentage_level": [{"value": level, **market}],
        "child_parent_sku_relationship": [relation],
        "variation_theme": [{"name": text_of(row, "variation_theme")}],
    }


def columns_of(row: Row) -> dict[str, str]:
    """The same for the flat file."""
    if not (level := text_of(row, "parentage_level")):
        return {}
    return {
        "parent_child": level,
        "parent_sku": text_of(row, "parent_sku"),
        "relationship_type": "Variation" if level == "child" else "",
        "variation_theme": FLAT_THEMES[text_of(row, "variation_theme")],
    }


def _shared(name: str, members: Sequence[Row]) -> list[Part]:
    """The parts of a field that every member has, in the order of the first."""
    others = [{part.text for part in row.parts.get(name, ())} for row in members[1:]]
    return [part for part in members[0].parts.get(name, ()) if all(part.text in texts for texts in others)]
