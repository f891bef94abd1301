"""What a graph says about the values an input takes, so that generated inputs mean something to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrate.verify.constants import first_dimension
from migrate.verify.contract import merge_shapes
from migrate.verify.example_spec import PARSERS, Feature, features_of, merge_features

if TYPE_CHECKING:
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
}
_GATHERS = frozenset({"Gather", "GatherV2", "ResourceGather"})
_IMAGES = frozenset({"DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp", "DecodeAndCropJpeg"})


@dataclass(frozen=True, slots=True)
class InputHints:
    """What one input is used for.

    Attributes:
        shape: What the graph says about its shape, None where nothing.
        dtype: What the graph says its dtype is, empty where nothing: early TF1 models declare others.
        features: The tf.Example spec where it is parsed, else empty.
        id_limit: Ids must be smaller, where they are looked up in a table of known size.
        numbers: Strings that are parsed as numbers.
        images: Strings that are decoded as images.
        loops: How often a loop turns depends on it.
    """

    shape: Shape = None
    features: tuple[Feature, ...] = ()
    id_limit: int | None = None
    numbers: bool = False
    images: bool = False
    dtype: str = ""
    loops: bool = False

    def merged(self, other: InputHints) -> InputHints:
        """What both models say together."""
        limits = [limit for limit in (self.id_limit, other.id_limit) if limit is not None]
        return InputHints(
            shape=merge_shapes(self.shape, other.shape),
            features=merge_features([*self.features, *other.features]),
            id_limit=max(limits, default=None),
            numbers=self.numbers or other.numbers,
            images=self.images or other.images,
            dtype=self.dtype if self.dtype == other.dtype else "",
            loops=self.loops or other.loops,
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
                limit = _id_limit(graph, _reached(graph, parsed.values))
                features.append(replace(parsed.feature, id_limit=limit))
    ops = {node.op for node, _ in reached}
    return InputHints(
        features=merge_features(features),
        id_limit=_id_limit(graph, reached),
        numbers="StringToNumber" in ops,
        images=bool(ops & _IMAGES),
        loops=ref.node in loops,
    )


def _reached(graph: FlatGraph, ref: Ref) -> list[tuple[Node, int]]:
    """The consumers a tensor's values reach unchanged, with the input slot."""
    found: list[tuple[Node, int]] = []
    todo, seen = [ref], {ref}
    while todo:
        for node, slot in graph.consumers(todo.pop()):
            found.append((node, slot))
            if slot not in _SAME_VALUES.get(node.op, ()):
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
