"""Documents made in the test, and services that answer from a table instead of a model."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pymupdf
import pytest

from octavo.app import DocumentService, FakeBackend, Settings

MakePdf = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_user_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The settings file of whoever runs the tests stays out of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-settings"))


@pytest.fixture(scope="session")
def write_pdf() -> MakePdf:
    """``write_pdf(path, "first page", "second page", password=...)`` → path."""

    def write(path: Path, *texts: str, password: str | None = None) -> Path:
        with pymupdf.open() as document:
            for text in texts or ("A page.",):
                page = document.new_page()
                page.insert_text((72, 100), text, fontsize=11)
            locked = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password, "owner_pw": "owner"}
            document.save(path, **(locked if password else {}))
        return path

    return write


@pytest.fixture
def make_pdf(tmp_path: Path, write_pdf: MakePdf) -> MakePdf:
    """``make_pdf("first page", "second page", name=..., password=...)`` → path."""

    def make(*texts: str, name: str = "made.pdf", password: str | None = None) -> Path:
        return write_pdf(tmp_path / name, *texts, password=password)

    return make


@pytest.fixture
def make_service() -> Iterator[Callable[..., DocumentService]]:
    """``make_service(replies, **settings)`` → a service on a FakeBackend that decodes in this process."""
    services = []

    def make(replies=None, *, stop: str = "eos", **settings) -> DocumentService:
        backend = FakeBackend(replies, stop=stop)
        services.append(DocumentService(Settings(isolate=False, **settings), backend))
        return services[-1]

    yield make
    for service in services:
        service.close()


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the user of the web page was warned of."""
    import gradio as gr  # slow to load, and most tests need no web page

    said: list[str] = []
    monkeypatch.setattr(gr, "Warning", said.append)
    return said
