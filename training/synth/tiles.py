"""Single tiles: a few lines that fill a part of one 384-pixel view."""

from random import Random

from . import values
from .canvas import Line
from .desk import Desk
from .labels import pick_label, value_lines
from .spelling import vary
from .tables import random_look, set_table
from .world import World

STYLES = ("sans", "sans", "serif", "serif", "mono", "mono", "display", "hand")


def pick_language(dice: Random) -> str:
    return dice.choices(values.LANGUAGES, (44, 14, 11, 10, 8, 6, 7))[0]


def any_styles(dice: Random) -> tuple[str, ...]:
    return (dice.choices(STYLES, (20, 20, 15, 15, 9, 9, 6, 6))[0],)


def open_tile(dice: Random, world: World, size: int) -> Desk:
    language = pick_language(dice)
    em = size / 384 * 11 * (36 / 11) ** (dice.random() ** 1.5)
    return Desk(dice, world, language, (size, size), em, any_styles(dice))


def _start(desk: Desk, lines: int) -> tuple[float, float, float]:
    """Left and top edge and width of a text of about ``lines`` lines, at a random place."""
    margin = desk.dice.uniform(4, 22)
    width = desk.width - 2 * margin
    height = lines * desk.pitch(desk.style())
    top = margin + max(0.0, (desk.height - 2 * margin - height)) * desk.dice.random()
    return margin, top, width


def sprinkle(dice: Random, world: World, text: str, language: str, share: float) -> str:
    """Replaces a share of the words by values that must be read letter by letter."""
    words = text.split()
    for i in range(len(words)):
        if dice.random() < share:
            kind = dice.choice(
                ("id", "amount", "date", "code", "number", "percent", "phone", "email", "company", "person")
            )
            words[i] = value_lines(dice, world, kind, language)[0]
    return " ".join(words)


