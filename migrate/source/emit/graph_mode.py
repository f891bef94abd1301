"""Lets a file whose session code stays use TensorFlow 2: the names of TF1, which are below `tensorflow.compat.v1`.

`import tensorflow as tf` becomes `import tensorflow.compat.v1 as tf`, so that everything below it stays as it is
(migrate.source.emit.mode_switch adds TF1's behaviour). In code that spells `tf.compat.v1.x` and means TF2's names by
the plain ones, or that makes `tf` the name of TF1 itself, imports are right already.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Container

import libcst as cst

from migrate.source.api.data import table
from migrate.source.emit.edits import Edit
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.plain_names import has_plain_tf1_names
from migrate.source.respelled import respelled_calls
from migrate.source.symbols import Imported, Symbols
from migrate.source.syntax import walk
from migrate.source.tf1.moves import moves_of
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

V1 = "tensorflow.compat.v1"
_STAY = frozenset({"compat", "contrib", "core", "examples", "python", "tools"})
"""What `tensorflow.compat.v1` has not got as modules, or what means the same there."""


def graph_mode_imports(symbols: Symbols, index: SourceIndex, skipped: Collection[int]) -> dict[cst.CSTNode, Edit]:
    """Edits that make the imports of TensorFlow mean TF1.

    Args:
        symbols: The module's names.
        index: Its concrete tree.
        skipped: Lines that stay as they are.

    Raises:
        Unprovable: Where an import cannot be changed alone.
    """
    keep = _means_tf1(symbols) or not has_plain_tf1_names(symbols)
    fallbacks = _fallbacks(symbols.tree)
    edits: dict[cst.CSTNode, Edit] = {}
    for node in walk(symbols.tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or node.lineno in skipped or node in fallbacks:
            continue
        if isinstance(node, ast.ImportFrom):
            module = _moved_module(node, moves_of(symbols).imports) or hidden_ops(node, symbols.tree)
            if module is not None:
                edits[index.small(node)] = _from(module)
        elif any(_moved_alias(alias, keep=keep) for alias in node.names):
            if any(alias.name == "tensorflow" and alias.asname is None for alias in node.names):
                _refuse_submodules(symbols)
            edits[index.small(node)] = _import(keep=keep)
    for call, name in respelled_calls(symbols).items():
        target = index.expression(call.func)
        if target is not None and call.lineno not in skipped:
            edits[target] = _spelled(f"{_root(call.func)}.{'compat.v1.' if keep else ''}{name}")
    return edits


def _means_tf1(symbols: Symbols) -> bool:
    """`tf = tf.compat.v1`, or another name for TF1 beside that for TensorFlow."""
    names: dict[str, set[str]] = {}
    for scope in symbols.scopes():
        for name, bindings in scope.bindings.items():
            for binding in bindings:
                if isinstance(binding, Imported):
                    names.setdefault(binding.qualified, set()).add(name)
    plain, legacy = names.get("tensorflow", set()), names.get(V1, set())
    if plain and legacy - plain:
        return True
    for node in walk(symbols.tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="v1", value=ast.Attribute())):
                if name in plain:
                    return True
    return False


def _fallbacks(tree: ast.Module) -> set[ast.AST]:
    """Plain imports of TensorFlow in a try or if that imports `tensorflow.compat.v1` in its other part."""
    found: set[ast.AST] = set()
    for node in walk(tree):
        if not isinstance(node, (ast.Try, ast.If)):
            continue
        imports = [inner for inner in walk(node) if isinstance(inner, (ast.Import, ast.ImportFrom))]
        if any(_imports_v1(inner) for inner in imports):
            found |= {inner for inner in imports if not _imports_v1(inner)}
    return found


def _imports_v1(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == V1 for alias in node.names)
    return node.module == "tensorflow.compat" and any(alias.name == "v1" for alias in node.names)


def _refuse_submodules(symbols: Symbols) -> None:
    """`import tensorflow` beside `import tensorflow.python.x` names the package, and must."""
    for node in walk(symbols.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is None and alias.name.startswith("tensorflow."):
                    raise Unprovable(CONTROL_FLOW, f"'import {alias.name}' makes 'tensorflow' mean the package", node)


def _moved_alias(alias: ast.alias, *, keep: bool) -> bool:
    return _moved_name(alias.name, keep=keep) is not None and (alias.name == "tensorflow" or alias.asname is not None)


def _moved_name(name: str, *, keep: bool) -> str | None:
    """The TF1 name of an imported module; None where it stays."""
    if name == "tensorflow":
        return None if keep else V1
    top, _, rest = name.partition(".")
    return f"{V1}.{rest}" if top == "tensorflow" and rest in table().packages and rest not in _STAY else None


def _moved_module(node: ast.ImportFrom, gone: Container[tuple[ast.Import | ast.ImportFrom, int]]) -> str | None:
    """Where the names of a from-import are below `tensorflow.compat.v1`; None where they stay.

    Those of `gone` will come from another package.
    """
    if node.level or node.module is None:
        return None
    if node.module != "tensorflow":
        return _moved_name(node.module, keep=True)
    staying = [alias.name for at, alias in enumerate(node.names) if alias.name in _STAY and (node, at) not in gone]
    if staying and len(staying) < len(node.names):
        reason = f"one import takes '{staying[0]}', and names that move to tensorflow.compat.v1"
        raise Unprovable(CONTROL_FLOW, reason, node)
    return None if staying else V1


def hidden_ops(node: ast.ImportFrom, tree: ast.Module) -> str | None:
    """`from tensorflow.python import ops` gives TF1's framework.ops, and a package in TF2, as in `ops.array_ops`."""
    if node.module != "tensorflow.python" or [alias.name for alias in node.names] != ["ops"]:
        return None
    name = node.names[0].asname or "ops"
    for one in walk(tree):
        match one:
            case ast.Attribute(value=ast.Name(id=used), attr=attribute) if used == name and attribute.endswith("_ops"):
                return None
    return "tensorflow.python.framework"


def _import(*, keep: bool) -> Edit:
    def change(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.Import)
        names = []
        for alias in updated.names:
            new = _moved_name(_code(alias.name), keep=keep)
            if new is not None and (new == V1 or alias.asname is not None):
                asname = alias.asname or cst.AsName(cst.Name("tensorflow"))
                alias = alias.with_changes(name=cst.parse_expression(new), asname=asname)
            names.append(alias)
        return updated.with_changes(names=names)

    return change


def _from(module: str) -> Edit:
    def change(updated: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(updated, cst.ImportFrom)
        return updated.with_changes(module=cst.parse_expression(module))

    return change


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return ast.unparse(node)


def _spelled(text: str) -> Edit:
    return lambda _: cst.parse_expression(text)


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
