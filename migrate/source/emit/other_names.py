"""TensorFlow names in code that is not touched otherwise: the same objects, under names that TF2 has."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cached_property

import libcst as cst

from migrate.source.dimensions import is_dimension_value
from migrate.source.emit.edits import Edit
from migrate.source.emit.imports import TensorFlowName, imports_package
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.respell import Respeller
from migrate.source.emit.spelling import HIDDEN, Home, below, qualified_name
from migrate.source.mode import MODE_SWITCHES
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.syntax import children, walk
from migrate.source.unprovable import Unprovable

_OF_WRAPPED = frozenset({"disable_control_flow_v2", "disable_v2_tensorshape"})
"""What the code of wrapped graphs calls."""


class OtherNames:
    """Makes the edits for a module whose sites become native or wrapped."""

    def __init__(
        self,
        index: SourceIndex,
        symbols: Symbols,
        tensorflow: TensorFlowName,
        respeller: Respeller,
        skipped: Collection[int],
    ) -> None:
        """Takes the module.

        Args:
            index: Its concrete tree.
            symbols: Its names.
            tensorflow: How the new code spells TensorFlow.
            respeller: Knows the TF2 names.
            skipped: Lines that stay as they are.
        """
        self.index = index
        self.symbols = symbols
        self.tensorflow = tensorflow
        self.respeller = respeller
        # Where the import itself changes, every name below it has to follow.
        self.skipped = frozenset[int]() if tensorflow.respell else frozenset(skipped)

    def edits(
        self,
        rebuilt: Collection[ast.AST] = (),
        done: Collection[ast.AST] = (),
        replaced: Collection[ast.AST] = (),
        *,
        lines: tuple[int, int] | None = None,
        strict: bool = True,
        numbers: bool = False,
    ) -> dict[cst.CSTNode, Edit]:
        """The edits, by node.

        Args:
            rebuilt: Functions and modules whose bodies are written anew.
            done: Functions that have got their names already.
            replaced: Statements and expressions of which nothing stays.
            lines: The first and the last line that are wanted, if not all.
            strict: Whether code that runs when the file is imported may only use what TF2 has.
            numbers: Whether dimensions are numbers where the code runs, as TF2 has them.
        """
        edits: dict[cst.CSTNode, Edit] = {}
        pending: list[tuple[ast.AST, Scope]] = [(self.symbols.tree, self.symbols.module)]
        classes: set[ast.expr] = set()
        while pending:
            node, scope = pending.pop()
            classes.update(_classes_asked_for(node))
            if lines is not None and not _touches(node, lines):
                continue
            if node in replaced or (isinstance(node, ast.expr) and node.lineno in self.skipped):
                continue
            if node in done or (node in rebuilt and not isinstance(node, ast.FunctionDef)):
                if isinstance(node, ast.Module):
                    pending += [(child, scope) for child in _definitions(node)]
                continue
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
                outer = scope
                scope = self.symbols.scope_of(node)
                if node in rebuilt:
                    # Its body is new; its decorators and defaults are not.
                    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                    pending += [(child, outer) for child in [*node.decorator_list, *node.args.defaults]]
                    pending += [(child, scope) for child in _definitions(node)]
                    continue
            if isinstance(node, ast.Expr) and self._switch(node, scope, edits):
                continue
            if isinstance(node, ast.Assign) and lines is None and self._unused_alias(node, scope, edits):
                continue
            if isinstance(node, ast.Call) and self._roots_in_package(node.func, scope):
                if self.respeller.outside(node, scope, edits):
                    pending += [(child, scope) for child in [*node.args, *node.keywords]]
                    continue
            if node in self.respeller.moved:
                continue
            if numbers and isinstance(node, ast.Attribute) and self._dimension(node, scope, edits):
                pending.append((node.value, scope))
                continue
            if isinstance(node, (ast.Attribute, ast.Name)) and isinstance(node.ctx, ast.Load):
                qualified = qualified_name(node, self.symbols, scope)
                if qualified is not None and below(qualified) is not None:
                    if node in classes and below(qualified) in ("Variable", "compat.v1.Variable"):
                        self._class_of_variables(node, scope, edits)
                    else:
                        self._rename(node, qualified, scope, edits, strict=strict)
                    continue
            pending += [(child, scope) for child in children(node)]
        return edits

    def _rename(
        self, node: ast.expr, qualified: str, scope: Scope, edits: dict[cst.CSTNode, Edit], *, strict: bool
    ) -> None:
        if not qualified.startswith("tensorflow."):
            return
        rooted = self._roots_in_package(node, scope)
        if not rooted and not self._imported_itself(node, scope):
            return
        # What runs when the file is imported must exist; the rest fails only if it is called.
        strict = strict and isinstance(scope.node, ast.Module)
        text = self.respeller.spelling.symbol(qualified, Home.FILE, node, strict=strict)
        if text is None or text == ast.unparse(node):
            return
        target = self.index.expression(node)
        kept = text == f"{self.tensorflow.name}.{below(qualified)}" and not qualified.startswith(HIDDEN)
        if target is not None and (rooted or not kept):
            edits[target] = lambda _: cst.parse_expression(text)

    def _dimension(self, node: ast.Attribute, scope: Scope, edits: dict[cst.CSTNode, Edit]) -> bool:
        """`x.shape[1].value`, in what also works where dimensions are numbers."""
        if self.respeller.spelling.modern or not is_dimension_value(node, scope.node):
            return False
        if scope.owner(self.tensorflow.name) is not self.symbols.module and not self.tensorflow.add:
            return False
        target = self.index.expression(node)
        function = cst.parse_expression(f"{self.tensorflow.name}.compat.dimension_value")

        def called(updated: cst.CSTNode) -> cst.CSTNode:
            assert isinstance(updated, cst.Attribute)
            return cst.Call(function, [cst.Arg(updated.value)], lpar=updated.lpar, rpar=updated.rpar)

        if target is not None:
            edits[target] = called
        return target is not None

    def _class_of_variables(self, node: ast.expr, scope: Scope, edits: dict[cst.CSTNode, Edit]) -> None:
        """All variables of TF2 are `tf.Variable`s; those of wrapped graphs are not `tf.compat.v1`'s."""
        text = f"{self.tensorflow.name}.Variable"
        target = self.index.expression(node)
        if target is not None and self._roots_in_package(node, scope) and text != ast.unparse(node):
            edits[target] = lambda _: cst.parse_expression(text)

    def _is_read(self, name: str) -> bool:
        """Whether the module reads a name, or says it in a string, as `__all__` does."""
        for node in walk(self.symbols.tree):
            match node:
                case ast.Name(id=found, ctx=ast.Load()) | ast.Constant(value=str(found)) if found == name:
                    return True
        return False

    def _unused_alias(self, node: ast.Assign, scope: Scope, edits: dict[cst.CSTNode, Edit]) -> bool:
        """`slim = tf.contrib.slim` that nothing uses: TF2 has not got it, and nobody misses it."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() as value):
                statement = self.index.statement(node)
                qualified = qualified_name(value, self.symbols, scope) or ""
                if statement not in self.index.module.body or not qualified.startswith("tensorflow."):
                    return False
                if self._is_read(name) or not self._roots_in_package(value, scope):
                    return False
                try:
                    self.respeller.spelling.symbol(qualified, Home.FILE, value, strict=True)
                except Unprovable:
                    edits[statement] = lambda _: cst.RemoveFromParent()  # type: ignore[assignment, return-value]
                    return True
        return False

    def _roots_in_package(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a name starts with the import that the new code shares, or with the same one inside of a function."""
        while isinstance(node, ast.Attribute):
            node = node.value
        if not isinstance(node, ast.Name) or node.id != self.tensorflow.name:
            return False
        return not self.tensorflow.add or imports_package(node.id, scope)

    def _imported_itself(self, node: ast.expr, scope: Scope) -> bool:
        """Whether it is a name, or begins with one, that comes from `from tensorflow import GraphDef` or the like."""
        while isinstance(node, ast.Attribute):
            node = node.value
        owner = scope.owner(node.id) if isinstance(node, ast.Name) else None
        if owner is None:
            return False
        match owner.bindings[node.id]:  # type: ignore[attr-defined]
            case [Imported(qualified=name, node=ast.ImportFrom(module=module))] if module is not None:
                if f"{name}." == HIDDEN or self.respeller.spelling.modern:
                    return f"{name}." == HIDDEN
                return not module.startswith(("tensorflow.compat", "tensorflow.python", "tensorflow.core"))
        return False

    @cached_property
    def _wraps(self) -> bool:
        """Whether graphs are wrapped in this file, by a rewrite: they need some of what TF2 code else does not."""
        return any(name in self.index.module.code for name in ("wrap_function", "constants_from_session_graph"))

    def _switch(self, node: ast.Expr, scope: Scope, edits: dict[cst.CSTNode, Edit]) -> bool:
        """`tf.disable_v2_behavior()`: TF2 code needs what it disables."""
        if not isinstance(node.value, ast.Call):
            return False
        name = self.symbols.resolve(node.value.func, scope)
        if name not in MODE_SWITCHES or (name in _OF_WRAPPED and self._wraps):
            return False
        statement = self.index.statement(node)
        if statement not in self.index.module.body:
            edits[statement] = lambda _: cst.SimpleStatementLine([cst.Pass()])
        else:
            edits[statement] = lambda _: cst.RemoveFromParent()  # type: ignore[assignment, return-value]
        return True


def _classes_asked_for(node: ast.AST) -> list[ast.expr]:
    """The classes that an `isinstance` names."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, ast.Tuple(elts=classes)]):
            return classes
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, one]):
            return [one]
    return []


def _touches(node: ast.AST, lines: tuple[int, int]) -> bool:
    """Whether a node may stand on one of some lines."""
    if not isinstance(node, (ast.stmt, ast.expr)):
        return True
    above: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in above)])
    return first <= lines[1] and (node.end_lineno or node.lineno) >= lines[0]


def _definitions(node: ast.AST) -> list[ast.stmt]:
    """The functions and classes that a region defines; their own code is no part of it."""
    found: list[ast.stmt] = []
    pending: list[ast.AST] = list(children(node))
    while pending:
        child = pending.pop()
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.append(child)
        else:
            pending += children(child)
    return found
