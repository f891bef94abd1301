"""Whether the tensors of an export are of the graph that it exports, where that graph is made for it."""

from __future__ import annotations

import ast

from migrate.source.strategies.imported.session import ImportedSession
from migrate.source.strategies.wrapping.foreign import exported_tensors
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.symbols import Assigned, Bound, Scope
from migrate.source.unprovable import ELSEWHERE, Unprovable


def refuse_other_tensors(code: ImportedSession, called: set[ast.AST]) -> None:
    """Refuses tensors that are made outside of the code that fills the graph.

    Args:
        code: The session, with the code of its graph.
        called: The functions that this code comes to.

    Raises:
        Unprovable: There is one.
    """
    if code.around is None and code.graph is None:
        return
    inside = {node for root in code.roots for node in ast.walk(root)}
    origin = _Origin(code, inside, called)
    exported = [export.statement for export in code.exports]
    for scope, tensor in exported_tensors(code):
        if _is_of_another_block(tensor, exported, inside, code):
            continue
        if not origin.is_mine(tensor, scope):
            what = ast.unparse(tensor)
            raise Unprovable(ELSEWHERE, f"{what} is made outside of the graph that is exported", tensor)


def _is_of_another_block(
    tensor: ast.expr, exported: list[ast.stmt], inside: set[ast.AST], code: ImportedSession
) -> bool:
    """Whether a signature stands in a block that is about another graph, so that it is no one's here."""
    node: ast.AST = tensor
    while node is not code.scope.node:
        node = code.view.parents[node]
        if isinstance(node, ast.With) and node not in inside:
            return not any(statement in ast.walk(node) for statement in exported)
    return False


class _Origin:
    """Follows expressions to where their tensors are made."""

    def __init__(self, code: ImportedSession, inside: set[ast.AST], called: set[ast.AST]) -> None:
        self._code = code
        self._inside = inside
        symbols = code.view.symbols
        stored = [node for _, node in nodes_of(code.scope, symbols, inner=True) if node in inside]
        for function in called:
            stored += [node for _, node in nodes_of(symbols.scope_of(function), symbols)]  # type: ignore[arg-type]
        self._stored = {
            node.attr for node in stored if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        }
        self._seen: set[str] = set()
        # Under the names that they had, what is given to the function stands for its name.
        self._same_names = any(
            isinstance(node, ast.Call) and any(_is_no_name(one) for one in node.keywords) for node in [*inside, *stored]
        )

    def is_mine(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is made of tensors of the graph."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="get_tensor_by_name" | "as_graph_element")):
                return self._is_graph(base)
            case ast.Call(func=ast.Attribute(value=base, attr=method), args=[]) if method in ("values", "items"):
                return self.is_mine(base, scope)
            case ast.Call(func=ast.Name(id="dict" | "list" | "zip" | "enumerate" | "sorted"), args=[first, *_]):
                return self.is_mine(first, scope)
            case ast.Call():
                return node in self._inside or self._is_makers(node)
            case ast.Attribute(attr=attribute, value=base):
                return attribute in self._stored or self.is_mine(base, scope)
            case ast.Subscript(value=base):
                return self.is_mine(base, scope)
            case ast.Name(id=name):
                return self._is_named(name, scope)
            case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                return all(self.is_mine(one, scope) for one in values)
        return node in self._inside

    def _is_named(self, name: str, scope: Scope) -> bool:
        owner = scope.owner(name)
        if owner is None or name in self._seen:
            return name in self._seen
        self._seen.add(name)
        bindings = owner.bindings[name]
        given = [one for one in bindings if not (isinstance(one, Assigned) and isinstance(one.value, ast.Constant))]
        try:
            return any(self._is_bound(one, owner) for one in given)
        finally:
            self._seen.discard(name)

    def _is_bound(self, binding: object, owner: Scope) -> bool:
        match binding:
            case Assigned(value=value, node=node):
                return (node in self._inside and isinstance(value, ast.Call)) or self.is_mine(value, owner)
            case Bound(node=ast.Assign(value=value)):
                return self.is_mine(value, owner)
            case Bound(node=ast.For(iter=iterable) | ast.comprehension(iter=iterable)):
                return self.is_mine(iterable, owner.parent if owner.parent and iterable not in self._inside else owner)
            case Bound(node=ast.arg()):
                return self._same_names
            case Bound(node=node):
                return isinstance(node, ast.stmt) and node in self._inside
        return False

    def _is_makers(self, call: ast.Call) -> bool:
        function = self._code.view.symbols.function(call.func, self._code.scope)
        return function is not None and function is self._code.maker

    def _is_graph(self, base: ast.expr) -> bool:
        """Whether it is the graph, or the session's, by a name; others are only known where they are filled."""
        names = {*self._code.names, self._code.name}
        root = base.value if isinstance(base, ast.Attribute) else base
        return base in self._inside or (isinstance(root, ast.Name) and root.id in names)


def _is_no_name(keyword: ast.keyword) -> bool:
    """Whether it is the `name=''` of an import, which keeps all names."""
    return keyword.arg == "name" and isinstance(keyword.value, ast.Constant) and keyword.value.value == ""
