"""The text of a module after the changes that strategies planned."""

from __future__ import annotations

from collections.abc import Collection

from migrate.source.changes import Changes
from migrate.source.emit.apply import apply_changes
from migrate.source.emit.graph_mode import graph_mode_imports
from migrate.source.emit.imports import RespellImports, TensorFlowName, drop_unused
from migrate.source.emit.index import SourceIndex
from migrate.source.emit.insert import with_imports
from migrate.source.emit.mode_switch import with_mode_switch
from migrate.source.emit.other_names import OtherNames
from migrate.source.emit.respell import Respeller
from migrate.source.emit.undefined import refuse_undefined
from migrate.source.emit.writer import Writer
from migrate.source.skip import skipped_lines
from migrate.source.symbols import Symbols


def emit_eager(
    text: str, symbols: Symbols, changes: Changes, tensorflow: TensorFlowName, skipped: Collection[int]
) -> str:
    """The module for TF2's own behaviour: the changes, and TF2's names everywhere else.

    Args:
        text: The module's source.
        symbols: Its names.
        changes: What the strategies planned.
        tensorflow: How the new code spells TensorFlow.
        skipped: Lines that stay as they are.

    Raises:
        Unprovable: Where the changes cannot be made, or leave a name without a value.
    """
    index = SourceIndex(text)
    writer = Writer(index.module)
    respeller = Respeller(index, symbols, tensorflow.name, modern=tensorflow.modern)
    replaced = {*changes.expressions, *changes.statements}
    others = OtherNames(index, symbols, tensorflow, respeller, skipped).edits(replaced=replaced)
    module = apply_changes(changes, index, writer, others)
    if tensorflow.add:
        line = "import tensorflow" + ("" if tensorflow.name == "tensorflow" else f" as {tensorflow.name}")
        module = module.with_changes(body=with_imports(list(module.body), [line], writer))
    if tensorflow.respell:
        module = module.visit(RespellImports(tensorflow.name))
    refuse_undefined(symbols, module.code)
    return drop_unused(module, symbols).code


def emit_graph_mode(text: str, symbols: Symbols, changes: Changes) -> str:
    """The module for TF1's behaviour: the changes, and everything else as it is, on `tensorflow.compat.v1`.

    Args:
        text: The module's source.
        symbols: Its names.
        changes: What the strategies planned.

    Raises:
        Unprovable: Where the changes cannot be made.
    """
    index = SourceIndex(text)
    writer = Writer(index.module)
    imports = graph_mode_imports(symbols, index, skipped_lines(text))
    module = apply_changes(changes, index, writer, imports)
    module = with_mode_switch(module, writer)
    return drop_unused(module, symbols).code
