"""Compares an export of the migrated script with the recorded one that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrate.graph.tensors import Tensor, parse_tensor
from migrate.signatures import read_meta_graphs
from migrate.verify.record.recheck_model import recheck_model
from migrate.verify.record.recorded_weights import carry_recorded
from migrate.verify.scripts.frozen import KEY, FrozenGraph
from migrate.verify.scripts.pair_comparison import compare_pair, only_in, renamed
from migrate.verify.scripts.results import ExportKind, ExportPair, Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from migrate.signatures import SignatureDef
    from migrate.verify.record.proof import RecordedExport
    from migrate.verify.scripts.pair_comparison import SecondRuns
    from migrate.verify.scripts.pairing import Match
    from migrate.verify.scripts.results import Export


def recheck_pair(
    match: Match, originals: Mapping[Export, RecordedExport], work: Path, again: SecondRuns, seed: int
) -> ExportPair:
    """Compares two exports, the first of which was recorded.

    Args:
        match: The two.
        originals: What was recorded of the first ones.
        work: A directory to work in, which does not exist yet.
        again: Runs the migrated script again, where that is needed to tell which values are random.
        seed: From which the recorded inputs were made.

    Raises:
        MigrateError: A model cannot be read, or TensorFlow cannot load it.
    """
    before, after = match.before, match.after
    if before is None or after is None or after.kind is ExportKind.REMOTE:
        return compare_pair(match, work, again, samples=None, seed=seed, several=False)
    work.mkdir()
    recorded = originals[before]
    same, carried, notes = carry_recorded(recorded.weights, after, work, again)
    pair = ExportPair(before, after, match.how, carried=carried, notes=notes)
    if same.kind is ExportKind.SAVED_MODEL:
        return _compare(pair, recorded, same.path, seed)
    signature = recorded.models[0].meta_graph.signatures[0]
    graph, model = FrozenGraph(same.path), work / "after"
    model.mkdir()
    if before.kind is ExportKind.FROZEN_GRAPH and signature.key == KEY:
        wanted, lacking = graph.like(_ends(signature))
        if lacking:
            return replace(pair, differences=lacking)
        graph.write(model, wanted)
        return _compare(pair, recorded, model, seed)
    named = graph.as_signature(signature)
    if named is None:
        return replace(pair, reasons=("it is not clear which tensors of the frozen graph are the recorded ones",))
    graph.write(model, named)
    return _compare(pair, recorded, model, seed)


def _compare(pair: ExportPair, recorded: RecordedExport, model: Path, seed: int) -> ExportPair:
    """Compares all MetaGraphs."""
    assert pair.before is not None and pair.after is not None
    names = (pair.before.name, pair.after.name)
    ours = {each.meta_graph.tags: each for each in recorded.models}
    theirs = [graph.tags for graph in read_meta_graphs(model)]
    comparisons = [
        renamed(recheck_model(ours[tags], model, names, seed), names, {model: names[1]})
        for tags in ours
        if tags in theirs
    ]
    differences = [only_in(Side.BEFORE, tags) for tags in ours if tags not in theirs]
    differences += [only_in(Side.AFTER, tags) for tags in theirs if tags not in ours]
    return replace(pair, comparisons=tuple(comparisons), differences=(*pair.differences, *differences))


@dataclass(frozen=True, slots=True)
class _Ends:
    """The tensors of a recorded frozen graph."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def _ends(signature: SignatureDef) -> _Ends:
    inputs, outputs = (
        tuple(parse_tensor(info.key) for info in infos) for infos in (signature.inputs, signature.outputs)
    )
    return _Ends(inputs, outputs)
