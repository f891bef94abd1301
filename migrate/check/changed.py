"""The differences of one signature: its inputs and outputs, their dtypes, shapes and defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from migrate.check.results import Severity
from migrate.check.shapes import Relation, compatible, relation
from migrate.signatures.contract import Api, api_of
from migrate.signatures.contract.tensors import shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrate.signatures.model import SignatureDef, TensorInfo

_What = Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; the fields are those of a Finding."""

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    options: tuple[str, ...] = ()


def signature_differences(old: SignatureDef, new: SignatureDef) -> tuple[tuple[Difference, ...], SignatureDef]:
    """What a client of the old signature notices of the new one, its method name apart.

    Args:
        old: The original's.
        new: What takes its place.

    Returns:
        The differences, and the new signature with the keys that renaming gives back to it.
    """
    inputs = _renames(old.inputs, new.inputs)
    outputs = _renames(old.outputs, new.outputs)
    renamed = replace(
        new,
        inputs=_with_keys(new.inputs, inputs),
        outputs=_with_keys(new.outputs, outputs),
        defaults=tuple((inputs.get(key, key), value) for key, value in new.defaults),
    )
    found = [
        *_renamed("input", new.key, inputs),
        *_renamed("output", new.key, outputs),
        *_gone("input", old.inputs, renamed.inputs),
        *_gone("output", old.outputs, renamed.outputs),
        *_new_inputs(old, renamed),
        *_new_outputs(old, renamed),
        *_rest(old, renamed),
        *_tensors("input", _as_fed(old), renamed.inputs),
        *_tensors("output", old.outputs, renamed.outputs),
        *_defaults(old, renamed),
    ]
    return tuple(found), renamed


def _as_fed(signature: SignatureDef) -> tuple[TensorInfo, ...]:
    """The inputs; those of Classify and Regress get vectors, whatever shape TF1 left open."""
    if api_of(signature.method_name) in (Api.CLASSIFY, Api.REGRESS):
        return tuple(replace(info, shape=info.shape or (None,)) for info in signature.inputs)
    return signature.inputs


def _renames(old: Sequence[TensorInfo], new: Sequence[TensorInfo]) -> dict[str, str]:
    """Keys that are new, to the original's keys that they can only stand for."""
    kept = {info.key for info in old} & {info.key for info in new}
    gone = [info for info in old if info.key not in kept]
    come = [info for info in new if info.key not in kept]
    found = {}
    for info in gone:
        fitting = [other for other in come if _alike(info, other)]
        if len(fitting) == 1 and sum(_alike(other, fitting[0]) for other in gone) == 1:
            found[fitting[0].key] = info.key
    return found


def _alike(old: TensorInfo, new: TensorInfo) -> bool:
    return old.kind == new.kind and old.dtype == new.dtype and compatible(old.shape, new.shape)


def _with_keys(infos: Sequence[TensorInfo], renames: dict[str, str]) -> tuple[TensorInfo, ...]:
    return tuple(replace(info, key=renames.get(info.key, info.key)) for info in infos)


def _renamed(what: _What, signature: str, renames: dict[str, str]) -> Iterator[Difference]:
    for new, old in renames.items():
        message = f"its {what} `{new}` is called `{old}` in the original"
        options = (f"--rename-{what}", f"{signature}:{new}={old}")
        yield Difference(f"renamed-{what}", Severity.ERROR, message, options=options)


def _gone(what: _What, old: Sequence[TensorInfo], new: Sequence[TensorInfo]) -> Iterator[Difference]:
    there = {info.key for info in new}
    verb = "takes" if what == "input" else "returns"
    for info in old:
        if info.key not in there:
            message = f"no longer {verb} `{info.key}` ({_form(info)})"
            yield Difference(f"missing-{what}", Severity.ERROR, message, f"export it with this {what}")


def _new_inputs(old: SignatureDef, new: SignatureDef) -> Iterator[Difference]:
    defaults = {key for key, _ in new.defaults}
    for info in new.inputs:
        if old.input(info.key) is not None:
            continue
        if info.key in defaults:
            message = f"also takes `{info.key}` ({_form(info)}), which may be left out"
            yield Difference("new-input", Severity.NOTE, message)
        else:
            message = f"also takes `{info.key}` ({_form(info)}), which old clients do not send"
            remedy = "export it with a default value for this input, or without it"
            yield Difference("new-input", Severity.ERROR, message, remedy)


