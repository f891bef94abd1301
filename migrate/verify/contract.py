"""Compares what two models declare: signature keys, method names, inputs and outputs. No TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.verify.results import ContractDifference

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrate.signatures import SignatureDef, TensorInfo
    from migrate.signatures.model import Shape


def compare_signatures(a: SignatureDef | None, b: SignatureDef | None) -> tuple[ContractDifference, ...]:
    """Every difference between two declarations of one signature key.

    Args:
        a: The first model's, None where it has no such signature.
        b: The second model's; not both may be None.

    Returns:
        Breaking differences, and compatible ones (an unknown dimension against a known one).
    """
    if a is None or b is None:
        there = a or b
        if there is None:
            raise ValueError("one of the two signatures must be there")
        which, other = ("second", "first") if a is None else ("first", "second")
        message = f"signature {there.key!r} is only in the {which} model, not in the {other}"
        return (ContractDifference(there.key, "signature", message),)
    found: list[ContractDifference] = []
    if a.method_name != b.method_name:
        message = f"method name: {a.method_name or '(none)'} and {b.method_name or '(none)'}"
        found.append(ContractDifference(a.key, "method_name", message))
    found += _tensors(a.key, "input", a.inputs, b.inputs)
    found += _tensors(a.key, "output", a.outputs, b.outputs)
    found += _defaults(a, b)
    return tuple(found)


def shapes_agree(a: Shape, b: Shape) -> bool:
    """Whether some tensor may have both shapes: each dimension equal, or one of the two unknown."""
    if a is None or b is None:
        return True
    return len(a) == len(b) and all(x == y or x is None or y is None for x, y in zip(a, b, strict=True))


def merge_shapes(a: Shape, b: Shape) -> Shape:
    """What is known about a tensor that has both shapes; `a` where the two do not agree."""
    if a is None or b is None or not shapes_agree(a, b):
        return b if a is None else a
    return tuple(y if x is None else x for x, y in zip(a, b, strict=True))


def shape_text(shape: Shape) -> str:
    """A shape for people: `[?, 3]`, `[]` for a scalar, `unknown rank`."""
    if shape is None:
        return "unknown rank"
    return "[" + ", ".join("?" if dim is None else str(dim) for dim in shape) + "]"


def _defaults(a: SignatureDef, b: SignatureDef) -> list[ContractDifference]:
    """A default that the second model has lost, or changed, breaks clients that leave the input out."""
    ours, theirs = dict(a.defaults), dict(b.defaults)
    found = []
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            text = f"input {name!r} has a default value in the first model only"
            found.append(ContractDifference(a.key, "default", text))
        elif name not in ours:
            text = f"input {name!r} has a default value in the second model only (compatible, not the same)"
            found.append(ContractDifference(a.key, "default", text, breaking=False))
        elif ours[name] != theirs[name]:
            text = f"input {name!r} has different default values"
            found.append(ContractDifference(a.key, "default", text))
    return found


def _tensors(key: str, what: str, a: tuple[TensorInfo, ...], b: tuple[TensorInfo, ...]) -> list[ContractDifference]:
    ours = {info.key: info for info in a}
    theirs = {info.key: info for info in b}
    found: list[ContractDifference] = []
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs or name not in ours:
            which = "first" if name in ours else "second"
            found.append(ContractDifference(key, what, f"{what} {name!r} is only in the {which} model"))
        else:
            found += _tensor(key, f"{what} {name!r}", ours[name], theirs[name])
    return found


def _tensor(key: str, what: str, a: TensorInfo, b: TensorInfo) -> list[ContractDifference]:
    def differ(kind: str, of: Callable[[TensorInfo], str], breaking: bool = True) -> ContractDifference:
        note = "" if breaking else " (compatible, not the same)"
        return ContractDifference(key, kind, f"{what}: {kind} {of(a)} and {of(b)}{note}", breaking)

    if a.kind != b.kind:
        return [differ("kind", lambda info: info.kind)]
    found: list[ContractDifference] = []
    if a.kind == "composite":
        if len(a.components) != len(b.components):
            return [differ("kind", lambda info: f"composite of {len(info.components)}")]
        for index, (x, y) in enumerate(zip(a.components, b.components, strict=True)):
            found += _tensor(key, f"{what} component {index}", x, y)
    if a.dtype != b.dtype:
        found.append(differ("dtype", lambda info: info.dtype))
    if a.shape != b.shape:
        breaking = not shapes_agree(a.shape, b.shape)
        found.append(differ("shape", lambda info: shape_text(info.shape), breaking))
    return found
