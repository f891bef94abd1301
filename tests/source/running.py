"""Runs a script as TF1 code and its rewrite as TF2 code, and compares what they export.

TF1 is TensorFlow 2's `tf.compat.v1` here: what TensorFlow 1.15 itself makes of a script is the fixtures' business.
"""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

from migrate.engine import rewrite_source
from migrate.results import Level, Result
from migrate.signatures.quiet import import_tensorflow
from migrate.verify import verify_models


def check_equal(code: str, directory: Path, *exports: str) -> str:
    """The rewrite is native, and exports the same; the new text."""
    result = _compared(code, directory, exports or ("out",))
    assert [site.reason for site in result.sites] == [None] * len(result.sites)
    assert result.sites
    return result.after


def check_never_wrong(code: str, directory: Path, *exports: str) -> Result:
    """The rewrite exports the same, or its session code stays as it is."""
    return _compared(code, directory, exports or ("out",))


def _compared(code: str, directory: Path, exports: tuple[str, ...]) -> Result:
    tf = import_tensorflow()
    before = dedent(code)
    result = rewrite_source(before, "script.py")
    assert result.error is None
    if all(site.level is Level.FLAGGED for site in result.sites):
        assert result.after == before
        return result
    assert rewrite_source(result.after, "script.py").after == result.after
    if any(site.level is Level.BRIDGED for site in result.sites):
        # It runs as TF1 does, which this process cannot any more; the fixtures prove such code.
        assert all(site.level is not Level.NATIVE for site in result.sites)
        return result
    tf.compat.v1.disable_resource_variables()
    try:
        with tf.Graph().as_default():
            _run(before.replace("import tensorflow as tf", "import tensorflow.compat.v1 as tf"), directory / "old")
    finally:
        tf.compat.v1.enable_resource_variables()
    _run(result.after, directory / "new")
    for export in exports:
        comparison = verify_models(directory / "old" / export, directory / "new" / export)
        assert comparison.equal, f"{comparison}\n\n{result.after}"
    return result


def _run(code: str, directory: Path) -> None:
    directory.mkdir(parents=True)
    # AutoGraph reads the source again.
    path = directory / "script.py"
    path.write_text(code, "utf-8")
    before = Path.cwd()
    os.chdir(directory)
    try:
        exec(compile(code, str(path), "exec"), {"__name__": "__main__"})
    except BaseException as error:
        error.add_note(code)
        raise
    finally:
        os.chdir(before)
