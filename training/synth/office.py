"""Office forms as they were typed, filled in and filed: memo heads, ruled lines, columns to be crossed, small
tables, boxes, remarks, signatures, numbers stamped on the edge.

What belongs to a label is all of it: names over several lines, a whole remark, a column of figures, the cross
beside an option. A label is asked for as it is printed, with or without its colon.
"""

from . import values
from .canvas import Line, Run, Style
from .desk import Desk
from .labels import made_up, value_lines
from .office_form import Office, Part
from .office_grids import boxed_part, choice_part, crossed_part, figures_part
from .office_labels import BRIEF, HEADS, REMARKS, TITLES
from .prose import running_text


def office(desk: Desk) -> None:
    """Sets a whole page."""
    form = Office(desk)
    dice = desk.dice
    y = form.y
    if dice.random() < 0.85:
        y = _title(form, y)
    if dice.random() < 0.5:
        y = names_part(form, y)
    parts: tuple[Part, ...] = (
        lines_part,
        lines_part,
        lines_part,
        crossed_part,
        figures_part,
        boxed_part,
        remark_part,
        plain_part,
        plain_part,
        choice_part,
    )
    stop = y + (form.bottom - y) * (1.0 if dice.random() < 0.5 else dice.uniform(0.55, 1))
    for _ in range(18):
        if y + 4 * form.pitch > stop:
            break
        if dice.random() < 0.2:
            y = _heading(form, y)
        y = dice.choice(parts)(form, y) + desk.em * dice.uniform(0.2, 1.6)
    if dice.random() < 0.4 and y + 4 * form.pitch < form.bottom:
        y = signed_part(form, y)
    _edges(form)


def _title(form: Office, y: float) -> float:
    desk, dice = form.desk, form.dice
    style = desk.style(dice.uniform(1, 1.5), dice.choice(("bold", "bold", "regular")))
    at = dice.choice(("centre", "centre", "left"))
    for number in range(dice.choice((1, 1, 2, 3))):
        text = dice.choice(TITLES) if number == 0 else f"({dice.choice(TITLES).title()})"
        if dice.random() < 0.2:
            text = " ".join(desk.world.names.word(dice) for _ in range(3)).upper()
        text = desk.fit(text, style, form.x1 - form.x0)
        y = desk.heading(form.x0, y, form.x1 - form.x0, text, style, 1 if number == 0 else 2, at)
        if dice.random() < 0.3:
            wide = style.width(text)
            left = form.x0 if at == "left" else (form.x0 + form.x1 - wide) / 2
            desk.canvas.rule(left, y - style.size * 0.1, left + wide, y - style.size * 0.1, desk.ink)
    return y + desk.em * dice.uniform(0.5, 1.5)


def _heading(form: Office, y: float) -> float:
    desk, dice = form.desk, form.dice
    mark = dice.choice(("", "", f"{dice.randint(1, 9)}. ", f"{chr(65 + dice.randrange(6))}. "))
    words = dice.choice(HEADS) if dice.random() < 0.6 else made_up(dice, desk.world, "en")[0]
    style = desk.style(1, dice.choice(("bold", "regular")))
    text = desk.fit(mark + (words.upper() if dice.random() < 0.5 else words), style, form.x1 - form.x0)
    return desk.heading(form.x0, y, form.x1 - form.x0, text, style, 2) + desk.em * 0.4


def names_part(form: Office, y: float) -> float:
    """TO:, FROM:, cc: with one or several names, each on its own line or in columns."""
    desk, dice = form.desk, form.dice
    start = form.x0 + max(form.label.width("SUBJECT: "), form.label.width("From: ")) + desk.em
    for word, kind in dice.choice(BRIEF):
        if word.casefold() in form.taken:
            continue
        form.taken.add(word.casefold())
        base = y + max(form.label.top, form.filled.top)
        head = desk.put(form.x0, base, word + (":" if dice.random() < 0.85 else ""), form.label)
        block: list[Line] = [[head]]
        runs: list[Run] = []
        count = dice.randint(1, 5) if kind == "person" and dice.random() < 0.4 else 1
        columns = dice.choice((1, 1, 2, 3)) if count > 1 else 1
        wide = (form.x1 - start) / columns
        for number in range(count * columns if columns > 1 else count):
            row, column = divmod(number, columns)
            text = desk.fit(form.value(kind), form.filled, wide - desk.em)
            if base + row * form.pitch > form.bottom - form.pitch:
                break
            run = desk.put(start + column * wide, base + row * form.pitch, text, form.filled)
            runs.append(run)
            block[-1].append(run) if row == len(block) - 1 else block.append([run])
        desk.canvas.paragraph(block)
        form.note(head, word, "", runs, kind)
        y += form.pitch * len(block) + desk.em * dice.uniform(0, 0.6)
    if dice.random() < 0.4:
        desk.canvas.rule(form.x0, y, form.x1, y, desk.ink, dice.choice((1, 1, 2)))
        y += desk.em * 0.6
    return y


