"""Octavo beside what people use today, on the same documents in the same run: ``make scoreboard DATA=…``.

    python benchmarks/scoreboard.py --data DATA [--sets sroie,funsd] [--limit N] [--only octavo] [--fresh]

Every item goes to each reader in turn before the next item comes, so that a busy spell of the machine hits
all alike. Finished items are kept (``--work``): an interrupted run goes on. Writes ``scoreboard.json``
beside this script and prints a Markdown table last. How it is scored: ``docs/scoreboard.md``.
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from board.blank import blank_pages
from board.ledger import Ledger, key
from board.recorder import Recorded, run_item
from board.sets import SETS, BoardSet, chosen_sets
from board.table import Column, Measured, markdown, to_json
from peers.engines import TESSERACT_FOR, Engine, EngineError, RapidOcr, Tesseract
from peers.service import RulesService

from octavo.app.evaluate import Service, summarise
from octavo.app.manifest import Item
from octavo.app.service import DocumentService
from octavo.app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
READERS = ("octavo", "tesseract", "rapidocr")
PEER_PYTHON = ROOT / ".venv" / "peers" / "bin" / "python"
PROGRAM = ("app/*.py", "vision/*.py", "language/*.py", "kernels/**/*.py")  # what Octavo's answers depend on
Say = Callable[[str], None]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and dev/")
    parser.add_argument("--sets", help=f"comma-separated: {', '.join(entry.name for entry in SETS)}")
    parser.add_argument("--limit", type=int, help="the first items of each set only")
    parser.add_argument("--only", choices=READERS, help="one reader alone")
    parser.add_argument("--model", default="nano")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--fresh", action="store_true", help="measure everything again; else finished items stand"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "runs" / "scoreboard", help="where finished items are kept"
    )
    parser.add_argument("--json", type=Path, default=Path(__file__).with_suffix(".json"))
    args = parser.parse_args()
    try:
        sets = chosen_sets(args.sets)
    except ValueError as error:
        parser.error(str(error))
    # Before torch is imported: the thread count of a process is settled then.
    os.environ["OMP_NUM_THREADS"] = str(args.threads)
    planned = [(entry, entry.items(args.data, args.work / entry.name)[: args.limit]) for entry in sets]
    readers, notes = open_readers([args.only] if args.only else READERS, args.model, args.threads, args.work)
    notes += [
        f"{entry.name} is left out: no documents in {args.data}" for entry, items in planned if not items
    ]
    for note in notes:
        print(note, file=sys.stderr)
    if not readers:
        return 2
    ledger = Ledger.open(args.work / "items.jsonl", args.fresh)
    runner = Runner(readers, ledger, args.threads, say=lambda text: print(text, file=sys.stderr, flush=True))
    try:
        board = [runner.run(entry, items) for entry, items in planned if items]
    finally:
        for reader in readers.values():
            reader.close()
    run = {**machine(args.threads), "limit": args.limit, "load": runner.load(), "left_out": notes}
    args.json.write_text(
        json.dumps(to_json(board, run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if (load := runner.load()) and load > args.threads + 0.5:
        print(f"The machine was busy (load {load}): take no seconds from this run.", file=sys.stderr)
    print(markdown(board, list(readers)))
    return 0


class OctavoReader:
    """Octavo under the board's terms: one service for all sets."""

    def __init__(self, model: str, work: Path) -> None:
        self.service = DocumentService(Settings.load(model=model))
        self.model = f"{self.service.model} program@{program_digest()}"
        # The first answer of a process settles threads and kernels; no document is to be charged for that.
        self.service.ask(self.service.open(blank_pages(work / "warm_up")[0]), "What is the total?")

    def serves(self, entry: BoardSet) -> bool:
        """It reads whatever there is."""
        return True

    def for_set(self, entry: BoardSet) -> Service:
        """The same service for every set: it is not told what it looks at."""
        return self.service

    def close(self) -> None:
        """End the process that decodes files."""
        self.service.close()


