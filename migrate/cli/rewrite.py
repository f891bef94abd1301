"""`tf-migrate rewrite PATH...`: rewrites TensorFlow 1 export code."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.output import err, error_line, out, wants_colour
from migrate.cli.scripts import Proofs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.results import Result
    from migrate.settings import Settings


class Target(StrEnum):
    """The levels that can be asked for."""

    NATIVE = "native"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"


class Format(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"


class _Mode(StrEnum):
    DIFF = "--diff"
    WRITE = "--write"
    CHECK = "--check"
    OUTPUT_DIR = "--output-dir"


def rewrite(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Files and directories; `-` reads stdin and writes the new text to stdout.",
        ),
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Print a patch and write nothing (the default).")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files in place.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    output_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the changed files under DIR and leave the originals."),
    ] = None,
    level: Annotated[Target | None, typer.Option(help="The best level to go for.  [default: native]")] = None,
    select: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Apply only this rule (repeatable).")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Do not apply this rule (repeatable).")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Leave these out, as in a .gitignore (repeatable)."),
    ] = None,
    depend_on_migrate: Annotated[
        bool,
        typer.Option("--depend-on-migrate", help="Let the new code import migrate instead of bringing helpers."),
    ] = False,
    whole_program: Annotated[
        bool,
        typer.Option(
            "--whole-program",
            help="Give code without an export TF1's names where it runs with session code that stays.",
        ),
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="The form of the report.")] = Format.TEXT,
    jobs: Annotated[int, typer.Option(metavar="N", min=0, help="Processes to use; 0 is one for every CPU.")] = 0,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Write also where git has uncommitted changes.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a site is flagged.")] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Run each changed file, old and new, and only write what is proved equal."),
    ] = False,
    verify_args: Annotated[
        str, typer.Option(metavar="ARGS", help="Arguments of these scripts; {out} is where to export.")
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no findings and no summary.")] = False,
) -> None:
    """Rewrite TensorFlow 1 export code to TensorFlow 2.

    Options override the [tool.tf-migrate] table of the nearest pyproject.toml. Exit codes: 0 done or nothing
    to do, 1 something found (--check, --strict, --verify), 2 an error.
    """
    mode = _mode(diff=diff, write=write, check=check, output_dir=output_dir)
    settings = _settings(
        paths, level, select, ignore, exclude, depend_on_migrate=depend_on_migrate, whole_program=whole_program
    )
    report = _Report(format_, quiet=quiet)
    if verify_args and not verify:
        raise typer.BadParameter("is for --verify", param_hint="--verify-args")
    if verify and "-" in paths:
        raise typer.BadParameter("stdin cannot be run; name a file", param_hint="--verify")
    proofs = Proofs(verify_args) if verify else None
    if "-" in paths:
        results = [_rewrite_stdin(paths, mode, settings, report)]
    else:
        results = _rewrite_files(paths, mode or _Mode.DIFF, settings, report, jobs, output_dir, allow_dirty, proofs)
    if proofs is not None:
        raise typer.Exit(proofs.exit_code(results, _exit_code(results, check=check, strict=strict)))
    raise typer.Exit(_exit_code(results, check=check, strict=strict))


class _Report:
    """Prints the findings and the summary to the stream that is free for them."""

    def __init__(self, form: Format, *, quiet: bool) -> None:
        self.form = form
        self._quiet = quiet

    def print(self, results: Sequence[Result], *, beside: bool, done: bool) -> None:
        """Prints a report; `beside` other output, that is to stderr, or to stdout."""
        for result in results:
            if result.error is not None:
                error_line(f"{'stdin' if result.path == '-' else result.path}: {result.error}")
        echo, stream = (err, sys.stderr) if beside else (out, sys.stdout)
        if self.form is Format.JSON:
            from migrate.report.json import to_json

            echo(to_json(results))
        elif not self._quiet:
            from migrate.report.text import findings_text, summary_line

            echo(findings_text(results, colour=wants_colour(stream)) + summary_line(results, done=done))


def _rewrite_files(
    paths: Sequence[str],
    mode: _Mode,
    settings: Settings,
    report: _Report,
    jobs: int,
    output_dir: Path | None,
    allow_dirty: bool,
    proofs: Proofs | None,
) -> list[Result]:
    from migrate.paths import rewrite_paths
    from migrate.write import copy_results, refuse_dirty, write_results

    results = list(rewrite_paths(paths, settings, jobs=jobs))
    if proofs is not None:
        if mode is _Mode.WRITE and not allow_dirty:
            refuse_dirty(result.path for result in results if result.changed)
        results = proofs.of(results, writes=mode in {_Mode.WRITE, _Mode.OUTPUT_DIR})
    if mode is _Mode.WRITE:
        results = write_results(results, allow_dirty=allow_dirty)
    elif output_dir is not None:
        results = copy_results(results, paths, output_dir)
    patch = mode is _Mode.DIFF and report.form is Format.TEXT
    if patch:
        results = [_print_patch(result) for result in results]
    report.print(results, beside=patch, done=mode in {_Mode.WRITE, _Mode.OUTPUT_DIR})
    return results


def _rewrite_stdin(paths: Sequence[str], mode: _Mode | None, settings: Settings, report: _Report) -> Result:
    from migrate.paths import rewrite_bytes
    from migrate.results import Result
    from migrate.source.files import may_export
    from migrate.write import bytes_of

    if len(paths) > 1:
        raise typer.BadParameter("`-` cannot be given together with other paths", param_hint="PATH")
    if mode in {_Mode.WRITE, _Mode.OUTPUT_DIR}:
        raise typer.BadParameter(f"stdin cannot be rewritten with {mode}", param_hint="PATH")
    data = sys.stdin.buffer.read()
    words = [wrapper.word for wrapper in settings.wrappers]
    result = rewrite_bytes(data, "-", settings) if may_export(data, words) else Result("-", "", "")
    if mode is None and result.error is None:
        out(bytes_of(result, data)[1] if result.changed else data)
    patch = mode is _Mode.DIFF and report.form is Format.TEXT
    if patch:
        _print_patch(result, data)
    report.print([result], beside=patch or mode is None, done=mode is None)
    return result


def _print_patch(result: Result, data: bytes | None = None) -> Result:
    """Prints the patch for a result; returns the result, with an error where the file has changed since."""
    from migrate.errors import MigrateError
    from migrate.report.diff import coloured, unified_diff
    from migrate.source.files import decode
    from migrate.write import bytes_of

    if not result.changed:
        return result
    try:
        before, after = bytes_of(result, data)
    except (MigrateError, OSError) as error:
        return replace(result, after=result.before, error=str(error))
    patch = unified_diff(before, after, result.path)
    out(coloured(patch, decode(before).encoding) if wants_colour(sys.stdout) else patch)
    return result


def _mode(*, diff: bool, write: bool, check: bool, output_dir: Path | None) -> _Mode | None:
    asked = {
        _Mode.DIFF: diff,
        _Mode.WRITE: write,
        _Mode.CHECK: check,
        _Mode.OUTPUT_DIR: output_dir is not None,
    }
    modes = [mode for mode, given in asked.items() if given]
    if len(modes) > 1:
        raise typer.BadParameter(f"{modes[0]} and {modes[1]} exclude each other")
    return modes[0] if modes else None


def _settings(
    paths: Sequence[str],
    level: Target | None,
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
    exclude: Sequence[str] | None,
    *,
    depend_on_migrate: bool,
    whole_program: bool,
) -> Settings:
    from migrate.results import Level
    from migrate.rules import rule_ids
    from migrate.settings import read_settings

    settings = read_settings(path for path in paths if path != "-")
    if level is not None:
        settings = replace(settings, level=Level(level))
    if depend_on_migrate:
        settings = replace(settings, depend_on_migrate=True)
    if whole_program:
        settings = replace(settings, whole_program=True)
    if exclude:
        settings = replace(settings, exclude=tuple(exclude), root="")
    if select:
        settings = replace(settings, select=rule_ids(select))
    if ignore:
        settings = replace(settings, ignore=rule_ids(ignore))
    return settings


def _exit_code(results: Sequence[Result], *, check: bool, strict: bool) -> int:
    from migrate.results import Level

    if any(result.error is not None for result in results):
        return 2
    flagged = any(site.level is Level.FLAGGED for result in results for site in result.sites)
    return int((check and any(result.changed for result in results)) or (strict and flagged))
