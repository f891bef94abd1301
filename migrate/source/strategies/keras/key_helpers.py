"""Functions that a rewritten file brings along, to ask a model what the source does not say."""

from __future__ import annotations

OUTPUT_KEYS = "_output_keys"
OUTPUT_NAMES = "_output_names"
INPUT_KEY = "_input_key"
WEIGHTS = "_weights"

KEY_HELPERS = {
    OUTPUT_KEYS: f'''def {OUTPUT_KEYS}(model):
\t"""The names that the model's outputs had in TensorFlow 1, by which its clients know them."""
\tops = {{name: name.capitalize() for name in ("elu", "relu", "sigmoid", "softmax", "softplus", "tanh")}}
\talways = {{"Flatten": "Reshape", "GlobalAveragePooling2D": "Mean", "Reshape": "Reshape"}}
\tif len(model.outputs) == 1:
\t\tlayers = [model.layers[-1]]
\telse:
\t\tlayers = [model.get_layer(name) for name in model.output_names]
\tkeys = []
\tfor layer, output in zip(layers, model.outputs):
\t\tkind = type(layer).__name__
\t\tflat = len(output.shape) == 2
\t\tactivation = getattr(getattr(layer, "activation", None), "__name__", None)
\t\top = always.get(kind)
\t\tif kind in ("Activation", "Conv2D", "Dense"):
\t\t\top = ops.get(activation) if flat or activation != "softmax" else None
\t\t\tif activation == "linear" and getattr(layer, "use_bias", False) and (flat or kind == "Conv2D"):
\t\t\t\top = "BiasAdd"
\t\tif op is None:
\t\t\traise ValueError(f"The TensorFlow 1 name of the output of {{layer.name}} is unknown")
\t\tkeys.append(f"{{layer.name}}/{{op}}:0")
\treturn keys''',
    OUTPUT_NAMES: f'''def {OUTPUT_NAMES}(model):
\t"""The names of the layers that make the model's outputs, as model.output_names gave them in TensorFlow 1."""
\tif len(model.outputs) == 1:
\t\treturn [model.layers[-1].name]
\tnames = list(model.output_names)
\tif len(set(names)) < len(names):
\t\traise ValueError("One layer makes several outputs, whose names TensorFlow 1 numbered")
\treturn names''',
    INPUT_KEY: f'''def {INPUT_KEY}(model):
\t"""The name that the model's only input had in TensorFlow 1, by which its clients know it."""
\tif len(model.inputs) != 1:
\t\traise ValueError("The model has several inputs, and the export said one")
\tname = model.inputs[0].name.partition(":")[0]
\tif type(model).__name__ == "Sequential" and name.startswith(("input_layer", "keras_tensor")):
\t\t# Keras 3 made it up.
\t\tname = f"{{model.layers[0].name}}_input"
\treturn f"{{name}}:0"''',
    WEIGHTS: f'''def {WEIGHTS}(function):
\t"""The variables of a signature; no call may change them, as none did in TensorFlow 1."""
\tconcrete = function.get_concrete_function()
\tgraph = concrete.graph.as_graph_def()
\tnodes = [*graph.node, *(node for called in graph.library.function for node in called.node_def)]
\tif any(node.op.startswith("Assign") and TF.as_dtype(node.attr["dtype"].type).is_floating for node in nodes):
\t\traise ValueError("A layer keeps its state from one call to the next, which TensorFlow 1 did not serve")
\treturn concrete.variables''',
}
"""The text of each."""
