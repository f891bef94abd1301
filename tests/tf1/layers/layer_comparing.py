"""Runs cases with migrate.tf1, and says where they differ from what TensorFlow 1.15 made."""

from __future__ import annotations

import gzip
import json
import math
from functools import cache
from pathlib import Path

import tensorflow as tf
from layer_cases import CASES
from layer_recording import record

from migrate.tf1 import layers
from migrate.tf1.contrib import framework, slim
from migrate.tf1.contrib import layers as contrib_layers

NAMES = {"layers": layers, "L": contrib_layers, "F": framework, "slim": slim}


@cache
def golden():
    return json.loads(gzip.decompress(Path(__file__).with_name("golden.json.gz").read_bytes()))


def close(want, got):
    if isinstance(want, float) or isinstance(got, float):
        return math.isclose(want, got, rel_tol=2e-5, abs_tol=2e-5) or (math.isnan(want) and math.isnan(got))
    if isinstance(want, dict):
        return want.keys() == got.keys() and all(close(want[key], got[key]) for key in want)
    if isinstance(want, list):
        return len(want) == len(got) and all(map(close, want, got))
    return want == got


def differences(name):
    """Where a case differs: lines for people."""
    want = golden()[name]
    got = json.loads(json.dumps(record(tf.compat.v1, NAMES, CASES[name])))
    said = got.pop("text", "")
    return [
        f"{name}: {CASES[name]}\n  {part}: TensorFlow 1.15 {want.get(part)}\n  here {got.get(part)} {said}"
        for part in sorted(want.keys() | got.keys())
        if part not in want or part not in got or not close(want[part], got[part])
    ]
