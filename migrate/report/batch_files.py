"""The reports on a run, as files in its directory."""

from __future__ import annotations

from pathlib import Path

from migrate.batch.state import State
from migrate.errors import MigrateError
from migrate.report.batch_json import json_report
from migrate.report.batch_page import html_report
from migrate.report.batch_sarif import sarif_report
from migrate.report.batch_stream import remove_leftovers, write_chunks
from migrate.report.batch_totals import totals


def write_reports(directory: Path, state: State) -> None:
    """Writes the reports on what is done of a run by now.

    Args:
        directory: That of the run.
        state: The state of the run.

    Raises:
        MigrateError: One cannot be written; then the old one is still there.
    """
    found = totals(state)
    reports = {
        "report.json": json_report(state, found),
        "report.sarif": sarif_report(state, found),
        "report.html": html_report(directory, state, found),
    }
    for name, chunks in reports.items():
        try:
            remove_leftovers(directory / name)
            write_chunks(directory / name, chunks)
        except OSError as error:
            raise MigrateError(
                f"{directory / name}: cannot be written: {error.strerror or error}; go on with --resume"
            ) from error