def _new_outputs(old: SignatureDef, new: SignatureDef) -> Iterator[Difference]:
    for info in new.outputs:
        if old.output(info.key) is None:
            yield Difference("new-output", Severity.NOTE, f"also returns `{info.key}` ({_form(info)})")


def _rest(old: SignatureDef, new: SignatureDef) -> Iterator[Difference]:
    """REST requests and answers hold bare values where there is one input or output, objects where there are several.

    Source: tensorflow_serving/util/json_tensor.cc.
    """
    if len(old.inputs) == 1 and len(new.inputs) > 1:
        message = f"takes {len(new.inputs)} inputs where the original takes one; REST requests with bare values fail"
        yield Difference("rest-format", Severity.WARNING, message, "leave the further inputs to another signature")
    if len(old.outputs) == 1 and len(new.outputs) > 1:
        message = f"returns {len(new.outputs)} outputs where the original returns one; REST answers become objects"
        yield Difference("rest-format", Severity.WARNING, message, "leave the further outputs to another signature")


def _tensors(what: _What, old: Sequence[TensorInfo], new: Sequence[TensorInfo]) -> Iterator[Difference]:
    there = {info.key: info for info in new}
    for info in old:
        if info.key in there:
            yield from _tensor(what, info, there[info.key])


def _tensor(what: _What, old: TensorInfo, new: TensorInfo) -> Iterator[Difference]:
    subject = f"its {what} `{old.key}`"
    if old.kind != new.kind or len(old.components) != len(new.components):
        message = f"{subject} is {_kind(new)}; in the original it is {_kind(old)}"
        yield Difference("changed-encoding", Severity.ERROR, message, "export it as the original has it")
        return
    for ours, theirs in zip(old.components, new.components, strict=True):
        yield from _tensor(what, ours, theirs)
    if old.dtype != new.dtype:
        message = f"{subject} is {new.dtype}; in the original it is {old.dtype}"
        yield Difference("changed-dtype", Severity.ERROR, message, "cast it in the export")
    yield from _shape(what, subject, old, new)


def _shape(what: _What, subject: str, old: TensorInfo, new: TensorInfo) -> Iterator[Difference]:
    change = relation(old.shape, new.shape)
    if change is Relation.SAME:
        return
    says = f"{subject}: shape {shape_text(new.shape)} here, {shape_text(old.shape)} in the original"
    if change is Relation.APART:
        yield Difference(
            "changed-shape", Severity.ERROR, f"{says}; no tensor has both", "export it with the original's"
        )
    elif what == "output":
        less = change is Relation.WIDER
        yield Difference("changed-shape", Severity.NOTE, f"{says}; it says {'less' if less else 'more'} than before")
    elif change is Relation.WIDER:
        yield Difference("changed-shape", Severity.NOTE, f"{says}; it takes more than before")
    elif change is Relation.FIXED_BATCH:
        remedy = "export it with an unknown batch dimension"
        yield Difference("changed-shape", Severity.ERROR, f"{says}; only batches of one size are taken", remedy)
    else:
        remedy = "export it with the original's shape, unless nobody ever sent another"
        yield Difference("changed-shape", Severity.WARNING, f"{says}; it takes less than before", remedy)


def _defaults(old: SignatureDef, new: SignatureDef) -> Iterator[Difference]:
    ours, theirs = dict(old.defaults), dict(new.defaults)
    for key in sorted(ours.keys() | theirs.keys()):
        if new.input(key) is None or old.input(key) is None or ours.get(key) == theirs.get(key):
            continue
        if key not in theirs:
            message, severity = f"its input `{key}` can no longer be left out", Severity.ERROR
        elif key not in ours:
            message, severity = f"its input `{key}` may now be left out", Severity.NOTE
        else:
            message, severity = f"its input `{key}` has another default value", Severity.ERROR
        remedy = "export it with the original's default value" if severity is Severity.ERROR else ""
        yield Difference("changed-default", severity, message, remedy)


def _kind(info: TensorInfo) -> str:
    return f"composite of {len(info.components)}" if info.components else info.kind


def _form(info: TensorInfo) -> str:
    return f"{info.dtype} {shape_text(info.shape)}"
