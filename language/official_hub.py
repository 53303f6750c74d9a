"""Hub names like ``deepseek-ai/deepseek-vl2-small`` → a folder on this machine."""

from pathlib import Path
from typing import Any

OFFICIAL_NAMES = tuple(f"deepseek-ai/deepseek-vl2{size}" for size in ("-tiny", "-small", ""))
FILES = ["*.json", "*.safetensors"]  # no code: nothing of a repository is run


def looks_like_hub_name(name: str) -> bool:
    """``owner/name``, and no path that exists or could only be a path."""
    parts = name.split("/")
    return len(parts) == 2 and all(parts) and not name.startswith((".", "~")) and not Path(name).exists()


def hub_folder(name: str, **options: Any) -> Path:
    """Where the files of a hub repository lie: those of an earlier download, else fetched now.

    ``options`` as for ``huggingface_hub.snapshot_download``. Raises ``FileNotFoundError`` that says what to
    do when they are not here and cannot be fetched.
    """
    if not looks_like_hub_name(name):
        raise FileNotFoundError(f"no model {name!r}: give a folder, or a hub name like owner/name")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=FILES, **options))
    except (OSError, ValueError) as error:  # the library's own errors are kinds of these
        reason = str(error).strip().splitlines()[0]
        raise FileNotFoundError(
            f"{name}: not on this machine, and the hub cannot be reached ({reason}); download it where there "
            f"is a network (hf download {name}) and give the folder"
        ) from error
