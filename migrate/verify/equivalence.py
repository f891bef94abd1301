"""Compares two SavedModels: what they declare, and what they return for the same inputs."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from math import inf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.signatures import read_meta_graph, read_meta_graphs
from migrate.verify.contract import compare_signatures
from migrate.verify.results import Comparison, SignatureComparison, Status
from migrate.verify.sample_file import read_samples
from migrate.verify.sample_writer import write_samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from os import PathLike

    from numpy.typing import NDArray

    from migrate.signatures import MetaGraph, SignatureDef
    from migrate.verify.calls import Call
    from migrate.verify.plans import Plan
    from migrate.verify.samples import Sample
    from migrate.verify.signature_run import SignatureRun

_MORE_SECONDS = 20.0
_MORE_PATIENCE = 10.0
"""Further sample sets, for what the first ones did not prove, may take that many times the longest call so far."""

_Pairs = dict[str, tuple["SignatureDef", "SignatureDef"]]


def verify_models(
    a: str | PathLike[str],
    b: str | PathLike[str],
    *,
    samples: str | PathLike[str] | Mapping[str, NDArray[Any]] | None = None,
    seed: int = 0,
    tags: Iterable[str] = ("serve",),
    save_samples: str | PathLike[str] | None = None,
    record: str | PathLike[str] | None = None,
) -> Comparison:
    """Compares two SavedModels, written by TF1 or TF2.

    First what they declare: signature keys, method names, input and output names, dtypes, shapes. Then, if
    they take the same inputs, what they return: each signature is called several times in a session of its
    own model, in sorted order of the keys and the next time in reversed order, so that signatures that
    change state are compared with it. "Equal" needs evidence: see docs/verify.md.

    Args:
        a: The first SavedModel directory.
        b: The second.
        samples: Inputs to use in place of generated ones: an .npz file, or a mapping, with keys
            `SIGNATURE/INPUT`, `SIGNATURE@2/INPUT` and so on. Signatures that it does not name get generated inputs.
        seed: From which inputs are generated; the same seed makes the same inputs.
        tags: Of the MetaGraph to compare, in both models.
        save_samples: An .npz file to write the samples to on which the models were compared; it can be given as
            `samples` again.
        record: A .json file for the proof, to be run again by `recheck` without the first model; it is written where
            the two were proved equal only, and a note says so.

    Returns:
        What was found; `.equal` is True only where all signatures were proved equal.

    Raises:
        MigrateError: A model or the samples cannot be read or written, TensorFlow cannot load a model, or the proof cannot
            be written or is too large.
    """
    if record is not None:
        from migrate.verify.record.recorder import record_models

        return record_models(record, a, b, samples=samples, seed=seed, tags=tags, save_samples=save_samples)
    return compare_models(a, b, samples=samples, seed=seed, tags=tags, save_samples=save_samples)


def compare_models(
    a: str | PathLike[str],
    b: str | PathLike[str],
    *,
    samples: str | PathLike[str] | Mapping[str, NDArray[Any]] | None,
    seed: int,
    tags: Iterable[str],
    save_samples: str | PathLike[str] | None = None,
    calls: list[Call] | None = None,
) -> Comparison:
    """As `verify_models`; `calls` is a list to append all calls to, with the first model's answers."""
    tags = tuple(sorted({tags} if isinstance(tags, str) else set(tags)))
    ours, theirs = read_meta_graph(a, tags), read_meta_graph(b, tags)
    given = {} if samples is None else read_samples(samples, [*ours.signatures, *theirs.signatures])
    ran, used = _run(a, b, (ours, theirs), given, seed, calls)
    if save_samples is not None:
        write_samples(save_samples, used)
    return summed_up((str(a), str(b)), (ours, theirs), seed, ran, tuple(_notes(a, b, tags)))


def callable_pairs(ours: MetaGraph, theirs: MetaGraph) -> _Pairs:
    """The signatures, by key, that both models have and for which they take the same inputs."""
    from migrate.verify.signature_run import can_run

    both = sorted(ours.by_key.keys() & theirs.by_key.keys())
    pairs = {key: (ours.by_key[key], theirs.by_key[key]) for key in both}
    return {key: pair for key, pair in pairs.items() if can_run(*pair)}


