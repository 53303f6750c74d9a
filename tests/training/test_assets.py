"""The training world's fonts: what is fetched, what is refused, what is written. No network."""

import io
import json
import tarfile
from pathlib import Path

import pymupdf
import pytest

pytest.importorskip("fontTools")
pytest.importorskip("pymupdf_fonts")

from octavo.training import assets, fonts  # noqa: E402
from octavo.training.synth import World  # noqa: E402
from octavo.vision.glyphs import ALPHABET  # noqa: E402


@pytest.fixture
def font_folder(tmp_path: Path) -> Path:
    from fontTools.ttLib import TTFont

    folder = tmp_path / "fonts"
    folder.mkdir()
    for family in ("Brand New Sans", "Fira Go", "Noto Sans", "Brand New Black"):
        font = TTFont(io.BytesIO(pymupdf.Font("figo").buffer))
        for record in list(font["name"].names):
            if record.nameID in (16, 17, 21, 22):
                font["name"].removeNames(nameID=record.nameID)
        font["name"].setName(family, 1, 3, 1, 0x409)
        font["name"].setName("Regular", 2, 3, 1, 0x409)
        font.save(folder / f"{family.replace(' ', '')}.ttf")
    (folder / "Broken.ttf").write_bytes(b"no font")
    return folder


def test_held_out_black_and_broken_fonts_are_refused(font_folder: Path, tmp_path: Path) -> None:
    rows = assets.collect_fonts([font_folder], tmp_path / "out")
    assert [row["family"] for row in rows] == ["Brand New Sans"]
    assert json.loads((tmp_path / "out" / "fonts.json").read_text("utf-8")) == rows
    written = tmp_path / "out" / "fonts" / rows[0]["file"]
    present = set(pymupdf.Font(fontbuffer=written.read_bytes()).valid_codepoints())
    assert {ord(c) for c in "Aa09€"} <= present <= {ord(c) for c in ALPHABET} | {0, 32, 160}
    assert World.load(tmp_path / "out").faces.families() == ["Brand New Sans"]


def test_collecting_again_removes_stale_files(font_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "fonts").mkdir(parents=True)
    (tmp_path / "out" / "fonts" / "Old-regular.ttf").write_bytes(b"x")
    assets.collect_fonts([font_folder], tmp_path / "out")
    assert [p.name for p in (tmp_path / "out" / "fonts").iterdir()] == ["BrandNewSans-regular.ttf"]


def test_names_of_packages_are_plain_and_unique() -> None:
    for names in (fonts.DEBIAN, fonts.FONTSOURCE):
        assert len(names) == len(set(names)) > 50
        assert all(name == name.lower() and "/" not in name for name in names)


def test_without_clients_every_package_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    missing = fonts.download(tmp_path)
    assert len(missing) == len(fonts.DEBIAN) + len(fonts.FONTSOURCE)


def fake_npm(calls: list[list[str]], unknown: str):
    """A client that fails when one of its packages is unknown, as npm does."""

    def run(command: list[str], folder: Path) -> bool:
        names = [name.removeprefix("@fontsource/") for name in command if name.startswith("@fontsource/")]
        calls.append(names)
        if unknown in names:
            return False
        for name in names:
            with tarfile.open(folder / f"fontsource-{name}-5.0.1.tgz", "w:gz") as archive:
                for face in ("latin-400-normal", "latin-900-normal", "cyrillic-400-normal"):
                    info = tarfile.TarInfo(f"package/files/{name}-{face}.woff2")
                    info.size = 4
                    archive.addfile(info, io.BytesIO(b"wOF2"))
        return True

    return run


def test_one_unknown_package_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(fonts, "_run", fake_npm(calls, "arvo"))
    monkeypatch.setattr(fonts.shutil, "which", lambda name: name if name == "npm" else None)
    missing = fonts.download(tmp_path)
    assert [name for name in missing if name.startswith("@")] == ["@fontsource/arvo"]
    assert calls[0] != calls[1] and ["arvo"] in calls
    kept = sorted(p.name for p in (tmp_path / "npm" / "archivo").iterdir())
    assert kept == ["archivo-latin-400-normal.woff2"]
    assert (tmp_path / "npm" / "archivo-narrow").is_dir()
