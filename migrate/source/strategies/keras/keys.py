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
from migrate.source.strategies.keras.pairs import Naming, Pairs, naming_of, read_pairs
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
        at_run_time: The signatures whose output keys only the running program tells, and how.
        inputs_at_run_time: The inputs whose key the loaded model tells, and what name that is.
    """

    site: ExportSite
    at_run_time: dict[SignatureSource, Pairs]
    inputs_at_run_time: dict[Endpoint, Naming]


def named_ends(site: ExportSite, layers: Layers) -> NamedEnds:
    """Finds out the keys that are the names of tensors.

    Args:
        site: An export, with run-time keys.
        layers: What the module says about its models.

    Raises:
        Unprovable: They cannot be known.
    """
    signatures: list[SignatureSource] = []
    at_run_time: dict[SignatureSource, Pairs] = {}
    inputs_at_run_time: dict[Endpoint, Naming] = {}
    for signature in site.signatures:
        if is_run_time(signature.key) and not is_free(signature.key_node, site):
            raise Unprovable(NOT_STATIC, "the key of a signature is only known at run time", signature.key_node)
        if any(_is_name(endpoint, site) for endpoint in signature.inputs):
            inputs, late = _inputs(signature, site, layers)
            signature = replace(signature, inputs=inputs)
            inputs_at_run_time |= late
        if any(_is_name(endpoint, site) for endpoint in signature.outputs):
            outputs, late_outputs = _outputs(signature, site, layers)
            signature = replace(signature, outputs=outputs)
            if late_outputs is not None:
                at_run_time[signature] = late_outputs
        signatures.append(signature)
    return NamedEnds(replace(site, signatures=tuple(signatures)), at_run_time, inputs_at_run_time)


def _is_name(endpoint: Endpoint, site: ExportSite) -> bool:
    """Whether a key is made of the name of a tensor, or of something else that TF2 may know otherwise."""
    return is_run_time(endpoint.key) and not is_free(endpoint.key_node, site)


def _outputs(signature: SignatureSource, site: ExportSite, layers: Layers) -> tuple[tuple[Endpoint, ...], Pairs | None]:
    """The outputs with keys that are known, or how the running program tells those of all."""
    region = site.region
    outputs: list[Endpoint] = []
    for endpoint in signature.outputs:
        if not _is_name(endpoint, site):
            outputs.append(endpoint)
            continue
        pairs = _pairs(endpoint, region, _UNKNOWN)
        tensor = model_tensor(pairs.tensors, region)
        if tensor is None or tensor.attribute not in ("output", "outputs") or (tensor.index or 0) != 0:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        if pairs.listed:
            outputs += _numbered(tensor.model, "outputs", pairs.listed)
            continue
        names = _names(pairs, TensorNames(layers, region).outputs(tensor.model, whole=pairs.naming is not Naming.LAYER))
        if pairs.counted is not None or names is None:
            alone = len(signature.outputs) == 1 and (tensor.index is None or pairs.counted is None)
            if not alone or not (pairs.counted is not None or layers.is_loaded_once(tensor.model, region)):
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
            if pairs.counted is not None and tensor.attribute != "outputs":
                raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
            late = replace(pairs, first=tensor.index is not None)
            return (Endpoint(f"{ast.unparse(tensor.model)}.outputs", pairs.tensors),), late
        if tensor.attribute == "output" and len(names) != 1:
            raise Unprovable(NOT_STATIC, _UNKNOWN, endpoint.tensor)
        outputs += _numbered(tensor.model, "outputs", names)
    return tuple(outputs), None


def _inputs(
    signature: SignatureSource, site: ExportSite, layers: Layers
) -> tuple[tuple[Endpoint, ...], dict[Endpoint, Naming]]:
    """The inputs with keys that are known, and those whose key the loaded model tells, with what name that is."""
    region = site.region
    inputs: list[Endpoint] = []
    late: dict[Endpoint, Naming] = {}
    for endpoint in signature.inputs:
        if not _is_name(endpoint, site):
            inputs.append(endpoint)
            continue
        pairs = _pairs(endpoint, region, _UNKNOWN_INPUT)
        tensor = model_tensor(pairs.tensors, region)
        if tensor is None or not tensor.is_input or (isinstance(endpoint.tensor, ast.DictComp) and tensor.index):
            raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
        if pairs.listed:
            inputs += _numbered(tensor.model, "inputs", pairs.listed)
            continue
        whole = isinstance(endpoint.tensor, ast.DictComp) and tensor.index is None
        if pairs.counted is not None:
            count = TensorNames(layers, region).input_count(tensor.model)
            keys = pairs.counted.of_all(count) if count is not None else None
            if keys is None or tensor.attribute != "inputs" or not whole:
                raise Unprovable(INPUT, "it cannot be seen how many inputs the model has", endpoint.tensor)
            inputs += _numbered(tensor.model, "inputs", keys)
            continue
        names = _names(pairs, TensorNames(layers, region).inputs(tensor.model))
        if names is None:
            if (
                len(signature.inputs) != 1
                or pairs.naming is None
                or not layers.is_loaded_once(tensor.model, region)
                or (tensor.index or 0) != 0
            ):
                raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
            [only] = _numbered(tensor.model, "inputs", [""])
            only = replace(only, key=f"{RUN_TIME}{ast.unparse(tensor.model)}.input.name")
            late[only] = pairs.naming
            inputs.append(only)
        elif whole:
            inputs += _numbered(tensor.model, "inputs", names)
        elif (tensor.index or 0) in range(len(names)):
            inputs.append(Endpoint(names[tensor.index or 0], pairs.tensors))
        else:
            raise Unprovable(INPUT, _UNKNOWN_INPUT, endpoint.tensor)
    return tuple(inputs), late


def _names(pairs: Pairs, names: Sequence[str] | None) -> list[str] | None:
    """Keys that are names: those of tensors end with `:0`."""
    if names is None or pairs.naming is None:
        return None
    found = [f"{name}:0" if pairs.naming is Naming.TENSOR else name for name in names]
    # A layer that makes two outputs; TF1 numbered them.
    return found if len(set(found)) == len(found) else None


def _numbered(model: ast.expr, attribute: str, keys: Sequence[str]) -> list[Endpoint]:
    """The inputs, or outputs, of a model under keys."""
    return [
        Endpoint(key, ast.Subscript(ast.Attribute(model, attribute, ast.Load()), ast.Constant(index), ast.Load()))
        for index, key in enumerate(keys)
    ]


def _pairs(endpoint: Endpoint, region: Region, unknown: str) -> Pairs:
    """The tensors behind an endpoint, and what their keys are."""
    if isinstance(endpoint.tensor, ast.DictComp):
        found = read_pairs(endpoint.tensor, region)
        if found is None:
            raise Unprovable(NOT_STATIC, _only_known(endpoint.tensor.key), endpoint.tensor)
        return found
    tensor = endpoint.tensor
    try:
        key = ast.parse(endpoint.key.removeprefix(RUN_TIME), mode="eval").body
    except SyntaxError:
        raise Unprovable(NOT_STATIC, unknown, tensor) from None
    named = endpoint.key_node.value if isinstance(endpoint.key_node, ast.Attribute) else None
    if isinstance(named, ast.expr) and _same(named, tensor, region):
        # `{model.input.name: x}` with `x = model.input`
        naming = naming_of(key, named)
    else:
        naming = naming_of(key, tensor)
    if naming is None:
        raise Unprovable(NOT_STATIC, _only_known(key), tensor)
    return Pairs(tensor, naming)


def _only_known(key: ast.expr) -> str:
    return f"the key {ast.unparse(key)} is only known at run time"


def _same(one: ast.expr, other: ast.expr, region: Region) -> bool:
    """Whether two expressions mean the same tensor of a model."""
    first, second = model_tensor(one, region), model_tensor(other, region)
    return (
        first is not None
        and second is not None
        and ast.dump(first.node) == ast.dump(second.node)
        and region.value_of.get(root(first.model)) is region.value_of.get(root(second.model))
    )
