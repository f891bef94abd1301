"""One of the two models, with every inner tensor of a signature within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.graph.registry import registry_of
from migrate.signatures.quiet import import_tensorflow, quiet
from migrate.verify.compare import as_array, compare_arrays
from migrate.verify.flatgraph import FlatGraph, Ref
from migrate.verify.locate.inline import Inliner
from migrate.verify.locate.operations import PASSED_ON, TABLES, VARIABLES
from migrate.verify.models import RANDOM, Failure, output_tensors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from migrate.signatures import SignatureDef
    from migrate.verify.flatgraph import Node
    from migrate.verify.models import Model
    from migrate.verify.samples import Sample

_PREFIX = "tf_migrate_inlined"
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """A tensor's value.

    Attributes:
        array: In one call.
        stable: Whether it was the same in another call with the same inputs.
    """

    array: NDArray[Any]
    stable: bool


class Side:
    """The part of a model that computes a signature, without calls, in the model's own session.

    Args:
        model: The model.
        signature: One of its signatures.
        sample: On which it is looked at.

    Raises:
        CannotInlineError: Its functions cannot be looked into.

    Attributes:
        graph: The nodes that compute the signature's outputs.
        feeds: The tensors that are fed, with the inputs' names.
        outputs: The tensors of the outputs, by part.
        random: The random operations among the nodes.
        registry: What operations take and give.
    """

    def __init__(self, model: Model, signature: SignatureDef, sample: Sample) -> None:
        self._model, self._signature, self._sample = model, signature, sample
        self.registry = registry_of(model.loaded)
        tensors = [name for info in signature.outputs for _, name in output_tensors(info)]
        inputs = [name for info in signature.inputs for _, name in output_tensors(info)]
        known = {node.name for node in model.loaded.graph_def.node}
        inliner = Inliner(model.loaded.graph_def, self.registry)
        inliner.add(name.partition(":")[0] for name in [*tensors, *inputs] if name.partition(":")[0] in known)
        self.graph = FlatGraph(inliner.graph_def)
        self._prefix = self._import(inliner) if inliner.made else ""
        self._made = frozenset(inliner.made)
        self.feeds: dict[Ref, str] = {}
        for info in signature.inputs:
            for part, name in output_tensors(info):
                if (ref := self.graph.tensor(name)) is not None:
                    self.feeds[ref] = part
        self.outputs = {
            part: ref
            for info in signature.outputs
            for part, name in output_tensors(info)
            if (ref := self.graph.tensor(name)) is not None
        }
        self.random = frozenset(node.op for node in self.graph.nodes.values()) & RANDOM
        self._readers: dict[Ref, list[str]] = {}
        self._in_loops = _in_loops(self.graph)

    @property
    def model(self) -> Model:
        """The model it is a part of."""
        return self._model

    def node(self, ref: Ref) -> Node | None:
        """The node that makes a tensor."""
        return self.graph.nodes.get(ref.node)

    def origin(self, ref: Ref) -> Ref:
        """The tensor behind all that passes values on; for a variable's value, the variable."""
        seen: set[Ref] = set()
        while ref not in self.feeds and ref not in seen:
            seen.add(ref)
            node = self.node(ref)
            if node is None or not node.inputs or not _passes_on(node):
                break
            ref = node.inputs[ref.index if node.op == "IdentityN" else 0]
        return ref

    def values(self, refs: Iterable[Ref]) -> dict[Ref, Fetched | None]:
        """What the tensors are on the sample: of a variable its value, of a lookup table its sorted entries.

        Returns:
            None for what cannot be fetched, such as a tensor inside of a v1 loop.
        """
        found: dict[Ref, Fetched | None] = {}
        wanted = list(dict.fromkeys(refs))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            answers = self._fetch(part)
            if answers is None:  # One that cannot be fetched spoils the others.
                for ref in part:
                    found.update(self._fetch([ref]) or {ref: None})
            else:
                found.update(answers)
        return found

    def _fetch(self, refs: list[Ref]) -> dict[Ref, Fetched | None] | None:
        first = self._fetch_once(refs)
        if first is None:
            return None
        again = self._fetch_once(refs) if self.random else first
        return {
            ref: None if array is None else Fetched(array, again is None or _unchanged(array, again[ref]))
            for ref, array in first.items()
        }

    def _fetch_once(self, refs: list[Ref]) -> dict[Ref, NDArray[Any] | None] | None:
        names = {ref: self._names(ref) for ref in refs}
        flat = [name for parts in names.values() for name in parts]
        answer = self._model.fetch(self._signature, self._sample.inputs, flat) if flat else []
        if isinstance(answer, Failure):
            return None
        arrays = dict(zip(flat, map(as_array, answer), strict=True))
        return {ref: _together([arrays[name] for name in parts]) for ref, parts in names.items()}

    def _names(self, ref: Ref) -> list[str]:
        """The tensors to fetch for a tensor; two for a table; none for what cannot be fetched."""
        node = self.node(ref)
        if node is None or ref.node in self._in_loops:
            return []
        name = f"{self._prefix}{node.key[0]}" if node.key[0] in self._made else node.key[0]
        if node.op not in TABLES and node.op != "VarHandleOp":
            tensor = self._model.session.graph.get_tensor_by_name(f"{name}:{ref.index}")
            return [] if tensor.dtype.base_dtype.name in ("resource", "variant") else [tensor.name]
        if ref not in self._readers:
            self._readers[ref] = self._read(node, f"{name}:{ref.index}")
        return self._readers[ref]

    def _read(self, node: Node, name: str) -> list[str]:
        """Puts operations into the session's graph that read a variable or table."""
        tf = import_tensorflow()
        graph = self._model.session.graph
        handle = graph.get_tensor_by_name(name)
        with graph.as_default(), tf.device("/cpu:0"):
            if node.op in VARIABLES:
                dtype = tf.dtypes.as_dtype(node.attr["dtype"].type)
                return [tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype).name]
            if handle.dtype.base_dtype != tf.resource:
                export = tf.raw_ops.LookupTableExport
            else:
                export = tf.raw_ops.LookupTableExportV2
            keys, values = (node.attr[attribute].type for attribute in ("key_dtype", "value_dtype"))
            entries = export(table_handle=handle, Tkeys=tf.dtypes.as_dtype(keys), Tvalues=tf.dtypes.as_dtype(values))
            return [tensor.name for tensor in entries]

    def _import(self, inliner: Inliner) -> str:
        """Puts the nodes that stand for calls into the session's graph, beside those that are there."""
        tf = import_tensorflow()
        graph = self._model.session.graph
        part = type(inliner.graph_def)()
        part.versions.CopyFrom(inliner.graph_def.versions)
        mapped: dict[str, Any] = {}
        for node in inliner.graph_def.node:
            if node.name not in inliner.made:
                continue
            copy = part.node.add()
            copy.CopyFrom(node)
            del copy.input[:]
            for source in node.input:
                name, _, index = source.removeprefix("^").partition(":")
                if name in inliner.made:
                    copy.input.append(source)
                elif not source.startswith("^"):
                    copy.input.append(source)
                    mapped[source] = graph.get_tensor_by_name(f"{name}:{index or 0}")
        with quiet(), graph.as_default():
            name = graph.unique_name(_PREFIX, mark_as_used=False)
            tf.graph_util.import_graph_def(part, input_map=mapped, name=name)
        return f"{name}/"


