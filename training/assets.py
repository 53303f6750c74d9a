# ruff: noqa: E501 (tables of words and names)
"""Collects what the training world is made of: ``python -m octavo.training.assets OUT --texts DIR --download``.

Fonts, fetched with ``--download`` or found in the folders of ``--fonts``, are subset to the reader's alphabet,
checked by rendering and written to OUT/fonts with OUT/fonts.json; texts are cleaned to the same alphabet and written
compressed to OUT/texts. Fonts of the held-out world are refused.
"""

import argparse
import csv
import hashlib
import json
import logging
import lzma
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pymupdf

from ..vision.glyphs import ALPHABET
from .fonts import download

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

# Fonts of the held-out world (pymupdf-fonts and the base-14 set) with their near relatives.
HELD_OUT = re.compile(
    r"fira|figo|ubuntu|space\s*mono|spacemono|cascadia|noto|droid|open\s*sans|opensans|nimbus|helvet|heros|termes|"
    r"cursor|times new|courier(?!\s*prime)|^free(sans|serif|mono)|switzera|tribun|tlwg|garuda|norasi|loma|typist|"
    r"symbol|dingbat|emoji|barcode|music|math|keyboard|initials|humor|caps\b",
    re.I,
)
# Cuts that fontsource names as families of their own: hairlines vanish at 10 points, black ones run together.
_EXTREME = re.compile(
    r"\b(thin|ex(tra)?[- ]?light|ultra[- ]?light|hairline|black|ex(tra)?[- ]?bold|heavy|ultra)\b", re.I
)
_HAND = re.compile(
    r"hand|kalam|caveat|patrick|indie|daughter|apple|shadows|gochi|nothing|reenie|cedarville|marker|covered|dancing|"
    r"gloria|kristi|rufscript|ecolier|breip|purisa|script|comic|sjfont|dustin|dkg|typoscript",
    re.I,
)
_DISPLAY = re.compile(
    r"press start|silkscreen|pixelify|jersey|micro|doto|dotgothic|major mono|play\b|comfortaa|jura|dosis|quicksand|"
    r"beteckna|essays|antonio|league gothic|oswald|fjalla|rajdhani|yanone|apropal",
    re.I,
)
_MONO = re.compile(
    r"mono|typewriter|courier|vt323|ocr|3270|code|special elite|inconsolata|hack|terminal|tty", re.I
)
_SERIF = re.compile(
    r"serif|roman|garamond|didot|caslon|baskerv|bodoni|times|century|book|libertine|vollkorn|junicode|cardo|charis|"
    r"gentium|slab|bitter|merriweather|lora|crimson|spectral|zilla|rokkitt|gelasio|playfair|domine|cormorant|literata|"
    r"newsreader|frank|old standard|fell|slabo|sanchez|aleo|arvo|caladea|accanthis|artemisia|yrsa|rasa|stix|pagella|"
    r"bonum|schola|goudy|prociono|arapey|caudex|tinos|latin modern roman|lmroman",
    re.I,
)
_SPACES = re.compile(r"\s+")


def _names(font: "TTFont") -> tuple[str, str]:
    table = font["name"]
    family = table.getDebugName(16) or table.getDebugName(1) or ""
    style = table.getDebugName(17) or table.getDebugName(2) or ""
    return family.strip(), style.strip()


def _weight(style: str, path: Path) -> str | None:
    """ "regular", "bold" or "italic"; None for the weights in between, which add little."""
    text = f"{style} {path.stem}".lower()
    if re.search(r"thin|light|hairline|black|heavy|extra|semi|demi|medium(?!.*cond)|book\b", text):
        return None
    slanted = re.search(r"ital|obli|slant", text)
    if re.search(r"bold|[-_ ]700", text):
        return None if slanted else "bold"
    return "italic" if slanted else "regular"


