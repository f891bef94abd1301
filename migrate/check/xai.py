"""What AI Explanations asks of a model's signatures.

Source: "Saving TensorFlow models for AI Explanations": one signature is taken as it is; of several, the one under the
key `xai_model`. `xai_preprocess` makes what that one takes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrate.check.results import Finding, Severity
from migrate.check.serving import DEFAULT
from migrate.check.shapes import compatible
from migrate.signatures.contract.tensors import is_dense, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo

MODEL, PREPROCESS = "xai_model", "xai_preprocess"
_NO_LETTER = re.compile(r"[^a-z]")
_ALIKE = 0.85


def xai_findings(meta_graph: MetaGraph) -> tuple[Finding, ...]:
    """What keeps AI Explanations from using a MetaGraph, beyond what keeps TensorFlow Serving from it."""
    return tuple(_findings(meta_graph))


def _findings(meta_graph: MetaGraph) -> Iterator[Finding]:
    by_key = meta_graph.by_key
    model, preprocess = by_key.get(MODEL), by_key.get(PREPROCESS)
    near = {
        wanted: found for wanted in (MODEL, PREPROCESS) if wanted not in by_key and (found := _near(wanted, meta_graph))
    }
    for wanted, found in near.items():
        message = f"AI Explanations does not know this key; it looks for exactly `{wanted}`"
        options = ("--rename", f"{found}={wanted}")
        yield Finding("xai-key", Severity.ERROR, message, meta_graph.tags, found, options=options)
    if model is None and MODEL not in near and (len(by_key) > 1 or preprocess is not None):
        yield _missing(meta_graph, preprocess)
    # Under another key it is the same function.
    model = model or (by_key[near[MODEL]] if MODEL in near else None)
    preprocess = preprocess or (by_key[near[PREPROCESS]] if PREPROCESS in near else None)
    if model is not None and preprocess is not None:
        yield from _handover(meta_graph.tags, preprocess, model)
    explained = model or (meta_graph.signatures[0] if len(by_key) == 1 else None)
    for signature in (explained, preprocess):
        if signature is not None:
            yield from _inputs(meta_graph.tags, signature)


def _near(wanted: str, meta_graph: MetaGraph) -> str:
    """The one key that was probably meant to be this one; empty where there is none, or several."""
    from difflib import SequenceMatcher

    other = PREPROCESS if wanted == MODEL else MODEL
    letters = _NO_LETTER.sub("", wanted)
    found = []
    for signature in meta_graph.signatures:
        said = _NO_LETTER.sub("", signature.key.lower())
        # `preprocess` alone is a name of its own.
        alike = said.startswith(letters[0]) and SequenceMatcher(None, said, letters).ratio() >= _ALIKE
        if signature.key != other and alike:
            found.append(signature.key)
    return found[0] if len(found) == 1 else ""


def _missing(meta_graph: MetaGraph, preprocess: SignatureDef | None) -> Finding:
    """No `xai_model`: which signature is it?"""
    if preprocess is None:
        source = DEFAULT if DEFAULT in meta_graph.by_key else ""
    else:
        # `serving_default` usually does both steps in one.
        fitting = [
            signature.key
            for signature in meta_graph.signatures
            if signature is not preprocess and not list(_handover(meta_graph.tags, preprocess, signature))
        ]
        source = fitting[0] if len(fitting) == 1 else ""
    listed = ", ".join(f"`{signature.key}`" for signature in meta_graph.signatures)
    return Finding(
        "xai-model",
        Severity.ERROR,
        f"there is no `{MODEL}`, and AI Explanations cannot tell which signature to explain: {listed}",
        meta_graph.tags,
        remedy="" if source else f"give the one to explain that key: `tf-migrate restore --copy KEY={MODEL}`",
        options=("--copy", f"{source}={MODEL}") if source else (),
    )


def _handover(tags: tuple[str, ...], preprocess: SignatureDef, model: SignatureDef) -> Iterator[Finding]:
    """What one returns and the other takes has to be the same."""

    def finding(rule: str, message: str, remedy: str = "", options: tuple[str, ...] = ()) -> Finding:
        return Finding(rule, Severity.ERROR, message, tags, preprocess.key, remedy, options)

    given = {info.key: info for info in preprocess.outputs}
    taken = {info.key: info for info in model.inputs}
    missing = [info for info in model.inputs if info.key not in given]
    spare = [info for info in preprocess.outputs if info.key not in taken]
    renames = _renames(spare, missing)
    for info in missing:
        if info.key in renames:
            old = renames[info.key]
            message = f"returns `{old}` where `{model.key}` takes `{info.key}`"
            yield finding("xai-names", message, options=("--rename-output", f"{preprocess.key}:{old}={info.key}"))
        else:
            message = f"returns no `{info.key}`, which `{model.key}` takes ({_form(info)})"
            yield finding("xai-names", message, "export both with the same names")
    for info in spare:
        if info.key not in renames.values():
            message = f"returns `{info.key}` ({_form(info)}), which `{model.key}` does not take"
            yield finding("xai-names", message, "export both with the same names")
    for key in given.keys() & taken.keys():
        ours, theirs = given[key], taken[key]
        if ours.dtype != theirs.dtype:
            message = f"returns `{key}` as {ours.dtype}; `{model.key}` takes {theirs.dtype}"
            yield finding("xai-dtype", message, "cast it in one of the two functions")
        if not compatible(ours.shape, theirs.shape):
            message = f"returns `{key}` {shape_text(ours.shape)}; `{model.key}` takes {shape_text(theirs.shape)}"
            yield finding("xai-shape", message, "reshape it in one of the two functions")


def _renames(spare: list[TensorInfo], missing: list[TensorInfo]) -> dict[str, str]:
    """Outputs that can be only one of the missing inputs: that one's name to theirs."""
    found = {}
    for wanted in missing:
        fitting = [info for info in spare if _fits(info, wanted)]
        if len(fitting) == 1 and sum(_fits(fitting[0], other) for other in missing) == 1:
            found[wanted.key] = fitting[0].key
    return found


def _fits(given: TensorInfo, wanted: TensorInfo) -> bool:
    return given.kind == wanted.kind and given.dtype == wanted.dtype and compatible(given.shape, wanted.shape)


def _inputs(tags: tuple[str, ...], signature: SignatureDef) -> Iterator[Finding]:
    for info in signature.inputs:
        if not is_dense(info):
            message = f"its input `{info.key}` is a {info.kind} tensor; AI Explanations takes dense ones"
            remedy = "export it with a dense input"
            yield Finding("xai-dense", Severity.ERROR, message, tags, signature.key, remedy)
        elif info.shape is None:
            message = f"its input `{info.key}` is of unknown rank; its first dimension has to be the batch"
            remedy = "export it with a shape such as [None, 4]"
            yield Finding("xai-batch", Severity.WARNING, message, tags, signature.key, remedy)
        elif not info.shape or info.shape[0] is not None:
            message = (
                f"its input `{info.key}` has shape {shape_text(info.shape)}; its first dimension has to be the batch, of "
                "unknown size"
            )
            remedy = f"export it with the shape [{', '.join(['None', *map(_dim, info.shape[1:])])}]"
            yield Finding("xai-batch", Severity.ERROR, message, tags, signature.key, remedy)


def _dim(size: int | None) -> str:
    return str(size)


def _form(info: TensorInfo) -> str:
    return f"{info.dtype} {shape_text(info.shape)}"