def short_name(name: str) -> str:
    """A node's name without the calls it is inside of: `MatMul` of `StatefulPartitionedCall/MatMul`."""
    parts = name.split("/")
    while len(parts) > 1 and parts[0].partition("_")[0] in ("StatefulPartitionedCall", "PartitionedCall"):
        parts = parts[1:]
    return "/".join(parts)


def variable_name(node: Node) -> str:
    """What a variable is called."""
    shared = node.attr["shared_name"].s.decode("utf-8", "replace") if "shared_name" in node.attr else ""
    return shared or short_name(node.key[0])


def _passes_on(node: Node) -> bool:
    if node.op == "Cast":
        return bool(node.attr["SrcT"].type == node.attr["DstT"].type)
    return node.op in PASSED_ON


def _in_loops(graph: FlatGraph) -> frozenset[tuple[str, ...]]:
    """The nodes inside of v1 loops, which may have many values in a call, or none."""
    todo = [node.key for node in graph.nodes.values() if node.op in ("Enter", "RefEnter")]
    seen = set(todo)
    while todo:
        for node, _ in graph.consumers_of(todo.pop()):
            if node.key not in seen and node.op not in ("Exit", "RefExit"):
                seen.add(node.key)
                todo.append(node.key)
    return frozenset(seen)


def _unchanged(array: NDArray[Any], other: NDArray[Any] | None) -> bool:
    return other is not None and compare_arrays(array, other).equal


def _together(arrays: list[NDArray[Any]]) -> NDArray[Any] | None:
    """One array of what was fetched for a tensor: of a table the pairs of key and value, sorted by key."""
    if len(arrays) < 2:
        return arrays[0] if arrays else None
    keys, values = arrays
    order = np.argsort(keys.astype(object), kind="stable")
    pairs = np.empty((len(keys), 2), dtype=object)
    pairs[:, 0] = keys[order]
    pairs[:, 1] = [value if np.ndim(value) == 0 else str(value) for value in values[order]]
    return pairs
