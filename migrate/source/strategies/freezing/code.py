"""The functions that new code freezes a Keras model with."""

from __future__ import annotations

import re
from dataclasses import dataclass

IMPORTS = (
    "from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef",
    "from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2",
    "from tensorflow.python.framework.graph_util_impl import extract_sub_graph",
    "from tensorflow.python.framework.meta_graph import strip_graph_default_valued_attrs",
)

_INPUTS = '''
def {inputs}(model):
    """The names of a model's input nodes, as TensorFlow 1 made them."""
    names = [tensor._keras_history[0].name for tensor in model.inputs]
    if not any(name.startswith(("input_layer", "functional")) for name in names):
        return names
    # Keras 3 made them up.
    first = model.layers[0].name
    if not isinstance(model, {tf}.keras.Sequential) or first.startswith("functional"):
        raise ValueError("name the Input layers as TensorFlow 1 did: input_1, ...")
    return [first + "_input"]
'''

_OUTPUTS = '''
def {outputs}(model):
    """The names of a model's output nodes, as TensorFlow 1 made them."""
    operations = {{
        "linear": "BiasAdd",
        "relu": "Relu",
        "sigmoid": "Sigmoid",
        "tanh": "Tanh",
    }}
    names = []
    for tensor in model.outputs:
        layer = tensor._keras_history[0]
        operations["softmax"] = "Softmax" if len(tensor.shape) == 2 else "truediv"
        operation = None
        if type(layer).__name__ in ("Dense", "Conv2D", "Activation"):
            operation = operations.get(layer.activation.__name__)
        if operation == "BiasAdd" and not getattr(layer, "use_bias", False):
            operation = None
        if operation is None:
            raise ValueError("write down the name of the output of " + layer.name)
        names.append(layer.name + "/" + operation)
    return names
'''

_GRAPH = '''
def {graph}(model):
    """Returns the graph that a model runs, without the values of its variables."""
    signature = [
        {tf}.TensorSpec(tensor.shape, tensor.dtype, name=name)
        for tensor, name in zip(model.inputs, {inputs}(model))
    ]

    @{tf}.function(input_signature=signature)
    def call(*inputs):
        return model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)

    return call.get_concrete_function().graph.as_graph_def()
'''

_FREEZE = '''
def {freeze}(model, output_names):
    """Returns a model as a GraphDef, with constants in place of its variables."""
    signature = [
        {tf}.TensorSpec(tensor.shape, tensor.dtype, name=name)
        for tensor, name in zip(model.inputs, {inputs}(model))
    ]

    @{tf}.function(input_signature=signature)
    def call(*inputs):
        inputs = list(inputs) if len(inputs) > 1 else inputs[0]
        outputs = {call}
        return [
            {tf}.identity(outputs[i], name=name)
            for i, name in enumerate(output_names)
        ]

    frozen = convert_variables_to_constants_v2(call.get_concrete_function())
    graph_def = extract_sub_graph(frozen.graph.as_graph_def(), list(output_names))
    # Programs on TensorFlow 1 do not know what nodes have got since.
    meta_graph = MetaGraphDef(graph_def=graph_def)
    strip_graph_default_valued_attrs(meta_graph)
    for node in meta_graph.graph_def.node:
        node.ClearField("experimental_type")
    return meta_graph.graph_def
'''


@dataclass(frozen=True, slots=True)
class FreezingNames:
    """What new code calls TensorFlow and the functions.

    Attributes:
        tf: TensorFlow.
        inputs: Gives the names of the input nodes.
        outputs: Gives the names of the output nodes.
        freeze: Freezes.
        graph: Gives the graph of a model, not frozen.
    """

    tf: str
    inputs: str
    outputs: str
    freeze: str
    graph: str


def definitions(names: FreezingNames, *, outputs: bool, rows: bool, graph: bool = False) -> tuple[str, ...]:
    r"""The functions, in the marks of `Changes`.

    Args:
        names: What they are called.
        outputs: Whether the names of output nodes are computed, too.
        rows: Whether the only output of a model counts as a list of its rows, as in `model.output[i]`.
        graph: Whether the graph is written, too.
    """
    templates = [_INPUTS, *([_OUTPUTS] if outputs else []), *([_GRAPH] if graph else []), _FREEZE]
    call = "model(inputs, training=False)"
    texts = {
        "tf": names.tf,
        "inputs": names.inputs,
        "outputs": names.outputs,
        "freeze": names.freeze,
        "graph": names.graph,
        "call": call if rows else f"{names.tf}.nest.flatten({call})",
    }
    return tuple(_marked(template.format(**texts).strip("\n")) for template in templates)


def _marked(text: str) -> str:
    """The text with a tab for each level of indentation."""
    return re.sub(r"^(?: {4})+", lambda match: "\t" * (len(match[0]) // 4), text, flags=re.MULTILINE)
