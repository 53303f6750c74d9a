"""Pages that say nothing: what a reader must not find an answer on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (1086, 1536)  # width, height: A4
Picture = np.ndarray  # [height, width] grey, float 0..255


def blank_pages(folder: Path) -> list[Path]:
    """The files of the pages below ``folder``, drawn where they are missing, always the same pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, draw in DRAWN.items():
        path = folder / f"{name}.png"
        paths.append(path)
        if not path.exists():
            grey = np.clip(draw(np.random.default_rng(11)), 0, 255).astype(np.uint8)
            Image.fromarray(grey).save(path, compress_level=1)  # noise does not get smaller by trying longer
    return paths


def _white() -> Picture:
    return np.full(SIZE[::-1], 255.0)


def _paper(rng: np.random.Generator) -> Picture:
    """Scanner noise on off-white."""
    return 236 + rng.normal(0, 5, SIZE[::-1])


def _shadow(rng: np.random.Generator) -> Picture:
    """A sheet that is darker to one side."""
    return _paper(rng) - 90 * np.linspace(0, 1, SIZE[0])[None, :] ** 2


def _speckled(rng: np.random.Generator) -> Picture:
    """A bad photocopy: dirt all over."""
    page = _paper(rng)
    page[rng.random(page.shape) < 0.004] = 20
    return page


def _ruled(rng: np.random.Generator) -> Picture:
    """Writing paper."""
    page = _paper(rng)
    page[120::48] = 140
    return page


def _grid(rng: np.random.Generator) -> Picture:
    """An empty table."""
    page = _white()
    page[200:1300:60, 90:996] = 0
    page[200:1281, 90:996:151] = 0
    return page


def _border(rng: np.random.Generator) -> Picture:
    """An empty sheet with the black edges of a photocopier."""
    page = _paper(rng)
    page[:60], page[-40:], page[:, :50], page[:, -30:] = 12, 12, 12, 12
    return page


DRAWN: dict[str, Callable[[np.random.Generator], Picture]] = {
    "grid": _grid,
    "white": lambda rng: _white(),
    "paper": _paper,
    "shadow": _shadow,
    "speckled": _speckled,
    "ruled": _ruled,
    "border": _border,
    "dark": lambda rng: _paper(rng) - 200,
}
