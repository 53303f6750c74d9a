"""What the seller says: notes in free text with "name: value" lines, and the data that only a shop knows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..channels.gtin import problem_of
from ..channels.rules import Finding
from ..channels.text import clean, sentences
from ..errors import UsageError
from ..parsing import normalise
from .facts import Fact, FactEvidence
from .words import LABELS

MAX_NOTES = 10_000
NAME_END = re.compile(r"(?<!\d):|:(?!\d)")  # the colon of "16:9", "1:18", "12:30" names nothing
MAX_NAME_WORDS = 3  # before a colon: more is a sentence
# Shop data: name → what it is. Everything else that is set is a fact.
SHOP_DATA = {
    "sku": "your number for the product",
    "brand": "the brand",
    "price": "like 12.50",
    "currency": "like EUR",
    "quantity": "pieces in stock",
    "condition": "as the channel writes it: new, NEW, …",
    "availability": "in_stock, out_of_stock, preorder, backorder",
    "link": "the product's page in your shop",
    "image_base_url": "where the photos can be fetched, without their names",
    "mpn": "the maker's part number",
    "identifier_exists": "no, for a product without GTIN and part number",
    "group": "what the variants of one product have in common, a number of yours",
    "seller_id": "the merchant account at Amazon",
    "marketplace_id": "Amazon's marketplace",
    "language_tag": "like en_GB",
    "product_type": "Amazon's product type, like SHIRT",
    "item_type_keyword": "Amazon's browse keyword",
    "country_of_origin": "two letters, like CN",
    "dangerous_goods": "Amazon's supplier_declared_dg_hz_regulation, like not_applicable",
    "ebay_category": "number of the category at eBay",
}
# Other names for facts, in the languages that notes come in.
OTHER_NAMES = {
    "colour": "color farbe couleur 颜色",
    "material": "materiau matiere matière stoff fabric composition 材质 材料 面料",
    "size": "größe taille talla tamaño 尺码 尺寸",
    "gender": "geschlecht department zielgruppe 性别 适用人群",
    "pattern": "muster motif 图案",
    "category": "kategorie type producttype produktart 产品类型 类别",
    "gtin": "ean upc barcode isbn 条码 条形码",
    "brand": "marke marque marca 品牌",
    "weight": "gewicht poids peso 重量",
    "title": "titel titre name 标题",
    "season": "saison 季节",
    "usage": "anlass occasion 场合",
    "age": "agegroup 适用年龄",
    "model number": "型号",
}
ALIASES = {other: name for name, others in OTHER_NAMES.items() for other in others.split()}


@dataclass(frozen=True)
class Said:
    """What the seller gave: facts, shop data, sentences for the description, a title, and findings."""

    facts: tuple[Fact, ...]
    shop: Mapping[str, str]
    sentences: tuple[str, ...]
    title: str
    notes: str
    findings: tuple[Finding, ...]


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """``["price=12.50", "material=cotton"]`` → a dictionary. Raises UsageError."""
    values = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise UsageError(f"--set {pair!r}: write name=value, like price=12.50")
        values[name.strip().lower()] = clean(value)
    return values


def read_notes(text: str) -> str:
    """The notes themselves, or those in the file that ``text`` names: for a command line only, where the
    caller may read what is named. Raises UsageError.
    """
    if "\n" in text or not text.lower().endswith((".txt", ".md")):
        return text
    try:
        return Path(text).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "not UTF-8"
        remedy = "name a text file or write the text"
        raise UsageError(f"notes {text}: cannot be read ({problem}); {remedy}") from None


def understand(notes: str, settings: Mapping[str, str], fallback_sku: str = "") -> Said:
    """Notes and settings as facts, shop data and sentences; a setting beats a line in the notes.

    Raises UsageError for notes that are too long.
    """
    if len(notes) > MAX_NOTES:
        raise UsageError(f"notes: {len(notes)} characters, at most {MAX_NOTES} are read; shorten them")
    named, free = _split(notes)
    pairs = named | {fact_name(name): value for name, value in settings.items()}
    shop = {name: value for name, value in pairs.items() if name in SHOP_DATA}
    findings: list[Finding] = []
    if "sku" not in shop and fallback_sku:
        shop["sku"] = fallback_sku
        message = f"{fallback_sku} is taken from the first photo's name; give your number (sku)"
        findings.append(Finding("seller.sku", "sku", message, "info"))
    facts = []
    for name, value in pairs.items():
        if name in ("title",) or (name in SHOP_DATA and name != "brand"):
            continue
        if name == "gtin":
            value = "".join(value.split()).replace("-", "")
            if problem := problem_of(value):
                findings.append(Finding("seller.gtin", "gtin", problem + "; it is left out", "warning"))
                continue
        evidence = FactEvidence("seller", text=f"{name}: {value}")
        facts.append(Fact(name, value, "seller", 1.0, (evidence,)))
    return Said(tuple(facts), shop, tuple(free), pairs.get("title", ""), notes, tuple(findings))


def fact_name(name: str) -> str:
    """The name under which we know a fact, whatever the seller calls it."""
    plain = normalise(name)
    known = {normalise(own): own for own in (*LABELS, *SHOP_DATA, "gtin", "title")}
    return known.get(plain) or ALIASES.get(plain) or clean(name).lower()[:40]


def _split(notes: str) -> tuple[dict[str, str], list[str]]:
    named: dict[str, str] = {}
    free: list[str] = []
    for line in clean(notes, keep_lines=True).split("\n"):
        line = line.lstrip("-*•· ").strip()
        name, *rest = NAME_END.split(line.replace("：", ":", 1), maxsplit=1)
        value = "".join(rest).strip()
        if value and 0 < len(name.split()) <= MAX_NAME_WORDS and "//" not in line[: len(name) + 3]:
            named.setdefault(fact_name(name), value)
        elif line:
            free += sentences(line)
    return named, free
