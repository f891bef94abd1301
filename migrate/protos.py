"""TensorFlow's protobuf message types, without TensorFlow.

The generated modules (`tensorflow.core.framework.graph_pb2` and so on) need nothing but `google.protobuf`, but
importing one imports the package `tensorflow` first, which takes seconds. Here they are imported below a bare
stand-in for the package, which then goes away again. The message classes are the same ones that TensorFlow
itself finds when it is imported later: protobuf keeps one class for each message type.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from pathlib import Path

_LOCK = Lock()


@cache
def message_type(name: str) -> Any:
    """A message class by the path of its generated module and its name.

    Args:
        name: For instance `core.framework.graph_pb2.GraphDef`.

    Raises:
        MigrateError: TensorFlow is not installed.
    """
    module, _, message = name.rpartition(".")
    return getattr(_generated(module), message)


def _generated(module: str) -> ModuleType:
    full = f"tensorflow.{module}"
    with _LOCK:
        if "tensorflow" in sys.modules:
            return import_module(full)
        before = set(sys.modules)
        package = ModuleType("tensorflow")
        package.__path__ = [str(tensorflow_directory())]
        sys.modules["tensorflow"] = package
        try:
            return import_module(full)
        finally:
            # TensorFlow must find none of the modules that were imported without it.
            for name in set(sys.modules) - before:
                if name == "tensorflow" or name.startswith("tensorflow."):
                    del sys.modules[name]


@cache
def tensorflow_directory() -> Path:
    """The directory of the installed package, found without importing it.

    Raises:
        MigrateError: TensorFlow is not installed.
    """
    from pathlib import Path

    spec = find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        raise MigrateError("TensorFlow is not installed in this Python; pip install tensorflow")
    return Path(next(iter(spec.submodule_search_locations)))


def saved_model() -> Any:
    """An empty `tensorflow.SavedModel` (tensorflow/core/protobuf/saved_model.proto)."""
    return message_type("core.protobuf.saved_model_pb2.SavedModel")()


def meta_graph_def() -> Any:
    """An empty `tensorflow.MetaGraphDef` (tensorflow/core/protobuf/meta_graph.proto)."""
    return message_type("core.protobuf.meta_graph_pb2.MetaGraphDef")()


def graph_def() -> Any:
    """An empty `tensorflow.GraphDef` (tensorflow/core/framework/graph.proto)."""
    return message_type("core.framework.graph_pb2.GraphDef")()


def node_def() -> Any:
    """An empty `tensorflow.NodeDef` (tensorflow/core/framework/node_def.proto)."""
    return message_type("core.framework.node_def_pb2.NodeDef")()


def op_list() -> Any:
    """An empty `tensorflow.OpList` (tensorflow/core/framework/op_def.proto)."""
    return message_type("core.framework.op_def_pb2.OpList")()


def variable_def() -> Any:
    """An empty `tensorflow.VariableDef` (tensorflow/core/framework/variable.proto)."""
    return message_type("core.framework.variable_pb2.VariableDef")()


def asset_file_def() -> Any:
    """An empty `tensorflow.AssetFileDef` (tensorflow/core/protobuf/meta_graph.proto)."""
    return message_type("core.protobuf.meta_graph_pb2.AssetFileDef")()
