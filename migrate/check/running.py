"""Calls signatures with serialized tf.Examples and looks at the answers as TensorFlow Serving does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migrate.check.results import Finding, Severity, SignatureCheck, Taken, Trial
from migrate.errors import MigrateError
from migrate.signatures.contract import Api, api_of
from migrate.signatures.contract.tensors import tensor_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from migrate.signatures.model import MetaGraph, SignatureDef
    from migrate.verify.models import Failure, Model, Outputs
    from migrate.verify.specs import InputSpec

BATCHES = (1, 3)
_FETCHED = {Api.CLASSIFY: ("classes", "scores"), Api.REGRESS: ("outputs",)}


def run_signatures(
    file: Path, meta_graph: MetaGraph, checks: Iterable[SignatureCheck]
) -> tuple[tuple[SignatureCheck, ...], tuple[Finding, ...]]:
    """Calls every signature that Classify or Regress may take, in a fresh session.

    Args:
        file: The model's saved_model.pb or saved_model.pbtxt.
        meta_graph: The MetaGraph to load.
        checks: The verdicts on its signatures.

    Returns:
        The same with their trials, and what went wrong.
    """
    checks = tuple(checks)
    wanted = {check.key: apis for check in checks if (apis := _apis(check))}
    if not wanted:
        message = "no signature is for Classify or Regress, so none was called"
        return checks, (Finding("run-skipped", Severity.NOTE, message, meta_graph.tags),)
    trials: dict[str, tuple[Trial, ...]] = {}
    found: list[Finding] = []
    try:
        refused = _hazards(file, meta_graph, wanted)
        callable_ = {key: apis for key, apis in wanted.items() if key not in refused}
        for key, reason in refused.items():
            trials[key] = tuple(Trial(api, reason=f"not run: {reason}") for api in wanted[key])
            found.append(_skipped(meta_graph, key, reason, promised=_is_promised(checks, key)))
        if callable_:
            trials.update(_call_all(file, meta_graph, callable_, checks, found))
    except MigrateError as error:
        message = str(error).removeprefix(f"{file.parent}: ").removeprefix(f"{file}: ")
        found.append(Finding("run-load", Severity.ERROR, message, meta_graph.tags))
        reason = "not run: the model could not be loaded"
        trials.update({key: tuple(Trial(api, reason=reason) for api in apis) for key, apis in wanted.items()})
    return tuple(replace(check, trials=trials.get(check.key, ())) for check in checks), tuple(found)


def _apis(check: SignatureCheck) -> tuple[Api, ...]:
    """The APIs to try: that of the method name, or all that it fits."""
    promised = api_of(check.method_name)
    takers = [verdict.api for verdict in check.verdicts if verdict.api in _FETCHED and verdict.taken is not Taken.NO]
    return (promised,) if promised in takers else tuple(takers)


def _is_promised(checks: Iterable[SignatureCheck], key: str) -> bool:
    return any(check.key == key and api_of(check.method_name) in _FETCHED for check in checks)


def _hazards(file: Path, meta_graph: MetaGraph, wanted: Iterable[str]) -> dict[str, str]:
    """Signatures that must not be run without the user's trust, and why: they write files or call Python."""
    from migrate.graph.hazards import find_hazards
    from migrate.graph.inspection import HazardKind
    from migrate.graph.inspection import Severity as Weight
    from migrate.graph.load import load_source, select_meta_graph
    from migrate.graph.view import MetaGraphView

    source = load_source(file)
    view = MetaGraphView(source, select_meta_graph(source, meta_graph.tags))
    found: dict[str, str] = {}
    for hazard in find_hazards(view):
        if hazard.kind in (HazardKind.WRITES_FILE, HazardKind.PYTHON_FUNCTION) and hazard.severity is Weight.BLOCKS:
            for key in wanted:
                if not hazard.signatures or key in hazard.signatures:
                    said = hazard.message.rstrip(".")
                    found.setdefault(key, f"node {hazard.node} ({hazard.op}): {said[:1].lower()}{said[1:]}")
    return found


def _call_all(
    file: Path,
    meta_graph: MetaGraph,
    wanted: Mapping[str, tuple[Api, ...]],
    checks: Iterable[SignatureCheck],
    found: list[Finding],
) -> dict[str, tuple[Trial, ...]]:
    from migrate.verify.models import Model

    checks = tuple(checks)
    trials: dict[str, tuple[Trial, ...]] = {}
    with Model(file.parent, meta_graph) as model:
        words = model.vocabulary()
        for key, apis in wanted.items():
            promised = _is_promised(checks, key)
            made = []
            for api in apis:
                trial, more = _try(model, meta_graph, meta_graph.by_key[key], api, words, promised)
                made.append(trial)
                found += more
            trials[key] = tuple(made)
    return trials


