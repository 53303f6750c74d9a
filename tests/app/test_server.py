"""``octavo serve`` as clients see it: the official OpenAI client, document jobs, limits, what is refused."""

import base64
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import openai
import pytest
import uvicorn
from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings
from octavo.app.prompts import NOT_FOUND, READ
from octavo.app.server.config import ApiError, ServerConfig
from octavo.app.server.gate import Gate, Rate
from octavo.app.server.run import uvicorn_config

TABLE = "| a | b |\n| --- | --- |\n| 1 | 2 |"


def reply(_image, prompt: str) -> str:
    if prompt == READ:
        return TABLE
    if prompt.startswith("Extract"):
        keys = json.loads("[" + prompt.partition(": ")[2] + "]")
        return json.dumps({key: "12,50 €" if key == "total" else None for key in keys})
    return {"What is the total?": "12.50 in all"}.get(prompt, NOT_FOUND)


def data_url(colour: str = "grey", mark: int = 40) -> str:
    image = Image.new("RGB", (300, 300), colour)
    image.paste("black", (20, 20, mark, 40))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def messages(question: str | None, *urls: str) -> list[dict]:
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [
        {"role": "user", "content": [*parts, *([{"type": "text", "text": question}] if question else [])]}
    ]


@pytest.fixture
def start() -> Iterator[Callable[..., str]]:
    """``start(backend, **config)`` → the address of a server on the loopback."""
    running = []

    def make(backend: FakeBackend | None = None, **config) -> str:
        service = DocumentService(Settings(isolate=False, page_px=90_000), backend or FakeBackend(reply))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = uvicorn.Server(uvicorn_config(service, ServerConfig(**config), port))
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread, service))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    yield make
    for server, thread, service in running:
        server.should_exit = True
        thread.join()
        service.close()


@pytest.fixture
def client(start) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=start(api_key="secret") + "/v1", api_key="secret", max_retries=0) as made:
        yield made


def job_of(address: str, headers: dict | None = None, content: bytes = b"", **form) -> httpx.Response:
    files = {"file": ("C:\\dir\\my invoice.png", content or base64.b64decode(data_url().partition(",")[2]))}
    return httpx.post(f"{address}/v1/documents", files=files, data=form, headers=headers)


def finished(address: str, job: str, headers: dict | None = None) -> dict:
    while (state := httpx.get(f"{address}/v1/documents/{job}", headers=headers).json())["status"] in (
        "queued",
        "running",
    ):
        time.sleep(0.01)
    return state


def test_the_openai_client_gets_an_answer_with_its_evidence(client):
    assert [model.id for model in client.models.list()] == ["fake"]
    assert client.models.retrieve("fake").owned_by == "octavo"
    found = client.chat.completions.create(model="fake", messages=messages("What is the total?", data_url()))
    choice = found.choices[0]
    assert (choice.message.content, choice.finish_reason) == ("12.50 in all", "stop")
    assert found.usage.completion_tokens == 3
    assert found.octavo["found"] and found.octavo["evidence"][0]["page"] == 1
    assert found.octavo["confidence"] == pytest.approx(0.9)


