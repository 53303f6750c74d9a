"""OpenAI's chat protocol: the images of a conversation are pages, its last text is what is asked about them.

Decoding is greedy, so ``temperature`` and the like change nothing. The one text ``Read the page.`` asks for a
transcript; a ``response_format`` with a JSON schema asks for an extraction, and the reply is valid against
it.
"""

import json
import math
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from ..documents import Document
from ..errors import OctavoError
from ..prompts import READ
from ..schema import Extraction, Schema, load_schema
from ..service import DocumentService
from ..types import Answer, Delta, PageAnswer, PageText
from .config import ApiError
from .uploads import clean_name, combine, decode_data_url, open_upload

MAX_MESSAGES = 200
MAX_IMAGES = 64
MAX_QUESTION = 20_000
FINISH = {"ok": "stop", "loop": "stop", "truncated": "length"}


class ImageUrl(BaseModel):
    """A picture as a ``data:`` URL."""

    url: str


class FileData(BaseModel):
    """A PDF or picture as a ``data:`` URL."""

    file_data: str
    filename: str | None = None


class Part(BaseModel):
    """A piece of a message: text, a picture, or a file."""

    type: Literal["text", "image_url", "file"]
    text: str | None = None
    image_url: ImageUrl | None = None
    file: FileData | None = None


class Message(BaseModel):
    """One turn of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None


class JsonSchema(BaseModel):
    """A schema with a name."""

    name: str = "schema"
    schema_: dict[str, Any] = Field(alias="schema")


class ResponseFormat(BaseModel):
    """``text``, or ``json_schema`` with the schema that the reply has to be valid against."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StreamOptions(BaseModel):
    """Whether the last chunk counts tokens."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is used of OpenAI's request; the rest is accepted and ignored."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    n: int = Field(default=1, ge=1, le=1)
    response_format: ResponseFormat | None = None
    logprobs: bool = False


@dataclass(frozen=True)
class Task:
    """What a request asks for. ``schema`` is None for answers and transcripts."""

    question: str
    document: Document
    schema: Schema | None
    service: DocumentService


@dataclass(frozen=True)
class Piece:
    """A part of the reply: text, and in the last one why it ended and our own record."""

    text: str
    tokens: int
    finish: str = ""
    record: dict[str, Any] | None = None
    probability: float | None = None

    @property
    def logprobs(self) -> dict[str, Any] | None:
        """OpenAI's form of the probability."""
        if self.probability is None:
            return None
        logprob = math.log(max(self.probability, 1e-9))
        return {"content": [{"token": self.text, "logprob": logprob, "bytes": None, "top_logprobs": []}]}


