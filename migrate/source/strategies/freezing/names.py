"""The names of the output nodes of a frozen Keras model, and the model they belong to."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.scoped import scoped
from migrate.source.strategies.freezing.named_outputs import identity, is_plain, listed, notes, one_by_one, taken
from migrate.source.symbols import Assigned, Scope
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Unprovable
from migrate.source.view import ModuleView


@dataclass(frozen=True, slots=True, eq=False)
class NodeNames:
    """Which outputs of which model are frozen, and what their nodes are called.

    Attributes:
        model: The model, as the source spells it.
        text: The expression of the names; None where they must be computed in its place.
        part: What of all the names is meant where they are computed, such as `[:1]`.
        computed: The value of a variable that holds Keras' names, and must be computed anew.
        gone: Statements that only gave the nodes their names.
        rows: Whether `model.output[i]` is named: of a model with one output that is a row of the batch.
    """

    model: str
    text: str | None = None
    part: str = ""
    computed: ast.expr | None = None
    gone: tuple[ast.stmt, ...] = ()
    rows: bool = False


def read_names(names: ast.expr, call: ast.Call, scope: Scope, view: ModuleView) -> NodeNames:
    """Reads the argument for the names of the output nodes.

    Raises:
        Unprovable: Where they are not surely those of a model's outputs.
    """
    value = _assigned(names, scope) if isinstance(names, ast.Name) else names
    found = _of_model(names, value, scope)
    if found is not None and isinstance(names, ast.Name):
        _refuse_changed(names, scope)
    found = found or _given(names, value, scope, view)
    if found is None:
        raise Unprovable(NOT_STATIC, f"{ast.unparse(names)} may name other nodes than the outputs of a model", names)
    root = found.model.partition(".")[0]
    _refuse_rebound(root, found.computed or names, call, scope)
    return found


def comprehension_of_names(node: ast.expr) -> tuple[str, str] | None:
    """The model and `inputs` or `outputs` of `[t.op.name for t in model.outputs]`."""
    match node:
        case ast.ListComp(
            elt=elt,
            generators=[
                ast.comprehension(
                    target=ast.Name(id=variable),
                    iter=ast.Attribute(value=model, attr="inputs" | "outputs" as end),
                    ifs=[],
                    is_async=0,
                )
            ],
        ) if is_plain(model):
            named = _named(elt)
            if isinstance(named, ast.Name) and named.id == variable:
                return ast.unparse(model), end
    return None


def name_of_node(node: ast.expr) -> tuple[str, str, int] | None:
    """The model, `inputs` or `outputs`, and which of them, in `model.output.op.name`.

    Args:
        node: An expression.
    """
    match node:
        case ast.Attribute(value=ast.Attribute(value=tensor, attr="op"), attr="name"):
            pass
        case _:
            return None
    match tensor:
        case ast.Attribute(value=model, attr="input" | "output" as end) if is_plain(model):
            return ast.unparse(model), f"{end}s", 0
        case ast.Subscript(
            value=ast.Attribute(value=model, attr="inputs" | "outputs" as end), slice=ast.Constant(value=int(index))
        ) if is_plain(model):
            return ast.unparse(model), end, index
    return None


def _of_model(names: ast.expr, value: ast.expr, scope: Scope) -> NodeNames | None:
    """Names that Keras made: in place, in a variable, or one of them in a variable."""
    text = None if value is names else ast.unparse(names)
    computed = None if value is names else value
    part = ""
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
        part = f"[{ast.unparse(value.slice)}]"
    read = comprehension_of_names(value.value if isinstance(value, ast.Subscript) and part else value)
    if read is not None:
        return NodeNames(read[0], text, part, computed) if read[1] == "outputs" else None
    if not isinstance(value, ast.List) or len(value.elts) != 1:
        return None
    (element,) = value.elts
    if isinstance(element, ast.Name):
        name = _assigned(element, scope)
        one = _one(_named(name))
        return NodeNames(one[0], ast.unparse(names), "[0]", name) if one else None
    one = _one(_named(element))
    return NodeNames(one[0], text, one[1], computed) if one else None


def _one(tensor: ast.expr | None) -> tuple[str, str] | None:
    """The model that has an output, and which part of its outputs that is."""
    match tensor:
        case ast.Attribute(value=model, attr="output") if is_plain(model):
            return ast.unparse(model), ""
        case ast.Subscript(value=ast.Attribute(value=model, attr="outputs"), slice=ast.Constant(value=0)):
            if is_plain(model):
                return ast.unparse(model), "[:1]"
    return None


def _named(node: ast.expr) -> ast.expr | None:
    """The tensor in `t.op.name`, `t.name.split(':')[0]` and `t.name[:-2]`."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=tensor, attr="op"), attr="name"):
            return tensor
        case ast.Subscript(
            value=ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=tensor, attr="name"), attr="split"),
                args=[ast.Constant(value=":")],
                keywords=[],
            ),
            slice=ast.Constant(value=0),
        ):
            return tensor
        case ast.Subscript(
            value=ast.Attribute(value=tensor, attr="name"),
            slice=ast.Slice(lower=None, upper=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=2)), step=None),
        ):
            return tensor
    return None


