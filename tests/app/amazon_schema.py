"""An independent judge of Amazon's feed, written from what Amazon publishes: the listings feed's structure,
the meta-schema of product types (JSON Schema 2019-09, ``maxUtf8ByteLength``, ``maxUniqueItems``, …) and the
conditions that the PRODUCT definition puts on variations.

Nothing here is imported from the code under test.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft201909Validator, ValidationError
from jsonschema.validators import extend

SMALL = set(
    "a an the and or for with of in on at to by from für und aus mit de en pour et para con y del".split()
)


def max_bytes(_: Any, limit: int, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and len(value.encode()) > limit:
        yield ValidationError(f"{len(value.encode())} bytes, the limit is {limit}")


def min_bytes(_: Any, limit: int, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and len(value.encode()) < limit:
        yield ValidationError(f"{len(value.encode())} bytes, {limit} are needed")


def max_unique(_: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    selectors = schema.get("selectors", [])
    counts = Counter(tuple(item.get(name) for name in selectors) for item in value)
    if counts and max(counts.values()) > limit:
        yield ValidationError(f"more than {limit} items for {counts.most_common(1)[0][0]}")


def min_unique(_: Any, limit: int, value: Any, schema: Any) -> Iterator[ValidationError]:
    selectors = schema.get("selectors", [])
    counts = Counter(tuple(item.get(name) for name in selectors) for item in value)
    if min(counts.values(), default=0) < limit:
        yield ValidationError(f"fewer than {limit} items for a marketplace and language")


def repeats(_: Any, limit: int, value: Any, __: Any) -> Iterator[ValidationError]:
    """Not Amazon's keyword: the title rule of 2025-01-21 as one."""
    found = Counter(w for w in re.findall(r"\w+", str(value).casefold()) if w not in SMALL)
    if found and max(found.values()) > limit:
        yield ValidationError(f"{found.most_common(1)[0][0]!r} more than {limit} times")


Validator = extend(
    Draft201909Validator,
    {
        "maxUtf8ByteLength": max_bytes,
        "minUtf8ByteLength": min_bytes,
        "maxUniqueItems": max_unique,
        "minUniqueItems": min_unique,
        "maxWordRepeats": repeats,
    },
)


def attribute(
    value: dict[str, Any], localised: bool = True, most: int = 1, name: str = "value"
) -> dict[str, Any]:
    """An attribute as product types define it: a list of objects with selectors."""
    properties = {name: value, "marketplace_id": {"type": "string", "pattern": "^[A-Z0-9]{10,16}$"}}
    selectors = ["marketplace_id"]
    if localised:
        properties["language_tag"] = {"type": "string", "pattern": "^[a-z]{2}_[A-Z]{2}$"}
        selectors.append("language_tag")
    return {
        "type": "array",
        "minItems": 1,
        "minUniqueItems": 1,
        "maxUniqueItems": most,
        "selectors": selectors,
        "items": {
            "type": "object",
            "required": list(properties),
            "properties": properties,
            "additionalProperties": False,
        },
    }


def text(limit: int, **more: Any) -> dict[str, Any]:
    # No control, bidi or line separator characters, no markup; nobody's importer wants those.
    clean = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]*$"
    return {"type": "string", "minLength": 1, "maxLength": limit, "allOf": [{"pattern": clean}], **more}


def says(name: str, values: list[str], key: str = "value") -> dict[str, Any]:
    """Whether an attribute is there and has one of the values."""
    one = {"required": [key], "properties": {key: {"enum": values}}}
    return {"required": [name], "properties": {name: {"contains": one}}}