def _style(font: "TTFont", family: str) -> str:
    if _HAND.search(family):
        return "hand"
    metrics = font["hmtx"].metrics
    cmap = font.getBestCmap()
    if metrics[cmap[ord("i")]][0] == metrics[cmap[ord("m")]][0] or _MONO.search(family):
        return "mono"
    if _DISPLAY.search(family):
        return "display"
    if _SERIF.search(family) and not re.search(r"sans", family, re.I):
        return "serif"
    panose = font["OS/2"].panose if "OS/2" in font else None
    if panose is not None and panose.bFamilyType == 2 and 2 <= panose.bSerifStyle <= 10:
        return "serif"
    return "sans"


def render_check(data: bytes) -> str | None:
    """A digest of what the font draws, or None when it is unfit to read.

    Unfit: a printable ASCII character is empty, small letters look like capitals, strokes are too thin or too fat.
    """
    font = pymupdf.Font(fontbuffer=data)
    bitmaps = {}
    for character in "".join(chr(c) for c in range(33, 127)):
        pixels = _glyph_pixels(font, character)
        if pixels.size == 0:
            return None
        bitmaps[character] = pixels
    present = set(font.valid_codepoints())
    if any(ord(c) in present and _glyph_pixels(font, c).size == 0 for c in ALPHABET):
        return None
    if sum(_alike(bitmaps[c], bitmaps[c.upper()]) for c in "aegrndhq") >= 4:
        return None
    ink = sum(float((255.0 - bitmaps[c]).sum()) / 255 for c in "Hamburgefonstiv0123456789")
    area = sum(font.glyph_advance(ord(c)) * 40 * 40 for c in "Hamburgefonstiv0123456789")
    if not 0.11 <= ink / area <= 0.4:
        return None
    return hashlib.sha256(b"".join(bitmaps[c].tobytes() for c in "Hamburgefonstiv0123456789&")).hexdigest()


