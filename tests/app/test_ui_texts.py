"""The table of texts: complete, with the same gaps in both languages, and used."""

import re
from pathlib import Path

import gradio as gr
import pytest

import octavo.app.ui
from octavo.app.ui.texts import ERRORS, TEXTS, error_text, preferred, say
from octavo.app.ui.words import Words

SOURCE = "".join(
    path.read_text("utf-8")
    for path in Path(octavo.app.ui.__file__).parent.glob("*.py")
    if not path.name.endswith("texts.py")
)
BUILT = ("schema_", "batch_state_")  # keys that are put together


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_there_in_both_languages_and_used(key):
    english, chinese = TEXTS[key]
    assert english and chinese
    assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese))
    assert f'"{key}"' in SOURCE or f"'{key}'" in SOURCE or key.startswith(BUILT)


@pytest.mark.parametrize(("pattern", "english", "chinese"), ERRORS)
def test_an_error_keeps_its_numbers(pattern, english, chinese):
    gaps = re.compile(pattern).groups
    for text in filter(None, (english, chinese)):
        assert all(int(gap) < gaps for gap in re.findall(r"{(\d)}", text))


def test_errors_of_the_service_are_recognised_as_it_says_them(make_service, make_pdf, tmp_path):
    service = make_service(max_pages=1, max_file_mb=1)
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "text.txt").write_text("x")
    (tmp_path / "large.pdf").write_bytes(b"%PDF-1.7" + bytes(2 << 20))
    make_pdf("a", name="locked.pdf", password="right")
    make_pdf("a", "b", name="two.pdf")
    for name, password in (("empty.pdf", None), ("text.txt", None), ("large.pdf", None), ("locked.pdf", None),
                           ("locked.pdf", "wrong"), ("two.pdf", None), ("gone.pdf", None)):  # fmt: skip
        with pytest.raises(octavo.app.OctavoError) as failure:
            service.open(tmp_path / name, None, password)
        assert re.search(r"[\u4e00-\u9fff]", error_text("zh", str(failure.value))), failure.value
        assert "--" not in error_text("en", str(failure.value))


def test_the_language_of_the_browser_is_taken_where_it_is_known():
    assert preferred("zh-CN,zh;q=0.9,en;q=0.8") == "zh"
    assert preferred("de-DE,de;q=0.9,zh;q=0.5") == "zh"
    assert preferred("fr") == preferred("") == "en"
    assert say("fr", "ask") == "Ask"


def test_components_follow_the_language():
    words = Words()
    with gr.Blocks():
        words.make(gr.Button, {"value": "ask"})
        words.choices(gr.Radio, {"a": "task_ask", "b": "task_read"}, {"label": "batch_task"}, value="a")
    assert len(words.components) == 2
    button, radio = words.spoken("zh")
    assert button["value"] == "提问" and radio["choices"] == [("回答一个问题", "a"), ("转写为 Markdown", "b")]
    assert words.spoken("nonsense")[0]["value"] == "Ask"
