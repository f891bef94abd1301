"""Takes an object apart: its attributes become names of the function that made it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection

from migrate.source.inlining.classes import PlainClass
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Unprovable

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def taken_apart(source: Source, region: ast.Module | ast.FunctionDef, name: str, cls: PlainClass) -> str:
    """The module with a name for every attribute of an object.

    Args:
        source: The module; the object's methods were read at their calls.
        region: The function that makes the object.
        name: The object's name there.
        cls: Its class.

    Raises:
        Unprovable: Where the object is more than its attributes.
    """
    scope = source.symbols.scope_of(region)
    found: list[ast.Attribute] = []
    for node, inner in source.names(region, scope):
        if node.id != name or inner.owner(name) not in (None, scope):
            continue
        attribute = source.parents[node]
        if not isinstance(attribute, ast.Attribute) or attribute.attr.endswith("__"):
            raise Unprovable(ELSEWHERE, f"the object '{name}' is handed on to other code", node)
        if isinstance(region, ast.Module) and source.function_around(node) is not region:
            raise Unprovable(ELSEWHERE, f"functions of this file use the object '{name}'", node)
        found.append(attribute)
    stored = {node.attr for node in found if isinstance(node.ctx, ast.Store)}
    edits = LineEdits()
    taken = {node.id for node in walk(region) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in walk(region) if isinstance(node, ast.arg)} | set(source.symbols.module.bindings)
    taken |= set(dir(builtins))
    names: dict[str, str] = {}
    for statement in _unread(source, found):
        edits.removed |= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    for once in _known(source, region, found):
        edits.removed |= set(range(once.lineno, (once.end_lineno or once.lineno) + 1))
        target = once.targets[0]
        assert isinstance(target, ast.Attribute)
        names[target.attr] = source.segment(once.value)
    for attribute in sorted(found, key=lambda one: (one.lineno, one.col_offset)):
        if attribute.attr not in stored:
            what = "a method" if cls.method(attribute.attr) is not None else "nothing that this file sets"
            raise Unprovable(ELSEWHERE, f"'{name}.{attribute.attr}' is {what}", attribute)
        if attribute.attr not in names:
            names[attribute.attr] = _free(attribute.attr.lstrip("_") or attribute.attr, name, taken)
            taken.add(names[attribute.attr])
        edits.put(source, attribute, names[attribute.attr])
    kept = [number for number in range(1, len(source.lines) + 1) if number not in edits.removed]
    return "\n".join(edits.line(source, number) for number in kept)


def without_alias(source: Source, region: ast.Module | ast.FunctionDef, objects: Collection[str]) -> str | None:
    """The module in which an attribute that is another object for good is spelled as that one; None without such.

    Args:
        source: The module; the methods of the objects were read at their calls.
        region: The function that makes the objects.
        objects: Their names.
    """
    for holder in objects:
        found = [
            parent
            for node in source.named(holder)
            if isinstance(parent := source.parents[node], ast.Attribute) and parent.value is node
        ]
        for statement in _known(source, region, found, objects):
            target, value = statement.targets[0], statement.value
            if not isinstance(value, ast.Name) or value.id not in objects or not isinstance(target, ast.Attribute):
                continue
            edits = LineEdits()
            for node in found:
                if node.attr == target.attr and node is not target:
                    edits.put(source, node, value.id)
            edits.removed |= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
            kept = [number for number in range(1, len(source.lines) + 1) if number not in edits.removed]
            return "\n".join(edits.line(source, number) for number in kept)
    return None


def _unread(source: Source, found: list[ast.Attribute]) -> list[ast.stmt]:
    """Statements that only give an attribute a plain value, which nothing reads."""
    read = {node.attr for node in found if not isinstance(node.ctx, ast.Store)}
    statements: list[ast.stmt] = []
    for node in found:
        statement = source.parents[node]
        match statement:
            case ast.Assign(targets=[target], value=ast.Constant() | ast.Name() | ast.Attribute()) if target is node:
                siblings = getattr(source.parents[statement], "body", [])
                if node.attr not in read and statement in siblings and len(siblings) > 1:
                    statements.append(statement)
    return statements


def _known(
    source: Source, region: ast.AST, found: list[ast.Attribute], objects: Collection[str] = ()
) -> list[ast.Assign]:
    """Statements that give an attribute its only value, before everything that reads it: a constant, or a name."""
    statements: list[ast.Assign] = []
    for node in found:
        others = [one for one in found if one.attr == node.attr and one is not node]
        statement = source.parents[node]
        match statement:
            case ast.Assign(targets=[target], value=ast.Constant() | ast.Name() as value) if target is node and others:
                block = getattr(source.parents[statement], "body", [])
                if not all(isinstance(one.ctx, ast.Load) for one in others) or statement not in block:
                    continue
                own = isinstance(value, ast.Name) and value.id in objects
                if not own and not _stands_for_itself(value, source, region):
                    continue
                behind = {n for later in block[block.index(statement) + 1 :] for n in walk(later)}
                if all(one in behind for one in others):
                    statements.append(statement)
    return statements


def _stands_for_itself(value: ast.Constant | ast.Name, source: Source, region: ast.AST) -> bool:
    """Whether a value may be written wherever the attribute is read: short, and nowhere another."""
    if isinstance(value, ast.Constant):
        text = isinstance(value.value, (str, bytes))
        return value.lineno == value.end_lineno and (not text or len(str(value.value)) <= 40)
    scopes = [scope for scope in source.symbols.scopes() if scope.node is region]
    inner = {node for node in walk(region) if isinstance(node, (ast.Lambda, ast.FunctionDef, *_COMPREHENSIONS))}
    rebound = any(value.id in s.bindings for s in source.symbols.scopes() if s.node in inner and s.node is not region)
    return len(scopes[0].bindings.get(value.id, [])) == 1 and not rebound


def _free(attribute: str, name: str, taken: set[str]) -> str:
    candidate, count = attribute, 2
    if candidate in taken:
        candidate = f"{name}_{attribute}"
    while candidate in taken:
        candidate, count = f"{name}_{attribute}_{count}", count + 1
    return candidate
