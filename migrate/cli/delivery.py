"""What becomes of results on the command line: a patch, files that are written, a report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from migrate.cli.output import err, error_line, out, wants_colour

if TYPE_CHECKING:
    from migrate.engine import Proposal
    from migrate.results import Result


class Format(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class Mode(StrEnum):
    """What is done with the results."""

    DIFF = "--diff"
    WRITE = "--write"
    CHECK = "--check"
    OUTPUT_DIR = "--output-dir"
    PATCH = "--patch"


WRITING = frozenset((Mode.WRITE, Mode.OUTPUT_DIR))
STDOUT = Path("-")


def mode_of(*, diff: bool, write: bool, check: bool, output_dir: Path | None, patch: Path | None = None) -> Mode | None:
    """Which mode was asked for.

    Raises:
        BadParameter: More than one was.
    """
    asked = {Mode.DIFF: diff, Mode.WRITE: write, Mode.CHECK: check, Mode.OUTPUT_DIR: output_dir is not None}
    asked[Mode.PATCH] = patch is not None
    modes = [mode for mode, given in asked.items() if given]
    if len(modes) > 1:
        raise typer.BadParameter(f"{modes[0]} and {modes[1]} exclude each other")
    return modes[0] if modes else None


class Report:
    """Prints the findings and the summary to the stream that is free for them.

    Args:
        form: The form of the report.
        paths: The files and directories that it is about.
        quiet: Whether to leave findings and summary out, where they are text.

    Attributes:
        proposals: What is proposed, by file; only SARIF tells it.
    """

    def __init__(self, form: Format, paths: Sequence[str], *, quiet: bool) -> None:
        self.form = form
        self.proposals: Mapping[str, Sequence[Proposal]] = {}
        self._paths = paths
        self._quiet = quiet

    def print(self, results: Sequence[Result], *, beside: bool, done: bool) -> None:
        """Prints a report; `beside` other output, that is to stderr, or to stdout."""
        print_errors(results)
        echo, stream = (err, sys.stderr) if beside else (out, sys.stdout)
        if self.form is Format.JSON:
            from migrate.report.json import to_json

            echo(to_json(results))
        elif self.form is Format.SARIF:
            echo(sarif(results, {} if done else self.proposals, self._paths))
        elif self.form is Format.GITHUB:
            echo(annotated(results, self._paths))
        elif not self._quiet:
            from migrate.report.text import findings_text, summary_line

            echo(findings_text(results, colour=wants_colour(stream)) + summary_line(results, done=done))


def sarif(results: Sequence[Result], proposals: Mapping[str, Sequence[Proposal]], paths: Sequence[str]) -> str:
    """The report as SARIF, with what is proposed for files as fixes."""
    from migrate.places import source_root
    from migrate.report.rewrite_sarif import render_sarif

    return render_sarif(results, proposals, source_root(paths))


def annotated(results: Sequence[Result], paths: Sequence[str]) -> str:
    """The report as workflow commands of GitHub; in a job there, the job's summary gets one, too.

    Raises:
        MigrateError: The summary cannot be written.
    """
    from migrate.errors import MigrateError
    from migrate.places import source_root
    from migrate.report.github import job_summary, workflow_commands

    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(job_summary(results))
        except OSError as error:
            raise MigrateError(f"{summary}: cannot write the job summary: {error.strerror or error}") from error
    return workflow_commands(results, source_root(paths))


def print_errors(results: Iterable[Result]) -> None:
    """Prints a line for each result with an error."""
    for result in results:
        if result.error is not None:
            error_line(f"{'stdin' if result.path == '-' else result.path}: {result.error}")


def write(
    results: Sequence[Result], mode: Mode, paths: Sequence[str], output_dir: Path | None, *, allow_dirty: bool
) -> list[Result]:
    """Writes the results, where the mode says so.

    Returns:
        The results; with an error where one could not be written.

    Raises:
        MigrateError: A git work tree is dirty, or the output directory holds the sources.
    """
    from migrate.write import copy_results, write_results

    if mode is Mode.WRITE:
        return write_results(results, allow_dirty=allow_dirty)
    if output_dir is not None:
        return copy_results(results, paths, output_dir)
    return list(results)


def print_patch(result: Result, data: bytes | None = None) -> Result:
    """Prints the patch for a result; returns the result, with an error where the file has changed since."""
    from migrate.errors import MigrateError
    from migrate.report.diff import cells_diff, coloured, unified_diff
    from migrate.source.files import SourceText, decode
    from migrate.write import bytes_of

    if not result.changed:
        return result
    try:
        before, after = bytes_of(result, data)
    except (MigrateError, OSError) as error:
        return replace(result, after=result.before, error=str(error))
    source, new = decode(before), decode(after)
    if isinstance(source, SourceText) or isinstance(new, SourceText):
        patch = unified_diff(before, after, result.path)
    else:
        patch = cells_diff(source, new, result.path)
    out(coloured(patch, source.encoding) if wants_colour(sys.stdout) else patch)
    return result


def write_patch(results: Sequence[Result], file: Path) -> list[Result]:
    """Writes all changes as one mail for `git am`; an empty file where there are none.

    Args:
        results: The results.
        file: Where to; `-` is stdout.

    Returns:
        The results; with an error where a file has changed since it was read.

    Raises:
        MigrateError: The files are in several git work trees, or the mail cannot be written.
    """
    from migrate.report.files import write_report
    from migrate.report.mailing import mail_of

    data, results = mail_of(results)
    if file == STDOUT:
        out(data)
    else:
        write_report(file, data)
    return results
