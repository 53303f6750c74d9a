"""A schema over a document: each page is asked for the labels, tables come from its transcript, pages are
merged, texts become values, figures are checked against each other, and the whole is made valid."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..documents import Document
from ..plausible import choose
from ..types import WHOLE_PAGE, Evidence, FieldValue, Page, PageFields, PageText, Trouble
from .checks import check_totals
from .convert import convert
from .load import Leaf, Schema, Table
from .part import Cell, PagePart, Row
from .record import LEFT_OUT, Extracted, Extraction, assemble
from .tables import PrintedTable, best_table, find_tables
from .values import Habits, parse_currency

if TYPE_CHECKING:
    from ..service import DocumentService

BY_SIGN = "rule: the sign or code printed at an amount"
TOTAL_WORDS = (
    "total",
    "subtotal",
    "sub total",
    "vat",
    "tax",
    "sum",
    "summe",
    "gesamt",
    "zwischensumme",
    "mwst",
)


def stream_extraction(
    service: "DocumentService", document: Document, schema: Schema
) -> Iterator[PageFields | Extraction]:
    """What each page gave, and last the extraction of the document."""
    model, started = service.model, time.perf_counter()
    parts: list[PagePart] = []
    for number in document.numbers:
        parts.append(extract_page(service, replace(document, numbers=(number,)), schema))
        yield parts[-1].page
    found = merge_parts(schema, document.file, parts, model, time.perf_counter() - started)
    cut = () if document.is_complete else (Trouble(document.file, 0, "truncated", document.note),)
    yield replace(found, troubles=(*cut, *found.troubles))


def extract_page(service: "DocumentService", document: Document, schema: Schema) -> PagePart:
    """What the only chosen page of ``document`` gives."""
    labels = list(dict.fromkeys(leaf.label for leaf in schema.leaves))
    page = next(service.stream_page_fields(document, labels)) if labels else _nothing(document)
    if not schema.tables or page.status == "error":
        return PagePart(page)
    text = service.read(document)[0]
    page = page if text.status == "ok" else replace(page, status=text.status, reason=text.reason)
    finder = Finder(service, document, text)
    return PagePart(page, {table.path: tuple(_rows(finder, table)) for table in schema.tables})


def merge_parts(
    schema: Schema, file: str, parts: Sequence[PagePart], model: str, seconds: float
) -> Extraction:
    """The extraction of a document from what its pages gave."""
    pages = [part.page for part in parts]
    rows = {
        table.path: [row for part in parts for row in part.rows.get(table.path, ())]
        for table in schema.tables
    }
    data, fields = _values(schema, pages, rows)
    filled = [lines for table in schema.tables if (lines := _at(data, table.path))]
    checks = check_totals(data, filled[0] if filled else [])
    troubles = tuple(
        Trouble(page.file, page.page, page.status, page.reason) for page in pages if page.status != "ok"
    )
    notes = tuple(dict.fromkeys(note for page in pages for note in page.notes))
    return Extraction(schema.name, file, data, fields, checks, model, seconds, troubles, notes)


def _nothing(document: Document) -> PageFields:
    return PageFields(document.file, document.numbers[0], {}, "ok", document.note)


class Finder:
    """The transcript of a page, and where on the page a text of it stands."""

    def __init__(self, service: "DocumentService", document: Document, text: PageText) -> None:
        self.text, self.file, self._backend = text, document.file, service.backend
        self._upright = service.upright
        self._page: Page | None = None
        self._document, self._opened = document, None

    def where(self, text: str, near: str) -> Evidence:
        """The place of a text beside ``near``; the whole page when the encoder did not see it."""
        if self._page is None:
            self._page = self._upright.of(self._document.page(self.text.page))
            self._opened = self._backend.open_page(self._page.image)
        box = self._backend.locate(self._opened, self._page.image, text, near)
        return Evidence(self.file, self.text.page, self._page.stored(box or WHOLE_PAGE))


def _rows(finder: Finder, table: Table) -> list[Row]:
    """The rows of the page's table that has the wanted columns; all tables' rows where none is named."""
    printed = list(find_tables(finder.text.text))
    if not table.columns:
        return [
            _row(finder, found, row, dict(zip(_names(found), range(len(row)), strict=True)))
            for found in printed
            for row in found.rows
        ]
    best = best_table(printed, [column.label for column in table.columns])
    if best is None:
        return []
    found, places = best
    named = {column.path[-1]: places[column.label] for column in table.columns if column.label in places}
    made = [_row(finder, found, row, named) for row in found.rows]
    return [row for row in made if row.cells and not _is_total(row)]


def _row(finder: Finder, table: PrintedTable, texts: Sequence[str], places: Mapping[str, int]) -> Row:
    head = next((text for text in texts if text), "")
    cells = {}
    for name, place in places.items():
        if texts[place]:
            near = head if texts[place] != head else table.header[place]
            cells[name] = Cell(texts[place], finder.where(texts[place], near))
    return Row(cells, finder.text.confidence)


def _names(table: PrintedTable) -> list[str]:
    """Names of the columns, made different where the print has none or the same twice."""
    names: list[str] = []
    for place, head in enumerate(table.header, 1):
        name = head or f"column {place}"
        names.append(f"{name} ({place})" if name in names else name)
    return names


def _is_total(row: Row) -> bool:
    """Whether a row sums up the ones above: it has but one or two cells and begins with such a word."""
    first = next(iter(row.cells.values())).text.casefold().strip(" :.")
    return len(row.cells) <= 2 and first.startswith(TOTAL_WORDS)


def _values(
    schema: Schema, pages: Sequence[PageFields], rows: Mapping[tuple[str, ...], Sequence[Row]]
) -> tuple[dict[str, Any], dict[str, Extracted]]:
    texts = [field.value for page in pages for field in page.fields.values() if field.value]
    texts += [cell.text for found in rows.values() for row in found for cell in row.cells.values()]
    habits = Habits.of(texts)
    found: dict[tuple[str, ...], Extracted] = {}
    for leaf in schema.leaves:
        candidates = [page.fields[leaf.label] for page in pages if leaf.label in page.fields]
        if (best := _best(candidates, leaf, habits)) is not None:
            found[leaf.path] = best
    for leaf in schema.leaves:
        if leaf.kind == "currency" and (leaf.path not in found or found[leaf.path].value is None):
            if (sign := _currency(schema, found)) is not None:
                found[leaf.path] = sign
    fields = {".".join(path): item for path, item in found.items()}
    made: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for table in schema.tables:
        made[table.path] = []
        for number, row in enumerate(rows[table.path]):
            record, cells = _record(table, row, habits)
            made[table.path].append(record)
            fields |= {f"{'.'.join(table.path)}[{number}].{name}": cell for name, cell in cells.items()}
    values = {path: item.value for path, item in found.items()}
    return _valid(schema, values, made, fields), fields


def _best(candidates: Sequence[FieldValue], leaf: Leaf, habits: Habits) -> Extracted | None:
    """Of the pages' values the best (``plausible.choose``) that fits the schema, else the best of all."""
    if not candidates:
        return None
    converted = [(convert(item.value or "", leaf, habits), item) for item in candidates]
    fitting = [pair for pair in converted if pair[0].value is not None]
    outcome, best = choose(leaf.label, fitting or converted, lambda pair: pair[1].confidence)
    others = tuple(
        (item.value or "", item.evidence[0].page, item.confidence)
        for item in candidates
        if item is not best and item.value != best.value
    )
    return Extracted(
        outcome.value, best.value or "", best.confidence, best.evidence, "model", outcome.problem, others
    )


