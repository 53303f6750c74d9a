"""The components whose texts follow the chosen language."""

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr

from .texts import LANGUAGES, say

Made = TypeVar("Made")


class Words:
    """Makes components with English texts and remembers which text each property shows."""

    def __init__(self) -> None:
        self._shown: list[tuple[Any, dict[str, str]]] = []

    def make(self, kind: Callable[..., Made], texts: dict[str, str], *values: Any, **options: Any) -> Made:
        """``kind(*values, **options)`` with ``texts``: property → key of the table of texts."""
        made = kind(*values, **{name: say("en", key) for name, key in texts.items()}, **options)
        self._shown.append((made, texts))
        return made

    def note(self, component: Any, texts: dict[str, str]) -> None:
        """Remember a component that was made elsewhere."""
        self._shown.append((component, texts))

    def choices(
        self, kind: Callable[..., Made], keys: dict[str, str], texts: dict[str, str], **options: Any
    ) -> Made:
        """A component with choices, ``keys``: value → key of its text."""
        made = self.make(kind, texts, choices=_choices("en", keys), **options)
        self._shown[-1] = (made, {**texts, **{f"choice {value}": key for value, key in keys.items()}})
        return made

    @property
    def components(self) -> list[Any]:
        """Those whose texts change, in the order of :meth:`spoken`."""
        return [component for component, _ in self._shown]

    def spoken(self, language: str) -> list[Any]:
        """An update of each component."""
        language = language if language in LANGUAGES else "en"
        return [gr.update(**_properties(language, texts)) for _, texts in self._shown]


def _properties(language: str, texts: dict[str, str]) -> dict[str, Any]:
    plain = {name: say(language, key) for name, key in texts.items() if not name.startswith("choice ")}
    keys = {name.removeprefix("choice "): key for name, key in texts.items() if name.startswith("choice ")}
    return plain | ({"choices": _choices(language, keys)} if keys else {})


def _choices(language: str, keys: dict[str, str]) -> list[tuple[str, str]]:
    return [(say(language, key), value) for value, key in keys.items()]
