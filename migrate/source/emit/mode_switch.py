"""Adds `tf.disable_v2_behavior()` to a file whose graph and session code stays.

TF1's graphs need it to mean what they meant: no eager execution, reference variables, v1 loops and conditionals
(https://www.tensorflow.org/guide/migrate/model_mapping). It stands behind the imports at the head of the file, or,
where TensorFlow is only imported inside functions, behind the import in those that build or run a graph.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from migrate.source.emit.graph_mode import V1
from migrate.source.emit.insert import with_imports
from migrate.source.emit.writer import Writer, leading, with_leading
from migrate.source.mode import MODE_SWITCHES, builds_graph, graph_code, switches_mode
from migrate.source.symbols import Imported, Scope, Symbols
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

_HARMLESS = ("app.", "compat.", "flags.", "logging.", "python.platform.", "test.", "version.")
"""What may run before TF2's behaviour is disabled: it has nothing to do with graphs."""


def with_mode_switch(module: cst.Module, symbols: Symbols, writer: Writer) -> cst.Module:
    """The module with `tf.disable_v2_behavior()`, if it builds or runs a graph and does not say so itself.

    Args:
        module: The module, with its new imports.
        symbols: Its names.
        writer: In its style.

    Raises:
        Unprovable: Where it has no place.
    """
    if switches_mode(symbols) or graph_code(symbols, (), entered=True) is None:
        return module
    name = _name(symbols.module)
    if name is None and _inner_names(symbols):
        return _in_functions(module, symbols, writer)
    if name is None:
        name = "tf" if "tf" not in symbols.module.bindings else "tensorflow_v1"
        statements = with_imports(_statements(module), [f"import {V1} as {name}"], writer)
        module = module.with_changes(body=statements)
        symbols = Symbols(ast.parse(module.code))
    return _at_head(module, symbols, name, writer)


def _name(scope: Scope) -> str | None:
    """How a scope spells TF1, as far as its own imports say."""
    found = {
        binding.qualified: name
        for name, bindings in scope.bindings.items()
        for binding in reversed(bindings)
        if isinstance(binding, Imported) and binding.qualified in ("tensorflow", V1)
    }
    if V1 in found:
        return found[V1]
    return f"{found['tensorflow']}.compat.v1" if found else None


def _inner_names(symbols: Symbols) -> dict[ast.AST, str]:
    """The functions that import TensorFlow, and how they spell TF1."""
    scopes = [scope for scope in symbols.scopes() if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {scope.node: name for scope in scopes if (name := _name(scope)) is not None}


def _at_head(module: cst.Module, symbols: Symbols, name: str, writer: Writer) -> cst.Module:
    """Behind the last import that comes before definitions, and before TensorFlow is used."""
    body = _statements(module)
    place = 0
    bound = False
    for position, part in enumerate(_aligned(body, symbols.tree.body)):
        if place and bound and any(_ends_head(node, symbols) for node in part):
            break
        if any(_imports(node) for node in part):
            if any(_binds_tensorflow(node, name) and _ends_head(node, symbols) for node in part):
                raise Unprovable(CONTROL_FLOW, "TensorFlow is imported in a block that uses it", part[0])
            place = position + 1
            bound = bound or any(_binds_tensorflow(node, name) for node in part)
    call = with_leading(writer.statement(f"{name}.disable_v2_behavior()"), [cst.EmptyLine(indent=False)])
    rest = body[place:]
    if rest and not leading(rest[0]):
        rest[0] = with_leading(rest[0], [cst.EmptyLine(indent=False)])
    return module.with_changes(body=[*body[:place], call, *rest])


def _statements(module: cst.Module) -> list[cst.BaseStatement]:
    return [statement for statement in module.body if isinstance(statement, cst.BaseStatement)]


def _aligned(body: Sequence[cst.BaseStatement], nodes: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The parsed statements of every line or block: a line may hold several."""
    left = list(nodes)
    for statement in body:
        count = len(statement.body) if isinstance(statement, cst.SimpleStatementLine) else 1
        yield left[:count]
        del left[:count]


def _ends_head(node: ast.stmt, symbols: Symbols) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    return any(isinstance(inner, ast.Call) and _uses(inner, symbols) for inner in walk(node))


def _uses(call: ast.Call, symbols: Symbols) -> bool:
    name = symbols.resolve(call.func, symbols.module)
    return name is not None and name not in MODE_SWITCHES and not name.startswith(_HARMLESS)


def _imports(node: ast.stmt) -> bool:
    """Whether a statement imports something, also in a try, an if or a with."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    return isinstance(node, (ast.Try, ast.If, ast.With)) and any(_imports(inner) for inner in node.body)


def _binds_tensorflow(node: ast.stmt, name: str) -> bool:
    wanted = name.partition(".")[0]
    return any(
        (alias.asname or alias.name.partition(".")[0]) == wanted
        for inner in walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
        for alias in inner.names
    )


def _in_functions(module: cst.Module, symbols: Symbols, writer: Writer) -> cst.Module:
    """Behind the import in every function that imports TensorFlow and builds a graph."""
    names = {
        (node.name, node.lineno): name
        for node, name in _inner_names(symbols).items()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and builds_graph(node, symbols)
    }
    changed = MetadataWrapper(module).visit(_Functions(names, writer))
    assert isinstance(changed, cst.Module)
    return changed


class _Functions(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, names: dict[tuple[str, int], str], writer: Writer) -> None:
        super().__init__()
        self._names = names
        self._writer = writer

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """Adds the call to a function that needs one."""
        line = self.get_metadata(PositionProvider, original_node.name).start.line
        name = self._names.get((original_node.name.value, line))
        if name is None or not isinstance(updated_node.body, cst.IndentedBlock):
            return updated_node
        call = self._writer.statement(f"{name}.disable_v2_behavior()")
        body = _behind_import(updated_node.body, name.partition(".")[0], call)
        return updated_node if body is None else updated_node.with_changes(body=body)


def _behind_import(block: cst.IndentedBlock, root: str, call: cst.BaseStatement) -> cst.IndentedBlock | None:
    """A block with the call behind the import of TensorFlow; None where it has none.

    A try, an if or a with that does more than import may run the graph itself: there the call stands inside.
    """
    for position, statement in enumerate(block.body):
        parsed = ast.parse(_text(statement)).body
        if not any(_binds_tensorflow(node, root) for node in parsed):
            continue
        if isinstance(statement, (cst.Try, cst.If, cst.With)) and isinstance(statement.body, cst.IndentedBlock):
            inner = _behind_import(statement.body, root, call)
            if inner is not None and not all(map(_only_imports, parsed)):
                changed = statement.with_changes(body=inner)
                return block.with_changes(body=[*block.body[:position], changed, *block.body[position + 1 :]])
        return block.with_changes(body=[*block.body[: position + 1], call, *block.body[position + 1 :]])
    return None


def _only_imports(node: ast.stmt) -> bool:
    """Whether the body of a statement does nothing but import, whatever it does where that fails."""
    plain = (ast.Import, ast.ImportFrom, ast.Pass)
    return isinstance(node, (ast.Try, ast.If, ast.With)) and all(isinstance(inner, plain) for inner in node.body)


def _text(statement: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(statement)
