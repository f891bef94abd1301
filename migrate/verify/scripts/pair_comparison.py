"""Compares an export of the original with the export that stands for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from migrate.errors import MigrateError
from migrate.signatures import read_meta_graphs
from migrate.verify.equivalence import compare_models
from migrate.verify.scripts.frozen import FrozenGraph, write_like
from migrate.verify.scripts.results import Carried, Export, ExportKind, ExportPair, Side
from migrate.verify.scripts.weights import carry, changes, copy_path, suspects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from migrate.verify.calls import Call
    from migrate.verify.record.recorder import ExportRecorder
    from migrate.verify.results import Comparison
    from migrate.verify.scripts.comparison import Samples
    from migrate.verify.scripts.pairing import Match


class SecondRuns(Protocol):
    """What the scripts export when they are run again."""

    def export(self, side: Side, export: Export) -> Export | None:
        """The export that stands for one of the first run."""


def compare_pair(
    match: Match,
    work: Path,
    again: SecondRuns,
    *,
    samples: Samples,
    seed: int,
    several: bool,
    recorder: ExportRecorder | None = None,
) -> ExportPair:
    """Compares two exports after random weights were carried from one to the other.

    Args:
        match: The two.
        work: A directory to work in, which does not exist yet.
        again: Runs the scripts again where that is needed to tell which values are random.
        samples: Inputs in place of generated ones.
        seed: From which inputs are generated.
        several: Whether there are other pairs, for which some of the samples may be.
        recorder: Takes in what a proof of the pair has to keep.

    Raises:
        MigrateError: A model or the samples cannot be read, or TensorFlow cannot load a model.
    """
    before, after = match.before, match.after
    if before is None or after is None:
        side, other = (Side.BEFORE, Side.AFTER) if after is None else (Side.AFTER, Side.BEFORE)
        export = before or after
        assert export is not None
        return ExportPair(
            before,
            after,
            "",
            differences=(f"only {side} exports {export.name} ({export.kind}): {other} has nothing like it",),
        )
    if ExportKind.REMOTE in (before.kind, after.kind):
        remote = before if before.kind is ExportKind.REMOTE else after
        return ExportPair(
            before, after, match.how, reasons=(f"{remote.name} is not on this machine and cannot be compared",)
        )
    work.mkdir()
    pair = ExportPair(before, after, match.how)
    same, carried, notes = _carried(before, after, work, again, recorder)
    pair = replace(pair, carried=carried, notes=notes)
    if before.kind is ExportKind.SAVED_MODEL and same.kind is ExportKind.SAVED_MODEL:
        return _compare_models(pair, before.path, same.path, samples, seed, several, recorder)
    return _compare_frozen(pair, before, same, work, samples, seed, several, recorder)


def _carried(
    before: Export, after: Export, work: Path, again: SecondRuns, recorder: ExportRecorder | None
) -> tuple[Export, tuple[Carried, ...], tuple[str, ...]]:
    """AFTER's export, or a copy with the random weights of BEFORE."""
    found = suspects(before, after)
    if found is None:
        return after, (), ()
    first = again.export(Side.BEFORE, before)
    if first is None:
        return after, (), ("some weights differ; which of them are random is not known, and none was carried",)
    changes_before = changes(before, first)
    changes_after: dict[str, float] = {}
    if any(changes_before.get(match.before.key) for match in found.matches):
        second = again.export(Side.AFTER, after)
        if second is not None:
            changes_after = changes(after, second)
    target = copy_path(after, work)
    carried, notes = carry(found, changes_before, changes_after, target)
    if not carried:
        return after, (), notes
    copy = replace(after, path=target)
    if recorder is not None:
        by_name = {match.after.name: changes_before.get(match.before.key, 0.0) for match in found.matches}
        recorder.carry(copy, carried, by_name)
    return copy, carried, (carried_note(carried), *notes)


def carried_note(carried: tuple[Carried, ...]) -> str:
    """One sentence about the values that were carried."""
    if len(carried) == 1:
        note = "1 variable was carried from BEFORE, because it starts"
    else:
        note = f"{len(carried)} variables were carried from BEFORE, because they start"
    unnamed = [f"{each.source} to {each.name}" for each in carried if not each.by_name]
    how = f"; by shape and order: {', '.join(unnamed)}" if unnamed else ""
    return f"{note} from random numbers; training itself is not compared{how}"


