"""Runs two scripts, pairs what they export, and compares it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.verify.scripts.exports import find_exports, move_exports, removed_exports, snapshot, take_in
from migrate.verify.scripts.interpreters import own_interpreter, tensorflow1
from migrate.verify.scripts.pair_comparison import compare_pair
from migrate.verify.scripts.pairing import pair_exports
from migrate.verify.scripts.process import isolation, run_script
from migrate.verify.scripts.results import Export, ExportKind, Interpreter, Run, ScriptComparison, Side
from migrate.verify.scripts.runnable import runnable
from migrate.verify.scripts.sandbox import make_sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    from numpy.typing import NDArray

    Samples = str | PathLike[str] | Mapping[str, NDArray[Any]] | None


@dataclass(frozen=True, slots=True)
class Options:
    """How scripts are run.

    Attributes:
        args: Their arguments; `{out}` stands for the output directory of each side.
        timeout: The seconds that a run may take.
        network: Whether they may use the network.
        environment: Variables to add to the clean environment.
        announce: Is told, before a script runs, what will be run.
    """

    args: tuple[str, ...] = ()
    timeout: float = 600
    network: bool = False
    environment: Mapping[str, str] | None = None
    announce: Callable[[str], None] | None = None


def verify_scripts(
    before: str | PathLike[str],
    after: str | PathLike[str],
    args: Sequence[str] = (),
    *,
    tf1_python: str | PathLike[str] | None = None,
    timeout: float = 600,
    network: bool = False,
    samples: Samples = None,
    seed: int = 0,
    keep: str | PathLike[str] | None = None,
    environment: Mapping[str, str] | None = None,
    announce: Callable[[str], None] | None = None,
    before_text: bytes | None = None,
    after_text: bytes | None = None,
    record: str | PathLike[str] | None = None,
) -> ScriptComparison:
    """Runs two scripts and compares the models that they export.

    Each runs in a subprocess, in a copy of its directory, with an environment, HOME and TMPDIR of its own and
    without network. BEFORE is run by TensorFlow 1 where an interpreter with it is found, else by the installed
    TensorFlow 2 with `tensorflow` meaning compat.v1; a note says so. AFTER is run by the installed TensorFlow 2.

    Args:
        before: The original script.
        after: The migrated script.
        args: The arguments of both; `{out}` in them is each side's own output directory.
        tf1_python: The interpreter for BEFORE; by default $TF1_PYTHON, or one that is found.
        timeout: The seconds that a run may take.
        network: Whether the scripts may use the network.
        samples: Inputs in place of generated ones, as `verify_models` takes them.
        seed: From which inputs are generated.
        keep: A directory for what both exported, below `before` and `after`; it must not have these yet.
        environment: Variables to add to the clean environment.
        announce: Is called before a script is run, with one line that says what will be run, and by what.
        before_text: What BEFORE holds, where not what its file holds.
        after_text: The same of AFTER.
        record: A .json file for the proof, to be run again by `recheck` without BEFORE and without TensorFlow 1; it is
            written where everything was proved equal only, and a note says so.

    Returns:
        What was found; `.equal` is True only where every export was proved equal.

    Raises:
        MigrateError: A script cannot be run, fails, takes too long, exports nothing, or writes over what was there; or
            the proof cannot be written, or is too large.
    """
    # What records proofs knows of this package.
    from migrate.verify.record.proof_file import check_target
    from migrate.verify.record.recorder import ExportRecorder, record_scripts

    options = Options(tuple(args), timeout, network, environment, announce)
    kept = _kept(keep)
    target = None if record is None else check_target(record)
    first, second, notes = _interpreters(tf1_python)
    with tempfile.TemporaryDirectory(prefix="tf-migrate-", ignore_cleanup_errors=True) as name:
        sides = (
            Script(Side.BEFORE, Path(before), before_text, first, options, Path(name) / "before"),
            Script(Side.AFTER, Path(after), after_text, second, options, Path(name) / "after"),
        )
        runs = [side.run() for side in sides]
        if kept is not None:
            runs = [
                replace(run, exports=move_exports(run.exports, kept / side.side.lower()))
                for run, side in zip(runs, sides, strict=True)
            ]
        again = Again({side.side: (side, run) for side, run in zip(sides, runs, strict=True)})
        matches = pair_exports(runs[0].exports, runs[1].exports)
        several = sum(match.before is not None and match.after is not None for match in matches) > 1
        recorders = [None if target is None else ExportRecorder() for _ in matches]
        pairs = tuple(
            compare_pair(
                match,
                Path(name) / f"pair{number}",
                again,
                samples=samples,
                seed=seed,
                several=several,
                recorder=recorders[number],
            )
            for number, match in enumerate(matches)
        )
        found = ScriptComparison(runs[0], runs[1], pairs, (*notes, *again.notes))
        if target is None:
            return found
        collected = [recorder for recorder in recorders if recorder is not None]
        note = record_scripts(
            target, found, collected, args=options.args, environment=options.environment or (), seed=seed
        )
        return replace(found, notes=(*found.notes, note))


def _interpreters(tf1_python: str | PathLike[str] | None) -> tuple[Interpreter, Interpreter, tuple[str, ...]]:
    ours = own_interpreter()
    found = tensorflow1(tf1_python)
    if found is None:
        why = f"TensorFlow 1 was not found: BEFORE was run by TensorFlow {ours.tensorflow} as compat.v1"
        return replace(ours, as_v1=True), ours, (why,)
    if not found.tensorflow.startswith("1."):
        why = f"{found.path} has no TensorFlow 1: BEFORE was run by TensorFlow {found.tensorflow} as compat.v1"
        return replace(found, as_v1=True), ours, (why,)
    return found, ours, ()


def _kept(keep: str | PathLike[str] | None) -> Path | None:
    if keep is None:
        return None
    path = Path(keep)
    for side in Side:
        if (path / side.lower()).exists():
            raise MigrateError(
                f"{path / side.lower()}: exists already; choose another directory to keep the exports in"
            )
    return path


@dataclass(frozen=True, slots=True)
class Script:
    """One of the two scripts, ready to run."""

    side: Side
    path: Path
    text: bytes | None
    interpreter: Interpreter
    options: Options
    root: Path

    def run(self, *, again: bool = False) -> Run:
        """Runs it; `again` is the second time, without TensorFlow's seeds."""
        label = f"{self.side} ({self.path.name})"
        root = self.root.with_name(f"{self.root.name}-again") if again else self.root
        sandbox = make_sandbox(root, self.path, runnable(self.path, self.text))
        options = self.options
        if options.announce is not None:
            self._announce(options.announce, again=again)
        there = snapshot(sandbox)
        try:
            seconds = run_script(
                sandbox,
                self.interpreter,
                options.args,
                label=label,
                timeout=options.timeout,
                network=options.network,
                added=options.environment or {},
                without_seeds=again,
            )
        except MigrateError as error:
            raise MigrateError(f"{error}{self._hint()}") from error
        finally:
            events = take_in(sandbox, label)
        found = find_exports(sandbox, there, events)
        if not found.exports:
            raise MigrateError(f"{label}: it ran to its end ({seconds:.1f} s), but {_nothing(events, found.notes)}")
        how = isolation(network=options.network)
        return Run(self.path, self.interpreter, how, seconds, found.exports, (*sandbox.notes, *found.notes))

    def _hint(self) -> str:
        if not self.interpreter.as_v1:
            return ""
        tensorflow = self.interpreter.tensorflow
        return f" (run by TensorFlow {tensorflow} as compat.v1: name a Python with TensorFlow 1 with --tf1-python)"

    def _announce(self, say: Callable[[str], None], *, again: bool) -> None:
        words = " ".join(self.options.args)
        second = "again, to see which values are random, " if again else ""
        how = isolation(network=self.options.network)
        say(
            f"running {self.side} {second}by {self.interpreter}: {self.path}{f' {words}' if words else ''}; {how}; at "
            f"most {self.options.timeout:g} s"
        )


