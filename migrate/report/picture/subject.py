"""What a picture is of: a signature, a proposed one, or a whole graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.graph.tensors import Tensor, parse_tensor
from migrate.graph.view import tensors_of
from migrate.report.amounts import shape_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.inspection import Candidate, Hazard, MetaGraphInspection
    from migrate.graph.view import MetaGraphView
    from migrate.signatures import TensorInfo

_PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})


@dataclass(frozen=True, slots=True)
class End:
    """An input or output of a signature.

    Attributes:
        name: Its name in the signature.
        detail: Its type and shape.
        tensors: The graph's tensors it stands for.
    """

    name: str
    detail: str
    tensors: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of.

    Attributes:
        key: The signature's key, empty for a whole graph.
        title: A heading.
        nodes: The nodes that run.
        inputs: Where it starts.
        outputs: Where it ends.
        hazards: What is to be marked.
        writes: The names of the variables that it changes.
    """

    key: str
    title: str
    nodes: frozenset[str]
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    hazards: tuple[Hazard, ...]
    writes: frozenset[str]


def subjects(view: MetaGraphView, found: MetaGraphInspection) -> tuple[Subject, ...]:
    """What there is to draw of a MetaGraph: its signatures, else a proposed one, else the whole graph."""
    if found.signatures:
        return tuple(_signature(view, found, signature.definition.key) for signature in found.signatures)
    if found.proposals:
        return tuple(_proposal(view, found, number) for number in range(len(found.proposals)))
    return (_whole(view, found),)


def _signature(view: MetaGraphView, found: MetaGraphInspection, key: str) -> Subject:
    slice_ = view.slices[key]
    signature = next(signature for signature in found.signatures if signature.definition.key == key)
    return Subject(
        key=key,
        title=f"Signature {key}",
        nodes=slice_.nodes,
        inputs=tuple(map(_end, slice_.definition.inputs)),
        outputs=tuple(map(_end, slice_.definition.outputs)),
        hazards=_hazards_in(found, slice_.nodes),
        writes=frozenset(signature.writes),
    )


def _end(info: TensorInfo) -> End:
    tensors = tensors_of(info)
    kind = "" if info.kind in ("dense", "operation") else f"{info.kind} "
    detail = "operation" if info.kind == "operation" else f"{kind}{info.dtype} {shape_text(info.shape)}"
    return End(info.key, detail, tensors)


def _proposal(view: MetaGraphView, found: MetaGraphInspection, number: int) -> Subject:
    proposal = found.proposals[number]
    inputs = _candidates(proposal.inputs)
    outputs = _candidates(proposal.outputs)
    feeds = frozenset(tensor for end in inputs for tensor in end.tensors)
    nodes = view.index.slice_of([tensor for end in outputs for tensor in end.tensors], feeds)
    title = f"Proposed signature {proposal.key}"
    return Subject(proposal.key, title, nodes, inputs, outputs, _hazards_in(found, nodes), frozenset())


def _candidates(candidates: Iterable[Candidate]) -> tuple[End, ...]:
    return tuple(
        End(candidate.name, f"{candidate.dtype} {shape_text(candidate.shape)}", (parse_tensor(candidate.tensor),))
        for candidate in candidates
    )


def _whole(view: MetaGraphView, found: MetaGraphInspection) -> Subject:
    inputs = tuple(
        End(name, _placeholder(node), (Tensor(name, 0),))
        for name, node in view.index.nodes.items()
        if node.op in _PLACEHOLDERS
    )
    nodes = frozenset(view.index.nodes)
    return Subject("", "The whole graph", nodes, inputs, (), _hazards_in(found, nodes), frozenset())


def _placeholder(node: object) -> str:
    from migrate.signatures.dtypes import dtype_name

    attributes = node.attr  # type: ignore[attr-defined]
    shape = attributes["shape"].shape if "shape" in attributes else None
    if shape is None or shape.unknown_rank:
        sizes = None
    else:
        sizes = tuple(None if dim.size < 0 else dim.size for dim in shape.dim)
    return f"{dtype_name(attributes['dtype'].type)} {shape_text(sizes)}"


def _hazards_in(found: MetaGraphInspection, nodes: frozenset[str]) -> tuple[Hazard, ...]:
    return tuple(hazard for hazard in found.hazards if hazard.node in nodes)
