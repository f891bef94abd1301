"""Lets a file whose session code stays run under TensorFlow 2: TF1's names, and TF1's behaviour.

`import tensorflow as tf` becomes `import tensorflow.compat.v1 as tf`, so that everything below it stays as it is, and
`tf.disable_v2_behavior()` follows, which TF1's graphs need to mean what they meant: reference variables, v1 loops and
conditionals, no eager execution (https://www.tensorflow.org/guide/migrate/model_mapping).
"""

from __future__ import annotations

import ast
from collections.abc import Collection

import libcst as cst

from migrate.source.emit.index import SourceIndex
from migrate.source.emit.respell import Edit
from migrate.source.emit.writer import Writer, leading, with_leading
from migrate.source.mode import graph_code, switches_mode
from migrate.source.symbols import Imported, Symbols

_V1 = "tensorflow.compat.v1"


def graph_mode_imports(symbols: Symbols, index: SourceIndex, *, modern: bool) -> dict[cst.CSTNode, Edit]:
    """Edits that make the imports of TensorFlow mean TF1.

    Args:
        symbols: The module's names.
        index: Its concrete tree.
        modern: Whether plain names in it mean TF2's already, because TF1's are spelled `tf.compat.v1.x`.
    """
    if modern:
        return {}
    edits: dict[cst.CSTNode, Edit] = {}
    for node in ast.walk(symbols.tree):
        if isinstance(node, ast.Import):
            if any(alias.name == "tensorflow" for alias in node.names):
                edits[index.small(node)] = _import
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "tensorflow":
            if not any(alias.name in ("compat", "contrib", "python", "core", "examples") for alias in node.names):
                edits[index.small(node)] = _from
    return edits


def with_mode_switch(module: cst.Module, symbols: Symbols, writer: Writer) -> cst.Module:
    """The module with `tf.disable_v2_behavior()` behind its imports, if it builds or runs a graph and has none yet."""
    if switches_mode(symbols) or graph_code(symbols, (), entered=True) is None:
        return module
    name = _name(symbols)
    if name is None:
        return module
    body = list(module.body)
    place = 0
    for position, statement in enumerate(body):
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            break
        if _imports(statement):
            place = position + 1
    if place == 0:
        return module
    call = writer.statement(f"{name}.disable_v2_behavior()")
    following = body[place] if place < len(body) else None
    call = with_leading(call, [cst.EmptyLine(indent=False)])
    if isinstance(following, cst.BaseStatement) and not leading(following):
        following = with_leading(following, [cst.EmptyLine(indent=False)])
    rest = [following, *body[place + 1 :]] if following is not None else []
    return module.with_changes(body=[*body[:place], call, *rest])


def _name(symbols: Symbols) -> str | None:
    """The name of TensorFlow in the module, as far as an import at its top level gives it one."""
    names = [
        name
        for name, bindings in symbols.module.bindings.items()
        for binding in bindings
        if isinstance(binding, Imported) and binding.qualified in ("tensorflow", _V1)
    ]
    if not names:
        return None
    name = "tf" if "tf" in names else names[0]
    plain = {b.qualified for b in symbols.module.bindings[name] if isinstance(b, Imported)}
    return f"{name}.compat.v1" if plain == {"tensorflow"} and _stays(symbols, name) else name


def _stays(symbols: Symbols, name: str) -> bool:
    """Whether the import keeps its TF2 meaning, because the module spells `tf.compat.v1.x`."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "v1"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "compat"
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id == name
        for node in ast.walk(symbols.tree)
    )


def _imports(statement: cst.CSTNode) -> bool:
    """Whether a statement of the module imports something, also in a try or an if."""
    if isinstance(statement, cst.SimpleStatementLine):
        return any(isinstance(part, (cst.Import, cst.ImportFrom)) for part in statement.body)
    if isinstance(statement, (cst.Try, cst.If)):
        return any(_imports(inner) for inner in _statements(statement.body))
    return False


def _statements(suite: cst.BaseSuite) -> Collection[cst.CSTNode]:
    return suite.body if isinstance(suite, cst.IndentedBlock) else ()


def _import(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.Import)
    names = []
    for alias in updated.names:
        if isinstance(alias.name, cst.Name) and alias.name.value == "tensorflow":
            asname = alias.asname or cst.AsName(cst.Name("tensorflow"))
            alias = alias.with_changes(name=cst.parse_expression(_V1), asname=asname)
        names.append(alias)
    return updated.with_changes(names=names)


def _from(updated: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(updated, cst.ImportFrom)
    return updated.with_changes(module=cst.parse_expression(_V1))