def _try(
    model: Model, meta_graph: MetaGraph, signature: SignatureDef, api: Api, words: tuple[bytes, ...], promised: bool
) -> tuple[Trial, list[Finding]]:
    from migrate.verify.specs import input_specs

    called = _called(signature, api)
    (spec,) = input_specs(called, called, model.hints(called))
    if reason := _unmakeable(spec):
        skipped = _skipped(meta_graph, signature.key, reason, promised=promised)
        return Trial(api, reason=f"not run: {reason}"), [skipped]
    good, problems = [], []
    sizes = BATCHES if spec.shape is None or spec.shape[0] is None else (spec.shape[0],)
    for rows in sizes:
        answer = _call(model, called, spec, rows, words)
        if isinstance(answer, str):
            message = f"did not take {_many(rows)} made for it: {answer}; {api.title} is not proved to work"
            severity = Severity.WARNING if promised else Severity.NOTE
            remedy = "call it with examples of your own"
            problems.append(Finding("run-refused", severity, message, meta_graph.tags, signature.key, remedy))
        elif wrong := answer_problem(api, answer.parts, rows):
            message = f"{api.title} refuses its answer to {_many(rows)}: {wrong}"
            severity = Severity.ERROR if promised else Severity.WARNING
            problems.append(Finding("run-result", severity, message, meta_graph.tags, signature.key))
        else:
            good.append(rows)
    return Trial(api, tuple(good), "; ".join(finding.message for finding in problems)), problems


def _called(signature: SignatureDef, api: Api) -> SignatureDef:
    """The signature with what the API fetches; names as Python's sessions want them."""
    outputs = [info for info in signature.outputs if info.key in _FETCHED[api]]
    return replace(
        signature,
        inputs=tuple(replace(info, name=tensor_name(info)) for info in signature.inputs),
        outputs=tuple(replace(info, name=tensor_name(info)) for info in outputs),
    )


def _unmakeable(spec: InputSpec) -> str:
    """Why no tf.Examples can be made for an input; empty where they can."""
    if not spec.hints.features:
        return "nothing in the graph says which features its tf.Examples have"
    if spec.shape is not None and len(spec.shape) != 1:
        return f"its input is declared with rank {len(spec.shape)}; TensorFlow Serving feeds a vector"
    return ""


def _call(model: Model, signature: SignatureDef, spec: InputSpec, rows: int, words: tuple[bytes, ...]) -> Outputs | str:
    """The answer to a batch, or why there is none; features of any length are tried with several lengths."""
    from migrate.verify.models import Failure
    from migrate.verify.plans import Plan
    from migrate.verify.samples import make_sample
    from migrate.verify.values import Flavour

    spec = replace(spec, shape=(rows,))
    first: Failure | None = None
    for lengths in _lengths(spec):
        plan = Plan(f"{rows} examples", rows, Flavour(turn=0), lengths=lengths)
        sample = make_sample(signature.key, (spec,), plan, 0, words)
        if sample is None:
            return "its features are of a kind that cannot be made"
        answer = model.run(signature, sample.inputs)
        if not isinstance(answer, Failure):
            return answer
        first = first or answer
    return f"{first.error}: {first.message}" if first else "none could be made"


def _lengths(spec: InputSpec) -> Iterator[Any]:
    yield "varied"
    if spec.lengths_matter:
        yield from ("equal", "one")


def answer_problem(api: Api, parts: Mapping[str, Any], examples: int) -> str:
    """What TensorFlow Serving would say against an answer; empty where it would send it.

    Source: PostProcessClassificationResult in classifier.cc, PostProcessRegressionResult in regressor.cc.

    Args:
        api: Classify or Regress.
        parts: The arrays by output key; strings as object arrays.
        examples: How many were sent.
    """
    for key, dtype in (("classes", "string"), ("scores", "float32"), ("outputs", "float32")):
        if key not in _FETCHED[api] or key not in parts:
            continue
        array = parts[key]
        shape = tuple(int(size) for size in array.shape)
        is_one = api is Api.REGRESS and (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1))
        if not is_one and (api is Api.REGRESS or len(shape) != 2):
            wanted = "[batch] or [batch, 1]" if api is Api.REGRESS else "[batch, classes]"
            return f"`{key}` has the shape {list(shape)} instead of {wanted}"
        found = "string" if array.dtype == object else str(array.dtype)
        if found != dtype:
            return f"`{key}` is {found} instead of {dtype}"
        if shape[0] != examples:
            return f"`{key}` has {shape[0]} rows for {_many(examples)}"
    if "classes" in parts and "scores" in parts and parts["classes"].shape[1] != parts["scores"].shape[1]:
        return (
            f"there are {parts['classes'].shape[1]} `classes` and {parts['scores'].shape[1]} `scores` for each example"
        )
    return ""


def _skipped(meta_graph: MetaGraph, key: str, reason: str, *, promised: bool) -> Finding:
    severity = Severity.WARNING if promised else Severity.NOTE
    return Finding("run-skipped", severity, f"was not run: {reason}", meta_graph.tags, key)


def _many(examples: int) -> str:
    return f"{examples} tf.Example{'' if examples == 1 else 's'}"
