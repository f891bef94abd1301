"""`tf-migrate rewrite PATH...`: rewrites TensorFlow 1 export code."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.delivery import STDOUT, WRITING, Format, Mode, Report, mode_of, print_patch, write_patch
from migrate.cli.delivery import write as write_results
from migrate.cli.options import (
    AllowDirtyOption,
    DependOption,
    ExcludeOption,
    IgnoreOption,
    JobsOption,
    LevelOption,
    PatchOption,
    SelectOption,
    VerifyArgsOption,
    WholeProgramOption,
    script_args,
    settings_of,
)
from migrate.cli.output import err, out, wants_colour
from migrate.cli.scripts import Proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrate.results import Result
    from migrate.settings import Settings


def rewrite(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Python files, notebooks and directories; `-` reads stdin and writes the new text to stdout.",
        ),
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Print a patch and write nothing (the default).")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files in place.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    output_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the changed files under DIR and leave the originals."),
    ] = None,
    patch: PatchOption = None,
    level: LevelOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    exclude: ExcludeOption = None,
    depend_on_migrate: DependOption = False,
    whole_program: WholeProgramOption = False,
    format_: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    jobs: JobsOption = 0,
    allow_dirty: AllowDirtyOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a site is flagged.")] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Run each changed file, old and new, and only write what is proved equal."),
    ] = False,
    verify_args: VerifyArgsOption = "",
    interactive: Annotated[
        bool,
        typer.Option("--interactive", "-i", help="Ask about each rewrite, with plain prompts; then do as told."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no findings and no summary.")] = False,
) -> None:
    """Rewrite TensorFlow 1 export code to TensorFlow 2, in Python files and notebooks.

    Options override the [tool.tf-migrate] table of the nearest pyproject.toml. Exit codes: 0 done or nothing
    to do, 1 something found (--check, --strict, --verify), 2 an error.
    """
    mode = mode_of(diff=diff, write=write, check=check, output_dir=output_dir, patch=patch)
    settings = settings_of(
        paths, level, select, ignore, exclude, depend_on_migrate=depend_on_migrate, whole_program=whole_program
    )
    report = Report(format_, paths, quiet=quiet)
    if verify_args and not (verify or interactive):
        raise typer.BadParameter("is for --verify", param_hint="--verify-args")
    if interactive and ("-" in paths or check):
        raise typer.BadParameter("cannot be combined with `-` or --check", param_hint="--interactive")
    if verify and "-" in paths:
        raise typer.BadParameter("stdin cannot be run; name a file", param_hint="--verify")
    proofs = Proofs(verify_args) if verify else None
    if "-" in paths:
        results = [_rewrite_stdin(paths, mode, settings, report)]
        raise typer.Exit(_exit_code(results, check=check, strict=strict))
    delivery = _Delivery(paths, mode or Mode.DIFF, report, output_dir, patch, allow_dirty, proofs)
    if interactive:
        raise typer.Exit(_ask(delivery, settings, jobs, script_args(verify_args), strict=strict))
    results = delivery.deliver(_results(paths, settings, jobs, report))
    if proofs is not None:
        raise typer.Exit(proofs.exit_code(results, _exit_code(results, check=check, strict=strict)))
    raise typer.Exit(_exit_code(results, check=check, strict=strict))


def _results(paths: Sequence[str], settings: Settings, jobs: int, report: Report) -> Iterable[Result]:
    """What becomes of the files; where the report tells proposals one by one, it gets them, too."""
    if report.form is Format.SARIF:
        from migrate.planning import plan_paths

        planned = plan_paths(paths, settings, jobs=jobs)
        report.proposals = {one.result.path: one.proposals for one in planned}
        return [one.result for one in planned]
    from migrate.paths import rewrite_paths

    return rewrite_paths(paths, settings, jobs=jobs)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What is done with the results of files: the options that say it."""

    paths: Sequence[str]
    mode: Mode
    report: Report
    output_dir: Path | None
    patch: Path | None
    allow_dirty: bool
    proofs: Proofs | None

    def deliver(self, made: Iterable[Result]) -> list[Result]:
        """Proves, writes and reports results; returns them, with errors where that was not possible."""
        from migrate.write import refuse_dirty

        results = list(made)
        if self.proofs is not None:
            if self.mode is Mode.WRITE and not self.allow_dirty:
                refuse_dirty(result.path for result in results if result.changed)
            results = self.proofs.of(results, writes=self.mode in WRITING)
        results = write_results(results, self.mode, self.paths, self.output_dir, allow_dirty=self.allow_dirty)
        patch = self.mode is Mode.DIFF and self.report.form is Format.TEXT
        if patch:
            results = [print_patch(result) for result in results]
        if self.patch is not None:
            results = write_patch(results, self.patch)
        self.report.print(results, beside=patch or self.patch == STDOUT, done=self.mode in WRITING)
        return results


