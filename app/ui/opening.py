"""Uploads come and go: opening them for a person, and deleting them when that person is done."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from .desk import Desk, Shown
from .keeping import Uploads
from .viewer import Viewer


class Opening:
    """Handlers of the file box."""

    def __init__(self, viewer: Viewer, uploads: Uploads) -> None:
        self.viewer, self.uploads = viewer, uploads

    def open(
        self,
        files: Sequence[str] | None,
        password: str,
        desk: Desk,
        shown: Shown | None,
        language: str,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """Open what was dropped, and remember whose it is."""
        self.uploads.hold(request, files or ())
        yield from self.viewer.open(files, password, desk, shown, language)

    def add_sample(self, sample: Path, files: Sequence[str] | None) -> Any:
        """Open a sample document too: a copy of it, which is this person's and goes as uploads do."""
        if sample.name in [Path(path).name for path in files or ()]:
            return gr.skip()
        return [*(files or ()), self.uploads.copy_of(sample)]

    def forget(self, files: Sequence[str] | None, request: gr.Request) -> tuple[Any, ...]:
        """Close everything and delete the uploads → file box, desk, shown page, picture, strip, position,
        message."""
        self.uploads.forget(request, files or ())
        return None, Desk(), None, None, "", "", ""