def paragraph_tile(desk: Desk) -> None:
    dice, world = desk.dice, desk.world
    style = desk.style(weight=dice.choice(("regular", "regular", "regular", "bold", "italic")))
    margin = dice.uniform(4, 20)
    width = (desk.width - 2 * margin) * dice.choice((1, 1, 1, 1, dice.uniform(0.6, 1)))
    per_line = width / max(style.face.width("estimation of width") / 19 * style.size, 1)
    room = int((desk.height - 2 * margin) / desk.pitch(style))
    most = min(330, int(per_line * room * 0.93))
    text = world.library.piece(dice, desk.language, min(100, most * 2 // 3), max(most, 20))
    text = vary(dice, text, desk.language)
    if dice.random() < 0.3:
        text = sprinkle(dice, world, text, desk.language, 0.2)
    if dice.random() < 0.08:
        text = text.upper()
    lines = len(desk.wrap(text, style, width))
    y = margin + max(0.0, desk.height - 2 * margin - lines * desk.pitch(style)) * dice.random()
    x = margin + (desk.width - 2 * margin - width) * dice.random()
    bottom = desk.height - 2
    if dice.random() < 0.15:
        head = desk.style(dice.uniform(1.0, 1.4), "bold")
        title = desk.fit(world.library.piece(dice, desk.language, 10, 40), head, width)
        if len(title) > 3 and y + 3 * desk.pitch(head) < desk.height:
            y = desk.heading(x, margin, width, title, head, dice.choice((1, 2)))
    align = dice.choice(("left", "left", "left", "justify", "centre", "right"))
    split = dice.randrange(len(text)) if dice.random() < 0.3 else 0
    cut = text.find(" ", split) if split else -1
    if cut > 0:
        y = desk.paragraph(x, y, width, text[:cut], style, bottom=bottom, align=align)
        y += desk.em * dice.uniform(0.4, 1)
        text = text[cut:].strip()
    desk.paragraph(x, y, width, text, style, bottom=bottom, align=align)


def random_tile(desk: Desk) -> None:
    """Rows of strings without sense."""
    dice = desk.dice
    kinds = (
        "id",
        "code",
        "code",
        "amount",
        "date",
        "phone",
        "email",
        "url",
        "number",
        "iban",
        "vat",
        "percent",
        "quantity",
        "time",
        "zip",
        "ssn",
    )
    style = desk.style(weight=dice.choice(("regular", "regular", "bold")))
    pitch = desk.pitch(style)
    room = int((desk.height - 16) / pitch)
    count = dice.randint(max(1, min(room, 14) // 3), max(1, min(room, 14)))
    x, y, width = _start(desk, count)
    block: list[Line] = []
    total = 0
    align = dice.choice(("left", "left", "right", "spread"))
    for _ in range(count):
        if y + style.top + style.bottom > desk.height - 2 or total > 300:
            break
        left = x
        line: Line = []
        while True:
            text = value_lines(dice, desk.world, dice.choice(kinds), desk.language)[0]
            wide = style.width(text)
            if left + wide > x + width:
                break
            at = x + width - wide if align == "right" and not line else left
            line.append(desk.put(at, y + style.top, text, style))
            left = at + wide + style.width(" ") * (dice.uniform(1.5, 6) if align == "spread" else 1.2)
            total += len(text)
            if dice.random() < 0.35:
                break
        if line:
            block.append(line)
            y += pitch
    desk.canvas.paragraph(block)


def pairs_tile(desk: Desk) -> None:
    """Rows of label and value in one of several arrangements."""
    dice = desk.dice
    label_style = desk.style(weight=dice.choice(("regular", "regular", "bold")))
    value_style = desk.style(weight=dice.choice(("regular", "regular", "regular", "bold")))
    pitch = desk.pitch(label_style, max(desk.leading, dice.uniform(1.1, 2)))
    room = int((desk.height - 16) / pitch)
    count = dice.randint(max(1, min(room, 11) // 3), max(1, min(room, 11)))
    x, y, width = _start(desk, count)
    colon = dice.choice((":", ":", "", " :"))
    arrange = dice.choice(("gap", "column", "column", "ends", "leader", "rule"))
    column = x + width * dice.uniform(0.35, 0.55)
    block: list[Line] = []
    taken: set[str] = set()
    for _ in range(count):
        base = y + label_style.top
        if base + label_style.bottom > desk.height - 2:
            break
        label, key, kind = pick_label(dice, desk.world, desk.language, taken)
        if kind == "address":
            kind = "street"
        value = value_lines(dice, desk.world, kind, desk.language)[0]
        wide, long = label_style.width(label + colon), value_style.width(value)
        left = {"gap": x + wide + label_style.width(" ") * 1.5, "column": column}.get(
            arrange, x + width - long
        )
        if left < x + wide + label_style.width(" ") * 0.8 or left + long > desk.width - 2:
            left = x + wide + label_style.width(" ")
        if left + long > desk.width - 2:
            continue
        head = desk.put(x, base, label + colon, label_style)
        run = desk.put(left, base, value, value_style)
        if arrange == "leader" and left - head.x1 > 2 * desk.em:
            desk.canvas.dots(head.x1 + 4, left - 4, base - 1, dice.randint(3, 6), desk.ink)
        if arrange == "rule":
            desk.canvas.rule(left, base + desk.em * 0.22, x + width, base + desk.em * 0.22, desk.line_ink)
        desk.note(label, key, [run], kind)
        block.append([head, run])
        y += pitch
    desk.canvas.paragraph(block)


def table_tile(desk: Desk) -> None:
    dice = desk.dice
    columns = dice.randint(2, 4)
    kinds = [dice.choice(("product", "city", "person", "text", "id"))] + [
        dice.choice(("amount", "number", "percent", "date", "id", "quantity", "status"))
        for _ in range(columns - 1)
    ]
    taken: set[str] = set()
    rows = [[pick_label(dice, desk.world, desk.language, taken, invent=0.5)[0] for _ in kinds]]
    for _ in range(dice.randint(2, 9)):
        rows.append([value_lines(dice, desk.world, k, desk.language)[0] for k in kinds])
    desk.em = min(desk.em, desk.width / 18)
    margin = dice.uniform(5, 16)
    aligns = ["left"] + [dice.choice(("left", "right", "right", "centre"))] * (columns - 1)
    for shrink in (1.0, 0.75, 0.6):
        if shrink * desk.em < 10:
            break
        y = margin + dice.random() * desk.height * 0.3
        _, done = set_table(
            desk,
            margin,
            y,
            desk.width - 2 * margin,
            rows,
            aligns=aligns,
            style=desk.style(shrink),
            look=random_look(desk),
            bottom=desk.height - 4,
            stretch=dice.random() < 0.7,
        )
        if done:
            return
    random_tile(desk)


TILES = {
    "paragraph": (paragraph_tile, 36),
    "pairs": (pairs_tile, 26),
    "random": (random_tile, 24),
    "table": (table_tile, 14),
}


def set_tile(dice: Random, world: World, size: int, kind: str | None = None) -> tuple[Desk, str]:
    """A desk with one tile set on it, and its kind. Something is always printed."""
    for _ in range(20):
        desk = open_tile(dice, world, size)
        name = kind or dice.choices(list(TILES), [weight for _, weight in TILES.values()])[0]
        TILES[name][0](desk)
        if desk.canvas.blocks:
            return desk, name
    raise RuntimeError(f"no tile of kind {kind!r} could be set at {size} px")
