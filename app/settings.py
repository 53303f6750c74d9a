"""Runtime knobs, resolved once: a flag beats the environment (``OCTAVO_*``) beats the settings file.

The settings file is TOML with the field names as keys: ``$OCTAVO_CONFIG``, else ``octavo.toml`` in the user's
configuration folder. Unknown names raise there; in the environment only known names are looked at.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .errors import UsageError


@dataclass(frozen=True)
class Settings:
    """Limits and choices of one process; sizes carry their unit in the name."""

    model: str = "nano"
    device: str = "cpu"
    page_px: int = 1_668_000  # an A4 page exactly as large as the nano canvas shows it: 1086×1536
    max_image_px: int = 80_000_000  # what an image may decode to; a 600-dpi A3 scan has 70 million
    max_file_mb: int = 256
    max_pages: int = 200  # per call; a longer document wants a page range
    page_timeout_s: float = 30.0
    memory_mb: int = 2048  # address space of the process that decodes files
    recycle_after: int = 1000  # requests (files opened and pages rendered) until that process is replaced
    isolate: bool = True  # decode in a child process; False only for debugging
    cached_pages: int = 64  # encoded pages kept for the next question, as far as cache_mb allows
    cache_mb: int = 64  # memory of the encoded pages that are kept; a page of nano takes 2 to 6 MB
    ask_pages: int = 12  # of many pages so many of the best matching are asked though one has answered
    ask_tokens: int = 128
    reply_timeout_s: float = 300.0  # for what the model writes about one page; then it is cut off
    read_tokens: int = 3072
    extract_tokens: int = 512
    second_look: bool = True  # pages with unsure fields are encoded and read twice

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in ("model", "device", "isolate", "second_look") and value <= 0:
                raise UsageError(f"setting {field.name}: must be above 0, not {value}")
        if not re.fullmatch(r"cpu|cuda(:\d{1,3})?", self.device):
            raise UsageError(f"setting device: {self.device!r} is none; write cpu or cuda")

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ, **flags: Any) -> "Settings":
        """Settings of this process; ``flags`` that are None count as not given. Raises UsageError."""
        values = _from_file(environ) | _from_environment(environ)
        values |= {name: value for name, value in flags.items() if value is not None}
        return cls(**{name: _convert(name, value) for name, value in values.items()})


TYPES: dict[str, type] = {field.name: type(field.default) for field in fields(Settings)}
TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _convert(name: str, value: Any) -> Any:
    kind = TYPES.get(name)
    if kind is None:
        raise UsageError(f"setting {name}: unknown; known are {', '.join(TYPES)}")
    try:
        return TRUTH[str(value).lower()] if kind is bool else kind(value)
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"setting {name}: {value!r} is not a valid {kind.__name__}") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ["OCTAVO_" + name.upper()] for name in TYPES if "OCTAVO_" + name.upper() in environ}


def _from_file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get("OCTAVO_CONFIG")
    folder = environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    path = Path(named) if named else Path(folder) / "octavo.toml"
    if not named and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: the settings file cannot be read ({error}); repair or remove it") from None
