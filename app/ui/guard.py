"""What is refused before Gradio sees it: other sites' requests, and bodies of absurd size.

The page is for browsers on this computer.
"""

from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ..loopback import stranger

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
    if (refusal := stranger(scope["headers"])) is not None:
        return refusal
    if scope.get("method") not in ("POST", "PUT", "PATCH"):
        return None
    is_upload = str(scope.get("path", "")).startswith(UPLOAD_PATH)
    most = MAX_UPLOADS_MB if is_upload else MAX_CALL_MB
    length = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
    if not length.isdecimal():
        return 411, "The request does not say how long it is."
    if int(length) > most << 20:
        return 413, f"The request has more than {most} MB; send less at once."
    return None


def app_options() -> dict[str, Any]:
    """What Gradio hands to its application."""
    from starlette.middleware import Middleware

    return {"middleware": [Middleware(Guard)]}
