"""The calls that export a session, as calls that save a wrapped graph."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.strategies.wrapping.init_ops import is_none, read_init_ops
from migrate.source.strategies.wrapping.keys import has_other_keys
from migrate.source.strategies.wrapping.nodes import nodes_of, only_value
from migrate.source.symbols import Scope
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INIT_OP, META_GRAPHS, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView

_ADD = ("sess", "tags", "signature_def_map", "assets_collection", "legacy_init_op", "clear_devices", "main_op",
        "strip_default_attrs", "saver")  # fmt: skip
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SIMPLE = ("session", "export_dir", "inputs", "outputs", "legacy_init_op")


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
        other_keys: Whether it may have input keys that TF2 does not take.
        tags: The text of its tags; None where they are the one tag `serve`.
        as_text: The text of what says whether the model is written as text; None where it is not.
        path: The statement that uses the path which the builder returns, where one does.
        maybe: Whether the builder writes its file even where nothing was added to it.
    """

    candidate: Candidate
    session: ast.expr
    statement: ast.stmt
    gone: tuple[ast.stmt, ...]
    directory: ast.expr
    signatures: str
    init_ops: tuple[ast.expr, ...]
    opened: ast.stmt
    other_keys: bool
    tags: str | None = None
    as_text: str | None = None
    path: ast.Assign | ast.Return | None = None
    maybe: bool = False

    def text(self, model: str, view: ModuleView) -> str:
        """The call in its place."""
        directory, signatures = folded(self.directory, view), self.signatures
        if isinstance(self.session, ast.Name):
            old = re.compile(rf"(?<![\w.]){self.session.id}\.graph\b")
            directory, signatures = old.sub(f"{model}.graph", directory), old.sub(f"{model}.graph", signatures)
        given = [directory, signatures]
        given += [f"tags={self.tags}"] if self.tags is not None else []
        given += [f"as_text={self.as_text}"] if self.as_text is not None else []
        short = f"{model}.save({', '.join(given)})"
        if "\n" not in short and len(short) < 80:
            return short
        return f"{model}.save(\n\v" + "".join(f"{_deeper(one)},\n\v" for one in given)[:-1] + ")"


def read_export(candidate: Candidate, view: ModuleView) -> Export:
    """Reads an export.

    Raises:
        Unprovable: It cannot be read, or TF2 cannot save what it saves.
    """
    if candidate.call in view.declared:
        raise Unprovable(NOT_STATIC, "the export is declared in the settings", candidate.call)
    other_keys = has_other_keys(candidate, view)
    if candidate.kind is SiteKind.SIMPLE_SAVE:
        return _simple_save(candidate, view, other_keys)
    return _builder(candidate, view, other_keys)


def _simple_save(candidate: Candidate, view: ModuleView, other_keys: bool) -> Export:
    statement = view.statement(candidate.call)
    if not (isinstance(statement, ast.Expr) and statement.value is candidate.call):
        raise Unprovable(CONTROL_FLOW, "simple_save is part of a larger expression", candidate.call)
    session, directory, inputs, outputs, init_op = bind(candidate.call, _SIMPLE, required=4)
    assert session is not None
    assert directory is not None
    assert inputs is not None
    assert outputs is not None
    made = f"{view.tf}.compat.v1.saved_model.predict_signature_def"
    lines = [f"inputs={_deeper(folded(inputs, view))},", f"outputs={_deeper(folded(outputs, view))},"]
    signature = f"{made}(\n\v" + "\n\v".join(lines) + "\n)"
    text = '{\n\v"serving_default": ' + _deeper(signature) + ",\n}"
    init_ops = read_init_ops([init_op], candidate, view)
    return Export(candidate, session, statement, (), directory, text, init_ops, statement, other_keys)


