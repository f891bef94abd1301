"""Which operations do the same under other names, and what of a node makes a difference to its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.signatures.dtypes import dtype_name
from migrate.verify.constants import constant

if TYPE_CHECKING:
    from migrate.graph.registry import OpRegistry
    from migrate.verify.flatgraph import FlatGraph, Node, Ref

VARIABLES = frozenset({"VariableV2", "Variable", "VarHandleOp"})
TABLES = frozenset(
    {"HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2", "MutableDenseHashTable"}
    | {"MutableDenseHashTableV2", "AnonymousHashTable"}
)
PARSERS = frozenset({"ParseExample", "ParseExampleV2", "ParseSingleExample"})
LOOPS = frozenset({"Exit", "RefExit", "While", "StatelessWhile"})
COMMUTATIVE = frozenset({"Add", "Mul", "Maximum", "Minimum", "AddN", "Equal", "NotEqual", "LogicalAnd", "LogicalOr"})
PASSED_ON = frozenset(
    {
        "Identity",
        "IdentityN",
        "RefIdentity",
        "ReadVariableOp",
        "StopGradient",
        "PreventGradient",
        "Snapshot",
        "EnsureShape",
        "CheckNumerics",
        "CheckNumericsV2",
        "PlaceholderWithDefault",
    }
)
"""What comes out is what went in."""

_FAMILIES = {
    **dict.fromkeys(["AddV2", "BiasAdd", "BiasAddV1"], "Add"),
    **dict.fromkeys(["BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"], "MatMul"),
    **dict.fromkeys(["GatherV2", "ResourceGather"], "Gather"),
    **dict.fromkeys(["FusedBatchNormV2", "FusedBatchNormV3"], "FusedBatchNorm"),
    **dict.fromkeys(["While", "StatelessWhile", "Exit", "RefExit"], "While"),
    **dict.fromkeys(VARIABLES, "variable"),
    **dict.fromkeys(TABLES, "table"),
    **dict.fromkeys(PARSERS, "ParseExample"),
    "Const": "constant",
    "Div": "RealDiv",
    "Concat": "ConcatV2",
    "TopKV2": "TopK",
    "LookupTableFindV2": "LookupTableFind",
    "StatelessIf": "If",
    "MaxPoolV2": "MaxPool",
    "SelectV2": "Select",
    "Batch_Norm_With_Global_Normalization": "BatchNormWithGlobalNormalization",
}
_NAMES = {"adj_x": "transpose_a", "adj_y": "transpose_b", "Targmax": "output_type"}
_NO_MATTER = frozenset(
    {
        "N",
        "allowed_devices",
        "container",
        "debug_name",
        "exponential_avg_factor",
        "frame_name",
        "grad_a",
        "grad_b",
        "grad_x",
        "grad_y",
        "operation_timeout",
        "output_shapes",
        "parallel_iterations",
        "shape",
        "shared_name",
        "use_cudnn_on_gpu",
        "use_locking",
        "use_node_name_sharing",
        "validate_indices",
    }
)


def family(node: Node) -> str:
    """What a node computes, whichever of several operations does it."""
    return _FAMILIES.get(node.op, node.op)


def is_source(node: Node) -> bool:
    """Whether a node's value comes from nowhere else in the graph."""
    return node.op in VARIABLES or node.op in TABLES or not node.inputs


def arguments(graph: FlatGraph, node: Node) -> list[Ref]:
    """The inputs that carry values, in an order that the operations of a family share."""
    inputs = list(node.inputs)
    if node.op == "Concat":
        return [*inputs[1:], inputs[0]]
    if node.op in ("Gather", "GatherV2", "ResourceGather"):
        return inputs[:2]
    if node.op in PARSERS:
        return inputs[:1]
    if node.op in ("Exit", "RefExit"):
        return _entering(graph, node)
    return inputs


def settings(graph: FlatGraph, node: Node, registry: OpRegistry) -> dict[str, str]:
    """The attributes on which a node's result depends, as text, defaults included.

    Types do not count, for both nodes have the same inputs; but of a Cast the type is all it does.
    """
    definition = registry.get(node.op)
    values = (
        {} if definition is None else {a.name: a.default_value for a in definition.attr if a.HasField("default_value")}
    )
    values |= dict(node.attr)
    found = {}
    for name, value in sorted(values.items()):
        kind = value.WhichOneof("value")
        if name.startswith("_") or name in _NO_MATTER or kind in (None, "func", "placeholder", "tensor"):
            continue
        if kind == "type" or (kind == "list" and value.list.type):
            if name == "DstT":
                found[name] = dtype_name(value.type)
            continue
        found[_NAMES.get(name, name)] = _text(kind, value)
    if node.op in ("Gather", "ResourceGather"):
        found["axis"] = "0"
    elif node.op == "GatherV2" and (axis := constant(graph, node.inputs[2])) is not None:
        found["axis"] = str(axis)
    return found


def _text(kind: str | None, value: Any) -> str:
    if kind == "list":
        items = [
            *value.list.i,
            *value.list.f,
            *value.list.b,
            *(item.decode("utf-8", "replace") for item in value.list.s),
        ]
        return f"[{', '.join(str(item) for item in items)}]"
    if kind == "shape":
        return str([dim.size for dim in value.shape.dim])
    plain = getattr(value, kind or "")
    return plain.decode("utf-8", "backslashreplace") if isinstance(plain, bytes) else str(plain)


def _entering(graph: FlatGraph, node: Node) -> list[Ref]:
    """What goes into the v1 loop that ends at an Exit."""
    todo, seen, entering = [node], {node.key}, []
    while todo:
        current = todo.pop()
        for ref in current.inputs:
            source = graph.nodes.get(ref.node)
            if current.op in ("Enter", "RefEnter"):
                entering.append(ref)
            elif source is not None and source.key not in seen:
                seen.add(source.key)
                todo.append(source)
    return sorted(entering, key=lambda ref: ref.node)
