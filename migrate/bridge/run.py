"""Saves a session: a TF1 SavedModel of it first, then its conversion, here or in a process of its own."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.bridge.conversion import Task
from migrate.bridge.errors import BridgeError
from migrate.bridge.here import convert_in_thread, is_plain_tf2
from migrate.bridge.libraries import loaded_op_libraries
from migrate.bridge.place import check_empty, directory_text, is_remote, upload, work_directory
from migrate.bridge.process import convert_in_process
from migrate.bridge.sessions import raw_session
from migrate.bridge.snapshot import write_snapshot
from migrate.errors import MigrateError
from migrate.signatures.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.bridge.request import SaveRequest

_LOG = logging.getLogger("migrate.bridge")


@dataclass(frozen=True, slots=True)
class Taken:
    """A session's graph and values on disk.

    Attributes:
        work: The directory for all that goes away in the end.
        source: The TF1 SavedModel in it.
        has_functions: Whether the graph has functions.
        tags: Of the MetaGraph.
        verify: Whether to compare it with the result.
        op_libraries: Libraries with custom operations that the caller named.
    """

    work: Path
    source: Path
    has_functions: bool
    tags: tuple[str, ...]
    verify: bool
    op_libraries: tuple[str, ...]


def run(request: SaveRequest) -> bytes:
    """Does what `migrate.bridge.save` promises; returns the path of saved_model.pb.

    Raises:
        BridgeError: It cannot be done; nothing was written.
    """
    export_dir = directory_text(request.export_dir)
    if not request.overwrite:
        check_empty(export_dir)
    raw_session(request.session)  # It fails before a directory is made.
    with work_directory(export_dir) as work:
        taken = take(request, work)
        target = work / "model" if is_remote(export_dir) else Path(export_dir)
        write(taken, target, export_dir)
        if is_remote(export_dir):
            upload(target, export_dir)
    return os.fsencode(export_dir) + b"/saved_model.pb"


def take(request: SaveRequest, work: Path) -> Taken:
    """Writes the graph and the values of a session as a TF1 SavedModel, as they are now.

    Args:
        request: What to save.
        work: A directory for it.

    Raises:
        BridgeError: It cannot be done.
    """
    session = raw_session(request.session)
    source = work / "session"
    source.mkdir()
    with _bridge_errors(source), quiet():
        has_functions = write_snapshot(request, session, source)
    return Taken(work, source, has_functions, request.tags, request.verify, request.op_libraries)


def write(taken: Taken, target: Path, export_dir: str) -> None:
    """Writes the TF2 model of what was taken.

    Args:
        taken: It.
        target: A directory, which is replaced.
        export_dir: What the user calls it.

    Raises:
        BridgeError: It cannot be converted; nothing was written.
    """
    # A process knows one function of each name, and this one knows the program's: what is made of them by
    # a conversion, or what they were when the program saved before, would clash with them.
    here = not taken.has_functions and is_plain_tf2()
    task = Task(
        source=str(taken.source),
        out=str(target.absolute()),
        tags=taken.tags,
        verify=taken.verify,
        op_libraries=taken.op_libraries,
        found_libraries=() if here else loaded_op_libraries(),
    )
    with _bridge_errors(taken.source):
        notes = convert_in_thread(task) if here else convert_in_process(task, taken.work)
    for note in notes:
        _LOG.info("%s: %s", export_dir, note)


@contextmanager
def _bridge_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except BridgeError:
        raise
    except MigrateError as error:
        raise BridgeError(str(error).replace(str(source), "the session's graph")) from error
