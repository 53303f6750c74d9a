"""Channels: dated rule packs, a validator that explains, a repairer that never invents, and exporters.

``rules`` (data) → ``compose`` (writing within them) → ``check`` (findings) → ``pack`` (rows and files).
"""

from ..errors import UsageError
from . import amazon, ebay, google, plain, shopify, woocommerce
from .pack import Pack, write_files
from .rules import Content, Finding, Part, Picture, Row

__all__ = ["PACKS", "Content", "Finding", "Pack", "Part", "Picture", "Row", "find_packs", "write_files"]
PACKS: dict[str, Pack] = {
    pack.name: pack
    for pack in (amazon.PACK, shopify.PACK, google.PACK, ebay.PACK, woocommerce.PACK, plain.PACK)
}


def find_packs(names: str) -> list[Pack]:
    """The packs of a list like "amazon,google", or all of them for "all". Raises UsageError."""
    if names.strip() == "all":
        return list(PACKS.values())
    wanted = list(dict.fromkeys(name.strip().lower() for name in names.split(",") if name.strip()))
    unknown = [name for name in wanted if name not in PACKS]
    if unknown or not wanted:
        raise UsageError(f"channel {names!r}: choose from {', '.join(PACKS)}, or all")
    return [PACKS[name] for name in wanted]