def only_in(side: Side, tags: tuple[str, ...]) -> str:
    """Of a MetaGraph that the other side's export has not."""
    return f"only {side}'s export has a MetaGraph with the tags {','.join(tags) or '(none)'}"


def _compare_models(
    pair: ExportPair,
    before: Path,
    after: Path,
    samples: Samples,
    seed: int,
    several: bool,
    recorder: ExportRecorder | None,
) -> ExportPair:
    """Compares all MetaGraphs of two SavedModels."""
    assert pair.before is not None and pair.after is not None
    ours, theirs = ({graph.tags: graph for graph in read_meta_graphs(path)} for path in (before, after))
    comparisons, differences = [], []
    for tags in (*ours, *(tags for tags in theirs if tags not in ours)):
        if tags not in ours or tags not in theirs:
            side = Side.BEFORE if tags in ours else Side.AFTER
            differences.append(only_in(side, tags))
            continue
        keys = {signature.key for graph in (ours[tags], theirs[tags]) for signature in graph.signatures}
        names = (pair.before.name, pair.after.name)
        given = _samples_for(samples, keys, names) if several else samples
        calls: list[Call] | None = None if recorder is None else []
        comparison = compare_models(before, after, samples=given, seed=seed, tags=tags, calls=calls)
        if recorder is not None and calls is not None:
            recorder.add(ours[tags], comparison, calls)
        comparisons.append(renamed(comparison, names, {before: names[0], after: names[1]}))
    return replace(pair, comparisons=tuple(comparisons), differences=(*pair.differences, *differences))


def _compare_frozen(
    pair: ExportPair,
    first: Export,
    second: Export,
    work: Path,
    samples: Samples,
    seed: int,
    several: bool,
    recorder: ExportRecorder | None,
) -> ExportPair:
    """Compares a frozen graph with another, or with a SavedModel."""
    before, after = work / "before", work / "after"
    for directory in (before, after):
        directory.mkdir()
    if first.kind is second.kind:
        ours, theirs = FrozenGraph(first.path), FrozenGraph(second.path)
        signature, lacking = theirs.like(ours)
        pair = replace(pair, differences=(*pair.differences, *lacking))
        if not signature.outputs or lacking:
            return pair
        ours.write(before)
        theirs.write(after, signature)
        return _compare_models(pair, before, after, samples, seed, several, recorder)
    if first.kind is ExportKind.FROZEN_GRAPH:
        why = write_like(FrozenGraph(first.path), before, second.path)
        models = (before, second.path)
    else:
        why = write_like(FrozenGraph(second.path), after, first.path)
        models = (first.path, after)
    if why:
        return replace(pair, reasons=(*pair.reasons, why))
    kinds = f"BEFORE exports a {first.kind}, AFTER a {second.kind}: tensors were matched by their names"
    pair = replace(pair, notes=(*pair.notes, kinds))
    return _compare_models(pair, *models, samples, seed, several, recorder)


def _samples_for(samples: Samples, keys: set[str], names: tuple[str, str]) -> Mapping[str, NDArray[Any]] | None:
    """The samples that are for one pair of several: `EXPORT::SIGNATURE/INPUT`, or of a signature that it has."""
    if samples is None:
        return None
    if isinstance(samples, (str, Path)) or hasattr(samples, "__fspath__"):
        try:
            with np.load(samples, allow_pickle=False) as arrays:
                samples = {key: arrays[key] for key in arrays.files}
        except (OSError, ValueError) as error:
            raise MigrateError(f"{samples}: cannot read samples: {error}") from error
    found = {}
    for key, array in samples.items():
        name, colons, rest = key.partition("::")
        wanted = rest if colons and name in names else key
        if any(wanted.startswith((f"{signature}/", f"{signature}@")) for signature in keys):
            found[wanted] = array
    return found or None


def renamed(comparison: Comparison, names: tuple[str, str], paths: Mapping[Path, str]) -> Comparison:
    """With the names that the scripts know in the place of temporary paths; all MetaGraphs are compared here."""
    notes = []
    for note in comparison.notes:
        if "has further MetaGraphs" in note:
            continue
        for path, name in paths.items():
            note = note.replace(str(path), name)
        notes.append(note)
    return replace(comparison, a=names[0], b=names[1], notes=tuple(notes))
