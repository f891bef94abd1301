"""The text of a module after the changes that strategies planned."""

from __future__ import annotations

import ast
from collections.abc import Collection

from migrate.source.changes import Changes, is_header
from migrate.source.emit.apply import apply_changes
from migrate.source.emit.graph_mode import graph_mode_imports
from migrate.source.emit.imports import RespellImports, TensorFlowName, drop_unused
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.insert import with_imports
from migrate.source.emit.local_imports import without_local
from migrate.source.emit.mode_switch import with_mode_switch
from migrate.source.emit.other_names import OtherNames
from migrate.source.emit.respell import Respeller
from migrate.source.emit.same_nodes import keeps_nodes
from migrate.source.emit.undefined import refuse_undefined
from migrate.source.emit.writer import Writer
from migrate.source.symbols import Symbols
from migrate.source.tf1.text import with_tf1


def emit_eager(
    index: SourceIndex, symbols: Symbols, changes: Changes, tensorflow: TensorFlowName, skipped: Collection[int]
) -> str:
    """The module for TF2's own behaviour: the changes, and TF2's names everywhere else.

    Args:
        index: The module's concrete tree.
        symbols: Its names.
        changes: What the strategies planned.
        tensorflow: How the new code spells TensorFlow.
        skipped: Lines that stay as they are.

    Raises:
        Unprovable: Where the changes cannot be made, or leave a name without a value.
    """
    writer = Writer(index.module)
    same_nodes = keeps_nodes(changes, index.module.code)
    respeller = Respeller(index, symbols, tensorflow.name, modern=tensorflow.modern, same_nodes=same_nodes)
    # Of a statement with a new header, the body stays.
    replaced = {*changes.expressions, *(node for node, texts in changes.statements.items() if not is_header(texts))}
    others = OtherNames(index, symbols, tensorflow, respeller, skipped).edits(replaced=replaced)
    module = apply_changes(changes, index, writer, others)
    if tensorflow.add:
        line = "import tensorflow" + ("" if tensorflow.name == "tensorflow" else f" as {tensorflow.name}")
        module = module.with_changes(body=with_imports(list(module.body), [line], writer))
    if tensorflow.respell:
        module = module.visit(RespellImports(tensorflow.name))
    code = module.code
    after = Symbols(ast.parse(code))
    refuse_undefined(symbols, after)
    slim = drop_unused(module, symbols, after.tree)
    code = with_tf1(code, after) if slim is module else with_tf1(slim.code)
    return without_local(code, index.module.code, tensorflow.name) if tensorflow.add else code


def emit_graph_mode(index: SourceIndex, symbols: Symbols, changes: Changes, skipped: Collection[int]) -> str:
    """The module for TF1's behaviour: the changes, and everything else as it is, on `tensorflow.compat.v1`.

    Args:
        index: The module's concrete tree.
        symbols: Its names.
        changes: What the strategies planned.
        skipped: Lines that stay as they are.

    Raises:
        Unprovable: Where the changes cannot be made.
    """
    writer = Writer(index.module)
    imports = graph_mode_imports(symbols, index, skipped)
    module = apply_changes(changes, index, writer, imports)
    code = module.code
    after = Symbols(ast.parse(code))
    switched = with_mode_switch(module, after, writer)
    if switched is not module:
        code = switched.code
        after = Symbols(ast.parse(code))
    slim = drop_unused(switched, symbols, after.tree)
    return with_tf1(code, after) if slim is switched else with_tf1(slim.code)
