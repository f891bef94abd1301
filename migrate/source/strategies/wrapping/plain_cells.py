"""What of a notebook's cells has nothing to do with graphs: it stays outside of them."""

from __future__ import annotations

import ast
import builtins

from migrate.source.notebook.cells import is_head
from migrate.source.strategies.wrapping.building import HARMLESS
from migrate.source.symbols import Imported
from migrate.source.view import ModuleView

_BUILTINS = frozenset(dir(builtins)) - {"eval", "exec", "compile", "globals", "locals", "vars", "__import__"}


def plain_statements(view: ModuleView) -> set[ast.stmt]:
    """The statements of a notebook that can touch no tensor; none in other files.

    All that they read comes from packages that know nothing of TensorFlow, or from other statements of that kind.

    Args:
        view: The module.
    """
    body = view.tree.body
    if not any(map(is_head, body)):
        return set()
    found = set(body)
    bindings = view.symbols.module.bindings
    packages = {
        name
        for name, several in bindings.items()
        if all(isinstance(one, Imported) and one.qualified.partition(".")[0] in HARMLESS for one in several)
    }
    values = {
        name
        for name, several in bindings.items()
        if not any(isinstance(one, Imported) or isinstance(one.node, _OTHERS) for one in several)
    }
    while True:
        touched = set().union(*(_touched(one) for one in body if one not in found))
        less = {one for one in found if _is_plain(one, packages | values - touched, set(bindings))}
        if less == found:
            return found
        found = less


_OTHERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ImportFrom)


def _is_plain(statement: ast.stmt, known: set[str], bound: set[str]) -> bool:
    # Variables of comprehensions are what these go through.
    loops = [node.target for node in ast.walk(statement) if isinstance(node, ast.comprehension)]
    known = known.union(one.id for target in loops for one in ast.walk(target) if isinstance(one, ast.Name))
    for node in ast.walk(statement):
        if isinstance(node, (*_OTHERS, ast.Import, ast.Lambda, ast.Global, ast.With)):
            return False
        if isinstance(node, ast.Name) and _reads(node) and node.id not in known:
            if node.id in bound or node.id not in _BUILTINS:
                return False
    return True


def _reads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _touched(statement: ast.stmt) -> set[str]:
    """Names that a statement gives values to, and those whose objects it may put tensors into."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not _reads(node):
            found.add(node.id)
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.value, ast.Name):
            found.add(node.value.id)
        elif isinstance(node, ast.Call):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            found |= {inner.id for one in given for inner in ast.walk(one) if isinstance(inner, ast.Name)}
    return found
