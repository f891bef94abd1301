"""What TensorFlow Serving's Predict, Classify and Regress APIs demand of a SignatureDef.

Sources: tensorflow_serving/servables/tensorflow/{predict_util,classifier,regressor,util}.cc, and
https://www.tensorflow.org/tfx/serving/signature_defs
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import Shape, SignatureDef, TensorInfo


class Api(StrEnum):
    """One of TensorFlow Serving's inference APIs."""

    PREDICT = "predict"
    CLASSIFY = "classify"
    REGRESS = "regress"

    @property
    def method_name(self) -> str:
        """The method name of a signature that is made for it."""
        return f"tensorflow/serving/{self}"

    @property
    def title(self) -> str:  # type: ignore[override]
        """As TensorFlow Serving writes it."""
        return self.value.capitalize()


class Severity(StrEnum):
    """What a violation means for a client."""

    ERROR = "error"
    """The call fails, whatever is sent."""
    WARNING = "warning"
    """The call fails for some requests, or it cannot be told from here."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A demand of an API that a signature does not meet.

    Attributes:
        rule: Which demand; a word or more with hyphens, the same for all signatures.
        severity: Whether any call can succeed.
        message: What is the case and what would have to be.
        remedy: What to do; empty where nothing is known.
        options: Options of `tf-migrate restore` that mend it; empty where renaming does not.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    options: tuple[str, ...] = ()


INPUTS, OUTPUTS, CLASSES, SCORES = "inputs", "outputs", "classes", "scores"
_METHOD_NAMES = frozenset(api.method_name for api in Api)
_WRAP_CLASSIFY = "wrap it: `tf-migrate restore --classify {key} --scores OUTPUT --examples SPEC`"
_WRAP_REGRESS = "wrap it: `tf-migrate restore --regress {key} --outputs OUTPUT --examples SPEC`"
_NO_TENSORS = frozenset({"resource", "variant", "invalid"})


def api_of(method_name: str) -> Api | None:
    """The API that a method name belongs to, or None."""
    return next((api for api in Api if api.method_name == method_name), None)


def takes_method_name(api: Api, method_name: str) -> bool:
    """Whether an API takes signatures of that method name: Predict those of the other two also.

    (TensorFlow Serving compares it only with `--enable_signature_method_name_check`.)
    """
    return method_name in _METHOD_NAMES if api is Api.PREDICT else method_name == api.method_name


def violations(signature: SignatureDef, api: Api) -> tuple[Violation, ...]:
    """What keeps an API from taking a signature, its method name apart."""
    checks = {Api.PREDICT: _predict, Api.CLASSIFY: _classify, Api.REGRESS: _regress}
    return tuple(checks[api](signature))


def _predict(signature: SignatureDef) -> Iterator[Violation]:
    for info in signature.inputs:
        yield from _is_tensor(info, "input")
    for info in signature.outputs:
        yield from _is_tensor(info, "output")
    if not signature.outputs:
        yield Violation("predict-outputs", Severity.ERROR, "it has no outputs; a Predict call has to fetch one")
    counted = Counter(info.name for info in signature.inputs if info.name)
    for name in sorted(name for name, count in counted.items() if count > 1):
        keys = " and ".join(f"`{info.key}`" for info in signature.inputs if info.name == name)
        yield Violation(
            "predict-shared-input",
            Severity.ERROR,
            f"the inputs {keys} are one tensor, {name}, which a call may not feed twice",
            "remove one of them from the export",
        )


def _classify(signature: SignatureDef) -> Iterator[Violation]:
    yield from _example_input(signature, Api.CLASSIFY)
    if len(signature.outputs) not in (1, 2):
        yield Violation(
            "classify-output-count",
            Severity.ERROR,
            f"it has {_count(len(signature.outputs), 'output')}{_listed(signature.outputs)}; "
            "Classify takes one or two, `classes` and `scores`",
            _WRAP_CLASSIFY.format(key=signature.key),
        )
    classes, scores = signature.output(CLASSES), signature.output(SCORES)
    if classes is None and scores is None:
        renamed = tuple(_classify_renames(signature))
        yield Violation(
            "classify-output-keys",
            Severity.ERROR,
            f"it has neither an output `classes` nor `scores`{_listed(signature.outputs)}",
            "" if renamed else _WRAP_CLASSIFY.format(key=signature.key),
            renamed,
        )
    for info, dtype in ((classes, "string"), (scores, "float32")):
        if info is not None:
            yield from _classify_output(info, dtype)
    if classes is not None and scores is not None:
        widths = {shape[1] for shape in (classes.shape, scores.shape) if shape is not None and len(shape) == 2}
        if len(widths - {None}) > 1:
            yield Violation(
                "classify-width",
                Severity.ERROR,
                f"`classes` {_shape(classes.shape)} and `scores` {_shape(scores.shape)} have different numbers of "
                "classes; Classify pairs them",
                _WRAP_CLASSIFY.format(key=signature.key),
            )


def _regress(signature: SignatureDef) -> Iterator[Violation]:
    yield from _example_input(signature, Api.REGRESS)
    if len(signature.outputs) != 1:
        yield Violation(
            "regress-output-count",
            Severity.ERROR,
            f"it has {_count(len(signature.outputs), 'output')}{_listed(signature.outputs)}; "
            "Regress takes one, `outputs`",
            _WRAP_REGRESS.format(key=signature.key),
        )
    outputs = signature.output(OUTPUTS)
    if outputs is None:
        one = signature.outputs[0] if len(signature.outputs) == 1 else None
        yield Violation(
            "regress-output-key",
            Severity.ERROR,
            f"it has no output `outputs`{_listed(signature.outputs)}",
            "" if one else _WRAP_REGRESS.format(key=signature.key),
            _rename("output", signature.key, one.key, OUTPUTS) if one else (),
        )
        return
    yield from _is_tensor(outputs, "output")
    if outputs.kind != "dense":
        return
    if outputs.dtype != "float32":
        yield Violation(
            "regress-output-dtype",
            Severity.ERROR,
            f"`outputs` is {outputs.dtype}; Regress takes float32",
            _WRAP_REGRESS.format(key=signature.key),
        )
    shape = outputs.shape
    if shape is not None and (len(shape) not in (1, 2) or (len(shape) == 2 and shape[1] not in (1, None))):
        yield Violation(
            "regress-output-shape",
            Severity.ERROR,
            f"`outputs` has shape {_shape(shape)}; Regress takes [batch] or [batch, 1]",
            _WRAP_REGRESS.format(key=signature.key),
        )
    yield from _batch(outputs)


def _example_input(signature: SignatureDef, api: Api) -> Iterator[Violation]:
    """Both APIs feed one input, `inputs`, a vector of serialized tf.Examples."""
    wrap = (_WRAP_CLASSIFY if api is Api.CLASSIFY else _WRAP_REGRESS).format(key=signature.key)
    if len(signature.inputs) != 1:
        yield Violation(
            f"{api}-input-count",
            Severity.ERROR,
            f"it has {_count(len(signature.inputs), 'input')}{_listed(signature.inputs)}; {api.title} takes one, "
            "`inputs`, and feeds it serialized tf.Examples",
            wrap,
        )
        return
    (info,) = signature.inputs
    takes_examples = info.kind == "dense" and info.dtype == "string"
    if info.key != INPUTS:
        yield Violation(
            f"{api}-input-key",
            Severity.ERROR,
            f"its input is called `{info.key}`; {api.title} takes `inputs`",
            "" if takes_examples else wrap,
            _rename("input", signature.key, info.key, INPUTS) if takes_examples else (),
        )
    if not takes_examples:
        what = info.dtype if info.kind == "dense" else info.kind
        yield Violation(
            f"{api}-input-dtype",
            Severity.ERROR,
            f"its input `{info.key}` is {what}; {api.title} feeds serialized tf.Examples, which are strings",
            wrap,
        )
    elif info.shape is not None and len(info.shape) != 1:
        yield Violation(
            f"{api}-input-shape",
            Severity.ERROR,
            f"its input `{info.key}` has shape {_shape(info.shape)}; {api.title} feeds a vector, [batch]",
            wrap,
        )
    else:
        yield from _batch(info)


def _classify_output(info: TensorInfo, dtype: str) -> Iterator[Violation]:
    yield from _is_tensor(info, "output")
    if info.kind != "dense":
        return
    if info.dtype != dtype:
        yield Violation(
            f"classify-{info.key}-dtype",
            Severity.ERROR,
            f"`{info.key}` is {info.dtype}; Classify takes {dtype}",
            "export it as that, or let `--classes` and `--scores` make it",
        )
    if info.shape is not None and len(info.shape) != 2:
        yield Violation(
            f"classify-{info.key}-shape",
            Severity.ERROR,
            f"`{info.key}` has shape {_shape(info.shape)}; Classify takes [batch, classes]",
            "export it as that, or let `--classes` and `--scores` make it",
        )
    yield from _batch(info)


def _is_tensor(info: TensorInfo, what: str) -> Iterator[Violation]:
    """Serving feeds and fetches `TensorInfo.name`, which a sparse or composite TensorInfo does not have."""
    if info.kind in ("sparse", "composite"):
        yield Violation(
            f"{what}-encoding",
            Severity.ERROR,
            f"its {what} `{info.key}` is a {info.kind} tensor; TensorFlow Serving takes dense ones only",
            f"export its components as {what}s of their own",
        )
    elif info.kind == "operation" or info.dtype in _NO_TENSORS:
        found = f"the operation `{info.name}`" if info.kind == "operation" else info.dtype
        yield Violation(
            f"{what}-tensor",
            Severity.ERROR,
            f"its {what} `{info.key}` is {found}, not a tensor that can be sent",
            f"take it out of the signature's {what}s",
        )


def _batch(info: TensorInfo) -> Iterator[Violation]:
    if info.shape and info.shape[0] is not None:
        yield Violation(
            "fixed-batch",
            Severity.WARNING,
            f"`{info.key}` has shape {_shape(info.shape)}: only requests of exactly {info.shape[0]} "
            f"example{'s' if info.shape[0] != 1 else ''} succeed",
            "export it with an unknown batch dimension",
        )


def _classify_renames(signature: SignatureDef) -> Iterator[str]:
    """Renames that make `classes` and `scores` out of outputs whose type leaves no doubt."""
    if len(signature.outputs) > 2:
        return
    for key, dtype in ((CLASSES, "string"), (SCORES, "float32")):
        fitting = [
            info
            for info in signature.outputs
            if info.kind == "dense" and info.dtype == dtype and (info.shape is None or len(info.shape) == 2)
        ]
        if len(fitting) == 1:
            yield from _rename("output", signature.key, fitting[0].key, key)


def _rename(what: str, signature: str, old: str, new: str) -> tuple[str, ...]:
    return f"--rename-{what}", f"{signature}:{old}={new}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _listed(infos: tuple[TensorInfo, ...]) -> str:
    return f" ({', '.join(f'`{info.key}`' for info in infos)})" if infos else ""


def _shape(shape: Shape) -> str:
    if shape is None:
        return "of unknown rank"
    return f"[{', '.join('?' if dim is None else str(dim) for dim in shape)}]"
