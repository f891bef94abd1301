"""Names of tensors that code looks for in a loaded model, and that models written by TensorFlow 2 do not have."""

from __future__ import annotations

import ast
import re

from migrate.source.candidates import Candidate, SiteKind
from migrate.source.syntax import walk
from migrate.source.view import ModuleView

_TENSOR = re.compile(r"[A-Za-z0-9.][\w./\\-]*:\d+")
_LOOKUPS = frozenset({"get_tensor_by_name", "get_operation_by_name", "as_graph_element"})
_SHOWN = 3


def names_looked_for(tree: ast.Module) -> tuple[str, ...]:
    """The names of tensors and operations that a module spells, in the order of the source.

    Args:
        tree: The module.
    """
    found: dict[str, tuple[int, int]] = {}
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(name)), *_]) if (
                method in _LOOKUPS
            ):
                found.setdefault(name, (node.lineno, node.col_offset))
            case ast.Constant(value=str(name)) if _TENSOR.fullmatch(name):
                found.setdefault(name, (node.lineno, node.col_offset))
    return tuple(sorted(found, key=lambda name: found[name]))


def listed(names: tuple[str, ...]) -> str:
    """Some names, as a sentence has them."""
    more = len(names) - _SHOWN
    return ", ".join(f"'{name}'" for name in names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def vanishing_names(candidate: Candidate, view: ModuleView, rule: str) -> tuple[tuple[str, str], ...]:
    """A finding for session code that loads a SavedModel and looks for tensors by name.

    Args:
        candidate: The loader.
        view: Its module.
        rule: The rule of the finding.
    """
    return missing_names(view, rule) if candidate.kind is SiteKind.LOADER else ()


def missing_names(view: ModuleView, rule: str) -> tuple[tuple[str, str], ...]:
    """The same for a module that loads one.

    Args:
        view: The module.
        rule: The rule of the finding.
    """
    names = names_looked_for(view.tree)
    if not names:
        return ()
    text = f"a model that TensorFlow 2 has written has no {listed(names)}; "
    return ((rule, f"{text}tf-migrate restore MODEL --tensor-names --from ORIGINAL puts them back"),)
