"""TF1's `SavedModelBuilder` and `simple_save`, writing TF2 SavedModels: for export code that stays as it is."""

from __future__ import annotations

import os
import shutil
import weakref
from typing import TYPE_CHECKING, Any

from migrate.bridge.errors import BridgeError
from migrate.bridge.version import check_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from migrate.bridge.run import Taken

_MAIN_OP = "saved_model_main_op"


class SavedModelBuilder:
    """Stands where `tf.saved_model.Builder` stood; what it takes and when it does things are the same.

    The graph and the values are taken by `add_meta_graph_and_variables`, the model is written by `save`. What the
    program puts into the directory in between stays there.

    Args:
        export_dir: A directory that does not exist, or is empty. It is made at once.

    Raises:
        ExportDirectoryError: It has something in it.
        BridgeError: It cannot be made.
    """

    def __init__(self, export_dir: str | bytes | PathLike[str]) -> None:
        check_version()
        from migrate.bridge.place import check_empty, directory_text, make_directory, place_text

        self._export_dir = directory_text(export_dir)
        check_empty(self._export_dir, "choose another one, or delete what is in it")
        make_directory(self._export_dir)
        self._place = place_text(self._export_dir)
        self._taken: Taken | None = None
        self._cleanup: weakref.finalize | None = None  # type: ignore[type-arg]
        self._saved: bytes | None = None

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Sequence[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Iterable[Any] | None = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Takes the session's graph and the values of its variables, as they are now.

        Args:
            sess: A `tf.compat.v1.Session`, or a MonitoredSession around one.
            tags: Of the MetaGraph.
            signature_def_map: SignatureDefs by key.
            assets_collection: The constants with the paths of the files to keep; none by default.
            legacy_init_op: The older name of `main_op`.
            clear_devices: Makes no difference: the new model is never tied to devices.
            main_op: What runs whenever the model is loaded.
            strip_default_attrs: Makes no difference here.
            saver: Makes no difference: the values are the session's, whatever it would name them.

        Raises:
            BridgeError: Something was added before, there is no signature, or one cannot be saved.
        """
        del strip_default_attrs, saver
        if self._taken is not None or self._saved is not None:
            raise BridgeError(
                "this builder has its graph and variables already; make another builder for another model"
            )
        if not signature_def_map:
            raise BridgeError(
                "there is no signature to save, and a TF2 model can be used through signatures only; pass "
                "signature_def_map, with a signature for what clients have run by the names of tensors"
            )
        from migrate.bridge.place import new_work_directory
        from migrate.bridge.request import SaveRequest
        from migrate.bridge.run import take
        from migrate.bridge.sessions import raw_session

        op = main_op if main_op is not None else legacy_init_op
        request = SaveRequest(
            session=sess,
            export_dir=self._export_dir,
            signatures=signature_def_map,
            inputs=None,
            outputs=None,
            tags=(tags,) if isinstance(tags, str) else tuple(tags),
            assets=() if assets_collection is None else tuple(assets_collection),
            main_op=op,
            clear_devices=clear_devices,
            overwrite=True,
            verify=False,
            op_libraries=(),
        )
        work = new_work_directory(self._place)
        self._cleanup = weakref.finalize(self, shutil.rmtree, work, ignore_errors=True)
        try:
            self._taken = take(request, work)
        except BaseException:
            self._cleanup()
            raise
        graph = op.graph if hasattr(op, "graph") else raw_session(sess).graph
        # As TF1's builder does, so that a later export of this graph runs it too.
        if op is not None and not graph.finalized and not graph.get_collection(_MAIN_OP):
            graph.add_to_collection(_MAIN_OP, op)

    def add_meta_graph(self, *arguments: Any, **named: Any) -> None:
        """Raises: a TF2 SavedModel has one MetaGraph.

        Raises:
            BridgeError: Always.
        """
        del arguments, named
        raise BridgeError(
            "a TF2 SavedModel has one MetaGraph; save the others as models of their own, each with a builder and a "
            "directory of its own, or give the one graph all signatures"
        )

    def save(self, as_text: bool = False) -> bytes:
        """Writes the model, saved_model.pb last.

        Args:
            as_text: Whether to write saved_model.pbtxt instead, which is the same in a form to read.

        Returns:
            The path of that file.

        Raises:
            BridgeError: There is nothing to write, or it cannot be converted; then nothing was written.
        """
        from migrate.bridge.place import deliver, write_as_text
        from migrate.bridge.run import write

        path = os.fsencode(self._export_dir) + (b"/saved_model.pbtxt" if as_text else b"/saved_model.pb")
        if self._saved == path:
            return path
        if self._taken is None or self._cleanup is None:
            raise BridgeError(
                "this builder has nothing to save; call add_meta_graph_and_variables first"
                if self._saved is None
                else f"the model was saved already, as {os.fsdecode(self._saved)}"
            )
        model: Path = self._taken.work / "model"
        write(self._taken, model, self._export_dir)
        if as_text:
            write_as_text(model)
        deliver(model, self._place)
        self._cleanup()
        self._taken, self._saved = None, path
        return path


def simple_save(
    session: Any,
    export_dir: str | bytes | PathLike[str],
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    legacy_init_op: Any = None,
) -> None:
    """Stands where `tf.saved_model.simple_save` stood: one predict signature, `serving_default`.

    Args:
        session: A `tf.compat.v1.Session`, or a MonitoredSession around one.
        export_dir: A directory that does not exist, or is empty.
        inputs: Tensors by name.
        outputs: Tensors by name.
        legacy_init_op: What runs whenever the model is loaded.

    Raises:
        ExportDirectoryError: `export_dir` has something in it.
        BridgeError: The session cannot be saved; nothing was written.
    """
    builder = SavedModelBuilder(export_dir)
    from migrate.bridge.sessions import raw_session

    builder.add_meta_graph_and_variables(
        session,
        ["serve"],
        {"serving_default": {"inputs": dict(inputs), "outputs": dict(outputs)}},
        raw_session(session).graph.get_collection("asset_filepaths"),
        legacy_init_op,
        clear_devices=True,
    )
    builder.save()
