"""Another server's model as the backend: any that speaks OpenAI's chat protocol (vLLM, SGLang, ``octavo
serve``).

``--model http://host:8000/v1``, with ``#name`` behind it when the server has several models. The page goes
out as a PNG in a ``data:`` URL. Where an answer stands on the page is known only if the model writes boxes
itself.
"""

import base64
import hashlib
import io
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from ..language.grounding import parse_grounding
from .backend import Piece
from .calibration import Calibration
from .errors import ModelError
from .official_prompts import official_prompt
from .settings import Settings
from .types import Box

if TYPE_CHECKING:
    import httpx

    from ..vision.coverage import Region

KEY = "OCTAVO_REMOTE_API_KEY"  # of its own: a key that was meant for another service is never sent
CONNECT_S = 10.0
MAX_LINE = 1 << 20
STOPS = {"length": "length", "max_tokens": "length"}
OWN = ("octavo",)  # who owns a model that knows our prompts


@dataclass(frozen=True)
class Remote:
    """The model that a server has. ``is_ours``: it was trained on our prompts."""

    name: str
    is_ours: bool


class OpenAIBackend:
    """See the module docstring. A server that cannot be reached or refuses is a ModelError."""

    def __init__(self, settings: Settings, transport: "httpx.BaseTransport | None" = None) -> None:
        import httpx

        address, _, self._wanted = settings.model.partition("#")
        self.name = settings.model
        self.calibration = Calibration()
        self.looks_twice = False  # measured with our own reader only
        key = os.environ.get(KEY, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(settings.reply_timeout_s, connect=CONNECT_S)
        self._client = httpx.Client(
            base_url=address.rstrip("/") + "/", headers=headers, timeout=timeout, transport=transport
        )
        self._remote: Remote | None = None
        self._box: tuple[str, Box | None] = "", None  # where an ``octavo serve`` saw its last answer

    def warm_up(self) -> None:
        """Nothing to load here."""

    @property
    def digest(self) -> str:
        """Of the server's address and its model's name: what is behind them cannot be known from here."""
        told = f"{self._client.base_url} {self._model().name}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def look(self, image: Image.Image) -> None:
        """Servers tell nothing of a page until they are asked."""

    def open_page(self, image: Image.Image) -> str:
        """The page as a ``data:`` URL."""
        stream = io.BytesIO()
        image.save(stream, "PNG", compress_level=1)
        return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")

    def stream(self, page: str, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        """The reply in the server's pieces. A piece without a probability from the server counts as 0.5:
        unknown."""
        model = self._model()
        text = prompt if model.is_ours else official_prompt(prompt)
        content = [{"type": "image_url", "image_url": {"url": page}}, {"type": "text", "text": text}]
        body = {
            "model": model.name,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": max_new_tokens,
            "temperature": 0,
            "stream": True,
            "logprobs": True,
        }
        stop, written = "", ""
        for event in self._events(body):
            self._box = written.strip(), _box(event)
            for choice in event.get("choices", ())[:1]:
                piece = (choice.get("delta") or {}).get("content")
                if piece:
                    written += str(piece)
                    yield Piece(str(piece), _probability(choice))
                reason = choice.get("finish_reason")
                stop = STOPS.get(reason, "eos") if reason else stop
        yield Piece("", stop=stop or "length")  # a stream that ends without a reason was cut off

    def locate(self, page: str, image: Image.Image, text: str, near: str) -> Box | None:
        """The box that the model wrote beside its answer, or that the server tells of it."""
        if self._box[1] is not None and self._box[0] == text:
            return self._box[1]
        return next((box for found in parse_grounding(text) for box in found.boxes), None)

    def unread(self, page: str, text: str) -> tuple[str, tuple["Region", ...]]:
        """What the page holds beyond the transcript is not known from here."""
        return text, ()

    def without_tail(self, page: str, text: str) -> str:
        return text

    def departure(self, page: str, text: str) -> float:
        return 0.0

    def _model(self) -> Remote:
        if self._remote is None:
            import httpx

            try:
                answer = self._client.get("models")
                answer.raise_for_status()
                models = [entry for entry in answer.json()["data"] if isinstance(entry.get("id"), str)]
            except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise self._problem(error) from None
            known = [entry for entry in models if entry["id"] == self._wanted or not self._wanted]
            if not known:
                names = ", ".join(entry["id"] for entry in models[:10]) or "none"
                problem = (
                    f"{self.name}: the server has no model {self._wanted!r}" if self._wanted else self.name
                )
                raise ModelError(f"{problem}; it has {names}; name one of them behind #")
            self._remote = Remote(known[0]["id"], known[0].get("owned_by") in OWN)
        return self._remote

    def _events(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        import httpx

        try:
            with self._client.stream("POST", "chat/completions", json=body) as answer:
                if answer.status_code >= 400:
                    answer.read()
                answer.raise_for_status()
                for line in answer.iter_lines():
                    if line.startswith("data:") and len(line) < MAX_LINE:
                        data = line.removeprefix("data:").strip()
                        if data == "[DONE]":
                            return
                        event = json.loads(data)
                        if isinstance(event, dict) and "error" in event:
                            raise ModelError(f"{self.name}: the server failed ({_message(event)}); try again")
                        if isinstance(event, dict):
                            yield event
        except (httpx.HTTPError, ValueError) as error:
            raise self._problem(error) from None

    def _problem(self, error: Exception) -> ModelError:
        import httpx

        if isinstance(error, httpx.HTTPStatusError):
            status = error.response.status_code
            remedy = {401: f"set {KEY}", 403: f"set {KEY}", 429: "try again later"}.get(status, "see its log")
            try:
                said = _message(error.response.json())
            except ValueError:
                said = error.response.reason_phrase
            return ModelError(f"{self.name}: the server answers {status} ({said}); {remedy}")
        if isinstance(error, httpx.HTTPError):
            reason = str(error) or type(error).__name__
            return ModelError(f"{self.name}: cannot be reached ({reason[:120]}); check the address")
        return ModelError(f"{self.name}: does not speak OpenAI's protocol; give the address that ends in /v1")


def is_remote(name: str) -> bool:
    """Whether a model's name is the address of a server."""
    return name.startswith(("http://", "https://"))


def _probability(choice: dict[str, Any]) -> float:
    """Of the tokens in a piece, their geometric mean."""
    tokens = (choice.get("logprobs") or {}).get("content") or ()
    logs = [token["logprob"] for token in tokens if isinstance(token.get("logprob"), int | float)]
    return math.exp(min(0.0, sum(logs) / len(logs))) if logs else 0.5


def _box(event: dict[str, Any]) -> Box | None:
    """The place in the record of an ``octavo serve``; anything else there is no place."""
    try:
        x0, y0, x1, y1 = (float(edge) for edge in event["octavo"]["evidence"][0]["box"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return (x0, y0, x1, y1) if 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 else None


def _message(event: Any) -> str:
    error = event.get("error") if isinstance(event, dict) else None
    text = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(text or "no reason given").split())[:200]
