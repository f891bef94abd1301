"""A run as a table for people."""

from __future__ import annotations

from migrate.batch.state import State


def run_table(state: State) -> str:
    """How many repositories are done, failed and waiting.

    Args:
        state: The state of the run.
    """
    return "".join(f"{count:8}  {status}\n" for status, count in state.counts().items())
