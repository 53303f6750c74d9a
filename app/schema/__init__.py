"""Extraction to a schema: labels to ask for → printed texts → values that fit, checked against each other.

``load_schema`` takes a built-in name, a JSON Schema or a pydantic model; ``stream_extraction`` runs one
over a document, and :meth:`DocumentService.extract_schema` is how that is called.
"""

from .extract import extract_page, merge_parts, stream_extraction
from .load import Leaf, Schema, Table, load_schema
from .part import PagePart
from .record import Check, Extracted, Extraction

__all__ = [
    "Check",
    "Extracted",
    "Extraction",
    "Leaf",
    "PagePart",
    "Schema",
    "Table",
    "extract_page",
    "load_schema",
    "merge_parts",
    "stream_extraction",
]
