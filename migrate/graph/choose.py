"""Which signatures a conversion is about: the model's own, those that were asked for, proposed or exposed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.graph.naming import identifier
from migrate.graph.proposals import propose_signatures
from migrate.graph.requests import DEFAULT_KEY, RequestedSignature, add_signature
from migrate.graph.tensors import Tensor, parse_tensor
from migrate.graph.view import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrate.graph.view import MetaGraphView


def add_requested(
    view: MetaGraphView, signatures: Iterable[RequestedSignature], expose: Mapping[str, str], *, auto: bool
) -> tuple[str, ...]:
    """Writes the signatures that were asked for into the MetaGraphDef; returns their keys."""
    wanted = list(signatures)
    if auto:
        wanted.append(_proposed(view))
    there = {definition.key for definition in view.signatures}
    for key, tensor in expose.items():
        wanted.append(_exposed(view, key, tensor))
    for signature in wanted:
        if signature.key in there:
            raise MigrateError(f"{view.source.path}: there is a signature {signature.key} already; choose another key")
        there.add(signature.key)
        add_signature(view.meta_graph, view.index, signature, str(view.source.path))
    return tuple(signature.key for signature in wanted)


def _proposed(view: MetaGraphView) -> RequestedSignature:
    if view.signatures:
        there = ", ".join(definition.key for definition in view.signatures)
        raise MigrateError(f"{view.source.path}: --signature auto is for models without signatures; it has: {there}")
    proposals = propose_signatures(view)
    if not proposals or not proposals[0].is_sure:
        raise MigrateError(
            f"{view.source.path}: it is not clear what its inputs and outputs are; look at `tf-migrate inspect "
            f"{view.source.path}` and name them with --input and --output"
        )
    best = proposals[0]
    return RequestedSignature(
        best.key,
        {candidate.name: candidate.tensor for candidate in best.inputs},
        {candidate.name: candidate.tensor for candidate in best.outputs},
    )


def _exposed(view: MetaGraphView, key: str, tensor: str) -> RequestedSignature:
    """A signature for an inner tensor: its inputs are those of the first signature that can feed all it needs."""
    parsed = parse_tensor(tensor)
    if not view.index.has_tensor(parsed):
        raise MigrateError(f"{view.source.path}: the graph has no tensor {tensor}")
    for definition in sorted(view.signatures, key=lambda definition: definition.key != DEFAULT_KEY):
        feeds = view.slices[definition.key].feeds
        nodes = view.index.slice_of([parsed], feeds)
        unfed = [name for name in nodes if view.index.op(name) in PLACEHOLDERS and Tensor(name, 0) not in feeds]
        if not unfed:
            used = {
                info.key: info.name
                for info in definition.inputs
                if info.kind == "dense" and _is_needed(view, parse_tensor(info.name), nodes, parsed)
            }
            return RequestedSignature(key, used, {key: tensor})
    nodes = view.index.slice_of([parsed])
    placeholders = [name for name in view.index.nodes if name in nodes and view.index.op(name) in PLACEHOLDERS]
    return RequestedSignature(key, {identifier(name): f"{name}:0" for name in placeholders}, {key: tensor})


def _is_needed(view: MetaGraphView, feed: Tensor, nodes: frozenset[str], fetch: Tensor) -> bool:
    return feed == fetch or any(feed in view.index.inputs(name) for name in nodes)


def chosen_keys(view: MetaGraphView, only: Sequence[str], requested: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the signatures to convert, sorted."""
    there = tuple(view.slices)
    if not there:
        raise MigrateError(
            f"{view.source.path}: it has no signatures; name inputs and outputs with --input and --output, or let "
            f"`tf-migrate inspect {view.source.path}` propose some"
        )
    for key in only:
        if key not in there:
            raise MigrateError(f"{view.source.path}: no signature {key}; there is: {', '.join(there)}")
    wanted = {*only, *requested} if only else set(there)
    return tuple(key for key in there if key in wanted)