def _given(names: ast.expr, value: ast.expr, scope: Scope, view: ModuleView) -> NodeNames | None:
    """Names that the source gives to the outputs with `tf.identity(model.outputs[i], name=...)`."""
    identities = [
        (node, bound)
        for node, inner in scoped(view.symbols)
        if scope in (inner, inner.parent if isinstance(inner.node, ast.ListComp) else None)
        and isinstance(node, ast.Call)
        and view.symbols.resolve(node.func, scope) == "identity"
        if (bound := identity(node)) is not None
    ]
    if len(identities) != 1:
        return None
    ((call, (tensor, name)),) = identities
    statement = view.statement(call)
    in_list = listed(statement, call, names)
    if in_list is not None:
        if isinstance(statement, ast.Assign) and _used(statement, scope):
            raise Unprovable(ELSEWHERE, "the tensor of an output is used otherwise", statement)
        return NodeNames(ast.unparse(in_list), text=view.text_of(names), gone=(statement,))
    if not isinstance(statement, (ast.Expr, ast.Assign)) or statement.value is not call:
        return None
    if isinstance(statement, ast.Assign) and _used(statement, scope):
        raise Unprovable(ELSEWHERE, "the tensor of an output is used otherwise", statement)
    match tensor:
        case ast.Attribute(value=model, attr="output") if is_plain(model):
            texts = [ast.unparse(element) for element in value.elts] if isinstance(value, ast.List) else []
            if texts == [ast.unparse(name)]:
                return NodeNames(ast.unparse(model), text=view.text_of(names), gone=(statement,))
        case ast.Subscript(
            value=ast.Attribute(value=model, attr="outputs" | "output" as end), slice=ast.Name(id=index)
        ) if is_plain(model):
            if isinstance(names, ast.Name) and one_by_one(statement, names.id, index, name, view):
                return NodeNames(ast.unparse(model), text=names.id, gone=(statement,), rows=end == "output")
        case ast.Name(id=output):
            model_of = taken(statement, output, view)
            if model_of is not None and isinstance(names, ast.Name):
                loop = view.parents[statement]
                if isinstance(loop, ast.For) and notes(loop, statement, names.id, name):
                    return NodeNames(ast.unparse(model_of), text=names.id, gone=(statement,))
    return None


def _assigned(name: ast.Name, scope: Scope) -> ast.expr:
    """The one value that a variable is given."""
    owner = scope.owner(name.id)
    match owner.bindings[name.id] if owner is not None else []:
        case [Assigned(value=value)]:
            return value
    raise Unprovable(NOT_STATIC, f"'{name.id}' is not given one value", name)


def _used(statement: ast.Assign, scope: Scope) -> bool:
    """Whether the variable that gets the named tensor is read anywhere."""
    roots = set()
    for target in statement.targets:
        while isinstance(target, ast.Subscript):
            target = target.value
        if not isinstance(target, ast.Name):
            return True
        roots.add(target.id)
    inside = set(ast.walk(statement))
    return any(
        isinstance(node, ast.Name) and node.id in roots and isinstance(node.ctx, ast.Load) and node not in inside
        for node in ast.walk(scope.node)
    )


def _refuse_changed(names: ast.Name, scope: Scope) -> None:
    """Refuses a list of names that is added to."""
    for node in ast.walk(scope.node):
        match node:
            case ast.Attribute(value=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                if name == names.id:
                    raise Unprovable(NOT_STATIC, f"the names in '{name}' are changed", node)


def _refuse_rebound(root: str, read: ast.expr, call: ast.Call, scope: Scope) -> None:
    """Refuses a model variable that gets another value between reading its outputs and freezing."""
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Name) and node.id == root and isinstance(node.ctx, (ast.Store, ast.Del)):
            if read.lineno <= node.lineno <= call.lineno:
                raise Unprovable(NOT_STATIC, f"'{root}' changes before it is frozen", node)
