"""What happens when a module of the tree is imported: is it needed, and does it work under TensorFlow 2?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from migrate.source import api
from migrate.source.api.data import table
from migrate.source.scoped import scoped
from migrate.source.symbols import Scope
from migrate.source.syntax import walk
from migrate.source.tree import Made, Place, SourceTree, TreeModule


def effect(tree: SourceTree, module: TreeModule) -> str | None:
    """What importing a module does beside giving names values, in a few words; None for nothing.

    Args:
        tree: The tree.
        module: The module.
    """
    return next((found for one in modules_run(tree, module) if (found := _effect(one)) is not None), None)


def _effect(module: TreeModule) -> str | None:
    for statement in _reached(module.source.tree.body):
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.Pass():
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.If() | ast.Try():
                continue
            case ast.Assign() | ast.AnnAssign():
                if _adds_to_graph(module, statement):
                    return f"{module.name} builds a graph when it is imported"
                if isinstance(statement, ast.AnnAssign) or all(isinstance(t, ast.Name) for t in statement.targets):
                    continue
        return f"{module.name} does more than define when it is imported"
    return None


def imports_under_tf2(tree: SourceTree, module: TreeModule) -> bool:
    """Whether importing a module needs nothing of TensorFlow that TensorFlow 2 has not.

    Args:
        tree: The tree.
        module: The module.
    """
    return all(_works_under_tf2(one) for one in modules_run(tree, module))


def _works_under_tf2(module: TreeModule) -> bool:
    symbols = module.source.symbols
    for node, scope in scoped(symbols):
        if not isinstance(scope.node, (ast.Module, ast.ClassDef)):
            continue
        match node:
            case ast.Import(names=names):
                spelled = [alias.name for alias in names]
            case ast.ImportFrom(module=str(base), level=0, names=names):
                spelled = [f"{base}.{alias.name}" for alias in names]
            case ast.Attribute():
                spelled = [symbols.qualified(node, scope) or ""]
            case _:
                continue
        if any(_missing(name) for name in spelled):
            return False
    return True


def _missing(qualified: str) -> bool:
    name = api.canonical(qualified)
    if not name or qualified.startswith("tensorflow.compat.v1"):
        return name is not None and name.startswith(("contrib", "examples"))
    known = table()
    return name.startswith(("contrib", "examples", "app", "flags")) or name in known.gone or name in known.legacy


def _adds_to_graph(module: TreeModule, statement: ast.stmt) -> bool:
    symbols = module.source.symbols
    return any(
        isinstance(node, ast.Call) and symbols.resolve(node.func, symbols.module) is not None
        for node in walk(statement)
    )


def _reached(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that importing runs; those behind a test of `__name__` are not among them."""
    for statement in body:
        yield statement
        match statement:
            case ast.If(test=test) if not any(isinstance(n, ast.Name) and n.id == "__name__" for n in walk(test)):
                yield from _reached([*statement.body, *statement.orelse])
            case ast.Try():
                yield from _reached([*statement.body, *statement.orelse, *statement.finalbody])
                for handler in statement.handlers:
                    yield from _reached(handler.body)


def modules_run(tree: SourceTree, module: TreeModule) -> Iterator[TreeModule]:
    """The modules of the tree that importing one runs, the packages around them too; not the file itself.

    Args:
        tree: The tree.
        module: The module, which comes first.
    """
    pending, seen = [module], {module.path, tree.file}
    while pending:
        one = pending.pop()
        yield one
        for path in [*tree.packages(one), *_imported(tree, one)]:
            if path not in seen:
                seen.add(path)
                read = tree.read(path)
                if read is not None:
                    pending.append(read)


def _imported(tree: SourceTree, module: TreeModule) -> Iterator[Path]:
    scope: Scope = module.source.symbols.module
    for name in scope.bindings:
        found = tree.bound(module, scope, name)
        if isinstance(found, Made):
            yield found.module.path
        elif isinstance(found, Place) and found.path.is_file():
            yield found.path
