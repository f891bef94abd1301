"""The process that converts for `migrate.bridge.process`: `python -m migrate.bridge.worker TASK ANSWER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from migrate.bridge.conversion import Task, convert
from migrate.errors import MigrateError


def main(task_file: str, answer_file: str) -> None:
    """Reads a task, does it, and writes `{"notes": [...]}` or `{"error": "..."}`."""
    data = json.loads(Path(task_file).read_text("utf-8"))
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    task = Task(**fields)
    answer: dict[str, Any]
    try:
        _load(task)
        answer = {"notes": list(convert(task))}
    except MigrateError as error:
        answer = {"error": str(error)}
    Path(answer_file).write_text(json.dumps(answer), "utf-8")


def _load(task: Task) -> None:
    from migrate.graph.registry import load_op_library

    for library in task.op_libraries:
        load_op_library(library)
    for library in task.found_libraries:
        try:
            load_op_library(library)
        except MigrateError:
            # It was only likely that the graph needs it; if it does, the conversion says so.
            continue


if __name__ == "__main__":
    main(*sys.argv[1:])
