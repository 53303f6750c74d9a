"""What worker processes of the batch tests answer with: ``batch_backend:make``. It is told what to do by
marks on the page (the colour of its middle) and by the environment of the test."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from octavo.app import FakeBackend, Settings
from octavo.app.backend import Piece
from octavo.app.prompts import NOT_FOUND, READ

CRASH, HANG, ONCE, EVIL, LOOP = (255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 0, 255), (0, 255, 255)
EVIL_TEXT = '=HYPERLINK("http://x")<script>alert(1)</script>'


def make(settings: Settings) -> FakeBackend:
    """The factory that ``Spec.backend`` names."""
    if "FAKE_PIDS" in os.environ:  # who worked, so that a test can see whether they ended
        (Path(os.environ["FAKE_PIDS"]) / str(os.getpid())).touch()
    if os.environ.get("FAKE_START") == "crash":
        os._exit(9)
    return MarkedBackend()


class MarkedBackend(FakeBackend):
    """Text and confidence follow from the pixels, so that every run gives the same."""

    def __init__(self) -> None:
        super().__init__(reply)
        self.digest = os.environ.get("FAKE_DIGEST", "000000000000")

    def stream(self, page: Image.Image, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        """A reply after the delay that the test wants."""
        time.sleep(float(os.environ.get("FAKE_DELAY", "0")))
        act(colour(page))
        self.stop = "loop" if colour(page) == LOOP else "eos"
        self.probability = 0.5 + fingerprint(page)[0] / 512
        return super().stream(page, prompt, max_new_tokens)


def colour(page: Image.Image) -> tuple[int, ...]:
    """The mark of a page; white where there is none."""
    return page.getpixel((page.width // 2, page.height // 2))


def fingerprint(page: Image.Image) -> bytes:
    """Equal for equal pixels."""
    return hashlib.sha256(page.tobytes()).digest()


def act(mark: tuple[int, ...]) -> None:
    """Do to this process what the mark says."""
    if mark == CRASH:
        os._exit(13)
    if mark == HANG:
        time.sleep(600)
    flag = os.environ.get("FAKE_FLAG")
    if mark == ONCE and flag and not Path(flag).exists():
        Path(flag).touch()
        os._exit(14)


def reply(page: Image.Image, prompt: str) -> str:
    """Text of the page for ``READ``; two fields; an answer on two of three pages."""
    if colour(page) == EVIL:
        return EVIL_TEXT
    word = fingerprint(page).hex()[:12]
    if prompt == READ:
        return f"text {word}"
    if prompt.startswith("Extract"):
        return f'{{"number": "{word}", "total": null}}'
    return NOT_FOUND if fingerprint(page)[1] % 3 == 0 else word
