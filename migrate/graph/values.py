"""Copies the values of variables from one checkpoint into another, one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.state import Saved
from migrate.signatures.quiet import import_tensorflow, quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_GROUP_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one variable of the new model.

    Attributes:
        name: The variable's name.
        dtype: TensorFlow's name of its type.
        shape: As far as it is known.
        saved: Where it is in the old checkpoint; None where the model's initialisation sets it.
        byte_size: Of the value, where it is known.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    saved: Saved | None
    byte_size: int | None


class OldCheckpoint:
    """The checkpoint a TF1 model was saved with (V1 or V2, in one or several shards).

    Args:
        prefix: Of its files.

    Raises:
        MigrateError: It cannot be read.
    """

    def __init__(self, prefix: Path) -> None:
        tf = import_tensorflow()
        self.prefix = prefix
        self._path = str(prefix)
        if not prefix.is_file() and not prefix.with_name(f"{prefix.name}.index").is_file():
            self._path += "-?????-of-?????"  # The shards of a V1 checkpoint.
        try:
            with quiet():
                self._shapes: Mapping[str, Any] = tf.train.load_checkpoint(self._path).get_variable_to_shape_map()
        except Exception as error:
            raise MigrateError(f"{prefix}: cannot read this checkpoint: {first_line(error)}") from error

    def find(self, name: str, saved: Saved | None) -> Saved | None:
        """Where a variable's value is: where the model's own restore operations look, else under its name."""
        if saved is not None and saved.key in self._shapes:
            return saved
        return Saved(name) if name in self._shapes else None

    def read(self, value: Value) -> Any:
        """A value as an eager tensor.

        Raises:
            MigrateError: It is not there, or not of that type or shape.
        """
        tf = import_tensorflow()
        assert value.saved is not None
        try:
            return tf.raw_ops.RestoreV2(
                prefix=self._path,
                tensor_names=[value.saved.key],
                shape_and_slices=[value.saved.slice_spec],
                dtypes=[tf.dtypes.as_dtype(value.dtype)],
            )[0]
        except Exception as error:
            raise MigrateError(f"{self.prefix}: variable {value.name}: {first_line(error)}") from error


def write_values(prefix: Path, values: Iterable[Value], old: OldCheckpoint | None) -> None:
    """Adds the values of variables to a checkpoint that knows the variables but not their values.

    `tf.saved_model.save` of variables without a value writes such a checkpoint: its object graph says under
    which key each value belongs (tensorflow/core/protobuf/trackable_object_graph.proto).

    Args:
        prefix: Of the new model's checkpoint, for instance `OUT/variables/variables`.
        values: One for each variable.
        old: Where they come from; None for a model without a checkpoint.

    Raises:
        MigrateError: A value is not in the old checkpoint, or not of its variable's type or shape.
    """
    tf = import_tensorflow()
    keys = _keys(prefix)
    writer = _Writer(prefix)
    for value in values:
        if value.saved is None or old is None:
            # What is never read: the initialisation sets it whenever the model is loaded.
            shape = [dim or 0 for dim in value.shape] if value.shape is not None else []
            tensor = tf.zeros(shape, tf.dtypes.as_dtype(value.dtype))
        else:
            tensor = old.read(value)
            if not tensor.shape.is_compatible_with(tf.TensorShape(value.shape)):
                raise MigrateError(
                    f"{old.prefix}: variable {value.name} has the shape {tensor.shape} in the checkpoint and "
                    f"{tf.TensorShape(value.shape)} in the graph"
                )
        for key in keys.get(value.name, ()):
            writer.add(key, tensor, value.byte_size or 0)
        del tensor
    writer.finish()


class _Writer:
    """Writes shards of about 64 MB (a larger value is a shard of its own), and merges them in the end."""

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        self._shards: list[Path] = []
        self._pending: dict[str, Any] = {}
        self._bytes = 0

    def add(self, key: str, tensor: Any, size: int) -> None:
        if self._pending and self._bytes + size > _GROUP_BYTES:
            self._flush()
        self._pending[key] = tensor
        self._bytes += size
        if self._bytes > _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        tf = import_tensorflow()
        shard = self._prefix.with_name(f"{self._prefix.name}_part_{len(self._shards)}")
        tf.raw_ops.SaveV2(
            prefix=str(shard),
            tensor_names=list(self._pending),
            shape_and_slices=[""] * len(self._pending),
            tensors=list(self._pending.values()),
        )
        self._shards.append(shard)
        self._pending, self._bytes = {}, 0

    def finish(self) -> None:
        self._flush()
        tf = import_tensorflow()
        skeleton = self._prefix.with_name(f"{self._prefix.name}_objects")
        for file in self._prefix.parent.glob(f"{self._prefix.name}.*"):
            file.rename(file.with_name(file.name.replace(self._prefix.name, skeleton.name, 1)))
        tf.raw_ops.MergeV2Checkpoints(
            checkpoint_prefixes=[str(prefix) for prefix in (skeleton, *self._shards)],
            destination_prefix=str(self._prefix),
            delete_old_dirs=False,
        )
        for prefix in (skeleton, *self._shards):
            for file in prefix.parent.glob(f"{prefix.name}.*"):
                file.unlink()


def _keys(prefix: Path) -> dict[str, list[str]]:
    """The checkpoint keys of each variable, by its name."""
    tf = import_tensorflow()
    data = tf.raw_ops.RestoreV2(
        prefix=str(prefix), tensor_names=[_OBJECT_GRAPH], shape_and_slices=[""], dtypes=[tf.string]
    )[0]
    graph = protos.message_type("core.protobuf.trackable_object_graph_pb2.TrackableObjectGraph")()
    graph.ParseFromString(data.numpy())
    keys: dict[str, list[str]] = {}
    for node in graph.nodes:
        for attribute in node.attributes:
            keys.setdefault(attribute.full_name, []).append(attribute.checkpoint_key)
    return keys


def first_line(error: BaseException) -> str:
    """The reason that TensorFlow gives, without the lines that follow it."""
    # TensorFlow says which internal function failed, too.
    text = re.sub(r"\{\{.*?\}\} ?| ?\[Op:\w+\]", "", str(getattr(error, "message", None) or error))
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
