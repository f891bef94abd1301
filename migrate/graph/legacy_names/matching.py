"""Which tensor of the new model stands for which tensor of the TF1 model, by signature and key."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from migrate.graph.legacy_names.results import Role
from migrate.graph.legacy_names.tensor_infos import named_tensors
from migrate.graph.tensors import Tensor, TensorNameError, parse_tensor
from migrate.signatures.components import argument_names, component_names
from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrate.signatures.model import MetaGraph, Shape, SignatureDef, TensorInfo

_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_RUN = _CALLS | {"NoOp"}
_ALIASES = frozenset({"Identity", "IdentityN", "PlaceholderWithDefault"})
_NODE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*", re.ASCII)


_MOST_PORTS = 10_000
"""No operation has that many outputs; a broken file may say any number."""


class Place(NamedTuple):
    """Where a SignatureDef of the new model names a tensor: a key, and the number in its `named_tensors`."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class Match:
    """One name of the TF1 model, and what the new model has for it.

    Attributes:
        role: Feed, fetch or run.
        signature: Of both models.
        key: For the user: the TF1 model's key, and the part of a sparse or composite tensor.
        name: As the TF1 model has it.
        legacy: The same, parsed; the control output of an operation. None where it is no legal name.
        new: The tensor in the new graph, or None.
        place: Where the new signature names it; None for an operation it does not name.
        dtype: The DataType number in the new model.
        shape: What the new signature says of its shape.
        reason: Why there is no `new`, or why it cannot have the name.
    """

    role: Role
    signature: str
    key: str
    name: str
    legacy: Tensor | None
    new: Tensor | None = None
    place: Place | None = None
    dtype: int = 0
    shape: Shape = None
    reason: str = ""

    @property
    def was(self) -> str:
        """The name in the new graph, for the user."""
        if self.new is None:
            return ""
        return self.new.node if self.new.is_control else str(self.new)


def matches_of(meta_graph: Any, original: MetaGraph) -> tuple[Match, ...]:
    """Every tensor and operation that the TF1 model's signatures name, with the new model's.

    Args:
        meta_graph: The new model's MetaGraphDef.
        original: The TF1 model's signatures.
    """
    found: list[Match] = []
    signatures = sorted(original.signatures, key=lambda signature: (signature.key != "serving_default", signature.key))
    nodes = {node.name: node for node in meta_graph.graph_def.node}
    for signature in signatures:
        new = meta_graph.signature_def.get(signature.key)
        found.extend(_side(signature, Role.FEED, new, nodes))
        found.extend(_side(signature, Role.FETCH, new, nodes))
    return tuple(found)


def _side(signature: SignatureDef, role: Role, definition: Any, nodes: Mapping[str, Any]) -> Iterator[Match]:
    """The matches of a signature's inputs, or of its outputs; the new SignatureDef is None where there is none."""
    new = None if definition is None else definition.inputs if role is Role.FEED else definition.outputs
    infos = signature.inputs if role is Role.FEED else signature.outputs
    taken = {info.key for info in infos}
    arguments = argument_names(name for info in infos for name in component_names(info))
    for info in infos:
        places = None if new is None else _places(info, new, arguments, taken)
        for number, (part, name, dtype) in enumerate(_tensors(info)):
            is_run = role is Role.FETCH and info.kind == "operation"
            match = Match(
                role=Role.RUN if is_run else role,
                signature=signature.key,
                key=f"{info.key} ({part})" if part else info.key,
                name=name,
                legacy=_parsed(name, is_run),
            )
            if match.legacy is None:
                yield replace(match, reason=f"{name!r} is no name that a graph can have")
            elif new is None:
                yield replace(match, reason=f"the new model has no signature {signature.key!r}")
            elif is_run:
                yield _operation(match, definition, nodes)
            elif places is None:
                side = "input" if role is Role.FEED else "output"
                hint = f"--rename-{side} can give one this key" if len(new) else f"it has no {side}s"
                yield replace(match, reason=f"the new signature has no {side} {info.key!r}; {hint}")
            else:
                yield _tensor(match, new, places[number], dtype, nodes)


def _tensor(match: Match, new: Mapping[str, Any], place: Place, dtype: str, nodes: Mapping[str, Any]) -> Match:
    _, name, number, shape = named_tensors(new[place.key])[place.number]
    try:
        tensor = parse_tensor(name)
    except TensorNameError:
        return replace(match, reason=f"{name!r}, which the new signature has for it, is no tensor's name")
    if tensor.node not in nodes:
        return replace(match, reason=f"the new graph has no tensor {name!r}, which its signature has for it")
    match = replace(match, new=tensor, place=place, dtype=number, shape=shape)
    if dtype_name(number) != dtype:
        return replace(match, reason=f"it was {dtype}, and is {dtype_name(number)} in the new model")
    return match


