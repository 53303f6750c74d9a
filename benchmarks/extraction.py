"""Extraction to a schema on real labelled documents: is all of it valid, has each value a place, is it right?

``python benchmarks/extraction.py FOLDER --schema receipt`` for a folder with a ``manifest.jsonl``; every 7th
line by ``id``, which is never trained on. A label counts as right when the normalised value, or the text
without case, spaces and punctuation, is the same.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

from octavo.app import DocumentService, Extraction, load_schema
from octavo.app.parsing import normalise
from octavo.app.types import WHOLE_PAGE

FIRST_VALIDATION, EVERY = 6, 7  # lines sorted by id: the 7th, the 14th, …
LABELS = {  # what a manifest calls it → what the schema calls it
    "invoice": {
        "invoice_number": "invoice_number",
        "issue_date": "invoice_date",
        "due_date": "due_date",
        "seller_name": "seller",
        "seller_vat_id": "seller_vat_number",
        "buyer_name": "buyer",
        "net_total": "subtotal",
        "tax_total": "tax",
        "grand_total": "total",
        "amount_due": "amount_due",
        "currency": "currency",
        "iban": "iban",
    },
    "receipt": {"company": "company", "date": "date", "address": "address", "total": "total"},
}


def is_same(label: str, found: Any, text: str) -> bool:
    """Whether a value is the labelled one: as a number, as printed, or normalised."""
    if isinstance(found, int | float):
        try:
            return abs(float(label.replace(",", "").strip("RM $")) - found) < 0.005
        except ValueError:
            return False
    return normalise(label) in (normalise(str(found)), normalise(text))


def validation_lines(folder: Path) -> list[dict[str, Any]]:
    """Every 7th line of the manifest, sorted by id."""
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    return sorted(lines, key=lambda line: line["id"])[FIRST_VALIDATION::EVERY]


def places(found: Extraction) -> Iterator[tuple[bool, bool]]:
    """For each value: whether it has a page and box, and whether the box is a place on the page."""
    for field in found.fields.values():
        has_box = bool(field.evidence) and len(field.evidence[0].box) == 4 and field.evidence[0].page > 0
        yield has_box, has_box and field.evidence[0].box != WHOLE_PAGE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--schema", choices=sorted(LABELS), required=True)
    parser.add_argument("--limit", type=int, help="only so many documents")
    args = parser.parse_args()
    schema = load_schema(args.schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(schema.document, format_checker=checker)
    counts: Counter[str] = Counter()
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    started = time.perf_counter()
    with DocumentService() as service:
        for line in validation_lines(args.folder)[: args.limit]:
            path = args.folder / (line.get("pdf") or line["image"])
            found = service.extract_schema(service.open(path), schema)
            counts["documents"] += 1
            counts["valid"] += validator.is_valid(found.data)
            counts["checks"] += len(found.checks)
            counts["disagreements"] += sum(not check.is_right for check in found.checks)
            for has_box, is_place in places(found):
                counts["values"] += 1
                counts["with page and box"] += has_box
                counts["box is a place"] += is_place
            for name, key in LABELS[args.schema].items():
                label = line["fields"].get(name)
                if label:
                    field = found.fields.get(key)
                    asked[key] += 1
                    right[key] += field is not None and is_same(label, field.value, field.text)
        print(f"{service.model}, schema {args.schema}, {time.perf_counter() - started:.0f} s")
    print(", ".join(f"{name}: {count}" for name, count in counts.items()))
    print("right: " + ", ".join(f"{key} {right[key]}/{asked[key]}" for key in asked))


if __name__ == "__main__":
    main()
