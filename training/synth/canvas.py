"""The drawing surface: strings with a box for every character, rectangles, rules, the reading order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import pymupdf

from .faces import Face
from .page import Box

_mu = pymupdf.mupdf


class OffPage(ValueError):
    """Text would leave the page: the layout needs smaller type."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is drawn: ``size`` is the em in pixels, ``ink`` a grey level, ``spacing`` extra pixels a
    character.
    """

    face: Face
    size: float
    ink: int = 0
    spacing: float = 0.0

    def width(self, text: str) -> float:
        """Width in pixels."""
        return self.face.width(text) * self.size + self.spacing * len(text)

    @property
    def top(self) -> float:
        return self.face.top * self.size

    @property
    def bottom(self) -> float:
        return self.face.bottom * self.size


@dataclass(slots=True)
class Run:
    """A drawn string. ``text`` goes into the transcription; ``edges`` are the left edges of ``len(printed)``
    + 1.
    """

    text: str
    printed: str
    edges: list[float]
    top: float
    bottom: float
    rights: list[float] | None = None  # right edges, where the characters stand apart

    @property
    def x0(self) -> float:
        return self.edges[0]

    @property
    def x1(self) -> float:
        return self.edges[-1]


Line = list[Run]


@dataclass(slots=True)
class Block:
    """A piece of the transcription: lines of runs, or for a table rows of cells of runs."""

    lines: list[Line] = field(default_factory=list)
    rows: list[list[Line]] = field(default_factory=list)
    level: int = 0  # 1, 2: heading


class Canvas:
    """A grey page of ``width`` x ``height`` pixels. Rectangles are painted at once, under all text."""

    def __init__(self, width: int, height: int, paper: int = 255) -> None:
        self.width, self.height, self.paper = width, height, paper
        self._pixmap = _mu.FzPixmap(_mu.fz_device_gray(), width, height, _mu.FzSeparations(), 0)
        view = np.frombuffer(_mu.fz_pixmap_samples_memoryview(self._pixmap), np.uint8)
        self.view = view.reshape(height, width)
        self.view[:] = paper
        self._texts: dict[int, object] = {}
        self.blocks: list[Block] = []
        self.drawn: list[Run] = []

    def draw(self, x: float, y: float, text: str, style: Style) -> Run:
        """Draws ``text`` with its baseline at ``y``; raises OffPage when it would leave the page."""
        text = style.face.clean(text)
        run = self._place(x, y, text, style)
        if run.x0 < -0.5 or run.x1 > self.width + 0.5 or run.top < -1 or run.bottom > self.height + 1:
            raise OffPage(f"{text!r} at {x:.0f},{y:.0f} leaves the page of {self.width}x{self.height}")
        self.drawn.append(run)
        return run

    def decorate(self, x: float, y: float, text: str, style: Style) -> None:
        """Draws rules made of characters (dashes, dots), which are no text: neither transcribed nor boxed."""
        self._place(x, y, style.face.clean(text), style)

    def _place(self, x: float, y: float, text: str, style: Style) -> Run:
        size, advance, spacing = style.size, style.face.advance, style.spacing
        texts = self._texts.get(style.ink)
        if texts is None:
            texts = self._texts[style.ink] = _mu.fz_new_text()
        if spacing:
            widths = [advance[c] * size + spacing for c in text]
        else:
            widths = [advance[c] * size for c in text]
        edges = list(accumulate(widths, initial=x))
        pieces = zip(edges, text, strict=False) if spacing else ((x, text),)
        for left, piece in pieces:
            matrix = _mu.FzMatrix(size, 0, 0, -size, left, y)
            _mu.fz_show_string(
                texts, style.face.handle, matrix, piece, 0, 0, _mu.FZ_BIDI_NEUTRAL, _mu.FZ_LANG_UNSET
            )
        return Run(text, text, edges, y - style.top, y + style.bottom)

    def fill(self, x0: float, y0: float, x1: float, y1: float, grey: int) -> None:
        """Paints a rectangle, cut at the page."""
        left, top = max(round(x0), 0), max(round(y0), 0)
        self.view[top : max(round(y1), top), left : max(round(x1), left)] = grey

    def rule(self, x0: float, y0: float, x1: float, y1: float, grey: int = 0, thick: float = 1.0) -> None:
        """A horizontal or vertical line; less than a pixel of thickness becomes a lighter pixel."""
        ink = grey if thick >= 1 else round(grey + (self.paper - grey) * (1 - thick))
        wide = max(1, round(thick))
        if abs(y1 - y0) <= abs(x1 - x0):
            self.fill(min(x0, x1), y0, max(x0, x1), round(y0) + wide, ink)
        else:
            self.fill(x0, min(y0, y1), round(x0) + wide, max(y0, y1), ink)

    def dots(
        self, x0: float, x1: float, y: float, step: int, grey: int, length: int = 1, thick: int = 1
    ) -> None:
        """A dotted or dashed horizontal rule."""
        top = round(y)
        for offset in range(length):
            self.view[top : top + thick, max(round(x0) + offset, 0) : max(round(x1), 0) : step] = grey

    def frame(self, x0: float, y0: float, x1: float, y1: float, grey: int = 0, thick: float = 1.0) -> None:
        """The outline of a rectangle."""
        self.rule(x0, y0, x1, y0, grey, thick)
        self.rule(x0, y1, x1 + max(1, round(thick)), y1, grey, thick)
        self.rule(x0, y0, x0, y1, grey, thick)
        self.rule(x1, y0, x1, y1, grey, thick)

    def ellipse(self, x0: float, y0: float, x1: float, y1: float, grey: int, ring: float = 0.0) -> None:
        """A filled ellipse, or a ring of ``ring`` pixels."""
        left, top, right, bottom = max(int(x0), 0), max(int(y0), 0), min(int(x1), self.width), int(y1)
        bottom = min(bottom, self.height)
        if right - left < 3 or bottom - top < 3:
            return
        yy, xx = np.ogrid[top:bottom, left:right]
        rx, ry = (x1 - x0) / 2, (y1 - y0) / 2
        shape = ((xx - x0 - rx) / rx) ** 2 + ((yy - y0 - ry) / ry) ** 2
        mask = shape <= 1
        if ring:
            mask &= shape >= (1 - ring / min(rx, ry)) ** 2
        self.view[top:bottom, left:right][mask] = grey

    def paragraph(self, lines: list[Line]) -> None:
        if lines:
            self.blocks.append(Block(lines=lines))

    def heading(self, lines: list[Line], level: int = 1) -> None:
        self.blocks.append(Block(lines=lines, level=level))

    def table(self, rows: list[list[Line]]) -> None:
        """Rows of cells; the first row is the header."""
        if rows:
            self.blocks.append(Block(rows=rows))

    def box(self, runs: Sequence[Run]) -> Box:
        """The union of the runs in page fractions."""
        return (
            min(r.x0 for r in runs) / self.width,
            min(r.top for r in runs) / self.height,
            max(r.x1 for r in runs) / self.width,
            max(r.bottom for r in runs) / self.height,
        )

    def finish(self) -> np.ndarray:
        """Paints the text over the rectangles; uint8 [H, W]."""
        device = _mu.fz_new_draw_device(_mu.FzMatrix(), self._pixmap)
        for ink, text in self._texts.items():
            _mu.fz_fill_text(
                device, text, _mu.FzMatrix(), _mu.fz_device_gray(), [ink / 255], 1.0, _mu.FzColorParams()
            )
        _mu.fz_close_device(device)
        return self.view.copy()

    def transcription(self) -> tuple[str, str, np.ndarray]:
        """Markdown text, printed characters and their boxes float32 [n, 4], all in reading order."""
        parts: list[str] = []
        runs: list[Run] = []
        for block in self.blocks:
            if block.rows:
                rows = ["| " + " | ".join(_cell(c) for c in row) + " |" for row in block.rows]
                rows.insert(1, "|" + "---|" * len(block.rows[0]))
                parts.append("\n".join(rows))
                runs += [run for row in block.rows for cell in row for run in cell]
            else:
                lines = [_words(line) for line in block.lines]
                parts.append("#" * block.level + " " + " ".join(lines) if block.level else "\n".join(lines))
                runs += [run for line in block.lines for run in line]
        return "\n\n".join(parts), *self._characters(runs)

    def _characters(self, runs: list[Run]) -> tuple[str, np.ndarray]:
        runs = [run for run in runs if run.printed]
        printed = "".join(run.printed for run in runs)
        count = len(printed)
        boxes = np.empty((count, 4), np.float32)
        lengths = [len(run.printed) for run in runs]
        boxes[:, 0] = [x for run in runs for x in run.edges[:-1]]
        boxes[:, 2] = [x for run in runs for x in (run.rights or run.edges[1:])]
        boxes[:, 1] = np.repeat([run.top for run in runs], lengths)
        boxes[:, 3] = np.repeat([run.bottom for run in runs], lengths)
        boxes /= np.array([self.width, self.height, self.width, self.height], np.float32)
        keep = np.array([c != " " for c in printed], bool)
        return printed.replace(" ", ""), boxes[keep].clip(0, 1)


def _words(line: Line) -> str:
    return " ".join(" ".join(run.text.split()) for run in line if run.text)


def _cell(line: Line) -> str:
    return _words(line).replace("|", "\\|")


def mark(text: str, x0: float, y0: float, x1: float, y1: float) -> Run:
    """A drawn sign that is transcribed (a check box) without printed characters."""
    return Run(text, "", [x0, x1], y0, y1)
