"""Who may import whom: the folder list is the data flow, and data flows one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "kernels": set(),
    "vision": {"kernels"},
    "language": {"kernels", "vision"},
    "app": {"language", "vision"},
    "training": {"app", "kernels", "language", "vision"},
}
# `language` sees pictures where the two are composed (one page, many pages, pages in a conversation) and
# where the config of the whole is; the language model itself must not know that there are any.
SEES_VISION = {"language/vlm.py", "language/batch.py", "language/config.py", "language/processor.py"}
# The thin skins call the service: what they show must not depend on how a model is built.
SKINS = ("app/ui/", "app/cli.py", "app/server.py", "app/batch.py")


def ours() -> list[Path]:
    return sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names of the modules that ``path`` imports, with line numbers; relative imports resolved."""
    package = ("octavo", *path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= len(package), f"{path}:{node.lineno} leaves the package"
            base = ".".join((*package[: len(package) - node.level + 1], *filter(None, [node.module])))
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def folder_of(module: str) -> str | None:
    """Our folder that an absolute module name lies in, or None for other people's modules."""
    parts = module.split(".")
    return parts[1] if parts[0] == "octavo" and len(parts) > 1 else None


@pytest.mark.parametrize("path", ours(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_layers(path: Path):
    name = path.relative_to(ROOT).as_posix()
    own = name.split("/")[0]
    for module, line in imported(path):
        where = f"{name}:{line} imports {module}"
        assert module.split(".")[0] not in MAY_IMPORT, f"{where}: write octavo.… or a relative import"
        target = folder_of(module)
        if target is None or target == own:
            continue
        assert target in MAY_IMPORT[own], f"{where}: {own} may import {sorted(MAY_IMPORT[own])} only"
        if own == "language" and target == "vision":
            assert name in SEES_VISION, f"{where}: only {sorted(SEES_VISION)} may"
        assert not name.startswith(SKINS), f"{where}: a skin talks to the service, not to {target}"


def test_the_resolver_sees_relative_imports():
    """The test above is worth nothing if it resolves names wrongly."""
    seen = {folder_of(module) for module, _ in imported(ROOT / "language" / "vlm.py")}
    assert "vision" in seen
