"""Parts of office forms in rows and columns: lists to be crossed, choices, tables of figures, ruled boxes."""

from .canvas import Line, Run
from .labels import made_up, value_lines
from .office_form import Office
from .prose import running_text


def crossed_part(form: Office, y: float) -> float:
    """A list in columns, some of its entries crossed on a short line, in brackets or in a box beside them."""
    desk, dice = form.desk, form.dice
    columns = dice.choice((1, 2, 3, 3))
    wide = (form.x1 - form.x0) / columns
    before = dice.random() < 0.35
    frame = dice.choice(("rule", "rule", "brackets", "box", "none"))
    style, mark = form.label, desk.em * dice.uniform(1.2, 2.2)
    rows: list[Line] = []
    share = dice.uniform(0.15, 0.6)
    for _ in range(dice.randint(2, 9)):
        if y + form.pitch > form.bottom - form.pitch:
            break
        line: Line = []
        base = y + style.top
        for column in range(columns):
            left = form.x0 + column * wide
            city = dice.random() < 0.4
            text = desk.world.names.city(dice, "en") if city else made_up(dice, desk.world, "en")[0]
            text = desk.fit(text, style, wide - mark - 2 * desk.em)
            if text.casefold() in form.taken or len(text) < 3:
                continue
            form.taken.add(text.casefold())
            at = left if before else left + wide - mark - desk.em
            head = desk.put(left + mark + desk.em * 0.5 if before else left, base, text, style)
            if frame == "rule":
                form.ruled(at, base, at + mark)
            elif frame == "box":
                desk.canvas.frame(
                    at, base - style.size * 0.8, at + mark, base + style.size * 0.2, desk.line_ink
                )
            pair: Line = [head]
            if dice.random() < share:
                sign = f"({form.cross})" if frame == "brackets" else form.cross
                run = desk.put(at + mark / 2, base, sign, form.filled, "centre")
                pair = [run, head] if before else [head, run]
                desk.note(text, "", [run], "check-mark")
                field = desk.fields.pop()
                form.ask(head.text, text, form.cross, field.box)
            elif frame == "brackets":
                run = desk.put(at + mark / 2, base, "( )", form.filled, "centre")
                pair = [run, head] if before else [head, run]
                desk.note_blank(text)
            else:
                desk.note_blank(text)
            line += pair
        rows.append(line)
        y += form.pitch
    desk.canvas.paragraph([line for line in rows if line])
    return y


def choice_part(form: Office, y: float) -> float:
    """Statements with YES and NO, one of them crossed."""
    desk, dice = form.desk, form.dice
    words = dice.choice(
        (("YES", "NO"), ("Yes", "No"), ("GOOD", "FAIR", "POOR"), ("M", "F"), ("Full", "Part"))
    )
    right = form.x1 - sum(form.label.width(w) + desk.em * 3 for w in words)
    block: list[Line] = []
    for _ in range(dice.choice((1, 1, 2, 4))):
        if y + form.pitch > form.bottom - form.pitch or right < form.x0 + 8 * desk.em:
            break
        label, key, _kind = form.entry()
        label = label if dice.random() < 0.5 else running_text(desk, 15, 50).strip(" .,;:") + "?"
        base = y + form.label.top
        head = form.head(
            form.x0, base, desk.fit(label, form.label, (right - form.x0) * 0.85), right - form.x0
        )
        if head is None:
            continue
        line: Line = [head]
        chosen = dice.randrange(len(words)) if dice.random() < 0.85 else -1
        left = right
        for number, word in enumerate(words):
            run = desk.put(left, base, word, form.label)
            line.append(run)
            if number == chosen:
                sign = desk.put(run.x1 + desk.em, base, form.cross, form.filled)
                line.append(sign)
                form.note(head, head.text.removesuffix(form.colon), key, [run], "choice")
                if len(block) == 0 and dice.random() < 0.5:
                    form.ask(word, word, form.cross, desk.canvas.box([sign]))
            left = run.x1 + desk.em * 3
        block.append(line)
        y += form.pitch
    desk.canvas.paragraph(block)
    return y


