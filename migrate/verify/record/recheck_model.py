"""Compares a model of today with the recorded answers of the original: the comparison is that of `verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.signatures import read_meta_graph
from migrate.verify.equivalence import callable_pairs, summed_up
from migrate.verify.record.replay import Replay

if TYPE_CHECKING:
    from pathlib import Path

    from migrate.verify.record.proof import RecordedModel
    from migrate.verify.results import Comparison, SignatureComparison


def recheck_model(recorded: RecordedModel, model: Path, names: tuple[str, str], seed: int) -> Comparison:
    """Makes the recorded calls, in their order, to a model.

    Args:
        recorded: One MetaGraph of the original.
        model: The SavedModel directory.
        names: What to call the two.
        seed: From which the recorded inputs were made.

    Raises:
        MigrateError: The model cannot be read, has no MetaGraph with the same tags, or TensorFlow cannot load it.
    """
    ours, theirs = recorded.meta_graph, read_meta_graph(model, recorded.meta_graph.tags)
    return summed_up(names, (ours, theirs), seed, _ran(recorded, model), ())


def _ran(recorded: RecordedModel, path: Path) -> dict[str, SignatureComparison]:
    from migrate.verify.models import Model
    from migrate.verify.object_check import ObjectCheck
    from migrate.verify.objects import ObjectModel
    from migrate.verify.signature_run import SignatureRun

    ours, theirs = recorded.meta_graph, read_meta_graph(path, recorded.meta_graph.tags)
    pairs = callable_pairs(ours, theirs)
    if not pairs:
        return {}
    original = Replay(recorded.calls)
    with Model(path, theirs) as model:
        check = ObjectCheck(ObjectModel(path, theirs)) if theirs.has_objects else None
        runs = {
            key: SignatureRun(
                original,
                model,
                pair,
                (),
                0,
                tuple(call.sample for call in recorded.calls if call.signature == key),
                check,
            )
            for key, pair in pairs.items()
        }
        for call in recorded.calls:
            if call.signature in runs:
                runs[call.signature].call(None)
        return {key: run.result() for key, run in runs.items()}
