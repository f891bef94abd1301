"""Collects what a proof needs while two models, or what two scripts exported, are compared."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.signatures import read_meta_graph
from migrate.signatures.model_file import model_file
from migrate.verify.equivalence import compare_models
from migrate.verify.record.proof import Proof, ProvedOutput, RecordedExport, RecordedModel, RecordedWeight, Subject
from migrate.verify.record.proof_file import MOST_BYTES, check_target, write_proof
from migrate.verify.scripts.results import ExportKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from numpy.typing import NDArray

    from migrate.signatures import MetaGraph
    from migrate.verify.calls import Call
    from migrate.verify.results import Comparison
    from migrate.verify.scripts.results import Carried, Export, Run, ScriptComparison

_BLOCK = 1 << 20


@dataclass(slots=True)
class ExportRecorder:
    """Collects what belongs to one export of the original.

    Attributes:
        models: Its MetaGraphs, with the calls.
        weights: The values that were carried from it.
    """

    models: list[RecordedModel] = field(default_factory=list)
    weights: list[RecordedWeight] = field(default_factory=list)

    def add(self, meta_graph: MetaGraph, comparison: Comparison, calls: Sequence[Call]) -> None:
        """Takes in a MetaGraph.

        Args:
            meta_graph: The original's.
            comparison: What came of it.
            calls: All of them, with the original's answers.
        """
        proved = tuple(
            (
                signature.key,
                tuple(
                    ProvedOutput(each.name, each.dtype, each.elements, each.max_abs_error, each.max_rel_error)
                    for each in signature.outputs
                ),
            )
            for signature in comparison.signatures
        )
        self.models.append(RecordedModel(meta_graph, tuple(calls), proved))

    def carry(self, export: Export, carried: Iterable[Carried], changes: Mapping[str, float]) -> None:
        """Takes in the values of variables that start from random numbers.

        Args:
            export: The migrated script's export with the original's values in it.
            carried: Which they are.
            changes: By how much each of them changes from run to run of the original, by name.

        Raises:
            MigrateError: They cannot be read, or are too large.
        """
        from migrate.verify.scripts.weight_values import weights_of
        from migrate.verify.values import numpy_dtype_of

        by_name = {each.name: each for each in carried}
        weights = weights_of(export) if by_name else None
        if weights is None:
            return
        wanted = [weight for weight in weights.all if weight.name in by_name]
        size = 0
        for weight in wanted:
            dtype, count = numpy_dtype_of(weight.dtype), 1
            for dim in weight.shape:
                count *= dim
            size += count * (dtype.itemsize if dtype is not None else 1)
        if size > MOST_BYTES:
            raise MigrateError(
                f"{export.name}: not recorded: the values of {len(by_name)} variables that start from random numbers "
                f"would have to be kept, and take {size >> 20} MB; prove a smaller model with --record, or give them "
                f"fixed values"
            )
        self.weights += [
            RecordedWeight(by_name[weight.name], weights.read(weight), changes[weight.name]) for weight in wanted
        ]


def record_models(
    path: str | PathLike[str],
    a: str | PathLike[str],
    b: str | PathLike[str],
    *,
    samples: str | PathLike[str] | Mapping[str, NDArray[Any]] | None,
    seed: int,
    tags: Iterable[str],
    save_samples: str | PathLike[str] | None,
) -> Comparison:
    """As `verify_models`, with the proof written to a file where the two are equal.

    Raises:
        MigrateError: As `verify_models` does.
    """
    target = check_target(path)
    calls: list[Call] = []
    comparison = compare_models(a, b, samples=samples, seed=seed, tags=tags, save_samples=save_samples, calls=calls)
    if not comparison.equal:
        return replace(comparison, notes=(*comparison.notes, _not_recorded(target)))
    recorder = ExportRecorder()
    recorder.add(read_meta_graph(a, comparison.tags), comparison, calls)
    before, after = (Subject(_relative(model, target), sha256_of(model_file(model))) for model in (a, b))
    export = RecordedExport(before.path, str(ExportKind.SAVED_MODEL), tuple(recorder.models))
    proof = _proof(False, seed, before, after, (export,))
    return replace(comparison, notes=(*comparison.notes, _written(target, proof)))


def record_scripts(
    path: Path,
    comparison: ScriptComparison,
    recorders: Sequence[ExportRecorder],
    *,
    args: tuple[str, ...],
    environment: Iterable[str],
    seed: int,
) -> str:
    """Writes the proof of two scripts, where they are equal.

    Args:
        path: Where, as `check_target` took it.
        comparison: What came of them.
        recorders: One for each pair of exports, in the same order.
        args: Of both scripts.
        environment: The names of the variables that were added to their environment.
        seed: From which inputs were made.

    Returns:
        A note that says what was written, or why not.

    Raises:
        MigrateError: The proof is too large or cannot be written.
    """
    if not comparison.equal:
        return _not_recorded(path)
    exports = tuple(
        RecordedExport(pair.before.name, str(pair.before.kind), tuple(recorder.models), tuple(recorder.weights))
        for pair, recorder in zip(comparison.pairs, recorders, strict=True)
        if pair.before is not None
    )
    before, after = (_script(run, path) for run in (comparison.before, comparison.after))
    proof = replace(
        _proof(True, seed, before, after, exports),
        args=args,
        environment=tuple(sorted(environment)),
        isolation=comparison.before.isolation.name,
    )
    return _written(path, proof)


def sha256_of(file: Path) -> str:
    """The checksum of a file, which may be large.

    Raises:
        MigrateError: It cannot be read.
    """
    found = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                found.update(block)
    except OSError as error:
        raise MigrateError(f"{file}: cannot be read: {error.strerror or error}") from error
    return found.hexdigest()


def _proof(
    scripts: bool, seed: int, before: Subject, after: Subject, exports: tuple[RecordedExport, ...]
) -> Proof:  # fmt: skip
    from migrate import __version__
    from migrate.signatures.quiet import import_tensorflow

    date = datetime.now(UTC).isoformat(timespec="seconds")
    tensorflow = str(import_tensorflow().__version__)
    return Proof(scripts, date, __version__, tensorflow, seed, before, after, exports)


def _script(run: Run, target: Path) -> Subject:
    by = run.interpreter
    path = _relative(run.script, target)
    return Subject(path, sha256_of(run.script), by.python, by.tensorflow, by.as_v1, round(run.seconds, 1))


def _relative(path: str | PathLike[str], target: Path) -> str:
    """The path from the proof's directory; as it is where there is none, as between two drives."""
    try:
        return Path(os.path.relpath(path, target.parent)).as_posix()
    except ValueError:
        return Path(path).absolute().as_posix()


def _not_recorded(target: Path) -> str:
    kept = f"; {target} is still the older proof" if target.exists() else ""
    return f"not recorded in {target}: only what was proved equal can be checked again{kept}"


def _written(target: Path, proof: Proof) -> str:
    size = write_proof(target, proof)
    return f"recorded in {target} and {target.with_suffix('.npz').name} ({max(1, size >> 10)} kB)"
