"""One MetaGraph under all the lights the analysis has: index, state, frames, and a slice for each signature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.frames import Frames
from migrate.graph.index import GraphIndex
from migrate.graph.initialization import asset_files, init_operations
from migrate.graph.registry import registry_of
from migrate.graph.state import State
from migrate.graph.tensors import Tensor, parse_tensor
from migrate.signatures.read import parse_meta_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.source import AssetFile, Source
    from migrate.signatures import SignatureDef, TensorInfo


PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2"})
"""Operations that cannot run: their outputs have to be fed."""


@dataclass(frozen=True, slots=True)
class SignatureSlice:
    """A signature in terms of the graph.

    Attributes:
        definition: Its SignatureDef.
        feeds: The tensors its inputs feed.
        fetches: The tensors its outputs fetch; an operation that is an output is a control output.
        nodes: What runs.
        missing: Tensors it names that the graph does not have.
    """

    definition: SignatureDef
    feeds: frozenset[Tensor]
    fetches: tuple[Tensor, ...]
    nodes: frozenset[str]
    missing: tuple[str, ...] = ()


class MetaGraphView:
    """One MetaGraph of a model.

    Args:
        source: The model.
        meta_graph: One of its MetaGraphDefs.

    Raises:
        MigrateError: Its graph is broken.
    """

    def __init__(self, source: Source, meta_graph: Any) -> None:
        self.source = source
        self.meta_graph = meta_graph
        self.registry = registry_of(meta_graph)
        try:
            self.index = GraphIndex(meta_graph.graph_def, self.registry)
        except MigrateError as error:
            raise MigrateError(f"{source.file}: {error}") from error
        self.state = State(self.index, meta_graph)
        self.frames = Frames(self.index)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Sorted."""
        return tuple(sorted(self.meta_graph.meta_info_def.tags))

    @cached_property
    def signatures(self) -> tuple[SignatureDef, ...]:
        """Sorted by key, without TensorFlow's bookkeeping."""
        small = protos.meta_graph_def()
        for key, definition in self.meta_graph.signature_def.items():
            small.signature_def[key].CopyFrom(definition)
        return parse_meta_graph(small.SerializeToString()).signatures

    @cached_property
    def slices(self) -> Mapping[str, SignatureSlice]:
        """By key."""
        return {definition.key: self.slice_signature(definition) for definition in self.signatures}

    @cached_property
    def assets(self) -> tuple[AssetFile, ...]:
        """The files the model keeps."""
        return asset_files(self.source, self.meta_graph)

    @cached_property
    def init_operations(self) -> tuple[Tensor, ...]:
        """What runs when the model is loaded."""
        return init_operations(self.source, self.meta_graph, self.index)

    @cached_property
    def init_slice(self) -> frozenset[str]:
        """The nodes that run when the model is loaded."""
        return self.index.slice_of(self.init_operations)

    def signatures_changed(self) -> None:
        """Forgets the signatures as they were: the MetaGraphDef has others now."""
        for name in ("signatures", "slices"):
            self.__dict__.pop(name, None)

    def slice_signature(self, definition: SignatureDef) -> SignatureSlice:
        """What a signature runs."""
        feeds = [tensor for info in definition.inputs for tensor in tensors_of(info)]
        fetches = [tensor for info in definition.outputs for tensor in tensors_of(info)]
        missing = [tensor for tensor in (*feeds, *fetches) if not self.index.has_tensor(tensor)]
        fed = frozenset(feeds) - frozenset(missing)
        fetched = tuple(tensor for tensor in fetches if tensor not in missing)
        return SignatureSlice(
            definition=definition,
            feeds=fed,
            fetches=fetched,
            nodes=self.index.slice_of(fetched, fed),
            missing=tuple(str(tensor) for tensor in missing),
        )

    def slice_of(self, names: Iterable[str]) -> frozenset[str]:
        """The nodes that run for these tensors, nothing fed."""
        return self.index.slice_of(map(parse_tensor, names))


def tensors_of(info: TensorInfo) -> tuple[Tensor, ...]:
    """The tensors of an input or output: one, three for a sparse one, its parts for a composite one."""
    if info.sparse is not None:
        return tuple(map(parse_tensor, info.sparse))
    if info.components:
        return tuple(tensor for part in info.components for tensor in tensors_of(part))
    if info.kind == "operation":
        return (Tensor(info.name.lstrip("^"), -1),)
    return (parse_tensor(info.name),)
