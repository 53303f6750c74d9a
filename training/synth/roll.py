"""The paper of a till: one narrow column of lines with amounts at its right edge."""

from random import Random

from .canvas import Line, Run, Style
from .desk import Desk
from .questions import Grid

_SHEET = 36  # a page wider than so many ems is a sheet on which a slip lies


def pick_em(dice: Random, size: tuple[int, int]) -> float:
    """So that 26 to 48 characters make a line; on a sheet, as a till prints on 58 to 80 mm of paper."""
    width, height = size
    if width > 0.6 * height and min(size) > 650 and dice.random() < 0.9:
        return max(height / dice.uniform(76, 112), 10.5)
    return min(width * 0.9 / (dice.uniform(26, 48) * 0.56), height / dice.uniform(34, 70))


def _slip(desk: Desk) -> tuple[float, float]:
    """Left and right edge of the paper."""
    if desk.width <= _SHEET * desk.em:
        return 0.0, float(desk.width)
    wide = desk.em * desk.dice.uniform(20, 33)
    left = (desk.width - wide) * desk.dice.choice((0.0, 0.04, 0.5, desk.dice.random()))
    return left, left + wide


class Roll:
    """A receipt in the making: the writing position and what all lines share."""

    def __init__(self, desk: Desk) -> None:
        dice = desk.dice
        self.desk, self.dice = desk, dice
        self.paper = _slip(desk)
        margin = (self.paper[1] - self.paper[0]) * dice.uniform(0.02, 0.1)
        self.x0, self.x1 = self.paper[0] + margin, self.paper[1] - margin * dice.uniform(0.6, 1.2)
        wide = min(self.x1 - self.x0, desk.em * dice.uniform(19, 30))
        spare = self.x1 - self.x0 - wide
        if spare > 0:  # a short column on its paper
            self.x0 += spare * dice.choice((0.0, 0.5, dice.random()))
            self.x1 = self.x0 + wide
        self.y = desk.height * (dice.uniform(0.01, 0.06) if dice.random() < 0.8 else dice.uniform(0.06, 0.2))
        self.bottom = desk.height - desk.em * 0.4
        self.style = desk.style()
        self.upper = dice.random() < 0.5
        self.colon = dice.choice((":", " :", ":", "", ": "))
        self.block: list[Line] = []
        self.rule_kind = dice.choice(("dash", "dash", "dots", "line", "equals", "none"))
        self.taken: set[str] = set()
        self.base = self.y  # of the line that was set last

    @property
    def room(self) -> float:
        return self.bottom - self.y

    def case(self, text: str) -> str:
        return text.upper() if self.upper else text

    def step(self, style: Style, factor: float = 1.0) -> float:
        """Moves down one line; returns its baseline."""
        base = self.base = self.y + style.top
        self.y += self.desk.pitch(style, self.desk.leading * 0.92) * factor
        return base

    def close(self) -> None:
        if self.block:
            self.desk.canvas.paragraph(self.block)
            self.block = []

    def rule(self) -> None:
        """A separator between parts; it also ends the block."""
        self.close()
        canvas, em = self.desk.canvas, self.desk.em
        y = self.y + em * 0.35
        if self.rule_kind == "line":
            canvas.rule(self.x0, y, self.x1, y, self.desk.ink)
        elif self.rule_kind == "dots":
            canvas.dots(self.x0, self.x1, y, max(3, round(em * 0.4)), self.desk.ink)
        elif self.rule_kind in ("dash", "equals"):
            sign = "-" if self.rule_kind == "dash" else "="
            wide = self.style.width(sign)
            count = int((self.x1 - self.x0) / wide)
            canvas.decorate(self.x0, self.y + self.style.top, sign * count, self.style)
        self.y += em * (1.0 if self.rule_kind != "none" else 0.5)

    def centred(self, texts: list[str], style: Style, align: str) -> list[Run]:
        runs: list[Run] = []
        for text in texts:
            for part in self.desk.wrap(text, style, self.x1 - self.x0):
                if self.room < style.size * 1.6:
                    return runs
                base = self.step(style)
                at = {"left": self.x0, "centre": (self.x0 + self.x1) / 2, "right": self.x1}[align]
                runs.append(self.desk.put(at, base, part, style, align))
                self.block.append([runs[-1]])
        return runs

    def beside(self, texts: list[str], style: Style, align: str) -> list[Run]:
        """One line of texts, each a run of its own, with spaces between them."""
        base, left = self.step(style), self.x0
        if align == "centre":
            left += (self.x1 - self.x0 - style.width(" ".join(texts))) * 0.5
        runs: list[Run] = []
        for text in texts:
            runs.append(self.desk.put(left, base, text, style))
            left = runs[-1].x1 + style.width(" ")
        self.block.append(runs)
        return runs

    def ends(
        self, left: str, right: str, style: Style, *, indent: float = 0.0, cut: bool = True
    ) -> list[Run]:
        """Text at the left edge, amount at the right one; what is too long is ``cut`` or takes two lines."""
        desk = self.desk
        if self.room < style.size * 2.8:
            return []
        space = style.width(" ") * 0.8
        wide = style.width(right)
        room = self.x1 - self.x0 - indent
        if cut and self.dice.random() < 0.6:  # most tills cut what is too long
            room = max(room - space - wide, room * 0.5)
        left = desk.fit(left, style, room)
        base = self.step(style)
        runs = [desk.put(self.x0 + indent, base, left, style)]
        self.block.append([runs[0]])
        if runs[0].x1 + space + wide > self.x1:
            base = self.step(style)
            self.block.append([])
        runs.append(desk.put(self.x1, base, right, style, "right"))
        self.block[-1].append(runs[1])
        return runs

    def cells(self, texts: list[str], edges: list[float], style: Style) -> list[Run]:
        """One line of columns: the first text at the left edge, the others end at ``edges`` (shares)."""
        if self.room < style.size * 2.8:
            return []
        base = self.step(style)
        wide = self.x1 - self.x0
        runs = [self.desk.put(self.x0, base, self.desk.fit(texts[0], style, wide * 0.9), style)]
        for text, edge in zip(texts[1:], edges, strict=True):
            runs.append(self.desk.put(self.x0 + wide * edge, base, text, style, "right"))
        self.block.append([run for run in runs if run.text])
        return runs

    def columns(self, rows: list[list[str]], edges: list[float], style: Style) -> None:
        """A table without rules, the first row its head, as far down as there is room."""
        runs = [row for row in (self.cells(row, edges, style) for row in rows) if row]
        if len(runs) > 1:
            boxes = tuple(tuple(self.desk.canvas.box([run]) for run in row) for row in runs[1:])
            head, *texts = (tuple(run.text for run in row) for row in runs)
            self.desk.grids.append(Grid(head, tuple(texts), boxes))

    def holds(self, texts: list[str], edges: list[float], style: Style) -> bool:
        """Whether ``cells`` would leave a gap between all columns."""
        wide, gap = self.x1 - self.x0, style.width(" ") * 0.7
        left = 0.0
        for text, edge in zip(texts, [0.0, *edges], strict=True):
            start = wide * edge - style.width(text) if edge else 0.0
            if start < left - 0.01:
                return False
            left = start + style.width(text) + gap
        return True

    def pairs(self, entries: list[tuple[str, str, str, str]], *, gap: bool = False) -> None:
        """``Label: value`` (label, key, value, type), as many on a line as fit; a long value moves down."""
        desk, style = self.desk, self.style
        space = style.width(" ")
        line: Line = []
        for label, key, value, kind in entries:
            if label.casefold() in self.taken or self.room < style.size * 2.8:
                continue
            self.taken.add(label.casefold())
            sign = "" if label.endswith((":", "#")) else self.colon.rstrip()
            text = self.case(label) + sign
            left = line[-1].x1 + space * (2 if gap else 1.2) if line else self.x0
            if not line or left + style.width(text) + space + style.width(value) > self.x1:
                if self.room < style.size * 2.8:
                    return
                base, left, line = self.step(style), self.x0, []
                self.block.append(line)
            head = desk.put(left, base, text, style)
            line.append(head)
            left = head.x1 + space * (2 if gap else 0.9)
            if left + style.width(value) > self.x1:
                base, left, line = self.step(style), self.x0, []
                self.block.append(line)
            value = desk.fit(value, style, self.x1 - left)
            line.append(desk.put(left, base, value, style))
            desk.note(self.case(label), key, [line[-1]], kind)

    def lay(self) -> None:
        """Ends the paper: what lies around the slip gets the grey of the scanner's lid or of a table."""
        self.close()
        left, right = self.paper
        canvas, dice = self.desk.canvas, self.dice
        if right - left >= canvas.width:
            return
        grey = dice.choice((255, 250, dice.randint(60, 250)))
        end = min(canvas.height, self.y + self.desk.em * dice.uniform(1, 5))
        canvas.fill(0, 0, left, canvas.height, grey)
        canvas.fill(right, 0, canvas.width, canvas.height, grey)
        canvas.fill(left, end, right, canvas.height, grey)
        shade = max(grey - 60, 20)
        canvas.rule(right, 0, right, end, shade, dice.choice((1, 2)))
        canvas.rule(left, end, right, end, shade, dice.choice((1, 2)))
