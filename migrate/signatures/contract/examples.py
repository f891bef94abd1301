"""The demands of the Classify and Regress APIs (classifier.cc, regressor.cc), which feed serialized tf.Examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.signatures.contract.tensors import (
    batch_violations,
    count,
    is_dense,
    listed,
    not_fed,
    shape_text,
    tensor_violations,
)
from migrate.signatures.contract.terms import Api, Severity, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import Shape, SignatureDef, TensorInfo

INPUTS, OUTPUTS, CLASSES, SCORES = "inputs", "outputs", "classes", "scores"
_WRAP_CLASSIFY = "wrap it: `tf-migrate restore --classify {key} --scores OUTPUT --examples SPEC`"
_WRAP_REGRESS = "wrap it: `tf-migrate restore --regress {key} --outputs OUTPUT --examples SPEC`"


def classify(signature: SignatureDef) -> Iterator[Violation]:
    """What keeps Classify from taking a signature."""
    yield from _example_input(signature, Api.CLASSIFY)
    yield from batch_violations(signature, (CLASSES, SCORES))
    if len(signature.outputs) not in (1, 2):
        yield Violation(
            "classify-output-count",
            Severity.ERROR,
            f"it has {count(len(signature.outputs), 'output')}{listed(signature.outputs)}; "
            "Classify takes one or two, `classes` and `scores`",
            _WRAP_CLASSIFY.format(key=signature.key),
        )
    classes, scores = signature.output(CLASSES), signature.output(SCORES)
    if classes is None and scores is None:
        renamed = tuple(_classify_renames(signature))
        yield Violation(
            "classify-output-keys",
            Severity.ERROR,
            f"it has neither an output `classes` nor `scores`{listed(signature.outputs)}",
            "" if renamed else _WRAP_CLASSIFY.format(key=signature.key),
            renamed,
        )
    for info, dtype in ((classes, "string"), (scores, "float32")):
        if info is not None:
            yield from _classify_output(signature, info, dtype)
    if classes is not None and scores is not None:
        widths = {shape[1] for shape in (classes.shape, scores.shape) if shape is not None and len(shape) == 2}
        if len(widths - {None}) > 1:
            yield Violation(
                "classify-width",
                Severity.ERROR,
                f"`classes` {shape_text(classes.shape)} and `scores` {shape_text(scores.shape)} have different numbers "
                "of classes; Classify pairs them",
                _WRAP_CLASSIFY.format(key=signature.key),
            )


def regress(signature: SignatureDef) -> Iterator[Violation]:
    """What keeps Regress from taking a signature."""
    yield from _example_input(signature, Api.REGRESS)
    yield from batch_violations(signature, (OUTPUTS,))
    if len(signature.outputs) != 1:
        yield Violation(
            "regress-output-count",
            Severity.ERROR,
            f"it has {count(len(signature.outputs), 'output')}{listed(signature.outputs)}; "
            "Regress takes one, `outputs`",
            _WRAP_REGRESS.format(key=signature.key),
        )
    outputs = signature.output(OUTPUTS)
    if outputs is None:
        renamed: tuple[str, ...] = ()
        if len(signature.outputs) == 1:
            (one,) = signature.outputs
            if is_dense(one) and one.dtype == "float32" and _is_one_value(one.shape):
                renamed = _rename("output", signature.key, one.key, OUTPUTS)
        yield Violation(
            "regress-output-key",
            Severity.ERROR,
            f"it has no output `outputs`{listed(signature.outputs)}",
            "" if renamed else _WRAP_REGRESS.format(key=signature.key),
            renamed,
        )
        return
    yield from tensor_violations(outputs, "output")
    yield from not_fed(signature, outputs)
    if not is_dense(outputs):
        return
    if outputs.dtype != "float32":
        yield Violation(
            "regress-output-dtype",
            Severity.ERROR,
            f"`outputs` is {outputs.dtype}; Regress takes float32",
            _WRAP_REGRESS.format(key=signature.key),
        )
    if not _is_one_value(outputs.shape):
        yield Violation(
            "regress-output-shape",
            Severity.ERROR,
            f"`outputs` has shape {shape_text(outputs.shape)}; Regress takes [batch] or [batch, 1]",
            _WRAP_REGRESS.format(key=signature.key),
        )


def _is_one_value(shape: Shape) -> bool:
    """Whether it may be [batch] or [batch, 1]."""
    return shape is None or len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, None))


def _example_input(signature: SignatureDef, api: Api) -> Iterator[Violation]:
    """Both APIs feed one input, `inputs`, a vector of serialized tf.Examples."""
    wrap = (_WRAP_CLASSIFY if api is Api.CLASSIFY else _WRAP_REGRESS).format(key=signature.key)
    if len(signature.inputs) != 1:
        yield Violation(
            f"{api}-input-count",
            Severity.ERROR,
            f"it has {count(len(signature.inputs), 'input')}{listed(signature.inputs)}; {api.title} takes one, "
            "`inputs`, and feeds it serialized tf.Examples",
            wrap,
        )
        return
    (info,) = signature.inputs
    takes_examples = is_dense(info) and info.dtype == "string"
    if not takes_examples:
        what = info.dtype if is_dense(info) else info.kind
        yield Violation(
            f"{api}-input-dtype",
            Severity.ERROR,
            f"its input `{info.key}` is {what}; {api.title} feeds serialized tf.Examples, which are strings",
            wrap,
        )
    elif info.shape is not None and len(info.shape) != 1:
        yield Violation(
            f"{api}-input-shape",
            Severity.WARNING,
            f"its input `{info.key}` is declared with shape {shape_text(info.shape)}; {api.title} feeds a vector, "
            "[batch], and it depends on the graph whether that works",
            "export it with the shape [None]",
        )
    if info.key != INPUTS:
        yield Violation(
            f"{api}-input-key",
            Severity.ERROR,
            f"its input is called `{info.key}`; {api.title} takes `inputs`",
            "" if takes_examples else wrap,
            _rename("input", signature.key, info.key, INPUTS) if takes_examples else (),
        )


def _classify_output(signature: SignatureDef, info: TensorInfo, dtype: str) -> Iterator[Violation]:
    wrap = _WRAP_CLASSIFY.format(key=signature.key)
    yield from tensor_violations(info, "output")
    yield from not_fed(signature, info)
    if not is_dense(info):
        return
    if info.dtype != dtype:
        yield Violation(
            f"classify-{info.key}-dtype",
            Severity.ERROR,
            f"`{info.key}` is {info.dtype}; Classify takes {dtype}",
            wrap,
        )
    if info.shape is not None and len(info.shape) != 2:
        yield Violation(
            f"classify-{info.key}-shape",
            Severity.ERROR,
            f"`{info.key}` has shape {shape_text(info.shape)}; Classify takes [batch, classes]",
            wrap,
        )


def _classify_renames(signature: SignatureDef) -> Iterator[str]:
    """Renames that make `classes` and `scores` out of outputs whose type leaves no doubt."""
    if len(signature.outputs) > 2:
        return
    for key, dtype in ((CLASSES, "string"), (SCORES, "float32")):
        fitting = [
            info
            for info in signature.outputs
            if is_dense(info) and info.dtype == dtype and (info.shape is None or len(info.shape) == 2)
        ]
        if len(fitting) == 1:
            yield from _rename("output", signature.key, fitting[0].key, key)


def _rename(what: str, signature: str, old: str, new: str) -> tuple[str, ...]:
    return f"--rename-{what}", f"{signature}:{old}={new}"