class Conversation:
    """A request with its files on disk; they are gone when it is closed."""

    def __init__(self, service: DocumentService, request: ChatRequest) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="octavo-chat-")
        try:
            self.task = self._understand(service, request)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Delete the files."""
        self._folder.cleanup()

    def reply(self) -> Iterator[Piece]:
        """The reply in pieces, the last one with its end. Raises ApiError when the page gave none."""
        task, tokens, sent, is_steady = self.task, 0, "", True
        streams = len(task.document.numbers) == 1 and task.schema is None
        for event in _events(task):
            if isinstance(event, Delta):
                tokens += 1
                is_steady = is_steady and not event.retract  # what was sent cannot be taken back
                if streams and is_steady:
                    sent += event.text
                    yield Piece(event.text, tokens, probability=event.probability)
            elif isinstance(event, Answer | Extraction):
                text, finish, record = _result(event)
                yield from _last(text, sent, tokens, finish, record)
            elif isinstance(event, PageAnswer | PageText) and event.status == "error":
                raise ApiError(400, f"page {event.page}: {event.reason}", "invalid_document")
            elif isinstance(event, PageText) and streams:
                record = {"confidence": round(event.confidence, 4), "status": event.status}
                yield from _last(event.text, sent, tokens, FINISH[event.status], record)
        if task.question == READ and not streams and task.schema is None:
            raise ApiError(
                400, "a transcript is made of one page at a time; send one image", "too_many_pages"
            )

    def _understand(self, service: DocumentService, request: ChatRequest) -> Task:
        documents: list[Document] = []
        question = ""
        for message in request.messages:
            for part in _parts(message):
                if part.type == "text" and message.role == "user":
                    question = (part.text or "").strip() or question
                elif part.type != "text":
                    documents.append(self._save(service, part, len(documents)))
        if not documents:
            raise ApiError(400, "the messages hold no page; add an image_url with a data: URL", "no_image")
        if len(question) > MAX_QUESTION:
            raise ApiError(400, f"the question is longer than {MAX_QUESTION} characters", "too_long")
        wanted = request.response_format
        schema = None
        if wanted and wanted.type == "json_object":
            raise ApiError(400, "json_object is not supported; give a json_schema", "unsupported")
        if wanted and wanted.type == "json_schema":
            if wanted.json_schema is None:
                raise ApiError(400, "response_format: json_schema is missing", "invalid_schema")
            try:
                schema = load_schema({"title": wanted.json_schema.name} | wanted.json_schema.schema_)
            except OctavoError as error:
                raise ApiError(400, str(error), "invalid_schema") from None
        elif not question:
            raise ApiError(400, "the messages hold no question; add one as text", "no_question")
        limit = request.max_completion_tokens or request.max_tokens
        return Task(question, combine(documents), schema, service.limited(limit) if limit else service)

    def _save(self, service: DocumentService, part: Part, count: int) -> Document:
        if count >= MAX_IMAGES:
            raise ApiError(400, f"more than {MAX_IMAGES} images; send fewer", "too_many_pages")
        url = part.image_url.url if part.image_url else part.file.file_data if part.file else ""
        path = Path(self._folder.name) / f"{count}"
        path.write_bytes(decode_data_url(url))
        name = clean_name(part.file.filename if part.file else None)
        return open_upload(service, path, name)


def _parts(message: Message) -> list[Part]:
    if isinstance(message.content, str):
        return [Part(type="text", text=message.content)]
    return message.content or []


def _events(task: Task) -> Iterator[Any]:
    if task.schema is not None:
        return task.service.stream_schema(task.document, task.schema)
    if task.question == READ:
        return task.service.stream_read(task.document)
    return task.service.stream_ask(task.document, task.question)


def _result(event: Answer | Extraction) -> tuple[str, str, dict[str, Any]]:
    """``(text, why it ended, our own record)``."""
    record = event.to_json()
    if isinstance(event, Extraction):
        return json.dumps(event.data, ensure_ascii=False), "stop", record
    cut = any(trouble.status == "truncated" and trouble.page for trouble in event.troubles)
    return event.answer, "length" if cut else "stop", record


def _last(text: str, sent: str, tokens: int, finish: str, record: dict[str, Any]) -> Iterator[Piece]:
    """The end of the reply: what is missing of it. Where the final text does not go on from what was sent (a
    repetition was dropped), it is in the record."""
    if text.startswith(sent):
        yield Piece(text[len(sent) :], tokens)
    elif sent.strip() != text.strip():
        record = record | {"text": text}
    yield Piece("", tokens, finish, record)


def completion(request: ChatRequest, pieces: list[Piece]) -> dict[str, Any]:
    """OpenAI's ``chat.completion``; our record is in ``octavo``."""
    last = pieces[-1]
    text = "".join(piece.text for piece in pieces)
    text = (last.record or {}).get("text", text)
    message = {"role": "assistant", "content": text, "refusal": None}
    told = [part for piece in pieces if piece.logprobs for part in piece.logprobs["content"]]
    logprobs = {"content": told, "refusal": None} if request.logprobs and told else None
    choice = {"index": 0, "message": message, "finish_reason": last.finish, "logprobs": logprobs}
    return _head(request.model, "chat.completion") | {
        "choices": [choice],
        "usage": _usage(last.tokens),
        "octavo": last.record,
    }


def chunks(request: ChatRequest, pieces: Iterator[Piece]) -> Iterator[dict[str, Any]]:
    """OpenAI's ``chat.completion.chunk`` objects."""
    head = _head(request.model, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None, logprobs: Any = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": logprobs}
        return head | {"choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    tokens = 0
    for piece in pieces:
        tokens = piece.tokens
        if piece.finish:
            yield chunk({}, piece.finish) | {"octavo": piece.record}
        elif piece.text:
            yield chunk({"content": piece.text}, logprobs=piece.logprobs if request.logprobs else None)
    if request.stream_options and request.stream_options.include_usage:
        yield head | {"choices": [], "usage": _usage(tokens)}


def _head(model: str, kind: str) -> dict[str, Any]:
    created = int(time.time())
    return {"id": "chatcmpl-" + secrets.token_hex(12), "object": kind, "created": created, "model": model}


def _usage(tokens: int) -> dict[str, int]:
    """Only what was written is counted: pages are not made of text tokens."""
    return {"prompt_tokens": 0, "completion_tokens": tokens, "total_tokens": tokens}
