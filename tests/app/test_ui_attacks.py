"""What the served interface refuses: files of the server, addresses, other sites, absurd sizes, strangers."""

import contextlib
import http.server
import io
import json
import threading
from pathlib import Path

import httpx
import pytest

import octavo.app
from octavo.app import UsageError
from octavo.app.ui import login
from octavo.app.ui.guard import refused
from octavo.app.ui.login import VARIABLE, login_of

from .served_ui import served

ROOT = Path(octavo.app.__file__).parents[1]
SECRET = "only on the server"
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestWarning")


@pytest.fixture(scope="module")
def address():
    # Gradio prints what it refuses; that is not for the reports of the tests.
    with served() as url, contextlib.redirect_stderr(io.StringIO()):
        yield url


@pytest.fixture
def client(address):
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture
def bystander():
    """Another server of this machine, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret.pdf", asked
    server.shutdown()
    server.server_close()


def call(client, name, *data) -> str:
    """What an endpoint answers, as text."""
    started = client.post(f"/gradio_api/call/{name}", json={"data": list(data)})
    return client.get(f"/gradio_api/call/{name}/{started.json()['event_id']}").text


def file_at(path, **more):
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, **more}


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file={secret}",
        "/gradio_api/file=..%2f..%2f..%2f{secret}",
        "/gradio_api/file=%2f{secret}",
        "/gradio_api/file={root}/pyproject.toml",
        "/gradio_api/file={root}/examples/invoice.pdf",
        "/file={secret}",
        "/static/..%2f..%2f..%2f{secret}",
        "/assets/..%2f..%2f..%2f{secret}",
    ],
)
def test_no_file_of_the_server_can_be_read(client, tmp_path, path):
    (tmp_path / "secret.txt").write_text(SECRET)
    answer = client.get(path.format(secret=tmp_path / "secret.txt", root=ROOT))
    assert answer.status_code in (400, 403, 404) and SECRET not in answer.text


@pytest.mark.parametrize("name", ["open", "unlock"])
def test_a_path_instead_of_an_upload_opens_nothing(client, name):
    said = call(client, name, [file_at(ROOT / "examples" / "invoice.pdf")], "", "en")
    assert "event: error" in said and "invoice" not in said


def test_a_batch_takes_no_path_of_the_server(client):
    said = call(
        client,
        "batch_start",
        [file_at(ROOT / "examples" / "invoice.pdf")],
        None,
        "read",
        "",
        "fields",
        "a",
        "",
        1,
        "en",
    )
    assert "event: error" in said


def test_no_address_is_fetched(client, bystander):
    url, asked = bystander
    for given in (file_at(url), file_at("x.pdf", url=url), file_at(url, url=url)):
        assert "event: error" in call(client, "open", [given], "", "en")
    for path in (f"/gradio_api/file={url}", f"/gradio_api/proxy={url}"):
        assert client.get(path).status_code in (400, 403, 404)
    assert asked == []


def test_the_name_of_an_upload_leads_nowhere(client, tmp_path):
    answer = client.post("/gradio_api/upload", files={"files": ("../../../../evil.pdf", b"%PDF-1.7")})
    assert answer.status_code == 200
    path = Path(answer.json()[0])
    assert path.name == "evil.pdf" and ".." not in path.parts and "gradio" in path.parts
    kept = client.get(f"/gradio_api/file={path}")
    assert kept.headers["content-disposition"].startswith("attachment")


def test_a_state_of_another_cannot_be_handed_in(client):
    """Open documents live on the server; a caller can give none."""
    info = client.get("/gradio_api/info").json()["named_endpoints"]
    given = {
        name: [part["parameter_name"] for part in info[name]["parameters"]] for name in ("/begin", "/ask")
    }
    assert given == {"/begin": ["question", "language"], "/ask": ["scope", "language"]}
    assert "No document is open" in call(client, "ask", "all", "en")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1.evil.example"}, 403),
    ],
)
def test_another_site_gets_nothing(client, headers, status):
    assert client.get("/config", headers=headers).status_code == status
    assert (
        client.post("/gradio_api/upload", headers=headers, files={"files": ("a", b"x")}).status_code == status
    )


def test_bodies_of_absurd_size_are_refused_before_they_are_read(client):
    text = "x" * (5 << 20)
    assert client.post("/gradio_api/call/ask", json={"data": [text, "all", "en"]}).status_code == 413
    endless = client.post("/gradio_api/call/ask", content=iter([b"{}"]))
    assert endless.status_code == 411
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/upload"}
    headers = [(b"host", b"localhost:7860"), (b"content-length", str(5 << 30).encode())]
    refusal = refused(scope | {"headers": headers})
    assert refusal is not None and refusal[0] == 413
    assert (
        refused({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"[::1]:7860")]}) is None
    )


def test_a_file_over_the_limit_is_refused(client):
    with served(max_file_size="10kb") as url:
        answer = httpx.post(f"{url}gradio_api/upload", files={"files": ("a.pdf", bytes(50_000))}, timeout=30)
    assert answer.status_code == 413


def test_neither_other_protocols_nor_a_record_of_runs_are_served(client):
    assert client.get("/gradio_api/mcp/").status_code == 404
    config = client.get("/config").json()
    assert config["run_history"] is False and config["analytics_enabled"] is False


def test_with_a_login_a_stranger_sees_nothing(monkeypatch):
    monkeypatch.setenv(VARIABLE, "reader:long enough")
    monkeypatch.setattr(login, "PAUSE_S", 0.0)
    with served() as url, httpx.Client(base_url=url, timeout=30) as client:
        for path in ("/config", "/gradio_api/info", "/gradio_api/file=/etc/hostname"):
            assert client.get(path).status_code == 401
        assert client.post("/gradio_api/upload", files={"files": ("a.pdf", b"x")}).status_code == 401
        assert client.post("/login", data={"username": "reader", "password": "wrong"}).status_code == 400
        assert (
            client.post("/login", data={"username": "reader", "password": "long enough"}).status_code == 200
        )
        assert client.get("/config").status_code == 200


def test_a_login_is_checked_for_what_it_is_worth(monkeypatch):
    monkeypatch.setattr(login, "PAUSE_S", 0.0)
    assert login_of({}) is None
    for bad in ("reader", "reader:short", ":long enough"):
        with pytest.raises(UsageError, match=VARIABLE):
            login_of({VARIABLE: bad})
    check = login_of({VARIABLE: "reader:long:enough"})
    assert check is not None and check("reader", "long:enough")
    assert not check("reader", "long") and not check("", "") and not check("räder", "long:enough")


def test_what_a_person_asks_is_not_printed_or_kept(client, capsys):
    call(client, "begin", "how old is Zyx", "en")
    assert "Zyx" not in json.dumps(client.get("/config").json()) + capsys.readouterr().out
