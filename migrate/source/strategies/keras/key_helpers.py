"""Functions that a rewritten file brings along, to ask a loaded model for the names of its TF1 tensors."""

from __future__ import annotations

OUTPUT_KEYS = "_output_keys"
INPUT_KEY = "_input_key"

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
    INPUT_KEY: f'''def {INPUT_KEY}(model):
\t"""The name that the model's only input had in TensorFlow 1, by which its clients know it."""
\tif len(model.inputs) != 1:
\t\traise ValueError("The model has several inputs, and the export said one")
\tif type(model).__name__ == "Sequential":
\t\treturn f"{{model.layers[0].name}}_input:0"
\treturn model.inputs[0].name.partition(":")[0] + ":0"''',
}
"""The text of each."""