def _glyph_pixels(font: pymupdf.Font, character: str, size: int = 40) -> np.ndarray:
    """Ink of one character cut to its bounds, uint8 [h, w]; empty when nothing is drawn."""
    mu = pymupdf.mupdf
    pixmap = mu.FzPixmap(mu.fz_device_gray(), 3 * size, 2 * size, mu.FzSeparations(), 0)
    mu.fz_clear_pixmap_with_value(pixmap, 255)
    text = mu.fz_new_text()
    matrix = mu.FzMatrix(size, 0, 0, -size, size, 1.4 * size)
    mu.fz_show_string(text, font.this, matrix, character, 0, 0, mu.FZ_BIDI_NEUTRAL, mu.FZ_LANG_UNSET)
    device = mu.fz_new_draw_device(mu.FzMatrix(), pixmap)
    mu.fz_fill_text(device, text, mu.FzMatrix(), mu.fz_device_gray(), [0.0], 1.0, mu.FzColorParams())
    mu.fz_close_device(device)
    view = np.frombuffer(mu.fz_pixmap_samples_memoryview(pixmap), np.uint8).reshape(2 * size, 3 * size)
    ys, xs = np.nonzero(view < 128)
    return view[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].copy() if len(ys) else view[:0]


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two glyphs are the same shape at different sizes (small capitals)."""
    grid = [np.linspace(0, n - 1, 16).round().astype(int) for n in (*one.shape, *other.shape)]
    a, b = one[np.ix_(grid[0], grid[1])] < 128, other[np.ix_(grid[2], grid[3])] < 128
    return bool((a == b).mean() > 0.88)


def subset_font(path: Path) -> tuple[bytes, str, str, str] | None:
    """(data, family, style, weight) of a font cut to the alphabet; None when it is unfit or held out."""
    from fontTools import subset
    from fontTools.ttLib import TTFont, TTLibError

    try:
        font = TTFont(BytesIO(path.read_bytes()), lazy=True, recalcTimestamp=False)
    except (TTLibError, OSError):
        return None
    if "fvar" in font or "name" not in font or "cmap" not in font:
        return None
    family, style = _names(font)
    weight = _weight(style, path)
    cmap = font.getBestCmap() or {}
    if (
        weight is None
        or not family
        or _EXTREME.search(family)
        or HELD_OUT.search(family)
        or HELD_OUT.search(path.stem)
    ):
        return None
    if any(code not in cmap for code in range(32, 127)):
        return None
    kind = _style(font, family)
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2], glyph_names=False
    )
    options.drop_tables += [
        "DSIG",
        "GPOS",
        "GSUB",
        "GDEF",
        "kern",
        "FFTM",
        "PfEd",
        "TeX ",
        "BDF ",
        "meta",
        "SVG ",
    ]
    options.flavor = None
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=ALPHABET + " ")
    subsetter.subset(font)
    font.flavor = None
    out = BytesIO()
    font.save(out)
    return out.getvalue(), family, kind, weight


def collect_fonts(folders: Iterable[Path], out: Path, limit: int = 400) -> list[dict[str, str]]:
    """Writes OUT/fonts and OUT/fonts.json; regular faces of all families first, then bold, then italic."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it names every table that it drops
    seen: set[str] = set()
    have: set[tuple[str, str]] = set()
    found: list[tuple[int, str, str, str, bytes, str]] = []
    paths = [
        p
        for f in folders
        for p in sorted(f.rglob("*"))
        if p.suffix.lower() in (".ttf", ".otf", ".woff2") and p.is_file()
    ]
    for path in paths:
        try:
            cut = subset_font(path)
            digest = render_check(cut[0]) if cut else None
        except Exception as error:  # a font that its own tools cannot read is no font for us
            print(f"  left out {path.name}: {type(error).__name__}: {error}")
            continue
        if (
            cut is None
            or digest is None
            or digest in seen
            or (cut[1], cut[3]) in have
            or len(cut[0]) > 200_000
        ):
            continue
        seen.add(digest)
        data, family, style, weight = cut
        have.add((family, weight))
        order = {"regular": 0, "bold": 1, "italic": 2}[weight]
        found.append((order, family, style, weight, data, ".ttf" if data[:4] != b"OTTO" else ".otf"))
    families = {f[1] for f in found if f[3] == "regular"}
    found = sorted(f for f in found if f[1] in families or f[3] == "bold")
    regular = [f for f in found if f[0] == 0][: int(limit * 0.7)]
    rest = [f for f in found if f[0] == 1 and f[2] in ("sans", "serif", "mono")]
    italics = [f for f in found if f[0] == 2 and f[2] in ("sans", "serif")]
    room = limit - len(regular)
    chosen = regular + _spread(rest, int(room * 0.75)) + _spread(italics, room - int(room * 0.75))
    rows = []
    (out / "fonts").mkdir(parents=True, exist_ok=True)
    stale = {old.name for old in (out / "fonts").iterdir()}
    for _, family, style, weight, data, suffix in chosen:
        name = re.sub(r"[^A-Za-z0-9]+", "", family) + "-" + weight
        (out / "fonts" / (name + suffix)).write_bytes(data)
        rows.append({"name": name, "family": family, "style": style, "weight": weight, "file": name + suffix})
        stale.discard(name + suffix)
    (out / "fonts.json").write_text(json.dumps(rows, indent=0), "utf-8")
    for old in stale:
        (out / "fonts" / old).unlink()
    return rows


def _spread(items: list, count: int) -> list:
    """At most ``count`` items, evenly picked."""
    if len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


_MAP = {
    ord(a): b
    for a, b in zip("\u00a0\u2009\u202f\u2011\u2010\u2212|\ufeff\u00ad`′", "   ---/\0\0'’", strict=True)
}


def clean_line(text: str) -> str:
    """One line in the alphabet, single spaces; "" when too much of it is foreign."""
    text = unicodedata.normalize("NFC", text).translate(_MAP).replace("\0", "")
    text = _SPACES.sub(" ", text).strip()
    foreign = sum(c != " " and c not in ALPHABET for c in text)
    if foreign > 0.02 * len(text):
        return ""
    return "".join(c for c in text if c == " " or c in ALPHABET)


def _paragraphs(path: Path, low: int = 25, high: int = 4000) -> Iterator[str]:
    for line in path.read_text("utf-8", "replace").splitlines():
        text = clean_line(line)
        if low <= len(text) <= high:
            yield text


