"""Moves TensorFlow 1 export code and models to TensorFlow 2, and proves that nothing changed.

The names below are all there is to import; each is loaded when it is first asked for, so that importing the
package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate.check import ModelCheck, check_model
    from migrate.engine import rewrite_source
    from migrate.errors import MigrateError
    from migrate.graph.analyze import inspect_model
    from migrate.graph.convert import Conversion, convert_model
    from migrate.graph.inspection import Inspection
    from migrate.graph.requests import RequestedSignature
    from migrate.paths import rewrite_paths
    from migrate.restore import Restoration, restore_signatures, set_method_names
    from migrate.restore.exporting import exporting
    from migrate.results import Level, Result
    from migrate.settings import Settings
    from migrate.verify import verify_models
    from migrate.verify.record.recheck import recheck
    from migrate.verify.scripts import ScriptComparison, verify_scripts

    __version__: str

__all__ = [
    "Conversion",
    "Inspection",
    "Level",
    "MigrateError",
    "ModelCheck",
    "RequestedSignature",
    "Restoration",
    "Result",
    "ScriptComparison",
    "Settings",
    "__version__",
    "check_model",
    "convert_model",
    "exporting",
    "inspect_model",
    "recheck",
    "restore_signatures",
    "rewrite_paths",
    "rewrite_source",
    "set_method_names",
    "verify_models",
    "verify_scripts",
]

_HOMES = {
    "Conversion": "migrate.graph.convert",
    "Inspection": "migrate.graph.inspection",
    "Level": "migrate.results",
    "MigrateError": "migrate.errors",
    "ModelCheck": "migrate.check",
    "RequestedSignature": "migrate.graph.requests",
    "Restoration": "migrate.restore",
    "Result": "migrate.results",
    "ScriptComparison": "migrate.verify.scripts",
    "Settings": "migrate.settings",
    "check_model": "migrate.check",
    "convert_model": "migrate.graph.convert",
    "exporting": "migrate.restore.exporting",
    "inspect_model": "migrate.graph.analyze",
    "recheck": "migrate.verify.record.recheck",
    "restore_signatures": "migrate.restore",
    "rewrite_paths": "migrate.paths",
    "rewrite_source": "migrate.engine",
    "set_method_names": "migrate.restore",
    "verify_models": "migrate.verify",
    "verify_scripts": "migrate.verify.scripts",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("tf-migrate")
        except PackageNotFoundError:  # a checkout that is not installed
            return "0+unknown"
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
