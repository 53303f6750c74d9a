"""Listings → what the page shows: plain functions of plain values, as in ``view``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from ..channels import PACKS, Finding, Pack, Row
from ..channels import text as measure
from ..channels.rules import FieldRules
from ..listing.photos import Photo
from ..listing.product import Product
from . import view

FACT_HEADERS = ["fact", "value", "source", "sure", "claimed", "evidence"]
FIELD_HEADERS = ["field", "value"]
FINDING_HEADERS = ["", "field", "message"]
MARKS = {"error": "✗", "warning": "!", "info": "·"}
LOWEST = {"error": 0, "warning": 1, "info": 2}
FRAME = (20, 140, 130)
SHEET_PX = 360  # height of the row of photos
# Of every channel: the fields for title, bullets and description; "" where it has none.
ROLES = {
    "amazon": ("item_name", "bullet_point", "product_description"),
    "shopify": ("title", "bullets", "description"),
    "google": ("structured_title", "product_highlight", "structured_description"),
    "ebay": ("title", "", "description"),
    "woocommerce": ("name", "bullets", "description"),
    "plain": ("title", "bullets", "description"),
}


def fact_rows(product: Product) -> list[list[str]]:
    """One row a fact; the value may be edited, the rest says where it comes from."""
    return [
        [
            fact.name,
            fact.value,
            fact.source,
            f"{fact.confidence:.0%}",
            "yes" if fact.stated else "no: " + fact.reason,
            "; ".join(dict.fromkeys(item.text or item.file for item in fact.evidence)),
        ]
        for fact in product.facts
    ]


def contact_sheet(product: Product) -> Image.Image:
    """The photos side by side with a frame around what was looked at, and around barcodes."""
    photos = [framed(photo) for photo in product.photos]
    sheet = Image.new("RGB", (sum(photo.width + 8 for photo in photos) - 8, SHEET_PX), "white")
    left = 0
    for photo in photos:
        sheet.paste(photo, (left, 0))
        left += photo.width + 8
    return sheet


def framed(photo: Photo) -> Image.Image:
    """A small copy of the photo with the product's box and those of its barcodes."""
    image = photo.image.resize((max(1, round(photo.image.width * SHEET_PX / photo.image.height)), SHEET_PX))
    draw = ImageDraw.Draw(image)
    for box in (photo.look.box, *(code.box for code in photo.barcodes)):
        x0, y0, x1, y1 = (edge * side for edge, side in zip(box, image.size * 2, strict=True))
        draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=FRAME, width=3)
    return image


def field_rows(row: Row) -> list[list[str]]:
    """The fields that have no box of their own."""
    shown = set(ROLES[row.channel])
    return [[name, flat(value)] for name, value in row.fields.items() if name not in shown]


def flat(value: Any) -> str:
    """A field's value in one cell."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {', '.join(texts)}" for name, texts in value.items())
    return value if isinstance(value, str) else " | ".join(value)


def finding_rows(findings: Sequence[Finding]) -> list[list[str]]:
    """Errors first."""
    ordered = sorted(findings, key=lambda finding: LOWEST[finding.severity])
    return [[MARKS[finding.severity], finding.field, finding.message] for finding in ordered]


def counts(pack: Pack, name: str, value: str | list[str]) -> str:
    """How much of its limits a field uses, as it is typed: ``49 of 75 characters``."""
    if not name:
        return "*this channel has no such field*"
    field = pack.field(name)
    if isinstance(value, str):
        return _count(field, value)
    most, total = field.of("max_items"), field.of("max_total")
    told = [f"{len(value)} of {most.limit} entries" if most else f"{len(value)} entries"]
    if total:
        told.append(_used(sum(map(measure.chars, value)), total.limit, "characters in all"))
    longest = max(value, key=measure.chars, default="")
    return " · ".join([*told, "longest: " + _count(field, longest)])


def _count(field: FieldRules, text: str) -> str:
    told = []
    if rule := field.of("max_chars"):
        told.append(_used(measure.chars(text), rule.limit, "characters"))
    if rule := field.of("max_bytes"):
        told.append(_used(measure.octets(text), rule.limit, "bytes"))
    return " · ".join(told)


def _used(count: int, limit: int, unit: str) -> str:
    text = f"{count} of {limit} {unit}"
    return f"**{text}: too long**" if count > limit else text


def writers(row: Row) -> str:
    """Who wrote what of the texts: rules, the model, or the seller."""
    names = {"rule": "made from facts by rules", "model": "written by the model", "seller": "your words"}
    lines = []
    for name in filter(None, ROLES[row.channel]):
        by = dict.fromkeys(names[part.writer] for part in row.parts.get(name, ()))
        if by:
            lines.append(f"{name}: {', '.join(by)}")
    return "  \n".join(view.plain(line) for line in lines)


def state_of(product: Product, row: Row) -> str:
    """In one line how the row stands."""
    errors = sum(finding.severity == "error" for finding in row.findings)
    held = f"✗ held back, {errors} to mend" if errors else "✓ ready to export"
    source = PACKS[row.channel]
    return f"**{source.title}** · {held} · rules of {source.version} · {product.seconds:.1f} s"


def dropped(product: Product) -> str:
    """What the model wrote and nothing backs."""
    _, lost = product.content()
    lines = [f"* {view.plain(item.text)} — {view.plain(item.reason)}" for item in lost]
    return "\n".join(["Left out, because no fact backs it:", *lines]) if lines else ""


def names_of(paths: Sequence[Path]) -> str:
    """Written files by name."""
    return ", ".join(path.name for path in paths)
