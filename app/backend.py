"""What turns a page and a prompt into text. A backend knows nothing of files, tasks or output formats.

``LocalBackend`` runs our own model in this process; ``FakeBackend`` answers from a table, for tests.
"""

import hashlib
import math
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PIL import Image

from ..language.grounding import parse_grounding
from ..language.official_config import is_official
from ..language.official_hub import OFFICIAL_NAMES, hub_folder, looks_like_hub_name
from ..vision.latest import Latest
from .calibration import Calibration
from .errors import ModelError, UsageError
from .memory import Freed, set_up_torch
from .official_prompts import official_prompt
from .pages_cache import EncodedPages
from .pages_match import PrintedRows, printed_rows
from .prompts import NOT_FOUND
from .settings import Settings
from .types import Box

if TYPE_CHECKING:
    from ..vision.coverage import Region

PRETRAINED = Path(__file__).parents[1] / "language" / "pretrained"


@dataclass(frozen=True)
class Piece:
    """Text that the model has just written and how probable it held it; the last piece says why it stopped:
    "eos" = it was finished, "length" = cut at the limit, "loop" = it repeated itself. The others have "".
    ``retract`` pieces before this one were such a repetition and are taken back."""

    text: str
    probability: float = 1.0
    stop: str = ""
    retract: int = 0


@dataclass(frozen=True)
class Reply:
    """A whole generation. ``stop`` as in :class:`Piece`; ``retractions``: repetitions that were dropped."""

    pieces: tuple[Piece, ...]
    retractions: int = 0

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def stop(self) -> str:
        """Why it ended."""
        return self.pieces[-1].stop if self.pieces else "eos"

    def confidence(self, start: int = 0, end: int | None = None) -> float:
        """Geometric mean probability of the tokens that overlap characters ``start`` to ``end``."""
        logs = [math.log(max(value, 1e-9)) for value in self._probabilities(start, end)]
        return math.exp(sum(logs) / len(logs)) if logs else 0.0

    def least(self, start: int = 0, end: int | None = None) -> float:
        """Probability of the least sure of these tokens."""
        return min(self._probabilities(start, end), default=0.0)

    def _probabilities(self, start: int, end: int | None) -> Iterator[float]:
        position = 0
        for piece in self.pieces:
            begin, position = position, position + len(piece.text)
            if not piece.stop and (end is None or begin < end) and position > start:
                yield piece.probability


