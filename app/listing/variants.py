"""A catalogue as a whole: variants of one product, titles that are nearly the same, numbers used twice."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from ..channels.rules import Finding, Row
from ..channels.text import words
from ..parsing import normalise
from .words import family

SIZE = re.compile(r"(?:\d{0,2}x{0,4}[sl]|m|\d{1,3}(?:[.,]5)?|one\s?size)", re.IGNORECASE)
PARTS = re.compile(r"[-_/ .]+")
ALIKE = 95.0  # similarity of two titles, of 100, from which buyers cannot tell them apart


@dataclass(frozen=True)
class Member:
    """One product of a catalogue, as far as grouping looks at it."""

    sku: str
    category: str
    brand: str
    colour: str
    size: str
    group: str = ""


def group_variants(members: Sequence[Member]) -> dict[str, str]:
    """SKU → group, for products that are variants of each other.

    A group that the seller names counts as it is. Otherwise products belong together when their numbers are
    equal but for parts at the end that name a colour or a size, and category and brand are the same.
    """
    groups = {member.sku: member.group for member in members if member.group}
    stems: defaultdict[tuple[str, str, str], list[Member]] = defaultdict(list)
    for member in members:
        stem = sku_stem(member.sku)
        if not member.group and stem != member.sku:
            stems[stem, normalise(member.category), normalise(member.brand)].append(member)
    for (stem, _, _), found in stems.items():
        looks = {(normalise(member.colour), normalise(member.size)) for member in found}
        if len(found) > 1 and len(looks) > 1:
            groups |= {member.sku: stem for member in found}
    return groups


def sku_stem(sku: str) -> str:
    """The number without parts at its end that are a colour or a size: ``MH01-Black-XL`` → ``MH01``."""
    parts = PARTS.split(sku)
    while len(parts) > 1 and (family(parts[-1]) or SIZE.fullmatch(parts[-1])):
        parts.pop()
    return sku[: len("-".join(parts))]


def size_in(sku: str) -> str:
    """The size that a number ends with; "" if it ends with none. Digits alone may be anything."""
    last = PARTS.split(sku)[-1]
    return last.upper() if SIZE.fullmatch(last) and not last.isdigit() and last != sku else ""


def with_groups(row: Row, groups: Mapping[str, str]) -> Row:
    """The row with its group, where the channel has a place for one."""
    group = groups.get(row.sku, "")
    if not group or row.group:
        return row
    fields = dict(row.fields)
    if row.channel == "google":
        fields["item_group_id"] = group[:50]
    elif row.channel in ("ebay", "woocommerce"):
        fields["group"] = group[:50]
    elif row.channel == "shopify":
        from ..channels.shopify import handle_of

        fields["handle"] = handle_of(group)
    return replace(row, fields=fields, group=group)


def catalogue_findings(rows: Sequence[Row], title_field: str) -> dict[str, list[Finding]]:
    """SKU → what is wrong with the rows of one channel taken together."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for sku, count in Counter(row.sku for row in rows).items():
        if count > 1:
            message = f"is used by {count} products; every product needs a number of its own"
            found[sku].append(Finding("catalogue.sku", "sku", message, "error"))
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        if number := row.fields.get("gtin") or row.fields.get("barcode"):
            numbers[str(number)].append(row.sku)
    for number, skus in numbers.items():
        for sku in skus if len(skus) > 1 else ():
            others = ", ".join(other for other in skus if other != sku)[:80]
            message = f"{number} is also the number of {others}"
            found[sku].append(Finding("catalogue.gtin", "gtin", message, "warning"))
    for sku, other in alike([(row.sku, str(row.fields.get(title_field, "")), row.group) for row in rows]):
        message = f"is nearly the same as that of {other}; say what differs in the notes"
        found[sku].append(Finding("catalogue.title", title_field, message, "info"))
    return dict(found)


def alike(titles: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Pairs (later, earlier) of (sku, title, group) whose titles buyers cannot tell apart, variants aside.

    Titles are compared in blocks that share their rarest word: a large catalogue takes no square time.
    """
    rare = Counter(word for _, title, _ in titles for word in set(words(title)))
    blocks: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    pairs = []
    for entry in titles:
        sku, title, group = entry
        own = sorted(set(words(title)), key=lambda word: (rare[word], word))
        if not own:
            continue
        for earlier_sku, earlier, other_group in blocks[own[0]][-200:]:
            is_variant = bool(group) and group == other_group
            if not is_variant and fuzz.token_sort_ratio(title.lower(), earlier.lower()) >= ALIKE:
                pairs.append((sku, earlier_sku))
                break
        blocks[own[0]].append(entry)
    return pairs
