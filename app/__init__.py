"""The application: files in, answers out. ``DocumentService`` is the entrance."""

from .backend import FakeBackend, LocalBackend
from .documents import Document
from .errors import DocumentError, ModelError, OctavoError, PageError, UsageError
from .remote import OpenAIBackend
from .schema import Extraction, Schema, load_schema
from .service import DocumentService
from .settings import Settings
from .types import Answer, Evidence, Fields, FieldValue, Page, PageText

__all__ = [
    "Answer",
    "Document",
    "DocumentError",
    "DocumentService",
    "Evidence",
    "Extraction",
    "FakeBackend",
    "FieldValue",
    "Fields",
    "LocalBackend",
    "ModelError",
    "OctavoError",
    "OpenAIBackend",
    "Page",
    "PageError",
    "PageText",
    "Schema",
    "Settings",
    "UsageError",
    "load_schema",
]
