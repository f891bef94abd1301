"""Lambdas that a name stands for, read at their calls, or as the functions that they are.

After `conv = lambda i, k: tf.nn.conv2d(i, k, ...)`, `conv(x, w)` means what stands behind the colon: its other names
are looked up when it is called. Where an argument is more than a name or a number it may not be written twice, or
later; the lambda becomes a `def` of that name then.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.source.inlining.nodes import block_of
from migrate.source.inlining.text import LineEdits, Source
from migrate.source.kinds import Kinds
from migrate.source.symbols import Assigned, Scope
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Inapplicable
from migrate.source.unrolling.written_out import WrittenOut

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
           ast.GeneratorExp)  # fmt: skip
_ATOMS = (ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.List, ast.Dict)

_AROUND = (ast.Assign, ast.Return, ast.keyword, ast.ListComp, ast.List)


def calls_lambdas(kinds: Kinds) -> bool:
    """Whether a region calls lambdas that a name stands for."""
    called = {
        node.func.id
        for step in kinds.region.steps
        for node in walk(step.node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return any(
        isinstance(binding, Assigned) and isinstance(binding.value, ast.Lambda)
        for name in called
        if (owner := kinds.region.scope.owner(name)) is not None
        for binding in owner.bindings[name]
    )


def without_lambdas(text: str, kinds: Kinds) -> WrittenOut:
    """Writes out the lambdas of a module that have names.

    Args:
        text: The module's source.
        kinds: The region that calls them.

    Raises:
        Unprovable: There is none.
    """
    found = _written(Source(text, kinds.region.symbols))
    if found is None:
        raise Inapplicable(ELSEWHERE, "no name stands for a lambda")
    lines, origins = found
    return WrittenOut(kinds.region.scope, "\n".join(lines), tuple(origins))


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """A lambda with a name, and where it is called."""

    statement: ast.Assign
    name: str
    made: ast.Lambda
    scope: Scope
    calls: list[ast.Call] = field(default_factory=list)


def _written(source: Source) -> tuple[list[str], list[int]] | None:
    """The new lines, each with the number of the line that it comes from."""
    functions: dict[int, _Named] = {}
    edits = LineEdits()
    for node in walk(source.tree):
        named = _named(node, source) if isinstance(node, ast.Assign) else None
        if named is None:
            continue
        texts = [_at_call(named, call, source) for call in named.calls]
        alone = len(block_of(source.parents[named.statement], named.statement)) == 1
        if None in texts or alone or any(_in_lambda(call, source) for call in named.calls):
            functions[named.statement.lineno] = named
            continue
        for call, text in zip(named.calls, texts, strict=True):
            edits.put(source, call, text or "")
        edits.removed |= set(range(named.statement.lineno, (named.statement.end_lineno or 0) + 1))
    if not functions and not edits.removed:
        return None
    lines: list[str] = []
    origins: list[int] = []
    skipped = 0
    for number in range(1, len(source.lines) + 1):
        if number in edits.removed or number <= skipped:
            continue
        made = [edits.line(source, number)]
        if number in functions:
            made = _function(functions[number], source)
            skipped = functions[number].statement.end_lineno or number
        lines += made
        origins += [number] * len(made)
    return lines, origins


def _named(statement: ast.Assign, source: Source) -> _Named | None:
    """The lambda that a statement gives the one name that it is called by, if it stands alone on its lines."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as made):
            pass
        case _:
            return None
    around = source.function_around(statement)
    scope = _scope_at(statement, source)
    hidden = isinstance(around, ast.ClassDef) or name in scope.globals or name in scope.nonlocals
    if hidden or len(scope.bindings.get(name, ())) != 1 or not _is_alone(statement, source):
        return None
    if any(isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)) for node in walk(made)):
        return None
    calls: list[ast.Call] = []
    for use in source.named(name):
        if use is statement.targets[0] or _scope_at(use, source).owner(name) is not scope:
            continue
        call = source.parents.get(use)
        if not isinstance(call, ast.Call) or call.func is not use:
            return None
        calls.append(call)
    return _Named(statement, name, made, scope, calls) if calls else None


def _in_lambda(node: ast.AST, source: Source) -> bool:
    """Whether a node stands in a lambda, which may become a function itself."""
    while not isinstance(node, ast.stmt):
        if isinstance(node, ast.Lambda):
            return True
        node = source.parents[node]
    return False


def _is_alone(statement: ast.Assign, source: Source) -> bool:
    end = statement.end_lineno or statement.lineno
    before = source.lines[statement.lineno - 1][: source.column(statement.lineno, statement.col_offset)]
    behind = source.lines[end - 1][source.column(end, statement.end_col_offset or 0) :].lstrip()
    return not before.strip() and behind[:1] in ("", "#")


def _scope_at(node: ast.AST, source: Source) -> Scope:
    """The scope that a node stands in."""
    around = source.parents.get(node)
    while around is not None and not isinstance(around, _SCOPES):
        around = source.parents.get(around)
    return source.symbols.scope_of(around) if around is not None else source.symbols.module


def _at_call(named: _Named, call: ast.Call, source: Source) -> str | None:
    """What a call means, as a text; None where that cannot be written in its place."""
    body = named.made.body
    given = _given(named.made, call)
    if given is None or call.lineno != call.end_lineno or body.lineno != body.end_lineno:
        return None
    if any(isinstance(node, (*_SCOPES, ast.JoinedStr)) for node in walk(body)):
        return None
    here = _scope_at(call, source)
    text, start = source.segment(body), source.column(body.lineno, body.col_offset)
    reads = [node for node in walk(body) if isinstance(node, ast.Name)]
    for node in sorted(reads, key=lambda one: -one.col_offset):
        if node.id not in given:
            if here.owner(node.id) is not named.scope.owner(node.id):
                return None
            continue
        first = source.column(node.lineno, node.col_offset) - start
        text = text[:first] + source.segment(given[node.id]) + text[first + len(node.id) :]
    parent = source.parents.get(call)
    bare = (
        isinstance(body, _ATOMS)
        or isinstance(parent, _AROUND)
        or (isinstance(parent, ast.Call) and parent.func is not call)
    )
    return text if bare else f"({text})"


def _given(made: ast.Lambda, call: ast.Call) -> dict[str, ast.expr] | None:
    """What a call gives the parameters; None where that is more than names and numbers."""
    if made.args.vararg or made.args.kwarg or made.args.kwonlyargs or made.args.posonlyargs:
        return None
    names = [one.arg for one in made.args.args]
    if len(call.args) > len(names):
        return None
    found = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in found or keyword.arg not in names:
            return None
        found[keyword.arg] = keyword.value
    for name, default in zip(reversed(names), reversed(made.args.defaults), strict=False):
        # Others are worked out where the lambda is made.
        if isinstance(default, ast.Constant):
            found.setdefault(name, default)
    return found if len(found) == len(names) and all(map(_is_plain, found.values())) else None


def _is_plain(node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.Name():
            return node.lineno == node.end_lineno
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return False
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return node.lineno == node.end_lineno and all(isinstance(one, ast.Constant) for one in elements)
    return False


def _function(named: _Named, source: Source) -> list[str]:
    """The lambda as a `def`."""
    indent = source.indent(named.statement)
    body = source.segment(named.made.body)
    comment = source.comment(named.statement)
    lines = [f"{indent}{comment}"] if comment else []
    lines.append(f"{indent}def {named.name}({ast.unparse(named.made.args)}):")
    if "\n" in body:
        body = f"({body})"
    return [*lines, *f"{indent}    return {body}".split("\n")]
