# ruff: noqa: E501 (tables of words and formats)
"""Fonts and texts of one split. A ``World`` is a path until it is used, so it travels to worker processes cheaply."""

import json
import lzma
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .faces import Face, FaceBook, FaceInfo
from .names import NameBook

_BUILTIN = (
    ("helv", "Helvetica", "sans", "regular"), ("hebo", "Helvetica", "sans", "bold"), ("heit", "Helvetica", "sans", "italic"),
    ("tiro", "Times", "serif", "regular"), ("tibo", "Times", "serif", "bold"), ("tiit", "Times", "serif", "italic"),
    ("cour", "Courier", "mono", "regular"), ("cobo", "Courier", "mono", "bold"),
)  # fmt: skip
_BUILTIN_PROSE = {
    "en": (
        "The ferry leaves at dawn, and nobody on the quay can say when it will come back. A clerk counts the crates "
        "twice: first by hand, then against the list that was sent ahead. “Seventeen,” she says, and writes it down.",
        "Water finds its way through every wall that was built in a hurry. The engineers know this; they measure, draw, "
        "argue and measure again, until the plan holds and the first stone can be laid.",
        "Our offices will be closed during the first week of August. Please send urgent questions to the address below; "
        "all other letters are answered in the order in which they arrive.",
    ),
    "de": (
        "Der Zug hält nur kurz; wer aussteigen will, muss sich beeilen. Über den Dächern liegt noch Nebel, und die "
        "Straßenlaternen brennen, obwohl es längst Tag geworden ist.",
        "Bitte prüfen Sie die Lieferung sofort nach Erhalt. Spätere Einwände können wir leider nicht berücksichtigen, "
        "da die Ware größtenteils verderblich ist.",
    ),
    "fr": ("Le marché ouvre à sept heures, même en hiver. Les étals sont déjà prêts, et l’odeur du pain se mêle à celle des "
           "pommes que l’on a cueillies la veille près de la rivière.",),
}  # fmt: skip
_BUILTIN_WORDS = (
    "amber anchor basket beacon bridge candle canvas copper cotton desert ember falcon garden hammer harbor island jacket "
    "kettle ladder lantern marble meadow needle orchard paper pebble quartz ribbon saddle silver timber tunnel velvet "
    "violet wagon walnut willow window winter yellow zephyr battery bottle cable filter handle valve gear lamp mirror"
).split()
_BUILTIN_NAMES = "Ada Boris Carla Dimitri Edith Frank Gloria Hugo Irene Jakob Karin Leo Mona Nils Olga Paul Rosa Sven".split()


@dataclass(frozen=True)
class Library:
    """The texts of a world. ``prose`` by language; ``tables`` as rows of cells; ``passages`` (language, text, pairs)."""

    prose: dict[str, list[str]]
    contracts: list[str]
    copy: list[str]
    tables: list[list[list[str]]]
    passages: list[tuple[str, str, list[list[str]]]]
    names: NameBook = field(repr=False)

    def piece(self, dice: Random, language: str, low: int, high: int) -> str:
        """Running text of ``low`` to ``high`` characters, cut at words, from a random place."""
        pool = self.prose.get(language) or self.prose["en"]
        text = dice.choice(pool)
        while len(text) < low + 40:
            text += " " + dice.choice(pool)
        start = 0
        if len(text) > high and dice.random() < 0.6:
            start = text.find(" ", dice.randrange(len(text) - low)) + 1
            if len(text) - start < low:
                start = 0
        if len(text) - start <= high:
            return text[start:].strip()
        end = text.rfind(" ", start, start + dice.randint(low, high) + 1)
        return text[start : end if end > start else start + high].strip()


class World:
    """``World.load(folder)`` for training (what ``octavo.training.assets`` wrote), ``World.builtin()`` for tests."""

    def __init__(self, folder: str | None, name: str) -> None:
        self.folder, self.name = folder, name
        self._faces: FaceBook | None = None
        self._library: Library | None = None

    @classmethod
    def load(cls, folder: str | Path) -> "World":
        """Raises FileNotFoundError when the folder holds no ``fonts.json``."""
        path = Path(folder)
        if not (path / "fonts.json").is_file():
            raise FileNotFoundError(
                f"{path / 'fonts.json'}: make it with python -m octavo.training.assets {path}"
            )
        return cls(str(path), "training")

    @classmethod
    def builtin(cls) -> "World":
        """PyMuPDF's own fonts and a few written sentences: no files, no network."""
        return cls(None, "builtin")

    def __getstate__(self) -> dict[str, object]:
        return {"folder": self.folder, "name": self.name}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @property
    def faces(self) -> FaceBook:
        if self._faces is None:
            if self.folder is None:
                self._faces = FaceBook([FaceInfo(n, f, s, w, n, builtin=True) for n, f, s, w in _BUILTIN])
            else:
                self._faces = FaceBook.from_folder(Path(self.folder))
        return self._faces

    @property
    def library(self) -> Library:
        if self._library is None:
            self._library = (
                _builtin_library() if self.folder is None else _read_library(Path(self.folder) / "texts")
            )
        return self._library

    @property
    def names(self) -> NameBook:
        return self.library.names

    def pick_faces(
        self, dice: Random, language: str, styles: tuple[str, ...] = ()
    ) -> tuple[Face, Face, Face]:
        """Regular, bold and italic face of one family that can print the language."""
        families = self.faces.families(styles)
        for _ in range(12):
            family = dice.choice(families)
            face = self.faces.face(family)
            if language == "en" or face.has_accents:
                break
        return face, self.faces.face(family, "bold"), self.faces.face(family, "italic")


def _builtin_library() -> Library:
    products = [
        f"{a.capitalize()} {b}" for a, b in zip(_BUILTIN_WORDS, reversed(_BUILTIN_WORDS), strict=True)
    ]
    table = [
        ["Region", "2019", "2020", "2021"],
        ["North", "112", "98", "131"],
        ["South", "87", "90", "n/a"],
        ["West", "5", "7", "12"],
    ]
    passage = ("en", _BUILTIN_PROSE["en"][0], [["How many crates are there?", "Seventeen"]])
    prose = {language: list(texts) for language, texts in _BUILTIN_PROSE.items()}
    names = NameBook(_BUILTIN_NAMES, _BUILTIN_WORDS, products)
    return Library(prose, list(_BUILTIN_PROSE["en"]), products, [table], [passage], names)


def _lines(folder: Path, name: str) -> list[str]:
    return lzma.decompress((folder / name).read_bytes()).decode().splitlines()


def _read_library(folder: Path) -> Library:
    prose = {p.name[6:8]: _lines(folder, p.name) for p in sorted(folder.glob("prose_*.txt.xz"))}
    passages = [tuple(json.loads(line)) for line in _lines(folder, "passages.jsonl.xz")]
    return Library(
        prose=prose,
        contracts=_lines(folder, "contract_en.txt.xz"),
        copy=_lines(folder, "copy_en.txt.xz"),
        tables=[json.loads(line) for line in _lines(folder, "tables.jsonl.xz")],
        passages=passages,
        names=NameBook(
            _lines(folder, "names.txt.xz"), _lines(folder, "words.txt.xz"), _lines(folder, "products.txt.xz")
        ),
    )
