"""Makes, for each signature, the graph that TF2 is to trace: cut out, without references, without dead branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.graph.aliases import late_reads
from migrate.graph.branches import without_dead_branches
from migrate.graph.calls import partition_calls
from migrate.graph.cut import cut
from migrate.graph.functional import raise_control_flow
from migrate.graph.functional.repeated_adds import part_repeated_switched
from migrate.graph.functions import rename_by_content
from migrate.graph.order import reads_before_writes
from migrate.graph.references import resource_graph
from migrate.graph.tensors import Tensor, parse_tensor
from migrate.graph.view import tensors_of
from migrate.signatures.components import argument_names, component_names
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrate.graph.view import MetaGraphView
    from migrate.signatures import SignatureDef, TensorInfo
    from migrate.signatures.model import Shape


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a prepared function.

    Attributes:
        name: As Python and TF2 know it.
        dtype: TensorFlow's name of its type.
        shape: As the signature declares it.
        placeholder: The node of the prepared graph that stands for it.
    """

    name: str
    dtype: str
    shape: Shape
    placeholder: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A value that a prepared function returns.

    Attributes:
        name: Its key in the dictionary that is returned.
        tensor: The tensor of the prepared graph.
        shape: As the signature declares it.
    """

    name: str
    tensor: Tensor
    shape: Shape


@dataclass(frozen=True, slots=True)
class Prepared:
    """A function for TF2 to trace.

    Attributes:
        key: The signature's key, or a name for an initialisation.
        graph_def: Nodes; arguments and asset paths are Placeholders, variables are VarHandleOps.
        arguments: In the order of their names.
        returned: The outputs.
        operations: Nodes that have to run besides.
        assets: For each tensor with the path of an asset, the placeholder that stands for it.
        kept_v1: What of TF1's control flow could not be raised to functional operations, and why.
    """

    key: str
    graph_def: Any
    arguments: tuple[Argument, ...]
    returned: tuple[Returned, ...]
    operations: tuple[str, ...] = ()
    assets: tuple[tuple[str, str], ...] = ()
    kept_v1: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a signature's input or output: itself if it is dense."""

    key: str
    name: str
    info: TensorInfo
    tensor: Tensor


def parts_of(infos: Iterable[TensorInfo]) -> tuple[Part, ...]:
    """The dense tensors behind inputs or outputs, by the names that TF2 knows them by."""
    return tuple(
        Part(info.key, name, info, tensor)
        for info in infos
        for name, tensor in zip(component_names(info), tensors_of(info), strict=True)
    )


def prepare_signature(view: MetaGraphView, definition: SignatureDef) -> Prepared:
    """The function that a signature becomes.

    Raises:
        MigrateError: It names a tensor that is not there, feeds one twice, or an operation in its slice works on
            references and has no form for resource handles.
    """
    where = f"{view.source.path}: signature {definition.key}"
    slice_ = view.slices.get(definition.key) or view.slice_signature(definition)
    if slice_.missing:
        raise MigrateError(f"{where}: the graph has no tensor {slice_.missing[0]}")
    inputs, outputs = parts_of(definition.inputs), parts_of(definition.outputs)
    if len({part.tensor for part in inputs}) < len(inputs):
        raise MigrateError(f"{where}: two of its inputs feed the same tensor")
    names = argument_names(part.name for part in inputs)
    try:
        graph_def, feeds, tensors, assets, kept = _prepare(
            view, [part.tensor for part in outputs], [part.tensor for part in inputs]
        )
    except MigrateError as error:
        raise MigrateError(f"{where}: {error}") from error
    return Prepared(
        key=definition.key,
        graph_def=graph_def,
        arguments=tuple(
            Argument(names[part.name], *_spec(view, part), feeds[part.tensor].node)
            for part in sorted(inputs, key=lambda part: part.name)
        ),
        returned=tuple(
            Returned(part.name, tensors[part.tensor], _shape(part)) for part in outputs if not part.tensor.is_control
        ),
        operations=tuple(part.tensor.node for part in outputs if part.tensor.is_control),
        assets=assets,
        kept_v1=kept,
    )


