"""Imports of TensorFlow that fail under TensorFlow 2: modules that ended, and names that their modules have no longer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.api.data import table
from migrate.source.api.modules import gone_module
from migrate.source.api.tf1_package import is_gone, public_name

_ENDED = ("app", "contrib", "estimator", "examples", "flags", "gfile", "logging", "python.estimator", "python_io",
          "resource_loader")  # fmt: skip
"""Modules that ended, under any of TensorFlow's names."""
_ENDED_HERE = tuple(f"saved_model.{name}" for name in ("builder", "loader", "main_op", "signature_constants",
                                                         "signature_def_utils", "tag_constants", "utils"))  # fmt: skip
"""Those that ended under the plain name alone."""
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_LAZY = ("estimator", "keras")
"""What is an attribute of `tensorflow.compat.v1`, and no module of it, or nothing at all."""


def failing_imports(tree: ast.Module) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """The imports of a module that fail, each as the dotted name below `tensorflow` with the statement.

    Those whose failure is caught are not among them: something else may come in their place.

    Args:
        tree: The module.
    """
    for node in _imports(tree):
        for alias in node.names:
            name = failing(node, alias)
            if name is not None:
                yield name, node


def _imports(tree: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    """The imports of a module in the order of their lines, but for those whose failure is caught."""
    found: list[ast.Import | ast.ImportFrom] = []
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(node)
        elif isinstance(node, ast.Try) and any(_catches(handler) for handler in node.handlers):
            pending += [*node.orelse, *node.finalbody]
        elif not isinstance(node, ast.expr):
            pending += ast.iter_child_nodes(node)
    return sorted(found, key=lambda node: node.lineno)


def _catches(handler: ast.ExceptHandler) -> bool:
    named = ast.walk(handler.type) if handler.type is not None else ()
    return handler.type is None or any(isinstance(one, ast.Name) and one.id in _CAUGHT for one in named)


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
    return _is_below(rest, _ENDED + _ENDED_HERE) or gone_module(rest) is not None


def _is_no_name(whole: str) -> bool:
    version, rest = _version(whole)
    if version:
        return _is_below(rest, ("contrib", "examples", "estimator"))
    if rest.startswith("python."):
        return gone_module(rest) is not None or public_name(rest) is not None
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
