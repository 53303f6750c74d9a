"""Uploads and ZIP archives → a folder of documents for a batch.

An archive comes from a stranger: its names lead nowhere but into the folder, links in it are not made, what
it unpacks to is counted while it is unpacked, archives inside it stay closed.
"""

import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..batch.plan import SUFFIXES
from ..errors import UsageError
from ..parsing import printable
from .texts import say

MB = 1 << 20
END, END_SIZE, LOCATOR = b"PK\x05\x06", 22, b"PK\x06\x07"
ENTRY_BYTES = 600  # of the directory, at most and on average: a name of 500 bytes
MAX_DEPTH, MAX_NAME = 8, 100
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Limits:
    """What one batch may hold; sizes in megabytes, unpacked."""

    files: int = 10_000
    total_mb: int = 4096
    file_mb: int = 256


def gather(paths: Sequence[str], folder: Path, limits: Limits, language: str) -> tuple[int, tuple[str, ...]]:
    """Put documents into ``folder`` → how many there are, and the names of what was left out.

    Raises UsageError for an archive that is broken, locked or too large, and when there are too many files.
    """
    taken, skipped = 0, []
    budget = [min(limits.total_mb * MB, shutil.disk_usage(folder).free // 2)]
    for path in map(Path, paths):
        if path.suffix.lower() == ".zip":
            for name, is_taken in _unpacked(path, folder, limits, budget, language):
                taken += is_taken
                skipped += [] if is_taken else [name]
                _check_count(taken, limits, language)
        elif path.suffix.lower() in SUFFIXES:
            try:
                _place(path, _free(folder, (path.name,)))
            except OSError:
                raise UsageError(say(language, "upload_gone", name=printable(path.name))) from None
            taken += 1
            _check_count(taken, limits, language)
        else:
            skipped.append(printable(path.name))
    return taken, tuple(skipped)


def _check_count(taken: int, limits: Limits, language: str) -> None:
    if taken > limits.files:
        raise UsageError(say(language, "too_many_files", limit=limits.files))


def _unpacked(
    archive: Path, folder: Path, limits: Limits, budget: list[int], language: str
) -> Iterator[tuple[str, bool]]:
    """``(name, whether it was taken)`` of each file of an archive."""
    name = printable(archive.name)
    _check_directory(archive, limits, language)
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if entry.is_dir():
                    continue
                if entry.flag_bits & 1:
                    raise UsageError(say(language, "zip_locked", name=name))
                yield _take(opened, entry, folder, limits, budget)
    except _TooLargeError:
        limit = limits.total_mb
        raise UsageError(say(language, "zip_large", name=name, limit=limit)) from None
    except BROKEN:
        raise UsageError(say(language, "zip_broken", name=name)) from None


class _TooLargeError(Exception):
    """More was unpacked than is allowed."""


def _take(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, limits: Limits, budget: list[int]
) -> tuple[str, bool]:
    parts = safe_parts(entry.filename)
    shown = "/".join(parts) or "?"
    if not parts or Path(parts[-1]).suffix.lower() not in SUFFIXES or parts[0] == "__MACOSX":
        return shown, False
    target = _free(folder, parts)
    room = limits.file_mb * MB
    with opened.open(entry) as source, target.open("xb") as stream:
        while chunk := source.read(MB):
            room -= len(chunk)
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise _TooLargeError
            if room < 0:  # the header may have said less
                break
            stream.write(chunk)
    if room < 0:
        target.unlink()
    return shown, room >= 0


def safe_parts(name: str) -> tuple[str, ...]:
    """The folders and the name of an archive's entry, without what could lead elsewhere or be hidden."""
    cleaned = []
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        part = printable(part).replace("/", "").replace(":", "").lstrip(". ").rstrip(". ")
        if part:
            stem, dot, suffix = part.rpartition(".")
            cleaned.append(
                (stem[: MAX_NAME - len(suffix)] + dot + suffix) if len(suffix) < 8 else part[:MAX_NAME]
            )
    return tuple(cleaned[-MAX_DEPTH:])


def _free(folder: Path, parts: Sequence[str]) -> Path:
    """A path in ``folder`` that is not taken; its folders are made."""
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    first, number = target, 1
    while target.exists():
        number += 1
        target = first.with_name(f"{first.stem} ({number}){first.suffix}")
    return target


def _place(source: Path, target: Path) -> None:
    """The upload under another name: the same bytes on disk where that is possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _check_directory(archive: Path, limits: Limits, language: str) -> None:
    """Refuse an archive whose directory alone would fill the memory, before anything reads it."""
    name = printable(archive.name)
    try:
        with archive.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - END_SIZE - 65_535))
            tail = stream.read()
    except OSError:
        raise UsageError(say(language, "zip_broken", name=name)) from None
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_SIZE:
        raise UsageError(say(language, "zip_broken", name=name))
    entries, length = struct.unpack("<H I", tail[at + 10 : at + 12] + tail[at + 12 : at + 16])
    is_large = tail[max(0, at - 20) : at].startswith(LOCATOR) or entries == 0xFFFF
    if is_large or entries > limits.files or length > limits.files * ENTRY_BYTES:
        raise UsageError(say(language, "zip_many", name=name, limit=limits.files))