def _operation(match: Match, definition: Any, nodes: Mapping[str, Any]) -> Match:
    """An operation that clients run: what the new signature names under its key, else the signature's call."""
    if match.key in definition.outputs:
        name = named_tensors(definition.outputs[match.key])[0].name
        node = name.rpartition(":")[0] or name
        # A converted model's signature has the old name, which may be that of some variable now.
        if node in nodes and (":" in name or nodes[node].op in _RUN):
            return replace(match, new=Tensor(node, -1), place=Place(match.key, 0))
    calls = _calls(definition, nodes)
    if len(calls) != 1:
        return replace(match, reason="the new graph has no one operation that runs this signature")
    call = calls.pop()
    own = match.legacy.node if match.legacy is not None else ""
    return replace(match, new=Tensor(own if _runs(own, call, nodes) else call, -1))


def _runs(name: str, call: str, nodes: Mapping[str, Any]) -> bool:
    """Whether a node is what an earlier run added to run a call."""
    if name not in nodes:
        return False
    return list(nodes[name].input) == [f"^{call}"] or (
        nodes[name].op in _ALIASES and _behind(Tensor(name, 0), nodes).node == call
    )


def _calls(definition: Any, nodes: Mapping[str, Any]) -> set[str]:
    """The calls that compute a signature's outputs, or that take its inputs where it has no outputs."""
    outputs = _existing(definition.outputs, nodes)
    if outputs:
        found = {_behind(tensor, nodes).node for tensor in outputs}
    else:
        feeds = _existing(definition.inputs, nodes)
        found = {name for name, node in nodes.items() if any(parse_tensor(text) in feeds for text in node.input)}
    return {name for name in found if nodes[name].op in _CALLS}


def _existing(infos: Mapping[str, Any], nodes: Mapping[str, Any]) -> set[Tensor]:
    names = [part.name for info in infos.values() for part in named_tensors(info) if ":" in part.name]
    return {tensor for tensor in map(parse_tensor, names) if tensor.node in nodes}


def _behind(tensor: Tensor, nodes: Mapping[str, Any]) -> Tensor:
    """What a tensor is another name for, for instance one that an earlier run gave it."""
    while nodes[tensor.node].op in _ALIASES and tensor.port < len(nodes[tensor.node].input):
        tensor = parse_tensor(nodes[tensor.node].input[tensor.port])
    return tensor


def _places(
    info: TensorInfo, new: Mapping[str, Any], arguments: Mapping[str, str], taken: set[str]
) -> tuple[Place, ...] | None:
    """Where the new signature names the tensors of an input or output; None where it has none for it.

    TF2 knows a sparse `docs` as `docs_indices`, `docs_values` and `docs_dense_shape` where it loaded a TF1 model,
    and as `docs`, `docs_1` and `docs_2` where it exported a function of a SparseTensorSpec.
    """
    count = len(_tensors(info))
    for key in (info.key, arguments.get(info.key, info.key)):
        if key in new and len(named_tensors(new[key])) == count:
            return tuple(Place(key, number) for number in range(count))
    if count == 1:
        return None
    named = component_names(info)
    numbered = (info.key, *(f"{info.key}_{number}" for number in range(1, count)))
    spellings = [named, tuple(arguments.get(name, name) for name in named)]
    if not taken.intersection(numbered[1:]):
        spellings.append(numbered)
    dtypes = [dtype for _, _, dtype in _tensors(info)]
    for keys in spellings:
        if all(key in new and len(named_tensors(new[key])) == 1 for key in keys):
            there = [dtype_name(named_tensors(new[key])[0].dtype) for key in keys]
            if keys is not numbered or there == dtypes:
                return tuple(Place(key, 0) for key in keys)
    return None


def _tensors(info: TensorInfo) -> list[tuple[str, str, str]]:
    """Part, name and dtype of each tensor of a value, in the order of `named_tensors`."""
    if info.sparse is not None:
        dtypes = ("int64", info.dtype, "int64")
        return list(zip(("indices", "values", "dense_shape"), info.sparse, dtypes, strict=True))
    if info.components:
        leaves = _leaves(info)
        return [(f"component {number}", leaf.name, leaf.dtype) for number, leaf in enumerate(leaves)]
    return [("", info.name, info.dtype)]


def _leaves(info: TensorInfo) -> list[TensorInfo]:
    return [leaf for part in info.components for leaf in _leaves(part)] if info.components else [info]


def _parsed(name: str, is_run: bool) -> Tensor | None:
    try:
        tensor = Tensor(name, -1) if is_run else parse_tensor(name)
    except TensorNameError:
        return None
    return tensor if _NODE.fullmatch(tensor.node) and tensor.port < _MOST_PORTS else None
