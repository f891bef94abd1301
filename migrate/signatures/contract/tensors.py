"""What holds for the tensors of a signature whichever API it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.signatures.contract.terms import Severity, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import Shape, SignatureDef, TensorInfo

_NO_TENSORS = frozenset({"resource", "variant", "invalid"})


def is_dense(info: TensorInfo) -> bool:
    """Whether it is one tensor; TensorFlow's C++ takes a name without a port for the node's first output."""
    return info.sparse is None and not info.components and bool(info.name) and info.dtype != "invalid"


def tensor_name(info: TensorInfo) -> str:
    """The tensor as a session knows it."""
    return info.name if ":" in info.name else f"{info.name}:0"


def tensor_violations(info: TensorInfo, what: str) -> Iterator[Violation]:
    """Serving feeds and fetches `TensorInfo.name`, which a sparse or composite TensorInfo does not have."""
    if info.kind in ("sparse", "composite"):
        yield Violation(
            f"{what}-encoding",
            Severity.ERROR,
            f"its {what} `{info.key}` is a {info.kind} tensor; TensorFlow Serving takes dense ones only",
            f"export its components as {what}s of their own",
        )
    elif not is_dense(info) or info.dtype in _NO_TENSORS:
        found = info.dtype if is_dense(info) else f"the operation `{info.name}`" if info.name else "nothing"
        yield Violation(
            f"{what}-tensor",
            Severity.ERROR,
            f"its {what} `{info.key}` is {found}, not a tensor that can be sent",
            f"export it without this {what}",
        )


def not_fed(signature: SignatureDef, output: TensorInfo) -> Iterator[Violation]:
    """An output that is an input (tensorflow/core/graph/subgraph.cc)."""
    for info in signature.inputs:
        if info.name and output.name and tensor_name(info) == tensor_name(output):
            yield fed_and_fetched(output, info)


def fed_and_fetched(output: TensorInfo, given: TensorInfo) -> Violation:
    """What there is to say of an output that is an input."""
    return Violation(
        "fed-and-fetched",
        Severity.ERROR,
        f"its output `{output.key}` is its input `{given.key}` ({tensor_name(given)}); a session refuses to feed and "
        "fetch one tensor",
        "export it through tf.identity",
    )


def batch_violations(signature: SignatureDef, fetched: tuple[str, ...]) -> Iterator[Violation]:
    """The first dimension of everything is the number of examples in the request."""
    infos = [
        info
        for info in (*signature.inputs, *(signature.output(key) for key in fetched))
        if info is not None and is_dense(info) and info.shape and len(info.shape) <= 2 and info.shape[0] is not None
    ]
    if not infos:
        return
    text = " and ".join(f"`{info.key}` {shape_text(info.shape)}" for info in infos)
    remedy = "export it with an unknown batch dimension"
    if len({info.shape[0] for info in infos if info.shape and info.key in fetched}) > 1:
        yield Violation("batch-mismatch", Severity.ERROR, f"{text} disagree on the number of examples", remedy)
    else:
        text += ": the number of examples is fixed; requests with another number may fail"
        yield Violation("fixed-batch", Severity.WARNING, text, remedy)


def count(number: int, what: str) -> str:
    """`no inputs`, `1 input`, `2 inputs`."""
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def listed(infos: tuple[TensorInfo, ...]) -> str:
    """Their keys in brackets, after a space; nothing where there are none."""
    return f" ({', '.join(f'`{info.key}`' for info in infos)})" if infos else ""


def shape_text(shape: Shape) -> str:
    """A shape for people: `[?, 3]`."""
    if shape is None:
        return "of unknown rank"
    return f"[{', '.join('?' if dim is None else str(dim) for dim in shape)}]"