def figures_part(form: Office, y: float) -> float:
    """A small table typed without rules: heads underlined, figures on short lines or in brackets."""
    desk, dice = form.desk, form.dice
    columns = dice.randint(1, 4)
    first = (form.x1 - form.x0) * dice.uniform(0.25, 0.45)
    wide = (form.x1 - form.x0 - first) / columns
    style = form.label
    heads = [desk.fit(made_up(dice, desk.world, "en")[0], style, wide - desk.em) for _ in range(columns)]
    if len({head.casefold() for head in heads}) < columns:
        return y
    base = y + style.top
    line: Line = []
    for number, text in enumerate(heads):
        run = desk.put(form.x0 + first + number * wide, base, text, style)
        desk.canvas.rule(run.x0, base + desk.em * 0.2, run.x1, base + desk.em * 0.2, desk.ink)
        line.append(run)
    top_heads, rows = list(line), [line]
    kind = dice.choice(("number", "percent", "amount", "quantity", "date", "id"))
    bracket = dice.random() < 0.2
    cells: list[list[Run]] = [[] for _ in heads]
    y += form.pitch
    for _ in range(dice.randint(1, 8)):
        if y + form.pitch > form.bottom - form.pitch:
            break
        base = y + style.top
        label = desk.fit(form.entry()[0], style, first - desk.em)
        head = desk.put(form.x0, base, label, style)
        line = [head]
        found: list[Run] = []
        for number in range(columns):
            if dice.random() < 0.15:
                continue
            text = value_lines(dice, desk.world, kind, "en")[0]
            text = desk.fit(f"({text})" if bracket else text, form.filled, wide - desk.em)
            run = desk.put(form.x0 + first + number * wide, base, text, form.filled)
            found.append(run)
            cells[number].append(run)
        if found:
            desk.note(label, "", found, "row")
            field = desk.fields.pop()
            form.ask(head.text, label, field.value, field.box)
        rows.append([*line, *found])
        y += form.pitch
    for head, column in zip(top_heads, cells, strict=True):
        if column:
            value = " ".join(run.text for run in column)
            form.ask(head.text, head.text, value, desk.canvas.box(column))
    desk.canvas.paragraph(rows)
    return y


def boxed_part(form: Office, y: float) -> float:
    """Rows of ruled boxes: bold label and value in boxes of their own, side by side."""
    desk, dice, canvas = form.desk, form.dice, form.desk.canvas
    label = desk.style(form.label.size / desk.em, "bold")
    pad = desk.em * 0.3
    tall = form.pitch * dice.uniform(1, 1.25)
    pairs = dice.choice((1, 2, 2, 3))
    wide = (form.x1 - form.x0) / pairs
    block: list[Line] = []
    share = dice.uniform(0.35, 0.6)
    right = dice.random() < 0.3
    for _ in range(dice.randint(2, 8)):
        if y + tall > form.bottom - form.pitch:
            break
        line: Line = []
        base = y + (tall + label.top - label.bottom * 0.5) / 2
        for number in range(pairs):
            left = form.x0 + number * wide
            middle = left + wide * share
            canvas.frame(left, y, middle, y + tall, desk.line_ink)
            canvas.frame(middle, y, left + wide, y + tall, desk.line_ink)
            text, key, kind = form.entry()
            sign = dice.choice((":", ":", ""))
            if label.width(text + sign) > wide * share - 2 * pad:
                continue
            where = middle - pad if right else left + pad
            head = desk.put(where, base, text + sign, label, "right" if right else "left")
            line.append(head)
            value = desk.fit(form.value(kind), form.filled, wide * (1 - share) - 2 * pad)
            if dice.random() < 0.2 or not value:
                desk.note_blank(text)
                continue
            run = desk.put(middle + pad, base, value, form.filled)
            line.append(run)
            form.note(head, text, key, [run], kind)
        block += [line] if line else []
        y += tall
    canvas.paragraph(block)
    return y
