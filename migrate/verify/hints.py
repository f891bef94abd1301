"""What a graph says about the values an input takes, so that generated inputs mean something to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from migrate.verify.constants import constant, first_dimension
from migrate.verify.contract import merge_shapes
from migrate.verify.example_spec import PARSERS, Feature, features_of, merge_features
from migrate.verify.images import DECODERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrate.signatures.model import Shape
    from migrate.verify.flatgraph import FlatGraph, Key, Node, Ref

_SAME_VALUES = {  # op -> input slots whose values come out again
    "Arg": (0,),
    "Identity": (0,),
    "Cast": (0,),
    "Reshape": (0,),
    "ExpandDims": (0,),
    "Squeeze": (0,),
    "Snapshot": (0,),
    "StopGradient": (0,),
    "StridedSlice": (0,),
    "Slice": (0,),
    "Transpose": (0,),
    "Unique": (0,),
    "UniqueV2": (0,),
    "PlaceholderWithDefault": (0,),
    "SparseFillEmptyRows": (1,),
    "SparseReshape": (),
    "GatherNd": (0,),
    "Enter": (0,),
    "Merge": (0, 1),
    "Switch": (0,),
    # The elements of what a loop goes through.
    "TensorListFromTensor": (0,),
    "TensorListGetItem": (0,),
    "TensorArrayScatterV3": (2,),
    "TensorArrayReadV3": (2,),
}
_GATHERS = frozenset({"Gather", "GatherV2", "ResourceGather"})
_SHIFTED = dict.fromkeys(("Add", "AddV2", "BiasAdd", "Sub", "Mul", "Div", "RealDiv"), (0, 1))
"""What comes out is something like what went in, where the other operand is of ordinary size."""
_COMPARISONS = frozenset(
    {
        "Equal",
        "NotEqual",
        "Greater",
        "GreaterEqual",
        "Less",
        "LessEqual",
        "ApproximateEqual",
        "Maximum",
        "Minimum",
        "ClipByValue",
    }
)
_MOST_COMPARED = 8
"""So many constants that an input is compared with are tried, and of each operation's so many elements."""
_LARGEST_IMAGE = 2000


@dataclass(frozen=True, slots=True)
class InputHints:
    """What one input is used for.

    Attributes:
        shape: What the graph says about its shape, None where nothing.
        dtype: What the graph says its dtype is, empty where nothing: early TF1 models declare others.
        features: The tf.Example spec where it is parsed, else empty.
        id_limit: Ids must be smaller, where they are looked up in a table of known size.
        numbers: Strings that are parsed as numbers.
        images: The operations that decode its strings as images.
        image_size: The height and width that they demand at least.
        compared: The constants that its values are compared with.
        loops: How often a loop turns depends on it.
    """

    shape: Shape = None
    features: tuple[Feature, ...] = ()
    id_limit: int | None = None
    numbers: bool = False
    images: tuple[str, ...] = ()
    dtype: str = ""
    loops: bool = False
    image_size: tuple[int, int] = (8, 8)
    compared: tuple[Any, ...] = ()

    def merged(self, other: InputHints) -> InputHints:
        """What both models say together."""
        limits = [limit for limit in (self.id_limit, other.id_limit) if limit is not None]
        return InputHints(
            shape=merge_shapes(self.shape, other.shape),
            features=merge_features([*self.features, *other.features]),
            id_limit=max(limits, default=None),
            numbers=self.numbers or other.numbers,
            images=tuple(dict.fromkeys((*self.images, *other.images))),
            dtype=self.dtype if self.dtype == other.dtype else "",
            loops=self.loops or other.loops,
            image_size=(max(self.image_size[0], other.image_size[0]), max(self.image_size[1], other.image_size[1])),
            compared=tuple(dict.fromkeys((*self.compared, *other.compared))),
        )


def loop_sources(graph: FlatGraph) -> frozenset[Key]:
    """All nodes on which it depends how often some loop turns."""
    conditions = [ref for node in graph.nodes.values() if node.op == "LoopCond" for ref in node.inputs]
    return frozenset(key for ref in conditions for key in graph.ancestors(ref, values_only=True))


