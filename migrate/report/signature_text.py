"""SignatureDefs as lines of text, for people and for diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import Shape, SignatureDef, TensorInfo


def signature_lines(signature: SignatureDef) -> list[str]:
    """A SignatureDef, a line for each of its parts."""
    lines = [f"signature {signature.key}", f"  method_name {signature.method_name or '(none)'}"]
    for what, infos in (("input", signature.inputs), ("output", signature.outputs)):
        lines += [f"  {what} {info.key}: {tensor_text(info)}" for info in infos]
    lines += [f"  default of {key}: {len(value)} bytes" for key, value in signature.defaults]
    return lines


def tensor_text(info: TensorInfo) -> str:
    """Type, shape and tensors of an input or output, for instance `float32 [?, 3] (x:0)`."""
    if info.kind == "operation":
        return f"operation ({info.name})"
    return f"{info.dtype} {shape_text(info.shape)} ({', '.join(_names(info))})"


def shape_text(shape: Shape) -> str:
    """For instance `[?, 3]`; `?` alone for an unknown rank."""
    return "?" if shape is None else f"[{', '.join('?' if dim is None else str(dim) for dim in shape)}]"


def _names(info: TensorInfo) -> Iterator[str]:
    if info.sparse is not None:
        yield from info.sparse
    elif info.components:
        for part in info.components:
            yield from _names(part)
    else:
        yield info.name
