"""Fonts with their metrics: what the typesetter needs to know about a face, loaded once per process."""

import json
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pymupdf

from ...vision.glyphs import ALPHABET

_mu = pymupdf.mupdf
ACCENTED = "ÄÖÜäöüßÀÂÇÉÈÊàâçéèêëîïôûùÑñáíóúìòãõÁÍÓÚ"
_STAND_INS = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "€": "EUR",
    "−": "-", "•": "-", "£": "GBP", "¥": "JPY", "ß": "ss", "«": '"', "»": '"', "‹": "'", "›": "'", "×": "x",
    "№": "No.", "™": "(TM)", "®": "(R)", "©": "(c)", "º": "o", "ª": "a", "Æ": "AE", "æ": "ae", "Ø": "O",
    "ø": "o", "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "½": "1/2", "´": "'",
}  # fmt: skip


def stand_in(character: str) -> str:
    """What a typist without the character would print instead; "" when there is nothing like it."""
    if character in _STAND_INS:
        return _STAND_INS[character]
    plain = unicodedata.normalize("NFKD", character)
    return "".join(c for c in plain if c in ALPHABET and ord(c) < 127)


@dataclass(frozen=True)
class FaceInfo:
    """A font by name: ``source`` is a font file, or the name of one of PyMuPDF's built-in fonts."""

    name: str
    family: str
    style: str  # "serif", "sans", "mono", "display" or "hand"
    weight: str  # "regular", "bold" or "italic"
    source: str
    builtin: bool = False


class Face:
    """One loaded font: advances and vertical extent per em. Characters that it lacks get a stand-in."""

    def __init__(self, info: FaceInfo) -> None:
        self.info = info
        if info.builtin:
            self._font = pymupdf.Font(info.source)
        else:
            self._font = pymupdf.Font(fontbuffer=Path(info.source).read_bytes())
        self.handle = self._font.this
        self.advance: dict[str, float] = {" ": self._measure(" ")}
        self.replace: dict[int, str] = {}
        lacking = []
        for character in ALPHABET:
            if self._prints(character):
                self.advance[character] = self._measure(character)
            else:
                lacking.append(character)
        own = dict(self.advance)
        for character in lacking:
            text = "".join(c for c in stand_in(character) if c in own)
            self.replace[ord(character)] = text
            self.advance[character] = sum(own[c] for c in text)
        self.top, self.bottom = self._extent()

    def _measure(self, character: str) -> float:
        glyph = _mu.fz_encode_character(self.handle, ord(character))
        return float(_mu.fz_advance_glyph(self.handle, glyph, 0))

    def _prints(self, character: str) -> bool:
        """Whether the font has the character and draws something for it (some map it to an empty glyph)."""
        glyph = _mu.fz_encode_character(self.handle, ord(character))
        if not glyph:
            return False
        bounds = _mu.fz_bound_glyph(self.handle, glyph, _mu.FzMatrix())
        return bounds.x1 > bounds.x0 and bounds.y1 > bounds.y0

    def _extent(self) -> tuple[float, float]:
        """Ink above and below the baseline in ems, both positive, from tall and hanging letters."""
        bounds = [
            _mu.fz_bound_glyph(self.handle, _mu.fz_encode_character(self.handle, ord(c)), _mu.FzMatrix())
            for c in "Hdpg"
        ]
        top = max(b.y1 for b in bounds[:2])
        bottom = max(-b.y0 for b in bounds[2:])
        return min(max(top, 0.5), 1.1), min(max(bottom, 0.05), 0.45)

    @cached_property
    def has_accents(self) -> bool:
        return not any(ord(c) in self.replace for c in ACCENTED)

    def clean(self, text: str) -> str:
        """The text as this face can print it."""
        return text.translate(self.replace) if self.replace else text

    def width(self, text: str) -> float:
        """Width in ems of ``clean(text)``."""
        get = self.advance.get
        return sum(get(c, 0.0) for c in text)


class FaceBook:
    """All faces of a world by style; files are read at first use."""

    def __init__(self, infos: list[FaceInfo]) -> None:
        if not infos:
            raise ValueError("a world needs at least one font")
        self.infos = infos
        self._loaded: dict[str, Face] = {}
        self._families: dict[str, dict[str, list[FaceInfo]]] = {}
        for info in infos:
            self._families.setdefault(info.family, {}).setdefault(info.weight, []).append(info)
        self._by_style: dict[str, list[str]] = {}
        for info in infos:
            names = self._by_style.setdefault(info.style, [])
            if info.family not in names:
                names.append(info.family)

    @classmethod
    def from_folder(cls, folder: Path) -> "FaceBook":
        """Reads ``fonts.json`` (a list of name, family, style, weight, file); raises OSError when it is
        missing.
        """
        rows = json.loads((folder / "fonts.json").read_text("utf-8"))
        return cls(
            [
                FaceInfo(r["name"], r["family"], r["style"], r["weight"], str(folder / "fonts" / r["file"]))
                for r in rows
            ]
        )

    def styles(self) -> list[str]:
        return list(self._by_style)

    def families(self, styles: tuple[str, ...] = ()) -> list[str]:
        """Families of the given styles; all families when none of them is there."""
        found = [name for style in styles for name in self._by_style.get(style, [])]
        return found or [name for names in self._by_style.values() for name in names]

    def face(self, family: str, weight: str = "regular", pick: int = 0) -> Face:
        """A face of the family; any weight stands in for one that is missing."""
        weights = self._families[family]
        infos = weights.get(weight) or weights.get("regular") or next(iter(weights.values()))
        info = infos[pick % len(infos)]
        if info.name not in self._loaded:
            self._loaded[info.name] = Face(info)
        return self._loaded[info.name]
