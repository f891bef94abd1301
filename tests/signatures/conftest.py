from __future__ import annotations

from tests.restore.tf_models import keras_export, module

__all__ = ["keras_export", "module"]
