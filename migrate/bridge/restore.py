"""Writes into a GraphDef the operations that restore it, as a Saver would have added them to the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRING = 7
_V2 = 2


@dataclass(frozen=True, slots=True)
class Restored:
    """Something that gets values from a checkpoint.

    Attributes:
        node: The node of the variable or table.
        op: The operation that sets it: Assign, AssignVariableOp, LookupTableImport or LookupTableImportV2.
        keys: One key for a variable; those of the keys and the values for a table.
        dtypes: Of the values, as numbers of `tensorflow.DataType`.
    """

    node: str
    op: str
    keys: tuple[str, ...]
    dtypes: tuple[int, ...]


def add_restore(meta_graph: Any, items: Sequence[Restored]) -> None:
    """Adds restore operations to a MetaGraphDef and names them in its SaverDef.

    They are all that a reader of the model takes into account; other Savers that the graph has may give
    variables other names.
    """
    scope = _free_scope(meta_graph.graph_def)
    nodes = _Nodes(meta_graph.graph_def, scope)
    prefix = nodes.strings("prefix", [""], scalar=True)
    targets = []
    keys = [key for item in items for key in item.keys]
    if keys:
        restore = nodes.add("RestoreV2", "restore")
        restore.input.extend([prefix, nodes.strings("keys", keys), nodes.strings("slices", [""] * len(keys))])
        restore.attr["dtypes"].list.type.extend(dtype for item in items for dtype in item.dtypes)
        port = 0
        for number, item in enumerate(items):
            values = [f"{restore.name}:{port + offset}" for offset in range(len(item.keys))]
            targets.append(_setter(nodes, f"set_{number}", item, values).name)
            port += len(item.keys)
    done = nodes.add("NoOp", "done")
    done.input.extend(f"^{name}" for name in targets)
    meta_graph.saver_def.Clear()
    meta_graph.saver_def.filename_tensor_name = f"{prefix}:0"
    meta_graph.saver_def.save_tensor_name = f"{prefix}:0"
    meta_graph.saver_def.restore_op_name = done.name
    meta_graph.saver_def.version = _V2


def _setter(nodes: _Nodes, name: str, item: Restored, values: list[str]) -> Any:
    node = nodes.add(item.op, name)
    node.input.extend([item.node, *values])
    names = {
        "Assign": ("T",),
        "AssignVariableOp": ("dtype",),
        "LookupTableImport": ("Tin", "Tout"),
        "LookupTableImportV2": ("Tin", "Tout"),
    }[item.op]
    for attribute, dtype in zip(names, item.dtypes, strict=True):
        node.attr[attribute].type = dtype
    if item.op == "Assign":
        node.attr["use_locking"].b = True
        # The value is the variable's own, of whatever shape that is by now.
        node.attr["validate_shape"].b = False
    return node


class _Nodes:
    def __init__(self, graph_def: Any, scope: str) -> None:
        self._graph_def = graph_def
        self._scope = scope

    def add(self, op: str, name: str) -> Any:
        node = self._graph_def.node.add()
        node.name, node.op = f"{self._scope}/{name}", op
        return node

    def strings(self, name: str, values: list[str], *, scalar: bool = False) -> str:
        node = self.add("Const", name)
        node.attr["dtype"].type = _STRING
        tensor = node.attr["value"].tensor
        tensor.dtype = _STRING
        if not scalar:
            tensor.tensor_shape.dim.add().size = len(values)
        tensor.string_val.extend(value.encode() for value in values)
        return str(node.name)


def _free_scope(graph_def: Any) -> str:
    taken = {node.name.partition("/")[0] for node in graph_def.node}
    scope, number = "tf_migrate_restore", 0
    while scope in taken:
        number += 1
        scope = f"tf_migrate_restore_{number}"
    return scope
