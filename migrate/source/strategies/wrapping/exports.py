"""The calls that export a session, as calls that save a wrapped graph."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.strategies.naming import refuse_key
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, INPUT, META_GRAPHS, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_ADD = ("sess", "tags", "signature_def_map", "assets_collection", "legacy_init_op", "clear_devices", "main_op",
        "strip_default_attrs", "saver")  # fmt: skip
_SIMPLE = ("session", "export_dir", "inputs", "outputs", "legacy_init_op")
_IDLE = frozenset({"tables_initializer", "initialize_all_tables", "initializers.tables_initializer", "no_op",
                   "local_variables_initializer"})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """An export of a session.

    Attributes:
        candidate: Its call.
        session: The session, as it is given.
        statement: Where it takes its graph and its values.
        gone: Statements that are not needed any more.
        directory: Where it writes.
        signatures: The text of its signature map.
        init_ops: What was to run when the model is loaded, which does nothing without tables.
        opened: Where the directory was said.
    """

    candidate: Candidate
    session: ast.expr
    statement: ast.stmt
    gone: tuple[ast.stmt, ...]
    directory: ast.expr
    signatures: str
    init_ops: tuple[ast.expr, ...]
    opened: ast.stmt

    def text(self, model: str, view: ModuleView) -> str:
        """The statement in its place."""
        directory, signatures = folded(self.directory, view), self.signatures
        if isinstance(self.session, ast.Name):
            old = re.compile(rf"(?<![\w.]){self.session.id}\.graph\b")
            directory, signatures = old.sub(f"{model}.graph", directory), old.sub(f"{model}.graph", signatures)
        short = f"{model}.save({directory}, {signatures})"
        if "\n" not in short and len(short) < 80:
            return short
        return f"{model}.save(\n\v{_deeper(directory)},\n\v{_deeper(signatures)},\n)"


def read_export(candidate: Candidate, view: ModuleView) -> Export:
    """Reads an export.

    Raises:
        Unprovable: It cannot be read, or TF2 cannot save what it saves.
    """
    if candidate.call in view.declared:
        raise Unprovable(NOT_STATIC, "the export is declared in the settings", candidate.call)
    refuse_visible_keys(candidate, view)
    return _simple_save(candidate, view) if candidate.kind is SiteKind.SIMPLE_SAVE else _builder(candidate, view)


def refuse_visible_keys(candidate: Candidate, view: ModuleView) -> None:
    """Refuses the input keys that TF2 cannot export, as far as they can be read."""
    try:
        site = view.export_site(candidate)
    except Unprovable:
        return
    for signature in site.signatures:
        if not signature.inputs:
            reason = f"the signature '{signature.key}' has no inputs"
            raise Unprovable(INPUT, reason, candidate.call)
        for endpoint in signature.inputs:
            refuse_key(endpoint)
        tensors = [ast.dump(endpoint.tensor) for endpoint in signature.inputs]
        if len(set(tensors)) < len(tensors):
            raise Unprovable(INPUT, f"two inputs of the signature '{signature.key}' are one for TF2", candidate.call)


def _simple_save(candidate: Candidate, view: ModuleView) -> Export:
    statement = view.statement(candidate.call)
    if not (isinstance(statement, ast.Expr) and statement.value is candidate.call):
        raise Unprovable(CONTROL_FLOW, "simple_save is part of a larger expression", candidate.call)
    session, directory, inputs, outputs, init_op = bind(candidate.call, _SIMPLE, required=4)
    assert session is not None
    assert directory is not None
    assert inputs is not None
    assert outputs is not None
    if isinstance(inputs, ast.Dict):
        for key in inputs.keys:
            if isinstance(key, ast.Attribute) and key.attr == "name":
                reason = f"the key {ast.unparse(key)} is a tensor's name, which TF2 does not take for an input"
                raise Unprovable(INPUT, reason, key)
    made = f"{view.tf}.compat.v1.saved_model.predict_signature_def"
    lines = [f"inputs={_deeper(folded(inputs, view))},", f"outputs={_deeper(folded(outputs, view))},"]
    signature = f"{made}(\n\v" + "\n\v".join(lines) + "\n)"
    text = '{\n\v"serving_default": ' + _deeper(signature) + ",\n}"
    return Export(candidate, session, statement, (), directory, text, _init_ops([init_op], candidate, view), statement)


def _builder(candidate: Candidate, view: ModuleView) -> Export:
    opened = view.statement(candidate.call)
    match opened:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is candidate.call:
            pass
        case _:
            raise Unprovable(ELSEWHERE, "the builder is not kept in a local name", candidate.call)
    (directory,) = bind(candidate.call, ("export_dir",))
    assert directory is not None
    if only_value(name, candidate.scope) is not candidate.call:
        raise Unprovable(CONTROL_FLOW, "the builder's name has several meanings", candidate.call)
    calls: dict[str, list[ast.Call]] = {}
    for scope, node in nodes_of(candidate.scope, view.symbols, inner=True):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            if scope.owner(name) is not candidate.scope:
                continue
            match view.statement(node):
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=used, attr=method)) as call) if used is node:
                    calls.setdefault(method, []).append(call)
                case _:
                    raise Unprovable(ELSEWHERE, "the builder is passed on to other code, or its path is used", node)
    added, saved = calls.pop("add_meta_graph_and_variables", []), calls.pop("save", [])
    if calls or len(added) != 1 or len(saved) != 1:
        raise Unprovable(META_GRAPHS, "it does not write just one MetaGraph, once", candidate.call)
    add, save = view.statement(added[0]), view.statement(saved[0])
    if len({_blocks(one, view) for one in (opened, add, save)}) > 1 or not opened.lineno < add.lineno < save.lineno:
        raise Unprovable(CONTROL_FLOW, "conditions or loops stand between the parts of the export", candidate.call)
    if any(not _is_false(one) for one in (*saved[0].args, *(keyword.value for keyword in saved[0].keywords))):
        raise Unprovable(CONTROL_FLOW, "the model may be written as text", saved[0])
    values = dict(zip(_ADD, bind(added[0], _ADD, required=2), strict=True))
    session, tags, signatures = values["sess"], values["tags"], values["signature_def_map"]
    assert session is not None
    if signatures is None:
        raise Unprovable(NOT_STATIC, "it has no signature", added[0])
    _refuse_tags(tags, candidate.scope, view)
    for argument in ("saver", "assets_collection"):
        given = values[argument]
        if given is not None and not _is_none(given) and not _is_collection(given, candidate.scope, view):
            raise Unprovable(INIT_OP, f"it is given the argument {argument}", given)
    init_ops = _init_ops([values["legacy_init_op"], values["main_op"]], candidate, view)
    _refuse_rebound(directory, opened, add, candidate.scope)
    return Export(candidate, session, add, (opened, save), directory, folded(signatures, view), init_ops, opened)


def _blocks(statement: ast.stmt, view: ModuleView) -> tuple[ast.AST, ...]:
    """The compound statements around a statement, but `with`."""
    found: list[ast.AST] = []
    node: ast.AST = statement
    while node in view.parents:
        node = view.parents[node]
        if not isinstance(node, ast.With):
            found.append(node)
    return tuple(found)


def _refuse_tags(node: ast.expr | None, scope: Scope, view: ModuleView) -> None:
    value = only_value(node.id, scope) if isinstance(node, ast.Name) else node
    elements = value.elts if isinstance(value, (ast.List, ast.Tuple, ast.Set)) else []
    tags = [_string(element, scope, view) for element in elements]
    if tags != ["serve"]:
        raise Unprovable(META_GRAPHS, "it does not surely write the one tag 'serve', as TF2 does", node)


def _string(node: ast.expr, scope: Scope, view: ModuleView) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    name = view.symbols.resolve(node, scope)
    return api.constant_value(name) if name else None


def _init_ops(given: list[ast.expr | None], candidate: Candidate, view: ModuleView) -> tuple[ast.expr, ...]:
    found = tuple(node for node in given if node is not None and not _is_none(node))
    for node in found:
        if not _is_idle(node, candidate.scope, view):
            raise Unprovable(INIT_OP, "what runs when the model is loaded is more than the initializer of tables", node)
    return found


def _is_idle(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether an init op has nothing to do in a graph without tables."""
    match node:
        case ast.Name(id=name):
            value = only_value(name, scope)
            return value is not None and _is_idle(value, scope, view)
        case ast.Call(func=function, args=arguments):
            name = view.symbols.resolve(function, scope) or ""
            return name in _IDLE or (name == "group" and all(_is_idle(one, scope, view) for one in arguments))
    return False


