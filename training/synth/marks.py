"""Drawn signs that are no text: bars, rules, ticks, brackets so close to print that they pass for letters."""

from collections.abc import Callable

from .canvas import Run
from .desk import Desk

MOST = 10
_Draw = Callable[[Desk, Run, float, int], None]


def scatter(desk: Desk) -> None:
    """Draws one or two sorts of signs beside some of the page's strings, never across another string."""
    dice = desk.dice
    runs = [run for run in desk.canvas.drawn if run.printed]
    if not runs:
        return
    for _ in range(dice.choice((1, 1, 2))):
        draw = dice.choice(_SORTS)
        grey = dice.randint(0, min(150, max(desk.canvas.paper - 90, 1)))
        for run in dice.sample(runs, min(len(runs), dice.randint(1, MOST))):
            draw(desk, run, run.bottom - run.top, grey)


def bar(desk: Desk, x: float, top: float, bottom: float, grey: int, thick: float = 1.0) -> None:
    """An upright stroke, unless something is printed where it would stand."""
    if _is_free(desk, x - 1, top, x + thick + 1, bottom) and x > 0:
        desk.canvas.rule(x, top, x, bottom, grey, thick)


def _is_free(desk: Desk, x0: float, y0: float, x1: float, y1: float, but: Run | None = None) -> bool:
    """Whether nothing is printed in the rectangle, ``but`` set aside."""
    drawn = (run for run in desk.canvas.drawn if run is not but)
    return all(r.x1 <= x0 or r.x0 >= x1 or r.bottom <= y0 or r.top >= y1 for r in drawn)


def _before(desk: Desk, run: Run, tall: float, grey: int) -> None:
    dice = desk.dice
    gap, reach = dice.uniform(0.12, 0.6) * tall, dice.uniform(-0.15, 0.3) * tall
    bar(desk, run.x0 - gap - 1, run.top - reach, run.bottom + reach, grey, dice.choice((1, 1, 1, 2, 3)))


def _after(desk: Desk, run: Run, tall: float, grey: int) -> None:
    dice = desk.dice
    gap, reach = dice.uniform(0.12, 0.6) * tall, dice.uniform(-0.15, 0.3) * tall
    bar(desk, run.x1 + gap, run.top - reach, run.bottom + reach, grey, dice.choice((1, 1, 1, 2, 3)))


def _below(desk: Desk, run: Run, tall: float, grey: int) -> None:
    """An underline that almost touches the letters."""
    dice = desk.dice
    base = run.bottom - tall * dice.uniform(0.0, 0.2)
    end = run.x1 + dice.choice((0.0, 0.0, tall, 4 * tall))
    if _is_free(desk, run.x0, run.bottom + 1, end, run.bottom + 3):
        desk.canvas.rule(run.x0, base, min(end, desk.width - 2), base, grey, dice.choice((1, 1, 2)))


def _frame(desk: Desk, run: Run, tall: float, grey: int) -> None:
    pad = tall * desk.dice.uniform(0.08, 0.4)
    x0, y0, x1, y1 = run.x0 - pad, run.top - pad * 0.6, run.x1 + pad, run.bottom + pad * 0.6
    if _is_free(desk, x0, y0, x1, y1, but=run) and x0 > 0:
        desk.canvas.frame(x0, y0, min(x1, desk.width - 3), y1, grey, desk.dice.choice((1, 1, 2)))


def _bracket(desk: Desk, run: Run, tall: float, grey: int) -> None:
    """Corner strokes as around a field to be filled in."""
    dice = desk.dice
    x, reach, arm = run.x0 - tall * dice.uniform(0.2, 0.5), tall * 0.1, tall * dice.uniform(0.15, 0.35)
    if x > 1 and _is_free(desk, x - 1, run.top, run.x0 - 1, run.bottom):
        bar(desk, x, run.top - reach, run.bottom + reach, grey)
        desk.canvas.rule(x, run.bottom + reach, x + arm, run.bottom + reach, grey)
        if dice.random() < 0.5:
            desk.canvas.rule(x, run.top - reach, x + arm, run.top - reach, grey)


def _dot(desk: Desk, run: Run, tall: float, grey: int) -> None:
    """A square, disc or ring before the string: a bullet, a tick box, an icon."""
    dice = desk.dice
    size = tall * dice.uniform(0.22, 0.8)
    x, y = run.x0 - size - tall * dice.uniform(0.15, 0.5), (run.top + run.bottom - size) / 2
    if x < 1 or not _is_free(desk, x - 1, y, x + size + 1, y + size):
        return
    shape = dice.choice(("square", "frame", "disc", "ring"))
    if shape == "square":
        desk.canvas.fill(x, y, x + size, y + size, grey)
    elif shape == "frame":
        desk.canvas.frame(x, y, x + size, y + size, grey)
    else:
        desk.canvas.ellipse(x, y, x + size, y + size, grey, size * 0.15 if shape == "ring" else 0.0)


def _dash(desk: Desk, run: Run, tall: float, grey: int) -> None:
    """A long stroke that leads to the string, or away from it."""
    dice = desk.dice
    long, gap = tall * dice.uniform(1.5, 6), tall * dice.uniform(0.2, 0.5)
    y = (run.top + run.bottom) / 2
    x0 = run.x0 - gap - long if dice.random() < 0.5 else run.x1 + gap
    if x0 > 1 and x0 + long < desk.width - 2 and _is_free(desk, x0 - 2, run.top, x0 + long + 2, run.bottom):
        desk.canvas.rule(x0, y, x0 + long, y, grey, dice.choice((1, 1, 2)))


_SORTS: tuple[_Draw, ...] = (_before, _before, _before, _after, _below, _frame, _bracket, _dot, _dash)
