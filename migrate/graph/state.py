"""What a model keeps between calls: its variables and tables, and where their values come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import networkx as nx
from google.protobuf.message import DecodeError

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.constants import constant_strings
from migrate.graph.handles import REF_VARIABLES, RESOURCE_VARIABLES, Handles
from migrate.graph.tensors import parse_tensor
from migrate.signatures.dtypes import dtype_name, dtype_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.graph.index import GraphIndex
    from migrate.graph.tensors import Tensor
    from migrate.signatures.model import Shape

TABLES = frozenset(
    {
        *("HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2"),
        *("MutableHashTableOfTensors", "MutableHashTableOfTensorsV2"),
        *("MutableDenseHashTable", "MutableDenseHashTableV2"),
    }
)
"""Operations that make a lookup table (tensorflow/core/ops/lookup_ops.cc)."""

_TABLE_INITIALIZERS = frozenset(
    f"{op}{version}" for op in ("InitializeTable", "InitializeTableFromTextFile") for version in ("", "V2")
)
_TABLE_IMPORTS = frozenset({"LookupTableImport", "LookupTableImportV2"})
_ASSIGNS = frozenset({"Assign", "AssignVariableOp"})
_RESTORES = frozenset({"RestoreV2", "Restore", "RestoreSlice"})
_VALUE_PASSES = frozenset({"Identity", "Reshape", "Cast", "NoOp", "Squeeze"})


@dataclass(frozen=True, slots=True)
class Saved:
    """Where in a checkpoint a value is.

    Attributes:
        key: The tensor's name in the checkpoint.
        slice_spec: Empty for a whole tensor; else as RestoreV2 takes it, for instance `10 4 0,5:0,4`
            (tensorflow/core/framework/tensor_slice.h).
    """

    key: str
    slice_spec: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the graph.

    Attributes:
        name: Its TF1 name.
        nodes: The nodes that stand for it; several where they share one name (`shared_name`).
        is_ref: Whether it is a reference variable (VariableV2), which TF2 can neither train nor save.
        dtype: TensorFlow's name of its type.
        shape: None for an unknown rank, None in a dimension's place for an unknown one.
        trainable: Whether TRAINABLE_VARIABLES lists it; in a model without any such list, whether it is of a
            floating-point type.
        is_local: Whether LOCAL_VARIABLES lists it: not in the checkpoint, set by the init op.
        saved: Where the model's own restore operations find its value; None where they do not restore it.
    """

    name: str
    nodes: tuple[str, ...]
    is_ref: bool
    dtype: str
    shape: Shape
    trainable: bool
    is_local: bool
    saved: Saved | None

    @property
    def size(self) -> int | None:
        """The number of elements, None where the shape is not known."""
        if self.shape is None or None in self.shape:
            return None
        return prod(dim for dim in self.shape if dim is not None)

    @property
    def byte_size(self) -> int | None:
        """Its size in bytes, None where it is not known (strings, open shapes)."""
        width = dtype_size(self.dtype)
        return None if self.size is None or width is None else self.size * width


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup table of the graph.

    Attributes:
        name: Its node.
        op: For instance `HashTableV2`.
        is_ref: Whether its handle is a reference to a string, as before TF 1.3.
        key_dtype: Of its keys.
        value_dtype: Of its values.
        initializers: The nodes that fill it when the model is loaded.
        asset_tensors: The tensors with the paths of the files it is filled from.
        saved: Where in the checkpoint its keys and values are (mutable tables only), else None.
    """

    name: str
    op: str
    is_ref: bool
    key_dtype: str
    value_dtype: str
    initializers: tuple[str, ...]
    asset_tensors: tuple[str, ...]
    saved: tuple[Saved, Saved] | None

    @property
    def is_mutable(self) -> bool:
        """Whether its content may change after it was filled."""
        return self.op.startswith("Mutable")


class State:
    """The variables and tables of one MetaGraph.

    Args:
        index: Its graph.
        meta_graph: The message, for its collections and its saver.
    """

    def __init__(self, index: GraphIndex, meta_graph: Any) -> None:
        self._index = index
        self._meta_graph = meta_graph
        self.handles = Handles(index)

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """By TF1 name, in the order of the graph."""
        nodes: dict[str, list[str]] = {}
        for name, node in self._index.nodes.items():
            if node.op in REF_VARIABLES or node.op in RESOURCE_VARIABLES:
                nodes.setdefault(variable_name(node), []).append(name)
        return {name: self._variable(name, tuple(found)) for name, found in nodes.items()}

    @cached_property
    def by_node(self) -> Mapping[str, Variable]:
        """The variables by the nodes that stand for them."""
        return {node: variable for variable in self.variables.values() for node in variable.nodes}

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """By node, in the order of the graph."""
        return {name: self._table(name) for name, node in self._index.nodes.items() if node.op in TABLES}

    def _variable(self, name: str, nodes: tuple[str, ...]) -> Variable:
        node = self._index.nodes[nodes[0]]
        dtype = dtype_name(node.attr["dtype"].type)
        listed = self._listed
        floating = "float" in dtype or "complex" in dtype
        return Variable(
            name=name,
            nodes=nodes,
            is_ref=node.op in REF_VARIABLES,
            dtype=dtype,
            shape=_shape(node),
            trainable=name in listed["trainable_variables"] if self._has_lists else floating,
            is_local=name in listed["local_variables"] and name not in listed["variables"],
            saved=next((self._saved[node] for node in nodes if node in self._saved), None),
        )

    def _table(self, name: str) -> Table:
        node = self._index.nodes[name]
        fillers = self._fillers.get(name, [])
        files = [user for user in fillers if "FromTextFile" in self._index.op(user)]
        return Table(
            name=name,
            op=str(node.op),
            is_ref=not node.op.endswith("V2"),
            key_dtype=dtype_name(node.attr["key_dtype"].type),
            value_dtype=dtype_name(node.attr["value_dtype"].type),
            initializers=tuple(fillers),
            asset_tensors=tuple(str(self._origin(self._index.data_inputs(user)[1])) for user in files),
            saved=self._saved_tables.get(name),
        )

    def _origin(self, tensor: Tensor) -> Tensor:
        while self._index.op(tensor.node) == "Identity":
            tensor = self._index.data_inputs(tensor.node)[0]
        return tensor

    @cached_property
    def _fillers(self) -> Mapping[str, list[str]]:
        """For each table, the operations that fill it other than from the checkpoint."""
        restoring = self._restore_slice()
        found: dict[str, list[str]] = {}
        for name in self._index.nodes:
            op = self._index.op(name)
            if op in _TABLE_INITIALIZERS or (op in _TABLE_IMPORTS and name not in restoring):
                for maker in self.handles.makers(self._index.data_inputs(name)[0]):
                    found.setdefault(maker, []).append(name)
        return found

    @cached_property
    def _listed(self) -> Mapping[str, frozenset[str]]:
        """The names of the variables in each of the usual collections (tf.compat.v1.GraphKeys)."""
        found = {}
        for key in ("variables", "trainable_variables", "local_variables"):
            names = [variable.variable_name for variable in collected_variables(self._meta_graph, key)]
            found[key] = frozenset(name.rpartition(":")[0] or name for name in names)
        return found

    @property
    def _has_lists(self) -> bool:
        return bool(self._listed["variables"] or self._listed["trainable_variables"])

    @cached_property
    def _restored(self) -> list[tuple[str, str, list[Saved]]]:
        """What the model's restore operations do: (maker, operation, places its values come from)."""
        found: list[tuple[str, str, list[Saved]]] = []
        for name in self._restore_slice():
            op = self._index.op(name)
            if op not in _ASSIGNS and op not in _TABLE_IMPORTS:
                continue
            target, *values = self._index.data_inputs(name)
            places = [place for value in values if (place := self._place(value)) is not None]
            if len(places) == len(values):
                found.extend((maker, op, places) for maker in self.handles.makers(target))
        return found

    @cached_property
    def _saved(self) -> Mapping[str, Saved]:
        # The node of a handle that several nodes share may be any of them: all answer.
        saved = {maker: places[0] for maker, op, places in self._restored if op in _ASSIGNS}
        by_name = {variable_name(self._index.nodes[maker]): place for maker, place in saved.items()}
        for name, node in self._index.nodes.items():
            if node.op in RESOURCE_VARIABLES or node.op in REF_VARIABLES:
                place = by_name.get(variable_name(node))
                if place is not None:
                    saved[name] = place
        return saved

    @cached_property
    def _saved_tables(self) -> Mapping[str, tuple[Saved, Saved]]:
        return {
            maker: (places[0], places[1])
            for maker, op, places in self._restored
            if op in _TABLE_IMPORTS and len(places) == 2
        }

    def _restore_slice(self) -> frozenset[str]:
        operation = self._meta_graph.saver_def.restore_op_name
        if operation and operation.partition(":")[0].lstrip("^") in self._index.nodes:
            return self._index.slice_of([parse_tensor(operation)])
        # Without a saver of its own, any restore operation in the graph tells as much.
        restores = [name for name in self._index.nodes if self._index.op(name) in _RESTORES]
        return frozenset(restores).union(*(nx.descendants(self._index.graph, name) for name in restores))

    def _place(self, tensor: Tensor) -> Saved | None:
        """The place in the checkpoint that a tensor was read from."""
        index = self._index
        while index.op(tensor.node) in _VALUE_PASSES and index.data_inputs(tensor.node):
            tensor = index.data_inputs(tensor.node)[0]
        if index.op(tensor.node) not in _RESTORES:
            return None
        inputs = index.data_inputs(tensor.node)
        keys = constant_strings(index, inputs[1])
        slices = constant_strings(index, inputs[2]) if len(inputs) > 2 else None
        if keys is None or tensor.port >= len(keys):
            return None
        spec = slices[tensor.port] if slices is not None and tensor.port < len(slices) else b""
        return Saved(keys[tensor.port].decode("utf-8", "replace"), spec.decode("utf-8", "replace"))


def collected_variables(meta_graph: Any, key: str) -> list[Any]:
    """The `tensorflow.VariableDef`s in a collection.

    Raises:
        MigrateError: One of them is broken.
    """
    found = []
    for data in meta_graph.collection_def[key].bytes_list.value if key in meta_graph.collection_def else ():
        variable = protos.variable_def()
        try:
            variable.MergeFromString(data)
        except (DecodeError, UnicodeDecodeError) as error:
            raise MigrateError(f"broken: the collection {key} has an entry that is no VariableDef") from error
        found.append(variable)
    return found


def variable_name(node: Any) -> str:
    """The TF1 name of a variable's node: what it shares, else its own name."""
    shared = node.attr["shared_name"].s.decode("utf-8", "replace") if "shared_name" in node.attr else ""
    return shared or str(node.name)


def _shape(node: Any) -> Shape:
    if "shape" not in node.attr or node.attr["shape"].shape.unknown_rank:
        return None
    shape = node.attr["shape"].shape
    # The first `Variable` operation wrote an empty shape for an unknown one.
    if node.op == "Variable" and not shape.dim:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in shape.dim)
