"""Files that Python 2 read protocol buffers from in text mode, which was no other one than that for bytes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_OPENERS = frozenset({"FastGFile", "GFile", "Open", "open"})
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def with_binary_modes(text: str) -> str:
    """The text with mode `rb` wherever all that is read of a file goes to `ParseFromString`.

    Args:
        text: A module that Python 3 can parse.
    """
    if "ParseFromString" not in text:
        return text
    tree = ast.parse(text)
    lines = [line.encode() for line in _LINE.findall(text)]
    for call in sorted(_opened(tree), key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0), reverse=True):
        given = call.args[1] if len(call.args) > 1 else None
        at = given or call.args[0]
        if call.keywords or len(call.args) > 2 or at.end_lineno != at.lineno or at.end_lineno is None:
            continue
        line, start, end = lines[at.lineno - 1], at.col_offset, at.end_col_offset or 0
        if given is None:
            lines[at.lineno - 1] = line[:end] + b", 'rb'" + line[end:]
        elif isinstance(given, ast.Constant) and given.value in ("r", "rt"):
            quote = line[end - 1 : end]
            lines[at.lineno - 1] = line[:start] + quote + b"rb" + quote + line[end:]
    return b"".join(lines).decode()


def _opened(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that open such files."""
    scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))]
    for node in ast.walk(tree):
        match node:
            case ast.With(items=items, body=body):
                for item in items:
                    name = item.optional_vars
                    if isinstance(item.context_expr, ast.Call) and isinstance(name, ast.Name):
                        if _opens(item.context_expr) and _is_parsed(name.id, body):
                            yield item.context_expr
            case ast.Call(
                func=ast.Attribute(attr="ParseFromString"), args=[ast.Call(func=ast.Attribute(attr="read") as read)]
            ):
                if isinstance(read.value, ast.Call) and _opens(read.value):
                    yield read.value
    for scope in scopes:
        stored = [one.id for one in _own(scope.body) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
        for node in _own(scope.body):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as call) if _opens(call):
                    if stored.count(target) == 1 and _is_parsed(target, scope.body):
                        yield call


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a function that are not in another one."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(node))


def _opens(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _OPENERS and bool(call.args)


def _is_parsed(name: str, body: list[ast.stmt]) -> bool:
    """Whether all that is done with a file is to parse what it holds, and to close it."""
    wanted: set[ast.AST] = set()
    harmless: set[ast.AST] = set()
    loads: set[ast.AST] = set()
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="ParseFromString"),
                    args=[ast.Call(func=ast.Attribute(attr="read", value=ast.Name() as file), args=[])],
                ):
                    wanted.add(file)
                case ast.Attribute(attr="close", value=ast.Name() as file):
                    harmless.add(file)
                case ast.Name(id=found, ctx=ast.Load()) if found == name:
                    loads.add(node)
    return bool(loads & wanted) and loads <= wanted | harmless
