"""Names for what a rewrite makes: classes, attributes, parameters."""

from __future__ import annotations

import ast
import keyword
import re

from migrate.source.flow import (
    Region,
)
from migrate.source.sites import Endpoint
from migrate.source.unprovable import (
    INPUT,
    Unprovable,
)

_DULL = frozenset({
    "generate", "saved", "model", "models", "for", "export", "exports", "exporter", "build", "create", "save", "main",
    "train", "run", "simple", "savedmodel", "to", "the", "a", "as", "and", "make", "write", "do", "serving", "with",
    "def", "test", "graph", "pb", "tf", "get", "script", "py", "init", "demo", "example", "it",
})  # fmt: skip


def refuse_key(endpoint: Endpoint) -> None:
    """`tf.saved_model.save` takes input keys that are Python argument names only."""
    if (
        keyword.iskeyword(endpoint.key)
        or endpoint.key == "self"
        or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", endpoint.key)
    ):
        raise Unprovable(INPUT, f"TF2 cannot export an input with the key '{endpoint.key}'", endpoint.tensor)


def identifier(text: str) -> str:
    """A Python name made of any text."""
    name = re.sub(r"\W+", "_", text).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name


def class_name(region: Region, module: str, taken: frozenset[str]) -> str:
    """A name for the module class, from the name of the function that exports, or of its file."""
    node = region.scope.node
    words: list[str] = []
    for text in (node.name if isinstance(node, ast.FunctionDef) else "", module):
        words = words or [word for word in re.split(r"[_\W]+", text) if word.isascii() and word.lower() not in _DULL]
        words = [word for word in words if word and not word.isdigit()]
    base = "".join(word[:1].upper() + word[1:] for word in words) or "Exported"
    base = f"_{base}" if base[0].isdigit() else base
    candidate = base if base.endswith(("Model", "Module")) else f"{base}Model"
    count = 2
    while candidate in taken:
        candidate = f"{base}Module" if count == 2 else f"{base}Module{count}"
        count += 1
    return candidate