class Backend(Protocol):
    """The seam between the application and a model."""

    name: str
    calibration: Calibration  # how the probabilities of its replies become confidence
    looks_twice: bool  # whether a second look at a page may help where its fields are unsure

    def warm_up(self) -> None:
        """Start loading in the background, where that is possible; returns at once."""

    @property
    def digest(self) -> str:
        """What identifies the weights; waits for the model. Raises ModelError."""

    def look(self, image: Image.Image) -> PrintedRows | None:
        """What is printed on a page, seen at a fraction of the cost of asking; None where a model cannot."""

    def open_page(self, image: Image.Image) -> Any:
        """Encode a page once; the handle serves any number of prompts."""

    def stream(self, page: Any, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        """Greedy answer to ``prompt`` about an opened page; the last piece carries ``stop``."""

    def locate(self, page: Any, image: Image.Image, text: str, near: str) -> Box | None:
        """Where on the opened page ``text`` is printed, by what the encoder saw; None where it is not found.

        ``near``: words that stand beside it, a label or a question.
        """

    def unread(self, page: Any, text: str) -> tuple[str, tuple["Region", ...]]:
        """A transcript of an opened page without what it has twice, and the print that it does not have."""

    def without_tail(self, page: Any, text: str) -> str:
        """A transcript of an opened page without lines at its end that are printed nowhere."""

    def departure(self, page: Any, text: str) -> float:
        """Edits between a transcript and the print of an opened page, as a share of it; 0 if unknown."""


class LocalBackend:
    """Our own model in this process. Torch is imported when the model loads, not before."""

    def __init__(self, settings: Settings) -> None:
        self.name, self.device = settings.model, settings.device
        self.calibration = Calibration()
        self.looks_twice = True
        self._lock = threading.Lock()
        self._model: Any = None
        self._phrase: Callable[[str], str] = str  # the prompt in words that the model knows
        self._opened = EncodedPages(settings.cached_pages, settings.cache_mb << 20)
        self._freed = Freed()

    def warm_up(self) -> None:
        threading.Thread(target=self._try_load, daemon=True, name="octavo-load").start()

    @property
    def digest(self) -> str:
        return self._load().digest

    def look(self, image: Image.Image) -> PrintedRows | None:
        model, key = self._load(), page_key(image)
        if model.vision.glyph_head is None:
            return None
        page = self._opened.get(key)
        if page is None:
            page = model.look(image)
            self._opened.put(key, page)
            self._freed.give_back()
        return printed_rows(page.glyphs) if page.glyphs else None

    def open_page(self, image: Image.Image) -> Any:
        from ..language.vlm import PagePrefix

        model, key = self._load(), page_key(image)
        page = self._opened.get(key)
        if not isinstance(page, PagePrefix):
            page = model.open_page(image) if page is None else model.read(page)
            self._opened.put(key, page)
            self._freed.give_back()
        return page

    def stream(self, page: Any, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        model = self._load()
        prompt = self._phrase(prompt)
        try:
            for token in model.stream(page, prompt, max_new_tokens=max_new_tokens):
                yield Piece(token.text, token.prob, retract=token.retract)
        except ValueError as error:  # page and prompt exceed the model's positions; it says the numbers
            raise UsageError(str(error)) from None
        yield Piece("", stop=model.last_stop)

    def locate(self, page: Any, image: Image.Image, text: str, near: str) -> Box | None:
        if page.glyphs is None:  # no glyph head: an official model, which writes boxes when asked for them
            return next((box for found in parse_grounding(text) for box in found.boxes), None)
        import numpy as np

        from ..vision.locate import locate

        found = locate(page.glyphs, page.plan.content, text, near, np.asarray(image.convert("L")))
        return found.box if found else None

    def unread(self, page: Any, text: str) -> tuple[str, tuple["Region", ...]]:
        if page.glyphs is None:
            return text, ()
        from ..vision.coverage import unread, without_repeats

        text = without_repeats(page.glyphs, text)
        return text, unread(page.glyphs, page.plan.content, text)

    def without_tail(self, page: Any, text: str) -> str:
        if page.glyphs is None:
            return text
        from ..vision.tail import without_tail

        return without_tail(page.glyphs, text)

    def departure(self, page: Any, text: str) -> float:
        if page.glyphs is None:
            return 0.0
        from ..vision.coverage import departure

        return departure(page.glyphs, text)

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = self._read_weights()
            return self._model

    def _read_weights(self) -> Any:
        folder = find_model(self.name)  # before torch is imported: a wrong name is told at once
        if is_official(folder):
            self._phrase = official_prompt
            self.looks_twice = False  # measured with our own reader only
        self.calibration = Calibration.load(folder)
        set_up_torch()
        try:
            from ..language.vlm import VisionLanguageModel

            model = VisionLanguageModel.from_pretrained(folder, device=self.device)
            self._freed.give_back(all_=True)  # loading has two copies of the weights for a moment
            return model
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(f"{self.name}: cannot be loaded ({reason}); install the model again") from error

    def _try_load(self) -> None:
        try:
            self._load()
        except ModelError:  # raised again, where it can be told, by the first call that needs the model
            pass


class FakeBackend:
    """Deterministic test double: answers from a table of prompts or from ``reply(image, prompt)``.

    Text comes word by word. A prompt that is not in the table gets the answer that the page does not hold it.
    """

    name = "fake"
    digest = "000000000000"
    calibration = Calibration()
    looks_twice = False

    def __init__(
        self,
        replies: Mapping[str, str] | Callable[[Image.Image, str], str] | None = None,
        probability: float = 0.9,
        stop: str = "eos",
    ) -> None:
        self.replies = replies if replies is not None else {}
        self.probability, self.stop = probability, stop
        self.prompts: list[str] = []
        self.opened: list[Image.Image] = []
        self.rows: Callable[[Image.Image], PrintedRows | None] = lambda image: None
        self.boxes: dict[str, Box] = {}
        self.located: list[tuple[str, str]] = []
        self.regions: list[tuple[Region, ...]] = []

    def warm_up(self) -> None:
        pass

    def look(self, image: Image.Image) -> PrintedRows | None:
        return self.rows(image)

    def open_page(self, image: Image.Image) -> Image.Image:
        self.opened.append(image)
        return image

    def stream(self, page: Image.Image, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        self.prompts.append(prompt)
        text = self.replies(page, prompt) if callable(self.replies) else self.replies.get(prompt, NOT_FOUND)
        words = re.findall(r"\s*\S+|\s+", text)
        for word in words[:max_new_tokens]:
            yield Piece(word, self.probability)
        yield Piece("", stop=self.stop if len(words) <= max_new_tokens else "length")

    def locate(self, page: Image.Image, image: Image.Image, text: str, near: str) -> Box | None:
        self.located.append((text, near))
        return self.boxes.get(text)

    def unread(self, page: Image.Image, text: str) -> tuple[str, tuple["Region", ...]]:
        return text, self.regions.pop(0) if self.regions else ()

    def without_tail(self, page: Image.Image, text: str) -> str:
        return text

    def departure(self, page: Image.Image, text: str) -> float:
        return 0.0


_KEYS: Latest[bytes] = Latest(4)


def page_key(image: Image.Image) -> bytes:
    """Equal for equal pixels: what a page is remembered by.

    All its pixels go into it, and it is asked for four times a page: those of the last pictures are kept.
    """
    size = repr(image.size).encode()
    return _KEYS.of(image, lambda: hashlib.blake2b(image.tobytes(), digest_size=16, key=size).digest())


def find_model(name: str) -> Path:
    """The folder of a shipped model, ``name`` itself when it is one, or a download of a hub name.

    Raises ModelError.
    """
    shipped = sorted(path.parent for path in PRETRAINED.glob("*/config.json"))
    for folder in (*shipped, Path(name)):
        if (folder.name == name or str(folder) == name) and (folder / "config.json").is_file():
            return folder
    if looks_like_hub_name(name):
        try:  # fetched only where the name itself says that it is a model; else it may be a mistyped path
            return hub_folder(name, local_files_only=name not in OFFICIAL_NAMES)
        except FileNotFoundError as error:
            if name in OFFICIAL_NAMES:
                raise ModelError(str(error)) from None
    known = ", ".join(folder.name for folder in shipped) or "none"
    raise ModelError(f"{name}: there is no such model; give a folder with one, or a shipped one: {known}")
