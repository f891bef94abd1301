"""NumPy in new code: sessions take and give arrays, and so must what comes in their place."""

from __future__ import annotations

from migrate.source.symbols import Imported
from migrate.source.view import ModuleView


def numpy_name(view: ModuleView) -> tuple[str, tuple[str, ...]]:
    """The name that NumPy has at the top level of a module, and the import it needs to have one.

    Args:
        view: The module.
    """
    for name, bindings in view.symbols.module.bindings.items():
        if all(isinstance(found, Imported) and found.qualified == "numpy" for found in bindings):
            return name, ()
    name = view.defined("np", "numpy")
    return name, (f"import numpy as {name}",)


def proto_name(view: ModuleView) -> tuple[str, tuple[str, ...]]:
    """The name of the module with the SavedModel message, and the import it needs to have one.

    Args:
        view: The module.
    """
    home = "tensorflow.core.protobuf"
    for name, bindings in view.symbols.module.bindings.items():
        if all(isinstance(found, Imported) and found.qualified == f"{home}.saved_model_pb2" for found in bindings):
            return name, ()
    name = view.free("saved_model_pb2")
    renamed = "" if name == "saved_model_pb2" else f" as {name}"
    return name, (f"from {home} import saved_model_pb2{renamed}",)
