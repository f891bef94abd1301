"""Batches of iterators and queues, which TF2 cannot save: a signature must feed them, or not need them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.strategies.wrapping.session import SessionCode
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.unprovable import INPUT, Unprovable
from migrate.source.view import ModuleView

_QUEUES = frozenset({"dequeue", "dequeue_many", "dequeue_up_to"})
_ITERATORS = frozenset(
    {"make_one_shot_iterator", "make_initializable_iterator", "from_structure", "from_string_handle"}
)
_BATCHES = frozenset({"train.batch", "train.shuffle_batch", "train.batch_join", "train.shuffle_batch_join",
                      "train.maybe_batch", "train.maybe_shuffle_batch", "train.slice_input_producer",
                      "train.string_input_producer", "train.input_producer"})  # fmt: skip
_SIGNATURES = {"predict_signature_def": 0, "build_signature_def": 0, "simple_save": 2, "classification_signature_def": 0,
               "regression_signature_def": 0}  # fmt: skip
"""Functions that make signatures, with the position of the inputs."""
_KEEPS = frozenset({"run", "restore", "save", "close", "add_summary", "write", "info", "warning", "debug", "flush"})
"""Methods that put nothing into what they belong to."""


def makes_batches(scopes: Iterable[Scope], symbols: Symbols) -> bool:
    """Whether code has iterators or queues.

    Args:
        scopes: The functions, or the module.
        symbols: The module's names.
    """
    names = _QUEUES | _ITERATORS
    for scope in scopes:
        for around, node in nodes_of(scope, symbols):
            if isinstance(node, ast.Attribute) and node.attr in names:
                return True
            if isinstance(node, ast.Call) and symbols.resolve(node.func, around) in _BATCHES:
                return True
    return False


def refuse_unfed_batches(code: SessionCode) -> None:
    """Refuses exports that may need what an iterator or a queue gives, beside what their signatures feed.

    Args:
        code: The session.

    Raises:
        Unprovable: There is one.
    """
    view = code.view
    scopes = code.scopes()
    if not makes_batches(scopes, view.symbols):
        return
    statements = [(scope, node) for scope in scopes for _, node in nodes_of(scope, view.symbols)]
    made = _makers(statements, view)
    fed = _fed(statements, view)
    touched: set[str] = set()
    while True:
        before = len(touched)
        for scope, node in statements:
            if isinstance(node, ast.Assign):
                gives = _gives(node.value, scope, made, view)
                if gives or _mentions(node.value, touched):
                    for target in node.targets:
                        touched |= {name for name in _texts(target) if not (gives and name in fed)}
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For)):
                value = node.iter if isinstance(node, ast.For) else node.value
                if value is not None and (_gives(value, scope, made, view) or _mentions(value, touched)):
                    touched |= set(_texts(node.target))
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call = node.value
                root = _root(call.func)
                keeps = isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPS
                if (
                    root
                    and not keeps
                    and not _is_imported(root, scope)
                    and any(_mentions(one, touched) for one in (*call.args, *call.keywords))
                ):
                    touched.add(root)
        if len(touched) == before:
            break
    for export in code.exports:
        for node in ast.walk(export.statement):
            text = _dotted(node)
            if text in touched:
                reason = f"{text} may need what an iterator or a queue gives, which TF2 cannot save"
                raise Unprovable(INPUT, reason, node)


def _makers(statements: list[tuple[Scope, ast.AST]], view: ModuleView) -> set[str]:
    """The names of functions that return batches."""
    found: set[str] = set()
    while True:
        more = {
            getattr(scope.node, "name", "")
            for scope, node in statements
            if isinstance(node, ast.Return) and node.value is not None and _gives(node.value, scope, found, view)
        }
        # A batch may have a name before it is returned.
        for scope, node in statements:
            if isinstance(node, ast.Assign) and _gives(node.value, scope, found, view):
                names = {name for target in node.targets for name in _texts(target)}
                returned = (one for around, one in statements if around is scope and isinstance(one, ast.Return))
                if any(one.value is not None and _mentions(one.value, names) for one in returned):
                    more.add(getattr(scope.node, "name", ""))
        if more <= found:
            return found
        found |= more


def _gives(value: ast.AST, scope: Scope, made: set[str], view: ModuleView) -> bool:
    """Whether an expression is, or holds, what an iterator or a queue gives."""
    for node in ast.walk(value):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _QUEUES or name == "get_next" or name in made:
            return True
        if view.symbols.resolve(node.func, scope) in _BATCHES:
            return True
    return False


def _fed(statements: list[tuple[Scope, ast.AST]], view: ModuleView) -> set[str]:
    """The texts of what all signatures that the code makes feed."""
    found: list[set[str]] = []
    for scope, node in statements:
        if isinstance(node, ast.Call):
            name = (view.symbols.resolve(node.func, scope) or "").rpartition(".")[2]
            if name in _SIGNATURES:
                place = _SIGNATURES[name]
                given = node.args[place] if len(node.args) > place else None
                given = next((one.value for one in node.keywords if one.arg == "inputs"), given)
                found.append({_dotted(tensor) or "" for tensor in _tensors(given, scope, view)})
    return set.intersection(*found) if found else set()


def _tensors(given: ast.expr | None, scope: Scope, view: ModuleView) -> list[ast.expr]:
    """The tensors of a dictionary for inputs, as far as it is written out."""
    if isinstance(given, ast.Name):
        given = only_value(given.id, scope)
    match given:
        case ast.Dict(values=values):
            pass
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            values = [keyword.value for keyword in keywords]
        case _:
            return []
    found: list[ast.expr] = []
    for value in values:
        made = only_value(value.id, scope) if isinstance(value, ast.Name) else value
        match made:
            case ast.Call(func=function, args=[tensor], keywords=[]):
                name = view.symbols.resolve(function, scope) or ""
                found.append(tensor if name.endswith("build_tensor_info") else value)
            case _:
                found.append(value)
    return found


def _texts(target: ast.AST) -> Iterator[str]:
    """What an assignment sets: names and attributes."""
    match target:
        case ast.Name() | ast.Attribute():
            yield _dotted(target) or ""
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _texts(element)
        case ast.Starred(value=value) | ast.Subscript(value=value):
            yield from _texts(value)


def _mentions(value: ast.AST, names: set[str]) -> bool:
    return bool(names) and any(_dotted(node) in names for node in ast.walk(value))


def _dotted(node: ast.AST) -> str | None:
    """The text of a name, or of an attribute of one."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value) or '?'}.{attr}"
    return None


def _is_imported(name: str, scope: Scope) -> bool:
    """Whether a name is a module, or comes from one: `tf.summary.scalar("loss", loss)` puts nothing into `tf`."""
    owner = scope.owner(name)
    bound = owner.bindings[name] if owner is not None else ()
    return any(isinstance(one, Imported) or isinstance(one.node, ast.ImportFrom) for one in bound)


def _root(node: ast.expr) -> str:
    """The name of the object whose method is called."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