def _write(out: Path, name: str, lines: Iterable[str]) -> None:
    data = "\n".join(dict.fromkeys(line for line in lines if line)).encode()
    (out / "texts" / name).write_bytes(lzma.compress(data, preset=6))


def _clean_table(table: list[list[str]]) -> list[list[str]] | None:
    width = max(len(row) for row in table)
    rows = [[clean_line(c) for c in row] + [""] * (width - len(row)) for row in table]
    longest = max(len(c) for row in rows for c in row)
    return rows if 2 <= width <= 9 and len(rows) >= 3 and longest <= 60 else None


def collect_texts(source: Path, out: Path) -> None:
    """Writes OUT/texts: prose by language, names, words, products, tables and paragraphs with questions."""
    (out / "texts").mkdir(parents=True, exist_ok=True)
    prose: dict[str, list[str]] = {}
    for path in sorted(source.glob("handbook_*.txt")):
        language = path.stem.split("_")[1]
        if language in ("en", "de", "fr", "es", "it", "pt"):
            prose[language] = list(_paragraphs(path))
    for name in ("gutenberg_pride_and_prejudice", "gutenberg_sherlock_holmes", "inaugural", "state_union"):
        prose["en"] += _paragraphs(source / f"{name}.txt")
    for language, lines in prose.items():
        _write(out, f"prose_{language}.txt.xz", lines)
    _write(out, "contract_en.txt.xz", _paragraphs(source / "sec_nda_contract_lines.txt", 15))
    _write(
        out,
        "words.txt.xz",
        (w for w in _paragraphs(source / "words_american_english.txt", 2) if "'" not in w),
    )
    _write(out, "names.txt.xz", _paragraphs(source / "first_names_en.txt", 2))
    with (source / "product_titles_fashion.csv").open(encoding="utf-8") as file:
        titles = [clean_line(row.get("productDisplayName") or "") for row in csv.DictReader(file)][::4]
    copies = [
        json.loads(x) for x in (source / "product_copy_aws_retail.jsonl").read_text("utf-8").splitlines()
    ]
    _write(out, "products.txt.xz", titles + [clean_line(c["title"]) for c in copies])
    _write(out, "copy_en.txt.xz", [clean_line(c["description"]) for c in copies])
    tables, passages = [], []
    for path in sorted((source / "qa").glob("*.jsonl")):
        language = path.stem.split("_")[-1]
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if "table" in row and (table := _clean_table(row["table"])):
                tables.append(json.dumps(table, ensure_ascii=False))
            elif (
                "context" in row
                and language in ("en", "de", "es")
                and (context := clean_line(row["context"]))
            ):
                pairs = [[clean_line(q["question"]), clean_line(q["answer"])] for q in row["qa"]]
                pairs = [p for p in pairs if p[1] and p[1] in context]
                passages.append(json.dumps([language, context, pairs], ensure_ascii=False))
    _write(out, "tables.jsonl.xz", tables)
    _write(out, "passages.jsonl.xz", passages)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.assets", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--fonts", type=Path, nargs="*", default=[], help="folders with font files of your own"
    )
    parser.add_argument(
        "--download", action="store_true", help="fetch the fonts with apt-get and npm, without root"
    )
    parser.add_argument("--texts", type=Path, help="folder with the source texts")
    parser.add_argument("--limit", type=int, default=400, help="most font files to keep")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.texts:
        collect_texts(options.texts, options.out)
    with tempfile.TemporaryDirectory(prefix="octavo-fonts-") as folder:
        folders = list(options.fonts)
        if options.download:
            for name in download(Path(folder)):
                print(f"  could not be had: {name}")
            folders.append(Path(folder))
        rows = collect_fonts(folders, options.out, options.limit) if folders else []
    for style in sorted({r["style"] for r in rows}):
        print(f"{style}: {sum(r['style'] == style for r in rows)} fonts")
    for part in ("fonts", "texts"):
        sizes = [p.stat().st_size for p in (options.out / part).glob("*")]
        print(f"{part}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
