"""The OCR engines: a picture in, the words on it with their boxes out.

Both run as processes of their own, so that their threads and memory are theirs: Tesseract once for each
picture, as people run it; RapidOCR in a worker (``rapidocr_worker.py``) that keeps its networks loaded.
"""

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps

WORKER = Path(__file__).with_name("rapidocr_worker.py")
SMALL_PX = 1000  # pictures narrower than this hold print that Tesseract reads better enlarged
ENLARGE = 1.5
MARGIN_PX = 16
RULE_PX = 70  # a drawn line is longer than any stroke of a letter
DARK = 150


@dataclass(frozen=True)
class Word:
    """A piece of print: one word of Tesseract, a run of words on one line of RapidOCR.

    ``box`` is (x0, y0, x1, y1) in pixels of the picture; ``line`` numbers the engine's own lines in its own
    reading order.
    """

    text: str
    box: tuple[float, float, float, float]
    line: int = 0


# Tesseract by kind of document: languages, page segmentation mode, whether drawn lines are taken out first.
# Chosen on training lines: without lines the cell F1 of tables rises from 0.51 to 0.81, receipts read worse.
TESSERACT_FOR = {
    "receipt": ("eng", 6, False),
    "invoice": ("eng+deu+fra", 4, False),
    "form": ("eng", 4, True),
    "page": ("eng", 3, False),
    "table": ("eng", 6, True),
}


class EngineError(RuntimeError):
    """An engine that is missing or failed on a picture; the message says what to do."""


class Engine(Protocol):
    """An OCR engine; ``version`` names it with its version.

    ``parts_cells``: what it gives as one piece does not reach from one column of a table into the next.
    """

    parts_cells: bool

    @property
    def version(self) -> str: ...
    def words(self, image: Image.Image) -> list[Word]: ...
    def close(self) -> None: ...


class Tesseract:
    """The ``tesseract`` program; raises :class:`EngineError` when it is not installed."""

    parts_cells = False

    def __init__(
        self, threads: int = 2, languages: str = "eng", mode: int = 4, is_ruled: bool = False
    ) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise EngineError("tesseract is not installed; on Debian: apt-get install tesseract-ocr")
        self.program, self.threads, self.mode, self.is_ruled = program, threads, mode, is_ruled
        self.languages = self._installed(languages)

    @property
    def version(self) -> str:
        head = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True)
        return " ".join((head.stdout or head.stderr).split()[:2])

    def words(self, image: Image.Image) -> list[Word]:
        """The words of an RGB picture in Tesseract's reading order."""
        scale = ENLARGE if image.width < SMALL_PX else 1.0
        grey, margin = image.convert("L"), 0
        if self.is_ruled:
            grey, margin = without_rules(grey), MARGIN_PX
        if scale != 1.0:
            size = round(image.width * scale), round(image.height * scale)
            grey = grey.resize(size, Image.Resampling.BICUBIC)
        grey = ImageOps.expand(grey, margin, fill=255)  # print at the very edge is not seen
        file = io.BytesIO()
        grey.save(file, "PPM")
        command = [self.program, "-", "-", "-l", self.languages, "--psm", str(self.mode), "tsv"]
        environment = os.environ | {
            "OMP_THREAD_LIMIT": str(self.threads),
            "OMP_NUM_THREADS": str(self.threads),
        }
        done = subprocess.run(command, input=file.getvalue(), capture_output=True, env=environment)
        if done.returncode:
            raise EngineError(f"tesseract failed: {done.stderr.decode(errors='replace').strip()[:200]}")
        return parse_tsv(done.stdout.decode("utf-8"), scale, margin)

    def close(self) -> None:
        """Nothing stays open."""

    def _installed(self, languages: str) -> str:
        listed = subprocess.run([self.program, "--list-langs"], capture_output=True, text=True, check=True)
        present = set((listed.stdout + listed.stderr).split())
        wanted = [name for name in languages.split("+") if name in present]
        if not wanted:
            raise EngineError(
                f"tesseract has none of the languages {languages}; apt-get install tesseract-ocr-eng"
            )
        return "+".join(wanted)


def without_rules(grey: Image.Image) -> Image.Image:
    """The picture without drawn lines, which Tesseract takes for letters: dark runs longer than any stroke.

    An opening by a line of ``RULE_PX`` pixels, once across and once down, whitened where it leaves something.
    """
    pixels = np.array(grey)
    ink = pixels < DARK
    for axis in (0, 1):
        if ink.shape[axis] > RULE_PX:
            pixels[_long_runs(ink, axis)] = 255
    return Image.fromarray(pixels)


def _long_runs(ink: np.ndarray, axis: int) -> np.ndarray:
    """Whether each pixel lies in a run of ``RULE_PX`` inked ones along ``axis``."""
    ink = np.moveaxis(ink, axis, 0)
    before = np.zeros((1, ink.shape[1]), np.int32)
    total = np.concatenate([before, np.cumsum(ink, axis=0, dtype=np.int32)])
    starts = total[RULE_PX:] - total[:-RULE_PX] == RULE_PX  # [n - RULE_PX + 1, m]: a run begins here
    counted = np.concatenate([before, np.cumsum(starts, axis=0, dtype=np.int32)])
    last = np.minimum(np.arange(ink.shape[0]) + 1, len(starts))
    first = np.maximum(np.arange(ink.shape[0]) + 1 - RULE_PX, 0)
    return np.moveaxis(counted[last] > counted[np.minimum(first, len(starts))], 0, axis)


def parse_tsv(text: str, scale: float = 1.0, margin: int = 0) -> list[Word]:
    """Words of Tesseract's TSV; its picture was ``scale`` times ours, with a border of ``margin``."""
    words: list[Word] = []
    lines: dict[tuple[str, str, str], int] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] != "5" or not (row["text"] or "").strip():
            continue
        line = lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(lines))
        x, y = ((float(row[name]) - margin) / scale for name in ("left", "top"))
        width, height = (float(row[name]) / scale for name in ("width", "height"))
        words.append(Word(row["text"].strip(), (x, y, x + width, y + height), line))
    return words


class RapidOcr:
    """RapidOCR in a worker process; ``python`` is the interpreter of the environment that has it."""

    parts_cells = True

    def __init__(self, python: Path, threads: int = 2) -> None:
        if not python.is_file():
            raise EngineError(f"RapidOCR's environment is missing ({python}); `make scoreboard` makes it")
        environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            [str(python), str(WORKER), str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.version = f"rapidocr {self._answer()['version']}"  # waits until the networks are loaded

    def words(self, image: Image.Image) -> list[Word]:
        """The text lines of a picture, top to bottom as RapidOCR sorts them."""
        assert self.process.stdin
        rgb = image.convert("RGB")
        self.process.stdin.write(json.dumps({"size": rgb.size}).encode() + b"\n" + rgb.tobytes())
        self.process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise EngineError(f"rapidocr failed: {answer['error']}")
        return [
            Word(str(text).strip(), (box[0], box[1], box[2], box[3]), line)
            for line, (text, box) in enumerate(answer["lines"])
            if str(text).strip()
        ]

    def close(self) -> None:
        """End the worker."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.process.wait(timeout=30)

    def _answer(self) -> Mapping:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise EngineError(
                f"the RapidOCR worker ended with code {self.process.wait()}; see its message above"
            )
        return json.loads(line)
