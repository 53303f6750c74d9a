"""Invoices and receipts that people keep in public repositories: fetched, drawn and labelled, to be scored.

    python benchmarks/wild.py OUT [--mirrors DIR]

writes ``OUT/images`` and ``OUT/manifest.jsonl``; then ``octavo eval OUT`` scores them, and the scoreboard
does where OUT is ``DATA/dev/wild``. Nobody trained on them; they are not ours and not in this repository.
``wild.jsonl`` says which commit has each and what is printed on its page: a field lists every value that is
right, ``null`` among them where "not in the document" is, too, and is ``null`` where nothing else is; a
currency has its sign and its ISO code, a total its plain number as well. A scan that lies on its side stays.
"""

import argparse
import http.client
import io
import json
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image, ImageOps

DOCUMENTS = Path(__file__).with_suffix(".jsonl")
RAW = "https://raw.githubusercontent.com"
TASKS = {"invoice": "invoice_kie", "receipt": "receipt_kie"}
TIMEOUT_S = 60
DPI = 150  # of PDF pages
MAX_SIDE = 2000  # pixels of pictures


@dataclass(frozen=True)
class Source:
    """One document: a file of a commit, and what is printed on one of its pages."""

    id: str
    kind: str
    repository: str
    path: str
    commit: str
    fields: Mapping[str, Sequence[str | None] | None]
    page: int = 1

    @property
    def label(self) -> dict[str, Any]:
        """Its line of the manifest."""
        return {
            "id": self.id,
            "task": TASKS[self.kind],
            "image": f"images/{self.id}.png",
            "source": f"github {self.repository}@{self.commit} {self.path}, page {self.page}",
            "fields": self.fields,
        }


class UnavailableError(Exception):
    """A file that cannot be had or drawn, with the reason."""


def load_sources(path: Path) -> list[Source]:
    """One source a line; a key that is not known raises ``TypeError``."""
    return [Source(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def download(source: Source) -> bytes:
    """The file from GitHub."""
    path = urllib.parse.quote(f"{source.repository}/{source.commit}/{source.path}")
    try:
        with urllib.request.urlopen(f"{RAW}/{path}", timeout=TIMEOUT_S) as reply:
            return reply.read()
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(f"cannot be downloaded ({error})") from error


def from_mirror(source: Source, mirrors: Path) -> bytes:
    """The file from ``mirrors/owner+name/repo``, a bare clone or one with a work tree."""
    clone = mirrors / source.repository.replace("/", "+") / "repo"
    git_dir = clone / ".git" if (clone / ".git").exists() else clone
    command = ["git", f"--git-dir={git_dir}", "show", f"{source.commit}:{source.path}"]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise UnavailableError(f"not in the mirror ({said})") from error
    except OSError as error:  # no git
        raise UnavailableError(str(error)) from error


def picture(content: bytes, source: Source) -> Image.Image:
    """The page as people see it; of a picture what is transparent becomes white."""
    try:
        if source.path.lower().endswith(".pdf"):
            with pymupdf.open(stream=content, filetype="pdf") as document:
                drawn = document[source.page - 1].get_pixmap(dpi=DPI)
                return Image.frombytes("RGB", (drawn.width, drawn.height), drawn.samples)
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGBA")
        on_paper = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
        on_paper.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        return on_paper
    except (OSError, RuntimeError, ValueError, IndexError) as error:  # MuPDF's errors are RuntimeErrors
        raise UnavailableError(f"cannot be drawn ({error})") from error


def make(sources: Sequence[Source], out: Path, mirrors: Path | None) -> int:
    """Write the set to ``out`` and count its documents; what cannot be had is told and left out."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    lines = []
    for source in sources:
        try:
            content = from_mirror(source, mirrors) if mirrors else download(source)
            picture(content, source).save(out / source.label["image"])
        except UnavailableError as error:
            print(f"{source.id} is left out: {source.repository} {source.path}: {error}", file=sys.stderr)
            continue
        lines.append(json.dumps(source.label, ensure_ascii=False) + "\n")
    (out / "manifest.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="the folder to write; its name is that of the set")
    parser.add_argument(
        "--mirrors", type=Path, help="folder with clones as owner+name/repo; else from GitHub"
    )
    args = parser.parse_args()
    pymupdf.TOOLS.mupdf_display_errors(False)  # what can be drawn in spite of a fault is drawn
    sources = load_sources(DOCUMENTS)
    made = make(sources, args.out, args.mirrors)
    print(f"{made} of {len(sources)} documents in {args.out}")
    return 0 if made else 1


if __name__ == "__main__":
    raise SystemExit(main())
