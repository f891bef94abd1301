"""A frozen GraphDef as a SavedModel, so that it can be run and compared like one.

A frozen graph has no signatures: programs feed and fetch its tensors by name. So its placeholders are the inputs,
the tensors at its ends the outputs, and their names are what must not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from migrate.errors import MigrateError
from migrate.graph.load import load_source
from migrate.graph.reference_model import write_reference
from migrate.graph.requests import RequestedSignature, add_signature
from migrate.graph.tensors import Tensor
from migrate.graph.view import PLACEHOLDERS, MetaGraphView
from migrate.signatures import read_meta_graphs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrate.signatures import SignatureDef, TensorInfo

KEY = "frozen_graph"
"""The signature that stands for the whole of a frozen graph."""

TAGS = ("serve",)
_INTERNAL = frozenset({0, 20, 21})
"""DT_INVALID, DT_RESOURCE, DT_VARIANT: nothing that can be fetched and compared."""


class Ends(Protocol):
    """The tensors of a frozen graph that programs feed and fetch."""

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """Those that are fed."""

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """Those that are fetched."""


class FrozenGraph:
    """A GraphDef that needs nothing but itself.

    Args:
        file: It, binary or text.

    Raises:
        MigrateError: It cannot be read, or its graph is broken.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._source = load_source(file)
        self._view = MetaGraphView(self._source, self._source.meta_graphs[0])
        index = self._view.index
        self.inputs = tuple(Tensor(name, 0) for name in index.nodes if index.op(name) in PLACEHOLDERS)
        inner = {tensor.node for tensor, users in index.consumers.items() if users and not tensor.is_control}
        inner |= {tensor.node for tensor in self.inputs}
        self.outputs = tuple(
            Tensor(name, port)
            for name in index.nodes
            if name not in inner
            for port, info in enumerate(index.output_ports(name) or ())
            if info.dtype not in _INTERNAL
        )

    def write(self, directory: Path, signature: RequestedSignature | None = None) -> None:
        """Writes the graph as a SavedModel.

        Args:
            directory: An empty directory.
            signature: The one it is to have; by default all placeholders and all ends, under their tensors' names.

        Raises:
            MigrateError: The graph has no tensor of one of the names, or nothing to fetch.
        """
        if signature is None:
            signature = RequestedSignature(KEY, _named(self.inputs), _named(self.outputs))
        if not signature.outputs:
            raise MigrateError(f"{self.file}: the graph has nothing to fetch")
        add_signature(self._view.meta_graph, self._view.index, signature, self.file.name)
        write_reference(directory, self._source, self._view.meta_graph, TAGS, ())

    def like(self, other: Ends) -> tuple[RequestedSignature, tuple[str, ...]]:
        """The other graph's tensors in this one.

        Returns:
            The signature over those that this one has, and a sentence for each that it has not.
        """
        lacking = []
        found: tuple[dict[str, str], dict[str, str]] = ({}, {})
        for tensors, mine, verb in ((other.inputs, found[0], "feed"), (other.outputs, found[1], "fetch")):
            for tensor in tensors:
                if self._view.index.has_tensor(tensor):
                    mine[str(tensor)] = str(tensor)
                else:
                    lacking.append(f"AFTER's graph has no tensor {tensor}: programs that {verb} it by name fail")
        return RequestedSignature(KEY, *found), tuple(lacking)

    def as_signature(self, wanted: SignatureDef) -> RequestedSignature | None:
        """This graph's tensors for the inputs and outputs of a SavedModel's signature, by their names.

        Args:
            wanted: The signature.

        Returns:
            The same signature over this graph; None where it is not clear which tensor is which.
        """
        inputs = _matched(wanted.inputs, self.inputs)
        outputs = _matched(wanted.outputs, self.outputs)
        if inputs is None or outputs is None:
            return None
        return RequestedSignature(wanted.key, inputs, outputs, wanted.method_name)


def write_like(graph: FrozenGraph, directory: Path, model: Path) -> str:
    """Writes a frozen graph as a SavedModel with the signature of another SavedModel.

    Args:
        graph: The frozen graph.
        directory: An empty directory.
        model: The SavedModel that stands for it now.

    Returns:
        Why that cannot be done; empty where it was.
    """
    signatures = read_meta_graphs(model)[0].signatures
    for wanted in signatures:
        found = graph.as_signature(wanted)
        if found is not None:
            graph.write(directory, found)
            return ""
    return (
        "it is not clear which tensors of the frozen graph are the inputs and outputs of the SavedModel: the names "
        "have nothing in common"
    )


def _named(tensors: tuple[Tensor, ...]) -> dict[str, str]:
    return {str(tensor): str(tensor) for tensor in tensors}


def _matched(infos: tuple[TensorInfo, ...], tensors: tuple[Tensor, ...]) -> Mapping[str, str] | None:
    if len(infos) == 1 and len(tensors) == 1:
        return {infos[0].key: str(tensors[0])}
    found = {}
    for info in infos:
        same = [tensor for tensor in tensors if info.key in (tensor.node, tensor.node.rpartition("/")[2], str(tensor))]
        if len(same) != 1:
            return None
        found[info.key] = str(same[0])
    return found
