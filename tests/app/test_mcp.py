"""The tools as an MCP client sees them, and that they stay inside their folder."""

import json
from pathlib import Path

import anyio
import pytest
from PIL import Image

from octavo.app import DocumentService, FakeBackend, Settings, UsageError
from octavo.app.mcp_tools import Tools, create_server
from octavo.app.prompts import NOT_FOUND, READ

mcp = pytest.importorskip("mcp")


def reply(_image, prompt: str) -> str:
    if prompt.startswith("Extract"):
        return json.dumps({key: "12,50 €" if key == "total" else None for key in prompt.split('"')[1::2]})
    return {"Total?": "12.50", READ: "# Bill", "Describe the product.": '{"title": "Bag"}'}.get(
        prompt, NOT_FOUND
    )


@pytest.fixture
def tools(tmp_path, write_pdf):
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    write_pdf(folder / "sub" / "bill.pdf", "Total 12.50")
    write_pdf(tmp_path / "secret.pdf", "secret")
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (folder / ".hidden").write_text("x")
    Image.linear_gradient("L").resize((800, 800)).save(folder / "photo.png")
    with DocumentService(Settings(isolate=False, page_px=90_000), FakeBackend(reply)) as service:
        yield Tools(service, folder)


def call(tools: Tools, name: str, **arguments):
    """``(is_error, what came back)`` of a call through a client in this process."""

    async def run():
        async with mcp.Client(create_server(tools)) as client:
            result = await client.call_tool(name, arguments)
            texts = [part.text for part in result.content]
            if result.is_error:
                return True, texts[0]
            found = result.structured_content
            return False, found.get("result", found) if found is not None else [
                json.loads(text) for text in texts
            ]

    return anyio.run(run)


def test_the_tools_are_described(tools):
    async def names():
        async with mcp.Client(create_server(tools)) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    found = anyio.run(names)
    assert set(found) == {
        "list_documents",
        "ask_document",
        "read_document",
        "extract_fields",
        "describe_product",
    }
    assert all(tool.description for tool in found.values())
    assert set(found["ask_document"].input_schema["required"]) == {"file", "question"}


def test_documents_are_asked_read_and_extracted(tools):
    assert call(tools, "list_documents") == (False, ["photo.png", "sub/bill.pdf"])
    failed, answer = call(tools, "ask_document", file="sub/bill.pdf", question="Total?")
    assert not failed and answer["answer"] == "12.50"
    assert answer["evidence"][0]["file"] == "sub/bill.pdf"  # no path of this machine
    assert call(tools, "read_document", file="sub/bill.pdf")[1][0]["text"] == "# Bill"
    fields = call(tools, "extract_fields", file="sub/bill.pdf", fields=["total"])[1]
    assert fields["fields"]["total"]["value"] == "12,50 €"
    found = call(tools, "extract_fields", file="sub/bill.pdf", schema="invoice")[1]
    assert found["data"]["total"] == 12.5


def test_a_product_is_described(tools):
    failed, listing = call(tools, "describe_product", photos=["photo.png"])
    assert not failed, listing
    assert listing["channel"] == "plain" and "findings" in listing


@pytest.mark.parametrize(
    "file", ["../secret.pdf", "/etc/passwd", "link.pdf", "sub/../../secret.pdf", "\0", "~/x"]
)
@pytest.mark.parametrize("tool", ["ask_document", "describe_product"])
def test_no_file_outside_the_folder_is_opened(tools, file, tool):
    arguments = {"photos": [file]} if tool == "describe_product" else {"file": file, "question": "Total?"}
    failed, text = call(tools, tool, **arguments)
    assert failed
    assert "outside the folder" in text or "no such file" in text
    assert str(tools.folder) not in text


def test_what_is_wrong_is_a_sentence(tools):
    assert "either fields or a schema" in call(tools, "extract_fields", file="sub/bill.pdf")[1]
    assert "never a file" in call(tools, "extract_fields", file="sub/bill.pdf", schema="/etc/passwd")[1]
    assert "choose from 1-1" in call(tools, "ask_document", file="sub/bill.pdf", question="?", pages="7")[1]
    with pytest.raises(UsageError, match="is not a folder"):
        Tools(tools.service, Path("/no/such"))
