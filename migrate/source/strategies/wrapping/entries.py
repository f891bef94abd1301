"""Where a program runs: the statements that build graphs, call functions that do, or use what they return."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from migrate.source.notebook.cells import is_head
from migrate.source.strategies.wrapping.building import call_builds, makes_tensors, may_build
from migrate.source.strategies.wrapping.nodes import nodes_of, reached
from migrate.source.strategies.wrapping.place import DEFINITIONS
from migrate.source.strategies.wrapping.plain_cells import plain_statements
from migrate.source.symbols import Bound, Scope, Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_COMPUTING = (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.AugAssign)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_INFOS = ("build_tensor_info", "predict_signature_def", "classification_signature_def", "regression_signature_def")
"""Functions that refuse to work outside of graphs."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Statements of one block that run the program.

    Attributes:
        first: The first one.
        last: The last one.
    """

    first: ast.stmt
    last: ast.stmt


def entries_of(exporting: Sequence[Scope], view: ModuleView, graph: str | None = None) -> list[Entry]:
    """What a file runs where it is the program, from the first statement that may build some of a graph.

    Args:
        exporting: Functions that must be run by that.
        view: The module.
        graph: A name that gets another graph where the program begins anew.

    Raises:
        Unprovable: It runs nothing, or not all of these functions.
    """
    found: list[Entry] = []
    run: list[ast.stmt] = []
    block = view.tree.body
    plain = plain_statements(view)
    started = False
    for statement in block:
        if isinstance(statement, DEFINITIONS) or statement in plain or _is_new_graph(statement, graph):
            continue
        if isinstance(statement, ast.If) and not statement.orelse and _is_main(statement.test):
            inner = [one for one in statement.body if _runs(one, view)]
            if inner or (started and any(_computes(one) for one in statement.body)):
                first = inner[0] if inner and not started else statement.body[0]
                found.append(Entry(first, statement.body[-1]))
                run.append(statement)
                started = True
            continue
        if not (_computes(statement) if started else _runs(statement, view)):
            continue
        if _is_shown(statement, block):
            continue
        started = True
        before = block.index(run[-1]) if run else -1
        joined = found and run[-1] is found[-1].last
        between = block[before : block.index(statement)]
        if joined and not any(
            isinstance(one, DEFINITIONS) or is_head(one) or _is_new_graph(one, graph) for one in between
        ):
            found[-1] = Entry(found[-1].first, statement)
        else:
            found.append(Entry(statement, statement))
        run.append(statement)
    done = _reached(run, view)
    for scope in exporting:
        if not isinstance(scope.node, ast.Module) and scope.node not in done:
            name = getattr(scope.node, "name", "")
            raise Unprovable(ELSEWHERE, f"'{name}' may be used from elsewhere", scope.node)
    if not any(_makes(scope, view) for scope in _scopes(run, view)) and not _makes(view.symbols.module, view):
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else", run[0] if run else None)
    return found


def _is_new_graph(statement: ast.stmt, name: str | None) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=assigned)]):
            return assigned == name
    return False


def _is_shown(statement: ast.stmt, block: list[ast.stmt]) -> bool:
    """Whether a notebook shows what a session gives: that has a graph of its own, and in a block it would not be shown."""
    match statement:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(attr="run", value=ast.Name()), args=arguments, keywords=keywords)
        ):
            parts = [*arguments, *(keyword.value for keyword in keywords)]
            if any(isinstance(node, _COMPUTING) for part in parts for node in ast.walk(part)):
                return False
            heads = any(is_head(one) for one in block)
            after = block[block.index(statement) + 1 :]
            return heads and (not after or is_head(after[0]))
    return False


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and "__name__" in ast.unparse(test) and "__main__" in ast.unparse(test)


def _computes(statement: ast.stmt) -> bool:
    """Whether a statement may use a tensor: operators make parts of the graph, as calls do."""
    return any(isinstance(node, _COMPUTING) for node in walk(statement))


def _runs(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether a statement may build some of a graph, by functions that it names too."""
    module = view.symbols.module
    if not any(isinstance(node, ast.Call) for node in walk(statement)):
        return False
    if may_build(statement, module, view):
        return True
    return any(
        isinstance(call, ast.Call) and call_builds(call, scope, view.symbols)
        for scope in _scopes([statement], view)
        for _, call in nodes_of(scope, view.symbols)
    )


