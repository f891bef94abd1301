"""Imports of TensorFlow that fail under TensorFlow 2: modules that ended, and names that their modules have no longer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.api.data import table
from migrate.source.api.tf1_package import is_gone, public_name
from migrate.source.syntax import walk

_ENDED = ("app", "contrib", "estimator", "examples", "flags", "gfile", "logging", "python.estimator", "python_io",
          "resource_loader")  # fmt: skip
"""Modules that ended, under any of TensorFlow's names."""
_ENDED_HERE = tuple(f"saved_model.{name}" for name in ("builder", "loader", "main_op", "signature_constants",
                                                         "signature_def_utils", "tag_constants", "utils"))  # fmt: skip
"""Those that ended under the plain name alone."""
_TOOLS = frozenset({"common", "compatibility", "docs", "pip_package"})
"""What is left of `tensorflow.tools`."""
_LAZY = ("estimator", "keras")
"""What is an attribute of `tensorflow.compat.v1`, and no module of it, or nothing at all."""


def failing_imports(tree: ast.Module) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """The imports of a module that fail, each as the dotted name below `tensorflow` with the statement.

    Those in a `try` are not among them: something else may come in their place.

    Args:
        tree: The module.
    """
    tried = {inner for node in walk(tree) if isinstance(node, ast.Try) for inner in walk(node)}
    for node in walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node not in tried:
            for alias in node.names:
                name = failing(node, alias)
                if name is not None:
                    yield name, node


def failing(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str | None:
    """What an import asks TensorFlow 2 for in vain, below `tensorflow`; None where it has it, or nothing is known.

    Args:
        node: The import.
        alias: One of its names.
    """
    module = alias.name if isinstance(node, ast.Import) else node.module or ""
    if (isinstance(node, ast.ImportFrom) and node.level) or not f"{module}.".startswith("tensorflow."):
        return None
    below = module[len("tensorflow.") :]
    whole = below if isinstance(node, ast.Import) else ".".join(part for part in (below, alias.name) if part)
    return whole if _is_no_module(below) or (isinstance(node, ast.ImportFrom) and _is_no_name(whole)) else None


def _is_no_module(below: str) -> bool:
    version, rest = _version(below)
    if not rest:
        return False
    if version:
        return _is_below(rest, (*_LAZY, "contrib", "examples"))
    parts = rest.split(".")
    return _is_below(rest, _ENDED + _ENDED_HERE) or (parts[0] == "tools" and len(parts) > 1 and parts[1] not in _TOOLS)


def _is_no_name(whole: str) -> bool:
    version, rest = _version(whole)
    if version:
        return _is_below(rest, ("contrib", "examples", "estimator"))
    if rest.startswith("python."):
        return public_name(rest) is not None
    if rest.startswith(("core.", "keras", "lite.", "tools.")):
        return _is_no_module(rest)
    known = table()
    name = known.aliases.get(rest, rest)
    if rest in known.modern or name in known.same:
        return False
    return name in known.gone | known.legacy or _is_below(rest, _ENDED + _ENDED_HERE) or is_gone(rest)


def _version(below: str) -> tuple[str, str]:
    """`v1` and the name below `compat.v1`; nothing and the name itself for others."""
    for version in ("v1", "v2"):
        if f"{below}.".startswith(f"compat.{version}."):
            return version, below[len(f"compat.{version}.") :]
    return "", below


def _is_below(name: str, modules: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{module}.") for module in modules)
