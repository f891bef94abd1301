"""The reports on a run, as files in its directory."""

from __future__ import annotations

import json
from pathlib import Path

from migrate.batch.outputs import write_file
from migrate.batch.state import State

REPORT = "report.json"


def write_reports(directory: Path, state: State) -> None:
    """Writes the reports on what is done of a run by now.

    Args:
        directory: That of the run.
        state: The state of the run.
    """
    records = [json.loads(row.record) for row in state.rows() if row.record is not None]
    document = {"version": 1, "repositories": records}
    write_file(directory / REPORT, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())
