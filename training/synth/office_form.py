# ruff: noqa: E501 (tables of words)
"""What the parts of an office form share: desk, edges, the faces of print and of filling, its labels."""

from collections.abc import Callable

from . import values
from .canvas import Run, Style
from .desk import Desk
from .labels import made_up, pick_label, value_lines
from .office_labels import LABELS
from .page import Box, Question
from .prose import margins, running_text

Part = Callable[["Office", float], float]
# Kinds of value that a laboratory fills in with a measure.
MEASURED = ("number", "size", "text", "percent", "quantity", "id")
_UNITS = ("mm", "mg", "g", "gm/m2", "%", "cm", "in.", "lbs.", "oz.", "cc", "ml", "°C", "hrs.", "pcs.", "ea.", "mg/cc", "psi", "rpm",
          "cartons", "cases", "units", "yds.", "sq. ft.", "minutes", "days", "M", "pages", "kg", "ppm", "sets", "per pack", "each")  # fmt: skip


class Office:
    """A form in the making: desk, edges, the faces of print and filling, and the labels that are taken."""

    def __init__(self, desk: Desk) -> None:
        dice = desk.dice
        self.desk, self.dice = desk, dice
        self.x0, self.y, self.x1, self.bottom = margins(desk)
        self.taken: set[str] = set()
        self.colon = dice.choice((":", ":", "", "", " -", "..."))
        self.label = desk.style(dice.choice((0.9, 1, 1)), dice.choice(("regular", "regular", "bold")))
        self.filled = self._filling()
        self.pitch = desk.pitch(max(self.label, self.filled, key=lambda s: s.size), dice.uniform(1.1, 1.7))
        self.cross = dice.choice(("X", "x", "X", "x", "✓", "XX"))
        if ord(self.cross[0]) in self.filled.face.replace:
            self.cross = "X"

    def _filling(self) -> Style:
        desk, dice = self.desk, self.dice
        pick = dice.random()
        if pick < 0.45:
            return desk.style(1.0, dice.choice(("regular", "regular", "bold")))
        kind = "mono" if pick < 0.85 else "hand"
        face = desk.world.pick_faces(dice, desk.language, (kind,))[0]
        return Style(face, desk.em * dice.uniform(0.9, 1.15), min(desk.ink + dice.randint(0, 50), 120), 0.0)

    def entry(self, *kinds: str) -> tuple[str, str, str]:
        """(label, canonical key, kind of value): office words, the vocabulary, or made up."""
        dice = self.dice
        for _ in range(20):
            if dice.random() < 0.55:
                label, kind = dice.choice(LABELS)
                if dice.random() < 0.25:
                    label = self._longer(label)
                if dice.random() < 0.3:
                    label = label.upper()
                if label.casefold() in self.taken or (kinds and kind not in kinds):
                    continue
                self.taken.add(label.casefold())
                return label, "", kind
            if kinds:
                label, kind = made_up(dice, self.desk.world, "en")
                return label, "", dice.choice(kinds)
            return pick_label(dice, self.desk.world, "en", self.taken, (), 0.5)
        return (*made_up(dice, self.desk.world, "en")[:1], "", kinds[0] if kinds else "text")

    def _longer(self, label: str) -> str:
        """A label with more to it: a bracket, an alternative, a number, a remark, as forms have them."""
        dice, names = self.dice, self.desk.world.names
        other, word = dice.choice(LABELS)[0], names.word(dice)
        number = dice.randint(1, 20)
        shapes = (
            f"{label} ({word})", f"{label}/{other}", f"{label} / {word}", f"{label} ({other})", f"{label} & {other}",
            f"{label}(s)", f"{number}. {label}", f"{label} ({number})", f"{label} - {word}", f"{label}, {word} or {names.word(dice)}",
            f"{label} (if {word})", f"({label})", f"{label} of {word.capitalize()}", f"{label} [{word}]", f"{chr(96 + dice.randint(1, 8))}) {label}",
            f"{word.capitalize()} {label}", f"{label} - {other}", f"{label} for {names.word(dice)} {word}", f'{label} "{word}"', f"*{label}",
        )  # fmt: skip
        return dice.choice(shapes)

    def value(self, kind: str) -> str:
        """What is filled in, on one line."""
        desk, dice = self.desk, self.dice
        if kind in MEASURED and dice.random() < 0.15:
            text = self._measure()
        elif kind == "text" and dice.random() < 0.5:
            text = running_text(desk, 10, 60).strip(" .,;:")
        else:
            text = ", ".join(value_lines(dice, desk.world, kind, "en"))
        if dice.random() < 0.08:
            text = self._with_more(text)
        if dice.random() < 0.3:
            text = text.upper()
        if dice.random() < 0.06:
            text = dice.choice(("N/A", "None", "---", "same", "TBD", "-", "unknown", "See attached", "0"))
        return text

    def _measure(self) -> str:
        """A figure with its unit; all of it is the value."""
        dice = self.dice
        shown = dice.choice(
            (
                str(dice.randint(1, 999)),
                f"{dice.uniform(0, 99):.1f}",
                f"{dice.uniform(0, 9):.2f}",
                f"{dice.randint(1, 99)},000",
            )
        )
        unit = dice.choice(_UNITS)
        extra = f" {self.desk.world.names.word(dice)}" if dice.random() < 0.2 else ""
        return f"{shown}{'' if dice.random() < 0.2 else ' '}{unit}{extra}"

    def _with_more(self, text: str) -> str:
        """A value with what was written behind it."""
        dice, word = self.dice, self.desk.world.names.word(self.dice)
        number = values.digits(dice, dice.choice((1, 2, 3)))
        forms = (f"{text} ({number})", f"{text} - {word}", f"{text} {values.phone(dice)}", f"{text} / {word}", f"{text} ({word} {number})",
                 f"{text} - see {word}", f"{text} & {word}", f"#{number} {text}", f"{text} per {word}", f'{text} "{word}"')  # fmt: skip
        return dice.choice(forms)

    def head(self, x: float, base: float, text: str, limit: float) -> Run | None:
        """A printed label with its sign; None when it is wider than ``limit``."""
        shown = text + self.colon
        return None if self.label.width(shown) > limit else self.desk.put(x, base, shown, self.label)

    def note(self, head: Run, label: str, key: str, runs: list[Run], kind: str) -> None:
        """The field, and the question that is just the label as it is printed."""
        desk = self.desk
        before = len(desk.fields)
        desk.note(label, key, runs, kind)
        if len(desk.fields) > before:
            field = desk.fields[-1]
            self.ask(head.text, label, field.value, field.box)

    def ask(self, printed: str, label: str, answer: str, box: Box) -> None:
        """A question by label: as printed, by itself, or in a sentence."""
        pick = self.dice.random()
        text = printed if pick < 0.35 else label if pick < 0.5 else f"What is the {label}?"
        self.desk.facts.append(Question(" ".join(text.split()), answer, box, "label"))

    def ruled(self, x: float, base: float, end: float) -> None:
        """The line that is written on."""
        desk, low = self.desk, base + self.desk.em * self.dice.uniform(0.08, 0.22)
        desk.canvas.rule(x, low, end, low, desk.line_ink)
