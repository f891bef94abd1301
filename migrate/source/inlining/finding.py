"""Finds the next call to be read in place."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.source.inlining.body import without_docstring
from migrate.source.inlining.classes import PlainClass, plain_class
from migrate.source.inlining.comprehensions import comprehension_around
from migrate.source.inlining.needs import Needs
from migrate.source.inlining.nodes import (
    evaluated,
    in_loop,
    is_decorated,
    own_statements,
    reached_methods,
    sets,
    super_of,
)
from migrate.source.inlining.paths import Path, definition_at, path_of
from migrate.source.inlining.text import Source
from migrate.source.symbols import Assigned, Scope, Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable

RegionNode = ast.Module | ast.FunctionDef

_TRANSPARENT = (ast.Call, ast.keyword, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Dict, ast.Subscript,
                ast.Attribute, ast.Starred)  # fmt: skip
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)


@dataclass(slots=True, eq=False)
class Found:
    """A call to be replaced.

    Attributes:
        statement: The statement it stands in.
        node: The call, or the property.
        function: What is called.
        owner: The class whose method that is.
        itself: The name of the object whose method that is.
        makes: The class of which it makes an object.
        arguments: The call without the object, where that is spelled as its first argument.
        named: The class of which it makes an object that has no name yet.
        comprehension: The list comprehension it is called in, once for each element.
    """

    statement: ast.stmt
    node: ast.Call | ast.Attribute
    function: ast.FunctionDef | None
    owner: PlainClass | None = None
    itself: str | None = None
    makes: PlainClass | None = None
    arguments: ast.Call | None = None
    named: str | None = None
    comprehension: ast.ListComp | None = None


class Finder:
    """Finds calls in one function, whose objects it knows.

    Attributes:
        source: The module.
        symbols: Its names.
        needs: Which functions must be read at their calls.
        region: The function.
        scope: Its scope.
        objects: Names of the function for objects that become names -> their class.
        used: What was read at its call.
    """

    source: Source
    symbols: Symbols
    needs: Needs
    region: RegionNode
    scope: Scope
    objects: dict[str, Path]
    used: dict[Path, None]

    def next_call(self) -> Found | None:
        """The first call of the function, in the order of the source, that must be read in place."""
        for statement in own_statements(self.region.body):
            for node in evaluated(statement):
                found = self._found(statement, node)
                if found is not None:
                    if found.function is not None and found.makes is None:
                        found.comprehension = comprehension_around(self.source, node, statement)
                    if found.comprehension is None:
                        self.refuse_place(found, found.node)
                    return found
        return None

    def _found(self, statement: ast.stmt, node: ast.expr) -> Found | None:
        match node:
            case ast.Call(func=ast.Name() as name):
                definition = self.needs.defined(name, self.scope)
                if isinstance(definition, ast.FunctionDef):
                    if definition is self.region:
                        raise Unprovable(CONTROL_FLOW, f"{definition.name} calls itself", node)
                    if self.needs.inlined(definition) or self._given_object(node):
                        return Found(statement, node, definition)
                elif isinstance(definition, ast.ClassDef) and (
                    self.needs.inlined(definition) or self._keeps_tensors(definition, node)
                ):
                    return self._instance(statement, node, plain_class(definition, self.symbols))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if name in self.objects:
                return self._method(statement, node, name, self.class_of(name), method)
            case ast.Call(func=ast.Attribute(value=ast.Call() as base, attr=method)) if super_of(base) is not None:
                name, below = super_of(base) or ("", "")
                if below in self.objects:
                    lineage = self.class_of(below).lineage()
                    at = next((i for i, cls in enumerate(lineage) if cls.node.name == name), None)
                    if at is not None:
                        return self._inherited(statement, node, below, lineage[at].base, method)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[ast.Name(id=below), *_]) if (
                below in self.objects
            ):
                for cls in self.class_of(below).lineage():
                    if cls.node.name == name:
                        call = ast.Call(node.func, node.args[1:], node.keywords)
                        return self._inherited(statement, ast.copy_location(call, node), below, cls, method, node)
            case ast.Call(func=ast.Attribute(value=ast.Name(), attr=method)):
                return self._static(statement, node, node.func.value, method)  # type: ignore[attr-defined]
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Load()) if name in self.objects:
                method_found = self.class_of(name).method(attribute)
                if method_found is not None and is_decorated(method_found[1], "property"):
                    return Found(statement, node, method_found[1], method_found[0], name)
        return None

    def _keeps_tensors(self, cls: ast.ClassDef, call: ast.Call) -> bool:
        """Whether a class only keeps what it is given, and is given what TensorFlow makes."""
        match without_docstring(cls.body):
            case [ast.FunctionDef(name="__init__", body=body)] if (
                not cls.bases or ast.unparse(cls.bases[0]) == "object"
            ):
                pass
            case _:
                return False
        for statement in without_docstring(body):
            match statement:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))], value=ast.Name() | ast.Constant()):
                    continue
            return False
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        return any(isinstance(one, ast.Name) and self._is_made(one.id) for one in given)

    def _is_made(self, name: str) -> bool:
        """Whether a name of the function stands for the result of a function of TensorFlow."""
        return any(
            isinstance(one, Assigned)
            and isinstance(one.value, ast.Call)
            and self.symbols.resolve(one.value.func, self.scope) is not None
            for one in self.scope.bindings.get(name, ())
        )

    def _static(self, statement: ast.stmt, call: ast.Call, name: ast.expr, method: str) -> Found | None:
        """`Net.dense(x)`, a static method."""
        node = self.needs.defined(name, self.scope)
        if not isinstance(node, ast.ClassDef) or not self.needs.inlined(node):
            return None
        cls = plain_class(node, self.symbols)
        found = cls.method(method)
        if found is None or not is_decorated(found[1], "staticmethod"):
            return None
        self.used[path_of(self.source, node)] = None
        return Found(statement, call, found[1], found[0])

    def _given_object(self, call: ast.Call) -> bool:
        """Whether an object that is read as names is handed on."""
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        return any(isinstance(argument, ast.Name) and argument.id in self.objects for argument in arguments)

    def class_of(self, name: str) -> PlainClass:
        """The class of an object that becomes names."""
        node = definition_at(self.source.tree, self.objects[name])
        assert isinstance(node, ast.ClassDef)
        return plain_class(node, self.symbols)

    def _instance(self, statement: ast.stmt, call: ast.Call, cls: PlainClass) -> Found:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
                if len(self.scope.bindings[name]) > 1:
                    raise Unprovable(ELSEWHERE, f"'{name}' is several objects", call)
                if in_loop(self.source, statement, self.region):
                    raise Unprovable(CONTROL_FLOW, f"'{name}' is made in a loop", call)
                method = cls.method("__init__")
                owner, function = method if method is not None else (None, None)
                return Found(statement, call, function, owner, name, cls)
        return Found(statement, call, None, named=cls.node.name)

    def _method(self, statement: ast.stmt, call: ast.Call, name: str, cls: PlainClass, method: str) -> Found | None:
        found = cls.method(method)
        if found is None:
            return None
        static = is_decorated(found[1], "staticmethod")
        return Found(statement, call, found[1], found[0], None if static else name)

    def _inherited(
        self,
        statement: ast.stmt,
        call: ast.Call,
        name: str,
        cls: PlainClass | None,
        method: str,
        place: ast.Call | None = None,
    ) -> Found:
        found = cls.method(method) if cls is not None else None
        if found is None:
            if method == "__init__":
                return Found(statement, place or call, None, None, name)
            raise Unprovable(ELSEWHERE, f"no class of this file has the method {method}", call)
        return Found(statement, place or call, found[1], found[0], name, arguments=call)

    def refuse_place(self, found: Found, inner: ast.expr) -> None:
        """What goes in front of its statement is evaluated before the rest, or what is evaluated earlier makes tensors.

        Args:
            found: The call.
            inner: The call itself, or the comprehension around it.

        Raises:
            Unprovable: It may be something else there.
        """
        node: ast.AST = inner
        while self.source.parents[node] is not found.statement:
            node = self.source.parents[node]
            if not isinstance(node, _TRANSPARENT):
                raise Unprovable(
                    CONTROL_FLOW, f"{ast.unparse(found.node)} is called inside a larger expression", found.node
                )
        if not isinstance(found.statement, _SIMPLE) or node is not getattr(found.statement, "value", None):
            raise Unprovable(
                CONTROL_FLOW, f"{ast.unparse(found.node)} is called inside a larger expression", found.node
            )
        if found.statement.value is not inner:
            self._refuse_earlier(found, inner)
        if found.function is not None and in_loop(self.source, found.statement, self.region):
            if any(isinstance(node, (ast.Lambda, ast.FunctionDef)) and node is not found.function
                   for node in walk(found.function)):  # fmt: skip
                raise Unprovable(CONTROL_FLOW, f"{found.function.name} makes functions, in a loop", found.node)

    def _refuse_earlier(self, found: Found, inner: ast.expr) -> None:
        """What a statement evaluates before a call may be something else behind it."""
        start = (inner.lineno, inner.col_offset)
        called = {call.func for call in walk(found.statement) if isinstance(call, ast.Call)}
        value = found.statement.value  # type: ignore[attr-defined]
        for other in walk(value):
            if not isinstance(other, (ast.Call, ast.Attribute, ast.Subscript)) or other in called:
                continue
            if (other.end_lineno or 0, other.end_col_offset or 0) > start:
                continue
            root = other.func if isinstance(other, ast.Call) else other
            if self.symbols.resolve(root, self.scope) is None and not self._keeps(other, found):
                what = found.node.func if isinstance(found.node, ast.Call) else found.node
                raise Unprovable(
                    CONTROL_FLOW, f"{ast.unparse(what)} is called behind other code of its statement", found.node
                )

    def _keeps(self, read: ast.expr, found: Found) -> bool:
        """Whether a call cannot change an attribute of an object: it is not given the object, or sets other ones."""
        match read:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self.objects:
                given = {node.id for node in walk(found.node) if isinstance(node, ast.Name)}
                if name not in given:
                    return True
                if found.function is not None and found.itself is None and not self._hands(found.node, name):
                    return True
                if found.function is None or name != found.itself or self._handed(found.node, name):
                    return False
                reached = reached_methods(found.function, self.class_of(name))
                return not any(sets(node, attribute, None) for method in reached for node in walk(method))
            case ast.Attribute(value=ast.Name(), attr=attribute):
                # An object of other code, such as the arguments of the command line.
                return not self.source.named("setattr") and not any(
                    sets(node, attribute, None) for node in self.symbols.nodes_of_kind(ast.Attribute)
                )
        return False

    def _hands(self, node: ast.expr, name: str) -> bool:
        """Whether a call that is no method of an object is given it, and not only attributes of it."""
        read = {id(one.value) for one in walk(node) if isinstance(one, ast.Attribute)}
        return any(isinstance(one, ast.Name) and one.id == name and id(one) not in read for one in walk(node))

    def _handed(self, node: ast.expr, name: str) -> bool:
        """Whether an object is itself an argument of its method."""
        arguments = [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []
        return any(isinstance(a, ast.Name) and a.id == name for a in arguments)