def lines_part(form: Office, y: float) -> float:
    """Labels with values on ruled lines; a long value goes on upon the next line."""
    desk, dice = form.desk, form.dice
    aligned = dice.random() < 0.5
    start_all = form.x0 + desk.em * dice.uniform(6, 12)
    cells = dice.choice((1, 1, 1, 2, 2, 3))
    wide = (form.x1 - form.x0) / cells
    block: list[Line] = []
    gap = form.pitch * dice.uniform(1, 1.5)
    for _ in range(dice.randint(2, 8)):
        if y + 2 * gap > form.bottom:
            break
        line: Line = []
        below: list[Line] = []
        base = y + form.label.top
        for cell in range(cells):
            left = form.x0 + cell * wide
            label, key, kind = form.entry()
            head = form.head(left, base, label, wide * 0.6)
            if head is None:
                continue
            line.append(head)
            start = head.x1 + form.label.width("  ")
            start = max(start, start_all) if aligned and cells == 1 else start
            end = left + wide - desk.em * 0.7
            if dice.random() < 0.85:
                form.ruled(start, base, end)
            if dice.random() < 0.15:
                desk.note_blank(label)
                continue
            texts = desk.wrap(form.value(kind), form.filled, end - start)
            texts = texts[: 1 if cells > 1 else dice.choice((1, 2, 3))]
            if max(map(form.filled.width, texts), default=end) > end - start:
                desk.note_blank(label)
                continue
            first = start + (end - start - form.filled.width(texts[0])) * dice.choice((0, 0, 0.1, 0.5))
            runs = [desk.put(first, base, texts[0], form.filled)]
            line.append(runs[0])
            for number, text in enumerate(texts[1:], 1):
                if base + number * gap > form.bottom - form.pitch:
                    break
                runs.append(desk.put(start, base + number * gap, text, form.filled))
                below.append([runs[-1]])
                form.ruled(start, base + number * gap, end)
            form.note(head, label, key, runs, kind)
        block += [line, *below] if line else []
        y += gap * (1 + len(below))
    desk.canvas.paragraph(block)
    return y


def plain_part(form: Office, y: float) -> float:
    """Labels and values typed one after the other: a tabulator apart, or flush right, without any line."""
    desk, dice = form.desk, form.dice
    start = form.x0 + desk.em * dice.uniform(7, 16)
    flush, twice = dice.random() < 0.15, dice.random() < 0.12
    indent = desk.em * dice.choice((0, 0, 2, 4))
    block: list[Line] = []
    for _ in range(dice.randint(2, 9)):
        if y + form.pitch > form.bottom - form.pitch:
            break
        label, key, kind = form.entry()
        base = y + form.label.top
        head = form.head(form.x0 + indent, base, label, (form.x1 - form.x0) * 0.6)
        if head is None:
            continue
        left = max(start, head.x1 + form.label.width("  ")) if dice.random() < 0.9 else head.x1 + desk.em
        room = (form.x1 - left) / 2 - desk.em if twice else form.x1 - left
        text = desk.fit(form.value(kind), form.filled, room)
        line: Line = [head]
        if dice.random() < 0.12 or not text:
            desk.note_blank(label)
        else:
            run = desk.put(form.x1 if flush else left, base, text, form.filled, "right" if flush else "left")
            line.append(run)
            if twice and not flush:  # as it was and as it is to be
                again = text if dice.random() < 0.5 else desk.fit(form.value(kind), form.filled, room)
                line.append(desk.put((left + form.x1) / 2, base, again or text, form.filled))
            form.note(head, label, key, line[1:], kind)
        block.append(line)
        y += form.pitch
    desk.canvas.paragraph(block)
    return y


