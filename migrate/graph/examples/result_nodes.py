"""The nodes that make classes, scores or values of a predict signature's outputs.

What TensorFlow Serving takes: `PostProcessClassificationResult` in tensorflow_serving/servables/tensorflow/
classifier.cc, `PostProcessRegressionResult` in regressor.cc. Whatever does not fit is an error when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrate.graph.examples.body import Body
from migrate.graph.examples.results import Classification, Column
from migrate.graph.examples.wrapping import CLASSES, OUTPUTS, SCORES
from migrate.signatures.model import Shape, TensorInfo

_FLOAT, _STRING = "float32", "string"


def return_classification(
    body: Body, serialized: str, tensors: Mapping[str, str], plan: Classification, batch: int | None
) -> tuple[TensorInfo, ...]:
    """Adds the nodes and returns.

    Args:
        body: The function.
        serialized: Its tensor with the serialized tf.Examples, string [batch].
        tensors: The wrapped signature's outputs by key.
        plan: What is to be made of them.
        batch: The size of the batch where it is known.

    Returns:
        The signature's outputs in the order of the function's, without names of tensors.
    """
    shape = (batch, plan.width)
    found = []
    if plan.classes is not None:
        named = _named(body, tensors[plan.classes.key], plan.classes.dtype, plan.vocabulary)
        body.returns(CLASSES, _STRING, _matrix(body, serialized, CLASSES, named, _STRING, plan.classes, plan.width))
        found.append(TensorInfo(CLASSES, "", _STRING, shape))
    elif plan.vocabulary is not None:
        body.returns(CLASSES, _STRING, _all_classes(body, serialized, plan.vocabulary))
        found.append(TensorInfo(CLASSES, "", _STRING, shape))
    if plan.scores is not None:
        scores = _float(body, SCORES, tensors[plan.scores.key], plan.scores)
        body.returns(SCORES, _FLOAT, _matrix(body, serialized, SCORES, scores, _FLOAT, plan.scores, plan.width))
        found.append(TensorInfo(SCORES, "", _FLOAT, shape))
    return tuple(found)


def return_regression(
    body: Body, serialized: str, tensors: Mapping[str, str], column: Column, batch: int | None
) -> tuple[TensorInfo, ...]:
    """Adds the nodes and returns; as `return_classification`."""
    values = _float(body, OUTPUTS, tensors[column.key], column)
    shape: Shape = (batch,) if column.rank in (1, None) else (batch, 1)
    if column.rank != 2:
        # One value an example, or an error.
        values = body.reshape(f"{OUTPUTS}/rows", values, _FLOAT, _count(body, serialized, OUTPUTS))
    elif column.width is None:
        values = body.ensure_shape(f"{OUTPUTS}/one_each", values, _FLOAT, (None, 1))
    body.returns(OUTPUTS, _FLOAT, values)
    return (TensorInfo(OUTPUTS, "", _FLOAT, shape),)


def _float(body: Body, name: str, tensor: str, column: Column) -> str:
    return tensor if column.dtype == _FLOAT else body.cast(f"{name}/float", tensor, column.dtype, _FLOAT)


def _named(body: Body, tensor: str, dtype: str, vocabulary: tuple[bytes, ...] | None) -> str:
    """Class names: text as it is, ids as the vocabulary has them, or in digits as canned Estimators did."""
    if dtype == _STRING:
        return tensor
    ids = tensor if dtype in ("int32", "int64") else body.cast(f"{CLASSES}/ids", tensor, dtype, "int64")
    id_dtype = dtype if dtype == "int32" else "int64"
    if vocabulary is None:
        body.add(f"{CLASSES}/names", "AsString", [ids], T=id_dtype)
        return f"{CLASSES}/names:output:0"
    words = body.constant(f"{CLASSES}/vocabulary", _STRING, vocabulary, (len(vocabulary),))
    axis = body.constant(f"{CLASSES}/axis", "int32", (0,), ())
    # On the CPU, where strings are, an id outside the vocabulary is an error.
    body.add(f"{CLASSES}/names", "GatherV2", [words, ids, axis], Tparams=_STRING, Tindices=id_dtype, Taxis="int32")
    return f"{CLASSES}/names:output:0"


def _matrix(body: Body, serialized: str, name: str, tensor: str, dtype: str, column: Column, width: int | None) -> str:
    """A row for each example."""
    if column.rank == 1:
        return body.reshape(f"{name}/rows", tensor, dtype, _count(body, serialized, name, 1))
    if column.rank is None or column.width != width:
        return body.ensure_shape(f"{name}/one_row_each", tensor, dtype, (None, width))
    return tensor


def _all_classes(body: Body, serialized: str, vocabulary: tuple[bytes, ...]) -> str:
    """The whole vocabulary for each example."""
    words = body.constant(f"{CLASSES}/vocabulary", _STRING, vocabulary, (len(vocabulary),))
    shape = _count(body, serialized, CLASSES, len(vocabulary))
    body.add(f"{CLASSES}/each", "BroadcastTo", [words, shape], T=_STRING, Tidx="int32")
    return f"{CLASSES}/each:output:0"


def _count(body: Body, serialized: str, name: str, width: int | None = None) -> str:
    """The shape [batch], or [batch, width], as a tensor."""
    body.add(f"{name}/batch", "Shape", [serialized], T=_STRING, out_type="int32")
    if width is None:
        return f"{name}/batch:output:0"
    last = body.constant(f"{name}/width", "int32", (width,), (1,))
    axis = body.constant(f"{name}/join", "int32", (0,), ())
    node = body.add(f"{name}/shape", "ConcatV2", [f"{name}/batch:output:0", last, axis], T="int32", Tidx="int32")
    node.attr["N"].i = 2
    return f"{name}/shape:output:0"
