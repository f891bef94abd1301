"""Where the graph of an export is built, and the `with` that makes it one of its own."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from migrate.source.strategies.wrapping.nodes import calls_of, only_value, reached
from migrate.source.strategies.wrapping.read_session import is_default
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Assigned, Bound, Imported, Scope, Symbols
from migrate.source.syntax import children
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_IDLE = ("app", "flags", "gfile", "logging", "compat", "ConfigProto", "GPUOptions", "GraphOptions", "Session",
         "reset_default_graph", "train.latest_checkpoint", "train.get_checkpoint_state", "saved_model", "io.gfile",
         "OptimizerOptions", "errors", "VERSION", "__version__")  # fmt: skip
"""What builds no graph."""
LOADS = frozenset({"saved_model.loader.load", "saved_model.load"})
"""What loads a SavedModel into a session."""
_LOOKS = frozenset({"train.Saver", "train.init_from_checkpoint", "global_variables", "trainable_variables", "group",
                    "local_variables", "initialize_all_variables", "train.ExponentialMovingAverage"})  # fmt: skip
"""What needs a graph that is there already."""
HARMLESS = frozenset({
    *sys.stdlib_module_names, "numpy", "scipy", "pandas", "six", "absl", "PIL", "cv2", "yaml", "matplotlib", "sklearn",
    "tqdm", "h5py", "easydict", "google", "requests", "future", "past", "imageio", "skimage", "nltk", "jieba", "click",
    "migrate",
})  # fmt: skip
"""Packages that know nothing of TensorFlow."""
_OF_TEXT = frozenset({"lower", "upper", "strip", "format", "encode", "decode", "startswith", "endswith", "capitalize"})
"""Methods of texts, whatever module the text comes from."""


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the graph is built.

    Attributes:
        first: The first statement that may build some of it.
        last: The last one that the session is needed for, in the same block.
        entered: Whether a graph of its own is the default one around the session already.
        fresh: Whether that graph is surely made here: tensors that come from elsewhere are of another one.
    """

    first: ast.stmt
    last: ast.stmt
    entered: bool
    fresh: bool

    def is_only(self, statement: ast.stmt) -> bool:
        """Whether all of it lies in one statement."""
        return self.first is statement and self.last is statement


def find_place(code: SessionCode) -> Place:
    """Finds where a graph is built.

    Raises:
        Unprovable: It is not built in the exporting function.
    """
    graph = graph_of(code)
    entered = graph is not None
    if graph is not None:
        _refuse_foreign(graph, code)
    first, last = code_range(code)
    block: list[ast.stmt] = getattr(code.view.parents[first], "body", [])
    built = block[block.index(first) : block.index(last) + 1]
    if not entered and not any(makes_tensors(one, code.scope, code.view) for one in built):
        raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
    made = _made(graph, code) if graph is not None else None
    if made is not None:
        # Before its graph is made, nothing can build some of it.
        first = _holding(built, code.view.statement(made), code.view) or first
    return Place(first, last, entered, graph is None or made is not None)


def refuse_more(place: Place, code: SessionCode) -> None:
    """Nothing may build more of the graph where it is not the default one: TF1 goes by the inputs, TF2 does not.

    Args:
        place: Where the graph is built.
        code: The session.

    Raises:
        Unprovable: It does, with what the graph's code named.
    """
    block: list[ast.stmt] = getattr(code.view.parents[place.first], "body", [])
    built = block[block.index(place.first) : block.index(place.last) + 1]
    named = {name for statement in built for name in _names(statement, ast.Store)}
    for later in block[block.index(place.last) + 1 :]:
        if isinstance(later, DEFINITIONS) or named.isdisjoint(_names(later, ast.Load)):
            continue
        if makes_tensors(later, code.scope, code.view):
            raise Unprovable(ELSEWHERE, "more of the graph is built after the export", later)
    if place.entered and place.fresh:
        for statement in built:
            inside = isinstance(statement, (ast.With, *DEFINITIONS)) or named.isdisjoint(_names(statement, ast.Load))
            if not inside and makes_tensors(statement, code.scope, code.view):
                raise Unprovable(ELSEWHERE, "a part of the graph is built where it is not the default one", statement)


