"""Output keys that are the names of TF1 tensors: `{t.name: t for t in model.outputs}`.

Keras 3 gives its tensors other names. So a key is taken from what is known: the name of the layer that makes the
output, and the op that it ends with, as in `dense_1/Softmax:0`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.source.flow import Region
from migrate.source.sites import RUN_TIME, Endpoint, ExportSite, SignatureSource
from migrate.source.strategies.keras.free_keys import is_free, is_run_time
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.output_names import OutputNames
from migrate.source.strategies.keras.tensors import ModelTensor, model_tensor
from migrate.source.unprovable import INPUT, NOT_STATIC, Unprovable

OUTPUT_KEYS = "_output_keys"
OUTPUT_KEYS_HELPER = f'''def {OUTPUT_KEYS}(model):
\t"""The names that the model's outputs had in TensorFlow 1, by which its clients know them."""
\tops = {{"relu": "Relu", "sigmoid": "Sigmoid", "softmax": "Softmax", "tanh": "Tanh"}}
\tif len(model.outputs) == 1:
\t\tlayers = [model.layers[-1]]
\telse:
\t\tlayers = [model.get_layer(name) for name in model.output_names]
\tkeys = []
\tfor layer, output in zip(layers, model.outputs):
\t\tactivation = getattr(getattr(layer, "activation", None), "__name__", None)
\t\top = ops.get(activation)
\t\tif activation == "linear" and getattr(layer, "use_bias", False):
\t\t\top = "BiasAdd"
\t\tplain = type(layer).__name__ in ("Activation", "Conv2D", "Dense")
\t\tif not plain or op is None or (op == "Softmax" and len(output.shape) != 2):
\t\t\traise ValueError(f"The TensorFlow 1 name of the output of {{layer.name}} is unknown")
\t\tkeys.append(f"{{layer.name}}/{{op}}:0")
\treturn keys'''
_UNKNOWN = "the keys of its outputs are names of TF1 tensors, which cannot be told from here"


@dataclass(frozen=True, slots=True)
class NamedOutputs:
    """An export whose output keys are names of tensors.

    Attributes:
        site: The export, with the keys that are known.
        at_run_time: The signatures whose keys the loaded model tells, and whether they end with `:0`.
    """

    site: ExportSite
    at_run_time: dict[SignatureSource, bool]


def named_outputs(site: ExportSite, layers: Layers) -> NamedOutputs:
    """Finds out the keys that are the names of tensors.

    Args:
        site: An export, with run-time keys.
        layers: What the module says about its models.

    Raises:
        Unprovable: They cannot be known.
    """
    signatures: list[SignatureSource] = []
    at_run_time: dict[SignatureSource, bool] = {}
    for signature in site.signatures:
        if is_run_time(signature.key) and not is_free(signature.key_node, site):
            raise Unprovable(NOT_STATIC, "the key of a signature is only known at run time", signature.key_node)
        for endpoint in signature.inputs:
            if is_run_time(endpoint.key) and not is_free(endpoint.key_node, site):
                reason = "the keys of its inputs are names of TF1 tensors, which TF2 does not have"
                raise Unprovable(INPUT, reason, endpoint.tensor)
        named = [
            endpoint
            for endpoint in signature.outputs
            if is_run_time(endpoint.key) and not is_free(endpoint.key_node, site)
        ]
        if named:
            signature, suffix = _signature(signature, named, site.region, layers)
            if suffix is not None:
                at_run_time[signature] = suffix
        signatures.append(signature)
    return NamedOutputs(replace(site, signatures=tuple(signatures)), at_run_time)


def _signature(
    signature: SignatureSource, named: Sequence[Endpoint], region: Region, layers: Layers
) -> tuple[SignatureSource, bool | None]:
    """The signature with keys that are known, or whether all its keys, which the loaded model tells, end with `:0`."""
    outputs: list[Endpoint] = []
    for endpoint in signature.outputs:
        if endpoint not in named:
            outputs.append(endpoint)
            continue
        tensors, suffix = _comprehended(endpoint, region)
        tensor = model_tensor(tensors, region)
        if tensor is None or tensor.attribute not in ("output", "outputs") or (tensor.index or 0) != 0:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        names = OutputNames(layers, region).of(tensor.model)
        if names is None:
            if len(signature.outputs) != 1 or not layers.is_loaded_once(tensor.model, region):
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
            everything = Endpoint(f"{ast.unparse(tensor.model)}.outputs", tensors)
            return replace(signature, outputs=(everything,)), suffix
        if tensor.attribute == "output" and len(names) != 1:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        for index, name in enumerate(names):
            node = ast.Subscript(ast.Attribute(tensor.model, "outputs", ast.Load()), ast.Constant(index), ast.Load())
            outputs.append(Endpoint(f"{name}:0" if suffix else name, node))
    return replace(signature, outputs=tuple(outputs)), None


def _comprehended(endpoint: Endpoint, region: Region) -> tuple[ast.expr, bool]:
    """The tensors behind an endpoint, and whether its keys are whole names, such as `scores/Softmax:0`."""
    match endpoint.tensor:
        case ast.DictComp(
            key=key,
            value=value,
            generators=[ast.comprehension(target=ast.Name(id=name), iter=tensors, ifs=[], is_async=0)],
        ):
            each = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 else value
            if isinstance(value, ast.Call) and not (region.resolve(value.func) or "").endswith("build_tensor_info"):
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
            if isinstance(each, ast.Name) and each.id == name:
                return tensors, _has_suffix(key, name, endpoint)
        case tensor:
            try:
                key = ast.parse(endpoint.key.removeprefix(RUN_TIME), mode="eval").body
            except SyntaxError:
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor) from None
            return tensor, _has_suffix(key, ast.unparse(tensor), endpoint)
    raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)


def _has_suffix(key: ast.expr, tensor: str, endpoint: Endpoint) -> bool:
    """Whether a key is the name of a tensor, or else that of its op."""
    match ast.unparse(key).removeprefix(tensor):
        case ".name":
            return True
        case ".op.name" | ".name.split(':')[0]" | ".name[:-2]" | ".name.replace(':0', '')":
            return False
    raise Unprovable(NOT_STATIC, f"the key {ast.unparse(key)} is only known at run time", endpoint.tensor)


def is_whole(tensor: ModelTensor) -> bool:
    """Whether a tensor stands for all outputs of a model."""
    return tensor.attribute == "outputs" and tensor.index is None
