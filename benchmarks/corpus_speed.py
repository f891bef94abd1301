"""CPU time of a rewrite beside tf_upgrade_v2, on the same files, one after the other.

Of both what comes after the imports counts, which take 2.5 s for tf_upgrade_v2 and less than 1 s for the rewrite. A file
that tf_upgrade_v2 cannot read or that makes it crash counts with the time until then.

LibCST alone is what it takes to parse the files that change and to print them as they are: no rewriter on top of it
can take less.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.source.walk import find_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_REWRITE = """
import json, sys
from time import process_time
import libcst.matchers, libcst.metadata, nbformat.validator, networkx, pathspec
import migrate.engine, migrate.source.emit.apply
from migrate.paths import rewrite_paths
from migrate.settings import Settings
paths = json.load(sys.stdin)
started = process_time()
for result in rewrite_paths(paths, Settings(), jobs=1):
    pass
print(process_time() - started)
"""
_UPGRADE = """
import contextlib, io, json, sys
from time import process_time
from tensorflow.tools.compatibility import ast_edits, tf_upgrade_v2
files, out = json.load(sys.stdin), sys.argv[1]
started = process_time()
upgrader = ast_edits.ASTCodeUpgrader(tf_upgrade_v2.TFAPIChangeSpec())
with contextlib.redirect_stdout(io.StringIO()):
    for file in files:
        with contextlib.suppress(Exception):
            upgrader.process_file(file, out)
print(process_time() - started)
"""
_LIBCST = """
import json, sys
from pathlib import Path
from time import process_time
import libcst
texts = [Path(file).read_bytes() for file in json.load(sys.stdin)]
started = process_time()
for text in texts:
    libcst.parse_module(text).code
print(process_time() - started)
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """CPU seconds of both on some files."""

    files: int
    rewrite: float
    upgrade: float

    def row(self) -> str:
        """The cells of a table."""
        if not self.files:
            return "0 | | | "
        return f"{self.files} | {self.rewrite:.2f} s | {self.upgrade:.1f} s | {self.upgrade / self.rewrite:.1f}"


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU seconds over a whole tree, and over its files that are rewritten.

    Attributes:
        whole: Over the tree.
        changed: Over the files that are rewritten.
        libcst: What LibCST takes to parse and print those.
    """

    whole: Pair
    changed: Pair
    libcst: float

    @classmethod
    def of(cls, speeds: Sequence[Speed]) -> Speed:
        """Adds up."""
        return cls(
            _sum(speed.whole for speed in speeds),
            _sum(speed.changed for speed in speeds),
            sum(speed.libcst for speed in speeds),
        )


def measure_speed(tree: Path, changed: Sequence[str]) -> Speed:
    """Runs both over a tree, and over the files of it that are rewritten."""
    files = [str(found.path) for found in find_files([tree]) if found.error is None]
    return Speed(_pair([str(tree)], files), _pair(changed, changed), _seconds(_LIBCST, changed) if changed else 0.0)


def _pair(paths: Sequence[str], files: Sequence[str]) -> Pair:
    if not files:
        return Pair(0, 0, 0)
    with tempfile.TemporaryDirectory() as directory:
        return Pair(len(files), _seconds(_REWRITE, paths), _seconds(_UPGRADE, files, str(Path(directory, "out.py"))))


def _seconds(program: str, paths: Sequence[str], *arguments: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", program, *arguments]
    given = json.dumps([str(Path(path).absolute()) for path in paths])
    done = subprocess.run(command, input=given, text=True, capture_output=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return float(done.stdout.splitlines()[-1])


def _sum(pairs: Iterable[Pair]) -> Pair:
    every = list(pairs)
    return Pair(sum(one.files for one in every), sum(one.rewrite for one in every), sum(one.upgrade for one in every))