def remark_part(form: Office, y: float) -> float:
    """A label with a paragraph below or beside it."""
    desk, dice = form.desk, form.dice
    label = _remark_label(form)
    if label.casefold() in form.taken:
        return y
    form.taken.add(label.casefold())
    base = y + form.label.top
    head = desk.put(form.x0, base, label + dice.choice((":", ":", "", " -")), form.label)
    beside = dice.random() < 0.4
    left = head.x1 + desk.em if beside else form.x0 + desk.em * dice.choice((0, 0, 2))
    texts = _remark(form, form.x1 - left)
    pitch = desk.pitch(form.filled, dice.uniform(1.1, 1.4))
    top = base if beside else base + pitch
    room = int((form.bottom - form.pitch - top) // pitch)
    runs = [desk.put(left, top + i * pitch, t, form.filled) for i, t in enumerate(texts[: max(room, 0)])]
    lines: list[Line] = [[run] for run in runs]
    block = [[head, *lines[0]], *lines[1:]] if beside and lines else [[head], *lines]
    desk.canvas.paragraph(block)
    if runs:
        form.note(head, label, "", runs, "text")
    return top + max(len(runs), 1) * pitch


def _remark_label(form: Office) -> str:
    """What asks for a few sentences: a usual word or any, maybe with what is to be written."""
    desk, dice = form.desk, form.dice
    label = dice.choice(REMARKS) if dice.random() < 0.5 else form.entry("text")[0]
    if dice.random() < 0.2:
        label += f" ({running_text(desk, 10, 50).strip(' .,;:()')})"
    return desk.fit(label.upper() if dice.random() < 0.3 else label, form.label, (form.x1 - form.x0) * 0.7)


def _remark(form: Office, width: float) -> list[str]:
    """Lines of a remark: a paragraph, or points that are numbered or lettered."""
    desk, dice = form.desk, form.dice
    if dice.random() < 0.75:
        return desk.wrap(running_text(desk, 40, 320), form.filled, width)
    marks = dice.choice(("1.", "a)", "1)", "(1)", "A."))
    points = []
    for number in range(dice.randint(2, 4)):
        mark = marks.replace("1", str(number + 1))
        mark = mark.replace("a", chr(97 + number)).replace("A", chr(65 + number))
        points += desk.wrap(f"{mark} {running_text(desk, 20, 110)}", form.filled, width)
    return points


def signed_part(form: Office, y: float) -> float:
    """Approvals: a name in a hand on a line, its date, the office below."""
    desk, dice = form.desk, form.dice
    hand = desk.world.pick_faces(dice, "en", ("hand",))[0]
    style = Style(hand, desk.em * dice.uniform(1.1, 1.6), dice.randint(0, 90), 0.0)
    block: list[Line] = []
    gap = max(form.pitch, desk.pitch(style, 1.2))
    for word in dice.sample(
        ("Submitted By", "Approved By", "Prepared by", "Reviewed by", "Signature", "Authorized by"), 2
    ):
        if y + gap > form.bottom - form.pitch:
            break
        base = y + max(style.top, form.label.top)
        head = desk.put(form.x0, base, word + ":", form.label)
        middle = form.x0 + (form.x1 - form.x0) * 0.6
        form.ruled(head.x1 + desk.em * 0.5, base, middle - desk.em)
        line: Line = [head]
        name = desk.fit(
            value_lines(dice, desk.world, "person", "en")[0], style, middle - head.x1 - 2 * desk.em
        )
        if name and dice.random() < 0.75:
            line.append(desk.put(head.x1 + desk.em, base, name, style))
            form.note(head, word, "", [line[-1]], "person")
        else:
            desk.note_blank(word)
        block.append(line)
        y += gap
    desk.canvas.paragraph(block)
    return y


def _edges(form: Office) -> None:
    """What filing leaves: a stamped number, dark edges of the copier, holes."""
    desk, dice, canvas = form.desk, form.dice, form.desk.canvas
    if dice.random() < 0.5:
        style = desk.style(dice.uniform(1, 1.5), "bold")
        number = values.digits(dice, dice.choice((8, 9)))
        y = desk.height - style.bottom - desk.em * dice.uniform(0.2, 0.8)
        x = desk.width * dice.uniform(0.55, 0.95) - style.width(number)
        if not any(r.bottom > y - style.top and r.x1 > x for r in canvas.drawn) and x > 0:
            canvas.paragraph([[desk.put(x, y, number, style)]])
    free = min((run.x0 for run in canvas.drawn), default=desk.em)
    if dice.random() < 0.2 and free > 8:
        canvas.fill(
            0, 0, dice.uniform(1, free * 0.5), desk.height * dice.uniform(0.3, 1), dice.randint(0, 90)
        )
    if dice.random() < 0.15 and free > 2.2 * desk.em:
        for _ in range(2):
            top = desk.height * dice.uniform(0.05, 0.9)
            canvas.ellipse(desk.em * 0.3, top, desk.em * 1.5, top + desk.em * 1.2, dice.randint(0, 160))
