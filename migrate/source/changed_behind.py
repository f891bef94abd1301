"""Objects of the module that helpers read, and that code changes in place behind their call.

A helper is called again when its function is traced, which is at the save. What it reads must be the same by then.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.source.flow import Region
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.syntax import children, walk

_CHANGING = frozenset({"update", "setdefault", "append", "extend", "insert", "pop", "popitem", "clear", "remove", "add",
                       "discard", "sort", "reverse", "fill", "resize", "appendleft", "extendleft", "popleft", "rotate",
                       "__setitem__", "__setattr__", "shuffle"})  # fmt: skip
"""Methods that change their object."""
_Path = tuple[str, ...]


def changed_behind(read: ast.Name, root: ast.AST, call: ast.expr, region: Region) -> bool:
    """Whether what code reads of a name of the module may be another by the time it is traced.

    Args:
        read: The name.
        root: The helper that reads it, or the region's function.
        call: The helper's call in the region, or the name.
        region: Where the graph is built.
    """
    symbols = region.symbols
    wanted = _read_path(read, root, symbols)
    for scope, node, path in _changes(symbols).get(read.id, ()):
        shorter = min(len(path), len(wanted))
        if path[:shorter] == wanted[:shorter] and _runs_behind(scope, node, call, region):
            return True
    return False


def _runs_behind(scope: Scope, node: ast.AST, call: ast.expr, region: Region) -> bool:
    """Whether a change may be made after a call."""
    if isinstance(scope.node, ast.Module) and scope is not region.scope:
        # All of the export happens in a function, while the module waits.
        return False
    if scope is region.scope:
        line = getattr(node, "lineno", 0)
        if line >= call.lineno:
            return True
        loops = (one for one in walk(scope.node) if isinstance(one, (ast.For, ast.AsyncFor, ast.While)))
        return any(loop.lineno <= line and call.lineno <= (loop.end_lineno or 0) for loop in loops)
    # A function around the export changes it before or after, never in between.
    return not _leads_to(scope.node, region.scope.node, region.symbols)


def _leads_to(function: ast.AST, wanted: ast.AST, symbols: Symbols) -> bool:
    """Whether a function calls another one, itself or through others."""
    seen = [function]
    for current in seen:
        for node in walk(current):
            if isinstance(node, ast.Call):
                called = symbols.function(node.func, symbols.module)
                if called is wanted:
                    return True
                if called is not None and called not in seen:
                    seen.append(called)
    return False


def _changes(symbols: Symbols) -> dict[str, list[tuple[Scope, ast.AST, _Path]]]:
    """By name of the module, what changes its object in place: in which function, where, and which part."""
    return symbols.once(changed_behind, lambda: _found(symbols))


def _found(symbols: Symbols) -> dict[str, list[tuple[Scope, ast.AST, _Path]]]:
    found: dict[str, list[tuple[Scope, ast.AST, _Path]]] = {}
    for scope in symbols.scopes():
        others = _other_names(scope)
        for node in _own(scope.node):
            if isinstance(node, ast.Call) and _is_of_module(node.func, scope, symbols):
                continue
            for target in _changed(node, symbols):
                base, path = _taken_apart(target)
                name = base
                for _ in others:
                    # Another name for the object, or for a part of it.
                    if name not in others:
                        break
                    name, before = others[name]
                    path = (*before, *path)
                owner = scope.owner(name) if name is not None else None
                if name is not None and owner is symbols.module:
                    found.setdefault(name, []).append((_function_of(scope), node, path))
    return found


def _is_of_module(function: ast.expr, scope: Scope, symbols: Symbols) -> bool:
    """Whether something is a function of a module, which leaves the module alone: `tf.add(x, y)`, `np.insert(a, 0, b)`."""
    if symbols.resolve(function, scope) is not None:
        return True
    qualified = symbols.qualified(function, scope) if isinstance(function, ast.Attribute) else None
    return qualified is not None and qualified.count(".") == 1


def _other_names(scope: Scope) -> dict[str, tuple[str, _Path]]:
    """Names that a scope gives to objects that have one already, with that and the part of it."""
    found: dict[str, tuple[str, _Path]] = {}
    for node in _own(scope.node):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() | ast.Subscript() as value):
                base, path = _taken_apart(value)
                if base is not None and base != name:
                    found[name] = base, path
    return found


def _changed(node: ast.AST, symbols: Symbols) -> Iterator[ast.expr]:
    """The objects that a piece of code changes."""
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield node
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            yield value
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _CHANGING:
            yield value
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[value, *_]):
            yield value
        case ast.Call(func=ast.Name() as function, args=args, keywords=keywords):
            called = symbols.function(function, symbols.module)
            if isinstance(called, ast.FunctionDef):
                names = [one.arg for one in called.args.args]
                given = [*zip(names, args, strict=False), *((one.arg, one.value) for one in keywords)]
                yield from (value for name, value in given if name is not None and _changes_parameter(called, name))


def _changes_parameter(function: ast.FunctionDef, name: str) -> bool:
    """Whether a function changes the object that it is given, as far as its own text tells."""
    for node in walk(function):
        match node:
            case ast.Attribute(value=base, ctx=ast.Store() | ast.Del()):
                pass
            case ast.Subscript(value=base, ctx=ast.Store() | ast.Del()):
                pass
            case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in _CHANGING:
                pass
            case _:
                continue
        if _taken_apart(base)[0] == name:
            return True
    return False


def _read_path(read: ast.Name, root: ast.AST, symbols: Symbols) -> _Path:
    """The attributes that are read of a name; a method may read all of its object, a module's function does not."""
    parents = {child: parent for parent in walk(root) for child in children(parent)}
    path: list[str] = []
    node: ast.AST = read
    while isinstance(parent := parents.get(node), ast.Attribute):
        path.append(parent.attr)
        node = parent
    bindings = symbols.module.bindings.get(read.id, [])
    if isinstance(parent, ast.Call) and parent.func is node and not all(isinstance(one, Imported) for one in bindings):
        path = path[:-1]
    return tuple(path)


def _taken_apart(node: ast.expr) -> tuple[str | None, _Path]:
    """The name at the root of `a.b.c`, and the attributes up to the first item that is taken."""
    path: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Subscript):
            path = []
        else:
            path.insert(0, node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else None), tuple(path)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of functions and classes in it."""
    for child in children(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _own(child)


def _function_of(scope: Scope) -> Scope:
    """The function, or the module, that a scope's code runs in."""
    while scope.parent is not None and not isinstance(
        scope.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Module)
    ):
        scope = scope.parent
    return scope
