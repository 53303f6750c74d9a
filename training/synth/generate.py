"""The entry points: ``make_page`` and ``make_tile`` turn a random generator and a world into a page with its
truth.
"""

from collections.abc import Callable
from random import Random

import numpy as np

from . import (
    contracts,
    fiscal,
    forms,
    invoices,
    marks,
    office,
    patchwork,
    prose,
    questions,
    receipts,
    records,
    roll,
    sheets,
    statements,
    told,
    webshop,
    window,
)
from .canvas import OffPage
from .desk import Desk
from .page import Question, SyntheticPage
from .tiles import any_styles, pick_language, set_tile
from .world import World


def _invoice(desk: Desk) -> list[Question] | None:
    """By hand, a letter, a shop's, a program's, a later page of one, a form, in sentences, a patchwork."""
    ways = (
        invoices.invoice,
        window.window_letter,
        webshop.shop_bill,
        statements.statement,
        statements.following,
        fiscal.fiscal_bill,
        told.told_bill,
        patchwork.patchwork,
    )
    return desk.dice.choices(ways, (20, 14, 20, 16, 8, 6, 4, 22))[0](desk)


_Layout = Callable[[Desk], list[Question] | None]
_LAYOUTS: dict[str, tuple[_Layout, float]] = {
    "letter": (prose.letter, 8),
    "article": (prose.article, 10),
    "contract": (contracts.contract, 10),
    "report": (prose.report, 10),
    "passage": (prose.passage, 6),
    "invoice": (_invoice, 32),
    "receipt": (receipts.receipt, 10),
    "form": (forms.form, 12),
    "office": (office.office, 18),
    "record": (records.record, 18),
    "table": (sheets.table_page, 10),
    "label": (sheets.label, 5),
    "blank": (prose.blank, 1),
}
KINDS: tuple[str, ...] = tuple(_LAYOUTS)
_MARKED = 0.3
_POINTS = 131.33 / 72  # pixels a point of an A4 page that is 1086 pixels wide


def finish(desk: Desk, kind: str, extra: list[Question] | None = None, ask: int = 12) -> SyntheticPage:
    """Renders the desk and writes down what is on it; three pages in ten carry signs that are no text."""
    if desk.dice.random() < _MARKED:
        marks.scatter(desk)
    pixels = desk.canvas.finish()
    text, chars, boxes = desk.canvas.transcription()
    asked = questions.compose(
        desk.dice,
        desk.world,
        desk.fields,
        desk.grids,
        text,
        desk.language,
        kind=kind,
        blanks=desk.blanks,
        extra=[*desk.facts, *(extra or [])],
        most=ask,
    )
    fields, blanks = tuple(desk.fields), tuple(desk.blanks)
    return SyntheticPage(
        pixels, chars, boxes, text, fields, tuple(asked), kind, desk.language, desk.em, blanks
    )


def _dice(rng: np.random.Generator) -> Random:
    """Python's generator is much faster for single draws than numpy's."""
    return Random(int(rng.integers(2**62)))


def make_tile(
    rng: np.random.Generator, world: World, size: int = 384, *, kind: str | None = None
) -> SyntheticPage:
    """One dense tile of ``size`` pixels, deterministic for the state of ``rng``."""
    desk, name = set_tile(_dice(rng), world, size, kind)
    return finish(desk, name)


def make_page(
    rng: np.random.Generator,
    world: World,
    *,
    kind: str | None = None,
    size_px: tuple[int, int] = (1086, 1536),
    dpi: float | None = None,
    ask: int = 12,
) -> SyntheticPage:
    """One page of ``size_px`` (width, height), deterministic for the state of ``rng``.

    ``dpi`` sets how large the type is (131 by default: an A4 page of 1086 x 1536); ``ask`` bounds the
    questions.
    Raises ValueError for an unknown kind or a page under 256 pixels.
    """
    if kind is not None and kind not in _LAYOUTS:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    if min(size_px) < 256:
        raise ValueError(f"a page of {size_px[0]}x{size_px[1]} pixels is under 256")
    dice = _dice(rng)
    unit = dpi / 72 if dpi else _POINTS
    for _ in range(8):
        name = kind or _pick_kind(dice, size_px)
        desk, extra = _set_page(dice, world, name, size_px, unit)
        if desk.canvas.blocks or name == "blank":
            break
    return finish(desk, name, extra, ask)


def _pick_kind(dice: Random, size: tuple[int, int]) -> str:
    """Narrow pages are mostly receipts; small ones cannot hold an invoice."""
    weights = {name: weight for name, (_, weight) in _LAYOUTS.items()}
    narrow = size[1] > 1.75 * size[0] or size[0] < 600
    if narrow:
        weights = {"receipt": 60, "form": 6, "office": 4, "record": 10, "label": 10}
        weights |= {"contract": 6, "table": 6, "passage": 6}
    elif min(size) < 900:
        weights.pop("invoice")
    if not narrow and min(size) > 650:
        weights["receipt"] = 4  # a slip on a sheet
    return dice.choices(list(weights), list(weights.values()))[0]


def _set_page(
    dice: Random, world: World, name: str, size: tuple[int, int], unit: float
) -> tuple[Desk, list[Question] | None]:
    """Sets one page; a layout that does not fit (OffPage) is tried again with smaller type."""
    english = name == "office" or (name == "receipt" and dice.random() < 0.6)
    language = "en" if english else pick_language(dice)
    styles = receipts.styles(dice) if name == "receipt" else _page_styles(dice, name)
    em = roll.pick_em(dice, size) if name == "receipt" else prose.pick_em(dice, unit)
    if name != "receipt":
        em = min(em, size[0] / 34)
    state = dice.getrandbits(62)
    for shrink in (1.0, 0.86, 0.74, 0.62, 0.5):
        desk = Desk(Random(state), world, language, size, em * shrink, styles)
        try:
            return desk, _LAYOUTS[name][0](desk)
        except OffPage:
            continue
    desk = Desk(Random(state), world, language, size, em * 0.5, styles)
    prose.blank(desk)
    return desk, None


def _page_styles(dice: Random, name: str) -> tuple[str, ...]:
    """Body faces: rarely handwriting or display type; agreements are mostly set in serifs."""
    if dice.random() < 0.12:
        return any_styles(dice)
    weights = {"contract": (18, 72, 10), "office": (25, 30, 45)}.get(name, (52, 36, 12))
    return (dice.choices(("sans", "serif", "mono"), weights)[0],)
