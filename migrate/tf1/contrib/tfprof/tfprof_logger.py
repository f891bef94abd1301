"""`tf.contrib.tfprof.tfprof_logger`."""

from __future__ import annotations

import tensorflow as tf

write_op_log = tf.compat.v1.profiler.write_op_log

__all__ = ["write_op_log"]