def _makes(scope: Scope, view: ModuleView) -> bool:
    """Whether a function makes parts of a graph, by functions of TensorFlow or of other modules."""
    for around, node in nodes_of(scope, view.symbols):
        if isinstance(node, ast.Call) and view.symbols.resolve(node.func, around) is not None:
            if makes_tensors(view.statement(node), around, view):
                return True
        elif isinstance(node, ast.Call) and not isinstance(view.parents[node], ast.Expr):
            root: ast.expr = node.func
            while isinstance(root, ast.Attribute):
                root = root.value
            named = isinstance(root, ast.Name) and root.id in view.symbols.module.bindings
            if named and call_builds(node, around, view.symbols):
                return True
    return False


def _reached(statements: Iterable[ast.stmt], view: ModuleView) -> set[ast.AST]:
    return {scope.node for scope in _scopes(statements, view)}


def _scopes(statements: Iterable[ast.stmt], view: ModuleView) -> list[Scope]:
    """The functions that some statements of the module may run."""
    symbols = view.symbols
    named: list[Scope] = []
    for statement in statements:
        for node in walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                named += _defined(node.id, symbols)
            elif isinstance(node, ast.Call) and symbols.resolve(node.func, symbols.module) == "app.run":
                named += _defined("main", symbols)
    return [scope for one in named for scope in reached(one, symbols)]


def _defined(name: str, symbols: Symbols) -> list[Scope]:
    found: list[Scope] = []
    for binding in symbols.module.bindings.get(name, ()):
        if isinstance(binding, Bound) and isinstance(binding.node, _FUNCTIONS):
            found.append(symbols.scope_of(binding.node))
        elif isinstance(binding, Bound) and isinstance(binding.node, ast.ClassDef):
            # Whatever an object of it is asked to do.
            found += [symbols.scope_of(one) for one in binding.node.body if isinstance(one, _FUNCTIONS)]
    return found


