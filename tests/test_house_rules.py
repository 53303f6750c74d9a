"""Habits that a reviewer would otherwise have to repeat."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("app", "kernels", "language", "training", "vision")
CODE = (*PACKAGES, "benchmarks", "examples", "tests")
MAX_LINES = 400
VAGUE = {"utils.py", "util.py", "common.py", "helpers.py", "misc.py", "manager.py"}
# Assembled, so that this file does not find itself.
ELSEWHERE = re.compile(
    "|".join(["/" + "work/", "/" + "root/", "/" + r"home/\w", "/" + "tmp/oct", r"[A-Z]:\\\\" + "Users"])
)
HOSTS = re.compile("|".join(["pypi" + "[.]org", "python" + "hosted", "download" + "[.]pytorch"]))


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> list[Path]:
    """Every text file that is ours: code, documents, configuration."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != "LICENSE"]
    folders = (*CODE, "docs", ".ci")
    nested = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    suffixes = {".py", ".md", ".toml", ".txt", ".cfg", ".json", ".jsonl", ".html", ".css", ".yml", ""}
    return sorted(path for path in (*top, *nested) if path.suffix in suffixes)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


code_files = pytest.mark.parametrize("path", python_files(*CODE), ids=short)
package_files = pytest.mark.parametrize("path", python_files(*PACKAGES), ids=short)


@code_files
def test_file_is_short_and_has_a_telling_name(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES, "split it: one noun per file"
    assert path.name not in VAGUE, "name it after what it holds"


@code_files
def test_no_text_is_ever_run_as_code(path: Path):
    """Model output, manifests and settings are data; nothing in the tree may evaluate them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "__import__"}, f"line {node.lineno}"
            shell = [word for word in node.keywords if word.arg == "shell"]
            assert not shell, f"line {node.lineno}: pass a list of arguments instead of a shell line"
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            assert (owner, name) not in {("pickle", "load"), ("pickle", "loads"), ("os", "system")}
            if (owner, name) == ("torch", "load"):
                safe = [word.value for word in node.keywords if word.arg == "weights_only"]
                assert safe and getattr(safe[0], "value", None) is True, f"line {node.lineno}: weights_only"


@code_files
def test_errors_are_not_swallowed(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name what is caught"
            broad = isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            only_pass = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            assert not (broad and only_pass), f"line {node.lineno}: except {node.type.id}: pass"


@package_files
def test_no_work_at_import(path: Path):
    """A module's top level defines; it does not call for effect, loop, or open anything."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert not isinstance(node, ast.For | ast.While | ast.With), f"line {node.lineno}"
        assert is_docstring or not isinstance(node, ast.Expr), f"line {node.lineno}: a call at import"


@package_files
def test_module_says_what_it_is_for(path: Path):
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "needs a module docstring"


@pytest.mark.parametrize("path", text_files(), ids=short)
def test_nothing_points_at_one_machine(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not (found := ELSEWHERE.search(text)), f"a path of one machine: {found.group()}"
    assert not (found := HOSTS.search(text)), f"names a package host: {found.group()}"


def test_every_package_folder_is_in_the_wheel():
    """A folder missing from pyproject.toml works in an editable install and is absent from a release."""
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        "octavo." + ".".join(path.parent.relative_to(ROOT).parts)
        for folder in PACKAGES
        for path in (ROOT / folder).rglob("*.py")
    }
    assert listed == found


def test_every_make_target_is_documented():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.M)
    assert phony
    described = set(re.findall(r"^([a-z]+):.*## ", makefile, re.M))
    assert set(phony.group(1).split()) == described


def test_readme_tree_names_every_folder():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [folder for folder in (*CODE, "docs") if f"{folder}/" not in readme] == []
