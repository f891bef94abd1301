"""Loaded models of which the code only runs one signature: tensors go by the signature's keys."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.loaded.places import Variable
from migrate.source.loaded.roles import Role
from migrate.source.loaded.runs import Run, feed_keys
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.strategies.loading.tensors import TensorTexts
from migrate.source.unprovable import ELSEWHERE, NOT_STATIC, Unprovable


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """An input or output of a signature.

    Attributes:
        load: The call that loads the model.
        signature: The key of the signature.
        direction: `inputs` or `outputs`.
        key: Its key.
    """

    load: ast.Call
    signature: ast.expr
    direction: str
    key: ast.expr


_Part = ast.Call | tuple[ast.Call] | tuple[ast.Call, ast.expr] | tuple[ast.Call, ast.expr, str] | Endpoint


class SignatureCode(LoadingCode):
    """The session code of a module, read for what it does with signatures."""

    def key_texts(self, loads: set[ast.Call]) -> TensorTexts:
        """The names and tensors of signatures, as their keys.

        Raises:
            Unprovable: Something else of the model is used.
        """
        found = TensorTexts()
        self._endpoints: dict[ast.expr, Endpoint] = {}
        for _, node in self.places.nodes:
            match node:
                case ast.Attribute(value=info, attr="name") if self.roles.is_only(info, Role.META_GRAPH):
                    part = self._part(info, loads)
                    if not isinstance(part, Endpoint):
                        raise Unprovable(NOT_STATIC, "a tensor of the signature is not named by a key", node)
                    self._endpoints[node] = part
                    found.put(node, self._key_text(part.key, node))
        for _, node in self.places.nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=graph, attr="get_tensor_by_name"), args=[name]) if (
                    self.roles.is_only(graph, Role.GRAPH) and self.places.function_of(node) in self.functions
                ):
                    self._refuse_other_names(name)
                    found.texts[node] = found.texts.pop(name, "") or self.view.text_of(name)
                    found.handled |= set(ast.walk(node))
        self._refuse_meta_graphs(found)
        self._check_runs()
        return found

    def key_of(self, load: ast.Call) -> str:
        """The key of the one signature that the model at a load runs."""
        keys = {
            self._key_text(end.signature, end.signature): end for end in self._endpoints.values() if end.load is load
        }
        if len(keys) != 1:
            raise Unprovable(NOT_STATIC, "several signatures of one model are run, or none", load)
        ((text, end),) = keys.items()
        if not self._is_constant(end.signature) and self.view.statement(end.signature) is not self.view.statement(load):
            self._refuse_unless_bound_before(end.signature, load)
        return text

    def call_text(self, session: ast.expr) -> str:
        """The signature is a function."""
        return self.names.text(session)

    # ---- parts of a MetaGraphDef -----------------------------------------------------------------------------

    def _part(self, node: ast.expr, loads: set[ast.Call]) -> _Part | None:
        """What part of a MetaGraphDef an expression is."""
        match node:
            case ast.Call() if node in loads:
                return node
            case ast.Name() | ast.Attribute() if (place := self.places.place(node)) is not None:
                given = self.places.given(place)
                if len(given) != 1 or given[0].value is None or given[0].path or given[0].entered or given[0].element:
                    return None
                return self._part(given[0].value, loads)
            case ast.Attribute(value=base, attr="signature_def"):
                part = self._part(base, loads)
                return (part,) if isinstance(part, ast.Call) else None
            case ast.Attribute(value=base, attr="inputs" | "outputs"):
                match self._part(base, loads):
                    case (ast.Call() as load, ast.expr() as signature):
                        return (load, signature, node.attr)
            case ast.Subscript(value=base, slice=key):
                match self._part(base, loads):
                    case (ast.Call() as load,):
                        return (load, key)
                    case (ast.Call() as load, ast.expr() as signature, str() as direction):
                        return Endpoint(load, signature, direction, key)
        return None

    def _refuse_meta_graphs(self, found: TensorTexts) -> None:
        """A MetaGraphDef is only good for its signatures now."""
        for _, node in self.places.nodes:
            if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) or node in found.handled:
                continue
            if Role.META_GRAPH not in self.roles.roles(node) or not isinstance(
                getattr(node, "ctx", ast.Load()), ast.Load
            ):
                continue
            statement = self._assignment(node)
            if statement is None:
                raise Unprovable(NOT_STATIC, "the MetaGraphDef of the model is used, too", node)
            if statement not in self.changes.statements and not self._is_load(statement):
                self.changes.statements[statement] = ()
                self.handled |= set(ast.walk(statement))

    def _is_load(self, statement: ast.stmt) -> bool:
        return isinstance(statement, (ast.Assign, ast.Expr)) and statement.value in self.value_calls

    def _assignment(self, node: ast.expr) -> ast.stmt | None:
        """The statement that keeps a part of a MetaGraphDef and does nothing else."""
        inner: ast.AST = node
        while isinstance(self.places.parents[inner], (ast.Attribute, ast.Subscript)):
            inner = self.places.parents[inner]
        match self.places.parents[inner]:
            case ast.Assign(targets=[ast.Name() | ast.Attribute()], value=value) as statement if value is inner:
                return statement
            case ast.Expr() as statement:
                return statement
        return None

    # ---- keys ------------------------------------------------------------------------------------------------

    def _key_text(self, key: ast.expr, where: ast.expr) -> str:
        """A key at another place than where it was written."""
        text = self.view.text_of(key)
        if self._is_constant(key) or any(node is key for node in ast.walk(where)):
            return text
        raise Unprovable(NOT_STATIC, "a key of the signature is computed", key)

    def _is_constant(self, key: ast.expr) -> bool:
        if isinstance(key, ast.Constant):
            return True
        symbol = self.roles.symbol(key) if isinstance(key, (ast.Name, ast.Attribute)) else None
        if symbol is not None and symbol.startswith("saved_model."):
            return True
        # A constant of the module.
        place = self.places.place(key)
        if not isinstance(place, Variable) or not isinstance(place.scope, ast.Module):
            return False
        given = self.places.given(place)
        return len(given) == 1 and isinstance(given[0].value, ast.Constant) and not given[0].path

    def _refuse_unless_bound_before(self, key: ast.expr, load: ast.Call) -> None:
        """The key must have its value where the model is loaded."""
        match key:
            case ast.Name() if isinstance(place := self.places.place(key), Variable):
                given = self.places.given(place)
                function = self.places.function_of(load)
                if place.scope is function and all(getattr(one.statement, "lineno", 0) < load.lineno for one in given):
                    if len(given) <= 1 and self.places.function_of(key) is function:
                        return
        raise Unprovable(NOT_STATIC, "the key of the signature is computed", key)

    # ---- what is run -----------------------------------------------------------------------------------------

    def _refuse_other_names(self, name: ast.expr) -> None:
        """A name that does not come from a signature is no key of one."""
        for origin in self.roles.of(name):
            if origin.role is not Role.NOTHING and origin.node not in self._endpoints:
                raise Unprovable(ELSEWHERE, "a tensor is known by its name in the graph, not by a key", name)

    def _check_runs(self) -> None:
        """Inputs are fed, outputs are fetched."""
        for run in self.runs:
            if run.fetches is None or self._initializes(run):
                continue
            self._check(run.fetches, "outputs", run)
            if run.feed is None:
                continue
            keys = feed_keys(run.feed, self.places)
            if keys is None:
                raise Unprovable(ELSEWHERE, "it is not known which tensors are fed", run.call)
            for key in keys:
                self._check(key, "inputs", run)

    def _check(self, node: ast.expr, direction: str, run: Run) -> None:
        origins = [origin for origin in self.roles.of(node) if origin.role is not Role.NOTHING]
        loads = {inner.node for inner in self.roles.of(run.session)}
        for origin in origins:
            end = self._endpoint(origin.node)
            if end is None:
                raise Unprovable(ELSEWHERE, "a tensor is known by its name in the graph, not by a key", run.call)
            if any(one.direction != direction for one in end):
                what = "an output is fed" if direction == "inputs" else "an input is fetched"
                raise Unprovable(ELSEWHERE, f"{what}, which a signature cannot do", run.call)
            for one in end:
                given = (
                    one.load.args[0] if one.load.args else next(k.value for k in one.load.keywords if k.arg == "sess")
                )
                if {inner.node for inner in self.roles.of(given)} != loads:
                    raise Unprovable(ELSEWHERE, "a session runs tensors of another model", run.call)

    def _endpoint(self, node: ast.expr | None) -> list[Endpoint] | None:
        """The endpoints that a tensor, or a name, may be."""
        if node is None:
            return None
        if node in self._endpoints:
            return [self._endpoints[node]]
        match node:
            case ast.Call(func=ast.Attribute(attr="get_tensor_by_name"), args=[name]):
                found = [
                    self._endpoint(origin.node) for origin in self.roles.of(name) if origin.role is not Role.NOTHING
                ]
                return [one for part in found if part is not None for one in part] if None not in found else None
        return None