class PeerReader:
    """An OCR engine with rules; a set of photos without text is not for it."""

    def __init__(self, engine_for: Callable[[str], Engine]) -> None:
        self._engine_for = engine_for
        self._services: dict[str, RulesService] = {}
        self.model = self._service("page").model

    def serves(self, entry: BoardSet) -> bool:
        """Whether OCR can answer at all."""
        return entry.kind is not None

    def for_set(self, entry: BoardSet) -> Service:
        """Rules for the kind of document."""
        return self._service(entry.kind or "page")

    def _service(self, kind: str) -> RulesService:
        if kind not in self._services:
            self._services[kind] = RulesService(self._engine_for(kind), kind)
        return self._services[kind]

    def close(self) -> None:
        """End every process that was started."""
        for service in self._services.values():
            service.close()
            service.engine.close()


Reader = OctavoReader | PeerReader


def _same(engine: Engine, kind: str) -> Engine:
    """An engine that has no settings for a kind of document."""
    return engine


def open_readers(
    names: Sequence[str], model: str, threads: int, work: Path
) -> tuple[dict[str, Reader], list[str]]:
    """The readers that can be had, and a sentence for each that cannot."""
    readers: dict[str, Reader] = {}
    notes: list[str] = []
    for name in names:
        try:
            if name == "octavo":
                readers[name] = OctavoReader(model, work)
            elif name == "tesseract":
                readers[name] = PeerReader(lambda kind: Tesseract(threads, *TESSERACT_FOR[kind]))
            else:
                worker = RapidOcr(PEER_PYTHON, threads)
                readers[name] = PeerReader(partial(_same, worker))
        except EngineError as error:
            notes.append(f"{name} is left out: {error}")
    return readers, notes


class Runner:
    """Puts every item to every reader, or takes what the ledger has of it."""

    def __init__(self, readers: dict[str, Reader], ledger: Ledger, threads: int, say: Say) -> None:
        self.readers, self.ledger, self.threads, self.say = readers, ledger, threads, say
        self._loads: list[float] = []

    def run(self, entry: BoardSet, items: Sequence[Item]) -> Measured:
        """All items of a set, each by all readers before the next."""
        taking_part = {name: reader for name, reader in self.readers.items() if reader.serves(entry)}
        results: dict[str, list[Recorded]] = {name: [] for name in taking_part}
        resumed = dict.fromkeys(taking_part, 0)
        for number, item in enumerate(items, start=1):
            for name, reader in taking_part.items():
                entry_key = key(entry.name, reader.model, item, self.threads)
                if entry_key in self.ledger.entries:
                    resumed[name] += 1
                else:
                    start = time.perf_counter()
                    self.ledger.add(entry_key, run_item(reader.for_set(entry), item))
                    self._loads.append(os.getloadavg()[0])
                    self.say(f"{entry.name} {number}/{len(items)} {name} {time.perf_counter() - start:.1f} s")
                results[name].append(self.ledger.entries[entry_key])
        columns = [
            Column(
                name,
                self.readers[name].model,
                summarise(entry.name, entry.kind or "photo", [recorded.result for recorded in of_reader]),
                tuple(judgement for recorded in of_reader for judgement in recorded.judgements),
                resumed[name],
            )
            for name, of_reader in results.items()
        ]
        return Measured(entry, tuple(columns))

    def load(self) -> float | None:
        """Median load of the machine while items were measured; None when all came from the ledger."""
        return round(statistics.median(self._loads), 2) if self._loads else None


def machine(threads: int) -> dict[str, Any]:
    """What the seconds depend on."""
    cpu = platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass  # not Linux: the name that Python knows has to do
    return {"date": date.today().isoformat(), "cpu": cpu, "cores": os.cpu_count(), "threads": threads}


def program_digest() -> str:
    """Eight digits over the program that stands between the weights and the answers."""
    digest = hashlib.blake2b(digest_size=4)
    for pattern in PROGRAM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
