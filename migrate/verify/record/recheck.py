"""Runs a recorded proof again: what is exported today against what the original answered then."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.signatures.model_file import model_file
from migrate.signatures.quiet import import_tensorflow
from migrate.verify.record.proof_file import read_proof
from migrate.verify.record.recheck_export import recheck_pair
from migrate.verify.record.recheck_model import recheck_model
from migrate.verify.record.recorder import sha256_of
from migrate.verify.scripts.comparison import Again, Options, Script
from migrate.verify.scripts.interpreters import own_interpreter
from migrate.verify.scripts.pairing import pair_exports, signature_keys
from migrate.verify.scripts.results import Export, ExportKind, Interpreter, Isolation, Run, ScriptComparison, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike

    from migrate.verify.record.proof import Proof, RecordedExport, Subject
    from migrate.verify.results import Comparison


def recheck(
    path: str | PathLike[str],
    after: str | PathLike[str] | None = None,
    *,
    timeout: float = 600,
    network: bool = False,
    environment: Mapping[str, str] | None = None,
    announce: Callable[[str], None] | None = None,
) -> ScriptComparison | Comparison:
    """Compares what the migrated script exports today, or a model, with a recorded proof.

    The original is not needed, nor is TensorFlow 1: the recorded inputs are given to what is there today, and its
    outputs compared with those of the original, as `verify_scripts` and `verify_models` do.

    Args:
        path: The proof, a .json file with an .npz file beside it.
        after: The migrated script, or the second model; by default the one that was recorded, found from the proof's
            directory. A script is run, in a sandbox, by this Python.
        timeout: The seconds that a script may take.
        network: Whether a script may use the network.
        environment: Variables to add to a script's environment.
        announce: Is called before a script is run, with one line that says what will be run, and by what.

    Returns:
        Of two scripts a `ScriptComparison`, of two models a `Comparison`; the first side is the recorded one.

    Raises:
        MigrateError: The proof cannot be read or is not whole; the script cannot be run, fails, takes too long or exports
            nothing; a model cannot be read or loaded.
    """
    file = Path(path)
    proof = read_proof(file)
    there = _find(file, proof.after) if after is None else Path(after)
    notes = (_recorded_note(proof), *_notes(file, proof, environment or {}))
    if proof.scripts:
        options = Options(proof.args, timeout, network, environment, announce)
        return _recheck_scripts(file, proof, there, options, notes)
    (recorded,) = proof.exports
    (model,) = recorded.models
    found = recheck_model(model, there, (recorded.name, str(there)), proof.seed)
    return replace(found, notes=(*found.notes, *notes))


def _recheck_scripts(
    file: Path, proof: Proof, script: Path, options: Options, notes: tuple[str, ...]
) -> ScriptComparison:
    originals = {_as_export(export): export for export in proof.exports}
    before = _recorded_run(file, proof, tuple(originals))
    keys = {
        export: signature_keys(model.meta_graph for model in recorded.models)
        for export, recorded in originals.items()
        if export.kind is ExportKind.SAVED_MODEL
    }
    with tempfile.TemporaryDirectory(prefix="tf-migrate-", ignore_cleanup_errors=True) as name:
        side = Script(Side.AFTER, script, None, own_interpreter(), options, Path(name) / "after")
        run = side.run()
        again = Again({Side.AFTER: (side, run)})
        pairs = tuple(
            recheck_pair(match, originals, Path(name) / f"pair{number}", again, proof.seed)
            for number, match in enumerate(pair_exports(before.exports, run.exports, keys))
        )
        return ScriptComparison(before, run, pairs, (*again.notes, *notes))


def _find(file: Path, after: Subject) -> Path:
    """What was recorded as the second side, from the proof's directory; the path as a user would write it."""
    found = Path(os.path.normpath(file.parent / after.path))
    if not found.exists():
        raise MigrateError(f"{file}: {found} is not there; name what stands for it now: --recheck {file} AFTER")
    return found


def _as_export(recorded: RecordedExport) -> Export:
    return Export(ExportKind(recorded.kind), recorded.name, Path(recorded.name))


def _recorded_run(file: Path, proof: Proof, exports: tuple[Export, ...]) -> Run:
    by = proof.before
    interpreter = Interpreter(Path("recorded"), by.python, by.tensorflow, by.as_v1)
    return Run(Path(file.parent / by.path), interpreter, Isolation[proof.isolation], by.seconds, exports)


def _recorded_note(proof: Proof) -> str:
    what = "BEFORE was not run" if proof.scripts else "the first model was not run"
    return f"{what}: its answers were recorded on {proof.date} by tf-migrate {proof.version}"


def _notes(file: Path, proof: Proof, environment: Mapping[str, str]) -> list[str]:
    notes = []
    before = file.parent / proof.before.path
    if _changed(before, proof):
        notes.append(
            f"{os.path.normpath(before)} has changed since it was recorded; what it was then is what counts here"
        )
    ours = str(import_tensorflow().__version__)
    if ours != proof.tensorflow:
        notes.append(f"the recorded answers were computed by TensorFlow {proof.tensorflow}, today's by {ours}")
    lacking = [name for name in proof.environment if name not in environment]
    if lacking:
        notes.append(f"recorded with --env {', '.join(lacking)}; now without")
    return notes


def _changed(before: Path, proof: Proof) -> bool:
    """Whether the original is still there and is another one now. It may go once a proof is recorded."""
    try:
        return sha256_of(before if proof.scripts else model_file(before)) != proof.before.sha256
    except MigrateError:
        return False
