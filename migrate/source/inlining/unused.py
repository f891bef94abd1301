"""Takes away functions and classes that nothing uses any more, because they were read at their calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.inlining.text import Source
from migrate.source.syntax import walk

_STARTS = ("app.run", "flags.mark_flag_as_required")


def without_unused(source: Source | str, paths: Iterable[tuple[str, ...]]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The module without those of some functions and classes that nothing uses.

    Another module may use what is public, unless this one is a script.

    Args:
        source: The module, or its text.
        paths: The functions and classes, by names from the outside in.

    Returns:
        The new text, and what is gone from it.
    """
    gone: list[tuple[str, ...]] = []
    again = True
    left = list(paths)
    if isinstance(source, str):
        source = Source(source)
    while again:
        again = False
        script = is_script(source)
        for path in left:
            node = _at(source.tree, path)
            if node is None or not (script or path[-1].startswith("_") or len(path) > 1):
                continue
            if _is_used(source, node):
                continue
            source = Source(_without(source, node))
            gone.append(path)
            left.remove(path)
            again = True
            break
    return source.text, tuple(gone)


def is_script(source: Source) -> bool:
    """Whether a module is run, not imported: it guards its code, or calls something at its top level."""
    for node in source.tree.body:
        match node:
            case ast.If(test=test) if any(isinstance(n, ast.Name) and n.id == "__name__" for n in walk(test)):
                return True
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name in source.symbols.module.bindings:
                return True
            case ast.Expr(value=ast.Call(func=function)):
                if (source.symbols.resolve(function, source.symbols.module) or "").endswith(_STARTS):
                    return True
            case ast.With() | ast.For():
                return True
    return False


def _at(tree: ast.Module, path: tuple[str, ...]) -> ast.FunctionDef | ast.ClassDef | None:
    body: list[ast.stmt] = tree.body
    found: ast.FunctionDef | ast.ClassDef | None = None
    for name in path:
        found = next((n for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and n.name == name), None)
        if found is None:
            return None
        body = found.body
    return found


def _is_used(source: Source, definition: ast.FunctionDef | ast.ClassDef) -> bool:
    inside = set(walk(definition))

    def outside(name: str) -> list[ast.Name]:
        return [node for node in source.named(name) if node not in inside]

    if outside(definition.name):
        return True
    for name in outside("__all__"):
        match source.parents[name]:
            case ast.Assign(targets=[ast.Name()], value=value) if value is not name:
                if definition.name in ast.unparse(value):
                    return True
    if any(outside(word) for word in ("globals", "getattr", "eval", "exec")):
        return any(
            isinstance(node, ast.Constant) and node.value == definition.name and node not in inside
            for node in source.nodes
        )
    return False


def _without(source: Source, node: ast.FunctionDef | ast.ClassDef) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    lines = source.lines
    while first > 1 and lines[first - 2].strip().startswith("#"):
        first -= 1
    last = node.end_lineno or node.lineno
    while last < len(lines) and not lines[last].strip():
        last += 1
    kept = [*lines[: first - 1], *lines[last:]]
    siblings = getattr(source.parents[node], "body", [])
    if siblings == [node] and not isinstance(source.parents[node], ast.Module):
        kept.insert(first - 1, source.indent(node) + "pass")
    text = "\n".join(kept)
    return text if text.endswith("\n") or not source.text.endswith("\n") else text + "\n"
