"""`tf.contrib.tfprof.model_analyzer`: `tf.compat.v1.profiler` by its older names."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

_profiler = tf.compat.v1.profiler

_ALL: dict[str, Any] = {
    "max_depth": 10000,
    "min_bytes": 0,
    "min_micros": 0,
    "min_params": 0,
    "min_float_ops": 0,
    "order_by": "name",
    "account_type_regexes": [".*"],
    "start_name_regexes": [".*"],
    "trim_name_regexes": [],
    "show_name_regexes": [".*"],
    "hide_name_regexes": [],
    "account_displayed_op_only": True,
    "output": "stdout",
    "dump_to_file": "",
}
TRAINABLE_VARS_PARAMS_STAT_OPTIONS = {**_ALL, "account_type_regexes": ["_trainable_variables"], "select": ["params"]}
FLOAT_OPS_OPTIONS = {**_ALL, "min_float_ops": 1, "order_by": "float_ops", "select": ["float_ops"]}
PRINT_ALL_TIMING_MEMORY = {**_ALL, "min_bytes": 1, "min_micros": 1, "select": ["micros", "bytes"]}
Profiler = _profiler.Profiler


def print_model_analysis(
    graph: Any, run_meta: Any = None, op_log: Any = None, tfprof_cmd: str = "scope", tfprof_options: Any = 0
) -> Any:
    """What `tf.compat.v1.profiler.profile` says of a graph."""
    return _profiler.profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)


def advise(graph: Any, run_meta: Any = None, tfprof_options: Any = 0) -> Any:
    """What `tf.compat.v1.profiler.advise` says of a graph."""
    return _profiler.advise(graph, run_meta, tfprof_options)


__all__ = [
    "FLOAT_OPS_OPTIONS",
    "PRINT_ALL_TIMING_MEMORY",
    "TRAINABLE_VARS_PARAMS_STAT_OPTIONS",
    "Profiler",
    "advise",
    "print_model_analysis",
]
