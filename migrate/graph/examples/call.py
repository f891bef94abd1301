"""Finds the function call behind a signature of a model that TF2 wrote.

`tf.saved_model.save` makes, for each signature, a placeholder for each input and one call of a function named
`__inference_signature_wrapper_...`, whose further inputs are what it captures (`_generate_signatures` in
tensorflow/python/saved_model/save.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migrate.errors import MigrateError
from migrate.graph.tensors import Tensor, parse_tensor
from migrate.signatures.model import SignatureDef

_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
_CONVERT = "convert it first: `tf-migrate convert MODEL OUT`"


@dataclass(frozen=True, slots=True, eq=False)
class SignatureCall:
    """The call that computes a signature.

    Attributes:
        node: Its NodeDef.
        function: The FunctionDef.
        arguments: The keys of the signature's inputs, in the order of the call's.
        captures: The call's further inputs, as NodeDefs spell them.
        control: Its control inputs, as NodeDefs spell them.
        ports: For each output of the signature that is looked at, which one of the call it is.
        nodes: The names of the nodes that the signature consists of: outputs first, then the call, then inputs.
    """

    node: Any
    function: Any
    arguments: tuple[str, ...]
    captures: tuple[str, ...]
    control: tuple[str, ...]
    ports: Mapping[str, int]
    nodes: tuple[str, ...]


def find_call(meta_graph: Any, signature: SignatureDef, outputs: Sequence[str]) -> SignatureCall:
    """The call behind a signature.

    Args:
        meta_graph: The MetaGraphDef.
        signature: One of its signatures.
        outputs: The keys of the outputs that matter; all are dense.

    Raises:
        MigrateError: TF2 did not write the model, or not in this form.
    """
    where = f"signature `{signature.key}`"
    if not meta_graph.object_graph_def.nodes:
        raise MigrateError(f"{where}: TensorFlow 1 wrote this model; {_CONVERT}")
    nodes = {node.name: node for node in meta_graph.graph_def.node}
    paths = {key: _path(nodes, _tensor(signature, key)) for key in outputs}
    ends = {key: path[-1] for key, path in paths.items()}
    names = {end.node for end in ends.values()}
    call = nodes.get(next(iter(names))) if len(names) == 1 else None
    if call is None or call.op not in _CALLS:
        raise MigrateError(f"{where}: its outputs do not come from one function call, as TF2 writes them; {_CONVERT}")
    functions = {function.signature.name: function for function in meta_graph.graph_def.library.function}
    name = call.attr["f"].func.name
    data = [text for text in call.input if not text.startswith("^")]
    arguments = _arguments(signature, data)
    count = len(call.attr["Tout"].list.type)
    bound = meta_graph.object_graph_def.concrete_functions
    # Reading a map of messages would put the key there.
    captured = len(bound[name].bound_inputs) if name in bound else -1
    if (
        arguments is None
        or name not in functions
        or len(data) != len(arguments) + captured
        or len(functions[name].signature.input_arg) != len(data)
        or any(end.port >= count for end in ends.values())
    ):
        raise MigrateError(f"{where}: the call of its function `{name}` is not what TF2 writes; export the model again")
    passed = [end.node for path in paths.values() for end in path[:-1]]
    placeholders = [parse_tensor(text).node for text in data[: len(arguments)]]
    return SignatureCall(
        node=call,
        function=functions[name],
        arguments=arguments,
        captures=tuple(data[len(arguments) :]),
        control=tuple(text for text in call.input if text.startswith("^")),
        ports={key: end.port for key, end in ends.items()},
        nodes=(*passed, call.name, *placeholders),
    )


def _tensor(signature: SignatureDef, key: str) -> Tensor:
    info = signature.output(key)
    assert info is not None
    return parse_tensor(info.name)


def _path(nodes: Mapping[str, Any], tensor: Tensor) -> list[Tensor]:
    """A tensor, and those it is an Identity of (`--tensor-names` puts some there), as far as it goes."""
    path = [tensor]
    while (node := nodes.get(path[-1].node)) is not None and node.op == "Identity" and node.input:
        if len(path) > len(nodes):  # A broken graph goes round in a circle.
            break
        path.append(parse_tensor(node.input[0]))
    return path


def _arguments(signature: SignatureDef, data: Sequence[str]) -> tuple[str, ...] | None:
    """The keys of all inputs in the order of the call's first inputs, or None where those are others."""
    keys = {parse_tensor(info.name): info.key for info in signature.inputs}
    tensors = [parse_tensor(text) for text in data[: len(keys)]]
    if len(keys) != len(signature.inputs) or set(tensors) != set(keys):
        return None
    return tuple(keys[tensor] for tensor in tensors)
