"""Reads values through a session and writes them as a V2 checkpoint, about 64 MB at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.bridge.errors import BridgeError
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_GROUP_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readable:
    """Something to read.

    Attributes:
        key: Its key in the checkpoint.
        tensor: What to fetch.
        byte_size: Of the value, where it is known.
    """

    key: str
    tensor: Any
    byte_size: int | None


def copy_values(session: Any, readables: Sequence[Readable], prefix: Path) -> frozenset[str]:
    """Copies values from a session into a checkpoint.

    Args:
        session: The session.
        readables: What to read.
        prefix: Of the checkpoint; no file is written where there is nothing to read.

    Returns:
        The keys of what has no value: uninitialised variables.

    Raises:
        BridgeError: A value cannot be read, for another reason.
    """
    shards: list[Path] = []
    unset: set[str] = set()
    for group in _groups(readables):
        read, missing = _read(session, group)
        unset |= missing
        if read:
            shards.append(prefix.with_name(f"{prefix.name}_part_{len(shards)}"))
            _write(read, shards[-1])
    if shards:
        _merge(shards, prefix)
    return frozenset(unset)


def _groups(readables: Sequence[Readable]) -> Iterator[list[Readable]]:
    """What is read at once: each set of fetches has TensorFlow prune the graph anew, so not one by one."""
    group: list[Readable] = []
    total = 0
    for readable in readables:
        # What may be of any size is read alone.
        size = _GROUP_BYTES if readable.byte_size is None else readable.byte_size
        if group and total + size > _GROUP_BYTES:
            yield group
            group, total = [], 0
        group.append(readable)
        total += size
    if group:
        yield group


def _read(session: Any, group: list[Readable]) -> tuple[list[tuple[Readable, Any]], set[str]]:
    """What was read, and the keys of what has no value."""
    tf = import_tensorflow()
    try:
        values = session.run([readable.tensor for readable in group])
        return list(zip(group, values, strict=True)), set()
    except (tf.errors.FailedPreconditionError, tf.errors.NotFoundError):
        if len(group) == 1:
            return [], {group[0].key}
    except tf.errors.OpError as error:
        if len(group) == 1:
            raise BridgeError(f"cannot read {group[0].key}: {_first_line(error)}") from error
    # One of them cannot be read: which?
    read: list[tuple[Readable, Any]] = []
    missing: set[str] = set()
    for readable in group:
        one, unset = _read(session, [readable])
        read.extend(one)
        missing |= unset
    return read, missing


def _write(values: list[tuple[Readable, Any]], prefix: Path) -> None:
    tf = import_tensorflow()
    with tf.Graph().as_default() as graph:
        placeholders = [tf.compat.v1.placeholder(readable.tensor.dtype.base_dtype) for readable, _ in values]
        operation = tf.raw_ops.SaveV2(
            prefix=str(prefix),
            tensor_names=[readable.key for readable, _ in values],
            shape_and_slices=[""] * len(values),
            tensors=placeholders,
        )
    feeds = [value for _, value in values]
    _run(graph, operation, placeholders, feeds)


def _merge(shards: list[Path], prefix: Path) -> None:
    tf = import_tensorflow()
    with tf.Graph().as_default() as graph:
        operation = tf.raw_ops.MergeV2Checkpoints(
            checkpoint_prefixes=[str(shard) for shard in shards], destination_prefix=str(prefix), delete_old_dirs=False
        )
    _run(graph, operation, [], [])
    for shard in shards:
        for file in shard.parent.glob(f"{shard.name}.*"):
            file.unlink()


def _run(graph: Any, operation: Any, placeholders: list[Any], feeds: list[Any]) -> None:
    tf = import_tensorflow()
    # A session of its own, which touches no accelerator that the user's session may have to itself. As a callable
    # it takes lists: tensors are no keys of a dictionary where TF2 compares them by value.
    session = tf.compat.v1.Session(graph=graph, config=tf.compat.v1.ConfigProto(device_count={"GPU": 0}))
    try:
        session.make_callable(operation, placeholders)(*feeds)
    except tf.errors.OpError as error:
        raise BridgeError(f"cannot write the values: {_first_line(error)}") from error
    finally:
        session.close()


def _first_line(error: Any) -> str:
    return next((line.strip() for line in str(error.message).splitlines() if line.strip()), type(error).__name__)
