"""Data sheets, cards, passes, notes of shipment: labels with their values and little else, as often without
colons as with them, and seldom filling the page."""

from random import Random

from .canvas import Line, Style
from .desk import Desk
from .marks import bar
from .page import Question
from .pairs import Item, some_item
from .prose import logo, margins, running_text
from .questions import template

_SIGNS = ("", "", "", ":", ":", " :", ".")


def record(desk: Desk) -> list[Question]:
    """Sets the page; returns questions in vain about labels that are nearly printed."""
    dice = desk.dice
    desk.em = max(11.0, desk.em * dice.uniform(0.68, 1.05))
    x0, y, x1, bottom = margins(desk)
    taken: set[str] = set()
    if dice.random() < 0.3:
        logo(desk, dice.choice((x0, x1 - desk.em * 4)), y, desk.em * 3)
        y += desk.em * 3.5
    if dice.random() < 0.7:
        style = desk.style(dice.uniform(1.1, 2.2), dice.choice(("bold", "bold", "regular")))
        name = dice.choice((desk.world.names.company, desk.world.names.person))(dice, desk.language)
        align = dice.choice(("left", "centre", "right"))
        y = desk.heading(x0, y, x1 - x0, name, style, dice.choice((1, 2)), align)
        y += desk.em * dice.uniform(0.3, 2)
    if dice.random() < 0.2:
        y = desk.paragraph(x0, y, x1 - x0, running_text(desk, 30, 300), desk.style(), bottom=bottom) + desk.em
    for _ in range(dice.choice((1, 1, 2, 2, 3))):
        if y + 6 * desk.em > bottom:
            break
        style = desk.style(dice.uniform(1.0, 1.3), "bold")
        if dice.random() < 0.2:
            head = desk.fit(desk.world.names.word(dice).capitalize(), style, x1 - x0)
            y = desk.heading(x0, y, x1 - x0, head, style, 2) + desk.em * 0.4
        items = [some_item(desk, taken, invent=0.55) for _ in range(dice.randint(3, 16))]
        label, value = _styles(desk)
        y = dice.choice(_LAYOUTS)(desk, x0, y, x1, bottom, items, label, value)
        y += desk.em * dice.uniform(0.8, 2.5)
    if dice.random() < 0.45 and y + 4 * desk.em < bottom:
        desk.paragraph(x0, y, x1 - x0, running_text(desk, 60, 500), desk.style(), bottom=bottom)
    return near_misses(dice, desk, dice.randint(0, 2))


def near_misses(dice: Random, desk: Desk, count: int) -> list[Question]:
    """Labels of the page with one word changed, which it does not carry."""
    printed = {word for run in desk.canvas.drawn for word in run.text.casefold().split()}
    labels = [field.label.split() for field in desk.fields if len(field.label.split()) > 1]
    found = []
    for words in dice.sample(labels, min(count, len(labels))):
        new = desk.world.names.word(dice)
        if new.casefold() not in printed:
            at = dice.randrange(len(words))
            label = " ".join([*words[:at], new.capitalize() if at == 0 else new, *words[at + 1 :]])
            text = template(dice, desk.language).format(l=label.rstrip(" :."))
            found.append(Question(text, None, None, "unanswerable"))
    return found


def _styles(desk: Desk) -> tuple[Style, Style]:
    """How labels and values differ: in weight, in size, in grey, or not at all."""
    dice = desk.dice
    pale = min(desk.ink + dice.choice((0, 0, 40, 90, 120)), desk.canvas.paper - 100)
    weight = dice.choice(("regular", "regular", "bold", "italic"))
    label = desk.style(dice.choice((0.8, 0.9, 1, 1, 1)), weight, pale)
    return label, desk.style(1.0, dice.choice(("regular", "regular", "regular", "bold")))


def under(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, items: list[Item], label: Style, value: Style
) -> float:
    """The value on the line below its label, perhaps moved in."""
    dice = desk.dice
    sign, indent = dice.choice(_SIGNS), desk.em * dice.choice((0, 0, dice.uniform(0.5, 3)))
    gap = desk.em * dice.uniform(0.1, 1.1)
    low, high = desk.pitch(label, dice.uniform(1.05, 1.5)), desk.pitch(value, dice.uniform(1.05, 1.5))
    left = x0 + indent
    block: list[Line] = []
    for item in items:
        texts = desk.wrap(", ".join(item.values), value, x1 - left)
        if y + low + high * len(texts) > bottom or label.width(item.label + sign) > x1 - x0:
            break
        block.append([desk.put(x0, y + label.top, item.label + sign, label)])
        y += low
        lines, after = desk.lines(left, y, texts, value, leading=high / value.size)
        y = after + gap
        block += lines
        desk.note(item.label, item.key, [line[0] for line in lines], item.type)
    desk.canvas.paragraph(block)
    return y