def _nothing(events: tuple[Mapping[str, Any], ...], notes: tuple[str, ...]) -> str:
    if removed_exports(events):
        return "what it exported is gone: it removes it again; let it keep the export"
    why = f" ({'; '.join(notes)})" if notes else ""
    return f"it exported nothing: no SavedModel and no frozen graph was written{why}"


class Again:
    """The second run of each script, made when it is first asked for.

    Args:
        first: The scripts and their first runs.
    """

    def __init__(self, first: Mapping[Side, tuple[Script, Run]]) -> None:
        self._first = first
        self._matches: dict[Side, dict[int, Export]] = {}
        self.notes: list[str] = []

    def export(self, side: Side, export: Export) -> Export | None:
        """The export of the second run that stands for one of the first; None where there is none."""
        if side not in self._matches:
            self._matches[side] = self._run(side)
        return self._matches[side].get(id(export))

    def _run(self, side: Side) -> dict[int, Export]:
        script, run = self._first[side]
        try:
            again = script.run(again=True)
        except MigrateError as error:
            self.notes.append(f"which values are random is not known: a second run did not succeed: {error}")
            return {}
        matches = pair_exports(run.exports, again.exports)
        return {
            id(match.before): match.after
            for match in matches
            if match.before is not None and match.after is not None and match.after.kind is not ExportKind.REMOTE
        }
