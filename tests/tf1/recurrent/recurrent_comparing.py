"""Compares cases with what TensorFlow 1.15 made of them. Run by itself, it does so after disable_v2_behavior."""

from __future__ import annotations

import gzip
import json
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import data_cases  # noqa: F401 - adds its cases
import numpy as np
import small_cases  # noqa: F401 - adds its cases
import tensorflow as tf
from recurrent_cases import CASES
from recurrent_running import run

from migrate import tf1

HERE = Path(__file__).parent
API = SimpleNamespace(nn=tf1.nn, contrib=tf1.contrib, layers=tf1.layers)


@cache
def golden() -> tuple[dict[str, np.ndarray], dict[str, dict]]:
    with np.load(HERE / "golden.npz") as arrays:
        return dict(arrays), json.loads(gzip.decompress((HERE / "golden.json.gz").read_bytes()))


def differences(name: str) -> list[str]:
    """What is not as TensorFlow 1.15 had it."""
    arrays, names = golden()
    got, made = run(tf.compat.v1, API, name, CASES[name])
    wanted = {key: each for key, each in arrays.items() if key.startswith(f"{name}/")}
    found = [f"{key} is there only once" for key in sorted(wanted.keys() ^ got.keys())]
    for key in sorted(wanted.keys() & got.keys()):
        if not same(wanted[key], got[key]):
            found.append(f"{key}: {wanted[key]} became {got[key]}")
    for part in ("variables", "trained"):
        if names[name][part] != made[part]:
            found.append(f"{part}: {names[name][part]} became {made[part]}")
    return found


def same(wanted: np.ndarray, got: np.ndarray) -> bool:
    if got.dtype == object:
        got = got.astype("S")
    if wanted.shape != got.shape or (wanted.dtype.kind != "S" and wanted.dtype != got.dtype):
        return False
    if wanted.dtype.kind in "fc":
        with np.errstate(invalid="ignore"):
            return np.allclose(wanted, got, rtol=1e-5, atol=2e-6, equal_nan=True)
    return bool(np.all(wanted == got))


def main() -> None:
    tf.compat.v1.disable_v2_behavior()
    _, names = golden()
    found = [line for name in sys.argv[1:] for line in differences(name)]
    # Outputs of loops have their old names only without TensorFlow 2's control flow.
    made = run(tf.compat.v1, API, "basic_lstm", CASES["basic_lstm"])[1]
    if made["outputs"] != names["basic_lstm"]["outputs"]:
        found.append(f"outputs are called {made['outputs']}")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
