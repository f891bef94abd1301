"""Has TensorFlow 1.15 make the large models that the benchmarks measure with.

    TF1_PYTHON=/path/to/tf1/bin/python python benchmarks/models.py CACHE [NAME...]

Each is made once: CACHE/NAME/model, a SavedModel with the signature `serving_default`, and CACHE/NAME/samples.npz,
what TensorFlow 1.15 answers. All four take 3 GB.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from bench_convert import MODELS

BUILDER = Path(__file__).with_name("build_models.py")


def main() -> None:
    """Reads the command line and makes what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--tf1-python", default=os.environ.get("TF1_PYTHON"), metavar="PYTHON")
    options = parser.parse_args()
    if not options.tf1_python:
        parser.error("give --tf1-python or set TF1_PYTHON")
    environment = {key: value for key, value in os.environ.items() if key not in ("TF2_BEHAVIOR", "PYTHONPATH")}
    for name in options.names or MODELS:
        if (options.cache / name / "samples.npz").exists():
            continue
        (options.cache / name).mkdir(parents=True, exist_ok=True)
        subprocess.run([options.tf1_python, BUILDER, name, options.cache / name], env=environment, check=True)


if __name__ == "__main__":
    main()
