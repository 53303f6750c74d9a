"""Extraction to a schema: labels to ask for → printed texts → values that fit, checked against each other.

``load_schema`` takes a built-in name, a JSON Schema or a pydantic model; ``stream_extraction`` runs one
over a document, and :meth:`DocumentService.extract_schema` is how that is called.
"""

from .extract import stream_extraction
from .load import Leaf, Schema, Table, load_schema
from .record import Check, Extracted, Extraction

__all__ = ["Check", "Extracted", "Extraction", "Leaf", "Schema", "Table", "load_schema", "stream_extraction"]
