"""The values of an export's weights: of the variables of a SavedModel, of the constants of a frozen graph."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.checkpoints import is_checkpoint
from migrate.graph.load import load_source
from migrate.graph.source import Form
from migrate.graph.values import first_line
from migrate.graph.view import MetaGraphView
from migrate.signatures.quiet import import_tensorflow, quiet
from migrate.verify.scripts.results import ExportKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from migrate.verify.scripts.results import Export

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_SHARD_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Weight:
    """One value of an export.

    Attributes:
        name: The variable's name, or the constant's node.
        key: Under which it is stored.
        dtype: TensorFlow's name of its type.
        shape: Its dimensions.
    """

    name: str
    key: str
    dtype: str
    shape: tuple[int, ...]


class KnownWeights(Protocol):
    """Weights whose values are known, of an export or from a record."""

    @property
    def all(self) -> tuple[Weight, ...]:
        """In the order of the graph as far as it says so."""

    def read(self, weight: Weight) -> NDArray[Any]:
        """The value of one."""


class Weights(KnownWeights, Protocol):
    """The weights of one export, of which copies with other values can be made."""

    def write(self, target: Path, values: Mapping[str, tuple[KnownWeights, Weight]]) -> None:
        """Writes a copy of the export in which these weights, by key, have the values of others.

        Args:
            target: A path that does not exist yet.
            values: For a key, whose value it gets.
        """


def weights_of(export: Export) -> Weights | None:
    """The weights of an export; None where it has none.

    Raises:
        MigrateError: They cannot be read.
    """
    if export.kind is ExportKind.FROZEN_GRAPH:
        return Constants(export.path)
    prefix = export.path / "variables" / "variables"
    return Variables(export.path, prefix) if is_checkpoint(prefix) else None


class Variables:
    """The variables of a SavedModel, read from its checkpoint one at a time.

    Args:
        directory: The SavedModel.
        prefix: Of its checkpoint.

    Raises:
        MigrateError: The checkpoint cannot be read.
    """

    def __init__(self, directory: Path, prefix: Path) -> None:
        tf = import_tensorflow()
        self._directory, self._prefix = directory, prefix
        try:
            with quiet():
                self._reader = tf.train.load_checkpoint(str(prefix))
        except Exception as error:
            raise MigrateError(f"{prefix}: cannot read this checkpoint: {first_line(error)}") from error
        self._shapes: Mapping[str, list[int]] = self._reader.get_variable_to_shape_map()
        self._dtypes: Mapping[str, Any] = self._reader.get_variable_to_dtype_map()
        self.all = self._by_objects() if _OBJECT_GRAPH in self._shapes else self._by_graph()

    def _weight(self, name: str, key: str) -> Weight:
        return Weight(name, key, self._dtypes[key].name, tuple(self._shapes[key]))

    def _by_objects(self) -> tuple[Weight, ...]:
        """TF2: the object graph knows the variables' names (core/protobuf/trackable_object_graph.proto)."""
        graph = protos.message_type("core.protobuf.trackable_object_graph_pb2.TrackableObjectGraph")()
        graph.ParseFromString(self._reader.get_tensor(_OBJECT_GRAPH))
        found = {}
        for node in graph.nodes:
            for attribute in node.attributes:
                if attribute.checkpoint_key in self._shapes and attribute.full_name:
                    found[attribute.checkpoint_key] = self._weight(attribute.full_name, attribute.checkpoint_key)
        return tuple(found.values())

    def _by_graph(self) -> tuple[Weight, ...]:
        """TF1: keys are names. Only what a signature reads counts, in the order of the graph."""
        used: dict[str, None] = {}
        try:
            source = load_source(self._directory)
            for meta_graph in source.meta_graphs:
                view = MetaGraphView(source, meta_graph)
                nodes = frozenset().union(*(each.nodes for each in view.slices.values()))
                for variable in view.state.variables.values():
                    if not nodes.isdisjoint(variable.nodes):
                        used[variable.saved.key if variable.saved is not None else variable.name] = None
        except MigrateError:
            used = dict.fromkeys(sorted(self._shapes))
        return tuple(self._weight(key, key) for key in used if key in self._shapes)

    def read(self, weight: Weight) -> NDArray[Any]:
        """The value of one; strings as an array of objects, for NumPy's own drop zero bytes."""
        return np.asarray(self._tensor(weight.key).numpy(), dtype=object if weight.dtype == "string" else None)

    def _tensor(self, key: str) -> Any:
        (tensor,) = import_tensorflow().raw_ops.RestoreV2(
            prefix=str(self._prefix), tensor_names=[key], shape_and_slices=[""], dtypes=[self._dtypes[key]]
        )
        return tensor

    def write(self, target: Path, values: Mapping[str, tuple[KnownWeights, Weight]]) -> None:
        """Writes a copy of the SavedModel in which these weights, by key, have the values of others.

        Args:
            target: A directory that does not exist yet.
            values: For a key, whose value it gets.
        """
        shutil.copytree(self._directory, target, ignore=lambda folder, _: _variables_of(folder, self._directory))
        folder = target / "variables"
        shards: list[str] = []
        pending: dict[str, Any] = {}
        size = 0
        tf = import_tensorflow()
        for key in sorted(self._shapes):
            if key in values:
                weights, weight = values[key]
                tensor = tf.constant(weights.read(weight), dtype=self._dtypes[key])
            else:
                tensor = self._tensor(key)
            pending[key] = tensor
            size += tensor.shape.num_elements() * tensor.dtype.size
            if size > _SHARD_BYTES:
                shards.append(_save(folder / f"part{len(shards)}", pending))
                pending, size = {}, 0
        if pending:
            shards.append(_save(folder / f"part{len(shards)}", pending))
        tf.raw_ops.MergeV2Checkpoints(
            checkpoint_prefixes=shards, destination_prefix=str(folder / "variables"), delete_old_dirs=False
        )


