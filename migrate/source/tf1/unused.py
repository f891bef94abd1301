"""Drops imports of TensorFlow's private modules whose names are spelled by public ones now."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from migrate.source.syntax import walk

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PRIVATE = "tensorflow.python"


def without_unused(text: str, names: Collection[str]) -> str:
    """A module without imports that nothing uses any more; only those that are a line of their own.

    Args:
        text: The module.
        names: What is looked for: names that private modules had in it.
    """
    tree = ast.parse(text)
    read = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
    texts = {node.value for node in walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    gone = set(names) - read
    if any(isinstance(node, ast.Name) and node.id == "__all__" for node in walk(tree)):
        gone -= texts
    lines = _LINES.findall(text)
    for node in sorted(walk(tree), key=lambda one: getattr(one, "lineno", 0), reverse=True):
        if not isinstance(node, ast.ImportFrom) or not f"{node.module}.".startswith(f"{_PRIVATE}."):
            continue
        kept = [alias for alias in node.names if (alias.asname or alias.name) not in gone]
        at = node.lineno - 1
        line = lines[at]
        code = line.strip()
        if len(kept) == len(node.names) or code != ast.unparse(node) or (not kept and _is_alone(node, tree)):
            continue
        if not kept:
            del lines[at]
            continue
        names_left = ", ".join(ast.unparse(alias) for alias in kept)
        lines[at] = line.replace(code, f"from {node.module} import {names_left}")
    return "".join(lines)


def _is_alone(node: ast.ImportFrom, tree: ast.Module) -> bool:
    """Whether a body would have no statement without it."""
    return any(
        getattr(one, field, None) == [node]
        for one in walk(tree)
        for field in ("body", "orelse", "finalbody", "handlers")
    )
