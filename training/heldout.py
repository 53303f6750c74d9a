"""The held-out set: ``python -m octavo.training.heldout OUT --items 500 --seed 7``.

Fonts (pymupdf-fonts and PyMuPDF's base-14 set), texts (Faker, Python's own documentation) and layouts are
not part of
the training world. Writes images and a ``manifest.jsonl``; the same seed gives the same set for one Python
version.
"""

import argparse
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from . import heldout_layouts as layouts
from .synth.desk import Desk
from .synth.faces import FaceBook, FaceInfo
from .synth.names import NameBook
from .synth.page import SyntheticPage
from .synth.world import Library, World

_FONTS = (
    ("figo", "Fira Go", "sans", "regular"),
    ("figbo", "Fira Go", "sans", "bold"),
    ("figit", "Fira Go", "sans", "italic"),
    ("fimo", "Fira Mono", "mono", "regular"),
    ("fimbo", "Fira Mono", "mono", "bold"),
    ("spacemo", "Space Mono", "mono", "regular"),
    ("spacembo", "Space Mono", "mono", "bold"),
    ("notos", "Noto Sans", "sans", "regular"),
    ("notosbo", "Noto Sans", "sans", "bold"),
    ("notosit", "Noto Sans", "sans", "italic"),
    ("ubuntu", "Ubuntu", "sans", "regular"),
    ("ubuntubo", "Ubuntu", "sans", "bold"),
    ("ubuntuit", "Ubuntu", "sans", "italic"),
    ("ubuntm", "Ubuntu Mono", "mono", "regular"),
    ("ubuntmbo", "Ubuntu Mono", "mono", "bold"),
    ("cascadia", "Cascadia", "mono", "regular"),
    ("cascadiab", "Cascadia", "mono", "bold"),
    ("helv", "Helvetica", "sans", "regular"),
    ("hebo", "Helvetica", "sans", "bold"),
    ("heit", "Helvetica", "sans", "italic"),
    ("tiro", "Times", "serif", "regular"),
    ("tibo", "Times", "serif", "bold"),
    ("tiit", "Times", "serif", "italic"),
    ("cour", "Courier", "mono", "regular"),
    ("cobo", "Courier", "mono", "bold"),
)
_FAMILIES = (
    "Fira Go",
    "Noto Sans",
    "Ubuntu",
    "Helvetica",
    "Times",
    "Times",
    "Fira Mono",
    "Space Mono",
    "Ubuntu Mono",
    "Cascadia",
    "Courier",
)
LOCALES = {
    "en": "en_US",
    "de": "de_DE",
    "fr": "fr_FR",
    "es": "es_ES",
    "it": "it_IT",
    "nl": "nl_NL",
    "pt": "pt_PT",
}
PAGE = (1240, 1754)  # A4 at 150 dpi
DPI = 150
TILE = 384


@dataclass(frozen=True)
class Split:
    """How many items of each sort."""

    tiles: int
    pages: int
    asks: int

    @classmethod
    def of(cls, items: int) -> "Split":
        """Half tiles, a fifth whole pages, the rest pages with questions."""
        tiles, pages = items // 2, items // 5
        return cls(tiles, pages, items - tiles - pages)


class HeldoutWorld(World):
    """Faker's people and Python's documentation, in fonts that training refuses."""

    def __init__(self, seed: int) -> None:
        super().__init__(None, "heldout")
        self.seed = seed
        self._faces = FaceBook([FaceInfo(n, f, s, w, n, builtin=True) for n, f, s, w in _FONTS])
        self.fakers = _fakers(seed)
        prose = {"en": _documentation()}
        for language, faker in self.fakers.items():
            prose.setdefault(language, []).extend(" ".join(faker.paragraphs(3)) for _ in range(150))
        names = NameBook(["-"], ["-"], ["-"])  # not used: all names come from Faker
        self._library = Library(prose, prose["en"], [], [], [], names)

    def open(self, dice: Random, size: tuple[int, int], em: float) -> Desk:
        """A desk in one of the held-out families."""
        language = dice.choices(list(LOCALES), (40, 15, 12, 11, 8, 7, 7))[0]
        desk = Desk(dice, self, language, size, em)
        family = dice.choice(_FAMILIES)
        desk.regular, desk.bold, desk.italic = (
            self.faces.face(family, w) for w in ("regular", "bold", "italic")
        )
        desk.spacing = 0.0
        return desk


def _fakers(seed: int) -> dict:
    from faker import Faker

    found = {}
    for number, (language, locale) in enumerate(LOCALES.items()):
        found[language] = Faker(locale)
        found[language].seed_instance(seed * 100 + number)
    # Faker keeps the Italian towns in the order of a set, which changes from process to process.
    for factory in found["it"].factories:
        for provider in factory.get_providers():
            if hasattr(provider, "cities"):
                provider.cities = sorted(provider.cities)
    return found


def _documentation() -> list[str]:
    """Paragraphs of Python's language reference without code, tables and rules."""
    from pydoc_data.topics import topics

    found = []
    for name in sorted(topics):
        for part in topics[name].split("\n\n"):
            if part.startswith(" ") or "|" in part or re.search(r"\*{4}|={4}|::=|^ {3}", part, re.M):
                continue
            text = " ".join(part.split())
            if len(text) > 80 and text.isascii() and not text.startswith(("#", "*", "-")):
                found.append(text)
    return found