def _names(statement: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


def graph_of(code: SessionCode) -> ast.expr | None:
    """The graph that a session is given, or that a `with` around it makes the default one."""
    return code.graph if code.graph is not None else _entered(code)


def code_range(code: SessionCode) -> tuple[ast.stmt, ast.stmt]:
    """The first statement of a function that may build some of the graph, and the last one that the session needs.

    Raises:
        Unprovable: There is none, or they stand in different blocks.
    """
    view, block = code.view, _body(code.scope)
    ends = [code.statement, *code.used(), *(export.statement for export in code.exports)]
    ends += [statement for export in code.exports for statement in export.gone]
    while True:
        last = _holding(block, max(ends, key=lambda one: one.end_lineno or one.lineno), view)
        first = next((one for one in block if _needs(one, code)), None)
        if first is None or last is None or first.lineno > last.lineno:
            raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
        if first is last and isinstance(first, ast.If) and not first.orelse:
            block = first.body
            continue
        return first, last


def _needs(statement: ast.stmt, code: SessionCode) -> bool:
    """Whether a statement needs the graph: it may build some of it, or makes the session."""
    if any(node is code.statement for node in ast.walk(statement)):
        return True
    return may_build(statement, code.scope, code.view, code.call)


def _body(scope: Scope) -> list[ast.stmt]:
    assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef))
    return scope.node.body


def _holding(block: list[ast.stmt], statement: ast.stmt, view: ModuleView) -> ast.stmt | None:
    node: ast.AST = statement
    while node in view.parents and node not in block:
        node = view.parents[node]
    return node if isinstance(node, ast.stmt) and node in block else None


def _entered(code: SessionCode) -> ast.expr | None:
    """The graph that a `with` around the session makes the default one."""
    node: ast.AST = code.statement
    while True:
        if isinstance(node, ast.With):
            for item in node.items:
                if item.context_expr is code.call:
                    break
                match item.context_expr:
                    case ast.Call(func=ast.Attribute(value=graph, attr="as_default"), args=[]):
                        is_session = isinstance(graph, ast.Name) and graph.id == code.name
                        if not is_session and not is_default(graph, code.scope, code.view):
                            return graph
        if node is code.scope.node or node not in code.view.parents:
            return None
        node = code.view.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            return None


def _refuse_foreign(graph: ast.expr, code: SessionCode) -> None:
    """A graph that is a parameter, or an attribute, may hold anything."""
    if not isinstance(_meant(graph, code), ast.Call):
        raise Unprovable(ELSEWHERE, f"the graph {ast.unparse(graph)} is made elsewhere", graph)


def _made(graph: ast.expr, code: SessionCode) -> ast.Call | None:
    """The call that makes a graph for this run of the function; None where it may be another's."""
    value = _meant(graph, code)
    match value:
        case ast.Call(func=ast.Attribute(value=made, attr="as_default"), args=[]):
            value = _meant(made, code)
    local = not isinstance(graph, ast.Name) or code.scope.owner(graph.id) is code.scope
    if local and isinstance(value, ast.Call) and code.view.symbols.resolve(value.func, code.scope) == "Graph":
        return value
    return None


def _meant(graph: ast.expr, code: SessionCode) -> ast.expr | None:
    if not isinstance(graph, ast.Name):
        return graph
    value = only_value(graph.id, code.scope)
    return _entered_as(graph.id, code) if value is None else value


def _entered_as(name: str, code: SessionCode) -> ast.expr | None:
    """`with tf.Graph().as_default() as graph:`."""
    match code.scope.bindings.get(name, []):
        case [Bound(node=ast.With(items=items))]:
            for item in items:
                if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
                    return item.context_expr
    return None


def makes_tensors(statement: ast.stmt, scope: Scope, view: ModuleView) -> bool:
    """Whether a statement makes a part of a graph, and does not only look at one that is there.

    Args:
        statement: The statement.
        scope: Of the function, or the module, that it stands in.
        view: The module.
    """
    symbols = view.symbols
    for around, node in calls_of(scope, symbols):
        if statement.lineno <= node.lineno <= (statement.end_lineno or statement.lineno):
            name = symbols.resolve(node.func, around)
            if name is not None:
                looks = name.endswith("initializer") or name.startswith("get_") or name in _LOOKS
                if not looks and call_builds(node, around, symbols):
                    return True
            elif call_builds(node, around, symbols):
                parent = view.parents[node]
                if not isinstance(parent, ast.Expr):
                    return True
    return False


def may_build(statement: ast.stmt, scope: Scope, view: ModuleView, session: ast.Call | None = None) -> bool:
    """Whether a statement may build some of a graph, or look at it.

    Args:
        statement: The statement.
        scope: Of the function, or the module, that it stands in.
        view: The module.
        session: The call that makes the session, which does not count.
    """
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and node is not session and call_builds(node, scope, view.symbols):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            pending += children(node)
    return False


