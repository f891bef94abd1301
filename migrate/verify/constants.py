"""Reads constants out of a graph: their values, the sizes of tables, the words of vocabularies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from migrate.signatures.model import Shape
    from migrate.verify.flatgraph import FlatGraph, Node, Ref

_INITIALIZERS = frozenset(
    {
        "InitializeTable",
        "InitializeTableV2",
        "LookupTableImport",
        "LookupTableImportV2",
        "LookupTableInsertV2",
    }
)
FILE_INITIALIZERS = frozenset({"InitializeTableFromTextFile", "InitializeTableFromTextFileV2"})
_WITH_SHAPE = frozenset({"VariableV2", "Variable", "VarHandleOp", "Placeholder"})
_INFERRED = "_output_shapes"
"""What a SavedModel's writer has inferred, when it wrote it."""
_MAX_FILE = 8_000_000
_WHOLE_LINE = -2


def constant(graph: FlatGraph, ref: Ref) -> NDArray[Any] | None:
    """The value of a tensor that is a Const, None for any other; strings as an object array of bytes."""
    node = graph.producer(ref)
    if node is None or node.op != "Const":
        return None
    from tensorflow.python.framework import tensor_util

    return np.asarray(tensor_util.MakeNdarray(node.attr["value"].tensor))


def constant_dims(graph: FlatGraph, ref: Ref) -> Shape:
    """The value of a vector of integers, such as a shape, as far as it is constant; None where its length is not."""
    value = constant(graph, ref)
    if value is not None:
        return tuple(int(dim) if dim >= 0 else None for dim in value.ravel())
    node = graph.producer(ref)
    if node is not None and node.op == "Cast":
        return constant_dims(graph, node.inputs[0])
    if node is None or node.op != "Pack":
        return None
    items = [constant(graph, item) for item in node.inputs]
    return tuple(None if item is None or item.size != 1 or item < 0 else int(item.ravel()[0]) for item in items)


def static_shape(graph: FlatGraph, ref: Ref) -> Shape:
    """The shape of a tensor (of a variable's content, where it is a handle) as far as the graph says it."""
    node = graph.producer(ref)
    if node is not None and node.op == "ReadVariableOp":
        node = graph.producer(node.inputs[0])
    if node is None:
        return None
    if node.op == "Const":
        return _dims(node.attr["value"].tensor.tensor_shape)
    if node.op in _WITH_SHAPE:
        return _dims(node.attr["shape"].shape)
    if _INFERRED in node.attr:
        shapes = node.attr[_INFERRED].list.shape
        # Inside a function an output is named by its port; which number that is only matters where there are several.
        if ref.index < len(shapes) and (not ref.port or len(shapes) == 1):
            return _dims(shapes[ref.index])
    return None


def _dims(shape: Any) -> Shape:
    return None if shape.unknown_rank else tuple(None if dim.size < 0 else dim.size for dim in shape.dim)


def first_dimension(graph: FlatGraph, ref: Ref) -> int | None:
    """How many rows a tensor or a variable has; None where that is not in the graph."""
    shape = static_shape(graph, ref)
    return shape[0] or None if shape else None


def vocabulary(graph: FlatGraph, functions: Any, assets: list[Path]) -> tuple[bytes, ...]:
    """The words of all string-keyed lookup tables of a model, in order, each once.

    Args:
        graph: The flat graph.
        functions: The library's FunctionDefs: table initialisers may be called from nowhere in the graph.
        assets: The asset files there are.
    """
    words: dict[bytes, None] = {}
    for node in graph.nodes.values():
        if node.op in _INITIALIZERS and len(node.inputs) > 1:
            keys = constant(graph, node.inputs[1])
            if keys is not None and keys.dtype == object:
                words.update(dict.fromkeys(keys.ravel().tolist()))
    nodes: list[Any] = [*graph.nodes.values(), *(node for f in functions for node in f.node_def)]
    columns = {_column(node) for node in nodes if node.op in FILE_INITIALIZERS}
    for path in assets if columns else ():
        words.update(dict.fromkeys(_file_words(path, columns)))
    return tuple(words)


def _column(node: Node | Any) -> tuple[int, bytes]:
    return int(node.attr["key_index"].i), bytes(node.attr["delimiter"].s) or b"\t"


def _file_words(path: Path, columns: set[tuple[int, bytes]]) -> list[bytes]:
    try:
        if path.stat().st_size > _MAX_FILE:
            return []
        data = path.read_bytes()
    except OSError:
        return []
    if b"\0" in data:
        return []
    words: list[bytes] = []
    for line in data.splitlines():
        for index, delimiter in sorted(columns):
            parts = [line] if index == _WHOLE_LINE else line.split(delimiter)
            if index == _WHOLE_LINE:
                words.append(line)
            elif 0 <= index < len(parts):
                words.append(parts[index])
            elif index < 0:  # The key is the line number, the word is the value.
                words.append(line)
    return words