def _currency(schema: Schema, found: Mapping[tuple[str, ...], Extracted]) -> Extracted | None:
    """The currency as its sign or code stands at one of the amounts."""
    for leaf in schema.leaves:
        item = found.get(leaf.path)
        if leaf.kind == "number" and item is not None and (code := parse_currency(item.text)) is not None:
            return replace(item, value=code, source=BY_SIGN, problem="", others=())
    return None


def _record(table: Table, row: Row, habits: Habits) -> tuple[dict[str, Any], dict[str, Extracted]]:
    """``(the row's object, what its cells are)``."""
    record: dict[str, Any] = {}
    cells: dict[str, Extracted] = {}
    columns = table.columns or tuple(Leaf((name,), name, {"type": "string"}, True) for name in row.cells)
    for column in columns:
        name, value = column.path[-1], column.missing if column.required else LEFT_OUT
        if name in row.cells:
            cell = row.cells[name]
            outcome = convert(cell.text, column, habits)
            evidence = (cell.evidence,)
            cells[name] = Extracted(
                outcome.value, cell.text, row.confidence, evidence, "model", outcome.problem
            )
            value = outcome.value if outcome.value is not None else value
        if value is not LEFT_OUT:
            record[name] = value
    return record, cells


def _valid(
    schema: Schema,
    values: dict[tuple[str, ...], Any],
    rows: dict[tuple[str, ...], list[dict[str, Any]]],
    fields: dict[str, Extracted],
) -> dict[str, Any]:
    """The object, without what breaks a rule of the schema that is about more than one value. Each value
    fits by itself, and an object without any is valid: taking values away comes to an end at a valid one."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema.document)
    while True:
        data = assemble(schema.leaves, schema.tables, values, rows)
        error = next(validator.iter_errors(data), None)
        if error is None:
            return data
        path = [str(part) for part in error.absolute_path]
        inside = [
            key
            for key in (*values, *rows)
            if _meets(key, path) and (values.get(key) is not None or rows.get(key))
        ]
        for key in inside or [*values, *rows]:
            if key in rows:
                rows[key] = []
            else:
                values[key] = None
            name = ".".join(key)
            for field in [name] if name in fields else [one for one in fields if one.startswith(name + "[")]:
                problem = f"does not fit the schema: {error.message[:120]}"
                fields[field] = replace(fields[field], value=None, problem=problem)


def _meets(key: tuple[str, ...], path: Sequence[str]) -> bool:
    """Whether an error at ``path`` is about the value at ``key``, or about an object or list that holds
    it."""
    length = min(len(key), len(path))
    return list(key[:length]) == list(path[:length])


def _at(data: Any, path: Sequence[str]) -> Any:
    for key in path:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    return data
