"""The board as JSON and as a Markdown table."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from octavo.app.calibration import Judged, bins, expected_calibration_error
from octavo.app.evaluate import SetScore

from .sets import BoardSet, Line

CALIBRATION_BAR = 0.06
HEADINGS = {"octavo": "Octavo", "tesseract": "Tesseract + rules", "rapidocr": "RapidOCR + rules"}


@dataclass(frozen=True)
class Column:
    """What one reader reached on one set; ``resumed`` of its items were measured in an earlier run."""

    reader: str
    model: str
    score: SetScore
    judgements: tuple[Judged, ...]
    resumed: int


@dataclass(frozen=True)
class Measured:
    """One set with the columns of all readers that took part."""

    board_set: BoardSet
    columns: tuple[Column, ...]


def markdown(board: Sequence[Measured], readers: Sequence[str]) -> str:
    """One row a line of each set, one column a reader; a reader that took no part has a dash."""
    head = ["what", "n", "bar", *(HEADINGS[reader] for reader in readers)]
    rows = [head, ["---"] * len(head)]
    for measured in board:
        by_reader = {column.reader: column for column in measured.columns}
        n = max((column.score.n for column in measured.columns), default=0)
        for line in measured.board_set.lines:
            values = [_cell(by_reader.get(reader), line, reader == "octavo") for reader in readers]
            rows.append([f"{measured.board_set.title}: {line.title}", str(n), _bar(line), *values])
    if "octavo" in readers:
        rows += _calibration_rows(board, readers)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell(column: Column | None, line: Line, is_judged: bool) -> str:
    value = column.score.metrics.get(line.metric) if column else None
    if value is None:
        return "–"
    text = f"{value:.2f}" if line.metric.startswith("seconds") else f"{value:.3f}"
    if not is_judged or line.bar is None:
        return text
    return f"{text}, met" if line.meets(value) else f"{text}, missed"


def _bar(line: Line) -> str:
    if line.bar is None:
        return "–"
    return f"{'≤' if line.is_error else '≥'} {line.bar:g}"


def _calibration_rows(board: Sequence[Measured], readers: Sequence[str]) -> list[list[str]]:
    pooled = octavo_judgements(board)
    error = expected_calibration_error(pooled)
    if error is None:
        return []
    word = "met" if error <= CALIBRATION_BAR else "missed"
    cells = [f"{error:.3f}, {word}" if reader == "octavo" else "–" for reader in readers]
    title = "confidence of all answers above: expected calibration error, 10 bins"
    return [[title, str(len(pooled)), f"≤ {CALIBRATION_BAR:g}", *cells]]


def octavo_judgements(board: Sequence[Measured]) -> list[Judged]:
    """Every (confidence, right) pair of Octavo on the board."""
    columns = [column for measured in board for column in measured.columns if column.reader == "octavo"]
    return [judgement for column in columns for judgement in column.judgements]


def to_json(board: Sequence[Measured], run: Mapping[str, Any]) -> dict[str, Any]:
    """The record beside the script: the run, every metric of every reader, failures, calibration."""
    return {
        **run,
        "sets": [
            {
                "name": measured.board_set.name,
                "title": measured.board_set.title,
                "bars": {line.metric: line.bar for line in measured.board_set.lines if line.bar is not None},
                "readers": {column.reader: _column_json(column) for column in measured.columns},
            }
            for measured in board
        ],
        "calibration": calibration(octavo_judgements(board)),
    }


def _column_json(column: Column) -> dict[str, Any]:
    record = {"model": column.model, "resumed": column.resumed, **asdict(column.score)}
    if column.reader == "octavo":
        record["calibration_error"] = expected_calibration_error(column.judgements)
    return record


def calibration(judgements: Sequence[Judged]) -> dict[str, Any]:
    """The error and its bins."""
    if not judgements:
        return {}
    return {
        "answers": len(judgements),
        "right": statistics.fmean(right for _, right in judgements),
        "error": expected_calibration_error(judgements),
        "bins": [asdict(group) for group in bins(judgements)],
    }