def _builder(candidate: Candidate, view: ModuleView, other_keys: bool) -> Export:
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
                case (
                    ast.Return(value=ast.Call(func=ast.Attribute(value=used, attr="save")) as call)
                    | ast.Assign(
                        targets=[ast.Name()], value=ast.Call(func=ast.Attribute(value=used, attr="save")) as call
                    )
                ) if used is node:
                    calls.setdefault("save", []).append(call)
                case _:
                    raise Unprovable(ELSEWHERE, "the builder is passed on to other code, or its path is used", node)
    added, saved = calls.pop("add_meta_graph_and_variables", []), calls.pop("save", [])
    if calls or len(added) != 1 or len(saved) != 1:
        raise Unprovable(META_GRAPHS, "it does not write just one MetaGraph, once", candidate.call)
    add, save = view.statement(added[0]), view.statement(saved[0])
    _refuse_order(opened, add, save, view)
    (as_text,) = bind(saved[0], ("as_text",), required=0)
    if as_text is not None:
        _refuse_rebound(as_text, add, save, candidate.scope)
    values = dict(zip(_ADD, bind(added[0], _ADD, required=2), strict=True))
    session, tags, signatures = values["sess"], values["tags"], values["signature_def_map"]
    assert session is not None
    if signatures is None:
        raise Unprovable(NOT_STATIC, "it has no signature", added[0])
    if tags is None or is_none(tags):
        raise Unprovable(META_GRAPHS, "its tags are missing", added[0])
    for argument in ("saver", "assets_collection"):
        given = values[argument]
        if given is not None and not is_none(given) and not _is_collection(given, candidate.scope, view):
            raise Unprovable(INIT_OP, f"it is given the argument {argument}", given)
    init_ops = read_init_ops([values["legacy_init_op"], values["main_op"]], candidate, view)
    loops = [node for node, _ in _blocks(add, view)[len(_blocks(opened, view)) :] if isinstance(node, _LOOPS)]
    _refuse_rebound(directory, opened, next(iter(loops), add), candidate.scope)
    return Export(
        candidate,
        session,
        add,
        (opened, save),
        directory,
        folded(signatures, view),
        init_ops,
        opened,
        other_keys,
        None if _is_serve(tags, candidate.scope, view) else folded(tags, view),
        None if as_text is None or _is_false(as_text) else folded(as_text, view),
        save if isinstance(save, (ast.Assign, ast.Return)) else None,
        _blocks(save, view) != _blocks(add, view),
    )


def _refuse_order(opened: ast.stmt, add: ast.stmt, save: ast.stmt, view: ModuleView) -> None:
    """The parts must run one after the other wherever the MetaGraph is added, which is where it is saved then.

    The builder may be made before the condition or the loop that adds, and saved after it.
    """
    blocks = [_blocks(one, view) for one in (opened, add, save)]
    around = all(blocks[1][: len(block)] == block for block in blocks)
    path = blocks[1] != blocks[2] and not isinstance(save, ast.Expr)
    if not around or path or not opened.lineno < add.lineno < save.lineno:
        raise Unprovable(CONTROL_FLOW, "conditions or loops stand between the parts of the export", opened)


def _blocks(statement: ast.stmt, view: ModuleView) -> tuple[tuple[ast.AST, str], ...]:
    """The compound statements around a statement, but `with`, from the outside in, and the part of each."""
    found: list[tuple[ast.AST, str]] = []
    node: ast.AST = statement
    while node in view.parents:
        inner, node = node, view.parents[node]
        if not isinstance(node, ast.With):
            parts = (part for part in ("body", "orelse", "finalbody") if inner in (getattr(node, part, None) or ()))
            found.insert(0, (node, next(parts, "")))
    return tuple(found)


def _is_serve(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether tags are surely the one that TF2 writes."""
    value = only_value(node.id, scope) if isinstance(node, ast.Name) else node
    elements = value.elts if isinstance(value, (ast.List, ast.Tuple, ast.Set)) else []
    return [_string(element, scope, view) for element in elements] == ["serve"]


def _string(node: ast.expr, scope: Scope, view: ModuleView) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    name = view.symbols.resolve(node, scope)
    return api.constant_value(name) if name else None


def _is_collection(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """`tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)`: only tables have such files."""
    match node:
        case ast.Call(func=function, args=[ast.Attribute(attr="ASSET_FILEPATHS")]):
            return view.symbols.resolve(function, scope) == "get_collection"
    return False


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _refuse_rebound(node: ast.expr, opened: ast.stmt, add: ast.stmt, scope: Scope) -> None:
    """An argument is read at another place than it was."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    for one in ast.walk(scope.node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.id in names:
            last = (add.end_lineno or add.lineno) if isinstance(add, _LOOPS) else add.lineno
            if opened.lineno <= one.lineno <= last:
                raise Unprovable(CONTROL_FLOW, f"'{one.id}' means something else when the model is written", one)
    for one in ast.walk(node):
        if isinstance(one, (ast.Await, ast.Yield, ast.NamedExpr)):
            raise Unprovable(CONTROL_FLOW, f"{ast.unparse(node)} is an expression that does more", one)


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
