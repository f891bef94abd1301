"""The feature spec of serialized tf.Example inputs, read from the graph's parsing operations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from migrate.signatures.dtypes import dtype_name
from migrate.verify.constants import constant
from migrate.verify.flatgraph import Ref

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.signatures.model import Shape
    from migrate.verify.flatgraph import FlatGraph, Node

PARSERS = frozenset({"ParseExample", "ParseExampleV2", "ParseSingleExample"})


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a spec.

    Attributes:
        name: Its key in the tf.Example.
        dtype: `float32`, `int64` or `string`.
        shape: Of a dense feature in one example; None for a feature of any length (sparse, ragged).
        required: Whether an example without it is refused.
        id_limit: Ids must be smaller, where they are looked up in a table of known size.
        images: The operations that decode its strings as images.
        image_size: The height and width that they demand at least.
        numbers: Whether its strings are parsed as numbers.
        compared: The constants that its values are compared with.
    """

    name: str
    dtype: str
    shape: Shape = None
    required: bool = False
    id_limit: int | None = None
    images: tuple[str, ...] = ()
    image_size: tuple[int, int] = (8, 8)
    numbers: bool = False
    compared: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feature and the tensor its values come out at.

    Attributes:
        feature: The feature.
        values: The tensor.
        default: The values, in any shape, for examples that leave a dense feature out, or the padding of one of any
            length; empty where it is required, None for sparse and ragged ones, and where it is no constant.
    """

    feature: Feature
    values: Ref
    default: NDArray[Any] | None = None


def features_of(graph: FlatGraph, node: Node) -> tuple[Parsed, ...]:
    """The features one parsing node reads; those with keys that are no constants are left out.

    Source of the inputs' and outputs' order: tensorflow/core/ops/parsing_ops.cc.
    """
    reader = {"ParseExample": _v1, "ParseExampleV2": _v2, "ParseSingleExample": _single}[node.op]
    return tuple(reader(graph, node))


def merge_features(specs: list[Feature]) -> tuple[Feature, ...]:
    """One spec out of several, by name: what any of them requires is required, the larger id limit counts."""
    merged: dict[str, Feature] = {}
    for feature in specs:
        other = merged.get(feature.name)
        if other is None:
            merged[feature.name] = feature
            continue
        limits = [limit for limit in (other.id_limit, feature.id_limit) if limit is not None]
        merged[feature.name] = replace(
            other,
            shape=other.shape if other.shape is not None else feature.shape,
            required=other.required or feature.required,
            id_limit=max(limits, default=None),
            images=tuple(dict.fromkeys((*other.images, *feature.images))),
            image_size=(
                max(other.image_size[0], feature.image_size[0]),
                max(other.image_size[1], feature.image_size[1]),
            ),
            numbers=other.numbers or feature.numbers,
            compared=tuple(dict.fromkeys((*other.compared, *feature.compared))),
        )
    return tuple(merged[name] for name in sorted(merged))


def _keys(graph: FlatGraph, refs: list[Ref]) -> list[str | None]:
    """Feature names, one a scalar constant, None for one that is not constant."""
    values = [constant(graph, ref) for ref in refs]
    return [None if value is None else _text(value.ravel()[0]) for value in values]


def _key_vector(graph: FlatGraph, ref: Ref, count: int) -> list[str | None]:
    value = constant(graph, ref)
    return [None] * count if value is None else [_text(key) for key in value.ravel()]


def _text(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _v1(graph: FlatGraph, node: Node) -> list[Parsed]:
    sparse, dense = node.attr["Nsparse"].i, node.attr["Ndense"].i
    keys = _keys(graph, node.inputs[2 : 2 + sparse + dense])
    defaults = node.inputs[2 + sparse + dense :]
    return _sparse(node, keys[:sparse]) + _dense(graph, node, keys[sparse:], defaults, sparse)


def _v2(graph: FlatGraph, node: Node) -> list[Parsed]:
    sparse, ragged_types = node.attr["num_sparse"].i, list(node.attr["ragged_value_types"].list.type)
    dense_types = list(node.attr["Tdense"].list.type)
    sparse_keys = _key_vector(graph, node.inputs[2], sparse)
    dense_keys = _key_vector(graph, node.inputs[3], len(dense_types))
    ragged_keys = _key_vector(graph, node.inputs[4], len(ragged_types))
    first = 3 * sparse + len(dense_types)
    ragged = [
        Parsed(Feature(key, dtype_name(kind)), _output(node, "ragged_values", index, first + index))
        for index, (key, kind) in enumerate(zip(ragged_keys, ragged_types, strict=False))
        if key is not None
    ]
    dense = _dense(graph, node, dense_keys, node.inputs[5:], sparse)
    return _sparse(node, sparse_keys) + dense + ragged


def _single(graph: FlatGraph, node: Node) -> list[Parsed]:
    sparse_keys = [_text(key) for key in node.attr["sparse_keys"].list.s]
    dense_keys = [_text(key) for key in node.attr["dense_keys"].list.s]
    dense = _dense(graph, node, [*dense_keys], node.inputs[1:], len(sparse_keys))
    return _sparse(node, [*sparse_keys]) + dense


def _sparse(node: Node, keys: list[str | None]) -> list[Parsed]:
    kinds = node.attr["sparse_types"].list.type
    return [
        Parsed(Feature(key, dtype_name(kind)), _output(node, "sparse_values", index, len(keys) + index))
        for index, (key, kind) in enumerate(zip(keys, kinds, strict=False))
        if key is not None
    ]


def _dense(graph: FlatGraph, node: Node, keys: list[str | None], defaults: list[Ref], sparse: int) -> list[Parsed]:
    kinds, shapes = node.attr["Tdense"].list.type, node.attr["dense_shapes"].list.shape
    found = []
    for index, (key, kind) in enumerate(zip(keys, kinds, strict=False)):
        if key is None:
            continue
        dims = [None if dim.size < 0 else dim.size for dim in shapes[index].dim]
        default = _default(graph, defaults[index]) if index < len(defaults) else None
        variable_length = bool(dims) and dims[0] is None
        # An empty default stands for "there is none"; a variable length needs none.
        required = default is not None and default.size == 0 and not variable_length and 0 not in dims
        feature = Feature(key, dtype_name(kind), tuple(dims), required)
        found.append(Parsed(feature, _output(node, "dense_values", index, 3 * sparse + index), default))
    return found


def _default(graph: FlatGraph, ref: Ref) -> NDArray[Any] | None:
    """A default value, flat or not: `parse_example` brings it into the feature's shape in the graph."""
    node = graph.producer(ref)
    return constant(graph, node.inputs[0] if node is not None and node.op == "Reshape" else ref)


def _output(node: Node, port: str, index: int, flat: int) -> Ref:
    """An output as its consumers name it: by port inside a function, by number in the main graph."""
    return Ref(node.key, port, index) if len(node.key) > 1 else Ref(node.key, "", flat)
