"""Imports after a rewrite: `tensorflow` under one name, what the new code needs, and nothing it no longer uses."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import libcst as cst

from migrate.source.api.importable import failing, failing_imports
from migrate.source.emit.plain_names import needs_tf1
from migrate.source.emit.writer import leading, with_leading
from migrate.source.symbols import Assigned, Binding, Imported, Scope, Symbols
from migrate.source.syntax import walk

_ImportNode = TypeVar("_ImportNode", cst.Import, cst.ImportFrom)
_V1 = "tensorflow.compat.v1"


@dataclass(frozen=True, slots=True)
class TensorFlowName:
    """How the new code spells TensorFlow.

    Attributes:
        name: Usually `tf`.
        modern: Whether plain names in the source mean TF2's, because TF1's are spelled `compat.v1` there.
        add: Whether `import tensorflow as NAME` must be added.
        respell: Whether an import of `tensorflow.compat.v1` under this name becomes one of `tensorflow`.
        aliased: Whether `tensorflow.compat.v1` has a name by an assignment, `tf = tensorflow.compat.v1`.
    """

    name: str
    modern: bool
    add: bool
    respell: bool
    aliased: bool = False

    @property
    def means_tf2(self) -> bool:
        """Whether the file names TF1's behaviour where it wants it, so that the rest of it is code for TF2.

        One name for all of TF1's tells as little as `import tensorflow.compat.v1 as tf`.
        """
        return self.modern and not self.aliased


def tensorflow_name(symbols: Symbols) -> TensorFlowName:
    """Chooses the name for TensorFlow in the new code of a module."""
    return replace(_chosen(symbols), aliased=_has_alias(symbols))


def _has_alias(symbols: Symbols) -> bool:
    return any(
        isinstance(binding, Assigned) and symbols.qualified(binding.value, symbols.module) == _V1
        for bindings in symbols.module.bindings.values()
        for binding in bindings
    )


def _chosen(symbols: Symbols) -> TensorFlowName:
    late = _late_imports(symbols)
    plain = [name for name in _names(symbols.module, "tensorflow") if name not in late]
    legacy = _names(symbols.module, _V1)
    anywhere = {name for scope in symbols.scopes() for name in _names(scope, "tensorflow")}
    if plain:
        name = "tf" if "tf" in plain else plain[0]
        modern = name not in legacy and (bool(legacy) or _uses_v1(symbols, anywhere))
        modern = modern and not needs_tf1(symbols)
        return TensorFlowName(name, modern, add=False, respell=name in legacy)
    if "tf" in late:
        modern = "tf" not in legacy and _uses_v1(symbols, anywhere) and not needs_tf1(symbols)
        return TensorFlowName("tf", modern, add=True, respell="tf" in legacy)
    if "tf" in legacy:
        return TensorFlowName("tf", modern=False, add=False, respell=True)
    name = "tf" if "tf" not in symbols.module.bindings else "tensorflow"
    return TensorFlowName(name, modern=bool(legacy) or _uses_v1(symbols, anywhere), add=True, respell=False)


def _late_imports(symbols: Symbols) -> set[str]:
    """Names that are TensorFlow only inside the `if __name__ == "__main__":` of a script, behind its classes."""
    programs = [
        {one for inner in node.body for one in walk(inner)}
        for node in symbols.tree.body
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    ]
    names = {*_names(symbols.module, "tensorflow"), *_names(symbols.module, _V1)} if programs else set()
    return {
        name
        for name in names
        if all(
            isinstance(one, Imported) and any(one.node in program for program in programs)
            for one in symbols.module.bindings[name]
        )
    }


def imports_package(name: str, scope: Scope) -> bool:
    """Whether a name is TensorFlow as a whole where it is read, by an import such as `import tensorflow as tf`."""
    owner = scope.owner(name)
    match owner.bindings[name] if owner is not None else []:
        case [Imported(qualified="tensorflow")]:
            return True
    return False


def _names(scope: Scope, qualified: str) -> list[str]:
    return [
        name
        for name, bindings in scope.bindings.items()
        if any(isinstance(binding, Imported) and binding.qualified == qualified for binding in bindings)
    ]


def _uses_v1(symbols: Symbols, names: set[str]) -> bool:
    """Whether a module spells TF1 names `tf.compat.v1.x` somewhere, so that its plain names are TF2's."""
    for node in symbols.nodes_of_kind(ast.Attribute):
        match node:
            case ast.Attribute(attr="v1", value=ast.Attribute(attr="compat", value=ast.Name(id=name))) if name in names:
                return not _rebinds(symbols, name)
    return False


def _rebinds(symbols: Symbols, name: str) -> bool:
    """`tf = tf.compat.v1`: from there on plain names are TF1's."""
    for node in symbols.nodes_of_kind(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Attribute(attr="v1")) if target == name:
                return True
    return False


_HOLDS_IMPORTS = (cst.Module, cst.BaseCompoundStatement, cst.BaseSuite, cst.SimpleStatementLine, cst.Else, cst.Finally,
                  cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase, cst.Import, cst.ImportFrom)  # fmt: skip


