"""Would TensorFlow Serving's APIs take the signatures of a MetaGraph?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.check.results import Finding, Severity, SignatureCheck, Taken, Verdict
from migrate.signatures.contract import Api, api_of, takes_method_name, violations
from migrate.signatures.contract import Severity as Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrate.check.stored import Stored
    from migrate.signatures.contract import Violation
    from migrate.signatures.model import MetaGraph, SignatureDef

DEFAULT = "serving_default"
_PARSERS = (b"ParseExample", b"ParseSingleExample", b"ParseSequenceExample", b"DecodeProto")
"""Operations that read serialized tf.Examples, or the starts of their names (tensorflow/core/ops/parsing_ops.cc)."""


def check_signatures(stored: Stored) -> tuple[tuple[SignatureCheck, ...], tuple[Finding, ...]]:
    """The verdicts on every signature of a MetaGraph, and notes on dtypes that it declares wrongly."""
    checks, notes = [], []
    for declared in stored.meta_graph.signatures:
        signature, wrong = _as_it_is(declared, stored)
        notes += wrong
        verdicts = tuple(_verdict(signature, api) for api in Api)
        checks.append(SignatureCheck(signature.key, signature.method_name, verdicts))
    return tuple(checks), tuple(notes)


def serving_findings(stored: Stored, checks: Iterable[SignatureCheck]) -> tuple[Finding, ...]:
    """What is wrong with the signatures of a MetaGraph that TensorFlow Serving loads.

    Args:
        stored: The MetaGraph.
        checks: Its verdicts.
    """
    meta_graph = stored.meta_graph
    found = list(_keys(meta_graph))
    for check in checks:
        promised = api_of(check.method_name)
        if promised is None:
            found.append(_unknown_method_name(stored, check))
        else:
            found += _broken_promises(meta_graph, check, promised)
        if promised is Api.PREDICT:
            found += _lost_method_name(stored, check)
    return tuple(found)


def tag_findings(meta_graphs: Iterable[MetaGraph], asked: bool) -> tuple[Finding, ...]:
    """What is to say about the tags of the MetaGraphs.

    Args:
        meta_graphs: All of the model, or the one that is checked.
        asked: Whether the user named its tags.
    """
    meta_graphs = tuple(meta_graphs)
    if asked or any(meta_graph.tags == ("serve",) for meta_graph in meta_graphs):
        return ()
    there = "; ".join(",".join(meta_graph.tags) or "(none)" for meta_graph in meta_graphs)
    tags = next((meta_graph.tags for meta_graph in meta_graphs if "serve" in meta_graph.tags), meta_graphs[0].tags)
    remedy = f"start the server with --saved_model_tags={','.join(tags)}, or export it with the tag `serve`"
    message = f"no MetaGraph has the one tag `serve`, by which TensorFlow Serving looks for it; there is: {there}"
    return (Finding("no-serve-tag", Severity.WARNING, message, remedy=remedy),)


def is_served(meta_graph: MetaGraph, meta_graphs: Iterable[MetaGraph]) -> bool:
    """Whether a MetaGraph is for serving: tagged so, or none is."""
    return "serve" in meta_graph.tags or not any("serve" in other.tags for other in meta_graphs)


def _as_it_is(declared: SignatureDef, stored: Stored) -> tuple[SignatureDef, list[Finding]]:
    """The signature with its tensors' own dtypes, where a wrong declaration would decide about its API.

    TensorFlow Serving goes by the tensors. What TF2 declares is right; but a converted model declares what TF1 did.
    """
    api = api_of(declared.method_name)
    if api in (None, Api.PREDICT):
        return declared, []
    if not any(violation.rule.endswith("-dtype") for violation in violations(declared, api)):
        return declared, []
    from migrate.check.tensors import real_signature

    real = real_signature(declared, stored)
    pairs = zip((*declared.inputs, *declared.outputs), (*real.inputs, *real.outputs), strict=True)
    return real, [
        Finding(
            "declared-dtype",
            Severity.NOTE,
            f"declares `{said.key}` as {said.dtype}, but its tensor {said.name} is {is_.dtype}; TensorFlow Serving goes "
            "by the tensor",
            stored.meta_graph.tags,
            declared.key,
        )
        for said, is_ in pairs
        if said.dtype != is_.dtype
    ]


def _verdict(signature: SignatureDef, api: Api) -> Verdict:
    found = violations(signature, api)
    if any(violation.severity is Broken.ERROR for violation in found):
        return Verdict(api, Taken.NO, found)
    taken = Taken.YES if takes_method_name(api, signature.method_name) else Taken.UNNAMED
    return Verdict(api, taken, found)


def _keys(meta_graph: MetaGraph) -> Iterator[Finding]:
    keys = [signature.key for signature in meta_graph.signatures]
    if not keys:
        remedy = (
            "export it with `signatures=`, or name one of a TF1 model: `tf-migrate convert MODEL OUT --signature KEY`"
        )
        message = "the model has no signatures; TensorFlow Serving loads it and answers no call"
        yield Finding("no-signatures", Severity.ERROR, message, meta_graph.tags, remedy=remedy)
    elif DEFAULT not in keys:
        only = keys[0] if len(keys) == 1 else None
        yield Finding(
            "no-serving-default",
            Severity.WARNING,
            f"no signature is called `{DEFAULT}`, the one that clients get who name none",
            meta_graph.tags,
            remedy="" if only else f"give one of them that key as well: `tf-migrate restore --copy KEY={DEFAULT}`",
            options=("--copy", f"{only}={DEFAULT}") if only else (),
        )


def _unknown_method_name(stored: Stored, check: SignatureCheck) -> Finding:
    named = (
        f"has the method name {check.method_name}, which no API knows" if check.method_name else "has no method name"
    )
    fits = [verdict.api for verdict in check.verdicts if verdict.taken is Taken.UNNAMED]
    if not _parses_examples(stored):
        fits = [api for api in fits if api is Api.PREDICT]
    # What fits Classify or Regress fits Predict as well, and was hardly made for it.
    api = fits[-1] if fits else None
    return Finding(
        "method-name",
        Severity.ERROR,
        f"{named}; servers that compare method names refuse every call",
        stored.meta_graph.tags,
        check.key,
        remedy="" if api else "it fits no API as it is",
        options=(f"--{api}", check.key) if api else (),
    )


def _broken_promises(meta_graph: MetaGraph, check: SignatureCheck, api: Api) -> Iterator[Finding]:
    found = check.verdict(api).violations
    errors = [violation for violation in found if violation.severity is Broken.ERROR]
    # A part of what is wrong is not worth mending alone: restore refuses a signature that still could not serve.
    mendable = all(violation.options for violation in errors)
    for violation in found:
        yield Finding(
            violation.rule,
            Severity.ERROR if violation.severity is Broken.ERROR else Severity.WARNING,
            f"{_promise(api, violation)}{violation.message}",
            meta_graph.tags,
            check.key,
            violation.remedy,
            violation.options if mendable else (),
        )


def _promise(api: Api, violation: Violation) -> str:
    if violation.severity is Broken.ERROR:
        return f"{api.title} refuses it: " if api is not Api.PREDICT else "every call fails: "
    return ""


def _lost_method_name(stored: Stored, check: SignatureCheck) -> Iterator[Finding]:
    tags = stored.meta_graph.tags
    for verdict in check.verdicts:
        api = verdict.api
        if verdict.taken is not Taken.UNNAMED or _has_twin(stored.meta_graph, check.key, api):
            continue
        outputs = stored.meta_graph.by_key[check.key].outputs
        returned = " and ".join(f"`{info.key}`" for info in outputs)
        if _parses_examples(stored):
            yield Finding(
                "lost-method-name",
                Severity.WARNING,
                f"takes strings as `inputs` and returns {returned}, as a {api} signature does, but its method name is "
                f"predict: servers that compare method names refuse {api.title} calls",
                tags,
                check.key,
                options=(f"--{api}", check.key),
            )
        else:
            yield Finding(
                "no-examples",
                Severity.NOTE,
                f"looks like a {api} signature with the method name predict, but nothing in the graph parses "
                f"tf.Examples; leave it unless {api.title} clients call it",
                tags,
                check.key,
            )


def _parses_examples(stored: Stored) -> bool:
    return any(stored.mentions(parser) for parser in _PARSERS)


def _has_twin(meta_graph: MetaGraph, key: str, api: Api) -> bool:
    """Whether the same signature is there with the API's method name, so that this one is meant as it is."""
    one = meta_graph.by_key[key]
    return any(
        other.method_name == api.method_name and _form(one) == _form(other)
        for other in meta_graph.signatures
        if other.key != key
    )


def _form(signature: SignatureDef) -> tuple[object, ...]:
    return tuple((info.key, info.dtype, info.shape) for info in (*signature.inputs, *signature.outputs))