def call_builds(call: ast.Call, scope: Scope, symbols: Symbols, *, deep: bool = True) -> bool:
    """Whether a call may add to a graph.

    Args:
        call: The call.
        scope: Where it stands.
        symbols: The module's names.
        deep: Whether functions of the file are looked into.
    """
    name = symbols.resolve(call.func, scope)
    if name is not None:
        return name in LOADS or not any(name == idle or name.startswith(f"{idle}.") for idle in _IDLE)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _OF_TEXT:
        return False
    root: ast.expr = call.func
    while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name):
        return False
    owner = scope.owner(root.id)
    for binding in owner.bindings[root.id] if owner is not None else ():
        match binding:
            case Imported(qualified=qualified):
                if qualified.partition(".")[0] not in HARMLESS | {"tensorflow"}:
                    return True
            case Bound(node=ast.ImportFrom()):
                return True
            case Bound(node=(ast.FunctionDef() | ast.ClassDef()) as made) if deep:
                if _definition_builds(made, symbols):
                    return True
            case Bound(node=ast.arg()) if _is_self(root.id, scope):
                return True
            case Assigned() | Bound():
                continue
    return False


def _definition_builds(made: ast.FunctionDef | ast.ClassDef, symbols: Symbols) -> bool:
    """Whether a call of a function or class of the file may add to a graph."""

    def work_out() -> bool:
        return any(
            call_builds(node, around, symbols, deep=False)
            for one in _scopes(made, symbols)
            for around, node in calls_of(one, symbols)
        )

    return symbols.once((call_builds, made), work_out)


def _is_self(name: str, scope: Scope) -> bool:
    """Whether a name is the object of a method, whose other methods may do anything."""
    node = scope.node
    if scope.parent is None or not isinstance(scope.parent.node, ast.ClassDef) or not isinstance(node, ast.FunctionDef):
        return False
    return bool(node.args.args) and node.args.args[0].arg == name


def _scopes(node: ast.FunctionDef | ast.ClassDef, symbols: Symbols) -> Sequence[Scope]:
    if isinstance(node, ast.FunctionDef):
        return reached(symbols.scope_of(node), symbols)
    methods = [child for child in node.body if isinstance(child, ast.FunctionDef)]
    return [scope for method in methods for scope in reached(symbols.scope_of(method), symbols)]


# ---- a graph of its own ------------------------------------------------------------------------------------------


def in_graph(place: Place, view: ModuleView) -> str:
    """The text of a module with the statements of a place in `with tf.Graph().as_default():`.

    Raises:
        Unprovable: They cannot be moved as they are.
    """
    block = view.parents[place.first]
    siblings: list[ast.stmt] = getattr(block, "body", [])
    for statement in siblings[siblings.index(place.first) : siblings.index(place.last) + 1]:
        if isinstance(block, ast.Module) and isinstance(statement, DEFINITIONS):
            raise Unprovable(CONTROL_FLOW, "definitions or imports stand between the graph and its export", statement)
    return enclosed([(place.first, place.last, f"with {view.tf}.Graph().as_default():")], view)


def enclosed(pieces: Sequence[tuple[ast.stmt, ast.stmt, str]], view: ModuleView) -> str:
    """The text of a module with some of its statements in `with` blocks.

    Args:
        pieces: The first and the last statement of each block, and what opens it: lines of which the last is a header.
        view: The module.

    Raises:
        Unprovable: They cannot be moved as they are.
    """
    if view.tensorflow.add and not all(_imported_before(first, view) for first, _, _ in pieces):
        raise Unprovable(CONTROL_FLOW, "the file has no name for TensorFlow as a whole", pieces[0][0])
    lines = view.text.splitlines(keepends=True)
    unit, kept = _unit(view), _inside_strings(view.text)
    for first, last, opening in sorted(pieces, key=lambda piece: -piece[0].lineno):
        start, end = first.lineno, last.end_lineno or last.lineno
        head = lines[start - 1]
        indent = head[: len(head) - len(head.lstrip())]
        if len(indent.encode()) != first.col_offset:
            raise Unprovable(CONTROL_FLOW, "several statements share a line", first)
        newline = "\r\n" if head.endswith("\r\n") else "\n"
        moved = [
            line if number in kept or not line.strip() else unit + line
            for number, line in enumerate(lines[start - 1 : end], start)
        ]
        lines[start - 1 : end] = [f"{indent}{line}{newline}" for line in opening.split("\n")] + moved
    return "".join(lines)


def _imported_before(statement: ast.stmt, view: ModuleView) -> bool:
    """Whether the function around a statement imports TensorFlow as a whole, before it."""
    block = getattr(view.parents[statement], "body", [])
    for one in block[: block.index(statement)] if statement in block else ():
        match one:
            case ast.Import(names=[ast.alias(name="tensorflow", asname=name)]) if (name or "tensorflow") == view.tf:
                return True
    return False


def _unit(view: ModuleView) -> str:
    """What the file indents a block by."""
    lines = view.text.splitlines()
    for node in view.parents:
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt) and isinstance(body, list) and body and body[0].lineno > node.lineno:
            line = lines[body[0].lineno - 1]
            return line[node.col_offset : body[0].col_offset] or "    "
    return "    "


def _inside_strings(text: str) -> set[int]:
    """The lines that begin inside of a string."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            found |= set(range(token.start[0] + 1, token.end[0] + 1))
    return found
