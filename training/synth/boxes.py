"""Parts of forms that are filled box by box: combs of characters and check boxes."""

from .canvas import Line, Run, Style, mark
from .desk import Desk
from .labels import pick_label, value_lines
from .page import Field


def colon(desk: Desk) -> str:
    """What ends a label in a form."""
    return desk.dice.choice((":", ":", "", ":"))


def comb_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """A label and one box for every character of the value; transcribed without the gaps."""
    dice, canvas = desk.dice, desk.canvas
    label = desk.style()
    pool = (
        "social security number",
        "date of birth",
        "postal code",
        "ID number",
        "passport number",
        "customer number",
        "IBAN",
        "phone",
        "BIC",
    )
    cell = filled.size * dice.uniform(1.05, 1.5)
    for _ in range(dice.randint(1, 3)):
        text, name, kind = pick_label(dice, desk.world, desk.language, taken, pool, 0.1)
        value = "".join(value_lines(dice, desk.world, "id" if name == "" else kind, desk.language)[0].split())
        if y + cell * 1.7 > bottom or label.width(text) > (x1 - x0) * 0.6:
            break
        above = dice.random() < 0.4
        head = desk.put(
            x0,
            y + label.top + (0 if above else (cell - label.size) / 2),
            text,
            label,
        )
        left = x0 if above else head.x1 + desk.em
        top = y + (label.size * 1.35 if above else 0)
        count = len(value)
        if left + count * cell > x1 or top + cell > bottom:
            value, count = "", min(8, int((x1 - left) / cell))
        base = top + (cell + filled.top - filled.bottom * 0.4) / 2
        runs = [desk.put(left + (i + 0.5) * cell, base, c, filled, "centre") for i, c in enumerate(value)]
        for i in range(count + 1):
            canvas.rule(left + i * cell, top, left + i * cell, top + cell, desk.line_ink)
        if count:
            canvas.rule(left, top, left + count * cell, top, desk.line_ink)
            canvas.rule(left, top + cell, left + count * cell, top + cell, desk.line_ink)
        joined = _joined(runs)
        if above:
            canvas.paragraph([[head], joined] if joined else [[head]])
        else:
            canvas.paragraph([[head, *joined]])
        if joined:
            desk.note(text, name, joined, kind)
        else:
            desk.note_blank(text)
        y = top + cell + desk.em * 0.5
    return y


def _joined(runs: list[Run]) -> list[Run]:
    """One run for the characters of a comb, so that its text has no gaps; each cell reaches to the next
    character.
    """
    if not runs:
        return []
    text = "".join(run.text for run in runs)
    edges = [run.x0 for run in runs] + [runs[-1].x1]
    rights = [run.x1 for run in runs]
    return [Run(text, text, edges, min(r.top for r in runs), max(r.bottom for r in runs), rights)]


def checks_part(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, taken: set[str], filled: Style
) -> float:
    """A question with options to tick; the ticked ones are its value."""
    dice, canvas = desk.dice, desk.canvas
    style = desk.style()
    size = desk.em * dice.uniform(0.65, 0.95)
    pitch = desk.pitch(style, desk.leading * 1.2)
    row = dice.random() < 0.5
    text, name, _ = pick_label(dice, desk.world, desk.language, taken, (), 1.0)
    if y + 2 * pitch > bottom:
        return y
    head = desk.put(x0, y + style.top, desk.fit(text + colon(desk), style, (x1 - x0) * 0.5), style)
    block: list[Line] = [[head]]
    left = head.x1 + desk.em if row else x0 + desk.em
    if not row:
        y += pitch
    ticked = []
    options: list[tuple[Run, Run, bool]] = []
    yes_no = dice.random() < 0.3
    words = (
        ["Yes", "No"]
        if yes_no
        else [
            " ".join(desk.world.names.word(dice) for _ in range(dice.choice((1, 1, 2)))).capitalize()
            for _ in range(dice.randint(2, 5))
        ]
    )
    single = dice.randrange(len(words)) if dice.random() < 0.7 else -1
    frame = dice.choice(("box", "box", "box", "round", "rule"))
    for number, word in enumerate(words):
        wide = size + desk.em * 0.4 + style.width(word) + desk.em
        if row and left + wide > x1:
            break
        if y + pitch > bottom:
            break
        base = y + style.top
        top = base - size * 0.9
        on = number == single if single >= 0 else dice.random() < 0.4
        if frame == "rule":
            canvas.rule(left, top + size, left + size, top + size, desk.ink)
        elif frame == "round":
            canvas.ellipse(left, top, left + size, top + size, desk.ink, ring=1.5)
        else:
            canvas.frame(left, top, left + size, top + size, desk.ink, dice.choice((1, 1, 2)))
        if on:
            _tick(desk, left, top, size)
        box = mark("[x]" if on else "[ ]", left, top, left + size, top + size)
        run = desk.put(left + size + desk.em * 0.4, base, word, style)
        if on:
            ticked.append(run)
        options.append((run, box, on))
        if row:
            block[0] += [box, run]
            left += wide
        else:
            block.append([box, run])
            y += pitch
    canvas.paragraph(block)
    if len(ticked) == 1 and head.text.startswith(text):
        desk.note(text, name, ticked, "choice")
    elif options and not ticked and head.text.startswith(text):
        desk.note_blank(text)
    for run, box, on in options if not yes_no else ():
        if len(run.text) > 3 and dice.random() < 0.4:
            where = canvas.box([box, run])
            desk.fields.append(Field(run.text, "", "checked" if on else "unchecked", where, "check"))
    return y + (pitch if row else 0)


def _tick(desk: Desk, x: float, y: float, size: float) -> None:
    """A cross, a filled box or a hook."""
    canvas, dice = desk.canvas, desk.dice
    shape = dice.randint(0, 2)
    count = max(2, round(size * 0.75))
    left, top = x + size * 0.15, y + size * 0.15
    if shape == 0:
        canvas.fill(left, top, x + size * 0.9, y + size * 0.9, desk.ink)
        return
    for i in range(count):
        t = i / count * size * 0.75
        if shape == 1:
            canvas.fill(left + t, top + t, left + t + 2, top + t + 2, desk.ink)
            canvas.fill(left + t, top + size * 0.7 - t, left + t + 2, top + size * 0.7 - t + 2, desk.ink)
        else:
            low = top + size * 0.4 + t if t < size * 0.28 else top + size * 0.68 - (t - size * 0.28) * 1.4
            canvas.fill(left + t, low, left + t + 2, low + 2, desk.ink)
