"""Printed tables in a transcript → rows of a schema. The reader writes tables as Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RULE = re.compile(r":?-{2,}:?")
MAX_ROWS = 2000
# What columns of invoices, receipts and orders are called; the first name is the schema's own label.
SYNONYMS = {
    "description": (
        "item", "product", "article", "details", "particulars", "name", "service", "bezeichnung",
        "beschreibung", "artikel", "leistung", "produkt", "désignation", "designation", "libellé",
        "descripción", "descrizione", "omschrijving", "descrição", "品名", "描述",
    ),
    "quantity": (
        "qty", "quantities", "units", "pcs", "hours", "menge", "anzahl", "qté", "quantité", "cantidad",
        "quantità", "aantal", "quantidade", "数量",
    ),
    "unit price": (
        "price", "rate", "unit cost", "price each", "each", "einzelpreis", "preis", "stückpreis",
        "nettopreis", "prix unitaire", "p.u", "pu ht", "precio", "prezzo", "prijs", "preço", "单价",
    ),
    "amount": (
        "total", "line total", "sum", "net amount", "betrag", "gesamt", "gesamtpreis", "summe", "entgelt",
        "montant", "total ht", "importe", "importo", "bedrag", "valor", "金额",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class PrintedTable:
    """Header and rows of texts, all of one width."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def find_tables(markdown: str) -> Iterator[PrintedTable]:
    """The Markdown tables of a transcript, in order. Short rows are filled up, long ones are cut."""
    block: list[tuple[str, ...]] = []
    for line in [*markdown.splitlines(), ""]:
        if line.lstrip().startswith("|") and len(block) <= MAX_ROWS:
            block.append(_cells(line))
        elif block:
            rows = [row for row in block if not all(RULE.fullmatch(cell) or not cell for cell in row)]
            if len(rows) > 1:
                width = len(rows[0])
                yield PrintedTable(
                    rows[0], tuple((row + ("",) * width)[:width] for row in rows[1:] if any(row))
                )
            block = []


def _cells(line: str) -> tuple[str, ...]:
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return tuple(" ".join(part.replace("\\|", "|").split()) for part in parts)


def match_columns(table: PrintedTable, labels: Sequence[str]) -> dict[str, int]:
    """Label → column of the table: by the same name first, then by a usual other name; a column is taken
    once."""
    heads = [_plain(head) for head in table.header]
    found: dict[str, int] = {}
    for names in (
        [(label, (label,)) for label in labels],
        [(label, SYNONYMS.get(label, ())) for label in labels],
    ):
        for label, words in names:
            for word in words:
                if label in found:
                    break
                for place, head in enumerate(heads):
                    if head == _plain(word) and place not in found.values():
                        found[label] = place
                        break
    return found


def best_table(
    tables: Sequence[PrintedTable], labels: Sequence[str]
) -> tuple[PrintedTable, dict[str, int]] | None:
    """The table that has most of the columns, at least two of them or the only one; None when there is
    none."""
    best: tuple[PrintedTable, dict[str, int]] | None = None
    for table in tables:
        columns = match_columns(table, labels)
        if len(columns) >= min(2, len(labels)) and (best is None or len(columns) > len(best[1])):
            best = table, columns
    return best


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w.\s]", " ", text.casefold()).split()).strip(". ")
