"""The application: files in, answers out. ``DocumentService`` is the entrance."""

from .backend import FakeBackend, LocalBackend
from .documents import Document
from .errors import DocumentError, ModelError, OctavoError, PageError, UsageError
from .remote import OpenAIBackend
from .schema import Extraction, Schema, load_schema
from .service import DocumentService
from .settings import Settings
from .types import Alternative, Answer, Evidence, Fields, FieldValue, Page, PageAnswer, PageSeen, PageText

__all__ = [
    "Alternative",
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
    "PageAnswer",
    "PageError",
    "PageSeen",
    "PageText",
    "Schema",
    "Settings",
    "UsageError",
    "load_schema",
]
