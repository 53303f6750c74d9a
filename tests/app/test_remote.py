"""Another server as the backend: our own, ones that know nothing of us, broken ones and none at all."""

import json

import httpx
import pytest

from octavo.app import DocumentService, FakeBackend, ModelError, OpenAIBackend, Settings
from octavo.app.prompts import NOT_FOUND, READ
from octavo.app.remote import KEY

from .test_server import TABLE, reply, start

__all__ = ["start"]
ADDRESS = "http://127.0.0.1:9/v1"
MODELS = {"data": [{"id": "deepseek-vl2", "owned_by": "vllm"}, {"id": "other"}]}


def service_of(backend: OpenAIBackend) -> DocumentService:
    return DocumentService(Settings(isolate=False, page_px=90_000), backend)


@pytest.fixture
def server():
    """``server(lines, status)`` → a backend whose server streams these lines; ``.requests`` has what it
    got."""

    def make(lines: list[str], status: int = 200, model: str = ADDRESS, models=MODELS) -> OpenAIBackend:
        requests: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            if request.url.path.endswith("/models"):
                return httpx.Response(200, json=models)
            return httpx.Response(status, text="\n\n".join(lines))

        backend = OpenAIBackend(Settings(model=model), httpx.MockTransport(answer))
        backend.requests = requests  # type: ignore[attr-defined]
        return backend

    return make


def line(text: str | None = None, finish: str | None = None, logprob: float | None = None) -> str:
    logprobs = {"content": [{"token": text, "logprob": logprob}]} if logprob is not None else None
    choice = {"delta": {"content": text}, "finish_reason": finish, "logprobs": logprobs}
    return "data: " + json.dumps({"choices": [choice]})


def test_our_own_server_gives_the_same_answers_with_their_places(start, make_pdf):
    fake = FakeBackend(reply)
    fake.boxes["12.50 in all"] = (0.1, 0.2, 0.3, 0.4)
    backend = OpenAIBackend(Settings(model=start(fake) + "/v1"))
    with service_of(backend) as service:
        document = service.open(make_pdf("Total 12.50"))
        answer = service.ask(document, "What is the total?")
        assert (answer.answer, answer.found) == ("12.50 in all", True)
        assert answer.confidence == pytest.approx(0.9)
        assert answer.evidence[0].box == (0.1, 0.2, 0.3, 0.4)
        assert service.read(document)[0].text == TABLE
        assert service.extract(document, ["total", "date"]).values == {"total": "12,50 €", "date": None}
        assert not service.ask(document, "Who signed it?").found


def test_a_server_with_another_model_is_asked_in_full_sentences(server, make_pdf):
    lines = [line("A ", logprob=-0.1), line("text", "stop", -0.3), "data: [DONE]"]
    backend = server(lines)
    with service_of(backend) as service:
        page = service.read(service.open(make_pdf()))[0]
    assert page.text == "A text" and page.confidence == pytest.approx(2.718281828**-0.2)
    body = json.loads(backend.requests[-1].content)
    assert body["model"] == "deepseek-vl2"
    assert body["messages"][0]["content"][1]["text"].startswith("Transcribe this page")
    assert READ not in body["messages"][0]["content"][1]["text"]


def test_a_model_is_chosen_by_name(server):
    assert server([], model=ADDRESS + "#other")._model().name == "other"
    with pytest.raises(ModelError, match="it has deepseek-vl2, other; name one"):
        assert server([], model=ADDRESS + "#third").digest


@pytest.mark.parametrize(
    ("lines", "stop"),
    [([line("x", "length")], "length"), ([line("x", "stop")], "eos"), ([line("x")], "length")],
)
def test_why_a_reply_ended_is_told(server, lines, stop):
    assert list(server(lines).stream("", "What?", 5))[-1].stop == stop


def test_a_probability_that_is_not_told_counts_as_unknown(server):
    assert next(server([line("x", "stop")]).stream("", "What?", 5)).probability == 0.5


@pytest.mark.parametrize(
    ("lines", "status", "problem"),
    [
        (['{"error": {"message": "no such key"}}'], 401, f"401 .no such key.; set {KEY}"),
        (["busy"], 503, "answers 503"),
        (["data: {"], 200, "does not speak"),
        (['data: {"error": {"message": "out of memory"}}'], 200, "out of memory"),
    ],
)
def test_what_a_server_does_wrong_is_one_line(server, lines, status, problem):
    with pytest.raises(ModelError, match=problem) as error:
        list(server(lines, status).stream("", "What?", 5))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("models", [{}, [], {"data": []}, {"data": [1]}])
def test_nonsense_in_place_of_models_is_one_line(server, models):
    with pytest.raises(ModelError):
        assert server([], models=models).digest


def test_a_server_that_is_not_there_is_one_line():
    with pytest.raises(ModelError, match="cannot be reached"):
        assert OpenAIBackend(Settings(model=ADDRESS)).digest


def test_only_the_key_for_this_purpose_is_sent(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "for another service")
    backend = server([])
    assert backend.digest and "authorization" not in backend.requests[0].headers
    monkeypatch.setenv(KEY, "mine")
    backend = server([])
    assert backend.digest and backend.requests[0].headers["authorization"] == "Bearer mine"


def test_a_service_takes_an_address_for_a_model():
    with DocumentService(Settings(model=ADDRESS)) as service:
        assert isinstance(service.backend, OpenAIBackend)


def test_a_foreign_reply_is_data_and_never_more(server, make_pdf):
    backend = server([line("\x1b[31m__import__('os')\u202e"), line(NOT_FOUND, "stop")])
    with service_of(backend) as service:
        answer = service.ask(service.open(make_pdf()), "What?")
    assert "\x1b" not in answer.answer and "\u202e" not in answer.answer
