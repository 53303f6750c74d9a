"""Limits of the server. The defaults suit one machine whose model answers one request at a time."""

from dataclasses import dataclass, field

from ..errors import UsageError


@dataclass(frozen=True)
class ServerConfig:
    """``api_key``: what callers have to send; empty for none (the server is on the loopback only)."""

    api_key: str = field(default="", repr=False)
    max_body_mb: float = 32
    requests_per_minute: int = 120  # of one key, or of one address where there is no key
    waiting: int = 16  # requests that may wait for the model; further ones are told to come later
    wait_s: float = 60.0  # how long they may
    jobs: int = 100  # documents that may be queued
    keep_s: float = 3600.0  # how long a finished job's result is kept

    def __post_init__(self) -> None:
        for name in ("max_body_mb", "requests_per_minute", "waiting", "wait_s", "jobs", "keep_s"):
            if getattr(self, name) <= 0:
                raise UsageError(
                    f"serve: {name.replace('_', ' ')} must be above 0, not {getattr(self, name)}"
                )


class ApiError(Exception):
    """What goes wrong with a request: the HTTP status, a sentence, and OpenAI's name for the kind of
    error."""

    def __init__(self, status: int, message: str, code: str = "", retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.retry_after_s = status, message, code, retry_after_s

    def to_json(self) -> dict[str, dict[str, str | None]]:
        """OpenAI's form of an error."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        kind = "rate_limit_error" if self.status == 429 else kind
        return {"error": {"message": self.message, "type": kind, "param": None, "code": self.code or None}}

    def headers(self) -> dict[str, str]:
        """When to come again, and how to sign in."""
        found = {"Retry-After": str(self.retry_after_s)} if self.retry_after_s else {}
        return found | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})
