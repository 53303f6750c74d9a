"""What one page gives to an extraction, as it is kept until the pages are merged: printed texts and
places."""

from dataclasses import dataclass, field
from typing import Any

from ..types import Evidence, FieldValue, PageFields, Status


@dataclass(frozen=True)
class Cell:
    """A printed cell of a row and where it stands."""

    text: str
    evidence: Evidence


@dataclass(frozen=True)
class Row:
    """A row of a table: column name → cell."""

    cells: dict[str, Cell]
    confidence: float


@dataclass(frozen=True)
class PagePart:
    """The fields of a page by the labels that were asked, and its rows by the path of their table."""

    page: PageFields
    rows: dict[tuple[str, ...], tuple[Row, ...]] = field(default_factory=dict)

    @property
    def confidence(self) -> float | None:
        """That of the least sure value; None where the page gave none."""
        sure = [item.confidence for item in self.page.fields.values()]
        sure += [row.confidence for rows in self.rows.values() for row in rows]
        return min(sure, default=None)

    def to_json(self) -> dict[str, Any]:
        """Everything but file, page number, status and reason, which the keeper has already."""
        return {
            "labels": {
                label: {"value": item.value, "confidence": item.confidence, "box": item.evidence[0].box}
                for label, item in self.page.fields.items()
            },
            "rows": [
                [path, [[_cells_json(row), row.confidence] for row in rows]]
                for path, rows in self.rows.items()
            ],
            "notes": list(self.page.notes),
        }

    @classmethod
    def from_json(
        cls, record: dict[str, Any], file: str, number: int, status: Status, reason: str
    ) -> "PagePart":
        """The inverse of :meth:`to_json`; an empty record is a page that gave nothing."""

        def place(box: list[float]) -> Evidence:
            x0, y0, x1, y1 = box
            return Evidence(file, number, (x0, y0, x1, y1))

        fields = {
            label: FieldValue(item["value"], item["confidence"], (place(item["box"]),))
            for label, item in record.get("labels", {}).items()
        }
        rows = {
            tuple(path): tuple(
                Row({name: Cell(text, place(box)) for name, (text, box) in cells.items()}, confidence)
                for cells, confidence in kept
            )
            for path, kept in record.get("rows", ())
        }
        notes = tuple(record.get("notes", ()))
        return cls(PageFields(file, number, fields, status, reason, notes), rows)


def _cells_json(row: Row) -> dict[str, Any]:
    return {name: [cell.text, cell.evidence.box] for name, cell in row.cells.items()}
