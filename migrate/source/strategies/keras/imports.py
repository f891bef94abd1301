"""Imports of Keras after the rewrite: none that nothing uses any more, and none of TensorFlow's private copy."""

from __future__ import annotations

import ast
import re

from migrate.source.strategies.keras.moved import moved_import
from migrate.source.strategies.keras.uses import Uses

_PRIVATE = re.compile(
    r"\btensorflow\.(?:python\.keras|compat\.v[12]\.keras|contrib\.keras(?:\.(?:api|python)\.keras)?)\b"
)
_BACKEND = re.compile(r"\b(keras\.backend)\.tensorflow_backend\b")
_PUBLIC = frozenset({"activations", "applications", "backend", "callbacks", "constraints", "datasets", "initializers",
                     "layers", "losses", "metrics", "models", "optimizers", "preprocessing", "regularizers",
                     "utils"})  # fmt: skip


def import_changes(uses: Uses) -> dict[ast.stmt, tuple[str, ...]]:
    """What becomes of the imports of Keras: a statement, and the text in its place.

    Args:
        uses: The names of the module, with what is gone.
    """
    found: dict[ast.stmt, tuple[str, ...]] = {}
    for node in [*uses.nodes(ast.Import), *uses.nodes(ast.ImportFrom)]:
        assert isinstance(node, (ast.Import, ast.ImportFrom))
        kept = [alias for alias in node.names if not _is_unused(alias, node, uses)]
        before = uses.view.source_of(node)
        text = before
        if not kept:
            found[node] = ()
            continue
        if len(kept) < len(node.names):
            text = ast.unparse(_with_names(node, kept))
        if isinstance(node, ast.ImportFrom):
            lines = moved_import(ast.ImportFrom(module=node.module, names=kept, level=node.level))
            if lines is not None:
                found[node] = tuple(lines)
                continue
        if _is_public(node):
            text = _PRIVATE.sub("tensorflow.keras", text)
        text = _BACKEND.sub(r"\1", text)
        if text != before:
            found[node] = (text,)
    return found


def _is_unused(alias: ast.alias, node: ast.Import | ast.ImportFrom, uses: Uses) -> bool:
    """Whether only code that is gone read an import of the Keras that is not TensorFlow's."""
    module = alias.name if isinstance(node, ast.Import) else node.module or ""
    if module.partition(".")[0] != "keras" or alias.name == "*":
        return False
    variable = (uses.scopes[node], alias.asname or alias.name.partition(".")[0])
    return bool(uses.loads(variable)) and uses.unread(variable)


def _with_names(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.Import(names=names)
    return ast.ImportFrom(module=node.module, names=names, level=node.level)


def _is_public(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether TensorFlow has all that is imported from its private copy of Keras under a public name."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for name in names:
        parts = _PRIVATE.sub("", name).strip(".").split(".")
        if len(parts) > 1 and parts[0] not in ("applications", "preprocessing", "datasets"):
            return False
        if parts[0] and parts[0] not in _PUBLIC:
            return False
    return True