def _is_collection(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """`tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)`: only tables have such files."""
    match node:
        case ast.Call(func=function, args=[ast.Attribute(attr="ASSET_FILEPATHS")]):
            return view.symbols.resolve(function, scope) == "get_collection"
    return False


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _refuse_rebound(node: ast.expr, opened: ast.stmt, add: ast.stmt, scope: Scope) -> None:
    """The directory is read later than it was."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    for one in ast.walk(scope.node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id in names:
            if opened.lineno <= one.lineno <= add.lineno:
                raise Unprovable(CONTROL_FLOW, f"'{one.id}' means something else when the model is written", one)
    for one in ast.walk(node):
        if isinstance(one, (ast.Await, ast.Yield, ast.NamedExpr)):
            raise Unprovable(CONTROL_FLOW, "the directory is made by an expression that does more", one)


def folded(node: ast.expr, view: ModuleView) -> str:
    """The text of an expression in TF2's names, its further lines without the indentation of the statement.

    Raises:
        Unprovable: It has a string over several lines, whose spaces are its own.
    """
    text = view.text_of(node)
    if "\n" not in text:
        return text
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Constant, ast.JoinedStr)) and inner.lineno != inner.end_lineno:
            raise Unprovable(NOT_STATIC, "a string of the export goes over several lines", inner)
    if "#" not in text:
        # Its layout was made for another place.
        joined = re.sub(r"\s*\r?\n\s*", " ", text)
        joined = re.sub(r"([(\[{]) ", r"\1", joined)
        joined = re.sub(r",? ([)\]}])", r"\1", joined)
        if len(joined) < 60:
            return joined
    head, *rest = text.replace("\r\n", "\n").split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines: list[str] = []
    for line in rest:
        body = line[margin:]
        depth = (len(body) - len(body.lstrip()) + 3) // 4
        lines.append("\v" * depth + body.lstrip())
    closing = lines[-1][:1] in (")", "]", "}")
    lines = lines if closing else [f"\v{line}" for line in lines]
    return "\n".join([head, *lines])


def _deeper(text: str) -> str:
    return text.replace("\n", "\n\v")
