"""Keys that are the names of TF1 tensors: `{t.name: t for t in model.outputs}`.

Keras 3 gives its tensors other names. So a key is taken from what is known: the name of the layer that makes the
output, and the op that it ends with, as in `dense_1/Softmax:0`; inputs have the name of their layer.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.source.flow import Region
from migrate.source.sites import RUN_TIME, Endpoint, ExportSite, SignatureSource
from migrate.source.strategies.keras.free_keys import is_free, is_run_time
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.tensor_names import TensorNames
from migrate.source.strategies.keras.tensors import model_tensor, root
from migrate.source.unprovable import INPUT, NOT_STATIC, Unprovable

_UNKNOWN = "the keys of its outputs are names of TF1 tensors, which cannot be told from here"
_UNKNOWN_INPUT = "the keys of its inputs are names of TF1 tensors, which cannot be told from here"


@dataclass(frozen=True, slots=True)
class NamedEnds:
    """An export whose keys are names of tensors.

    Attributes:
        site: The export, with the keys that are known.
        at_run_time: The signatures whose output keys the loaded model tells, and whether they end with `:0`.
        inputs_at_run_time: The inputs whose key the loaded model tells, and whether it ends with `:0`.
    """

    site: ExportSite
    at_run_time: dict[SignatureSource, bool]
    inputs_at_run_time: dict[Endpoint, bool]


def named_ends(site: ExportSite, layers: Layers) -> NamedEnds:
    """Finds out the keys that are the names of tensors.

    Args:
        site: An export, with run-time keys.
        layers: What the module says about its models.

    Raises:
        Unprovable: They cannot be known.
    """
    signatures: list[SignatureSource] = []
    at_run_time: dict[SignatureSource, bool] = {}
    inputs_at_run_time: dict[Endpoint, bool] = {}
    for signature in site.signatures:
        if is_run_time(signature.key) and not is_free(signature.key_node, site):
            raise Unprovable(NOT_STATIC, "the key of a signature is only known at run time", signature.key_node)
        if any(_is_name(endpoint, site) for endpoint in signature.inputs):
            inputs, late = _inputs(signature, site, layers)
            signature = replace(signature, inputs=inputs)
            inputs_at_run_time |= late
        if any(_is_name(endpoint, site) for endpoint in signature.outputs):
            outputs, suffix = _outputs(signature, site, layers)
            signature = replace(signature, outputs=outputs)
            if suffix is not None:
                at_run_time[signature] = suffix
        signatures.append(signature)
    return NamedEnds(replace(site, signatures=tuple(signatures)), at_run_time, inputs_at_run_time)


def _is_name(endpoint: Endpoint, site: ExportSite) -> bool:
    """Whether a key is made of the name of a tensor, or of something else that TF2 may know otherwise."""
    return is_run_time(endpoint.key) and not is_free(endpoint.key_node, site)


def _outputs(signature: SignatureSource, site: ExportSite, layers: Layers) -> tuple[tuple[Endpoint, ...], bool | None]:
    """The outputs with keys that are known, or whether all keys, which the loaded model tells, end with `:0`."""
    region = site.region
    outputs: list[Endpoint] = []
    for endpoint in signature.outputs:
        if not _is_name(endpoint, site):
            outputs.append(endpoint)
            continue
        tensors, suffix = _comprehended(endpoint, region, _UNKNOWN)
        tensor = model_tensor(tensors, region)
        if tensor is None or tensor.attribute not in ("output", "outputs") or (tensor.index or 0) != 0:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        names = TensorNames(layers, region).outputs(tensor.model)
        if names is None:
            if len(signature.outputs) != 1 or not layers.is_loaded_once(tensor.model, region):
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
            return (Endpoint(f"{ast.unparse(tensor.model)}.outputs", tensors),), suffix
        if tensor.attribute == "output" and len(names) != 1:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        outputs += _numbered(tensor.model, "outputs", names, suffix)
    return tuple(outputs), None


def _inputs(
    signature: SignatureSource, site: ExportSite, layers: Layers
) -> tuple[tuple[Endpoint, ...], dict[Endpoint, bool]]:
    """The inputs with keys that are known, and those whose key the loaded model tells, with whether it ends with `:0`."""
    region = site.region
    inputs: list[Endpoint] = []
    late: dict[Endpoint, bool] = {}
    for endpoint in signature.inputs:
        if not _is_name(endpoint, site):
            inputs.append(endpoint)
            continue
        tensors, suffix = _comprehended(endpoint, region, _UNKNOWN_INPUT)
        tensor = model_tensor(tensors, region)
        if tensor is None or not tensor.is_input or (isinstance(endpoint.tensor, ast.DictComp) and tensor.index):
            raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
        whole = isinstance(endpoint.tensor, ast.DictComp) and tensor.index is None
        names = TensorNames(layers, region).inputs(tensor.model)
        if names is None:
            if (
                len(signature.inputs) != 1
                or not layers.is_loaded_once(tensor.model, region)
                or (tensor.index or 0) != 0
            ):
                raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
            [only] = _numbered(tensor.model, "inputs", [""], suffix=False)
            only = replace(only, key=f"{RUN_TIME}{ast.unparse(tensor.model)}.input.name")
            late[only] = suffix
            inputs.append(only)
        elif whole:
            inputs += _numbered(tensor.model, "inputs", names, suffix)
        elif (tensor.index or 0) in range(len(names)):
            name = names[tensor.index or 0]
            inputs.append(Endpoint(f"{name}:0" if suffix else name, tensors))
        else:
            raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
    return tuple(inputs), late


def _numbered(model: ast.expr, attribute: str, names: Sequence[str], suffix: bool) -> list[Endpoint]:
    """All inputs, or all outputs, of a model under the names that they had."""
    found: list[Endpoint] = []
    for index, name in enumerate(names):
        node = ast.Subscript(ast.Attribute(model, attribute, ast.Load()), ast.Constant(index), ast.Load())
        found.append(Endpoint(f"{name}:0" if suffix else name, node))
    return found


def _comprehended(endpoint: Endpoint, region: Region, unknown: str) -> tuple[ast.expr, bool]:
    """The tensors behind an endpoint, and whether its keys are whole names, such as `scores/Softmax:0`."""
    match endpoint.tensor:
        case ast.DictComp(
            key=key,
            value=value,
            generators=[ast.comprehension(target=ast.Name(id=name), iter=tensors, ifs=[], is_async=0)],
        ):
            each = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 else value
            if isinstance(value, ast.Call) and not (region.resolve(value.func) or "").endswith("build_tensor_info"):
                raise Unprovable(NOT_STATIC, unknown, endpoint.tensor)
            if isinstance(each, ast.Name) and each.id == name:
                return tensors, _has_suffix(key, name, endpoint)
        case tensor:
            try:
                key = ast.parse(endpoint.key.removeprefix(RUN_TIME), mode="eval").body
            except SyntaxError:
                raise Unprovable(NOT_STATIC, unknown, endpoint.tensor) from None
            named = endpoint.key_node.value if isinstance(endpoint.key_node, ast.Attribute) else None
            if isinstance(named, ast.expr) and _same(named, tensor, region):
                # `{model.input.name: x}` with `x = model.input`
                return tensor, _has_suffix(key, ast.unparse(named), endpoint)
            return tensor, _has_suffix(key, ast.unparse(tensor), endpoint)
    raise Unprovable(NOT_STATIC, unknown, endpoint.tensor)


def _same(one: ast.expr, other: ast.expr, region: Region) -> bool:
    """Whether two expressions mean the same tensor of a model."""
    first, second = model_tensor(one, region), model_tensor(other, region)
    return (
        first is not None
        and second is not None
        and ast.dump(first.node) == ast.dump(second.node)
        and region.value_of.get(root(first.model)) is region.value_of.get(root(second.model))
    )


def _has_suffix(key: ast.expr, tensor: str, endpoint: Endpoint) -> bool:
    """Whether a key is the name of a tensor, or else that of its op."""
    match ast.unparse(key).removeprefix(tensor):
        case ".name":
            return True
        case ".op.name" | ".name.split(':')[0]" | ".name[:-2]" | ".name.replace(':0', '')":
            return False
    raise Unprovable(NOT_STATIC, f"the key {ast.unparse(key)} is only known at run time", endpoint.tensor)
