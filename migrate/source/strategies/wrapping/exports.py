"""The calls that export a session, as calls that save a wrapped graph."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from migrate.source import api
from migrate.source.arguments import bind
from migrate.source.candidates import Candidate, SiteKind
from migrate.source.strategies.wrapping.attributes import attribute_reads, free_attribute, function_of
from migrate.source.strategies.wrapping.builders import calls_of, method_calls
from migrate.source.strategies.wrapping.init_ops import is_none, read_init_ops, resetting
from migrate.source.strategies.wrapping.keys import has_other_keys
from migrate.source.strategies.wrapping.last_value import last_value
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
        assets: The text of the tensors that name files which go along; None where only tables have such files.
        resets: The init op that gives all variables their first values when the model is loaded, if there is one.
        maybe: Whether the builder writes its file even where nothing was added to it.
        kept: The attribute that says where to write, in the place of one that was the builder.
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
    assets: str | None = None
    resets: ast.expr | None = None
    maybe: bool = False
    kept: str | None = None

    def gone_texts(self, view: ModuleView) -> dict[ast.stmt, tuple[str, ...]]:
        """What stands for the statements of the builder."""
        texts: dict[ast.stmt, tuple[str, ...]] = dict.fromkeys(self.gone, ())
        if self.kept is not None:
            texts[self.opened] = (f"{self.kept} = {folded(self.directory, view)}",)
        return texts

    def text(self, model: str, view: ModuleView) -> str:
        """The call in its place."""
        directory, signatures = self.kept or folded(self.directory, view), self.signatures
        if isinstance(self.session, ast.Name):
            old = re.compile(rf"(?<![\w.]){self.session.id}\.graph\b")
            directory, signatures = old.sub(f"{model}.graph", directory), old.sub(f"{model}.graph", signatures)
        given = [directory, signatures]
        given += [f"tags={self.tags}"] if self.tags is not None else []
        given += [f"as_text={self.as_text}"] if self.as_text is not None else []
        given += [f"assets={self.assets}"] if self.assets is not None else []
        short = f"{model}.save({', '.join(given)})"
        if "\n" not in short and len(short) < 80:
            return short
        return f"{model}.save(\n\v" + "".join(f"{_deeper(one)},\n\v" for one in given)[:-1] + ")"


def read_export(candidate: Candidate, view: ModuleView) -> list[Export]:
    """Reads an export; several where the branches of a condition add different graphs to it.

    Raises:
        Unprovable: It cannot be read, or TF2 cannot save what it saves.
    """
    if candidate.call in view.declared:
        raise Unprovable(NOT_STATIC, "the export is declared in the settings", candidate.call)
    other_keys = has_other_keys(candidate, view)
    if candidate.kind is SiteKind.SIMPLE_SAVE:
        return [_simple_save(candidate, view, other_keys)]
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
    resets = resetting(init_ops, candidate, view)
    return Export(candidate, session, statement, (), directory, text, init_ops, statement, other_keys, resets=resets)


def _builder(candidate: Candidate, view: ModuleView, other_keys: bool) -> list[Export]:
    opened = view.statement(candidate.call)
    (directory,) = bind(candidate.call, ("export_dir",))
    assert directory is not None
    match opened:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is candidate.call:
            calls = calls_of(name, candidate, view)
            kept = None
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name) as attribute], value=value) if (
            value is candidate.call
        ):
            calls = method_calls(attribute_reads(attribute, view), view)
            kept = f"self.{free_attribute('export_dir', view)}"
        case _:
            raise Unprovable(ELSEWHERE, "the builder is not kept in a local name", candidate.call)
    added, saved = calls.pop("add_meta_graph_and_variables", []), calls.pop("save", [])
    if calls or not added or len(saved) != 1:
        raise Unprovable(META_GRAPHS, "it does not write just one MetaGraph, once", candidate.call)
    save = view.statement(saved[0])
    adds = sorted((view.statement(call) for call in added), key=lambda one: one.lineno)
    branches = len(adds) > 1 and _are_branches(adds, view)
    if len(adds) > 1 and not branches:
        raise Unprovable(META_GRAPHS, "it does not write just one MetaGraph, once", candidate.call)
    for one in adds:
        # An object may make its builder anywhere.
        _refuse_order(opened if kept is None else one, one, save, view)
    inside = candidate if kept is None else replace(candidate, scope=function_of(save, view))
    maybe = _blocks(save, view) != _blocks(adds[0], view)[: -1 if branches else None]
    (as_text,) = bind(saved[0], ("as_text",), required=0)
    exports = [_added(inside, view, call, directory, as_text, opened, save, other_keys, maybe) for call in added]
    if kept is not None:
        exports = [replace(one, candidate=candidate, kept=kept, gone=(save,)) for one in exports]
    # The builder's statements go once.
    return [exports[0], *(replace(one, gone=()) for one in exports[1:])]


def _added(
    candidate: Candidate,
    view: ModuleView,
    call: ast.Call,
    directory: ast.expr,
    as_text: ast.expr | None,
    opened: ast.stmt,
    save: ast.stmt,
    other_keys: bool,
    maybe: bool,
) -> Export:
    """What one call adds to a builder."""
    add = view.statement(call)
    if as_text is not None:
        _refuse_rebound(as_text, add, save, candidate.scope)
    values = dict(zip(_ADD, bind(call, _ADD, required=2), strict=True))
    session, tags, signatures = values["sess"], values["tags"], values["signature_def_map"]
    assert session is not None
    if signatures is None:
        raise Unprovable(NOT_STATIC, "it has no signature", call)
    if tags is None or is_none(tags):
        raise Unprovable(META_GRAPHS, "its tags are missing", call)
    saver = values["saver"]
    if saver is not None and not is_none(saver) and not _saves_all(saver, candidate.scope, view):
        raise Unprovable(INIT_OP, "it is given the argument saver", saver)
    init_ops = read_init_ops([values["legacy_init_op"], values["main_op"]], candidate, view)
    if opened in ast.walk(candidate.scope.node):
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
        _assets(values["assets_collection"], candidate.scope, view),
        resetting(init_ops, candidate, view),
        maybe,
    )


def _are_branches(adds: list[ast.stmt], view: ModuleView) -> bool:
    """Whether statements are in the two branches of one condition."""
    match adds, {view.parents[one] for one in adds}.pop():
        case [first, second], ast.If(body=body, orelse=orelse):
            return first in body and second in orelse
    return False


def _refuse_order(opened: ast.stmt, add: ast.stmt, save: ast.stmt, view: ModuleView) -> None:
    """The parts must run one after the other wherever the MetaGraph is added, which is where it is saved then.

    The builder may be made before the condition or the loop that adds, and saved after it.
    """
    blocks = [_blocks(one, view) for one in (opened, add, save)]
    around = all(blocks[1][: len(block)] == block for block in blocks)
    path = blocks[1] != blocks[2] and not isinstance(save, ast.Expr)
    if not around or path or not (opened is add or opened.lineno < add.lineno) or not add.lineno < save.lineno:
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
    value = last_value(node, scope, view) if isinstance(node, ast.Name) else node
    elements = value.elts if isinstance(value, (ast.List, ast.Tuple, ast.Set)) else []
    return [_string(element, scope, view) for element in elements] == ["serve"]


def _string(node: ast.expr, scope: Scope, view: ModuleView) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    name = view.symbols.resolve(node, scope)
    return api.constant_value(name) if name else None


def _assets(node: ast.expr | None, scope: Scope, view: ModuleView) -> str | None:
    """The text of the tensors that name the files of an export; None where these are just those of its tables."""
    if node is None or is_none(node):
        return None
    value = last_value(node, scope, view) if isinstance(node, ast.Name) else node
    match value:
        case ast.Call(func=function, args=[ast.Attribute(attr="ASSET_FILEPATHS") as key]):
            if view.symbols.resolve(function, scope) == "get_collection":
                others = (one for one in view.parents if isinstance(one, ast.Attribute) and one is not key)
                if not any(one.attr == "ASSET_FILEPATHS" and not _is_read(one, view) for one in others):
                    return None
    return folded(node, view)


def _is_read(key: ast.Attribute, view: ModuleView) -> bool:
    """Whether the key of a collection is asked for, and nothing is added under it."""
    match view.parents[key]:
        case ast.Call(func=ast.Attribute(attr="get_collection") | ast.Name(id="get_collection")):
            return True
    return False


def _saves_all(node: ast.expr, scope: Scope, view: ModuleView) -> bool:
    """Whether a saver is one of all variables."""
    value = last_value(node, scope, view) if isinstance(node, ast.Name) else node
    match value:
        case ast.Call(func=function, args=[], keywords=keywords):
            named = {keyword.arg for keyword in keywords}
            return view.symbols.resolve(function, scope) == "train.Saver" and named <= {"sharded", "max_to_keep"}
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