def captions(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, items: list[Item], label: Style, value: Style
) -> float:
    """The value on a rule with its label small below it."""
    dice = desk.dice
    small = Style(label.face, label.size * dice.uniform(0.65, 0.85), label.ink, label.spacing)
    tall = desk.pitch(value) + desk.pitch(small) + desk.em * dice.uniform(0.6, 1.6)
    columns = dice.choice((1, 2, 2, 3))
    wide = (x1 - x0) / columns
    for start in range(0, len(items), columns):
        if y + tall > bottom:
            break
        for column, item in enumerate(items[start : start + columns]):
            text, left = ", ".join(item.values), x0 + column * wide
            room = wide - desk.em
            if value.width(text) > room or small.width(item.label) > room:
                continue
            run = desk.put(left, y + value.top, text, value)
            base = y + desk.pitch(value)
            desk.canvas.rule(left, base, left + room, base, desk.line_ink)
            head = desk.put(left, base + 2 + small.top, item.label, small)
            desk.canvas.paragraph([[run], [head]])
            desk.note(item.label, item.key, [run], item.type)
        y += tall
    return y


def run_in(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, items: list[Item], label: Style, value: Style
) -> float:
    """Label and value follow each other along the line, pair after pair."""
    dice = desk.dice
    sign, near = dice.choice(_SIGNS), label.width(" ") * dice.uniform(0.9, 2)
    far = label.width(" ") * dice.uniform(3, 9)
    is_barred, grey = dice.random() < 0.3, dice.randint(0, 140)
    pitch = max(desk.pitch(label), desk.pitch(value)) * dice.uniform(1, 1.5)
    top, left = max(label.top, value.top), x0
    block: list[Line] = [[]]
    for item in items:
        head, text = item.label + sign, ", ".join(item.values)
        wide = label.width(head) + near + value.width(text)
        if wide > x1 - x0:
            continue
        if left + wide > x1:
            block.append([])
            left, y = x0, y + pitch
        if y + pitch > bottom:
            break
        if is_barred and left > x0:
            bar(desk, left - far / 2, y + top - value.size * 0.75, y + top + value.size * 0.15, grey)
        first = desk.put(left, y + top, head, label)
        run = desk.put(first.x1 + near, y + top, text, value)
        block[-1] += [first, run]
        desk.note(item.label, item.key, [run], item.type)
        left = run.x1 + far
    desk.canvas.paragraph([line for line in block if line])
    return y + pitch


def facing(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, items: list[Item], label: Style, value: Style
) -> float:
    """Labels set against the column of values, or both from the left; with stripes, rules or nothing."""
    dice = desk.dice
    sign, look = dice.choice(_SIGNS), dice.choice(("none", "none", "stripes", "rules", "stroke"))
    x1 = x0 + (x1 - x0) * dice.uniform(0.55, 1)
    middle = x0 + (x1 - x0) * dice.uniform(0.3, 0.5)
    gap, is_right = desk.em * dice.uniform(0.4, 1.6), dice.random() < 0.6
    pitch = max(desk.pitch(label), desk.pitch(value)) * dice.uniform(1, 1.7)
    shade = max(desk.canvas.paper - dice.randint(10, 45), 150)
    top, start = max(label.top, value.top), y
    block: list[Line] = []
    for number, item in enumerate(items):
        head, text = item.label + sign, ", ".join(item.values)
        if y + pitch > bottom:
            break
        if label.width(head) > middle - x0 or value.width(text) > x1 - middle - gap:
            continue
        if look == "stripes" and number % 2:
            desk.canvas.fill(x0 - 3, y, x1, y + pitch, shade)
        base = y + (pitch - top) / 2 + top * 0.85
        first = desk.put(middle if is_right else x0, base, head, label, "right" if is_right else "left")
        run = desk.put(middle + gap, base, text, value)
        if look == "rules":
            desk.canvas.rule(x0, y + pitch - 1, x1, y + pitch - 1, desk.line_ink)
        block.append([first, run])
        desk.note(item.label, item.key, [run], item.type)
        y += pitch
    if look == "stroke" and block:
        bar(desk, middle + gap / 2, start, y, desk.line_ink)
    desk.canvas.paragraph(block)
    return y


def cards(
    desk: Desk, x0: float, y: float, x1: float, bottom: float, items: list[Item], label: Style, value: Style
) -> float:
    """Label over value in columns, as on a ticket or a pass; each cell is a block of its own."""
    dice = desk.dice
    sign, columns = dice.choice(_SIGNS), dice.choice((2, 3, 3, 4))
    wide = (x1 - x0) / columns
    is_framed, stroke = dice.random() < 0.2, dice.random() < 0.25
    tall = desk.pitch(label, 1.2) + desk.pitch(value, 1.2)
    gap, pad = desk.em * dice.uniform(0.4, 1.4), desk.em * 0.4
    for start in range(0, len(items), columns):
        if y + tall + gap > bottom:
            break
        for column, item in enumerate(items[start : start + columns]):
            left, text = x0 + column * wide + pad, ", ".join(item.values)
            head, room = item.label + sign, wide - 2.5 * pad
            if label.width(head) > room or value.width(text) > room:
                continue
            first = desk.put(left, y + label.top, head, label)
            run = desk.put(left, y + desk.pitch(label, 1.2) + value.top, text, value)
            desk.canvas.paragraph([[first], [run]])
            desk.note(item.label, item.key, [run], item.type)
            if is_framed:
                low = y + tall + gap / 2
                desk.canvas.frame(left - pad, y - pad / 2, left + wide - pad, low, desk.line_ink)
            elif stroke:
                bar(desk, left - pad * 0.8, y, y + tall, desk.line_ink)
        y += tall + gap
    return y


_LAYOUTS = (under, under, under, run_in, run_in, facing, facing, cards, cards, captions)
