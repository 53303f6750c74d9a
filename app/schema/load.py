"""From a JSON Schema to what is asked: one leaf for each scalar, one table for each array of objects.

A schema comes from a user's file, so nothing in it is trusted: references are resolved inside it only,
depth and number of fields are bounded, and its patterns are checked when values are, by jsonschema.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .builtin import SCHEMAS, builtin

MAX_FIELDS = 100
MAX_DEPTH = 6
SCALARS = {"string", "number", "integer", "boolean"}
NOTHING = object()
Json = dict[str, Any]


@dataclass(frozen=True)
class Leaf:
    """One value: ``path`` of keys from the root, ``label`` to ask by, its sub-schema without null.

    ``missing`` is what stands for a value that no page holds: None, or the default that the schema gives; a
    leaf that is not ``required`` is left out instead.
    """

    path: tuple[str, ...]
    label: str
    rule: Json
    required: bool
    missing: Any = None

    @property
    def kind(self) -> str:
        """ "date", "currency", "number", "integer", "boolean" or "string"."""
        if self.rule.get("type", "string") == "string":
            known = self.rule.get("format")
            return known if known in ("date", "currency") else "string"
        return str(self.rule["type"])


@dataclass(frozen=True)
class Table:
    """An array of objects, a row each. Without ``columns`` every printed column is taken, by its own name."""

    path: tuple[str, ...]
    columns: tuple[Leaf, ...]


@dataclass(frozen=True)
class Schema:
    """``document`` is the JSON Schema itself."""

    name: str
    document: Json
    leaves: tuple[Leaf, ...]
    tables: tuple[Table, ...]


def load_schema(source: "str | Path | Mapping[str, Any] | type[Any]") -> Schema:
    """A built-in name, a file with a JSON Schema, the schema itself, or a pydantic model. Raises
    UsageError."""
    if isinstance(source, Mapping):
        return _parse(str(source.get("title", "schema")), dict(source))
    if isinstance(source, type):
        made = getattr(source, "model_json_schema", None)
        if made is None:
            raise UsageError(f"schema {source.__name__}: is no pydantic model; give one or a JSON Schema")
        return _parse(source.__name__, made())
    name = str(source)
    if (known := builtin(name)) is not None:
        return _parse(name, known)
    path = Path(source)
    if not path.is_file():
        raise UsageError(
            f"schema {name}: there is none; give a file with a JSON Schema or {', '.join(SCHEMAS)}"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"schema {name}: cannot be read as JSON ({error}); mend the file") from None
    if not isinstance(document, dict):
        raise UsageError(f"schema {name}: is not a JSON object; write one with type and properties")
    return _parse(path.stem, document)


def _parse(name: str, document: Json) -> Schema:
    import jsonschema

    try:
        jsonschema.Draft202012Validator.check_schema(document)
    except jsonschema.SchemaError as error:
        raise UsageError(f"schema {name}: is no valid JSON Schema ({error.message[:200]}); mend it") from None
    parts = list(_walk(name, document, document, (), True))
    leaves = _different([part for part in parts if isinstance(part, Leaf)])
    tables = tuple(part for part in parts if isinstance(part, Table))
    if not parts:
        raise UsageError(f"schema {name}: has no properties; give it some, like invoice_number")
    if len(leaves) + sum(len(table.columns) for table in tables) > MAX_FIELDS:
        raise UsageError(f"schema {name}: has more than {MAX_FIELDS} fields; split it")
    _check_fit(name, document, leaves, tables)
    return Schema(name, document, leaves, tables)


def _different(leaves: list[Leaf]) -> tuple[Leaf, ...]:
    """Leaves that are called alike are asked for by their object's name too: seller name, buyer name."""
    labels = [leaf.label for leaf in leaves]
    return tuple(
        replace(leaf, label=" ".join(part.replace("_", " ") for part in leaf.path[-2:]))
        if labels.count(leaf.label) > 1
        else leaf
        for leaf in leaves
    )


