"""Time and peak memory of converting, beside loading the TF1 model in TensorFlow 2 and copying its files.

    python benchmarks/bench_convert.py CACHE [--model NAME]... [--runs N]

CACHE is where models.py wrote the models.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from measure import IMPORT, LOAD, TF_MIGRATE, measure, print_table

MODELS = ("deep", "resnet50", "bert", "embedding")


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("--model", action="append", choices=MODELS)
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    measured = []
    for name in options.model or MODELS:
        model = options.cache / name / "model"
        with tempfile.TemporaryDirectory(prefix="bench-", dir=options.cache) as folder:
            out = Path(folder)
            commands = {
                "cp -r": ("cp", "-r", model, out / "copy"),
                "import tensorflow": IMPORT,
                "tf.saved_model.load": (sys.executable, "-c", LOAD, model),
                "convert --no-verify": (*TF_MIGRATE, "convert", "--no-verify", "--overwrite", model, out / "converted"),
            }
            for command, arguments in commands.items():
                # What was written before is on its way to the disk and takes time of whoever comes next.
                os.sync()
                measured.append(measure(name, command, arguments, options.runs if command != "cp -r" else 1))
                shutil.rmtree(out / "copy", ignore_errors=True)
    print_table(measured, "tf.saved_model.load")


if __name__ == "__main__":
    main()
