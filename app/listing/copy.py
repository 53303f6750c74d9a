"""From facts to copy: the parts that a channel's fields are made of, most important first.

The frames of ``words.py`` say facts and nothing else, so what they make is true when the facts are. They are
marked as written by a rule, the model's own sentences as written by the model, the seller's as the seller's.
"""

import os
from collections.abc import Mapping, Sequence

from ..channels.rules import Content, Part, Picture
from ..channels.text import glue
from .claims import Dropped, keep_supported
from .facts import Fact
from .seller import Said
from .taxonomy import find_category
from .words import FRAMES, LABELS, label, spoken

SILENT = frozenset(
    {"gtin", "subcategory", "product"}
)  # facts that have fields of their own and no place in sentences
END_MARKS = tuple(".!?…:;,。！？：；，")
SMALL = frozenset({"for", "in", "of", "and", "with", "made"})
MAX_BEFORE = 12  # characters of a value before a noun: longer ones would push the noun out of a title


def write(
    facts: Sequence[Fact],
    said: Said,
    model_texts: Mapping[str, str],
    photo_names: Sequence[str],
    language: str,
    tone: str,
) -> tuple[Content, list[Dropped]]:
    """Everything that may be said of a product in one language, and what the model said in vain."""
    stated = [fact for fact in facts if fact.stated]
    local = {fact.name: _said_in(fact, language) for fact in stated if _said_in(fact, language)}
    kept, dropped = _from_model(stated, said.notes, model_texts, language)
    sources = {fact.name: fact.source for fact in stated}
    shop = {name: value for name, value in said.shop.items() if name != "brand"}
    if sources.get("brand") == "seller":  # the fact has the last word: it may have been mended since
        shop["brand"] = local["brand"]
    title = [Part(said.title, "seller", ("title",))] if said.title else _title(local, sources, language)
    sellers = [Part(text, "seller", ("notes",)) for text in said.sentences]
    content = Content(
        title=tuple(title),
        bullets=tuple([*_bullets(local, sources, language), *sellers]),
        sentences=tuple(
            _in_order(kept, _ended(sellers, language), _sentences(local, sources, language, tone))
        ),
        keywords=tuple(_keywords(stated, local, language)),
        attributes=local,
        seller=shop,
        pictures=tuple(_pictures(photo_names, local, shop, language)),
        category=_category(stated),
        language=language,
    )
    return content, dropped


def _said_in(fact: Fact, language: str) -> str:
    """The fact's value in a language; the seller's own words stand where we have none."""
    return spoken(fact.name, fact.value, language) or (fact.value if fact.source == "seller" else "")


def _from_model(
    facts: Sequence[Fact], notes: str, texts: Mapping[str, str], language: str
) -> tuple[list[Part], list[Dropped]]:
    kept: list[Part] = []
    dropped: list[Dropped] = []
    for name in ("title", "description"):
        if not texts.get(name):
            continue
        parts, lost = keep_supported(texts[name], facts, notes)
        if language != "en":  # the model writes English; its words are facts already, its sentences stay out
            lost += [Dropped(part.text, "is in English") for part in parts]
            parts = []
        dropped += lost
        kept += [_as_sentence(part) for part in parts if name == "description"]
    return kept, dropped


def _in_order(models: Sequence[Part], sellers: Sequence[Part], rules: Sequence[Part]) -> list[Part]:
    """What it is, then the seller's words, then the other facts; nothing that the model has said already."""
    told = {name for part in models for name in part.facts}
    first = [part for part in rules[:1] if not set(part.facts) <= told]
    return [*models, *first, *sellers, *rules[1:]]


def _ended(parts: Sequence[Part], language: str) -> list[Part]:
    """Lines of notes as prose: one without an end mark would run into the next sentence."""
    stop = FRAMES[language].stop.strip()
    return [
        part if part.text.endswith(END_MARKS) else Part(part.text + stop, part.writer, part.facts)
        for part in parts
    ]


def _as_sentence(part: Part) -> Part:
    text = part.text if part.text.endswith((".", "!", "?")) else part.text + "."
    return Part(text, part.writer, part.facts)