def _walk(name: str, root: Json, node: Json, path: tuple[str, ...], required: bool) -> Iterator[Leaf | Table]:
    """The leaves and tables below ``node``, in the order of its properties."""
    if len(path) > MAX_DEPTH:
        raise UsageError(f"schema {name}: is nested deeper than {MAX_DEPTH} levels; make it flatter")
    where = ".".join(path) or "the schema"
    rule, nullable = _resolve(name, root, node)
    kind = rule.get("type")
    if kind == "object" or "properties" in rule:
        needed = rule.get("required", [])
        for key, child in rule.get("properties", {}).items():
            yield from _walk(name, root, child, (*path, key), required and key in needed)
    elif kind == "array":
        item, _ = _resolve(name, root, rule.get("items", {}))
        if item.get("type") != "object":
            raise UsageError(f"schema {name}: {where} is a list of {item.get('type')}; lists of objects only")
        columns = [part for part in _walk(name, root, item, (), True) if isinstance(part, Leaf)]
        if item.get("properties") and not columns:
            raise UsageError(f"schema {name}: {where} has no column with a plain value; give it some")
        yield Table(path, tuple(columns))
    elif kind in SCALARS or "enum" in rule:
        default = rule.get("default", node.get("default", NOTHING))
        if required and not nullable and default in (NOTHING, None):
            raise UsageError(
                f"schema {name}: {where} has to be there and may not be null, but a document may lack it; "
                "allow null, give it a default, or do not require it"
            )
        title = str(node.get("title") or "")
        label = title if title and title.casefold() != path[-1].replace("_", " ").casefold() else ""
        label = label or path[-1].replace("_", " ").replace("-", " ").strip()
        missing = None if nullable and default is NOTHING else default
        yield Leaf(path, label, rule, required or nullable, None if missing is NOTHING else missing)
    else:
        raise UsageError(f"schema {name}: {where} has no plain type; use string, number, integer or boolean")


def _resolve(name: str, root: Json, node: Json, depth: int = 0) -> tuple[Json, bool]:
    """``(the schema without null, whether null is allowed)``: references, ``anyOf`` with null, type lists."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        raise UsageError(f"schema {name}: references in circles or is no object; write it out")
    if "$ref" in node:
        target: Any = root
        parts = str(node["$ref"]).split("/")
        for part in parts[1:]:
            target = target.get(part) if isinstance(target, dict) else None
        if parts[0] != "#" or target is None:
            raise UsageError(
                f"schema {name}: {node['$ref']} is not in it; only references like #/$defs/… work"
            )
        return _resolve(name, root, target, depth + 1)
    for word in ("anyOf", "oneOf"):
        if word in node:
            options = [option for option in node[word] if option.get("type") != "null"]
            if len(options) != 1:
                raise UsageError(f"schema {name}: {word} with several types cannot be asked for; choose one")
            return _resolve(name, root, options[0], depth + 1)[0], len(options) < len(node[word])
    kind = node.get("type")
    if isinstance(kind, list):
        kinds = [one for one in kind if one != "null"]
        if len(kinds) != 1:
            raise UsageError(f"schema {name}: type {kind} cannot be asked for; choose one")
        return node | {"type": kinds[0]}, "null" in kind
    return node, "enum" in node and None in node["enum"]


def _check_fit(name: str, document: Json, leaves: tuple[Leaf, ...], tables: tuple[Table, ...]) -> None:
    """An extraction that finds nothing has to be valid too: else the promise of valid output cannot be
    kept."""
    import jsonschema

    from .record import assemble

    empty = assemble(leaves, tables, {}, {})
    error = next(jsonschema.Draft202012Validator(document).iter_errors(empty), None)
    if error is not None:
        place = ".".join(str(part) for part in error.absolute_path) or "the whole"
        raise UsageError(
            f"schema {name}: a document that holds none of it could not be described ({place}: "
            f"{error.message[:120]}); allow null or an empty list there"
        )
