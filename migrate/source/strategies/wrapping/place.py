"""Where the graph of an export is built, and the `with` that makes it one of its own."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from dataclasses import dataclass

from migrate.source.strategies.wrapping.nodes import nodes_of, only_value, reached
from migrate.source.strategies.wrapping.session import SessionCode, is_default
from migrate.source.symbols import Assigned, Bound, Imported, Scope, Symbols
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable
from migrate.source.view import ModuleView

_IDLE = ("app", "flags", "gfile", "logging", "compat", "ConfigProto", "GPUOptions", "GraphOptions", "Session",
         "reset_default_graph", "train.latest_checkpoint", "train.get_checkpoint_state", "saved_model", "io.gfile",
         "OptimizerOptions", "errors", "VERSION", "__version__")  # fmt: skip
"""What builds no graph."""
_LOOKS = frozenset({"train.Saver", "train.init_from_checkpoint", "global_variables", "trainable_variables", "group",
                    "local_variables", "initialize_all_variables", "train.ExponentialMovingAverage"})  # fmt: skip
"""What needs a graph that is there already."""
HARMLESS = frozenset({
    *sys.stdlib_module_names, "numpy", "scipy", "pandas", "six", "absl", "PIL", "cv2", "yaml", "matplotlib", "sklearn",
    "tqdm", "h5py", "easydict", "google", "requests", "future", "past", "imageio", "skimage", "nltk", "jieba", "click",
    "migrate",
})  # fmt: skip
"""Packages that know nothing of TensorFlow."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where the graph is built.

    Attributes:
        first: The first statement that may build some of it.
        last: The last one that the session is needed for, in the same block.
        entered: Whether a graph of its own is the default one around the session already.
    """

    first: ast.stmt
    last: ast.stmt
    entered: bool

    def is_only(self, statement: ast.stmt) -> bool:
        """Whether all of it lies in one statement."""
        return self.first is statement and self.last is statement


def find_place(code: SessionCode) -> Place:
    """Finds where a graph is built.

    Raises:
        Unprovable: It is not built in the exporting function.
    """
    entered = code.graph is not None or _is_entered(code)
    if code.graph is not None:
        _refuse_foreign(code.graph, code)
    view, block = code.view, _body(code.scope)
    ends = [code.statement, *(export.statement for export in code.exports)]
    ends += [statement for export in code.exports for statement in export.gone]
    while True:
        last = _holding(block, max(ends, key=lambda one: one.end_lineno or one.lineno), view)
        first = next((one for one in block if _may_build(one, code)), None)
        if first is None or last is None or first.lineno > last.lineno:
            raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
        if first is last and isinstance(first, ast.If) and not first.orelse:
            block = first.body
            continue
        built = block[block.index(first) : block.index(last) + 1]
        if not entered and not any(_makes_tensors(one, code) for one in built):
            raise Unprovable(ELSEWHERE, "the graph is built somewhere else", code.call)
        held = _holding(block, code.statement, view)
        if not entered and held is not None and held.lineno < first.lineno:
            first = held  # A session is made for the graph that is the default one then.
        return Place(first, last, entered)


def _body(scope: Scope) -> list[ast.stmt]:
    assert isinstance(scope.node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef))
    return scope.node.body


def _holding(block: list[ast.stmt], statement: ast.stmt, view: ModuleView) -> ast.stmt | None:
    node: ast.AST = statement
    while node in view.parents and node not in block:
        node = view.parents[node]
    return node if isinstance(node, ast.stmt) and node in block else None


def _is_entered(code: SessionCode) -> bool:
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
                            _refuse_foreign(graph, code)
                            return True
        if node is code.scope.node or node not in code.view.parents:
            return False
        node = code.view.parents[node]
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            return False


def _refuse_foreign(graph: ast.expr, code: SessionCode) -> None:
    """A graph that is a parameter, or an attribute, may hold anything."""
    value = only_value(graph.id, code.scope) if isinstance(graph, ast.Name) else graph
    if isinstance(graph, ast.Name) and value is None:
        value = _entered_as(graph.id, code)
    if not isinstance(value, ast.Call):
        raise Unprovable(ELSEWHERE, f"the graph {ast.unparse(graph)} is made elsewhere", graph)


def _entered_as(name: str, code: SessionCode) -> ast.expr | None:
    """`with tf.Graph().as_default() as graph:`."""
    match code.scope.bindings.get(name, []):
        case [Bound(node=ast.With(items=items))]:
            for item in items:
                if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name:
                    return item.context_expr
    return None


def _makes_tensors(statement: ast.stmt, code: SessionCode) -> bool:
    """Whether a statement makes a part of a graph, and does not only look at one that is there."""
    symbols = code.view.symbols
    for around, node in nodes_of(code.scope, symbols):
        if isinstance(node, ast.Call) and statement.lineno <= node.lineno <= (statement.end_lineno or statement.lineno):
            name = symbols.resolve(node.func, around)
            if name is not None:
                looks = name.endswith("initializer") or name.startswith("get_") or name in _LOOKS
                if not looks and call_builds(node, around, symbols):
                    return True
            elif call_builds(node, around, symbols):
                parent = code.view.parents[node]
                if not isinstance(parent, ast.Expr):
                    return True
    return False


def _may_build(statement: ast.stmt, code: SessionCode) -> bool:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and node is not code.call and call_builds(node, code.scope, code.view.symbols):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)
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
        return not any(name == idle or name.startswith(f"{idle}.") for idle in _IDLE)
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
                if any(
                    isinstance(node, ast.Call) and call_builds(node, around, symbols, deep=False)
                    for one in _scopes(made, symbols)
                    for around, node in nodes_of(one, symbols)
                ):
                    return True
            case Bound(node=ast.arg()) if _is_self(root.id, scope):
                return True
            case Assigned() | Bound():
                continue
    return False


def _is_self(name: str, scope: Scope) -> bool:
    """Whether a name is the object of a method, whose other methods may do anything."""
    node = scope.node
    if scope.parent is None or not isinstance(scope.parent.node, ast.ClassDef) or not isinstance(node, ast.FunctionDef):
        return False
    return bool(node.args.args) and node.args.args[0].arg == name


def _scopes(node: ast.FunctionDef | ast.ClassDef, symbols: Symbols) -> list[Scope]:
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
    if view.tensorflow.add:
        raise Unprovable(CONTROL_FLOW, "the file has no name for TensorFlow as a whole", place.first)
    start, end = place.first.lineno, place.last.end_lineno or place.last.lineno
    block = view.parents[place.first]
    siblings: list[ast.stmt] = getattr(block, "body", [])
    for statement in siblings[siblings.index(place.first) : siblings.index(place.last) + 1]:
        if isinstance(block, ast.Module) and isinstance(
            statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
        ):
            raise Unprovable(CONTROL_FLOW, "definitions or imports stand between the graph and its export", statement)
    lines = view.text.splitlines(keepends=True)
    head = lines[start - 1]
    indent = head[: len(head) - len(head.lstrip())]
    if len(indent.encode()) != place.first.col_offset:
        raise Unprovable(CONTROL_FLOW, "several statements share a line", place.first)
    unit = _unit(view)
    newline = "\r\n" if head.endswith("\r\n") else "\n"
    kept = _inside_strings(view.text)
    moved = [
        line if number in kept or not line.strip() else unit + line
        for number, line in enumerate(lines[start - 1 : end], start)
    ]
    opening = f"{indent}with {view.tf}.Graph().as_default():{newline}"
    return "".join([*lines[: start - 1], opening, *moved, *lines[end:]])


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
