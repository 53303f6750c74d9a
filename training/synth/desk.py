"""The typesetter's desk: one page in the making, with its styles, helpers to set text, and what is known
about it.
"""

from random import Random

from .canvas import Canvas, Line, Run, Style
from .page import Field, Question
from .questions import Grid
from .values import Calendar, Money
from .world import World


class Desk:
    """A page being set. ``em`` is the body size in pixels; all lengths are pixels, y grows downwards."""

    def __init__(
        self,
        dice: Random,
        world: World,
        language: str,
        size: tuple[int, int],
        em: float,
        styles: tuple[str, ...] = (),
    ) -> None:
        self.dice, self.world, self.language, self.em = dice, world, language, em
        paper = 255 if dice.random() < 0.4 else dice.randint(205, 254)
        self.canvas = Canvas(size[0], size[1], paper)
        self.width, self.height = size
        self.ink = 0 if dice.random() < 0.4 else dice.randint(0, 100)
        faces = world.pick_faces(dice, language, styles)
        self.regular, self.bold, self.italic = faces
        self.leading = dice.uniform(1.12, 1.55)
        self.money, self.calendar = Money(dice, language), Calendar(dice, language)
        self.fields: list[Field] = []
        self.grids: list[Grid] = []
        self.blanks: list[str] = []
        self.spacing = em * dice.uniform(0.02, 0.12) if dice.random() < 0.06 else 0.0
        self.line_ink = dice.randint(0, 150)
        self.facts: list[Question] = []
        self.words: tuple[str, ...] | None = (
            None  # all that the prose of this page is made of; () is no limit
        )

    def style(self, scale: float = 1.0, weight: str = "regular", ink: int | None = None) -> Style:
        face = {"regular": self.regular, "bold": self.bold, "italic": self.italic}[weight]
        return Style(face, self.em * scale, self.ink if ink is None else ink, self.spacing * scale)

    def pitch(self, style: Style, leading: float | None = None) -> float:
        """Distance of baselines; never so small that lines touch."""
        natural = (style.face.top + style.face.bottom) * 1.06 * style.size
        return max((leading or self.leading) * style.size, natural)

    def put(self, x: float, y: float, text: str, style: Style, align: str = "left") -> Run:
        """One string with its baseline at ``y``; ``x`` is its left end, right end or centre."""
        if align == "right":
            x -= style.width(text)
        elif align == "centre":
            x -= style.width(text) / 2
        return self.canvas.draw(x, y, text, style)

    def fit(self, text: str, style: Style, width: float) -> str:
        """As many whole words of ``text`` as fit; a cut word when not even one does."""
        if style.width(text) <= width:
            return text
        words = text.split()
        while len(words) > 1:
            words.pop()
            if style.width(" ".join(words)) <= width:
                return " ".join(words)
        word = words[0] if words else ""
        while word and style.width(word) > width:
            word = word[:-1]
        return word

    def wrap(self, text: str, style: Style, width: float) -> list[str]:
        """Greedy line breaks; words wider than a line are cut into pieces."""
        space = style.width(" ")
        lines: list[str] = []
        current: list[str] = []
        used = 0.0
        for word in text.split():
            wide = style.width(word)
            if current and used + space + wide > width:
                lines.append(" ".join(current))
                current, used = [], 0.0
            while wide > width and len(word) > 1:
                part = word
                while len(part) > 1 and style.width(part) > width:
                    part = part[:-1]
                lines.append(part)
                word = word[len(part) :]
                wide = style.width(word)
            used += wide + (space if current else 0)
            current.append(word)
        if current:
            lines.append(" ".join(current))
        return lines

    def lines(
        self,
        x: float,
        y: float,
        texts: list[str],
        style: Style,
        align: str = "left",
        leading: float | None = None,
    ) -> tuple[list[Line], float]:
        """Sets lines downwards from the top edge ``y``; (lines, y below the last)."""
        pitch = self.pitch(style, leading)
        set_lines = []
        for text in texts:
            set_lines.append([self.put(x, y + style.top, text, style, align)])
            y += pitch
        return set_lines, y

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        style: Style,
        *,
        bottom: float | None = None,
        align: str = "left",
        leading: float | None = None,
        indent: float = 0.0,
    ) -> float:
        """Wraps and sets a paragraph as one block of the transcription; what would pass ``bottom`` is left
        out.
        """
        bottom = self.height if bottom is None else bottom
        pitch = self.pitch(style, leading)
        room = (
            int((bottom - y - style.top - style.bottom) // pitch) + 1
            if bottom - y > style.top + style.bottom
            else 0
        )
        if room <= 0:
            return y
        lead = (
            " " * round(indent / max(style.width(" "), 0.1))
            if indent and align in ("left", "justify")
            else ""
        )
        texts = self.wrap(text, style, width)
        if lead and texts:
            first = self.wrap(text, style, width - style.width(lead))[0]
            texts = [first, *self.wrap(text[len(first) :], style, width)]
        block: list[Line] = []
        for number, line in enumerate(texts[:room]):
            base = y + style.top
            left = x + (style.width(lead) if lead and number == 0 else 0)
            if align == "justify" and number < len(texts) - 1 and " " in line:
                block.append(self._justified(left, base, line, style, x + width - left))
            elif align == "centre":
                block.append([self.put(x + width / 2, base, line, style, "centre")])
            elif align == "right":
                block.append([self.put(x + width, base, line, style, "right")])
            else:
                block.append([self.put(left, base, line, style)])
            y += pitch
        self.canvas.paragraph(block)
        return y

    def _justified(self, x: float, y: float, line: str, style: Style, width: float) -> Line:
        words = line.split()
        gap = (width - sum(style.width(w) for w in words)) / (len(words) - 1)
        if gap > 3 * style.width(" "):
            return [self.put(x, y, line, style)]
        runs = []
        for word in words:
            runs.append(self.put(x, y, word, style))
            x = runs[-1].x1 + gap
        return runs

    def heading(
        self, x: float, y: float, width: float, text: str, style: Style, level: int = 1, align: str = "left"
    ) -> float:
        """A heading as one block; returns y below it."""
        texts = self.wrap(text, style, width)
        x = x + width / 2 if align == "centre" else x + width if align == "right" else x
        block, y = self.lines(x, y, texts, style, align, 1.2)
        self.canvas.heading(block, level)
        return y

    def note(self, label: str, key: str, runs: list[Run], kind: str, joint: str = " ") -> None:
        """Remembers a field; its value is what the runs print."""
        value = joint.join(" ".join(run.text.split()) for run in runs).replace(",, ", ", ")
        if value:
            label = " ".join(label.split())
            self.fields.append(Field(label, key, value, self.canvas.box(runs), kind))

    def knows(self, key: str) -> bool:
        """Whether a value of the key has been noted."""
        return any(field.key == key for field in self.fields)

    def note_blank(self, label: str) -> None:
        """Remembers a printed label that has no value."""
        self.blanks.append(" ".join(label.split()))

    def amount(self, cents: int, full: bool = False) -> str:
        return self.money.full(cents) if full else self.money.plain(cents)

    def bullet(self) -> str:
        signs = [sign for sign in "•-–■○*" if ord(sign) not in self.regular.replace]
        return self.dice.choice(signs)
