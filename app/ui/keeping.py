"""Uploads are deleted when the last person who has them open closes the page or says so.

Gradio keeps equal files of different people once, in a folder named after their content: hence the counting.
What is forgotten here, Gradio itself deletes after an hour.
"""

import secrets
import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

import gradio as gr

MAX_PEOPLE = 10_000


class Uploads:
    """Who holds which upload. ``root``: the folder that Gradio keeps them in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held: dict[str, set[Path]] = {}
        self._lock = threading.Lock()

    def copy_of(self, sample: Path) -> str:
        """A copy of a sample document among the uploads, of its own for each person."""
        folder = self.root / f"sample-{secrets.token_hex(16)}"
        folder.mkdir(parents=True)
        return str(shutil.copyfile(sample, folder / sample.name))

    def hold(self, request: gr.Request | None, paths: Iterable[str]) -> None:
        """Note that this person has these uploads open."""
        with self._lock:
            self._held.setdefault(_person(request), set()).update(Path(path) for path in paths)
            while len(self._held) > MAX_PEOPLE:  # Gradio deletes the files of those after an hour
                del self._held[next(iter(self._held))]

    def forget(self, request: gr.Request | None, only: Iterable[str] | None = None) -> None:
        """Delete what nobody else has open; of what this person holds ``only`` these, if they are given."""
        with self._lock:
            mine = self._held.pop(_person(request), set())
            gone = mine if only is None else mine & {Path(path) for path in only}
            if mine - gone:
                self._held[_person(request)] = mine - gone
            others = set().union(*self._held.values()) if self._held else set()
        for path in gone - others:
            if path.is_relative_to(self.root):  # never a file that is not an upload
                path.unlink(missing_ok=True)
                if path.parent.name.startswith("sample-"):
                    shutil.rmtree(path.parent, ignore_errors=True)


def _person(request: gr.Request | None) -> str:
    """One open page of one browser."""
    return str(getattr(request, "session_hash", None) or "")
