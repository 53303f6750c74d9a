"""Marks that are names: a word or two in a cut of their own, which are all that says whose paper it is."""

from .canvas import Line, Style
from .desk import Desk

_CUTS = ("display", "hand", "serif", "sans", "sans")
_SHAPES = ("{a}", "{a}", "{a}", "{a} {b}", "{a} & {b}", "{a}{c}", "The {a}", "{a}'s", "{a} {w}", "{a}.com")


def brand(desk: Desk) -> str:
    """A name without a legal form, as shops have it over their doors."""
    dice, names = desk.dice, desk.world.names
    text = dice.choice(_SHAPES).format(
        a=names.proper(dice),
        b=names.proper(dice),
        c=names.proper(dice)[:5].lower(),
        w=names.word(dice).capitalize(),
    )
    return dice.choice((text, text, text, text.upper(), text.lower()))


def _mark_style(desk: Desk) -> Style:
    """A large cut that the rest of the page need not share."""
    dice = desk.dice
    style = desk.style(dice.uniform(1.6, 3.4), "bold", dice.randint(0, 110))
    if dice.random() < 0.35:
        return style
    faces = desk.world.pick_faces(dice, desk.language, (dice.choice(_CUTS),))  # regular, bold, italic
    return Style(dice.choices(faces, (5, 4, 1))[0], style.size, style.ink, 0.0)


def set_mark(desk: Desk, x: float, y: float, width: float, text: str, align: str) -> tuple[list[Line], float]:
    """Sets the mark as a heading, smaller until it fits; its lines and y below. ``x`` as in ``Desk.put``."""
    style = _mark_style(desk)
    while style.width(text) > width and style.size > desk.em:
        style = Style(style.face, style.size * 0.85, style.ink, 0.0)
    lines, y = desk.lines(x, y, desk.wrap(text, style, width), style, align, 1.2)
    desk.canvas.heading(lines, 1)
    return lines, y
