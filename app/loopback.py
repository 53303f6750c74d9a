"""Servers on the loopback: their ports, and who may speak to them.

A site that a person visits can make the browser send requests there: cross-site requests, or a name of its
own that is made to point at 127.0.0.1 (DNS rebinding). Both show in the headers.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from .errors import UsageError

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def check_port(command: str, port: int) -> None:
    """Raises UsageError for a number that is no port."""
    if not 1 <= port <= 65535:
        raise UsageError(f"{command}: port {port} is none; choose one from 1024 to 65535")


def stranger(headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, str] | None:
    """``(status, sentence)`` for the headers of a request that another site has sent."""
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    if hostname(named.get("host", "")) not in OWN_NAMES:
        return 421, "This is served to this computer only; open it as http://127.0.0.1."
    origin = named.get("origin")
    if origin is not None and hostname(origin) not in OWN_NAMES:
        return 403, "A request of another site was refused."
    return None


def hostname(address: str) -> str:
    """The name of a host in ``Host`` or ``Origin``; empty where there is none."""
    try:
        return (urlsplit(address if "//" in address else f"//{address}").hostname or "").lower()
    except ValueError:
        return ""
