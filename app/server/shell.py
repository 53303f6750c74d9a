"""What every request passes before it reaches a handler: the key, the rate, the size of its body; and what is
counted of it afterwards. Pure ASGI, so that streams are passed on piece by piece."""

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ..loopback import stranger
from .config import ApiError, ServerConfig
from .gate import Gate, Rate

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
OPEN_PATHS = {"/healthz"}
SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


class Metrics:
    """Counters in a registry of their own, in Prometheus' naming."""

    def __init__(self, gate: Gate) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "octavo_requests", "HTTP requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "octavo_request_seconds",
            "Time to the end of the response",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.tokens = Counter("octavo_tokens", "Pieces of text written", registry=self.registry)
        waiting = Gauge("octavo_waiting", "Requests that wait for the model", registry=self.registry)
        waiting.set_function(lambda: gate.waiting)


class Shell:
    """Wraps the application."""

    def __init__(self, app: App, config: ServerConfig, metrics: Metrics) -> None:
        self.app, self.config, self.metrics = app, config, metrics
        self._rate = Rate(config.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        body = Body(receive, int(self.config.max_body_mb * (1 << 20)))

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        async def answer(message: MutableMapping[str, Any]) -> None:
            if not body.is_too_large:
                await note(message)
            elif message["type"] == "http.response.start":  # what a handler says of half a body is no help
                await refuse(self._too_large(), note)

        try:
            scope.setdefault("state", {})["owner"] = self._check(scope)
            await self.app(scope, body.receive, answer)
        except ApiError as error:
            await refuse(error, note)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self.metrics.requests.labels(scope["method"], route, status).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - started)

    def _check(self, scope: Scope) -> str:
        """Who asks: a digest of the key, or the address. Raises ApiError for a wrong key, another site's
        request, or too many of them."""
        headers = dict(scope["headers"])
        caller = scope["client"][0] if scope.get("client") else "unknown"
        if scope["path"] in OPEN_PATHS:
            return caller
        if self.config.api_key:
            kind, _, key = headers.get(b"authorization", b"").partition(b" ")
            if kind.lower() != b"bearer" or not hmac.compare_digest(key, self.config.api_key.encode()):
                self._rate.take(caller)  # guessing is slow
                raise ApiError(
                    401, "the API key is missing or wrong; send it as a bearer token", "invalid_api_key"
                )
            caller = hashlib.sha256(key).hexdigest()
        elif refusal := stranger(scope["headers"]):  # with a key it may stand behind a proxy of any name
            raise ApiError(*refusal, "not_this_computer")
        self._rate.take(caller)
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.config.max_body_mb * (1 << 20):
            raise self._too_large()
        return caller

    def _too_large(self) -> ApiError:
        return ApiError(413, f"the request is larger than {self.config.max_body_mb:g} MB", "too_large")


class Body:
    """A request's body that ends where it is too large, announced or not."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left = receive, limit

    @property
    def is_too_large(self) -> bool:
        """Whether more came than is allowed."""
        return self._left < 0

    async def receive(self) -> MutableMapping[str, Any]:
        """The next message; the end of the connection in place of what is too much."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_large else message


async def refuse(error: ApiError, send: Send) -> None:
    """An error as OpenAI words it."""
    body = json.dumps(error.to_json()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in error.headers().items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
