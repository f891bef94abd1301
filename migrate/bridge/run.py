"""Saves a session: a TF1 SavedModel of it first, then its conversion, here or in a process of its own."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.bridge import BridgeError
from migrate.bridge.conversion import Task, convert
from migrate.bridge.here import convert_in_thread, is_plain_tf2
from migrate.bridge.libraries import loaded_op_libraries
from migrate.bridge.place import check_empty, directory_text, is_remote, upload, work_directory
from migrate.bridge.process import convert_in_process
from migrate.bridge.sessions import raw_session
from migrate.bridge.snapshot import write_snapshot
from migrate.errors import MigrateError
from migrate.signatures.quiet import quiet

if TYPE_CHECKING:
    from migrate.bridge.request import SaveRequest

__all__ = ["convert", "run"]

_LOG = logging.getLogger("migrate.bridge")


def run(request: SaveRequest) -> bytes:
    """Does what `migrate.bridge.save` promises; returns the path of saved_model.pb.

    Raises:
        BridgeError: It cannot be done; nothing was written.
    """
    export_dir = directory_text(request.export_dir)
    if not request.overwrite:
        check_empty(export_dir)
    session = raw_session(request.session)
    with work_directory(export_dir) as work:
        source = work / "session"
        source.mkdir()
        try:
            with quiet():
                has_functions = write_snapshot(request, session, source)
            target = work / "model" if is_remote(export_dir) else Path(export_dir)
            # A process knows one function of each name, and this one knows the program's: what is made of them by
            # a conversion, or what they were when the program saved before, would clash with them.
            here = not has_functions and is_plain_tf2()
            task = Task(
                source=str(source),
                out=str(target.absolute()),
                tags=request.tags,
                verify=request.verify,
                op_libraries=request.op_libraries,
                found_libraries=() if here else loaded_op_libraries(),
            )
            notes = convert_in_thread(task) if here else convert_in_process(task, work)
        except BridgeError:
            raise
        except MigrateError as error:
            raise BridgeError(str(error).replace(str(source), "the session's graph")) from error
        if is_remote(export_dir):
            upload(target, export_dir)
    for note in notes:
        _LOG.info("%s: %s", export_dir, note)
    return os.fsencode(export_dir) + b"/saved_model.pb"
