"""Which outputs become classes, scores or values, and whether they can."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.errors import MigrateError
from migrate.graph.examples.feeds import FLOATS, INTEGERS
from migrate.graph.examples.spec import shape_text
from migrate.graph.examples.wrapping import Wrapping
from migrate.signatures.model import SignatureDef, TensorInfo


@dataclass(frozen=True, slots=True)
class Column:
    """An output of the wrapped signature that is used, one row an example.

    Attributes:
        key: Its key.
        dtype: Its dtype.
        rank: 1 or 2, None where it is not known.
        width: How many values a row has; None where it is not known.
    """

    key: str
    dtype: str
    rank: int | None
    width: int | None


@dataclass(frozen=True, slots=True)
class Classification:
    """What a Classify signature returns.

    Attributes:
        scores: Where the scores come from, if anywhere.
        classes: Where the classes or their ids come from; None where they come from the vocabulary alone.
        vocabulary: The names of the classes.
        width: How many classes and scores an example has, None where it is not known.
    """

    scores: Column | None
    classes: Column | None
    vocabulary: tuple[bytes, ...] | None
    width: int | None


def plan_classification(signature: SignatureDef, wrapping: Wrapping, batch: int | None) -> Classification:
    """Fits outputs to what Classify returns: `classes`, text, and `scores`, float32, both [batch, classes].

    Raises:
        MigrateError: They do not fit; the message says why and what to do.
    """
    where = f"signature `{wrapping.key}`"
    scores = classes = None
    if wrapping.scores is not None:
        scores = _column(signature, wrapping.scores, batch, "--scores")
        _check_float(scores, where, "--scores")
    if wrapping.classes is not None:
        classes = _column(signature, wrapping.classes, batch, "--classes")
        _check_classes(classes, wrapping, where)
    width = _width(scores, classes, wrapping, where)
    return Classification(scores, classes, wrapping.vocabulary, width)


def plan_regression(signature: SignatureDef, key: str, batch: int | None) -> Column:
    """Fits an output to what Regress returns: `outputs`, float32, [batch] or [batch, 1].

    Raises:
        MigrateError: It does not fit; the message says why.
    """
    where = f"signature `{signature.key}`"
    column = _column(signature, key, batch, "--outputs")
    _check_float(column, where, "--outputs")
    if column.width not in (1, None):
        raise MigrateError(f"{where}: --outputs `{key}` has {column.width} values an example; Regress returns one")
    return column


def output_of(signature: SignatureDef, key: str, option: str) -> TensorInfo:
    """An output that a user has named.

    Raises:
        MigrateError: There is none of that name, or it is no dense tensor.
    """
    info = signature.output(key)
    where = f"signature `{signature.key}`: {option} `{key}`"
    if info is None:
        listed = ", ".join(f"`{other.key}`" for other in signature.outputs)
        raise MigrateError(f"{where}: there is no such output, only {listed}")
    if info.kind != "dense":
        what = "an operation" if info.kind == "operation" else f"a {info.kind} tensor"
        raise MigrateError(f"{where} is {what}; a dense one is needed")
    return info


def _column(signature: SignatureDef, key: str, batch: int | None, option: str) -> Column:
    info = output_of(signature, key, option)
    where = f"signature `{signature.key}`: {option} `{key}`"
    if info.shape is None:
        return Column(key, info.dtype, None, None)
    if len(info.shape) not in (1, 2):
        raise MigrateError(f"{where} has shape {shape_text(info.shape)}; [batch] or [batch, N] is needed")
    # [10] may well be ten classes of one example; nothing but the batch makes rows.
    if info.shape[0] not in (batch, None):
        rows = "of any size" if batch is None else f"of {batch}"
        raise MigrateError(f"{where} has shape {shape_text(info.shape)}: its first dimension is not the batch ({rows})")
    return Column(key, info.dtype, len(info.shape), info.shape[1] if len(info.shape) == 2 else 1)


def _check_float(column: Column, where: str, option: str) -> None:
    if column.dtype not in FLOATS:
        raise MigrateError(f"{where}: {option} `{column.key}` is {column.dtype}; a floating-point output is needed")


def _check_classes(column: Column, wrapping: Wrapping, where: str) -> None:
    where = f"{where}: --classes `{column.key}`"
    if column.dtype == "string":
        if wrapping.vocabulary is not None:
            raise MigrateError(f"{where} has the classes as text already; leave the vocabulary away")
    elif column.dtype not in INTEGERS or column.dtype == "bool":
        raise MigrateError(f"{where} is {column.dtype}; classes are text or integer ids")


def _width(scores: Column | None, classes: Column | None, wrapping: Wrapping, where: str) -> int | None:
    """How wide classes and scores are, which TensorFlow Serving pairs one by one."""
    vocabulary = wrapping.vocabulary if classes is None else None
    widths = {
        "scores": scores.width if scores else None,
        "classes": classes.width if classes else len(vocabulary) if vocabulary else None,
    }
    known = {name: width for name, width in widths.items() if width is not None}
    if len(set(known.values())) <= 1:
        return next(iter(known.values()), None)
    if vocabulary is not None and scores is not None:
        advice = "list the classes in the order of the scores, one a line"
        if scores.width == 1:
            advice = "export a score for each class, for instance tf.concat([1 - p, p], axis=1)"
        raise MigrateError(
            f"{where}: classes in the vocabulary: {known['classes']}, scores of an example in `{scores.key}`: "
            f"{known['scores']}; {advice}"
        )
    raise MigrateError(
        f"{where}: an example has {known['classes']} of the classes and {known['scores']} of the scores, and Classify "
        "pairs them; give only the file for --classes (all classes, in the order of the scores), or only one of "
        "--classes and --scores"
    )
