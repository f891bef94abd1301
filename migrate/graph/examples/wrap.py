"""Makes of a signature that takes tensors one that takes serialized tf.Examples.

The MetaGraphDef is edited and the model not loaded: loading and saving it again would lose what
`tf.saved_model.save` does not know of, method names, tags and other signatures' keys among it.
"""

from __future__ import annotations

import re
from typing import Any

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.examples.call import SignatureCall, find_call
from migrate.graph.examples.feeds import Feeds, plan_feeds
from migrate.graph.examples.function import Wrapper, make_wrapper
from migrate.graph.examples.object_graph import add_signature_function, set_shape, signature_map
from migrate.graph.examples.results import output_of, plan_classification, plan_regression
from migrate.graph.examples.spec import check_specs
from migrate.graph.examples.unused import remove_unused
from migrate.graph.examples.wrapping import INPUTS, Wrapping, WrapResult, check_wrapping
from migrate.graph.registry import runtime_ops
from migrate.signatures.model import BOOKKEEPING, SignatureDef, TensorInfo
from migrate.signatures.read import parse_meta_graph

_NO_NODE = re.compile(r"[^0-9A-Za-z_.]")


def wrap_with_examples(meta_graph: Any, wrapping: Wrapping) -> WrapResult:
    """Replaces a signature by one that parses tf.Examples and calls what it called.

    Its input is then `inputs`, string [batch]; its outputs are `classes`, string [batch, n], and `scores`, float32
    [batch, n], or one of them, or `outputs`, float32 [batch] or [batch, 1]. Method name, graph and object graph are
    set. What the old signature had for itself goes; the old function stays, as the new one calls it.

    Args:
        meta_graph: A `tensorflow.MetaGraphDef`, changed in place; not at all where an error is raised.
        wrapping: What is asked for.

    Raises:
        MigrateError: It cannot be done; the message names the signature and says what to do.
    """
    check_wrapping(wrapping)
    check_specs(wrapping.features)
    signature = _signature(meta_graph, wrapping.key)
    feeds = plan_feeds(signature, wrapping.features)
    options = {"--outputs": wrapping.outputs, "--scores": wrapping.scores, "--classes": wrapping.classes}
    outputs = [output_of(signature, key, option).key for option, key in options.items() if key is not None]
    call = find_call(meta_graph, signature, outputs)
    _check_parses_nothing(meta_graph, signature, feeds)
    signature_map(meta_graph.object_graph_def, wrapping.key)
    if wrapping.outputs is not None:
        wrapper = make_wrapper(
            meta_graph, signature, call, feeds, plan_regression(signature, wrapping.outputs, feeds.batch)
        )
    else:
        plan = plan_classification(signature, wrapping, feeds.batch)
        wrapper = make_wrapper(meta_graph, signature, call, feeds, plan)
    _replace(meta_graph, wrapping, call, feeds, wrapper)
    features = tuple(feed.feature for feed in feeds.feeds)
    return WrapResult(_signature(meta_graph, wrapping.key), features, feeds.defaulted)


def _signature(meta_graph: Any, key: str) -> SignatureDef:
    if key not in meta_graph.signature_def or key in BOOKKEEPING:
        raise MigrateError(f"signature `{key}`: there is none of that name")
    alone = protos.meta_graph_def()
    alone.signature_def[key].CopyFrom(meta_graph.signature_def[key])
    (signature,) = parse_meta_graph(alone.SerializeToString()).signatures
    return signature


def _check_parses_nothing(meta_graph: Any, signature: SignatureDef, feeds: Feeds) -> None:
    """A signature that parses its input needs its method name back, not a second parser."""
    from migrate.verify.example_spec import PARSERS
    from migrate.verify.flatgraph import FlatGraph, TooLargeError

    try:
        graph = FlatGraph(meta_graph.graph_def)
    except (TooLargeError, KeyError, RecursionError):
        return
    fed = {feed.feature.input for feed in feeds.feeds if feed.input_dtype == "string"}
    for info in signature.inputs:
        ref = graph.tensor(info.name) if info.key in fed else None
        if ref is not None and any(
            node.op in PARSERS and graph.producer(node.inputs[0]) is graph.nodes[ref.node]
            for node in graph.nodes.values()
        ):
            raise MigrateError(
                f"signature `{signature.key}`: its input `{info.key}` is parsed as tf.Examples already; restore its "
                "method name without --examples"
            )


def _replace(meta_graph: Any, wrapping: Wrapping, call: SignatureCall, feeds: Feeds, wrapper: Wrapper) -> None:
    """Puts the function into the model in the place of the signature's."""
    graph = meta_graph.graph_def
    message = meta_graph.signature_def[wrapping.key]
    message.Clear()
    remove_unused(meta_graph, call.nodes)
    taken = {node.name for node in graph.node}
    placeholder = graph.node.add(name=_free(f"{wrapping.key}_{INPUTS}", taken), op="Placeholder")
    placeholder.attr["dtype"].type = 7
    set_shape(placeholder.attr["shape"].shape, (feeds.batch,))
    set_shape(placeholder.attr["_output_shapes"].list.shape.add(), (feeds.batch,))
    node = graph.node.add()
    node.CopyFrom(wrapper.call)
    node.name = _free(node.op, taken)
    node.input.insert(0, placeholder.name)
    graph.library.function.add().CopyFrom(wrapper.definition)
    _add_operations(meta_graph, wrapper.definition)

    argument = TensorInfo(INPUTS, f"{placeholder.name}:0", "string", (feeds.batch,))
    message.method_name = wrapping.api.method_name
    _set_info(message.inputs[INPUTS], argument)
    for number, info in enumerate(wrapper.outputs):
        _set_info(message.outputs[info.key], TensorInfo(info.key, f"{node.name}:{number}", info.dtype, info.shape))
    wrapped, new = call.function.signature.name, wrapper.definition.signature.name
    add_signature_function(meta_graph.object_graph_def, wrapping.key, wrapped, new, argument, wrapper.outputs)


def _free(wanted: str, taken: set[str]) -> str:
    """A legal node name that no node has."""
    clean = _NO_NODE.sub("_", wanted)
    clean = clean if clean[0] != "_" else f"signature{clean}"
    name, number = clean, 0
    while name in taken:
        number += 1
        name = f"{clean}_{number}"
    return name


def _set_info(message: Any, info: TensorInfo) -> None:
    from migrate.graph.examples.body import NUMBERS

    message.name = info.name
    message.dtype = NUMBERS[info.dtype]
    set_shape(message.tensor_shape, info.shape)


def _add_operations(meta_graph: Any, function: Any) -> None:
    """Lists the OpDefs of new operations as TF2 lists them, without their documentation."""
    listed = meta_graph.meta_info_def.stripped_op_list
    known = {definition.name for definition in listed.op}
    for op in sorted({node.op for node in function.node_def} | {"Placeholder"}):
        definition = runtime_ops().get(op)
        if op in known or definition is None:
            continue
        copy = listed.op.add()
        copy.CopyFrom(definition)
        copy.ClearField("summary")
        copy.ClearField("description")
        for argument in (*copy.input_arg, *copy.output_arg, *copy.attr):
            argument.ClearField("description")
