"""Conversations and records → files that a person saves. They are made in the browser from what it is sent:
none lies on the server."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from .desk import Turn
from .texts import say
from .view import headline, plain

# The browser turns the parcel into a file and offers it; an empty one means that there is nothing to save.
SAVE_JS = """
(parcel) => {
  if (!parcel) return;
  const {name, kind, data} = JSON.parse(parcel);
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], {type: kind}));
  link.download = name;
  document.body.appendChild(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
"""


@dataclass(frozen=True)
class File:
    """A file to save: its name, its media type, its bytes."""

    name: str
    kind: str
    data: bytes

    def parcel(self) -> str:
        """As it goes to the browser."""
        data = base64.b64encode(self.data).decode("ascii")
        return json.dumps({"name": self.name, "kind": self.kind, "data": data})


def saves(
    button: gr.Button, handler: Callable[..., str], inputs: Sequence[Any], parcel: gr.Textbox, name: str
) -> None:
    """Let a button save what ``handler`` packs."""
    packed = button.click(handler, list(inputs), parcel, api_name=name, show_progress="hidden")
    packed.success(None, parcel, None, js=SAVE_JS, api_visibility="private")


def conversation_json(turns: Sequence[Turn], language: str) -> str:
    """The turns as a list of records."""
    if not turns:
        return _nothing(language)
    text = json.dumps([turn.to_json() for turn in turns], ensure_ascii=False, indent=2)
    return File("conversation.json", "application/json", text.encode()).parcel()


def conversation_markdown(turns: Sequence[Turn], language: str) -> str:
    """The turns as a text to read."""
    if not turns:
        return _nothing(language)
    parts = [f"# {say(language, 'talk_title')}"]
    for turn in turns:
        lines = [f"## {plain(turn.question)}", f"**{plain(headline(language, turn))}**"]
        for place in turn.places[: turn.num_own]:
            lines.append(plain(say(language, "place", page=place.page, name=place.name)))
        if turn.is_sure:
            lines.append(say(language, "confidence", percent=f"{turn.confidence:.0%}"))
        if others := turn.places[turn.num_own :]:
            lines.append(say(language, "also") + ":")
            lines.append("\n".join(
                f"- {plain(place.text)} ({plain(say(language, 'place', page=place.page, name=place.name))}, "
                f"{place.confidence:.0%})" for place in others
            ))  # fmt: skip
        lines.append(f"`{turn.model}` · {say(language, 'seconds', seconds=f'{turn.seconds:.1f}')}")
        parts.append("\n\n".join(lines))
    return File("conversation.md", "text/markdown", ("\n\n".join(parts) + "\n").encode()).parcel()


def _nothing(language: str) -> str:
    gr.Warning(say(language, "nothing_to_save"))
    return ""