def _ask(delivery: _Delivery, settings: Settings, jobs: int, args: Sequence[str], *, strict: bool) -> int:
    """Asks about each rewrite, and delivers those that were accepted; the exit code."""
    from migrate.cli.decisions import Terminal, accepted_only, count_decisions, read_review, tell_held
    from migrate.report.text import one_line
    from migrate.results import Level
    from migrate.review.prompts import Prompts
    from migrate.review.store import store_of
    from migrate.write import refuse_dirty

    store = store_of(delivery.paths)
    review, resumed = read_review(delivery.paths, settings, store, jobs)
    if delivery.mode is Mode.WRITE and not delivery.allow_dirty:
        # Not only when everything has been decided.
        refuse_dirty(file.path for file in review.files if file.result.changed)
    if resumed.said:
        err(f"{one_line(f'{store.path}: {resumed.said}')}\n")
    Prompts(review, store, Terminal(), args=args, colour=wants_colour(sys.stderr)).run()
    err(f"{count_decisions(review)}; kept in {one_line(str(store.path))}\n")
    outcome = review.outcome()
    tell_held(outcome.held)
    results = delivery.deliver(accepted_only(outcome.results))
    if delivery.mode is Mode.WRITE:
        store.forget(review, (result.path for result in results if result.changed))
    flagged = strict and any(site.level is Level.FLAGGED for file in review.files for site in file.result.sites)
    code = max(_exit_code(results, check=False, strict=False), int(flagged or bool(outcome.held)))
    return code if delivery.proofs is None else delivery.proofs.exit_code(results, code)


def _rewrite_stdin(paths: Sequence[str], mode: Mode | None, settings: Settings, report: Report) -> Result:
    from migrate.paths import rewrite_bytes
    from migrate.results import Result
    from migrate.source.files import may_export
    from migrate.write import bytes_of

    if len(paths) > 1:
        raise typer.BadParameter("`-` cannot be given together with other paths", param_hint="PATH")
    if report.form in (Format.SARIF, Format.GITHUB):
        raise typer.BadParameter(f"{report.form} is about files; stdin is none", param_hint="--format")
    if mode in WRITING or mode is Mode.PATCH:
        raise typer.BadParameter(f"stdin cannot be rewritten with {mode}", param_hint="PATH")
    data = sys.stdin.buffer.read()
    words = [wrapper.word for wrapper in settings.wrappers]
    result = rewrite_bytes(data, "-", settings) if may_export(data, words) else Result("-", "", "")
    if mode is None and result.error is None:
        out(bytes_of(result, data)[1] if result.changed else data)
    patch = mode is Mode.DIFF and report.form is Format.TEXT
    if patch:
        print_patch(result, data)
    report.print([result], beside=patch or mode is None, done=mode is None)
    return result


def _exit_code(results: Sequence[Result], *, check: bool, strict: bool) -> int:
    from migrate.results import Level

    if any(result.error is not None for result in results):
        return 2
    flagged = any(site.level is Level.FLAGGED for result in results for site in result.sites)
    return int((check and any(result.changed for result in results)) or (strict and flagged))