class _ImportTransformer(cst.CSTTransformer):
    """Visits statements, and no expressions."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        return isinstance(node, _HOLDS_IMPORTS)


class RespellImports(_ImportTransformer):
    """Turns `import tensorflow.compat.v1 as tf` into `import tensorflow as tf`, and drops `tf = tf.compat.v1`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        """`import tensorflow.compat.v1 as tf`."""
        if _code(original_node.name) == _V1 and _alias(original_node) == self._name:
            return updated_node.with_changes(name=cst.Name("tensorflow"))
        return updated_node

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.BaseSmallStatement:
        """`from tensorflow.compat import v1 as tf`."""
        names = original_node.names
        if isinstance(names, cst.ImportStar) or original_node.module is None or len(names) != 1:
            return updated_node
        if _code(original_node.module) == "tensorflow.compat" and _code(names[0].name) == "v1":
            if (_alias(names[0]) or "v1") == self._name:
                return cst.Import([cst.ImportAlias(cst.Name("tensorflow"), cst.AsName(cst.Name(self._name)))])
        return updated_node

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign | cst.RemovalSentinel:
        """`tf = tf.compat.v1`."""
        if len(original_node.targets) == 1 and _code(original_node.targets[0].target) == self._name:
            if _code(original_node.value) == f"{self._name}.compat.v1":
                return cst.RemoveFromParent()
        return updated_node


_ONLY_IN_TF1 = ("builder", "loader", "main_op", "signature_constants", "signature_def_utils", "simple_save", "tag_constants",
                "utils")  # fmt: skip
_FOR_EXPORTS = (
    "tensorflow.python.saved_model.",
    "tensorflow.contrib.session_bundle.",
    *(f"tensorflow.saved_model.{name}" for name in _ONLY_IN_TF1),
)
"""What importing fails in TF2, or was for exports only."""
_DICTIONARIES = frozenset({"six", "collections", "collections.OrderedDict"})


def drop_unused(module: cst.Module, before: Symbols, tree: ast.Module) -> cst.Module:
    """Removes imports of TensorFlow that were used before the rewrite and are not any more.

    What TF1's exports are written with goes even if nothing used it, and so does what TF2 cannot import.

    Args:
        module: The module after the rewrite.
        before: Its names before it.
        tree: The module, parsed.
    """
    bound = [(name, bindings) for scope in before.scopes() for name, bindings in scope.bindings.items()]
    ended = _failing(tree)
    exporting = {
        name
        for name, bindings in bound
        if all(_is_for_exports(binding) or (isinstance(binding, Imported) and name in ended) for binding in bindings)
    }
    gone = exporting | before.replaced.intersection(name for name, _ in bound)
    gone |= {name for name, bindings in bound if any(_goes_with_graph(binding) for binding in bindings)}
    for node in walk(tree):
        if not gone:
            # Most often `tf` was the only one, and is used in the first lines.
            return module
        if isinstance(node, ast.Name):
            gone.discard(node.id)
    gone &= {node.id for node in walk(before.tree) if isinstance(node, ast.Name)} | before.replaced | exporting
    if "__all__" in before.module.bindings:
        gone -= {node.value for node in walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    if not gone:
        return module
    return _without_blank_head(module.visit(_Drop(gone, before.replaced | gone)))


def _without_blank_head(module: cst.Module) -> cst.Module:
    """A module without the blank lines that stood below its first statement."""
    if module.header or not module.body or not isinstance(module.body[0], cst.BaseStatement):
        return module
    lines = list(leading(module.body[0]))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return module.with_changes(body=[with_leading(module.body[0], lines), *module.body[1:]])


def _goes_with_graph(binding: Binding) -> bool:
    """Whether an import is TensorFlow's, or one that dictionaries of signatures are made with."""
    if not isinstance(binding, Imported):
        return False
    return binding.qualified.startswith(("tensorflow", "six.")) or binding.qualified in _DICTIONARIES


def _is_for_exports(binding: Binding) -> bool:
    return isinstance(binding, Imported) and binding.qualified.startswith(_FOR_EXPORTS)


def _failing(tree: ast.Module) -> set[str]:
    """The names that a module gets only by imports that fail under TF2."""
    found: set[str] = set()
    for node in {node for _, node in failing_imports(tree)}:
        for alias in node.names:
            # `import tensorflow.contrib.x` gives the name `tensorflow`, which others may be after.
            plain = alias.name if isinstance(node, ast.ImportFrom) else None
            name = alias.asname or plain
            if name is not None and failing(node, alias) is not None:
                found.add(name)
    return found


class _Drop(_ImportTransformer):
    def __init__(self, gone: set[str], others: set[str]) -> None:
        super().__init__()
        self._gone = gone
        self._others = others

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        if not _is_tensorflow(updated_node.module) and not self._names_others(updated_node.names):
            return updated_node
        return self._without(updated_node)

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import | cst.RemovalSentinel:
        if not any(_is_tensorflow(alias.name) for alias in updated_node.names):
            if not self._names_others(updated_node.names):
                return updated_node
        return self._without(updated_node)

    def _names_others(self, aliases: Sequence[cst.ImportAlias]) -> bool:
        """Whether an import that is not TensorFlow's gives a name that new code may not need."""
        return any((_alias(alias) or _code(alias.name).partition(".")[0]) in self._others for alias in aliases)

    def _without(self, node: _ImportNode) -> _ImportNode | cst.RemovalSentinel:
        aliases = node.names
        assert not isinstance(aliases, cst.ImportStar)
        kept = [alias for alias in aliases if (_alias(alias) or _code(alias.name).partition(".")[0]) not in self._gone]
        if len(kept) == len(aliases):
            return node
        if not kept:
            return cst.RemoveFromParent()
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return node.with_changes(names=kept)


def _is_tensorflow(node: cst.BaseExpression | None) -> bool:
    return node is not None and _code(node).partition(".")[0] == "tensorflow"


def _alias(alias: cst.ImportAlias) -> str | None:
    return alias.evaluated_alias


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
