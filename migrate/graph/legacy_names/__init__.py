"""Puts the tensor names of a TF1 model back into the model that replaces it.

Old clients feed `x:0` and fetch `y:0` by name. `tf.saved_model.save` calls these `serving_default_x:0` and
`StatefulPartitionedCall:0`. `put_back_tensor_names` renames the placeholders and adds Identity nodes to the
top-level graph; the functions, and with them what is computed, stay as they are.
"""

from __future__ import annotations

from migrate.graph.legacy_names.put_back import put_back_tensor_names
from migrate.graph.legacy_names.results import LegacyName, LegacyNames, Role

__all__ = ["LegacyName", "LegacyNames", "Role", "put_back_tensor_names"]
