"""Weights in pieces: what a run leaves behind while it goes on, in files small enough for any way home.

``python -m octavo.training.snapshot PIECES OUT`` puts them together again and checks the sum.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from ..language.vlm import VisionLanguageModel
from ..language.weights import CONFIG, TOKENIZER, WEIGHTS, save_pretrained

PIECE_BYTES = 15_000_000
INDEX = "pieces.json"


def write_snapshot(
    model: VisionLanguageModel,
    folder: Path,
    out: Path,
    *,
    note: dict[str, object],
    packed: Mapping[str, tuple[Tensor, Tensor]] | None = None,
) -> None:
    """Save the shippable model to ``folder`` and its pieces to ``out``; ``packed`` as in ``save_pretrained``.

    Older pieces stay until the new ones are complete: a run may be cut, or copied from, at any moment.
    """
    save_pretrained(model, folder, quantized=True, packed=packed)
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    data = (folder / WEIGHTS).read_bytes()
    names = []
    for number, start in enumerate(range(0, len(data), PIECE_BYTES)):
        names.append(f"weights.{number:02d}")
        (partial / names[-1]).write_bytes(data[start : start + PIECE_BYTES])
    config = json.loads((folder / CONFIG).read_text("utf-8"))
    index = {"pieces": names, "sha256": hashlib.sha256(data).hexdigest(), "config": config, "note": note}
    (partial / INDEX).write_text(json.dumps(index, indent=1), "utf-8")
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)


def join_snapshot(pieces: Path, out: Path, tokenizer: Path) -> None:
    """The model folder that the pieces came from. Raises ``ValueError`` when they do not fit their sum."""
    index = json.loads((pieces / INDEX).read_text("utf-8"))
    data = b"".join((pieces / name).read_bytes() for name in index["pieces"])
    found = hashlib.sha256(data).hexdigest()
    if found != index["sha256"]:
        raise ValueError(
            f"the pieces in {pieces} add up to {found[:12]}, not {index['sha256'][:12]}; copy them again"
        )
    out.mkdir(parents=True, exist_ok=True)
    partial = out / f"{WEIGHTS}.partial"
    partial.write_bytes(data)
    partial.replace(out / WEIGHTS)  # a running program has the old file mapped: it must not change under it
    (out / CONFIG).write_text(json.dumps(index["config"], indent=1) + "\n", "utf-8")
    if tokenizer.resolve() != (out / TOKENIZER).resolve():
        shutil.copyfile(tokenizer, out / TOKENIZER)


def main() -> None:
    from ..language.weights import PRETRAINED

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    join_snapshot(args.pieces, args.out, PRETRAINED / "nano" / TOKENIZER)


if __name__ == "__main__":
    main()
