"""Time and peak memory of `tf-migrate inspect` beside `saved_model_cli show --all`.

    python benchmarks/bench_inspect.py CACHE [--model NAME]... [--runs N]

CACHE is where models.py wrote the models.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench_convert import MODELS
from measure import TF_MIGRATE, measure, print_table


def main() -> None:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("--model", action="append", choices=MODELS)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    cli = Path(sys.executable).with_name("saved_model_cli")
    measured = []
    for name in options.model or MODELS:
        model = options.cache / name / "model"
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            commands = {
                "saved_model_cli show --all": (cli, "show", "--dir", model, "--all"),
                "inspect": (*TF_MIGRATE, "inspect", model),
                "inspect --json": (*TF_MIGRATE, "inspect", "--json", model),
                "inspect --html": (*TF_MIGRATE, "inspect", "--html", Path(folder) / "page.html", model),
            }
            measured += [measure(name, command, given, options.runs) for command, given in commands.items()]
    print_table(measured, "saved_model_cli show --all")


if __name__ == "__main__":
    main()
