"""The fields of a document from those of its pages."""

from collections.abc import Iterable, Sequence

from .plausible import choose, fits
from .types import Fields, FieldValue, PageFields, Trouble


def merge_fields(
    file: str, keys: Sequence[str], pages: Sequence[PageFields], model: str, seconds: float
) -> Fields:
    """Of each field the best value (``plausible.choose``) among those that can be what the key asks for
    (``plausible.fits``), else among all; in the order of ``keys``, absent ones are None."""
    merged = {}
    for key in keys:
        values = [page.fields[key] for page in pages if key in page.fields]
        fitting = [value for value in values if fits(key, value.value or "")]
        offered = fitting or values or [FieldValue(None, 0.0)]
        merged[key] = choose(key, offered, lambda value: value.confidence)
    notes = tuple(note for page in pages for note in page.notes)
    return Fields(file, merged, model, seconds, _troubles(pages), notes)


def _troubles(results: Iterable[PageFields]) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(item.file, item.page, item.status, item.reason) for item in results if item.status != "ok"
    )
