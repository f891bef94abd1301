"""Fits the attributes of a node to what an older runtime knows.

A runtime refuses a node with an attribute that its OpDef does not name, with a value that the OpDef does not
allow, or without one that has no default (`ValidateNodeDef` in tensorflow/core/framework/node_def_util.cc).
Attributes that start with an underscore may stand everywhere; every runtime passes over those it does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.signatures.dtypes import dtype_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.graph.runtime.table import Attribute, Operation

_GRADIENT = "a hint to compilers that the operand is a gradient"
_SPARSE = "says how to differentiate it, in Python, not how to compute it"
_SHAPES = "what is known of shapes beforehand; what they are at run time does not hang on it"
_PARALLEL = "how many passes may run at a time"

HARMLESS = {
    ("AssignVariableOp", "validate_shape"): "only checks what is assigned; a shape that fits is assigned without it",
    ("BatchMatMul", "grad_x"): _GRADIENT,
    ("BatchMatMul", "grad_y"): _GRADIENT,
    ("BatchMatMulV2", "grad_x"): _GRADIENT,
    ("BatchMatMulV2", "grad_y"): _GRADIENT,
    ("MatMul", "grad_a"): _GRADIENT,
    ("MatMul", "grad_b"): _GRADIENT,
    ("SparseSegmentMean", "sparse_gradient"): _SPARSE,
    ("SparseSegmentMeanWithNumSegments", "sparse_gradient"): _SPARSE,
    ("SparseSegmentSqrtN", "sparse_gradient"): _SPARSE,
    ("SparseSegmentSqrtNWithNumSegments", "sparse_gradient"): _SPARSE,
    ("SparseSegmentSum", "sparse_gradient"): _SPARSE,
    ("SparseSegmentSumWithNumSegments", "sparse_gradient"): _SPARSE,
    ("If", "output_shapes"): _SHAPES,
    ("StatelessIf", "output_shapes"): _SHAPES,
    ("StatelessWhile", "output_shapes"): _SHAPES,
    ("StatelessWhile", "parallel_iterations"): _PARALLEL,
    ("While", "output_shapes"): _SHAPES,
    ("While", "parallel_iterations"): _PARALLEL,
    ("VarHandleOp", "allowed_devices"): "where a handle over several devices may be used; one device needs none",
    ("VarHandleOp", "debug_name"): "is shown in error messages",
}
"""Attributes that may go whatever their value is, and why."""

_PROFILES = "metadata"
"""What datasets have to show in profiles."""


def fit_attributes(node: Any, old: Operation, new: Operation) -> Iterator[str]:
    """Removes from a node what the old runtime does not know, and writes out what it has another default for.

    Args:
        node: The NodeDef, which is changed.
        old: Its operation in the runtime that has to run it.
        new: The same in the runtime that made it.

    Yields:
        For each attribute that cannot go, what is wrong with it.
    """
    for name in [name for name in node.attr if not name.startswith("_") and name not in old.attributes]:
        default = new.attributes[name].default_value() if name in new.attributes else None
        is_default = default is not None and _same(node.attr[name], default)
        if is_default or (node.op, name) in HARMLESS or name == _PROFILES:
            del node.attr[name]
        else:
            yield f"{node.op} with the attribute {name}, which it does not know"
    for name, attribute in old.attributes.items():
        if name not in node.attr:
            default = new.attributes[name].default_value() if name in new.attributes else None
            if default is not None and attribute.default != new.attributes[name].default:
                node.attr[name].CopyFrom(default)
            elif default is None and attribute.default is None:
                yield f"{node.op} without the attribute {name}"
                continue
            else:
                continue
        if text := _refused(node.attr[name], attribute):
            yield f"{node.op} with {name} = {text}"


def arguments_of(old: Operation, new: Operation) -> str:
    """What an operation takes and gives in the new runtime where what the old one does not know has its default."""
    words = []
    for word in new.arguments.split():
        kind = word.rpartition(":")[2].rpartition("*")[2].lstrip("&")
        if kind in new.attributes and kind not in old.attributes:
            default = new.attributes[kind].default_value()
            if default is not None:
                word = word.removesuffix(kind) + str(default.type)
        words.append(word)
    return " ".join(words)


def _same(value: Any, other: Any) -> bool:
    return bool(value.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True))


def _refused(value: Any, attribute: Attribute) -> str | None:
    """The part of a value that the runtime does not allow."""
    if types := attribute.allowed_types():
        given = value.list.type if attribute.kind == "list(type)" else [value.type]
        refused = [number for number in given if number not in types]
        if refused:
            return dtype_name(refused[0])
    if strings := attribute.allowed_strings():
        texts = value.list.s if attribute.kind == "list(string)" else [value.s]
        return next((repr(text.decode("utf-8", "replace")) for text in texts if text not in strings), None)
    return None