def prepare_operations(view: MetaGraphView, key: str, operations: Iterable[Tensor]) -> Prepared:
    """A function without arguments that runs operations, such as a model's initialisation."""
    operations = tuple(operations)
    try:
        graph_def, _, _, assets, kept = _prepare(view, operations, ())
    except MigrateError as error:
        raise MigrateError(f"{view.source.path}: {key}: {error}") from error
    names = tuple(tensor.node for tensor in operations)
    return Prepared(key, graph_def, (), (), operations=names, assets=assets, kept_v1=kept)


def prepare_table(view: MetaGraphView, name: str) -> Prepared:
    """A function without arguments that makes a table and returns its handle."""
    tensor = Tensor(name, 0)
    graph_def, _, tensors, assets, kept = _prepare(view, (tensor,), ())
    for node in graph_def.node:
        # A table is found by what it shares; one that shares nothing was found by its node, which is a new one now.
        if node.name == name and not node.attr["shared_name"].s:
            node.attr["shared_name"].s = name.encode()
    return Prepared(name, graph_def, (), (Returned("handle", tensors[tensor], None),), (), assets, kept)


def _prepare(
    view: MetaGraphView, fetches: Iterable[Tensor], feeds: Iterable[Tensor]
) -> tuple[Any, Mapping[Tensor, Tensor], dict[Tensor, Tensor], tuple[tuple[str, str], ...], tuple[str, ...]]:
    fetches, feeds = tuple(fetches), tuple(feeds)
    slice_ = view.index.slice_of(fetches, frozenset(feeds))
    asset_tensors = [tensor for asset in view.assets if (tensor := parse_tensor(asset.tensor)).node in slice_]
    asset_tensors = [tensor for tensor in asset_tensors if tensor not in feeds]
    part = cut(view.index, fetches, [*feeds, *asset_tensors])
    local = {tensor: part.feeds.get(tensor, tensor) for tensor in fetches}
    registry = view.registry
    late = late_reads(part.graph_def, registry, local.values())
    local = {tensor: late.tensors.get(moved, moved) for tensor, moved in local.items()}
    resources = resource_graph(late.graph_def, registry, local.values())
    reads_before_writes(resources.graph_def, registry)
    tensors = {tensor: resources.tensors.get(moved, moved) for tensor, moved in local.items()}
    graph_def = without_dead_branches(resources.graph_def, registry, tensors.values())
    partition_calls(graph_def, registry)
    untrained = frozenset(node for node, variable in view.state.by_node.items() if not variable.trainable)
    raised = raise_control_flow(graph_def, registry, tensors.values(), untrained=untrained)
    part_repeated_switched(raised.graph_def)
    rename_by_content(raised.graph_def)
    tensors = {tensor: raised.renamed.get(moved, moved) for tensor, moved in tensors.items()}
    assets = tuple((str(tensor), part.feeds[tensor].node) for tensor in asset_tensors)
    kept = tuple(f"the {kept.kind} {kept.name} stays as TF1 wrote it, {kept.reason}" for kept in raised.kept)
    return raised.graph_def, part.feeds, tensors, assets, kept


def _spec(view: MetaGraphView, part: Part) -> tuple[str, Shape]:
    """The type and shape of an input's tensor; only a dense input's TensorInfo declares its tensor's shape."""
    if part.info.sparse is not None:
        rank = len(part.info.shape) if part.info.shape is not None else None
        indices, values, _ = part.info.sparse
        if str(part.tensor) == indices:
            return "int64", (None, rank)
        return (part.info.dtype, (None,)) if str(part.tensor) == values else ("int64", (rank,))
    if part.info.components:
        inner = next((info for info in _flat(part.info) if str(part.tensor) == info.name), None)
        if inner is not None:
            return inner.dtype, inner.shape
    # A SignatureDef may declare what its tensor is not; what is fed is the tensor.
    port = view.index.port(part.tensor)
    dtype = dtype_name(port.dtype) if port is not None and port.dtype else part.info.dtype
    return dtype, part.info.shape


def _flat(info: TensorInfo) -> list[TensorInfo]:
    return [inner for part in info.components for inner in (_flat(part) if part.components else [part])]


def _shape(part: Part) -> Shape:
    return part.info.shape if part.info.kind == "dense" else None