def hints_for(graph: FlatGraph, tensor_name: str, loops: frozenset[Key] = frozenset()) -> InputHints:
    """Looks at what consumes an input; its shape and dtype are for others to say.

    Args:
        graph: The flat graph of the model.
        tensor_name: The input's tensor, for instance `x:0`.
        loops: The model's `loop_sources`.
    """
    ref = graph.tensor(tensor_name)
    if ref is None:
        return InputHints()
    reached = _reached(graph, ref)
    features: list[Feature] = []
    for node, slot in reached:
        if node.op in PARSERS and slot == 0:
            for parsed in features_of(graph, node):
                known = _of_values(graph, parsed.values)
                feature = replace(parsed.feature, id_limit=known.id_limit, images=known.images, numbers=known.numbers)
                features.append(replace(feature, image_size=known.image_size, compared=known.compared))
    return replace(_of_values(graph, ref), features=merge_features(features), loops=ref.node in loops)


def hints_of(feature: Feature) -> InputHints:
    """What is known about the values of a feature, as of an input."""
    return InputHints(
        id_limit=feature.id_limit,
        numbers=feature.numbers,
        images=feature.images,
        image_size=feature.image_size,
        compared=feature.compared,
    )


def _of_values(graph: FlatGraph, ref: Ref) -> InputHints:
    """What the consumers of some values say about them."""
    reached = _reached(graph, ref)
    compared = _compared(graph, reached)
    ops = {node.op for node, _ in reached}
    return InputHints(
        id_limit=_id_limit(graph, reached),
        numbers="StringToNumber" in ops,
        images=tuple(sorted(ops & DECODERS.keys())),
        image_size=_image_size(graph, reached),
        compared=(*compared, *_near(graph, ref, compared)),
    )


def _compared(graph: FlatGraph, reached: list[tuple[Node, int]]) -> tuple[Any, ...]:
    """The constants beside these values in comparisons; of numbers, the finite ones."""
    found: dict[Any, None] = {}
    for node, slot in reached:
        if node.op not in _COMPARISONS:
            continue
        for other, ref in enumerate(node.inputs):
            value = None if other == slot else constant(graph, ref)
            for item in [] if value is None else value.ravel()[:_MOST_COMPARED].tolist():
                if isinstance(item, bytes) or (isinstance(item, (int, float)) and math.isfinite(item)):
                    found[item] = None
    return tuple(found)[:_MOST_COMPARED]


def _image_size(graph: FlatGraph, reached: list[tuple[Node, int]]) -> tuple[int, int]:
    """Large enough for the constant windows that decoders cut out."""
    height, width = 8, 8
    for node, slot in reached:
        window = constant(graph, node.inputs[1]) if node.op == "DecodeAndCropJpeg" and slot == 0 else None
        if window is not None and window.size == 4 and max(window.ravel()) <= _LARGEST_IMAGE:
            top, left, rows, columns = (int(number) for number in window.ravel())
            height, width = max(height, top + rows), max(width, left + columns)
    return height, width


def _near(graph: FlatGraph, ref: Ref, compared: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers well below and well above the constants that a sum or a product with the values is compared with."""
    constants = _compared(graph, _reached(graph, ref, _SHIFTED))
    numbers = [value for value in constants if value not in compared and isinstance(value, float) and value != 0.0]
    return tuple(near for value in numbers for near in (value / 2, value * 2))[:_MOST_COMPARED]


def _reached(
    graph: FlatGraph, ref: Ref, through: Mapping[str, tuple[int, ...]] | None = None
) -> list[tuple[Node, int]]:
    """The consumers a tensor's values reach unchanged, or also through some more operations, with the input slot."""
    through = _SAME_VALUES if through is None else {**_SAME_VALUES, **through}
    found: list[tuple[Node, int]] = []
    todo, seen = [ref], {ref}
    while todo:
        for node, slot in graph.consumers(todo.pop()):
            found.append((node, slot))
            if slot not in through.get(node.op, ()):
                continue
            for out in _outputs(graph, node):
                if out not in seen:
                    seen.add(out)
                    todo.append(out)
    return found


def _outputs(graph: FlatGraph, node: Node) -> set[Ref]:
    """The outputs of a node that anything consumes; of several only the first carries the values."""
    consumers = [consumer for consumer, _ in graph.consumers_of(node.key)]
    used = {ref for consumer in consumers for ref in consumer.inputs if ref.node == node.key}
    if node.op.startswith("Unique"):
        return {ref for ref in used if ref.index == 0 and ref.port in ("", "y")}
    if node.op == "SparseFillEmptyRows":
        return {ref for ref in used if ref.port == "output_values" or (not ref.port and ref.index == 1)}
    return used


def _id_limit(graph: FlatGraph, reached: list[tuple[Node, int]]) -> int | None:
    """The rows of the tables these values index."""
    gathers = [node for node, slot in reached if node.op in _GATHERS and slot == 1]
    sizes = [first_dimension(graph, node.inputs[0]) for node in gathers]
    return max((size for size in sizes if size is not None), default=None)
