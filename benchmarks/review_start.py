"""How long `tf-migrate review` takes to start on a made-up tree: until something is seen, and until all is listed.

    python benchmarks/review_start.py [--files 1000] [--jobs 0] [--runs 3]

Each run is a process of its own that opens the application without a terminal; the time counts from before Python
starts. Also told is the longest time for which the screen could not react to a key.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
EXPORT = """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, {number}], name="x")
w = tf.get_variable("w", [{number}, 2], initializer=tf.ones_initializer())
y = tf.matmul(x, w)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(sess, "/tmp/model_{number}", inputs={{"x": x}}, outputs={{"y": y}})
"""
PLAIN = "def add_{number}(a, b):\n    return a + b\n"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000, help="How many files export; as many others are beside.")
    parser.add_argument("--jobs", type=int, default=0, help="Processes that read; 0 is one for every CPU.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--inside", nargs=2, metavar=("TREE", "STARTED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        tree, started = options.inside
        asyncio.run(_inside(tree, float(started), options.jobs))
        return
    with tempfile.TemporaryDirectory() as tree:
        make_tree(Path(tree), options.files)
        runs = [_run(tree, options.jobs) for _ in range(options.runs)]
    for name in runs[0]:
        values = [run[name] for run in runs]
        print(f"{name:<22} {statistics.median(values):8.2f}   {' '.join(f'{value:.2f}' for value in values)}")


def make_tree(tree: Path, files: int) -> None:
    """Writes files that export, ten to a directory, and as many beside them that do not."""
    for number in range(1, files + 1):
        place = tree / f"team_{number // 100:02}" / f"model_{number // 10:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"export_{number:04}.py").write_text(EXPORT.format(number=number))
        (place / f"plain_{number:04}.py").write_text(PLAIN.format(number=number))


def _run(tree: str, jobs: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--jobs", str(jobs), "--inside", tree, repr(time.time())]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


async def _inside(tree: str, started: float, jobs: int) -> None:
    from migrate.review.review import Review
    from migrate.review.store import Store
    from migrate.review.tui.app import ReviewApp
    from migrate.settings import Settings

    times: dict[str, float] = {}

    class Measured(ReviewApp):
        def _display(self, screen, renderable) -> None:
            super()._display(screen, renderable)
            times.setdefault("first paint (s)", time.time() - started)

    app = Measured(Review([tree], Settings()), Store(Path(tree, ".tf-migrate", "review.json")), jobs=jobs)
    longest = 0.0
    async with app.run_test(size=(120, 40)):
        while app.main.reading and app.error is None:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before - 0.01)
            if app.listing.files:
                times.setdefault("first file listed (s)", time.time() - started)
        times["all listed (s)"] = time.time() - started
    times["longest stall (s)"] = longest
    times["files"] = len(app.listing.files)
    print(json.dumps(times))


if __name__ == "__main__":
    main()
