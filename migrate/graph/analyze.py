"""Looks into a model without running anything of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.constants import constant_text
from migrate.graph.hazards import find_hazards
from migrate.graph.inspection import (
    Inspection,
    Loop,
    MetaGraphInspection,
    SignatureInspection,
    Unfed,
)
from migrate.graph.load import load_source, select_meta_graph
from migrate.graph.ports import output_ports
from migrate.graph.proposals import propose_signatures
from migrate.graph.registry import load_op_library
from migrate.graph.tensors import Tensor
from migrate.graph.trainability import not_trainable
from migrate.graph.view import MetaGraphView, SignatureSlice
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike


def inspect_model(
    path: str | PathLike[str],
    *,
    checkpoint: str | PathLike[str] | None = None,
    tags: Sequence[str] | None = None,
    op_libraries: Iterable[str] = (),
) -> Inspection:
    """Tells what is in a model: signatures, variables, tables, assets, loops, hazards.

    Nothing of the model is executed, and TensorFlow is not imported, only its proto types and the list of its
    operations (unless an op library has to be loaded).

    Args:
        path: A SavedModel directory, or a MetaGraphDef or GraphDef file, binary or text.
        checkpoint: The prefix of the variables' checkpoint, where it does not lie with the model.
        tags: Those of one MetaGraph; by default all are inspected.
        op_libraries: Shared libraries with custom operations; loading one runs its initialisers.

    Raises:
        MigrateError: The model cannot be read; the message is one line that names the file.
    """
    inspection, _ = inspect_views(path, checkpoint=checkpoint, tags=tags, op_libraries=op_libraries)
    return inspection


def inspect_views(
    path: str | PathLike[str],
    *,
    checkpoint: str | PathLike[str] | None = None,
    tags: Sequence[str] | None = None,
    op_libraries: Iterable[str] = (),
) -> tuple[Inspection, tuple[MetaGraphView, ...]]:
    """What `inspect_model` tells, and the view of each MetaGraph in the same order, from which pictures are drawn.

    Raises:
        MigrateError: The model cannot be read; the message is one line that names the file.
    """
    for library in op_libraries:
        load_op_library(library)
    source = load_source(path, checkpoint)
    chosen = source.meta_graphs if tags is None else (select_meta_graph(source, tags),)
    views = tuple(MetaGraphView(source, meta_graph) for meta_graph in chosen)
    inspection = Inspection(
        path=source.path,
        form=source.form,
        file_size=source.file.stat().st_size,
        checkpoint=source.checkpoint,
        meta_graphs=tuple(map(inspect_meta_graph, views)),
    )
    return inspection, views


def inspect_meta_graph(view: MetaGraphView) -> MetaGraphInspection:
    """What is in one MetaGraph."""
    signatures = tuple(_signature(view, slice_) for slice_ in view.slices.values())
    switches = view.frames.loop_switches()
    return MetaGraphInspection(
        tags=view.tags,
        tensorflow_version=view.meta_graph.meta_info_def.tensorflow_version,
        producer=view.meta_graph.graph_def.versions.producer,
        nodes=len(view.index.nodes),
        functions=len(view.index.functions),
        has_objects=view.meta_graph.HasField("object_graph_def"),
        signatures=signatures,
        variables=tuple(view.state.variables.values()),
        tables=tuple(view.state.tables.values()),
        assets=view.assets,
        init_operations=tuple(tensor.node for tensor in view.init_operations),
        loops=_loops(view),
        conditionals=len(
            {
                view.index.data_inputs(name)[1]
                for name in view.index.nodes
                if view.index.op(name) in ("Switch", "RefSwitch") and name not in switches
            }
        ),
        hazards=find_hazards(view),
        proposals=() if signatures else propose_signatures(view),
    )


def _signature(view: MetaGraphView, slice_: SignatureSlice) -> SignatureInspection:
    state = view.state
    variables = {state.by_node[node].name for node in slice_.nodes if node in state.by_node}
    written = set()
    for node in slice_.nodes:
        written |= {state.by_node[maker].name for maker in state.handles.writes(node) if maker in state.by_node}
    tables = [table for table in state.tables.values() if table.name in slice_.nodes]
    asset_paths = {asset.tensor: asset.filename for asset in view.assets}
    return SignatureInspection(
        definition=slice_.definition,
        nodes=len(slice_.nodes),
        variables=tuple(name for name in state.variables if name in variables),
        writes=tuple(name for name in state.variables if name in written),
        tables=tuple(table.name for table in tables),
        assets=tuple(asset_paths.get(tensor, tensor) for table in tables for tensor in table.asset_tensors),
        initializers=_initializers(view, slice_),
        unfed=unfed_placeholders(view, slice_),
        batch_dimension=_batch_dimension(slice_),
        not_trainable=not_trainable(view, slice_),
    )


def unfed_placeholders(view: MetaGraphView, slice_: SignatureSlice) -> tuple[Unfed, ...]:
    """The placeholders a signature needs and does not feed, those with a default as well."""
    assets = {asset.tensor for asset in view.assets}
    found = []
    for name in sorted(slice_.nodes):
        op = view.index.op(name)
        tensor = Tensor(name, 0)
        if op not in ("Placeholder", "PlaceholderV2", "PlaceholderWithDefault"):
            continue
        if tensor in slice_.feeds or str(tensor) in assets:
            continue
        definition = view.index.definition(name)
        ports = output_ports(view.index.nodes[name], definition) if definition is not None else ()
        default = None
        if op == "PlaceholderWithDefault":
            default = constant_text(view.index, view.index.data_inputs(name)[0])
        found.append(Unfed(str(tensor), dtype_name(ports[0].dtype) if ports else "", default))
    return tuple(found)


def _initializers(view: MetaGraphView, slice_: SignatureSlice) -> tuple[str, ...]:
    """The operations of the model's initialisation that fill or set what the signature uses."""
    handles = view.state.handles
    makers = {node for node in slice_.nodes if node in view.state.by_node or node in view.state.tables}
    return tuple(name for name in view.index.nodes if name in view.init_slice and handles.writes(name) & makers)


def _batch_dimension(slice_: SignatureSlice) -> int | str | None:
    shapes = [info.shape for info in slice_.definition.inputs if info.kind == "dense"]
    first = {shape[0] for shape in shapes if shape}
    if not shapes or len(first) != 1 or not all(shapes):
        return None
    size = first.pop()
    return "any" if size is None else size


def _loops(view: MetaGraphView) -> tuple[Loop, ...]:
    members: dict[tuple[str, ...], list[str]] = {}
    for name, frame in view.frames.of.items():
        if frame:
            members.setdefault(frame, []).append(name)
    return tuple(
        Loop(
            frame=frame[-1],
            parent=frame[-2] if len(frame) > 1 else "",
            nodes=len(names),
            signatures=tuple(key for key, slice_ in view.slices.items() if not slice_.nodes.isdisjoint(names)),
        )
        for frame, names in members.items()
    )