def degrade(pixels: np.ndarray, dice: Random) -> np.ndarray:
    """A light scan: a little blur, noise, lower contrast, JPEG. uint8 [H, W] in and out."""
    image = Image.fromarray(pixels)
    if dice.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(dice.uniform(0.3, 0.8)))
    grey = np.asarray(image, np.float64)
    noise = np.random.default_rng(dice.getrandbits(32)).normal(0, dice.uniform(2, 9), grey.shape)
    grey = grey * dice.uniform(0.85, 1.0) + dice.uniform(0, 15) + noise
    image = Image.fromarray(grey.clip(0, 255).astype(np.uint8))
    if dice.random() < 0.5:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=dice.randint(55, 90))
        image = Image.open(buffer)
    return np.asarray(image)


def _finish(desk: Desk, kind: str) -> SyntheticPage:
    pixels = desk.canvas.finish()
    text, chars, boxes = desk.canvas.transcription()
    return SyntheticPage(pixels, chars, boxes, text, tuple(desk.fields), (), kind, desk.language, desk.em)


def held_out_tile(dice: Random, world: HeldoutWorld) -> SyntheticPage:
    """A 384-pixel tile of 60 to 330 characters at 13 to 34 px."""
    while True:
        desk = world.open(
            dice, (TILE, TILE), dice.uniform(13, 34) if dice.random() < 0.5 else dice.uniform(13, 22)
        )
        layouts.tile(desk, world.fakers[desk.language])
        page = _finish(desk, "tile")
        if 40 <= len(page.chars) <= 330:
            return page


def held_out_page(dice: Random, world: HeldoutWorld) -> SyntheticPage:
    """An A4 page of running text at 10 to 12 points."""
    desk = world.open(dice, PAGE, dice.uniform(10, 12) * DPI / 72)
    layouts.text_page(desk)
    return _finish(desk, "page")


def held_out_ask(
    dice: Random, world: HeldoutWorld, questions: Sequence[str] = layouts.QUESTIONS
) -> tuple[SyntheticPage, list[dict[str, str | None]]]:
    """A page with 4 to 8 questions by label; about a quarter has no answer (None)."""
    while True:
        desk = world.open(dice, PAGE, dice.uniform(9.5, 12) * DPI / 72)
        layouts.ask_page(desk, world.fakers[desk.language])
        page = _finish(desk, "ask")
        pairs = layouts.ask(dice, page, questions)
        if len(pairs) >= 4:
            return page, pairs


SETS = {"tile": "tiles", "page": "pages", "ask": "ask"}


def write(
    out: Path,
    items: int,
    seed: int,
    jpeg_quality: int | None = None,
    questions: Sequence[str] = layouts.QUESTIONS,
) -> int:
    """Writes one set folder each for tiles, pages and questions; returns the number of items in all.

    Images are PNG; with ``jpeg_quality`` they are JPEG, a tenth of the size, for runs far away.
    """
    world, dice = HeldoutWorld(seed), Random(seed)
    split = Split.of(items)
    suffix = "png" if jpeg_quality is None else "jpg"
    options = {} if jpeg_quality is None else {"quality": jpeg_quality}
    rows: dict[str, list[str]] = {name: [] for name in SETS.values()}
    jobs = ["tile"] * split.tiles + ["page"] * split.pages + ["ask"] * split.asks
    for number, job in enumerate(jobs):
        own = Random(dice.getrandbits(62))
        folder, name = SETS[job], f"{job}_{number:04d}"
        row: dict[str, object] = {"id": name, "image": f"images/{name}.{suffix}"}
        if job == "ask":
            page, pairs = held_out_ask(own, world, questions)
            row |= {"task": "ask_by_label", "pairs": pairs}
        else:
            page = held_out_tile(own, world) if job == "tile" else held_out_page(own, world)
            row |= {"task": "transcribe", "text": page.text}
        degraded = number % 2 == 1
        pixels = degrade(page.pixels, own) if degraded else page.pixels
        (out / folder / "images").mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(out / folder / str(row["image"]), **options)
        row |= {
            "language": page.language,
            "degraded": degraded,
            "size": [pixels.shape[1], pixels.shape[0]],
            "official_split": None,
            "set": folder,
            "source": f"octavo.training.heldout, seed {seed}",
            "licence": "Apache-2.0",
        }
        rows[folder].append(json.dumps(row, ensure_ascii=False))
    for folder, lines in rows.items():
        if lines:
            (out / folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return len(jobs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.heldout", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jpeg", type=int, metavar="QUALITY", help="smaller files, for runs far away")
    parser.add_argument("--fresh", action="store_true", help="ask in words that no rule was tried on")
    options = parser.parse_args()
    questions = layouts.FRESH_QUESTIONS if options.fresh else layouts.QUESTIONS
    items = write(options.out, options.items, options.seed, options.jpeg, questions)
    print(f"{items} items in {options.out}")


if __name__ == "__main__":
    main()
