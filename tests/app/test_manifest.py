"""Reading manifests and holding items out."""

import json
from pathlib import Path

import pytest

from octavo.app.errors import DocumentError
from octavo.app.manifest import Item, load_set, load_sets, validation_items


def write(folder: Path, *lines: dict | str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "manifest.jsonl").write_text(text + "\n", encoding="utf-8")
    return folder


def item(id_: str, task: str = "receipt_kie", **labels: object) -> Item:
    return Item(id_, task, Path(f"{id_}.png"), None, {"id": id_, "task": task, **labels})


def test_items_come_in_the_order_of_their_ids(tmp_path):
    lines = {"id": "b", "task": "t", "image": "b.png"}, {"id": "a", "image": "a.png"}
    folder = write(tmp_path / "set", *lines)
    loaded = load_set(folder)
    assert loaded.name == "set"
    assert [(i.id, i.task, i.path, i.page) for i in loaded.items] == [
        ("a", "unknown", folder / "a.png", None),
        ("b", "t", folder / "b.png", None),
    ]


def test_a_pdf_is_opened_rather_than_its_picture_except_for_cut_outs(tmp_path):
    folder = write(
        tmp_path,
        {"id": "1", "pdf": "a.pdf", "image": "a.png", "page": 3},
        {"id": "2", "pdf": "a.pdf", "image": "cut.png", "page": 3, "region": [0, 0, 9, 9]},
        {"id": "3", "pdf": "a.pdf"},
    )
    found = [(i.path.name, i.page) for i in load_set(folder).items]
    assert found == [("a.pdf", 3), ("cut.png", None), ("a.pdf", None)]


def test_a_folder_of_sets_gives_each_of_them_by_name(tmp_path):
    for name in ("zebra", "apple"):
        write(tmp_path / name, {"id": "x", "image": "x.png"})
    (tmp_path / "not-a-set").mkdir()
    assert [s.name for s in load_sets(tmp_path)] == ["apple", "zebra"]


@pytest.mark.parametrize(
    ("line", "says"),
    [("{", "line 2: not"), ("[1]", "line 2"), ('{"image": "a.png"}', "'id'"), ('{"id": "a"}', "'image'")],
)
def test_a_bad_line_is_named(tmp_path, line, says):
    write(tmp_path, {"id": "ok", "image": "ok.png"}, line)
    with pytest.raises(DocumentError, match=says):
        load_sets(tmp_path)


def test_a_folder_without_a_manifest_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="no manifest.jsonl"):
        load_sets(tmp_path)
    with pytest.raises(DocumentError, match="not a folder"):
        load_sets(tmp_path / "missing")


def test_validation_is_every_seventh_line_by_id():
    items = [item(f"{number:02}") for number in reversed(range(22))]
    assert [i.id for i in validation_items(items)] == ["06", "13", "20"]
    assert validation_items(items[:6]) == []


def test_photos_of_one_product_are_never_parted():
    photos = [
        item(f"{sku:02}-{view}", "product_listing", source=f"a shop (MH{sku:02})")
        for sku in range(14)
        for view in range(3)
    ]
    held_out = [i.id for i in validation_items(photos)]
    assert held_out == ["06-0", "06-1", "06-2", "13-0", "13-1", "13-2"]


def test_an_explicit_product_id_groups_items_of_any_task():
    items = [item(f"{number:02}", product_id=number // 2) for number in range(14)]
    assert [i.id for i in validation_items(items)] == ["12", "13"]


def test_brackets_in_the_source_of_a_document_are_not_a_product():
    items = [item(f"{number:02}", source="archive (AB12)") for number in range(7)]
    assert [i.id for i in validation_items(items)] == ["06"]
