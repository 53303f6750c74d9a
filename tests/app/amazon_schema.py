"""An independent judge of Amazon's feed, written from what Amazon publishes: the listings feed's structure
and the meta-schema of product types (JSON Schema 2019-09, ``maxUtf8ByteLength``, ``maxUniqueItems``, …).

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
        "color",
        "country_of_origin",
        "supplier_declared_dg_hz_regulation",
    ],
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
    ids = [message.get("messageId") for message in feed.get("messages", [])]
    return found + (["message ids repeat"] if len(set(ids)) < len(ids) else [])
