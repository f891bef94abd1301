"""What `verify --scripts` and `rewrite --verify` share: options for scripts that are run, and their report."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from migrate.cli.options import script_args
from migrate.cli.output import err, out, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.results import Result
    from migrate.verify.scripts import ScriptComparison


@dataclass(frozen=True, slots=True)
class ScriptOptions:
    """How scripts are run, as the command line says it.

    Attributes:
        tf1_python: What runs the original; None to look for it.
        timeout: The seconds that a run may take.
        network: Whether they may use the network.
        environment: `NAME=VALUE`, for variables to add.
        keep: Where what they export is kept; None for nowhere.
        record: Where the proof is kept; None for nowhere.
    """

    tf1_python: Path | None = None
    timeout: float = 600
    network: bool = False
    environment: tuple[str, ...] = ()
    keep: Path | None = None
    record: Path | None = None

    @property
    def added(self) -> dict[str, str]:
        """The variables to add.

        Raises:
            BadParameter: One has no `=`, or no name.
        """
        found = {}
        for text in self.environment:
            name, equals, value = text.partition("=")
            if not name or not equals:
                raise typer.BadParameter(f"{text}: expected NAME=VALUE", param_hint="--env")
            found[name] = value
        return found


class Proofs:
    """The proofs of `rewrite --verify`.

    Args:
        args: The arguments of every script, as a shell would split them.
    """

    def __init__(self, args: str) -> None:
        self._args = script_args(args)
        self._unproved: dict[str, str] = {}

    def of(self, results: Sequence[Result], *, writes: bool) -> list[Result]:
        """Proves what was changed and says what came out of it, on stderr.

        Args:
            results: What the rewriter made.
            writes: Whether the results are to be written: then those that were not proved become errors.

        Returns:
            The results, for what comes next.
        """
        from dataclasses import replace

        from migrate.report.script_verification import verdict
        from migrate.report.text import one_line
        from migrate.verify.scripts import prove

        for proof in prove(results, self._args, announce=announce):
            said = f"not proved: {proof.error}" if proof.comparison is None else verdict(proof.comparison)
            err(f"{one_line(f'{proof.path}: {said}')}\n")
            if not proof.equal:
                self._unproved[proof.path] = said
        if not writes:
            return list(results)
        return [
            replace(result, after=result.before, error=f"not written: {self._unproved[result.path]}")
            if result.path in self._unproved
            else result
            for result in results
        ]

    def exit_code(self, results: Sequence[Result], code: int) -> int:
        """The exit code: at least 1 where something was not proved, which is no error of the command's."""
        if any(result.error is not None and result.path not in self._unproved for result in results):
            return 2
        return 1 if self._unproved else min(code, 1)


def announce(line: str) -> None:
    """Says on stderr what will be run."""
    err(f"tf-migrate: {line}\n")


def verify_scripts_command(
    before: Path,
    after: Path,
    args: Sequence[str],
    samples: Path | None,
    seed: int,
    options: ScriptOptions,
    *,
    as_json: bool,
) -> ScriptComparison:
    """Runs and compares two scripts, and prints the report."""
    from shutil import get_terminal_size

    from migrate.report.script_verification import render_text
    from migrate.report.script_verification_json import to_json
    from migrate.verify.scripts import verify_scripts

    comparison = verify_scripts(
        before,
        after,
        args,
        tf1_python=options.tf1_python,
        timeout=options.timeout,
        network=options.network,
        samples=samples,
        seed=seed,
        keep=options.keep,
        environment=options.added,
        announce=announce,
        record=options.record,
    )
    if as_json:
        out(to_json(comparison))
    else:
        width = get_terminal_size((110, 24)).columns
        out(render_text(comparison, colour=wants_colour(sys.stdout), width=width))
    return comparison
