"""What is refused before Gradio sees it: other sites' requests, and bodies of absurd size.

The page is for browsers on this computer. A site that a person visits could make the browser send requests
here (cross-site requests, or a name that is made to point at 127.0.0.1): both show in the headers.
"""

from typing import Any
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_CALL_MB = 4  # of a request that is no upload: texts, a schema, edited facts
MAX_UPLOADS_MB = 4096  # of all files of one upload together
UPLOAD_PATH = "/gradio_api/upload"


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with the reason why not."""
        refusal = refused(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            status, sentence = refusal
            await PlainTextResponse(sentence, status)(scope, receive, send)


def refused(scope: Scope) -> tuple[int, str] | None:
    """``(status, sentence)`` for a request that is not let in."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if hostname(headers.get("host", "")) not in OWN_NAMES:
        return 421, "This page is served to this computer only; open it as http://127.0.0.1."
    origin = headers.get("origin")
    if origin is not None and hostname(origin) not in OWN_NAMES:
        return 403, "A request of another site was refused."
    if scope.get("method") not in ("POST", "PUT", "PATCH"):
        return None
    is_upload = str(scope.get("path", "")).startswith(UPLOAD_PATH)
    most = MAX_UPLOADS_MB if is_upload else MAX_CALL_MB
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return 411, "The request does not say how long it is."
    if int(length) > most << 20:
        return 413, f"The request has more than {most} MB; send less at once."
    return None


def hostname(address: str) -> str:
    """The name of a host in ``Host`` or ``Origin``; empty where there is none."""
    try:
        return (urlsplit(address if "//" in address else f"//{address}").hostname or "").lower()
    except ValueError:
        return ""


def app_options() -> dict[str, Any]:
    """What Gradio hands to its application."""
    from starlette.middleware import Middleware

    return {"middleware": [Middleware(Guard)]}
