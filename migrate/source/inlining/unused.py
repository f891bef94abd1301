"""Takes away functions and classes that nothing uses any more, because they were read at their calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.source.inlining.text import Source

_STARTS = ("app.run", "flags.mark_flag_as_required")


def without_unused(text: str, paths: Iterable[tuple[str, ...]]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The module without those of some functions and classes that nothing uses.

    Another module may use what is public, unless this one is a script.

    Args:
        text: The module.
        paths: The functions and classes, by names from the outside in.

    Returns:
        The new text, and what is gone from it.
    """
    gone: list[tuple[str, ...]] = []
    again = True
    left = list(paths)
    while again:
        again = False
        source = Source(text)
        script = is_script(source)
        for path in left:
            node = _at(source.tree, path)
            if node is None or not (script or path[-1].startswith("_") or len(path) > 1):
                continue
            if _is_used(source, node):
                continue
            text = _without(source, node)
            gone.append(path)
            left.remove(path)
            again = True
            break
    return text, tuple(gone)


def is_script(source: Source) -> bool:
    """Whether a module is run, not imported: it guards its code, or calls something at its top level."""
    for node in source.tree.body:
        match node:
            case ast.If(test=test) if any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test)):
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
    inside = set(ast.walk(definition))
    outside = [node for node in ast.walk(source.tree) if node not in inside]
    by_text = any(isinstance(node, ast.Name) and node.id in ("globals", "getattr", "eval", "exec") for node in outside)
    for node in outside:
        match node:
            case ast.Name(id=name) if name == definition.name:
                return True
            case ast.Constant(value=str(text)) if by_text and text == definition.name:
                return True
            case ast.Assign(targets=[ast.Name(id="__all__")]) if definition.name in ast.unparse(node.value):
                return True
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