def test_a_stream_comes_word_by_word_and_ends_with_usage(client):
    stream = client.chat.completions.create(
        model="fake",
        messages=messages("What is the total?", data_url()),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert [text for text in texts if text] == ["12.50", " in", " all"]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens == 3


def test_a_length_limit_cuts_the_reply_and_says_so(client):
    found = client.chat.completions.create(
        model="fake", messages=messages("What is the total?", data_url()), max_tokens=2
    )
    assert found.choices[0].finish_reason == "length"
    assert found.choices[0].message.content == "12.50 in"


def test_a_json_schema_is_always_kept(client):
    schema = {"type": "object", "properties": {"total": {"type": ["number", "null"]}}, "required": ["total"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "bill", "schema": schema, "strict": True}}
    found = client.chat.completions.create(
        model="fake", messages=messages(None, data_url()), response_format=wanted
    )
    assert json.loads(found.choices[0].message.content) == {"total": 12.5}
    assert found.octavo["fields"]["total"]["text"] == "12,50 €"


def test_a_page_is_transcribed_and_several_pages_are_asked(client):
    found = client.chat.completions.create(model="fake", messages=messages(READ, data_url()))
    assert found.choices[0].message.content == TABLE
    two = messages("What is the total?", data_url(), data_url("white", 90))
    assert (
        client.chat.completions.create(model="fake", messages=two).choices[0].message.content
        == "12.50 in all"
    )
    with pytest.raises(openai.BadRequestError, match="one page at a time"):
        client.chat.completions.create(
            model="fake", messages=messages(READ, data_url(), data_url("white", 90))
        )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:1/x.png", "nothing is fetched"),
        ("https://example.org/x.png", "nothing is fetched"),
        ("file:///etc/passwd", "nothing is fetched"),
        ("/etc/passwd", "nothing is fetched"),
        ("data:image/png;base64,!!!", "no valid base64"),
        ("data:image/png;base64,aGVsbG8gd29ybGQ=", "neither a PDF nor a known image"),
        ("data:image/svg+xml;base64," + base64.b64encode(b"<svg onload='x'/>").decode(), "neither a PDF"),
    ],
)
def test_nothing_is_fetched_or_read_from_this_machine(client, url, problem):
    with pytest.raises(openai.BadRequestError, match=problem) as error:
        client.chat.completions.create(model="fake", messages=messages("What is the total?", url))
    assert "/tmp" not in str(error.value) and "octavo-chat" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"messages": messages("What?")}, "hold no page"),
        ({"messages": messages(None, data_url())}, "hold no question"),
        ({"messages": []}, "messages"),
        ({"n": 2}, "n: "),
        ({"response_format": {"type": "json_object"}}, "json_schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 5}}}},
            "no valid JSON Schema",
        ),
    ],
)
def test_a_wrong_request_is_a_sentence(client, change, problem):
    request = {"model": "fake", "messages": messages("What?", data_url())} | change
    with pytest.raises(openai.BadRequestError, match=problem):
        client.chat.completions.create(**request)


def test_unknown_models_and_wrong_keys_are_refused(client, start):
    with pytest.raises(openai.NotFoundError, match="is not served here"):
        client.chat.completions.create(model="gpt-4", messages=messages("What?", data_url()))
    other = openai.OpenAI(base_url=client.base_url, api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError, match="API key"):
        other.models.list()
    assert httpx.get(str(client.base_url).replace("/v1/", "/healthz")).json() == {"status": "ok"}


def test_a_body_that_is_too_large_is_refused_announced_or_not(start):
    address = start(max_body_mb=0.05)
    assert httpx.post(f"{address}/v1/chat/completions", content=bytes(100_000)).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 10_000

    answer = httpx.post(f"{address}/v1/chat/completions", content=pieces())
    assert answer.status_code == 413 and answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("header", "status"), [({"Host": "rebound.example"}, 421), ({"Origin": "https://shop.example"}, 403)]
)
def test_another_sites_requests_are_refused_where_no_key_is_asked_for(start, header, status):
    refused = httpx.get(start() + "/v1/models", headers=header)
    assert refused.status_code == status and refused.json()["error"]["code"] == "not_this_computer"
    key = {"Authorization": "Bearer secret"}  # with one, a proxy may give the server any name
    assert httpx.get(start(api_key="secret") + "/v1/models", headers=header | key).status_code == 200


