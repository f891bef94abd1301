"""The same file gives the same result in every process: nothing depends on the order of sets."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.settings import Settings
from tests.test_fixtures import ALL

ROOT = Path(__file__).parents[1]
CHILD = "import json, sys; from tests.test_determinism import told; json.dump(told(), sys.stdout)"
MORE = {
    "savers": """\
import tensorflow as tf
with tf.Session() as sess:
    saver = tf.train.import_meta_graph('m.meta')
    other = saver
    saver.restore(sess, 'm')
    other.save(sess, 'd')
    saver.save(sess, 'e')
    print(sess.run('y:0', {'x:0': [1.0]}))
""",
}
"""Code that is refused in more than one place."""


def told() -> dict[str, str]:
    """By name of a script, a digest of all that is said about it, and of its text."""
    found = {}
    for fixture in ALL:
        result = rewrite_source(
            fixture.script(), str(fixture.folder / fixture.script_name), Settings(level=fixture.asked)
        )
        found[fixture.name] = f"{result!r}{result.after}"
    for name, code in MORE.items():
        for level in (None, Level.NATIVE):
            result = rewrite_source(code, "script.py", Settings(level=level))
            found[f"{name} {level}"] = f"{result!r}{result.after}"
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.items()}


@pytest.mark.slow
def test_results_do_not_depend_on_the_seed_of_hashes() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    found = [json.loads(process.communicate()[0]) for process in running]
    assert found[0] == found[1]
    assert len(found[0]) > len(ALL)
