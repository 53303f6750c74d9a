"""No channel: a listing to read and to copy from, as Markdown and as JSON."""

from collections.abc import Mapping, Sequence

from .basics import OWN, PROMOTION, claimed, copy_rules, given, join, numbered, pick, plain
from .pack import Files, Pack, json_text, list_of, text_of
from .rules import Composed, Content, FieldRules, Part, PhotoRules, Row, Rule

FACTS = ("category", "colour", "gender", "age", "material", "pattern", "season", "usage", "size")
MARKUP = str.maketrans({char: "\\" + char for char in "\\`*_{}[]<>#|"})

FIELDS = (
    FieldRules(
        "title",
        (
            Rule("required", "no product was recognised: give a title", OWN),
            *copy_rules(OWN, PROMOTION),
            Rule("max_chars", 150, OWN),
        ),
    ),
    FieldRules("sku", (*plain(OWN), Rule("max_chars", 255, OWN))),
    FieldRules("brand", (*plain(OWN), Rule("max_chars", 255, OWN))),
    FieldRules("description", (*copy_rules(OWN, PROMOTION, lines=True), Rule("max_chars", 60_000, OWN))),
    FieldRules(
        "bullets",
        (*copy_rules(OWN, PROMOTION), Rule("max_items", 20, OWN), Rule("max_chars", 500, OWN)),
        is_list=True,
    ),
    FieldRules(
        "keywords",
        (*copy_rules(OWN, PROMOTION), Rule("unique", None, OWN), Rule("max_chars", 255, OWN)),
        is_list=True,
    ),
    FieldRules("alt_text", (*copy_rules(OWN, PROMOTION), Rule("max_chars", 512, OWN)), is_list=True),
    FieldRules("gtin", (Rule("gtin", None, OWN),)),
    *(FieldRules(name, (*plain(OWN), Rule("max_chars", 255, OWN))) for name in FACTS),
)


def _fill(pack: Pack, content: Content) -> Mapping[str, Composed]:
    fields = {field.name: field for field in pack.fields}
    filled = given(content, ("sku", "brand"), fields)
    filled["title"] = join(fields["title"], content.title)
    filled["description"] = join(fields["description"], content.sentences)
    filled["bullets"] = pick(fields["bullets"], content.bullets)
    filled["keywords"] = pick(fields["keywords"], content.keywords)
    alternatives = [
        Part(picture.alt, "rule", ("category", "colour")) for picture in content.pictures if picture.alt
    ]
    filled["alt_text"] = pick(fields["alt_text"], alternatives)
    filled |= claimed(content, {name: name for name in FACTS}, fields)
    filled |= numbered(content, "gtin", fields)
    return filled


def markdown(row: Row) -> str:
    """The listing as Markdown; characters that would be markup are escaped."""
    lines = [f"# {text_of(row, 'title').translate(MARKUP)}", ""]
    lines += [f"{text_of(row, 'description').translate(MARKUP)}", ""] if text_of(row, "description") else []
    lines += [f"* {text.translate(MARKUP)}" for text in list_of(row, "bullets")]
    facts = [(name, text_of(row, name)) for name in ("sku", "brand", "gtin", *FACTS) if text_of(row, name)]
    if facts:
        lines += ["", "| | |", "|---|---|"]
        lines += [f"| {name} | {value.translate(MARKUP)} |" for name, value in facts]
    return "\n".join(lines).strip() + "\n"


def _files(rows: Sequence[Row]) -> Files:
    records = [dict(row.fields) for row in rows]
    return {"listing.md": "\n---\n\n".join(map(markdown, rows)), "listing.json": json_text(records)}


PACK = Pack(
    "plain",
    "Markdown and JSON",
    "2026-11-24",
    FIELDS,
    PhotoRules(max_count=100, source=OWN),
    _fill,
    _files,
    ("listing.md", "listing.json"),
)
