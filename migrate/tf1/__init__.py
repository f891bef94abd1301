"""What graph code calls in TensorFlow 1 and TensorFlow 2 has no longer, at the same paths below `tensorflow`.

`tf.layers.dense` is `migrate.tf1.layers.dense`, `tf.contrib.slim` is `migrate.tf1.contrib.slim`. Variables get
TensorFlow 1's names, collections and numbers. The code must build a graph, within a `tf.Graph` or after
`tf.compat.v1.disable_v2_behavior()`. Importing this package imports no TensorFlow, its modules do.
"""

from __future__ import annotations

from migrate.tf1._lazy import subpackages

__all__, __getattr__ = subpackages(__name__, __path__)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
