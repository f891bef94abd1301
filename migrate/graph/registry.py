"""OpDefs: what an operation takes and gives, from the model itself and from the installed runtime."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.protos import op_list, tensorflow_directory
from migrate.signatures.quiet import set_environment, stderr_to_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LIBRARIES = {"linux": "libtensorflow_cc.so.2", "darwin": "libtensorflow_cc.2.dylib"}


class OpRegistry:
    """Looks OpDefs up: first a graph's own functions, then what the runtime has, then what the model brought.

    Args:
        runtime: The runtime's operations by name.
        model: The OpDefs that came with the model (`stripped_op_list` of its MetaGraphDef).
        functions: The signatures of the graph's function library, which are OpDefs too.
    """

    def __init__(self, runtime: Mapping[str, Any], model: Iterable[Any] = (), functions: Iterable[Any] = ()) -> None:
        self._runtime = runtime
        self._model = {definition.name: definition for definition in model}
        self._functions = {definition.name: definition for definition in functions}

    def get(self, op: str) -> Any | None:
        """The OpDef of an operation or function, or None where nobody knows it."""
        return self._functions.get(op) or self._runtime.get(op) or self._model.get(op)

    def in_runtime(self, op: str) -> bool:
        """Whether the installed TensorFlow (or a library loaded into it) has this operation."""
        return op in self._runtime

    def is_function(self, op: str) -> bool:
        """Whether the graph calls one of its own functions by this name."""
        return op in self._functions

    def is_stateful(self, op: str) -> bool:
        """Whether an operation has or changes state; also an unknown one counts as stateful."""
        definition = self.get(op)
        return definition is None or bool(definition.is_stateful)


@cache
def runtime_ops() -> Mapping[str, Any]:
    """The OpDefs of the installed TensorFlow, by name.

    They are asked of its shared library through the C API (`TF_GetAllOpList` of tensorflow/c/c_api.h), which
    takes a fraction of what `import tensorflow` does. Where TensorFlow is imported already, or has no such
    library (Windows), its Python registry is asked.

    Raises:
        MigrateError: TensorFlow is not installed.
    """
    library = _LIBRARIES.get(sys.platform)
    data = None
    if library is not None and (tensorflow_directory() / library).exists():
        data = _list_of_library(str(tensorflow_directory() / library))
    if data is None:
        data = _list_of_python()
    operations = op_list()
    operations.ParseFromString(data)
    return {operation.name: operation for operation in operations.op}


def registry_of(meta_graph: Any) -> OpRegistry:
    """The registry for a MetaGraphDef's graph."""
    return OpRegistry(
        runtime_ops(),
        meta_graph.meta_info_def.stripped_op_list.op,
        (function.signature for function in meta_graph.graph_def.library.function),
    )


class _Buffer(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("deallocator", ctypes.c_void_p))


def load_op_library(path: str) -> None:
    """Makes the operations of a custom op library known (`--op-library`).

    This runs the library's static initialisers, as `tf.load_op_library` does.

    Raises:
        MigrateError: It cannot be loaded.
    """
    from migrate.signatures.quiet import import_tensorflow

    tf = import_tensorflow()
    try:
        tf.load_op_library(path)
    except Exception as error:
        said = str(error).splitlines()[0]
        raise MigrateError(f"{path}: cannot load this op library: {said}") from error
    runtime_ops.cache_clear()


def _list_of_library(path: str) -> bytes | None:
    set_environment()
    with stderr_to_file():
        try:
            library = ctypes.CDLL(path)
        except OSError:
            return None
    library.TF_GetAllOpList.restype = ctypes.POINTER(_Buffer)
    library.TF_DeleteBuffer.argtypes = [ctypes.POINTER(_Buffer)]
    buffer = library.TF_GetAllOpList()
    try:
        return ctypes.string_at(buffer.contents.data, buffer.contents.length)
    finally:
        library.TF_DeleteBuffer(buffer)


def _list_of_python() -> bytes:
    from migrate.signatures.quiet import import_tensorflow

    import_tensorflow()
    from tensorflow.python.client import pywrap_tf_session as session

    return bytes(session.TF_GetBuffer(session.TF_GetAllOpList()))
