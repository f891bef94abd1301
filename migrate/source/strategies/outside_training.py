"""Models that are trained by whoever loads them: a program in C++, Java, Go or Rust runs the training op by its name."""

from __future__ import annotations

import ast

from migrate.source import api
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.syntax import walk
from migrate.source.unprovable import META_GRAPHS, Unprovable
from migrate.source.view import ModuleView

_ADD = "add_meta_graph_and_variables"
_TAGS = 1
"""The place of the tags among the arguments."""
_STEPS = frozenset({"minimize", "apply_gradients"})


def refuse_outside_training(candidate: Candidate, view: ModuleView) -> None:
    """Refuses an export with the tag of training whose training op nothing in the file runs.

    Args:
        candidate: The export.
        view: Its module.

    Raises:
        Unprovable: A TF2 model has no op of that name.
    """
    if candidate.kind is not SiteKind.BUILDER or not _has_training_tag(candidate, view):
        return
    read = {node.id for node in walk(view.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for node in walk(candidate.scope.node):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr=attr)) as call):
                unused = name not in read
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr)) as call):
                unused = True
            case _:
                continue
        if unused and attr in _STEPS:
            reason = (
                "it has the tag of training, and nothing here runs the training op: clients run it by its name, which a "
                "TF2 model has no more"
            )
            raise Unprovable(META_GRAPHS, reason, call)


def _has_training_tag(candidate: Candidate, view: ModuleView) -> bool:
    for node in walk(candidate.scope.node):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr), args=args, keywords=keywords) if attr == _ADD:
                given = [keyword.value for keyword in keywords if keyword.arg == "tags"] or args[_TAGS : _TAGS + 1]
                elements = given[0].elts if given and isinstance(given[0], (ast.List, ast.Tuple, ast.Set)) else []
                if any(_text(one, candidate, view) == "train" for one in elements):
                    return True
    return False


def _text(node: ast.expr, candidate: Candidate, view: ModuleView) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    name = view.symbols.resolve(node, candidate.scope)
    return api.constant_value(name) if name else None
