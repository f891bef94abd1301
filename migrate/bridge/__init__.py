"""Saves the graph and the values of a live `tf.compat.v1.Session` as a genuine TF2 SavedModel.

`SavedModelBuilder` and `simple_save` take the arguments of TF1's; `save` does it in one call, and can do more. The
graph is not changed, and TensorFlow may be in any mode. Importing this module imports no TensorFlow.
"""

# What is not needed before something is saved is imported then, so that TF1 programs get an error they can read
# (this file and what it imports parse under Python 3.7, the last one that TensorFlow 1 runs on).

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.bridge.builder import SavedModelBuilder, simple_save
from migrate.bridge.errors import BridgeError, ExportDirectoryError
from migrate.bridge.freezing import convert_variables_to_constants, freeze_graph
from migrate.bridge.version import check_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

__all__ = [
    "BridgeError",
    "ExportDirectoryError",
    "SavedModelBuilder",
    "convert_variables_to_constants",
    "freeze_graph",
    "save",
    "simple_save",
]


def save(
    session: Any,
    export_dir: str | bytes | PathLike[str],
    signatures: Mapping[str, Any] | None = None,
    *,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    tags: Sequence[str] = ("serve",),
    assets_collection: Iterable[Any] | None = None,
    main_op: Any = None,
    legacy_init_op: Any = None,
    clear_devices: bool = False,
    strip_default_attrs: bool = False,
    saver: Any = None,
    overwrite: bool = False,
    verify: bool = False,
    op_libraries: Iterable[str | PathLike[str]] = (),
) -> bytes:
    """Writes a TF2 SavedModel with `tf.Variable`s that hold what the session's variables hold now.

    Nothing is added to the session's graph, which may be finalized, unless a resource variable in it is read
    nowhere: then its read is added. The model is written whole or not at all.

    Args:
        session: A `tf.compat.v1.Session`, or a MonitoredSession around one.
        export_dir: A directory that does not exist, or is empty.
        signatures: By key, SignatureDefs made by `tf.compat.v1.saved_model.build_signature_def` and its like, or
            `{"inputs": {NAME: TENSOR}, "outputs": {NAME: TENSOR}, "method_name": TEXT}`, the last for predict by
            default. A TENSOR is one, or a SparseTensor, a RaggedTensor, a variable, or the name of a tensor.
        inputs: With `outputs`, one predict signature `serving_default`, as `simple_save` writes it.
        outputs: See `inputs`.
        tags: Of the MetaGraph.
        assets_collection: The constants with the paths of the files to keep; by default, those of the graph's
            `ASSET_FILEPATHS` collection. Only what signatures or `main_op` use is kept.
        main_op: What runs whenever the model is loaded. Tables that signatures use are filled in any case.
        legacy_init_op: Its older name.
        clear_devices: As TF1's builder takes it. The new model is never tied to devices.
        strip_default_attrs: As TF1's builder takes it. It makes no difference here.
        saver: As TF1's builder takes it. The values are the session's, whatever it would name them.
        overwrite: Whether `export_dir` may have something in it, and is then replaced.
        verify: Whether to run the session's graph, loaded anew, and the new model, and compare what they answer.
        op_libraries: Shared libraries with custom operations of the graph, where they are not found by themselves.

    Returns:
        The path of the file saved_model.pb, as `SavedModelBuilder.save` does.

    Raises:
        ExportDirectoryError: `export_dir` has something in it.
        BridgeError: The graph, or a value that a signature needs, cannot be saved; nothing was written.
    """
    del strip_default_attrs, saver
    check_version()
    from migrate.bridge.request import SaveRequest
    from migrate.bridge.run import run

    return run(
        SaveRequest(
            session=session,
            export_dir=export_dir,
            signatures=signatures,
            inputs=inputs,
            outputs=outputs,
            tags=(tags,) if isinstance(tags, str) else tuple(tags),
            assets=None if assets_collection is None else tuple(assets_collection),
            main_op=main_op if main_op is not None else legacy_init_op,
            clear_devices=clear_devices,
            overwrite=overwrite,
            verify=verify,
            op_libraries=tuple(str(library) for library in op_libraries),
        )
    )