def summed_up(
    names: tuple[str, str],
    meta_graphs: tuple[MetaGraph, MetaGraph],
    seed: int,
    ran: Mapping[str, SignatureComparison],
    notes: tuple[str, ...],
) -> Comparison:
    """What came of the signatures that were called, and of those that could not be.

    Args:
        names: The models, as they were given.
        meta_graphs: What they declare, with the same tags.
        seed: From which the inputs were made.
        ran: The signatures that were called, by key.
        notes: What else is good to know.
    """
    ours, theirs = meta_graphs
    keys = sorted(ours.by_key.keys() | theirs.by_key.keys())
    signatures = tuple(ran.get(key) or _declared_only(ours.by_key.get(key), theirs.by_key.get(key)) for key in keys)
    reasons = () if keys else ("neither model has a signature: there is nothing to compare",)
    return Comparison(*names, ours.tags, seed, signatures, reasons, notes)


def _run(
    a: str | PathLike[str],
    b: str | PathLike[str],
    meta_graphs: tuple[MetaGraph, MetaGraph],
    given: Mapping[str, tuple[Sample, ...]],
    seed: int,
    calls: list[Call] | None,
) -> tuple[dict[str, SignatureComparison], dict[str, list[Sample]]]:
    """Calls what can be called, and on which samples; TensorFlow is only imported where there is something."""
    from migrate.verify.models import Model
    from migrate.verify.object_check import ObjectCheck
    from migrate.verify.objects import ObjectModel
    from migrate.verify.signature_run import SignatureRun

    pairs = callable_pairs(*meta_graphs)
    if not pairs:
        return {}, {}
    with ExitStack() as stack:
        first = stack.enter_context(Model(a, meta_graphs[0]))
        second = stack.enter_context(Model(b, meta_graphs[1]))
        check = ObjectCheck(ObjectModel(b, meta_graphs[1])) if meta_graphs[1].has_objects else None
        words = tuple(dict.fromkeys([*first.vocabulary(), *second.vocabulary()]))
        runs = {
            key: SignatureRun(first, second, pair, words, seed, given.get(key, ()), check, calls)
            for key, pair in pairs.items()
        }
        _rounds({key: (run, run.first_plans()) for key, run in runs.items()})
        _rounds({key: (run, run.retries()) for key, run in runs.items()})
        seconds = max(_MORE_SECONDS, _MORE_PATIENCE * max(first.longest_seconds, second.longest_seconds))
        _rounds({key: (run, run.fallbacks()) for key, run in runs.items()}, until=perf_counter() + seconds)
        used = {key: run.samples for key, run in runs.items()}
        return {key: run.result() for key, run in runs.items()}, used


def _rounds(work: Mapping[str, tuple[SignatureRun, Iterator[Plan | None]]], *, until: float = inf) -> None:
    """One call of each signature a round, in sorted order and then in reversed order by turns."""
    left = dict(work)
    for turn in count():
        for key in sorted(left, reverse=turn % 2 == 1):
            run, plans = left[key]
            if perf_counter() > until:
                run.stop()
                del left[key]
                continue
            try:
                plan = next(plans)
            except StopIteration:
                del left[key]
            else:
                run.call(plan)
        if not left:
            return


def _declared_only(a: SignatureDef | None, b: SignatureDef | None) -> SignatureComparison:
    """The record of a signature that could not be called: one model lacks it, or the inputs differ."""
    contract = compare_signatures(a, b)
    there = a or b
    if there is None:
        raise MigrateError("internal error: a signature of neither model")
    reasons = () if a is None or b is None else ("it was not run: the two do not take the same inputs",)
    return SignatureComparison(there.key, Status.DIFFERENT, there.method_name, contract=contract, reasons=reasons)


def _notes(a: str | PathLike[str], b: str | PathLike[str], tags: tuple[str, ...]) -> list[str]:
    notes = []
    if Path(a).resolve() == Path(b).resolve():
        notes.append("both are the same model")
    for path in (a, b):
        others = [",".join(other.tags) for other in read_meta_graphs(path) if other.tags != tags]
        if others:
            notes.append(f"{path} has further MetaGraphs, which were not compared: {'; '.join(others)}")
    return notes
