"""What a script exported, wherever it did: SavedModels and frozen graphs, in the order of writing."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.verify.scripts.results import Export, ExportKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrate.verify.scripts.sandbox import Sandbox

_MODELS = ("saved_model.pb", "saved_model.pbtxt")
_SUFFIXES = (".pb", ".pbtxt")

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run left.

    Attributes:
        exports: In the order of writing.
        notes: What it wrote that is no export, and why not.
    """

    exports: tuple[Export, ...]
    notes: tuple[str, ...]


def snapshot(sandbox: Sandbox) -> dict[Path, _Stamp]:
    """The model files that lie in the copy of the script's directory before it runs."""
    return {file: _stamp(file) for file in _files(sandbox.work)}


def take_in(sandbox: Sandbox, label: str) -> tuple[dict[str, Any], ...]:
    """Moves into the sandbox what a script has written elsewhere, so that the other script finds the place free.

    Args:
        sandbox: In which it ran.
        label: What to call the script in messages.

    Returns:
        What the script wrote, as bootstrap.py recorded it.

    Raises:
        MigrateError: It tried to change what was there before, or something cannot be moved.
    """
    events = tuple(_events(sandbox.record))
    try:
        for event in events:
            if (new := event.get("new")) and os.path.lexists(new):
                target = sandbox.moved / Path(new).relative_to(Path(new).anchor)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(new, target)
    except OSError as error:
        raise MigrateError(f"{label}: cannot move {new} away: {error.strerror or error}") from error
    for event in events:
        if event["event"] == "refused":
            raise MigrateError(
                f"{label}: it would {event['why']} {event['path']}, which was there before it; move that away, or "
                f"let the script write into {{out}}"
            )
    return events


def _events(record: Path) -> Iterator[dict[str, Any]]:
    for line in record.read_text("utf-8", "replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # It was stopped while it wrote the line.
            continue


def find_exports(sandbox: Sandbox, before: Mapping[Path, _Stamp], events: Iterable[Mapping[str, Any]]) -> Found:
    """The exports of a script that has run.

    Args:
        sandbox: In which it ran.
        before: The model files that were there before.
        events: What it wrote, as `take_in` returned it.

    Raises:
        MigrateError: A remote path was written; nothing but local files can be compared.
    """
    events = tuple(events)
    times, order = _history(events, sandbox)
    files = [
        file
        for root in (sandbox.out.parent, sandbox.work, sandbox.tmp, sandbox.home, sandbox.moved)
        for file in _files(root)
        if before.get(file) != _stamp(file)
    ]
    files.sort(key=lambda file: (order.get(str(file), len(order)), _stamp(file), str(file)))
    directories = {file.parent for file in files if file.name in _MODELS}
    exports: dict[Path, Export] = {}
    notes = []
    for file in files:
        count = max(times[str(file)], 1)
        if file.name in _MODELS:
            export = Export(ExportKind.SAVED_MODEL, _name(sandbox, file.parent), file.parent, count)
            # A rewritten model counts where it was last written.
            exports.pop(export.path, None)
            exports[export.path] = export
        elif not any(parent in directories for parent in file.parents):
            is_graph, note = _is_frozen_graph(file)
            if is_graph:
                exports[file] = Export(ExportKind.FROZEN_GRAPH, _name(sandbox, file), file, count)
            elif note:
                notes.append(f"{_name(sandbox, file)}: {note}")
    remote = dict.fromkeys(_remote(events))
    found = (*exports.values(), *(Export(ExportKind.REMOTE, path, Path(path)) for path in remote))
    notes += [
        f"{each.name} was written {each.times} times; what was written last counts" for each in found if each.times > 1
    ]
    return Found(found, tuple(notes))


def removed_exports(events: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a script has written a SavedModel at all, for one that has none left in the end."""
    return any(event["event"] == "write" and event["path"].endswith(_MODELS) for event in events)


def move_exports(found: Iterable[Export], directory: Path) -> tuple[Export, ...]:
    """Copies exports into a directory, under numbers and their names' ends, to be kept.

    Raises:
        MigrateError: They cannot be written there.
    """
    kept = []
    for number, export in enumerate(found, 1):
        if export.kind is ExportKind.REMOTE:
            kept.append(export)
            continue
        target = directory / f"{number}-{export.path.name}"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if export.path.is_dir():
                shutil.copytree(export.path, target)
            else:
                shutil.copy2(export.path, target)
        except OSError as error:
            raise MigrateError(f"{target}: cannot keep the export there: {error.strerror or error}") from error
        kept.append(replace(export, path=target))
    return tuple(kept)


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        for name in names:
            file = Path(folder) / name
            if name.endswith(_SUFFIXES) and not file.is_symlink():
                yield file


def _stamp(file: Path) -> _Stamp:
    status = file.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _name(sandbox: Sandbox, path: Path) -> str:
    """The path as the script knows it."""
    if path.is_relative_to(sandbox.out.parent):
        return path.relative_to(sandbox.out.parent).as_posix().replace(sandbox.out.name, "{out}", 1)
    for root, word in ((sandbox.tmp, "{tmp}"), (sandbox.home, "~"), (sandbox.work, "")):
        if path.is_relative_to(root):
            return (Path(word) / path.relative_to(root)).as_posix()
    return f"/{path.relative_to(sandbox.moved).as_posix()}"


def _history(events: tuple[Mapping[str, Any], ...], sandbox: Sandbox) -> tuple[Counter[str], dict[str, int]]:
    """How often each file was written, and when last, by the path where it lies in the end."""
    times: Counter[str] = Counter()
    order: dict[str, int] = {}
    for number, event in enumerate(events):
        if event["event"] == "write":
            path = _now_at(event["path"], sandbox)
            times[path] += 1
            order[path] = number
        elif event["event"] == "rename":
            old, new = _now_at(event["path"], sandbox), _now_at(event["to"], sandbox)
            # A file that is renamed was counted under its new name already; those in a directory were not.
            for path in [path for path in times if path.startswith(f"{old}{os.sep}")]:
                moved = f"{new}{path.removeprefix(old)}"
                times[moved] += times.pop(path)
                order[moved] = order.pop(path)
            times.pop(old, None)
    return times, order


def _now_at(path: str, sandbox: Sandbox) -> str:
    """Where a file lies after `take_in`."""
    if Path(path).is_relative_to(sandbox.root):
        return path
    return str(sandbox.moved / Path(path).relative_to(Path(path).anchor))


def _remote(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        path = event["path"]
        if event["event"] == "remote" and path.endswith(_SUFFIXES):
            yield path.rpartition("/")[0] if path.endswith(_MODELS) else path


def _is_frozen_graph(file: Path) -> tuple[bool, str]:
    """Whether a file holds a graph that needs nothing but itself; what else it is where that may surprise."""
    from migrate.graph.handles import REF_VARIABLES, RESOURCE_VARIABLES
    from migrate.graph.load import load_source
    from migrate.graph.source import Form

    try:
        source = load_source(file)
    except MigrateError:
        return False, ""
    if source.form is not Form.GRAPH:
        return False, ""
    variables = REF_VARIABLES | RESOURCE_VARIABLES
    if any(node.op in variables for node in source.meta_graphs[0].graph_def.node):
        return False, "a graph with variables and without their values; it was not compared"
    return True, ""
