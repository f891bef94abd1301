"""Time and peak memory of `tf-migrate restore` and `check` beside saved_model_cli and a script with MethodNameUpdater.

    python benchmarks/bench_restore.py CACHE [--model NAME]... [--runs N]

CACHE is a directory for the models, which are made when they are missing: `small` is a classifier as TensorFlow saves
it, `large` the same with 1 GB of constants in its graph.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import REPOSITORY, TF_MIGRATE, measure, print_table

MODELS = ("small", "large")
CONSTANTS, FLOATS = 10, 25_000_000  # 100 MB each
KEY = "serving_default"
# What one would write without tf-migrate: in place, since the updater leaves variables and assets behind otherwise.
UPDATE = f"""
import sys
import tensorflow as tf
updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(sys.argv[1])
updater.replace_method_name({KEY!r}, "tensorflow/serving/classify")
updater.save()
"""
MAKE = """
import sys
import numpy as np
import tensorflow as tf

small, large, constants, floats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

class Classifier(tf.Module):
    def __init__(self):
        self.weights = tf.Variable(tf.random.stateless_uniform([64, 10], seed=[1, 2]))
        self.names = tf.constant([[f"class {i}" for i in range(10)]])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def classify(self, inputs):
        x = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([64], tf.float32)})["x"]
        return {"scores": tf.nn.softmax(x @ self.weights), "classes": tf.tile(self.names, [tf.shape(x)[0], 1])}

    @tf.function(input_signature=[tf.TensorSpec([None, 64], tf.float32)])
    def predict(self, x):
        return {"scores": tf.nn.softmax(x @ self.weights)}

module = Classifier()
signatures = {"serving_default": module.classify, "predict": module.predict}
for path in (small, large):
    tf.saved_model.save(module, path, signatures=signatures)

from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.saved_model.pywrap_saved_model import fingerprinting

model = saved_model_pb2.SavedModel()
with open(large + "/saved_model.pb", "rb") as file:
    model.ParseFromString(file.read())
values = np.random.default_rng(1)
for i in range(constants):
    node = model.meta_graphs[0].graph_def.node.add(name=f"large_{i}", op="Const")
    node.attr["dtype"].type = 1
    tensor = node.attr["value"].tensor
    tensor.dtype = 1
    tensor.tensor_shape.dim.add(size=floats)
    tensor.tensor_content = values.random(floats, dtype=np.float32).tobytes()
with open(large + "/saved_model.pb", "wb") as file:
    file.write(model.SerializeToString(deterministic=True))
fingerprint = fingerprinting.CreateFingerprintDef(large)
with open(large + "/fingerprint.pb", "wb") as file:
    file.write(fingerprint)
"""


def main() -> None:
    """Reads the command line, makes the models and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("--model", action="append", choices=MODELS)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    make_models(options.cache)
    measured = []
    for name in options.model or MODELS:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=options.cache) as folder:
            measured += measure_model(name, options.cache / f"restore_{name}", Path(folder), options.runs)
    print_table(measured, "saved_model_cli show --all")


def make_models(cache: Path) -> None:
    """Makes both models, unless they are there; a process of its own, as this one shall stay without TensorFlow."""
    small, large = (cache / f"restore_{name}" for name in MODELS)
    if not (large / "fingerprint.pb").exists():
        command = [sys.executable, "-c", MAKE, small, large, str(CONSTANTS), str(FLOATS)]
        subprocess.run(command, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, check=True)


def measure_model(name: str, model: Path, folder: Path, runs: int) -> list:
    """Measures each command on a model; those that change it on a copy, which is new for each run."""
    cli = Path(sys.executable).with_name("saved_model_cli")
    copy = folder / "model"
    commands = {
        "cp saved_model.pb": (["cp", model / "saved_model.pb", folder / "copy.pb"], "model"),
        "cp and sync": (
            ["sh", "-c", 'cp "$0" "$1" && sync "$1"', model / "saved_model.pb", folder / "copy.pb"],
            "model",
        ),
        "saved_model_cli show --all": ([cli, "show", "--dir", model, "--all"], "model"),
        "import tensorflow, MethodNameUpdater": ([sys.executable, "-c", UPDATE, copy], "copy"),
        "restore --classify": ([*TF_MIGRATE, "restore", copy, "--classify", KEY], "copy"),
        "restore --undo": ([*TF_MIGRATE, "restore", copy, "--undo"], "restored"),
        "restore --copy": ([*TF_MIGRATE, "restore", copy, "--copy", f"{KEY}=xai_model"], "copy"),
        "check": ([*TF_MIGRATE, "check", model], "model"),
    }
    measured = []
    for command, (arguments, on) in commands.items():

        def prepare(on: str = on) -> None:
            if on != "model":
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(model, copy)
            if on == "restored":
                subprocess.run(
                    [*TF_MIGRATE, "restore", copy, "--classify", KEY],
                    env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
            # What was written before is on its way to the disk and takes time of whoever comes next.
            os.sync()

        measured.append(measure(name, command, arguments, runs, prepare=prepare, codes=(0, 1), private=True))
    return measured


if __name__ == "__main__":
    main()
