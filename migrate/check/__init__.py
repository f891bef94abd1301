"""Would a model's clients be served? Nothing here imports TensorFlow, but to run signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from migrate.check.results import Finding, MetaGraphCheck, ModelCheck, Profile, Severity
from migrate.check.serving import check_signatures, is_served, serving_findings, tag_findings
from migrate.check.stored import Stored
from migrate.errors import MigrateError
from migrate.signatures.contract import api_of
from migrate.signatures.model_file import open_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from migrate.graph.runtime.table import Runtime
    from migrate.signatures.model import MetaGraph

__all__ = ["Finding", "ModelCheck", "Profile", "Severity", "check_model"]

_ORDER = tuple(Severity)
_GUESSES = frozenset({"method-name", "lost-method-name", "no-examples"})
"""Rules that guess which API a signature was made for."""


def check_model(
    path: str | PathLike[str],
    *,
    tags: Iterable[str] | None = None,
    profile: str = Profile.SERVING,
    against: str | PathLike[str] | None = None,
    runtime: str | None = None,
    run: bool = False,
) -> ModelCheck:
    """Says for every signature of a SavedModel whether TensorFlow Serving's APIs would take it.

    The rules are in docs/check.md, with their sources.

    Args:
        path: The SavedModel directory, or the saved_model.pb(txt) in it.
        tags: Those of the one MetaGraph to check; by default all are.
        profile: `serving`, or `xai` to check the keys of AI Explanations as well.
        against: A model whose place this one takes: what would its clients notice?
        runtime: A version of TensorFlow that has to load it, for instance `1.15`.
        run: Whether to call the signatures with serialized tf.Examples; this imports TensorFlow.

    Returns:
        The verdicts, what was found, and the commands that mend it.

    Raises:
        MigrateError: A model cannot be read, has no such tags, or there is no such profile or runtime.
    """
    wanted = _profile(profile)
    target = _runtime(runtime)
    asked = None if tags is None else tuple(sorted(set(tags)))
    with open_model(path) as model:
        stored = [Stored(model.buffer, layout) for layout in model.meta_graphs]
        every = [each.meta_graph for each in stored]
        chosen = _chosen(path, stored, asked)
        meta_graphs, findings = [], list(tag_findings(every, asked is not None))
        for each in chosen:
            judged = asked is not None or is_served(each.meta_graph, every)
            checked, found = _check(each, every, wanted, judged=judged)
            if target is not None:
                from migrate.check.runtime import runtime_findings

                found += runtime_findings(each, target)
            if run and judged:
                from dataclasses import replace

                from migrate.check.running import run_signatures

                signatures, more = run_signatures(model.path, each.meta_graph, checked.signatures)
                checked, found = replace(checked, signatures=signatures), found + more
            meta_graphs.append(checked)
            findings += found
        if against is not None:
            findings = _with_against(findings, [each.meta_graph for each in chosen], Path(against), asked)
        file = model.path
    findings.sort(key=lambda finding: _ORDER.index(finding.severity))
    from migrate.check.fixes import restore_commands

    return ModelCheck(
        path=Path(path),
        file=file,
        profile=wanted,
        against=None if against is None else Path(against),
        runtime=None if target is None else target.minor,
        ran=run,
        meta_graphs=tuple(meta_graphs),
        findings=tuple(findings),
        commands=restore_commands(Path(path), findings, [each.tags for each in meta_graphs], len(every) > 1),
    )


def _profile(name: str) -> Profile:
    try:
        return Profile(name)
    except ValueError as error:
        raise MigrateError(f"there is no profile {name}; there are: {', '.join(Profile)}") from error


def _runtime(version: str | None) -> Runtime | None:
    if version is None:
        return None
    from migrate.graph.runtime.table import runtime

    return runtime(version)


def _chosen(path: str | PathLike[str], stored: Sequence[Stored], asked: tuple[str, ...] | None) -> Sequence[Stored]:
    if asked is None:
        return stored
    found = [each for each in stored if each.meta_graph.tags == asked]
    if not found:
        there = "; ".join(",".join(each.meta_graph.tags) or "(none)" for each in stored)
        raise MigrateError(f"{path}: no MetaGraph has the tags {','.join(asked) or '(none)'}; there is: {there}")
    return found


def _check(
    stored: Stored, every: Sequence[MetaGraph], profile: Profile, *, judged: bool
) -> tuple[MetaGraphCheck, tuple[Finding, ...]]:
    meta_graph = stored.meta_graph
    signatures, found = check_signatures(stored)
    checked = MetaGraphCheck(meta_graph.tags, meta_graph.tensorflow_version, signatures)
    if not judged:
        others = "; ".join(",".join(other.tags) for other in every if "serve" in other.tags)
        message = f"is not for serving, as the MetaGraph tagged {others} is; name its tags to have it judged"
        return checked, (Finding("not-served", Severity.NOTE, message, meta_graph.tags),)
    found += serving_findings(stored, signatures)
    if profile is Profile.XAI:
        from migrate.check.xai import xai_findings

        found += xai_findings(meta_graph)
    return checked, found


def _with_against(
    findings: Sequence[Finding], meta_graphs: Sequence[MetaGraph], original: Path, asked: tuple[str, ...] | None
) -> list[Finding]:
    from migrate.check.against import against_findings
    from migrate.signatures.read import read_meta_graphs

    originals = read_meta_graphs(original)
    if asked is not None and len(originals) > 1:
        originals = tuple(each for each in originals if each.tags == asked)
        if not originals:
            raise MigrateError(f"{original}: no MetaGraph has the tags {','.join(asked) or '(none)'}")
    # What the original says about a signature's method name needs no guessing.
    known = {signature.key for each in originals for signature in each.signatures if api_of(signature.method_name)}
    differences = against_findings(meta_graphs, originals, original)
    known |= {found.signature for found in differences if found.rule == "renamed-signature"}
    kept = [found for found in findings if found.rule not in _GUESSES or found.signature not in known]
    return [*kept, *differences]