def comes_first(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether nothing of a graph can have been built before a statement, in a program that this file is.

    Args:
        statement: The statement.
        view: The module.
    """
    node: ast.AST = statement
    seen: set[ast.AST] = set()
    while node not in seen:
        seen.add(node)
        parent = view.parents[node]
        body: list[ast.AST] = getattr(parent, "body", [])
        if node not in body or not isinstance(parent, (ast.Module, ast.With, ast.If, ast.FunctionDef)):
            return False
        scope = view.symbols.module
        around: ast.AST = parent
        while not isinstance(around, ast.Module):
            if isinstance(around, ast.FunctionDef):
                scope = view.symbols.scope_of(around)
                break
            around = view.parents[around]
        for one in body[: body.index(node)]:
            if isinstance(one, ast.stmt) and not isinstance(one, DEFINITIONS) and may_build(one, scope, view):
                return False
        if isinstance(parent, ast.Module):
            return True
        if isinstance(parent, ast.FunctionDef):
            call = _only_call(parent, view)
            if call is None:
                return False
            node = view.statement(call)
            if not isinstance(node, DEFINITIONS) and _builds_too(node, call, view):
                return False
        else:
            node = parent
    return False


def _builds_too(statement: ast.stmt, call: ast.Call, view: ModuleView) -> bool:
    """Whether another call of a statement may build some of a graph: arguments are there before a function runs."""
    own = {call, *(node for node in walk(call.func))}
    heads = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.expr)]
    return any(
        isinstance(node, ast.Call) and node not in own and call_builds(node, view.symbols.module, view.symbols)
        for head in heads
        for node in walk(head)
    )


def _only_call(function: ast.FunctionDef, view: ModuleView) -> ast.Call | None:
    """The one call of a function of the module, where nothing else mentions it."""
    calls: list[ast.Call] = []
    uses = 0
    for node in view.symbols.nodes():
        if isinstance(node, (ast.Name, ast.Attribute)):
            uses += function.name == (node.id if isinstance(node, ast.Name) else node.attr)
        if isinstance(node, ast.Call):
            runs = view.symbols.resolve(node.func, view.symbols.module) == "app.run" and function.name == "main"
            if runs or (isinstance(node.func, ast.Name) and node.func.id == function.name):
                calls.append(node)
    return calls[0] if len(calls) == 1 and uses <= 1 else None


# ---- code that has a graph of its own --------------------------------------------------------------------------------


def open_code(view: ModuleView, own: Collection[ast.stmt]) -> ast.AST | None:
    """A call that may use the default graph of the process; None where all stands in graphs that the file makes.

    Args:
        view: The module.
        own: Statements that get a graph of their own.
    """
    entered = entered_functions(view)
    symbols = view.symbols
    for scope, node in nodes_of(symbols.module, symbols, inner=True):
        if not isinstance(node, ast.Call) or is_entered(node, entered, view):
            continue
        name = symbols.resolve(node.func, scope)
        if name is not None and name.endswith(_INFOS) and view.statement(node) not in own:
            return node
        if name in ("Session", "InteractiveSession"):
            if not any(keyword.arg == "graph" for keyword in node.keywords):
                return node
        elif name != "Graph" and name is not None and call_builds(node, scope, symbols):
            return node
    return None


def entered_functions(view: ModuleView) -> set[ast.AST]:
    """The functions that the file only calls where a graph of its own is the default one."""
    uses: dict[str, list[ast.AST]] = {}
    functions: list[ast.FunctionDef] = []
    for node in view.symbols.nodes():
        if isinstance(node, ast.FunctionDef):
            functions.append(node)
        elif isinstance(node, ast.Attribute):
            uses.setdefault(node.attr, []).append(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            uses.setdefault(node.id, []).append(node)
    found: set[ast.AST] = set()
    while True:
        more: set[ast.AST] = set()
        for one in functions:
            around = view.parents[one]
            # A constructor runs where its class is called.
            name = around.name if isinstance(around, ast.ClassDef) and one.name == "__init__" else one.name
            if one not in found and uses.get(name) and all(is_entered(use, found, view) for use in uses[name]):
                more.add(one)
        if not more:
            return found
        found |= more


def is_entered(node: ast.AST, entered: set[ast.AST], view: ModuleView) -> bool:
    """Whether code stands in a `with` for a graph of the file, or in a function that does.

    Args:
        node: The code.
        entered: Functions that are only called in such a `with`.
        view: The module.
    """
    while node in view.parents:
        inner, node = node, view.parents[node]
        if isinstance(node, ast.With):
            before = node.items[: node.items.index(inner)] if isinstance(inner, ast.withitem) else node.items
            if any(_is_graph(item, view) for item in before):
                return True
        if isinstance(node, ast.FunctionDef) and inner in node.body:
            return node in entered
    return False


def _is_graph(item: ast.withitem, view: ModuleView) -> bool:
    """`tf.Graph().as_default()` or `tf.Session(graph=...)`, also by a name or an attribute that is nothing else."""
    graphs: list[ast.expr] = []
    match item.context_expr:
        case ast.Call(func=ast.Attribute(value=entered, attr="as_default"), args=[]):
            graphs = [entered]
        case ast.Call(func=function, keywords=keywords):
            if view.symbols.resolve(function, view.symbols.module) == "Session":
                graphs = [keyword.value for keyword in keywords if keyword.arg == "graph"]
    match graphs:
        case [graph]:
            if isinstance(graph, ast.Call):
                return _makes_graph(graph, view)
            text = ast.unparse(graph)
            values = view.symbols.once(_is_graph, lambda: _assigned(view.symbols)).get(text, ())
            return bool(values) and all(isinstance(one, ast.Call) and _makes_graph(one, view) for one in values)
    return False


def _assigned(symbols: Symbols) -> dict[str, list[ast.expr]]:
    """What names and attributes are assigned, by their texts."""
    found: dict[str, list[ast.expr]] = {}
    for node in symbols.nodes_of_kind(ast.Assign):
        for target in {ast.unparse(target) for target in node.targets}:
            found.setdefault(target, []).append(node.value)
    return found


def _makes_graph(call: ast.Call, view: ModuleView) -> bool:
    return view.symbols.resolve(call.func, view.symbols.module) == "Graph"
