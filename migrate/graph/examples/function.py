"""The function behind a wrapped signature: parse, call what the signature called, and return."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migrate.graph.examples.body import NUMBERS, Body
from migrate.graph.examples.call import SignatureCall
from migrate.graph.examples.feeds import Feeds
from migrate.graph.examples.parsing_nodes import parse_features
from migrate.graph.examples.result_nodes import return_classification, return_regression
from migrate.graph.examples.results import Classification, Column
from migrate.graph.examples.wrapping import INPUTS
from migrate.signatures.model import SignatureDef, TensorInfo

_NUMBERED = re.compile(r"_(\d+)\Z")
_NO_NAME = re.compile(r"[^0-9A-Za-z_]")
_READ_ONLY = "_read_only_resource_inputs"


@dataclass(frozen=True, slots=True, eq=False)
class Wrapper:
    """The function that was made.

    Attributes:
        definition: The FunctionDef: `inputs`, string [batch], then what the wrapped function captures.
        outputs: What it returns, in order.
        call: A NodeDef that calls it, with the captures as inputs, without a name.
    """

    definition: Any
    outputs: tuple[TensorInfo, ...]
    call: Any


def make_wrapper(
    meta_graph: Any, signature: SignatureDef, call: SignatureCall, feeds: Feeds, results: Classification | Column
) -> Wrapper:
    """Makes the function; the MetaGraphDef is only read.

    Args:
        meta_graph: The MetaGraphDef.
        signature: The signature that is wrapped.
        call: The call behind it.
        feeds: What feeds its inputs.
        results: What becomes of its outputs.
    """
    body = Body(_function_name(meta_graph, signature.key))
    taken = body.function.signature.input_arg.add(name=INPUTS, type=NUMBERS["string"])
    attributes = body.function.arg_attr[0].attr
    attributes["_user_specified_name"].s = INPUTS.encode()
    attributes["_output_shapes"].list.shape.add().dim.add(size=-1 if feeds.batch is None else feeds.batch)
    tensors = parse_features(body, taken.name, feeds.feeds, signature.key)
    for number, key in enumerate(feeds.defaulted):
        tensors[key] = _input_default(body, f"default_{number}", meta_graph.signature_def[signature.key].defaults[key])
    captures = _captures(body, call)
    inner = body.function.node_def.add()
    inner.CopyFrom(call.node)
    inner.name = "call"
    del inner.input[:]
    inner.input.extend([*(tensors[key] for key in call.arguments), *captures])
    inner.attr.pop("_class", None)
    outputs = {key: f"call:output:{port}" for key, port in call.ports.items()}
    if isinstance(results, Classification):
        returned = return_classification(body, INPUTS, outputs, results, feeds.batch)
    else:
        returned = return_regression(body, INPUTS, outputs, results, feeds.batch)
    if "_construction_context" in call.function.attr:
        body.function.attr["_construction_context"].CopyFrom(call.function.attr["_construction_context"])
    _set_state(body, call)
    return Wrapper(body.function, returned, _call_node(body.function, returned, call))


def _function_name(meta_graph: Any, key: str) -> str:
    """A name that no function has, with a number as TF2's have, by which fingerprints order functions."""
    library = meta_graph.graph_def.library
    names = [function.signature.name for function in library.function]
    numbers = [int(match[1]) for name in names if (match := _NUMBERED.search(name))]
    return f"__inference_signature_wrapper_{_NO_NAME.sub('_', key)}_examples_{max(numbers, default=0) + 1}"


def _captures(body: Body, call: SignatureCall) -> list[str]:
    """Arguments for what the wrapped function captures, as it has them but for the names."""
    first = len(call.arguments)
    names = []
    for number, argument in enumerate(call.function.signature.input_arg[first:]):
        copy = body.function.signature.input_arg.add()
        copy.CopyFrom(argument)
        copy.name = f"capture_{number}"
        if first + number in call.function.arg_attr:
            body.function.arg_attr[1 + number].CopyFrom(call.function.arg_attr[first + number])
        names.append(copy.name)
    return names


def _input_default(body: Body, name: str, value: Any) -> str:
    """A Const with the default value (TensorProto) of an input that no feature feeds."""
    node = body.add(name, "Const", ())
    node.attr["dtype"].type = value.dtype
    node.attr["value"].tensor.CopyFrom(value)
    return f"{name}:output:0"


def _set_state(body: Body, call: SignatureCall) -> None:
    signature = body.function.signature
    signature.is_stateful = call.node.op == "StatefulPartitionedCall" or any(
        node.op == "Assert" for node in body.function.node_def
    )
    if call.function.signature.is_stateful:
        # What it does besides its outputs is done, whichever of them are fetched.
        signature.control_output.append("call")
        body.function.control_ret["call"] = "call"


def _call_node(function: Any, outputs: Sequence[TensorInfo], call: SignatureCall) -> Any:
    """A call of the function that is like the one it wraps."""
    node = type(call.node)()
    node.CopyFrom(call.node)
    node.name = ""
    node.op = "StatefulPartitionedCall" if function.signature.is_stateful else "PartitionedCall"
    node.attr["f"].func.name = function.signature.name
    for key, arguments in (("Tin", function.signature.input_arg), ("Tout", function.signature.output_arg)):
        del node.attr[key].list.type[:]
        node.attr[key].list.type.extend(argument.type for argument in arguments)
    node.attr["_output_shapes"].list.ClearField("shape")
    for info in outputs:
        shape = node.attr["_output_shapes"].list.shape.add()
        for size in info.shape or ():
            shape.dim.add(size=-1 if size is None else size)
    if _READ_ONLY in node.attr:
        first = len(call.arguments)
        moved = [index - first + 1 for index in node.attr[_READ_ONLY].list.i if index >= first]
        del node.attr[_READ_ONLY].list.i[:]
        node.attr[_READ_ONLY].list.i.extend(moved)
    node.attr.pop("_class", None)
    del node.input[:]
    node.input.extend([*call.captures, *call.control])
    return node
