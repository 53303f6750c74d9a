"""Finished items on disk, one JSON object a line: an interrupted run goes on where it stopped.

A line counts only for the same reader (weights, engine, rules, program), the same labels and the same
number of threads; what no longer fits is left in the file and not used. A line that was cut off by the
interruption is skipped.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from octavo.app.evaluate import Failure, ItemResult
from octavo.app.manifest import Item
from octavo.app.scoring import Score

from .recorder import Recorded


def labels_digest(item: Item) -> str:
    """Eight digits over what an item is asked and held against."""
    text = json.dumps(
        [item.task, item.page, dict(item.labels)], sort_keys=True, ensure_ascii=False, default=str
    )
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def key(set_name: str, reader: str, item: Item, threads: int) -> str:
    """What a finished item is found by; ``reader`` names the model or the engine and rules."""
    return "|".join((set_name, reader, item.id, labels_digest(item), str(threads)))


@dataclass
class Ledger:
    """The file and what is in it."""

    path: Path
    entries: dict[str, Recorded] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, fresh: bool = False) -> "Ledger":
        """Read what is there; ``fresh`` starts an empty file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if fresh or not path.exists():
            path.write_text("", encoding="utf-8")
        text, entries = path.read_text(encoding="utf-8"), {}
        if text and not text.endswith("\n"):
            path.write_text(text + "\n", encoding="utf-8")
        for line in text.splitlines():
            try:
                record = json.loads(line)
                entries[record["key"]] = _decoded(record)
            except (ValueError, KeyError, TypeError):
                continue  # the last line of a run that was killed while it wrote
        return cls(path, entries)

    def add(self, entry_key: str, recorded: Recorded) -> None:
        """Append one item and see it to the file."""
        self.entries[entry_key] = recorded
        result = recorded.result
        record: dict[str, Any] = {
            "key": entry_key,
            "id": result.id,
            "scores": [[score.metric, score.value, score.weight] for score in result.scores],
            "failures": [failure.reason for failure in result.failures],
            "seconds": result.seconds,
            "judgements": [[confidence, right] for confidence, right in recorded.judgements],
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()


def _decoded(record: dict[str, Any]) -> Recorded:
    result = ItemResult(
        record["id"],
        tuple(Score(metric, value, weight) for metric, value, weight in record["scores"]),
        tuple(Failure(record["id"], reason) for reason in record["failures"]),
        record["seconds"],
    )
    return Recorded(result, tuple((float(c), bool(right)) for c, right in record["judgements"]))