def test_too_many_requests_are_told_when_to_come_again(start):
    address = start(requests_per_minute=3)
    answers = [httpx.get(f"{address}/v1/models") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["error"]["type"] == "rate_limit_error"


def test_many_at_once_get_an_answer_or_a_clean_refusal(start):
    def slow(image, prompt: str) -> str:
        time.sleep(0.02)
        return reply(image, prompt)

    address = start(FakeBackend(slow), waiting=3, requests_per_minute=1000)
    body = {"model": "fake", "messages": messages("What is the total?", data_url())}
    found: list[int] = []

    def ask(number: int) -> None:
        stream = {"stream": number % 2 == 0}
        found.append(httpx.post(f"{address}/v1/chat/completions", json=body | stream, timeout=30).status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {200, 429} and found.count(200) >= 4
    assert httpx.post(f"{address}/v1/chat/completions", json=body).status_code == 200  # no turn was lost
    numbers = httpx.get(f"{address}/metrics").text
    assert 'route="/v1/chat/completions",status="200"' in numbers and "octavo_waiting 0.0" in numbers


def test_a_caller_who_goes_away_gives_its_turn_back(start):
    def slow(image, prompt: str) -> str:
        return "word " * 400

    class Slow(FakeBackend):
        def stream(self, page, prompt, max_new_tokens):
            for piece in super().stream(page, prompt, max_new_tokens):
                time.sleep(0.005)
                yield piece

    address = start(Slow(slow), waiting=1)
    body = {"model": "fake", "messages": messages("What?", data_url()), "stream": True}
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=body) as answer:
        next(answer.iter_lines())
    begun = time.monotonic()
    assert httpx.post(f"{address}/v1/chat/completions", json=body | {"max_tokens": 1}).status_code == 200
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("form", "check"),
    [
        (
            {"task": "ask", "question": "What is the total?"},
            lambda result: result["answer"] == "12.50 in all",
        ),
        ({"task": "read"}, lambda result: result[0]["text"] == TABLE),
        ({"task": "extract", "fields": "total, date"}, lambda result: result["fields"]["total"]["value"]),
        ({"task": "extract", "schema": "invoice"}, lambda result: result["data"]["total"] == 12.5),
    ],
)
def test_documents_are_worked_off_as_jobs(start, form, check):
    address = start()
    job = job_of(address, **form)
    assert job.status_code == 202 and job.json()["file"] == "my invoice.png"
    state = finished(address, job.json()["id"])
    assert (state["status"], state["pages"]) == ("done", 1)
    assert check(state["result"])
    assert "octavo-jobs" not in json.dumps(state)


def test_a_job_is_its_owners_and_goes_when_told(start):
    address = start()
    job = job_of(address, task="read").json()["id"]
    finished(address, job)
    assert httpx.get(f"{address}/v1/documents/{job[:-1]}x").status_code == 404
    assert httpx.get(f"{address}/v1/documents/..%2f..%2fetc%2fpasswd").status_code == 404
    assert httpx.delete(f"{address}/v1/documents/{job}").json()["status"] == "done"
    assert httpx.get(f"{address}/v1/documents/{job}").status_code == 404


def test_a_bad_document_fails_its_job_with_a_sentence(start):
    address = start()
    state = finished(address, job_of(address, content=b"%PDF-1.4 nothing", task="read").json()["id"])
    assert state["status"] == "failed"
    assert state["error"].startswith("my invoice.png: the PDF is damaged")


@pytest.mark.parametrize(
    "form",
    [
        {"task": "ask"},
        {"task": "extract"},
        {"task": "extract", "schema": "/etc/passwd"},
        {"task": "extract", "schema": '{"type": 5}'},
        {"task": "extract", "schema": "[" * 5000},
        {"task": "fly"},
        {"task": "read", "pages": "5-1"},
    ],
)
def test_a_wrong_order_is_refused_at_once(start, form):
    answer = job_of(start(), **form)
    assert answer.status_code == 400 and "root:" not in answer.text
    assert answer.json()["error"]["message"]


def test_the_gate_keeps_the_order_and_its_limits():
    gate = Gate(waiting=1, wait_s=0.05)
    first = gate.enter()
    with pytest.raises(ApiError, match="not free"):
        gate.enter()
    order: list[int] = []

    def come(number: int) -> None:
        turn = gate.enter(patient=True)
        order.append(number)
        gate.leave(turn)

    threads = []
    for number in range(4):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        while gate.waiting <= number:
            time.sleep(0.001)
    with pytest.raises(ApiError, match="busy"):
        gate.enter()
    gate.leave(first)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3]


def test_others_come_in_between_the_pages_of_a_job():
    gate, seen = Gate(5, 5), []
    job = gate.between_pages(iter(["page 1", "page 2"]))
    seen.append(next(job))
    other = threading.Thread(target=lambda: (gate.leave(gate.enter()), seen.append("other")))
    other.start()
    while not gate.waiting:
        time.sleep(0.001)
    seen.append(next(job))
    other.join()
    assert seen == ["page 1", "other", "page 2"]
    job.close()
    assert gate.waiting == 0


def test_a_bucket_fills_again_with_time():
    rate = Rate(60)
    for _ in range(60):
        rate.take("a", now=100.0)
    with pytest.raises(ApiError):
        rate.take("a", now=100.5)
    rate.take("b", now=100.5)
    rate.take("a", now=101.1)
