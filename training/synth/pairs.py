"""Blocks of labels and values in the arrangements that documents use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .canvas import Line, Run, Style
from .desk import Desk
from .labels import keys, pick_label, value_lines
from .tables import Look, set_table


@dataclass(frozen=True)
class Item:
    """A label with its value in one or more lines; ``key`` "" for labels outside the vocabulary."""

    label: str
    key: str
    values: tuple[str, ...]
    type: str

    @property
    def joint(self) -> str:
        return ", " if self.type == "address" else " "


def item(desk: Desk, name: str, taken: set[str], *values: str) -> Item | None:
    """An item for a key of the vocabulary; None when its label is on the page already."""
    key = keys()[name]
    label = key.label(desk.dice, desk.language)
    if label.casefold() in taken or name in taken:
        return None
    taken.update((label.casefold(), name))
    if name == "currency":
        values = (desk.money.iso,)
    lines = values or tuple(value_lines(desk.dice, desk.world, key.type, desk.language))
    return Item(label, name, tuple(lines), key.type)


def items(desk: Desk, names: Iterable[str], taken: set[str]) -> list[Item]:
    """An item for each of the keys whose label is not on the page yet."""
    return [entry for entry in (item(desk, name, taken) for name in names) if entry]


def some_item(desk: Desk, taken: set[str], pool: tuple[str, ...] = (), invent: float = 0.25) -> Item:
    label, name, kind = pick_label(desk.dice, desk.world, desk.language, taken, pool, invent)
    return Item(label, name, tuple(value_lines(desk.dice, desk.world, kind, desk.language)), kind)


ARRANGEMENTS = ("inline", "column", "column", "ends", "boxed", "above")


def set_pairs(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    items: list[Item],
    *,
    arrange: str,
    bottom: float,
    label: Style,
    value: Style,
    leading: float | None = None,
    colon: str = ":",
) -> float:
    """Sets the items downwards as one block of the transcription; what would pass ``bottom`` is left out."""
    canvas = desk.canvas
    pitch = desk.pitch(max(label, value, key=lambda s: s.size), leading)
    gap = label.width(" ") * 1.3
    widest = max((label.width(i.label + colon) for i in items), default=0.0)
    column = min(
        x + widest + gap + (desk.em * desk.dice.uniform(0, 2) if arrange != "ends" else 0), x + width * 0.62
    )
    block: list[Line] = []
    first = y
    for entry in items:
        if label.width(entry.label + colon) > width:
            continue
        texts, starts = _broken(desk, entry, arrange, x, column, width, label, value, gap, colon)
        rows = len(texts) + (arrange == "above")
        if y + rows * pitch + value.bottom > bottom:
            break
        base = y + max(label.top, value.top)
        runs: list[Run] = []
        head = desk.put(x, base, entry.label + colon, label)
        line: Line = [head]
        for number, text in enumerate(texts):
            if number or arrange == "above" or starts is None:
                block.append(line)
                line = []
                base += pitch
            left = x if starts is None else starts
            if arrange == "ends" and starts is not None:
                run = desk.put(x + width, base, text, value, "right")
            else:
                run = desk.put(left, base, text, value)
            runs.append(run)
            line.append(run)
        block.append(line)
        if runs:
            desk.note(entry.label, entry.key, runs, entry.type, entry.joint)
        y = base - max(label.top, value.top) + pitch
        if arrange == "boxed":
            canvas.rule(x - gap / 2, y - pitch * 0.08, x + width, y - pitch * 0.08, desk.line_ink)
    if arrange == "boxed" and block:
        top = first - pitch * 0.12
        canvas.frame(x - gap / 2, top, x + width, y - pitch * 0.08, desk.line_ink)
        if desk.dice.random() < 0.7:
            canvas.rule(column - gap * 0.6, top, column - gap * 0.6, y - pitch * 0.08, desk.line_ink)
    canvas.paragraph(block)
    return y


def _broken(
    desk: Desk,
    entry: Item,
    arrange: str,
    x: float,
    column: float,
    width: float,
    label: Style,
    value: Style,
    gap: float,
    colon: str,
) -> tuple[list[str], float | None]:
    """Value lines and their left edge; None when the value stands under the label."""
    if arrange == "above":
        return [part for text in entry.values for part in desk.wrap(text, value, width)], None
    after = x + label.width(entry.label + colon) + gap
    start = after if arrange == "inline" else max(column, after)
    room = x + width - start
    long = max((value.width(word) for text in entry.values for word in text.split()), default=0.0)
    if room < long * 1.02 or room < width * 0.2:
        return [part for text in entry.values for part in desk.wrap(text, value, width)], None
    return [part for text in entry.values for part in desk.wrap(text, value, room)], start


def set_across(
    desk: Desk,
    x: float,
    y: float,
    width: float,
    entries: Sequence[Item],
    *,
    align: str,
    style: Style,
    look: Look,
    bottom: float,
    stretch: bool = True,
) -> float:
    """Sets the items side by side: a table of one row, whose head is the labels; y below it."""
    rows = [[entry.label for entry in entries], [" ".join(entry.values) for entry in entries]]
    after, cells = set_table(
        desk, x, y, width, rows, aligns=[align] * len(entries), style=style, look=look, bottom=bottom,
        ask=False, stretch=stretch,
    )  # fmt: skip
    for entry, head, cell in zip(entries, *(cells or ((), ())), strict=False):
        if cell:
            desk.note(" ".join(run.text for run in head), entry.key, cell, entry.type)
    return after