def _phrase(
    local: Mapping[str, str], language: str, wanted: Sequence[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """A noun phrase in pieces: "sports shoes", "for women", "in blue", each with the fact behind it."""
    frame = FRAMES[language]
    head = next((name for name in ("product", "category") if name in local), "")
    if not head:
        return []
    pieces: list[tuple[str, tuple[str, ...]]] = []
    for name, form in (("gender", frame.gender), ("colour", frame.colour), ("material", frame.material)):
        if name in local and name in wanted and not (frame.head_last and len(local[name]) > MAX_BEFORE):
            value = local[name].lower() if frame.lower else local[name]
            pieces.append((form.format(value), (name,)))
    noun = (local[head], (head,))
    return [*pieces, noun] if frame.head_last else [noun, *pieces]


def _title(local: Mapping[str, str], sources: Mapping[str, str], language: str) -> list[Part]:
    pieces = _phrase(local, language, ("gender", "colour", "material"))
    if not pieces:
        return []
    parts = []
    if "brand" in local:
        parts.append(Part(local["brand"], "seller" if sources["brand"] == "seller" else "rule", ("brand",)))
    for text, names in pieces:
        parts.append(Part(_title_case(text) if language == "en" else text, "rule", names))
    if "size" in local:
        size = FRAMES[language].size.format(label("size", language), local["size"])
        parts.append(Part(size, "rule", ("size",)))
    return parts


def _title_case(text: str) -> str:
    return " ".join(word if word in SMALL else word[:1].upper() + word[1:] for word in text.split(" "))


def _bullets(local: Mapping[str, str], sources: Mapping[str, str], language: str) -> list[Part]:
    """ "Label: value" for every fact; a seller's own attribute under the seller's own name."""
    parts = []
    for name, value in local.items():
        if name in SILENT or (name not in LABELS and sources[name] != "seller"):
            continue
        heading = label(name, language)
        colon = FRAMES[language].colon
        text = f"{heading[:1].upper()}{heading[1:]}{colon}{value[:1].upper()}{value[1:]}"
        parts.append(Part(text, "seller" if sources[name] == "seller" else "rule", (name,)))
    return parts


def _sentences(local: Mapping[str, str], sources: Mapping[str, str], language: str, tone: str) -> list[Part]:
    bullets, frame = _bullets(local, sources, language), FRAMES[language]
    if tone == "technical" or "category" not in local:
        return [Part(part.text + frame.stop, part.writer, part.facts) for part in bullets]
    pieces = _phrase(local, language, ("gender", "colour"))
    text = glue(piece for piece, _ in pieces)
    names = tuple(name for _, group in pieces for name in group)
    if tone == "friendly":
        lower = text[:1].lower() + text[1:] if frame.lower else text
        text = frame.friendly.format(lower)
    else:
        text = text[:1].upper() + text[1:] + frame.stop
    rest = [part for part in bullets if not set(part.facts) & {*names, "category"}]
    others = (Part(part.text + frame.stop, part.writer, part.facts) for part in rest)
    return [Part(text, "rule", names), *others]


def _keywords(facts: Sequence[Fact], local: Mapping[str, str], language: str) -> list[Part]:
    parts = []
    for fact in facts:
        if (
            fact.name in ("category", "colour", "gender", "pattern", "usage", "material")
            and fact.name in local
        ):
            parts.append(Part(local[fact.name].lower(), "rule", (fact.name,)))
    whole = glue(local[name].lower() for name in ("colour", "category") if name in local)
    is_natural = language in ("en", "zh") and {"colour", "category"} <= set(local)  # colour before the noun
    return [*parts, Part(whole, "rule", ("colour", "category"))] if is_natural else parts


def _pictures(
    names: Sequence[str], local: Mapping[str, str], shop: Mapping[str, str], language: str
) -> list[Picture]:
    base = shop.get("image_base_url", "")
    text, frame = glue(piece for piece, _ in _phrase(local, language, ("gender", "colour"))), FRAMES[language]
    pictures = []
    for number, name in enumerate(names, start=1):
        which = frame.photo.format(number, len(names)) if len(names) > 1 else ""
        alt = frame.comma.join(filter(None, (text, which))) if text else ""
        pictures.append(Picture(name, _address(base, name), alt))
    return pictures


def _address(base: str, name: str) -> str:
    from urllib.parse import quote

    return f"{base.rstrip('/')}/{quote(os.fsencode(name), safe='')}" if base else ""


def _category(facts: Sequence[Fact]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in facts:
        if fact.name == "category" and (category := find_category(fact.value)):
            found |= {"google": category.google, "amazon": category.amazon, "keyword": category.keyword}
        if fact.name == "gender":
            found["gender"] = spoken("gender", fact.value, "en").lower()
    return found