IS_CHILD, IS_PARENT = says("parentage_level", ["child"]), says("parentage_level", ["parent"])
RELATION = "child_parent_sku_relationship"
VARIATION_CONDITIONS = [
    {"if": IS_CHILD, "then": {"properties": {RELATION: {"items": {"required": ["parent_sku"]}}}}},
    {
        "if": {"not": IS_CHILD},
        "then": {"properties": {RELATION: {"items": {"not": {"required": ["parent_sku"]}}}}},
    },
    {"if": {"required": ["parentage_level"]}, "then": {"required": [RELATION]}},
    {"if": {"required": ["parentage_level", RELATION]}, "then": {"required": ["variation_theme"]}},
    {"if": {"not": {"required": ["parentage_level"]}}, "then": {"properties": {"variation_theme": False}}},
    # A parent has no colour, no size, no number: definitions ask for them only of what is no parent.
    {"if": {"not": IS_PARENT}, "then": {"required": ["color"]}},
    {
        "if": {"allOf": [says("variation_theme", ["SIZE", "SIZE/COLOR"], "name"), {"not": IS_PARENT}]},
        "then": {"required": ["size"]},
    },
    {
        "if": IS_PARENT,
        "then": {
            "properties": dict.fromkeys(["color", "size", "externally_assigned_product_identifier"], False)
        },
    },
]
TITLE = text(75, maxWordRepeats=2, **{"not": {"pattern": "[!$?_{}^¬¦~#<>*]"}})
BULLET = text(
    255,
    **{
        "pattern": "[^.!?;:,]$",
        "not": {"anyOf": [{"pattern": "[™®€…†‡¢£¥©±~<>]"}, {"pattern": "[\U0001f300-\U0001faff]"}]},
    },
)
BULLET["minLength"] = 10
# No $schema inside: it would make the library judge by the plain dialect, without Amazon's keywords.
PRODUCT_TYPE = {
    "type": "object",
    "required": [
        "item_name",
        "brand",
        "bullet_point",
        "product_description",
        "item_type_keyword",
        "country_of_origin",
        "supplier_declared_dg_hz_regulation",
    ],
    "allOf": VARIATION_CONDITIONS,
    "properties": {
        "item_name": attribute(TITLE),
        "brand": attribute(text(100)),
        "bullet_point": attribute(BULLET, most=5),
        "product_description": attribute(text(2000, maxUtf8ByteLength=2000)),
        "generic_keyword": attribute(
            text(249, maxUtf8ByteLength=249, pattern="^[^A-Z\\n,;:]+$", maxWordRepeats=1)
        ),
        "item_type_keyword": attribute(text(200), localised=False),
        "color": attribute(text(100)),
        "material": attribute(text(200)),
        "pattern": attribute(text(100)),
        "size": attribute(text(50)),
        "country_of_origin": attribute({"type": "string", "pattern": "^[A-Z]{2}$"}, localised=False),
        "supplier_declared_dg_hz_regulation": attribute({"type": "string"}, localised=False),
        "target_gender": attribute({"enum": ["male", "female", "unisex"]}, localised=False),
        "parentage_level": attribute({"enum": ["child", "parent"]}, localised=False),
        RELATION: {
            "type": "array",
            "minItems": 1,
            "minUniqueItems": 1,
            "maxUniqueItems": 1,
            "selectors": ["marketplace_id"],
            "items": {
                "type": "object",
                "required": ["child_relationship_type", "marketplace_id"],
                "properties": {
                    "child_relationship_type": {"enum": ["variation"]},
                    "marketplace_id": {"type": "string"},
                    "parent_sku": {"type": "string", "minLength": 1, "maxUtf8ByteLength": 5000},
                },
                "additionalProperties": False,
            },
        },
        "variation_theme": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"enum": ["COLOR", "SIZE", "SIZE/COLOR"]}},
                "additionalProperties": False,
            },
        },
        "externally_assigned_product_identifier": {
            "type": "array",
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "value", "marketplace_id"],
                "properties": {
                    "type": {"enum": ["ean", "gtin", "upc"]},
                    "value": {"type": "string", "pattern": "^(\\d{8}|\\d{12,14})$"},
                    "marketplace_id": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "patternProperties": {
        "^(main|other)_product_image_locator(_[1-8])?$": attribute(
            {"type": "string", "format": "uri", "pattern": "^https?://\\S+$"},
            localised=False,
            name="media_location",
        )
    },
    "additionalProperties": False,
}
FEED = {
    "type": "object",
    "required": ["header", "messages"],
    "properties": {
        "header": {
            "type": "object",
            "required": ["sellerId", "version"],
            "properties": {
                "sellerId": {"type": "string", "minLength": 1},
                "version": {"const": "2.0"},
                "issueLocale": {"type": "string"},
            },
        },
        "messages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "required": ["messageId", "sku", "operationType", "productType", "attributes"],
                "properties": {
                    "messageId": {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
                    "sku": {"type": "string", "minLength": 1, "maxLength": 40},
                    "operationType": {"const": "UPDATE"},
                    "productType": {"type": "string", "minLength": 1},
                    "requirements": {"enum": ["LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"]},
                    "attributes": PRODUCT_TYPE,
                },
                "additionalProperties": False,
            },
        },
    },
}
JUDGE = Validator(FEED)


def faults(feed: Any) -> list[str]:
    """What is wrong with a feed; empty for one that Amazon would take."""
    found = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in JUDGE.iter_errors(feed)
    ]
    messages = feed.get("messages", [])
    for name in ("messageId", "sku"):
        values = [message.get(name) for message in messages]
        found += [f"{name} repeats"] if len(set(values)) < len(values) else []
    return found or family_faults(messages)


def family_faults(messages: list[Any]) -> list[str]:
    """What is wrong with the families of messages that are right each for itself."""
    found, parents, looks = [], {}, {}
    for message in messages:
        attributes, sku = message["attributes"], message["sku"]
        level = attributes.get("parentage_level", [{"value": ""}])[0]["value"]
        if level == "parent":
            parents[sku] = message
            looks[sku] = []
        if level != "child":
            continue
        above = attributes[RELATION][0]["parent_sku"]
        if above not in parents:
            found.append(f"{sku}: no parent {above} before it")
            continue
        theme = attributes["variation_theme"]
        if theme != parents[above]["attributes"]["variation_theme"]:
            found.append(f"{sku}: another theme than its parent")
        if message["productType"] != parents[above]["productType"]:
            found.append(f"{sku}: another product type than its parent")
        names = theme[0]["name"].lower().split("/")
        looks[above].append(tuple(attributes[name][0]["value"].casefold() for name in names))
    for sku, children in looks.items():
        if len(children) < 2 or len(set(children)) < len(children):
            found.append(f"{sku}: its children are too few or not told apart")
    return found
