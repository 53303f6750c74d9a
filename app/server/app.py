"""The routes of ``octavo serve``. Handlers hand on to ``chat`` and ``jobs``; errors become OpenAI's form."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import FastAPI, File, Form, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from prometheus_client import generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ..documents import parse_ranges
from ..errors import OctavoError, UsageError
from ..service import DocumentService
from .chat import ChatRequest, Conversation, chunks, completion
from .config import ApiError, ServerConfig
from .gate import Gate
from .jobs import Jobs, Order, parse_schema
from .shell import Metrics, Shell
from .uploads import clean_name

MAX_TEXT = 20_000
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/json": {}}}
    for status, text in {
        400: "The request or the document is wrong.",
        401: "The key is missing or wrong.",
        404: "There is no such model or job.",
        413: "The body is too large.",
        429: "Too many requests, or the model is busy.",
    }.items()
}


def create_app(service: DocumentService, config: ServerConfig | None = None) -> Shell:
    """The ASGI application. The service is the caller's to close."""
    config = config or ServerConfig()
    gate = Gate(config.waiting, config.wait_s)
    metrics = Metrics(gate)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.jobs = Jobs(service, gate, config)
        service.warm_up()
        yield
        await run_in_threadpool(app.state.jobs.close)

    app = FastAPI(
        title="Octavo", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, responses=ERRORS
    )
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(OctavoError, _octavo_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    _add_status(app, service, metrics)
    _add_chat(app, service, gate, metrics)
    _add_jobs(app)
    return Shell(app, config, metrics)


def _add_status(app: FastAPI, service: DocumentService, metrics: Metrics) -> None:
    @app.get("/healthz")
    def health() -> dict[str, str]:
        """Whether the server runs."""
        return {"status": "ok"}

    @app.get("/metrics", response_class=PlainTextResponse)
    def numbers() -> PlainTextResponse:
        """Counters for Prometheus."""
        text = generate_latest(metrics.registry)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        """The one model that is served."""
        return {"object": "list", "data": [_model(service)]}

    @app.get("/v1/models/{name:path}")
    def model(name: str) -> dict[str, Any]:
        """The model of that name."""
        _check_model(service, name)
        return _model(service)


def _add_chat(app: FastAPI, service: DocumentService, gate: Gate, metrics: Metrics) -> None:
    @app.post("/v1/chat/completions", response_model=None)
    async def chat(request: ChatRequest) -> dict[str, Any] | StreamingResponse:
        """Ask about images; with ``stream`` the reply comes as server-sent events."""
        _check_model(service, request.model)
        if not request.stream:
            return await run_in_threadpool(_complete, service, gate, metrics, request)
        conversation = await run_in_threadpool(Conversation, service, request)
        try:
            turn = await run_in_threadpool(gate.enter)
        except BaseException:
            conversation.close()
            raise

        def finish() -> None:
            gate.leave(turn)
            conversation.close()

        events = chunks(request, conversation.reply())
        return StreamingResponse(_lines(events, metrics, finish), media_type="text/event-stream")


def _complete(service: DocumentService, gate: Gate, metrics: Metrics, request: ChatRequest) -> dict[str, Any]:
    conversation = Conversation(service, request)
    try:
        with gate.turn():
            pieces = list(conversation.reply())
    finally:
        conversation.close()
    metrics.tokens.inc(pieces[-1].tokens)
    return completion(request, pieces)


async def _lines(events: Iterator[dict[str, Any]], metrics: Metrics, finish: Any) -> AsyncIterator[str]:
    """Server-sent events; whatever ends the stream, the turn is given back."""
    try:
        while (event := await run_in_threadpool(_next, events)) is not None:
            if event["choices"] and event["choices"][0]["delta"].get("content"):
                metrics.tokens.inc()
            yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        yield "data: [DONE]\n\n"
    except (ApiError, OctavoError) as error:  # too late for a status
        told = error if isinstance(error, ApiError) else ApiError(400, str(error))
        yield f"data: {json.dumps(told.to_json())}\n\n"
    finally:
        finish()


def _next(events: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    return next(events, None)  # StopIteration cannot cross a thread pool


def _add_jobs(app: FastAPI) -> None:
    @app.post("/v1/documents", status_code=202)
    async def create(
        request: Request,
        file: Annotated[UploadFile, File(description="A PDF or an image.")],
        task: Annotated[Literal["ask", "extract", "read"], Form()],
        question: Annotated[str, Form(max_length=MAX_TEXT)] = "",
        fields: Annotated[str, Form(max_length=MAX_TEXT)] = "",
        wanted: Annotated[str, Form(alias="schema", max_length=10 * MAX_TEXT)] = "",
        pages: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=200)] = "",
    ) -> dict[str, Any]:
        """Take a document in; ``GET /v1/documents/{id}`` tells how it goes and gives the result."""
        names = tuple(name.strip() for name in fields.split(",") if name.strip())
        order = Order(
            task, clean_name(file.filename), question.strip(), names, parse_schema(wanted), pages, password
        )
        _check_order(order)
        data = await file.read()
        job = await run_in_threadpool(request.app.state.jobs.add, request.state.owner, order, data)
        answer: dict[str, Any] = job.to_json()
        return answer

    @app.get("/v1/documents/{job_id}")
    def look(request: Request, job_id: str) -> dict[str, Any]:
        """How a job goes, and its result."""
        answer: dict[str, Any] = request.app.state.jobs.get(request.state.owner, job_id).to_json()
        return answer

    @app.delete("/v1/documents/{job_id}")
    def remove(request: Request, job_id: str) -> dict[str, Any]:
        """Stop and forget a job."""
        answer: dict[str, Any] = request.app.state.jobs.remove(request.state.owner, job_id).to_json()
        return answer


def _check_order(order: Order) -> None:
    if order.task == "ask" and not order.question:
        raise ApiError(400, "ask needs a question", "no_question")
    if order.task == "extract" and bool(order.fields) == (order.schema is not None):
        raise ApiError(400, "extract needs either fields, separated by commas, or a schema", "no_fields")
    if order.pages:
        try:
            parse_ranges(order.pages)
        except UsageError as error:
            raise ApiError(400, str(error), "invalid_pages") from None


def _served(service: DocumentService) -> str:
    """The model's name without the folder it may lie in."""
    return re.split(r"[\\/]", service.backend.name.rstrip("\\/"))[-1]


def _check_model(service: DocumentService, name: str) -> None:
    known = _served(service)
    if name != known:
        raise ApiError(
            404, f"the model {name[:100]!r} is not served here; there is {known!r}", "model_not_found"
        )


def _model(service: DocumentService) -> dict[str, Any]:
    return {"id": _served(service), "object": "model", "created": 0, "owned_by": "octavo"}


def _api_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return JSONResponse(error.to_json(), error.status, error.headers())


def _octavo_error(request: Request, error: Exception) -> JSONResponse:
    return _api_error(request, ApiError(400, str(error)))


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    return _api_error(request, ApiError(400, f"{place}: {first['msg']}"[:500], "invalid_request"))


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _api_error(request, ApiError(error.status_code, str(error.detail)))
