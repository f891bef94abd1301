"""Runs the cases under TensorFlow 1.15.5 (Python 3.7) and writes golden.json.gz: `python make_golden.py`."""

import gzip
import io
import json
import os
import pathlib
import sys
import warnings

HERE = pathlib.Path(__file__).resolve().parent
os.environ.pop("TF2_BEHAVIOR", None)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, str(HERE))
warnings.simplefilter("ignore")

import tensorflow as tf  # noqa: E402

tf.logging.set_verbosity(tf.logging.ERROR)

from layer_cases import CASES  # noqa: E402
from layer_recording import record  # noqa: E402


def names():
    import tensorflow.contrib.slim as slim

    return {"layers": tf.layers, "L": tf.contrib.layers, "F": tf.contrib.framework, "slim": slim}


def main():
    made = {}
    for name, code in CASES.items():
        made[name] = record(tf, names(), code)
        if "raises" in made[name]:
            print(name, code, made[name], sep=" | ")
            del made[name]["text"]
    text = json.dumps(made, separators=(",", ":"), sort_keys=True)
    zipped = io.BytesIO()
    with gzip.GzipFile(fileobj=zipped, mode="wb", mtime=0) as file:
        file.write(text.encode())
    (HERE / "golden.json.gz").write_bytes(zipped.getvalue())
    print(len(made), "cases", len(text), "characters")


if __name__ == "__main__":
    main()