def _variables_of(folder: str, directory: Path) -> list[str]:
    """The checkpoint's files, for `shutil.copytree` to leave out; the folder itself is made."""
    path = Path(folder)
    return [each.name for each in path.iterdir()] if path == directory / "variables" else []


def _save(prefix: Path, tensors: Mapping[str, Any]) -> str:
    tf = import_tensorflow()
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(tensors),
        shape_and_slices=[""] * len(tensors),
        tensors=list(tensors.values()),
    )
    return str(prefix)


class Constants:
    """The constants of a frozen graph: what were its variables is among them.

    Args:
        file: The GraphDef.
    """

    def __init__(self, file: Path) -> None:
        source = load_source(file)
        assert source.form is Form.GRAPH
        self._graph = source.meta_graphs[0].graph_def
        self._nodes = {node.name: node for node in self._graph.node if node.op == "Const"}
        tf = import_tensorflow()
        self.all = tuple(
            Weight(
                name,
                name,
                tf.dtypes.as_dtype(node.attr["dtype"].type).name,
                tuple(dim.size for dim in node.attr["value"].tensor.tensor_shape.dim),
            )
            for name, node in self._nodes.items()
        )

    def read(self, weight: Weight) -> NDArray[Any]:
        """The value of one."""
        return np.asarray(import_tensorflow().make_ndarray(self._nodes[weight.key].attr["value"].tensor))

    def write(self, target: Path, values: Mapping[str, tuple[KnownWeights, Weight]]) -> None:
        """Writes a copy of the graph in which these constants, by node, have the values of others.

        Args:
            target: A file that does not exist yet.
            values: For a node, whose value it gets.
        """
        tf = import_tensorflow()
        copy = protos.graph_def()
        copy.CopyFrom(self._graph)
        for node in copy.node:
            if node.name in values and node.op == "Const":
                weights, weight = values[node.name]
                node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights.read(weight)))
        target.write_bytes(copy.SerializeToString())
