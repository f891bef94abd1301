"""Takes named tuples and dictionaries of helpers apart: `outputs = Outputs(x, scores)` becomes these names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from keyword import iskeyword

from migrate.source.inlining.text import LineEdits, Source
from migrate.source.symbols import Assigned, Scope
from migrate.source.syntax import walk


def without_records(source: Source, region: ast.Module | ast.FunctionDef, left: Collection[str]) -> str:
    """The module with a name for every field of what a function makes and only reads fields of.

    Args:
        source: The module.
        region: The function.
        left: Names of dictionaries that stay as they are.
    """
    scope = source.symbols.scope_of(region)
    edits = LineEdits()
    new: dict[int, list[str]] = {}
    taken = {node.id for node in walk(region) if isinstance(node, ast.Name)} | set(source.symbols.module.bindings)
    for statement, name, fields in _records(source, region, scope, left):
        reads = _reads(source, region, scope, name)
        if reads is None or any(_field(read) not in fields for read in reads):
            continue
        lines, names = _names(source, scope, name, fields, taken)
        new[statement.lineno] = [source.indent(statement) + line for line in lines]
        edits.removed |= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
        for read in reads:
            edits.put(source, read, names[str(_field(read))])
    found: list[str] = []
    for number in range(1, len(source.lines) + 1):
        found += new.get(number, ())
        if number not in edits.removed:
            found.append(edits.line(source, number))
    return "\n".join(found)


def dictionaries(region: ast.AST) -> frozenset[str]:
    """The names that a function itself gives to dictionaries."""
    found = set()
    for node in walk(region):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _entries(value) is not None:
                found.add(name)
    return frozenset(found)


def _records(
    source: Source, region: ast.AST, scope: Scope, left: Collection[str]
) -> Iterator[tuple[ast.Assign, str, dict[str, ast.expr]]]:
    for node in walk(region):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if source.function_around(node) is region:
                if len(scope.bindings.get(name, [])) != 1:
                    continue
                given = _given(source, value) or (None if name in left else _entries(value))
                if given:
                    yield node, name, given


def _given(source: Source, value: ast.expr) -> dict[str, ast.expr] | None:
    """What the fields of a named tuple are given."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
        return None
    fields = _fields(source, value.func.id)
    if fields is None or any(isinstance(argument, ast.Starred) for argument in value.args):
        return None
    given = dict(zip(fields, value.args, strict=False)) | {str(k.arg): k.value for k in value.keywords}
    return given if set(given) == set(fields) and len(given) == len(value.args) + len(value.keywords) else None


def _entries(value: ast.expr) -> dict[str, ast.expr] | None:
    """The entries of a dictionary that is written out, with identifiers as keys."""
    match value:
        case ast.Dict(keys=keys, values=values):
            texts = [key.value if isinstance(key, ast.Constant) else None for key in keys]
            names = [text for text in texts if isinstance(text, str) and text.isidentifier()]
            if len(names) == len(keys) and len(set(names)) == len(names) and not any(map(iskeyword, names)):
                return dict(zip(names, values, strict=True))
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords) if all(k.arg for k in keywords):
            return {str(keyword.arg): keyword.value for keyword in keywords}
    return None


def _field(read: ast.Attribute | ast.Subscript) -> str | None:
    """The field that is read."""
    match read:
        case ast.Attribute(attr=attribute):
            return attribute
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
    return None


def _fields(source: Source, record: str) -> list[str] | None:
    """The fields of a named tuple class of the module."""
    match source.symbols.module.bindings.get(record):
        case [Assigned(value=ast.Call(args=[ast.Constant(), fields], keywords=[]) as call)]:
            if source.symbols.qualified(call.func, source.symbols.module) != "collections.namedtuple":
                return None
            match fields:
                case ast.Constant(value=str(text)):
                    return text.replace(",", " ").split()
                case ast.List(elts=elements) | ast.Tuple(elts=elements):
                    names = [element.value for element in elements if isinstance(element, ast.Constant)]
                    return [str(name) for name in names] if len(names) == len(elements) else None
    return None


def _reads(source: Source, region: ast.AST, scope: Scope, name: str) -> list[ast.Attribute | ast.Subscript] | None:
    """Where fields of a record are read; None where it is used in another way."""
    found: list[ast.Attribute | ast.Subscript] = []
    for node, inner in source.names(region, scope):
        if node.id != name or inner.owner(name) is not scope or isinstance(node.ctx, ast.Store):
            continue
        above = source.parents[node]
        if not isinstance(above, (ast.Attribute, ast.Subscript)) or not isinstance(above.ctx, ast.Load):
            return None
        if above.value is not node or (isinstance(above, ast.Attribute) and hasattr(dict, above.attr)):
            return None
        if isinstance(region, ast.Module) and source.function_around(node) is not region:
            return None
        found.append(above)
    return found


def _names(
    source: Source, scope: Scope, name: str, fields: dict[str, ast.expr], taken: set[str]
) -> tuple[list[str], dict[str, str]]:
    """The assignments that are needed, and what each field is called."""
    lines: list[str] = []
    names: dict[str, str] = {}
    for field, value in sorted(fields.items(), key=lambda item: (item[1].lineno, item[1].col_offset)):
        if isinstance(value, ast.Name) and len(scope.bindings.get(value.id, [])) == 1:
            names[field] = value.id
            continue
        candidate, count = field if field not in taken else f"{name}_{field}", 2
        while candidate in taken:
            candidate, count = f"{name}_{field}_{count}", count + 1
        taken.add(candidate)
        names[field] = candidate
        lines.append(f"{candidate} = {source.segment(value)}")
    return lines or ["pass"], names
